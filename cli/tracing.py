"""How cause and effect are shown: a tree for people, rows by position for data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.render import Column, Table, console, shanghai, show
from cli.words import word
from domain.money import format_yuan
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.tree import Tree

    from cli.settings import Settings
    from projections.audit_trail import Entry
    from projections.causes import Command, Paid, Trace

_COLUMNS = [
    Column("link", Text("关联", "link"), "code", "Link"),
    Column("position", Text("位置", "position"), "int"),
    Column("brought_about_by", Text("由何引起", "brought about by"), "int"),
    Column("command", Text("办理事项", "command"), "code", "Command"),
    Column("cause", Text("报文号", "message id")),
    Column("actor", Text("经办人", "actor")),
    Column("recorded_at", Text("记录时刻", "recorded at"), "instant"),
    Column("effective_on", Text("生效日", "holds from"), "date"),
    Column("topic", Text("事件", "event")),
    Column("stream", Text("流", "stream")),
    Column("says", Text("内容", "what happened")),
    Column("note", Text("说明", "note")),
]

_HERE = Text("  ◀ 所查", "  ◀ asked for")
_ARROWS = {"before": "↑", "same": "●", "after": "↓"}


def show_trace(settings: Settings, trace: Trace, *, position: int) -> None:
    """Show everything that belongs together with one event, command by command."""
    if settings.for_people:
        console(settings).print(_tree(settings, trace))
        return
    more = {
        "matter": trace.matter,
        "asked": trace.position,
        "paid": trace.paid and trace.paid._asdict(),
    }
    show(settings, Table("trace", _COLUMNS, list(_rows(trace)), position=position, more=more))


def _rows(trace: Trace) -> Iterator[dict[str, object]]:
    """Give the grounds first, then the commands; each event with the one that brought it about."""
    for ground in trace.grounds:
        yield {"link": "ground", **_event(ground), "note": ground.note}
    for command in trace.commands:
        for event in command.events:
            yield {
                "link": command.link,
                "brought_about_by": _brought_about_by(command, event),
                "command": command.name,
                **_event(event),
                "note": command.note,
            }


def _event(event: Entry) -> dict[str, object]:
    return {
        "position": event.position,
        "cause": event.cause,
        "actor": event.actor,
        "recorded_at": event.recorded_at,
        "effective_on": event.effective_on,
        "topic": event.topic,
        "stream": "/".join(event.stream),
        "says": event.says,
    }


def _brought_about_by(command: Command, event: Entry) -> int | None:
    """Give the decision of a command for what followed from it."""
    return command.decision if event.position > command.decision else None


def _tree(settings: Settings, trace: Trace) -> Tree:
    from rich.tree import Tree

    tree = Tree(trace.matter, style="bold", guide_style="dim")
    if trace.grounds:
        grounds = tree.add(f"◇ {word('Link', 'ground', settings.lang)}", style="cyan")
        for event in trace.grounds:
            grounds.add(_line(settings, trace, event), style=_PLAIN)
    for command in trace.commands:
        branch = tree.add(_heading(settings, command), style="cyan")
        above = branch
        for event in command.events:
            under = above if _brought_about_by(command, event) else branch
            added = under.add(_line(settings, trace, event), style=_PLAIN)
            above = added if event.position == command.decision else above
    if trace.paid:
        tree.add(f"{_ARROWS['after']} {_paid(trace.paid).say(settings.lang)}", style="cyan")
    return tree


def _paid(paid: Paid) -> Text:
    yuan = format_yuan(paid.amount_fen)
    return Text(
        f"其后至关系终止，据此付款 {paid.payments:,} 笔，共 {yuan} 元，"
        f"#{paid.first:,} 至 #{paid.last:,}",
        f"from then until the relation ended: {paid.payments:,} payments, {yuan} yuan, "
        f"#{paid.first:,} to #{paid.last:,}",
    )


_PLAIN = "not bold default"


def _line(settings: Settings, trace: Trace, event: Entry) -> str:
    here = _HERE.say(settings.lang) if event.position == trace.position else ""
    return f"#{event.position}  {event.topic}  {event.says.say(settings.lang)}{here}"


def _heading(settings: Settings, command: Command) -> str:
    link = f"{_ARROWS[command.link]} {word('Link', command.link, settings.lang)}"
    what = word("Command", command.name, settings.lang)
    then = shanghai(command.recorded_at)
    parts = (link, then, what, command.actor, command.cause, command.note)
    return "  ".join(part for part in parts if part)
