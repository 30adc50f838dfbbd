"""`gongji simulate load`: one family of a bulk run, as a store in which all other commands work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import FOUND, Failure, Trouble
from cli.extras import needs
from cli.params import argument, option
from cli.refusal_words import in_general
from cli.render import Column, Table, show
from cli.session import rule_book
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cli.settings import Settings
    from simulation.bulk.families.family_history import Entry
    from simulation.bulk.families.family_loading import Course, Difference

_ENTRIES = [
    Column("seq", Text("日志行", "row"), "int", for_people=False),
    Column("entry", Text("事项", "entry"), in_data=False),
    Column("kind", Text("事项", "entry"), for_people=False),
    Column("claim", Text("费用单", "claim")),
    Column("booked", Text("入账日", "booked"), "date"),
    Column("person", Text("参保人", "person")),
    Column("total_fen", Text("总额", "total"), "yuan"),
    Column("fund_fen", Text("基金", "fund"), "yuan"),
    Column("accounts_fen", Text("账户", "accounts"), "yuan"),
    Column("cash_fen", Text("现金", "cash"), "yuan"),
    Column("refusal", Text("拒绝原因", "refused because"), for_people=False),
    Column("says", Text("拒绝原因", "refused because"), in_data=False, if_any=True),
]
_DIFFERENCES = [
    Column("seq", Text("日志行", "row"), "int"),
    Column("claim", Text("费用单", "claim")),
    Column("what", Text("不符之处", "what differs")),
    Column("logged", Text("日志", "in the log")),
    Column("loaded", Text("逐笔裁定", "decided singly")),
]
_KINDS = {
    0: ("settle", Text("结算", "bill")),
    1: ("cancel", Text("撤销", "cancellation")),
    2: ("credit", Text("入账", "credit")),
    3: ("roll", Text("年度结转", "new account year")),
}
_SAME = Text("逐笔重新裁定，与日志逐分一致", "each decided again singly: the same to the fen")
_NO_ENTRIES = Text("日志中没有这个家庭的记录。", "The log has nothing about this family.")
_KEPT = Text(
    "家庭 {family} 已写入 {store}；可用 gongji claim explain 查看任何一张费用单",
    "family {family} is in {store}; gongji claim explain works on every claim",
)


@click.command(
    "load",
    cls=Command,
    about=Text(
        "把批量运行中的一个家庭写成账本，供逐笔查看与解释。\n\n"
        "家庭是指由共济关系相连的所有人。先用命令建立开始时的状态，再按入账次序办理日志中的"
        "每一笔，并与日志核对：分录、余额、现金、规则集或拒绝原因不符时，退出码为 1，"
        "不留下账本。账本建在 --store，那里须为空。",
        "Bring one family of a bulk run into a store, to look at and to explain.\n\n"
        "A family is everybody whom relations connect. The state at the beginning is brought "
        "about by commands; then all that the log says of them is done again in its order and "
        "held against the log. Where legs, balances, cash, rule set or refusal differ the exit "
        "code is 1, and no store is left. It is made at --store, where nothing may be yet.",
    ),
    examples=(
        "gongji simulate load run --state people --family P000000012 --store family-12",
        "gongji simulate load run --state people --family B4711 --store family-of-4711",
    ),
)
@argument("log", metavar="LOG", type=click.Path(path_type=Path), about=Text("日志目录", "The log."))
@option(
    "--state",
    required=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    about=Text("批量运行开始时的状态目录", "The state on which the run began."),
)
@option(
    "--family",
    required=True,
    metavar="PERSON",
    about=Text(
        "家庭中任何一人（P000000012）、其任何一张费用单（B4711），"
        "或 persons.parquet 中的家庭（F000000012）",
        "Anybody in it (P000000012), any of its bills (B4711), or the family in persons.parquet "
        "(F000000012).",
    ),
)
@click.pass_context
def load(ctx: click.Context, *, log: Path, state: Path, family: str) -> None:
    """Bring one family of a bulk run into a store."""
    settings: Settings = ctx.obj
    with needs(settings, "bulk"):
        from simulation.bulk.families.family import CannotLoad
        from simulation.bulk.families.family_store import course_of, store_of
        from simulation.bulk.states import state_files
    try:
        course = course_of(log, state_files.load(state, mmap=True), name=family)
        differences = store_of(course, settings.store, book=rule_book())
    except CannotLoad as cannot:
        raise Failure(Trouble("cannot_load", cannot.says.say(settings.lang))) from None
    if differences:
        show(settings, Table("differences", _DIFFERENCES, [*_differing(differences)]))
        ctx.exit(FOUND)
    show(settings, _loaded(course, settings))


def _differing(differences: Sequence[Difference]) -> Iterator[dict[str, object]]:
    for each in differences:
        yield {
            "seq": each.entry.seq,
            "claim": _claim(each.entry),
            "what": each.what,
            "logged": each.logged,
            "loaded": each.loaded,
        }


def _loaded(course: Course, settings: Settings) -> Table:
    members, bonds = len(course.family.members), len(course.family.bonds)
    facts = [
        Text(f"{members} 人，{bonds} 项关系", f"{members} persons, {bonds} relations"),
        Text(f"{len(course.history)} 项记录", f"{len(course.history)} entries"),
        _SAME,
    ]
    kept = {"family": course.family.pool, "store": settings.store}
    return Table(
        "loaded-family",
        _ENTRIES,
        [_entry(entry) for entry in course.history],
        notes=[Text(_KEPT.say("zh", **kept), _KEPT.say("en", **kept))],
        facts=facts,
        more={"family": course.family.pool, "persons": members, "relations": bonds},
        empty=_NO_ENTRIES,
    )


def _entry(entry: Entry) -> dict[str, object]:
    """Give an entry with its sums; a new account year concerns an area, not a person."""
    from simulation.bulk.arrays import ROLL
    from simulation.bulk.families.family import person_id
    from simulation.bulk.outcomes import REFUSALS, SINGLY

    kind, words = _KINDS[entry.kind]
    row: dict[str, object] = {
        "seq": entry.seq,
        "entry": words,
        "kind": kind,
        "claim": _claim(entry),
        "booked": entry.booked,
    }
    if entry.kind == ROLL:
        return row
    code, _ = REFUSALS.get(entry.outcome, (None, None))
    return row | {
        "person": person_id(entry.patient),
        "total_fen": sum(line.total_fen for line in entry.lines),
        "fund_fen": sum(line.fund_paid_fen for line in entry.lines),
        "accounts_fen": sum(leg.amount_fen for leg in entry.legs),
        "cash_fen": sum(line.cash_fen for line in entry.lines),
        "refusal": code or SINGLY.get(entry.outcome),
        "says": in_general(code) if code else SINGLY.get(entry.outcome),
    }


def _claim(entry: Entry) -> str | None:
    from simulation.bulk.families.family import claim_id

    return claim_id(entry.claim) if entry.lines[0].no or entry.kind == 1 else None
