"""`gongji person`: insured persons, their coverage and their cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.params import AREA, How, argument, choice_of, option, writes
from cli.person_details import describe, details, erase
from cli.render import Column, Table, show
from cli.session import carry_out
from cli.states import known_state
from cli.texts import group
from domain.codes import Card, Coverage, Insurance, Work
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from domain.person import Person

person = group(
    "person",
    about=Text("参保人：登记、参保状态、医保凭证。", "Insured persons, their coverage and cards."),
    examples=("gongji person enroll p1 --region 420100", "gongji person show p1"),
)

for _each in (describe, details, erase):
    person.add_command(_each)

_PERSON = argument(
    "who",
    metavar="PERSON",
    about=Text("参保人编号（假名，不得是身份证号）", "Id of the person: a pseudonym."),
)


@person.command(
    "enroll",
    about=Text("登记一名参保人。", "Enrol an insured person."),
    examples=(
        "gongji person enroll p1 --region 420100 --on 2025-01-01",
        "gongji person enroll p2 --region 420100 --insurance resident --work none",
    ),
)
@_PERSON
@option(
    "--region",
    required=True,
    type=AREA,
    metavar="REGION",
    about=Text("统筹区代码", "Pooling area."),
)
@option(
    "--insurance",
    type=choice_of(Insurance),
    default=Insurance.EMPLOYEE,
    about=Text("险种，默认职工医保", "Kind of insurance; default employee."),
)
@option(
    "--work",
    type=choice_of(Work),
    default=Work.IN_SERVICE,
    about=Text("在职或退休，默认在职", "In service or retired; default in service."),
)
@writes
@click.pass_obj
def enroll(
    settings: Settings,
    *,
    who: str,
    region: str,
    insurance: Insurance,
    work: Work,
    how: How,
) -> None:
    """Enrol."""
    from domain.ids import PersonId, RegionCode
    from ledger.commands import Enroll

    command = Enroll(
        person=PersonId(who),
        region=RegionCode(region),
        insurance=insurance,
        work=work,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@person.command(
    "coverage",
    about=Text(
        "变更参保状态：暂停、恢复、终止或死亡。共济关系按地区规则随之终止。",
        "Suspend, resume or end insurance, or record a death. Relations end where the area says.",
    ),
    examples=("gongji person coverage p1 suspended --on 2026-03-01",),
)
@_PERSON
@argument("to", type=choice_of(Coverage), about=Text("变更后的状态", "The new state."))
@writes
@click.pass_obj
def coverage(
    settings: Settings,
    *,
    who: str,
    to: Coverage,
    how: How,
) -> None:
    """Change coverage."""
    from domain.ids import PersonId
    from ledger.commands import ChangeCoverage

    command = ChangeCoverage(person=PersonId(who), to=to, **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@person.command(
    "move",
    about=Text(
        "医保关系转到另一统筹区。共济关系按地区规则随之终止。",
        "Move someone's insurance to another pooling area. Relations end where the area says.",
    ),
    examples=("gongji person move p1 310000 --on 2026-03-01",),
)
@_PERSON
@argument(
    "to", type=AREA, metavar="REGION", about=Text("转入的统筹区代码", "The new pooling area.")
)
@writes
@click.pass_obj
def move(
    settings: Settings,
    *,
    who: str,
    to: str,
    how: How,
) -> None:
    """Move."""
    from domain.ids import PersonId, RegionCode
    from ledger.commands import Move

    command = Move(person=PersonId(who), to=RegionCode(to), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@person.command(
    "retire",
    about=Text("登记退休。", "Record a retirement."),
    examples=("gongji person retire p1 --on 2026-03-01",),
)
@_PERSON
@writes
@click.pass_obj
def retire(settings: Settings, *, who: str, how: How) -> None:
    """Retire."""
    from domain.ids import PersonId
    from ledger.commands import Retire

    command = Retire(person=PersonId(who), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@person.command(
    "card",
    about=Text(
        "医保凭证挂失、过期，或补办新凭证（replaced）。",
        "Report a card lost or expired, or issue a new one (replaced).",
    ),
    examples=("gongji person card p1 lost", "gongji person card p1 replaced"),
)
@_PERSON
@argument(
    "what",
    type=click.Choice([Card.LOST.value, Card.EXPIRED.value, "replaced"]),
    about=Text("挂失、过期或补办", "What happened to the card."),
)
@writes
@click.pass_obj
def card(
    settings: Settings,
    *,
    who: str,
    what: str,
    how: How,
) -> None:
    """Report or replace a card."""
    from domain.ids import PersonId
    from ledger.commands import ReplaceCard, ReportCard

    command = (
        ReplaceCard(person=PersonId(who), **how.fields)
        if what == "replaced"
        else ReportCard(person=PersonId(who), card=Card(what), **how.fields)
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


_COLUMNS = [
    Column("person", Text("参保人", "person")),
    Column("region", Text("统筹区", "pooling area")),
    Column("insurance", Text("险种", "insurance"), "code", "Insurance"),
    Column("work", Text("在职/退休", "work"), "code", "Work"),
    Column("coverage", Text("参保状态", "coverage"), "code", "Coverage"),
    Column("card", Text("医保凭证", "card"), "code", "Card"),
    Column("account", Text("个人账户", "personal account"), "code", "AccountState"),
    Column("account_year", Text("医保年度", "account year")),
    Column("available_fen", Text("可用(元)", "available, yuan"), "yuan"),
    Column("held_fen", Text("冻结(元)", "held, yuan"), "yuan"),
    Column("wallet_fen", Text("钱包可用(元)", "in the wallet, yuan"), "yuan"),
    Column("wallet_pending_fen", Text("转出待接收(元)", "sent, not accepted, yuan"), "yuan"),
    Column("set_aside_fen", Text("划拨(元)", "set aside, yuan"), "yuan"),
    Column("pools", Text("共济组", "family pools")),
    Column("coverage_history", Text("参保经历", "coverage so far"), "data", for_people=False),
]


@person.command(
    "show",
    times=("as_of", "as_known_at"),
    about=Text(
        "一名参保人的现状，或按当时所知的状况。--as-of 给出当日的参保状态。",
        "One person as things stand, or as known at a moment. "
        "--as-of gives the coverage on that day.",
    ),
    examples=("gongji person show p1", "gongji person show p1 --as-known-at 120"),
)
@_PERSON
@click.pass_obj
def show_person(settings: Settings, *, who: str) -> None:
    """Show one person."""
    from domain.ids import PersonId
    from domain.person import person_stream
    from domain.refusals import Code

    state = known_state(settings, person_stream(PersonId(who)), otherwise=Code.UNKNOWN_PERSON)
    table = Table(
        "person",
        _COLUMNS,
        [_row(settings, state.value)],
        record=True,
        position=state.position,
        as_of=settings.as_of,
        as_known_at=settings.as_known_at,
    )
    show(settings, table)


def _row(settings: Settings, state: Person) -> dict[str, object]:
    account = state.account
    coverage = state.coverage_on(settings.as_of) if settings.as_of else state.coverage_now
    return {
        "person": state.id,
        "region": state.region,
        "insurance": state.insurance,
        "work": state.work,
        "coverage": coverage,
        "card": state.card,
        "account": "none" if account is None else "closed" if account.closed else "open",
        "account_year": account and account.account_year,
        "available_fen": account and account.available.total_fen,
        "held_fen": account and account.held.total_fen,
        "wallet_fen": state.wallet and state.wallet.available_fen,
        "wallet_pending_fen": state.wallet and state.wallet.pending_fen,
        "set_aside_fen": account and account.set_aside_amounts.total_fen,
        "pools": sorted(state.pools),
        "coverage_history": [{"from": day, "coverage": it} for day, it in state.coverage],
    }
