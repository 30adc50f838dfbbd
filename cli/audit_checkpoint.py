"""`gongji audit checkpoint`: the whole history under one signed hash, to be kept elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from cli.errors import FOUND
from cli.log_key import own_key, signed_by
from cli.params import option
from cli.render import Column, Table, show
from cli.session import reading
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from ledger.log.checkpoints import Extension
    from ledger.log.notes import Checkpoint, VerifierKey
    from ledger.log.reading import LogReader

_CHECKPOINT = [
    Column("origin", Text("日志名", "origin")),
    Column("size", Text("笔数", "entries"), "int"),
    Column("position", Text("末位置", "last position"), "int"),
    Column("root", Text("树根", "root")),
    Column("extension", Text("与原检查点相比", "against the older one"), "code", words="Extension"),
    Column("kept_size", Text("原笔数", "entries then"), "int"),
    Column("note", Text("签名文本", "signed note"), for_people=False),
]
_KEEP = Text(
    "请把此检查点存放到本单位之外：离开之后的改动才能被证明。",
    "Keep this checkpoint outside the house: only what happens after it has left can be proven.",
)
_FORKED = Text(
    "两份签名文本同出一个日志却互相矛盾，二者合在一起即为改写历史的证据，请一并保存。",
    "Both notes are signed by the same log and contradict each other. Together they prove that "
    "history was rewritten; keep both.",
)


class _Kept(NamedTuple):
    checkpoint: Checkpoint
    extension: Extension
    note: str

    @property
    def is_contradicted(self) -> bool:
        """Tell whether the present log is not one that only appended to it."""
        return self.extension in {"fork", "shrunk"}


@click.command(
    "checkpoint",
    cls=Command,
    about=Text(
        "签署检查点：到此刻为止全部历史的一个散列值。"
        "给出以前保存的检查点时，证明现在的历史是它的延续；不是时退出码为 1，不签署新的。"
        "不覆盖已有文件：它可能正是留存的那一份。",
        "Sign a checkpoint: one hash over the whole history so far. Given one that was kept "
        "before, prove that the present history extends it; if it does not, the exit code is 1 "
        "and nothing is written. A file that exists is never overwritten: it may be the one kept.",
    ),
    examples=(
        "gongji audit checkpoint --out today.txt",
        "gongji audit checkpoint --kept yesterday.txt",
    ),
)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    about=Text("把检查点写入此文件", "Write the checkpoint to this file."),
)
@option(
    "--kept",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    about=Text("以前保存的检查点", "A checkpoint that was kept before."),
)
@click.pass_context
def checkpoint(ctx: click.Context, out: Path | None, kept: Path | None) -> None:
    """Sign the present tree, and hold it against an older checkpoint."""
    from ledger.log.checkpoints import keep_note
    from ledger.log.notes import to_base64

    settings: Settings = ctx.obj
    if out is not None and out.exists():
        raise FileExistsError(None, None, str(out))
    key = own_key(settings)
    with reading(settings) as store:
        log = store.recorder.log()
        root = log.root()
        before = _compared(settings, log, kept, key=key.verifier) if kept else None
        position = store.recorder.entry(log.size).last if log.size else 0
    note = key.sign(size=log.size, root=root).written
    contradicted = before is not None and before.is_contradicted
    if not contradicted:
        keep_note(settings.store, note, size=log.size)
        if out is not None:
            out.write_text(note, encoding="utf-8")
    row: dict[str, object] = {
        "origin": key.name,
        "size": log.size,
        "position": position,
        "root": to_base64(root),
        "note": note,
    }
    notes = [_as_is(note)] if out is None else []
    if before is not None:
        row |= {"extension": before.extension, "kept_size": before.checkpoint.size}
        if contradicted:
            notes = [_as_is(each) for each in (before.note, note)]
    notes.append(_FORKED if contradicted else _KEEP)
    table = Table("checkpoint", _CHECKPOINT, [row], record=True, position=position, notes=notes)
    show(settings, table)
    ctx.exit(FOUND if contradicted else 0)


def _compared(settings: Settings, log: LogReader, path: Path, *, key: VerifierKey) -> _Kept:
    from ledger.log.checkpoints import compare

    before, note = signed_by(settings, key, path=path)
    return _Kept(before, compare(log, before), note)


def _as_is(written: str) -> Text:
    """Show what reads the same in every language."""
    lines = written.rstrip("\n")
    return Text(lines, lines)
