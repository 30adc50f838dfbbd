"""`gongji filing`: filings for care outside the home area, and deadlines of manual claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.errors import refused
from cli.params import AREA, DAY, How, argument, choice_of, option, writes
from cli.render import Column, Table, show
from cli.session import carry_out, rule_book, today
from cli.states import known_state
from cli.texts import group
from domain.codes import FilingKind
from domain.ids import PersonId, RegionCode
from domain.text import Text

if TYPE_CHECKING:
    from datetime import date

    from cli.settings import Settings
    from domain.filed import Filing

filing = group(
    "filing",
    about=Text(
        "异地就医备案：登记、变更、终止、查看，并给出手工报销期限。",
        "Filings for care away from home: record, change, end, show; deadlines of manual claims.",
    ),
    examples=(
        "gongji filing record p1 living_away 310000",
        "gongji filing show p1",
        "gongji filing deadline --region 110000 --service 2025-06-01",
    ),
)

_PERSON = argument("who", metavar="PERSON", about=Text("参保人编号", "Id of the person."))
_NUMBER = argument(
    "number", type=int, metavar="NUMBER", about=Text("备案号", "Number of the filing.")
)
_PLACE = argument(
    "place",
    type=AREA,
    metavar="REGION",
    about=Text("就医地代码；省级代码包括全省", "Area of care; a province's code covers all of it."),
)
_PROOF = option(
    "--proof",
    is_flag=True,
    about=Text("已提供证明材料，锁定期内也可办理", "Proof was shown, which opens a locked filing."),
)


@filing.command(
    "record",
    about=Text(
        "登记备案。已住院者给出 --admitted：出院前补办的，自入院日起有效。",
        "File care in an area. Somebody in hospital already gives --admitted: filed before "
        "discharge it counts from admission.",
    ),
    examples=(
        "gongji filing record p1 living_away 310000",
        "gongji filing record p1 referral 110000 --admitted 2026-03-01",
    ),
)
@_PERSON
@argument("kind", type=choice_of(FilingKind), about=Text("备案类型", "Kind of filing."))
@_PLACE
@option("--admitted", type=DAY, metavar="DATE", about=Text("入院日", "Day of admission."))
@option("--discharged", type=DAY, metavar="DATE", about=Text("出院日", "Day of discharge."))
@writes
@click.pass_obj
def record(
    settings: Settings,
    *,
    who: str,
    kind: FilingKind,
    place: str,
    admitted: date | None,
    discharged: date | None,
    how: How,
) -> None:
    """File care away from home."""
    from domain.filing import Stay
    from ledger.commands import RecordFiling

    command = RecordFiling(
        person=PersonId(who),
        kind=kind,
        place=RegionCode(place),
        stay=Stay(admitted, discharged) if admitted else None,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@filing.command(
    "change",
    about=Text("把备案变更到另一就医地。", "Change a filing to another area of care."),
    examples=("gongji filing change p1 1 440100", "gongji filing change p1 1 440100 --proof"),
)
@_PERSON
@_NUMBER
@_PLACE
@_PROOF
@writes
@click.pass_obj
def change(settings: Settings, *, who: str, number: int, place: str, proof: bool, how: How) -> None:
    """Change a filing."""
    from ledger.commands import ChangeFiling

    command = ChangeFiling(
        person=PersonId(who), filing=number, place=RegionCode(place), proof=proof, **how.fields
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@filing.command(
    "end",
    about=Text("终止备案。", "End a filing."),
    examples=("gongji filing end p1 1 --on 2026-03-01",),
)
@_PERSON
@_NUMBER
@_PROOF
@writes
@click.pass_obj
def end(settings: Settings, *, who: str, number: int, proof: bool, how: How) -> None:
    """End a filing."""
    from ledger.commands import EndFiling

    command = EndFiling(person=PersonId(who), filing=number, proof=proof, **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


_COLUMNS = [
    Column("filing", Text("备案号", "no."), "int"),
    Column("kind", Text("类型", "kind"), "code", "FilingKind"),
    Column("home", Text("参保地", "home area")),
    Column("place", Text("就医地", "area of care")),
    Column("first_day", Text("有效自", "from"), "date"),
    Column("last_day", Text("有效至", "to"), "date"),
    Column("locked_until", Text("此前不能变更", "locked until"), "date"),
    Column("ended_on", Text("终止日", "ended on"), "date"),
    Column("in_force", Text("当日有效", "in force")),
    Column("places", Text("各时期就医地", "places in time"), "data", for_people=False),
]


@filing.command(
    "show",
    times=("as_of", "as_known_at"),
    about=Text(
        "一名参保人的全部备案，及当日（--as-of，默认今天）是否有效。",
        "All filings of a person, and whether they hold on a day (--as-of; default today).",
    ),
    examples=("gongji filing show p1", "gongji filing show p1 --as-of 2026-03-01"),
)
@_PERSON
@click.pass_obj
def show_filings(settings: Settings, *, who: str) -> None:
    """Show the filings of a person."""
    from domain.person import person_stream
    from domain.refusals import Code

    state = known_state(settings, person_stream(PersonId(who)), otherwise=Code.UNKNOWN_PERSON)
    day = settings.as_of or today(settings)
    table = Table(
        "filings",
        _COLUMNS,
        [_row(each, day) for each in state.value.filings],
        position=state.position,
        as_of=day,
        as_known_at=settings.as_known_at,
        empty=Text(
            "没有备案。登记：gongji filing record", "No filings. File: gongji filing record"
        ),
    )
    show(settings, table)


def _row(filing: Filing, day: date) -> dict[str, object]:
    return {
        "filing": filing.no,
        "kind": filing.kind,
        "home": filing.home,
        "place": filing.place,
        "first_day": filing.first_day,
        "last_day": filing.last_day,
        "locked_until": filing.locked_until,
        "ended_on": filing.ended_on,
        "in_force": filing.holds_on(day),
        "places": [{"from": since, "place": place} for since, place in filing.places],
    }


@filing.command(
    "deadline",
    about=Text(
        "自费后手工报销的最后一日，按参保地规定。",
        "The last day for handing in a bill that was paid in full, by the home area's rules.",
    ),
    examples=("gongji filing deadline --region 310000 --service 2025-08-01 --paid 2025-08-05",),
)
@option("--region", required=True, metavar="REGION", about=Text("参保地", "Home area."))
@option("--service", type=DAY, required=True, metavar="DATE", about=Text("就诊日", "Day of care."))
@option("--paid", type=DAY, metavar="DATE", about=Text("开票日，默认就诊日", "Day of the receipt."))
@click.pass_obj
def deadline(settings: Settings, *, region: str, service: date, paid: date | None) -> None:
    """Say until when a bill can be handed in."""
    from cli.sources import area, basis
    from domain.filing import manual_deadline
    from domain.refusals import Refusal

    rules = rule_book().resolve(RegionCode(region), service)
    if isinstance(rules, Refusal):
        raise refused(rules, settings.lang)
    last = manual_deadline(
        rules.filing,
        paid_on=paid or service,
        service_date=service,
        year_start_month=rules.account.year_start_month,
    )
    citation = rules.citations["filing.manual_rule"]
    reasons = Text(
        basis(citation, "zh") or citation.why.zh, basis(citation, "en") or citation.why.en
    )
    row = {
        "region": region,
        "area": area(RegionCode(region)),
        "rule": rules.filing.manual_rule,
        "service_date": service,
        "paid_on": paid or service,
        "last_day": last,
    }
    columns = [
        Column("region", Text("参保地", "home area"), for_people=False),
        Column("area", Text("参保地", "home area"), in_data=False),
        Column("rule", Text("期限规则", "rule"), "code", "ManualDeadline"),
        Column("service_date", Text("就诊日", "day of care"), "date"),
        Column("paid_on", Text("开票日", "receipt"), "date"),
        Column("last_day", Text("最后一日", "last day"), "date"),
    ]
    show(settings, Table("deadline", columns, [row], record=True, notes=[reasons]))
