"""`gongji events`: list, show and trace events, replay them, and the catalogue of their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.events_history import history
from cli.params import Instant, argument, option
from cli.render import Column, Table, plain, show, to_json
from cli.session import reading, views
from cli.texts import group
from domain.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from cli.settings import Settings
    from projections.audit_trail import Entry

events = group(
    "events",
    about=Text(
        "事件：列出、查看、追溯因果、一个流的历史、重放，以及事件目录。",
        "Events: list and show them, trace cause and effect, tell the history of one stream, "
        "replay them, and their catalogue.",
    ),
    examples=("gongji events list person:p1 date:2026-03", "gongji events replay --compare"),
)
events.add_command(history)

MOST = 100
"""So many events are shown to people unless `--limit` says otherwise."""

_POSITION = Column("position", Text("位置", "position"), "int")
_TOPIC = Column("topic", Text("事件", "event"))
_SAYS = Column("says", Text("内容", "what happened"))
ENTRY = [
    _POSITION,
    Column("effective_on", Text("生效日", "holds from"), "date"),
    Column("recorded_at", Text("记录时刻", "recorded at"), "instant", for_people=False),
    _TOPIC,
    Column("stream", Text("流", "stream"), for_people=False),
    Column("version", Text("版本", "version"), "int", for_people=False),
    _SAYS,
    Column("actor", Text("经办人", "actor"), for_people=False),
    Column("late_days", Text("迟录(天)", "days late"), "int", if_any=True),
    Column("cause", Text("报文号", "message id")),
    Column("correlation", Text("同属", "belongs to"), for_people=False),
    Column("note", Text("说明", "note"), for_people=False),
]
"""The columns of an event in a list, see `entry_row`."""


@events.command(
    "list",
    times=("as_of", "as_known_at"),
    about=Text(
        "按位置列出事件。筛选词可并用，须同时满足；同名的 type 满足其一即可。\n\n"
        "person:编号 pool:编号 claim:编号 finding:编号 settlement:结算号 type:事件名 "
        "date:A..B late:天数",
        "List events by position. Filter words may be combined and must all fit; of several "
        "types one must.\n\n"
        "person:ID pool:ID claim:ID finding:ID settlement:ID type:NAME date:A..B late:DAYS",
    ),
    examples=(
        "gongji events list",
        "gongji events list claim:c1",
        "gongji events list person:p1 type:account date:2026-03..2026-06 -O csv",
        "gongji events list late:30",
    ),
)
@argument(
    "words",
    nargs=-1,
    required=False,
    metavar="WORD",
    about=Text("筛选词", "Filter words."),
)
@option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    about=Text(
        f"至多列出几条；0 为全部。表格默认 {MOST}，数据格式默认全部",
        f"Show at most so many; 0 for all. Default {MOST} in a table and all in data.",
    ),
)
@click.pass_obj
def list_events(settings: Settings, words: tuple[str, ...], limit: int | None) -> None:
    """List events."""
    from cli.filters import read_filters
    from projections.search import search

    wanted = read_filters(words, settings.lang)
    most = (MOST if settings.for_people else 0) if limit is None else limit
    with views(settings, ["audit_trail"]) as current:
        found, fitting = search(
            current.store,
            current.engine,
            wanted=wanted,
            as_of=settings.as_of,
            as_known_at=settings.as_known_at,
            limit=most or None,
        )
    table = Table(
        "events",
        ENTRY,
        [entry_row(entry) for entry in found],
        position=current.position,
        as_of=settings.as_of,
        as_known_at=settings.as_known_at,
        facts=[_counted(len(found), fitting)],
        more={"matching": fitting},
        empty=Text("没有符合的事件。", "No event fits."),
    )
    show(settings, table)


def _counted(shown: int, fitting: int) -> Text:
    if shown == fitting:
        return Text(f"{fitting:,} 条", f"{fitting:,} events")
    return Text(
        f"前 {shown:,} 条，共 {fitting:,} 条（--limit 0 列出全部）",
        f"the first {shown:,} of {fitting:,} (--limit 0 shows all)",
    )


def entry_row(entry: Entry) -> dict[str, object]:
    """Give one event of the trail as a row."""
    return {
        "position": entry.position,
        "effective_on": entry.effective_on,
        "recorded_at": entry.recorded_at,
        "topic": entry.topic,
        "stream": "/".join(entry.stream),
        "version": entry.version,
        "says": entry.says,
        "actor": entry.actor,
        "late_days": entry.late_days,
        "cause": entry.cause,
        "correlation": entry.correlation,
        "note": entry.note,
    }


_SHOWN = [
    *(Column(c.key, c.title, c.kind, c.words) for c in ENTRY),
    Column("body", Text("正文", "body"), in_data=False),
    Column("fact", Text("正文", "body"), "data", for_people=False),
    Column("bytes", Text("字节数", "bytes"), "int"),
    Column("sha256", Text("存储字节的 SHA-256", "SHA-256 of the stored bytes")),
]


@events.command(
    "show",
    about=Text("一条事件的全部内容。", "Everything about one event."),
    examples=("gongji events show 12", "gongji events show 12 -O json"),
)
@argument(
    "position", type=click.IntRange(min=1), metavar="POSITION", about=Text("位置", "Position.")
)
@click.pass_obj
def show_event(settings: Settings, position: int) -> None:
    """Show one event as it is stored."""
    from hashlib import sha256

    from projections.lateness import days_late
    from projections.sentences import sentence

    with reading(settings) as store:
        stored = next(store.notifications(position - 1, upto=position), None)
        last = store.recorder.last_position
    if stored is None:
        raise _no_event(settings, str(position))
    event = store.mapper.to_domain_event(stored)
    fact = plain(event.fact, settings.lang)
    row = {
        "position": position,
        "effective_on": event.fact.effective_on,
        "late_days": days_late(event.fact.effective_on, event.meta.recorded_at),
        "topic": event.fact.TOPIC,
        "stream": "/".join(event.stream),
        "version": event.originator_version,
        "says": sentence(event.fact, event.stream.key),
        **plain(event.meta, settings.lang),
        "recorded_at": event.meta.recorded_at,
        "body": to_json(fact, indent=2),
        "fact": fact,
        "bytes": len(stored.state),
        "sha256": sha256(stored.state).hexdigest(),
    }
    show(settings, Table("event", _SHOWN, [row], record=True, position=last))


@events.command(
    "trace",
    about=Text(
        "一条事件或一个报文的因果：依据哪些关系与授权，由哪个请求判定，动了哪些账户，"
        "此前与此后同一费用单、转账或关系上发生了什么（如撤销、退回）。",
        "Cause and effect of an event or a message: the relations and authorizations it rests on, "
        "the command that decided, the accounts that it moved, and what happened before and after "
        "to the same claim, transfer or relation, such as a cancellation or a refund.",
    ),
    examples=("gongji events trace 12", "gongji events trace till-7-0001"),
)
@argument(
    "what", metavar="POSITION|MESSAGE", about=Text("位置或报文号", "A position or a message id.")
)
@click.pass_obj
def trace(settings: Settings, what: str) -> None:
    """Trace one event."""
    from cli.tracing import show_trace
    from domain.ids import MessageId
    from projections.causes import trace as traced

    with views(settings, ["audit_trail"]) as current:
        answer = current.store.recorder.answer(MessageId(what))
        position = answer.position if answer else int(what) if what.isdecimal() else 0
        found = traced(current.store, current.engine, position=position)
    if found is None:
        raise _no_event(settings, what)
    show_trace(settings, found, position=current.position)


def _no_event(settings: Settings, what: str) -> Exception:
    says = Text("没有这条事件或报文：{what}", "There is no such event or message: {what}")
    return failure("unknown_event", says.say(settings.lang, what=what), remedy="gongji events list")


@events.command(
    "replay",
    about=Text(
        "从零折叠全部流，报告每秒事件数。--compare 再与读模型逐项比较，有差异则退出码为 1；"
        "与 --to 并用时，读模型也重建到那一刻。",
        "Fold every stream from nothing and say how many events a second. --compare then holds "
        "the result against the read models; differences end with exit code 1. With --to the read "
        "models are made anew up to that moment.",
    ),
    examples=(
        "gongji events replay",
        "gongji events replay --compare",
        "gongji events replay --to 500",
        "gongji events replay --to 2026-03-02 --compare",
    ),
)
@option(
    "--to",
    type=Instant(or_position=True),
    metavar="POSITION|INSTANT|DATE",
    about=Text(
        "只重放到此位置、该时刻或该日（上海）终了时已记录的",
        "Replay up to a position, an instant or the end of a day in Shanghai only.",
    ),
)
@option("--compare", is_flag=True, about=Text("与读模型比较", "Compare with the read models."))
@click.pass_context
def replay(ctx: click.Context, to: datetime | int | None, compare: bool) -> None:
    """Replay the history."""
    from cli.replaying import run_replay

    ctx.exit(run_replay(ctx.obj, to=to, compare=compare))


_CATALOGUE = [
    _TOPIC,
    Column("version", Text("版本", "version"), "int"),
    Column("says", Text("含义", "meaning")),
    Column("field_names", Text("字段", "fields"), in_data=False),
    Column("fields", Text("字段", "fields"), "data", for_people=False),
]


@events.command(
    "catalog",
    about=Text(
        "全部事件种类：名称、版本、字段与含义。花括号内是填入的字段，owner 是流的主人。",
        "Every type of event: name, version, fields and meaning. Words in braces are fields that "
        "are filled in; owner is the owner of the stream.",
    ),
    examples=("gongji events catalog", "gongji events catalog -O json"),
)
@click.pass_obj
def catalog(settings: Settings) -> None:
    """List every type of event."""
    from cli.catalogue import fact_types

    rows = [
        {
            "topic": found.topic,
            "version": found.version,
            "says": found.says,
            "field_names": ", ".join(found.fields),
            "fields": found.fields,
        }
        for found in fact_types()
    ]
    counted = Text(f"{len(rows)} 种", f"{len(rows)} types")
    show(settings, Table("event-catalog", _CATALOGUE, rows, facts=[counted]))
