"""The cover of a working paper: what is known, what a person filled in, and how to repeat it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.errors import failure
from cli.params import option
from cli.render import shanghai
from cli.session import actor, now, reading, today
from domain.text import Text
from domain.time import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cli.audit_reconcile import Chosen
    from cli.settings import Settings
    from projections.settlement_lines import Line

_TREE = Text("大小 {size:,}\n根 {root}", "size {size:,}\nroot {root}")
_CHECKPOINT = Text(
    "{origin}\n大小 {size:,}\n根 {root}\n{stands}；签名未在此核验",
    "{origin}\nsize {size:,}\nroot {root}\n{stands}; its signature is not checked here",
)
_SAME = Text("与账本日志在该大小的根相符", "the log of the ledger has this root at that size")
_FORK = Text(
    "与账本日志在该大小的根不符：历史被改写", "the log has another root: history was rewritten"
)
_SHRUNK = Text("账本日志没有这么多笔", "the log of the ledger has fewer entries")

COVER_OPTIONS: dict[str, tuple[str, Text, Text]] = {
    "body": ("--body", Text("被审计单位", "audited body"), Text("被审计单位", "Audited body.")),
    "matter": ("--matter", Text("审计事项", "matter"), Text("审计事项", "Matter.")),
    "procedure": (
        "--procedure",
        Text("实施的审计程序", "procedure"),
        Text("实施的审计程序", "What was done."),
    ),
    "conclusion": (
        "--conclusion",
        Text("审计结论", "conclusion"),
        Text("审计结论", "What was found."),
    ),
    "basis": ("--basis", Text("结论依据", "basis"), Text("结论依据", "What that rests on.")),
    "index_number": (
        "--index",
        Text("索引号", "index number"),
        Text("索引号，也印在页脚", "Index number, also printed at the foot."),
    ),
    "reviewer": ("--reviewer", Text("复核人", "reviewer"), Text("复核人", "Reviewer.")),
}
"""What the person who writes the paper may fill in: option, label on the cover, help."""


def fills_cover(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of the cover."""
    for name, (spelt, _, about) in reversed(COVER_OPTIONS.items()):
        function = option(spelt, name, default="", metavar="TEXT", about=about)(function)
    return function


@dataclass(frozen=True)
class Asked:
    """What a working paper is to hold. `cover` has what was filled in, by `COVER_OPTIONS`."""

    out: Path
    person: str | None
    claim: str | None
    chosen: Chosen
    reviewed: date | None
    checkpoint: str | None
    files: Mapping[str, str | None]
    columns: Mapping[str, str]
    cover: Mapping[str, str]


def cover_of(
    settings: Settings, asked: Asked, lines: list[Line], reached: datetime | int
) -> Iterator[tuple[str, str]]:
    """Give the labels of the cover with what is known; the rest is empty."""
    checkpoint = _checkpoint(settings, asked.checkpoint)
    filled = dict(asked.cover)
    after_matter = {
        Text("审计期间或截止日", "period or cut-off"): _period(settings, asked, lines),
        Text("范围", "scope"): scope_of(asked).say(settings.lang),
    }
    at = now(settings)
    known = {
        Text("页次", "page"): Text("见页脚", "see the foot").say(settings.lang),
        Text("编制人", "author"): actor(settings),
        Text("编制日期", "date"): f"{at.astimezone(SHANGHAI):%Y-%m-%d}",
        COVER_OPTIONS["reviewer"][1]: filled.pop("reviewer"),
        Text("复核日期", "date of the review"): str(asked.reviewed or ""),
        Text("账本位置", "position of the ledger"): say_known(reached),
        Text("日志至此的树", "tree of the log by then"): _tree(settings, reached),
        Text("检查点", "checkpoint"): checkpoint,
        Text("规则集", "rule sets"): "\n".join(sorted({line.rule_set for line in lines})),
        Text("重做命令", "command that makes it again"): _command(settings, asked, reached, at),
    }
    for name, value in filled.items():
        yield COVER_OPTIONS[name][1].say(settings.lang), value
        if name == "matter":
            yield from ((label.say(settings.lang), said) for label, said in after_matter.items())
    yield from ((label.say(settings.lang), said) for label, said in known.items())


def say_known(reached: datetime | int) -> str:
    """Say a position or an instant."""
    return f"{reached:,}" if isinstance(reached, int) else shanghai(reached)


def _period(settings: Settings, asked: Asked, lines: list[Line]) -> str:
    """Say the period asked for; where an end is open, the first or last day of the lines."""
    days = [line.day for line in lines if line.day] or [today(settings)]
    first, last = asked.chosen.first, asked.chosen.last
    first = min(days) if first == date.min else first
    last = max(days) if last == date.max else last
    return Text("{first} 至 {last}", "{first} to {last}").say(settings.lang, first=first, last=last)


def scope_of(asked: Asked) -> Text:
    """Say whose or which lines the paper holds."""
    where = asked.chosen.institution
    parts = [
        *([Text(f"参保人 {asked.person}", f"person {asked.person}")] if asked.person else []),
        *([Text(f"费用单 {asked.claim}", f"claim {asked.claim}")] if asked.claim else []),
        *([Text(f"机构 {where}", f"institution {where}")] if where else []),
    ]
    if not parts:
        return Text("全部结算", "all settlements")
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _tree(settings: Settings, reached: datetime | int) -> str:
    """Give size and root of the log at a position, unsigned; nothing in the midst of an entry."""
    from ledger.log.notes import to_base64

    if not isinstance(reached, int) or reached == 0:
        return ""
    with reading(settings) as store:
        recorder = store.recorder
        size = recorder.entry_before(reached - 1) + 1
        if size > recorder.end.entries or recorder.entry(size).last != reached:
            return ""
        root = to_base64(recorder.log().root(size))
    return _TREE.say(settings.lang, size=size, root=root)


def _checkpoint(settings: Settings, path: str | None) -> str:
    """Give origin, size and root of a checkpoint, and whether the log has that root."""
    from ledger.log.notes import BadNote, read_checkpoint, read_note, to_base64

    if path is None:
        return ""
    try:
        found = read_checkpoint(read_note(Path(path).read_text(encoding="utf-8")).text)
    except (BadNote, UnicodeDecodeError) as error:
        code = "bad_checkpoint"
        says = error.says.say(settings.lang) if isinstance(error, BadNote) else str(error)
        raise failure(code, says, where=path) from error
    with reading(settings) as store:
        log = store.recorder.log()
        if found.size > log.size:
            stands = _SHRUNK
        else:
            stands = _SAME if log.root(found.size) == found.root else _FORK
    return _CHECKPOINT.say(
        settings.lang,
        origin=found.origin,
        size=found.size,
        root=to_base64(found.root),
        stands=stands.say(settings.lang),
    )


def _command(settings: Settings, asked: Asked, reached: datetime | int, at: datetime) -> str:
    """Write the line that makes the same file again, on the same ledger or one that has grown."""
    first, last = asked.chosen.first, asked.chosen.last
    words: list[tuple[str, Any]] = [
        ("--person", asked.person),
        ("--claim", asked.claim),
        ("--from", None if first == date.min else first),
        ("--to", None if last == date.max else last),
        ("--institution", asked.chosen.institution),
        *asked.files.items(),
        *(("--column", f"{ours}={theirs}") for ours, theirs in asked.columns.items()),
        ("--checkpoint", asked.checkpoint),
        ("--reviewed-on", asked.reviewed),
        *((COVER_OPTIONS[name][0], value) for name, value in asked.cover.items()),
        ("--store", settings.store),
        ("--lang", settings.lang),
        ("--actor", actor(settings)),
        ("--as-known-at", reached.isoformat() if isinstance(reached, datetime) else reached),
        ("--at", at.isoformat()),
    ]
    given = [f"{name}={value}" for name, value in words if value not in (None, "")]
    return shlex.join(["gongji", "audit", "workpaper", str(asked.out), *given])
