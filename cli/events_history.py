"""`gongji events history`: one stream, event by event, with the state after each of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.moments import Version, VersionOrMoment
from cli.params import argument, option
from cli.render import Column, Table, plain, shanghai, show, to_json
from cli.session import reading
from cli.state_words import in_few_words
from cli.subjects import read_subject
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.settings import Settings
    from projections.stream_history import Step

_COLUMNS = [
    Column("version", Text("版本", "version"), "int"),
    Column("position", Text("位置", "position"), "int"),
    Column("effective_on", Text("生效日", "holds from"), "date"),
    Column("recorded_at", Text("记录时刻", "recorded at"), "instant"),
    Column("late_days", Text("迟录(天)", "days late"), "int", if_any=True),
    Column("topic", Text("事件", "event"), for_people=False),
    Column("says", Text("内容", "what happened")),
    Column("after", Text("此后状态", "state after it")),
    Column("cause", Text("报文号", "message id"), for_people=False),
    Column("actor", Text("经办人", "actor"), for_people=False),
    Column("note", Text("说明", "note"), for_people=False),
    Column("figures", Text("数字", "figures"), "data", for_people=False),
    Column("state", Text("状态全文", "whole state"), "data", for_people=False),
]
_THEN = [*_COLUMNS, Column("body", Text("状态全文", "whole state"), in_data=False)]


@click.command(
    "history",
    cls=Command,
    times=("as_known_at",),
    about=Text(
        "一个流（参保人、共济组、费用单、疑点）的全部事件：版本、位置、内容，以及此后的状态。"
        "数据格式含状态全文。--when 只给出那一刻的状态：@5 为第 5 版，或位置、时刻、日期。",
        "Every event of one stream (person, pool, claim, finding): version, position, what "
        "happened, and the state after it, whole in data. --when shows the state then and nothing "
        "else: @5 is version 5; or a position, an instant or a day.",
    ),
    examples=(
        "gongji events history person:p1",
        "gongji events history claim:c1 -O json",
        "gongji events history person:p1 --when @5",
        "gongji events history pool:f1 --when 2026-03-02",
    ),
)
@argument(
    "stream", metavar="person:ID|pool:ID|claim:ID|finding:ID", about=Text("哪个流", "Which stream.")
)
@option(
    "--when",
    type=VersionOrMoment(),
    metavar="@VERSION|POSITION|INSTANT|DATE",
    about=Text("那一刻的状态", "Show the state then."),
)
@click.pass_obj
def history(settings: Settings, *, stream: str, when: Version | datetime | int | None) -> None:
    """Show the history of one stream, or its state at a moment."""
    from projections.moments import position_at
    from projections.stream_history import steps

    subject = read_subject(settings, stream)
    with reading(settings) as store:
        end = position_at(store, settings.as_known_at)
        told = [step for step in steps(store, subject) if step.position <= end]
        if not told:
            raise _nothing(settings, stream)
        upto = None if isinstance(when, Version) else position_at(store, when)
    if when is not None:
        told = _last_of(told, version=when.number if isinstance(when, Version) else None, upto=upto)
        if not told:
            raise _nothing(settings, f"{stream} {_typed(when)}")
    one = when is not None
    table = Table(
        "history",
        _THEN if one else _COLUMNS,
        [_row(settings, step, whole=one) for step in told],
        record=one,
        title=stream,
        position=end,
        as_known_at=settings.as_known_at,
        facts=[] if one else [Text(f"{len(told):,} 条", f"{len(told):,} events")],
    )
    show(settings, table)


def _last_of(told: Sequence[Step], *, version: int | None, upto: int | None) -> list[Step]:
    """Give the step of a version, or the last one up to a position."""
    if version is not None:
        return [step for step in told if step.event.originator_version == version]
    assert upto is not None, "a moment is a version or has a position"
    return [step for step in told if step.position <= upto][-1:]


def _typed(when: Version | datetime | int) -> str:
    if isinstance(when, Version):
        return f"@{when.number}"
    return shanghai(when) if isinstance(when, datetime) else f"#{when}"


def _nothing(settings: Settings, asked: str) -> Exception:
    says = Text("没有此流的事件：{asked}", "nothing was recorded of it: {asked}")
    said = says.say(settings.lang, asked=asked)
    return failure("unknown_stream", said, remedy="gongji events list")


def _row(settings: Settings, step: Step, *, whole: bool) -> dict[str, object]:
    from projections.lateness import days_late
    from projections.sentences import sentence
    from projections.summaries import summary

    fact, meta = step.event.fact, step.event.meta
    figures = summary(step.state)
    state = None if settings.for_people and not whole else plain(step.state, settings.lang)
    return {
        "version": step.event.originator_version,
        "position": step.position,
        "effective_on": fact.effective_on,
        "recorded_at": meta.recorded_at,
        "late_days": days_late(fact.effective_on, meta.recorded_at),
        "topic": fact.TOPIC,
        "says": sentence(fact, step.event.stream.key),
        "after": in_few_words(figures),
        "cause": meta.cause,
        "actor": meta.actor,
        "note": meta.note,
        "figures": figures,
        "state": state,
        "body": to_json(state, indent=2) if whole else "",
    }
