"""How cause and effect are shown: a tree for people, rows by position for data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.render import Column, Table, console, shanghai, show
from domain.text import Text

if TYPE_CHECKING:
    from rich.tree import Tree

    from cli.settings import Settings
    from projections.audit_trail import Command, Trace

_COLUMNS = [
    Column("position", Text("位置", "position"), "int"),
    Column("cause", Text("报文号", "message id")),
    Column("actor", Text("经办人", "actor")),
    Column("recorded_at", Text("记录时刻", "recorded at"), "instant"),
    Column("topic", Text("事件", "event")),
    Column("stream", Text("流", "stream")),
    Column("says", Text("内容", "what happened")),
    Column("note", Text("说明", "note")),
]

_HERE = Text("  ◀ 所查", "  ◀ asked for")


def show_trace(settings: Settings, trace: Trace, *, position: int) -> None:
    """Show everything that belongs together with one event, command by command."""
    if settings.for_people:
        console(settings).print(_tree(settings, trace))
        return
    rows = [
        {
            "position": event.position,
            "cause": command.cause,
            "actor": command.actor,
            "recorded_at": command.recorded_at,
            "topic": event.topic,
            "stream": "/".join(event.stream),
            "says": event.says,
            "note": command.note,
        }
        for command in trace.commands
        for event in command.events
    ]
    more = {"correlation": trace.correlation, "asked": trace.position}
    show(settings, Table("trace", _COLUMNS, rows, position=position, more=more))


def _tree(settings: Settings, trace: Trace) -> Tree:
    from rich.tree import Tree

    tree = Tree(trace.correlation, style="bold", guide_style="dim")
    for command in trace.commands:
        branch = tree.add(_heading(command), style="cyan")
        for event in command.events:
            here = _HERE.say(settings.lang) if event.position == trace.position else ""
            says = event.says.say(settings.lang)
            branch.add(f"#{event.position}  {event.topic}  {says}{here}", style="not bold default")
    return tree


def _heading(command: Command) -> str:
    parts = (shanghai(command.recorded_at), command.actor, command.cause, command.note)
    return "  ".join(part for part in parts if part)
