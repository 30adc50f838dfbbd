"""`gongji audit diff`: two moments side by side, and what was recorded between them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.events import ENTRY, MOST, entry_row
from cli.moments import NOW, Moment
from cli.params import argument, option
from cli.render import Column, Table, shanghai, show
from cli.session import views
from cli.state_words import name_of, value_of
from cli.subjects import need_person
from cli.texts import Command
from domain.money import format_yuan
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cli.session import Views
    from cli.settings import Settings
    from projections.two_moments import Apart, Changed

_COLUMNS = [
    Column("matter", Text("事项", "matter"), "code", "Matter"),
    Column("stream", Text("流", "stream"), for_people=False),
    Column("subject", Text("对象", "subject")),
    Column("figure", Text("项目", "figure"), for_people=False),
    Column("name", Text("项目", "figure"), in_data=False),
    Column("then", Text("前", "then"), in_data=False),
    Column("later", Text("后", "later"), in_data=False),
    Column("before", Text("前", "then"), "data", for_people=False),
    Column("after", Text("后", "later"), "data", for_people=False),
    Column("change_fen", Text("变动(元)", "change, yuan"), "yuan"),
    Column("late", Text("迟录", "late facts"), "int", if_any=True),
]
_LATE = Column("late", Text("迟录", "late"), if_any=True)


@click.command(
    "diff",
    cls=Command,
    about=Text(
        "两个时刻并排：余额（可用、冻结、划拨、钱包）、关系与授权、费用单有何不同，之间记录了什么。"
        "时刻为位置、带时区的时刻、日期（上海当日终了）或 now；后一个默认 now。\n\n"
        "迟录：在前一时刻已经过完的日子生效、却在其后才记录的事实。",
        "Two moments side by side: which balances (available, held, set aside, wallet), relations "
        "with authorizations, and claims differ, and what was recorded in between. A moment is a "
        "position, an instant, a day (its end in Shanghai) or now, which is the default of the "
        "second.\n\n"
        "Late is a fact that holds from a day that was over at the first moment, and was recorded "
        "after it.",
    ),
    examples=(
        "gongji audit diff 2026-02-28 2026-03-31",
        "gongji audit diff 120 now --person p1",
        "gongji audit diff 2026-02-28 --events",
    ),
)
@argument(
    "first",
    type=Moment(),
    metavar="POSITION|INSTANT|DATE",
    about=Text("前一时刻", "The first moment."),
)
@argument(
    "last",
    type=Moment(),
    required=False,
    default="now",
    metavar="POSITION|INSTANT|DATE",
    about=Text("后一时刻，默认 now", "The second moment; default now."),
)
@option(
    "--person",
    "persons",
    multiple=True,
    metavar="PERSON",
    about=Text("只看此人，可重复", "Only this person; repeat for several."),
)
@option(
    "--events",
    "listing",
    is_flag=True,
    about=Text("列出之间的事件", "List the events in between instead."),
)
@option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    about=Text(
        f"至多列出几行；0 为全部。表格默认 {MOST}，数据格式默认全部",
        f"Show at most so many rows; 0 for all. Default {MOST} in a table and all in data.",
    ),
)
@click.pass_obj
def diff(
    settings: Settings,
    *,
    first: datetime | int,
    last: datetime | int,
    persons: tuple[str, ...],
    listing: bool,
    limit: int | None,
) -> None:
    """Compare two moments."""
    from domain.ids import PersonId
    from projections.moments import position_at
    from projections.two_moments import compare

    most = (MOST if settings.for_people else 0) if limit is None else limit
    with views(settings, ["audit_trail"]) as seen:
        for person in persons:
            need_person(settings, seen.store, person)
        for moment in (first, last):
            if not isinstance(moment, datetime) and seen.position < moment < NOW:
                raise _not_yet(settings, moment, seen.position)
        ends = position_at(seen.store, first), position_at(seen.store, last)
        if ends[0] > ends[1]:
            raise _backwards(settings, ends)
        apart = compare(
            seen.store,
            seen.engine,
            first=ends[0],
            last=ends[1],
            since=first if isinstance(first, datetime) else None,
            persons=[PersonId(person) for person in persons],
        )
        title = _title(seen, apart)
        rows = _events(seen, apart, most) if listing else _rows(apart, most)
    table = Table(
        "diff-events" if listing else "diff",
        [*ENTRY, _LATE] if listing else _COLUMNS,
        rows,
        title=title,
        notes=[] if listing else _notes(apart),
        facts=[_counted(apart, most, listing=listing)],
        position=seen.position,
        more=_more(apart, persons),
        empty=Text("两个时刻之间没有不同。", "Nothing differs between the two moments."),
    )
    show(settings, table)


def _not_yet(settings: Settings, moment: int, end: int) -> Exception:
    says = Text(
        "位置 {0} 尚无事件，末位置为 {1}", "nothing stands at position {0}; the last is {1}"
    )
    code = "no_such_position"
    return failure(code, says.say(settings.lang).format(moment, end), remedy="gongji events list")


def _backwards(settings: Settings, ends: tuple[int, int]) -> Exception:
    says = Text(
        "前一时刻（位置 {0}）晚于后一时刻（位置 {1}）",
        "the first moment (position {0}) comes after the second (position {1})",
    )
    said = says.say(settings.lang).format(*ends)
    code = "moments_backwards"
    return failure(code, said, remedy=f"gongji audit diff {ends[1]} {ends[0]}")


def _title(seen: Views, apart: Apart) -> Text:
    from projections.moments import recorded_at

    ends = [
        f"#{position:,}" + (f" ({shanghai(then)})" if then else "")
        for position in (apart.first, apart.last)
        for then in [recorded_at(seen.store, position)]
    ]
    return Text(f"{ends[0]} 与 {ends[1]}", f"{ends[0]} and {ends[1]}")


def _rows(apart: Apart, most: int) -> list[dict[str, object]]:
    return [_row(changed) for changed in (apart.changed[:most] if most else apart.changed)]


def _row(changed: Changed) -> dict[str, object]:
    return {
        "matter": changed.matter,
        "stream": "/".join(changed.stream),
        "subject": changed.subject,
        "figure": changed.figure,
        "name": name_of(changed.figure),
        "then": value_of(changed.figure, changed.before),
        "later": value_of(changed.figure, changed.after),
        "before": changed.before,
        "after": changed.after,
        "change_fen": changed.change_fen,
        "late": changed.late,
    }


def _events(seen: Views, apart: Apart, most: int) -> list[dict[str, object]]:
    """List the events in between, the late ones marked."""
    from projections.audit_trail import entry_of
    from projections.reading import events_at
    from projections.two_moments import is_late

    positions = apart.positions[:most] if most else apart.positions
    entries = (entry_of(*found) for found in events_at(seen.store, positions))
    return [
        {**entry_row(entry), "late": is_late(entry.effective_on, apart.over)} for entry in entries
    ]


def _counted(apart: Apart, most: int, *, listing: bool) -> Text:
    """Say how many rows there are, and how many of them are shown."""
    every = len(apart.positions) if listing else len(apart.changed)
    what = Text("条事件", "events") if listing else Text("处不同", "figures that differ")
    if not most or every <= most:
        return Text(f"{every:,} {what.zh}", f"{every:,} {what.en}")
    return Text(
        f"前 {most:,} {what.zh}，共 {every:,}（--limit 0 列出全部）",
        f"the first {most:,} of {every:,} {what.en} (--limit 0 shows all)",
    )


def _notes(apart: Apart) -> list[Text]:
    """Say what was recorded in between, and what the balances moved by altogether."""
    late = sum(it.late for it in apart.counted)
    kinds = [f"{it.topic} {it.events:,}" for it in apart.counted]
    between = Text(
        f"之间记录 {len(apart.positions):,} 条事件：{'、'.join(kinds)}",
        f"{len(apart.positions):,} events in between: {', '.join(kinds)}",
    )
    notes = [between] if kinds else []
    if late:
        zh = f"其中迟录 {late:,} 条：{apart.over} 或更早生效，其后才记录"
        en = f"{late:,} of them late: they hold from {apart.over} or before and came after it"
        notes.append(Text(zh, en))
    if sums := _sums(apart.changed):
        said = [(name_of(figure), _signed(fen)) for figure, fen in sums.items()]
        zh = "，".join(f"{name.zh} {fen}" for name, fen in said)
        en = ", ".join(f"{name.en} {fen}" for name, fen in said)
        notes.append(Text(f"余额合计变动：{zh}", f"balances changed altogether: {en}"))
    return notes


def _sums(changed: Iterable[Changed]) -> dict[str, int]:
    """Add up what balances changed by, figure by figure."""
    sums: Counter[str] = Counter()
    for it in changed:
        if it.matter == "balance" and it.change_fen is not None:
            sums[it.figure] += it.change_fen
    return dict(sums)


def _signed(fen: int) -> str:
    return f"+{format_yuan(fen)}" if fen > 0 else format_yuan(fen)


def _more(apart: Apart, persons: Sequence[str]) -> dict[str, object]:
    return {
        "first": apart.first,
        "last": apart.last,
        "late_up_to": apart.over,
        "persons": list(persons),
        "events": len(apart.positions),
        "events_by_kind": [it._asdict() for it in apart.counted],
        "balances_changed_by": _sums(apart.changed),
    }
