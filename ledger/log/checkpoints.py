"""Checkpoints that were signed before: whether today's tree extends them, and where they are kept.

They lie beside the events in `checkpoints/`, one note a file named by its size. Whoever can write
there can also remove them: what proves something is the copy that left the house.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from domain.text import Text
from ledger.log.notes import BadNote, Checkpoint, read_checkpoint, read_note
from ledger.log.proofs import verify_consistency

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.log.reading import LogReader

FOLDER = "checkpoints"


class Extension(StrEnum):
    """How the tree of today stands to a checkpoint of before."""

    EXTENDS = "extends"  # entries were appended, and nothing else happened
    SAME = "same"
    FORK = "fork"  # what was signed then is not the beginning of what is there now
    SHRUNK = "shrunk"  # fewer entries than then


def compare(log: LogReader, before: Checkpoint) -> Extension:
    """Tell how a tree stands to an older checkpoint, by the proof that an auditor would get."""
    if before.size > log.size:
        return Extension.SHRUNK
    proof = log.consistency(before.size)
    extends = verify_consistency(
        proof, old=before.size, old_root=before.root, new=log.size, new_root=log.root()
    )
    if not extends:
        return Extension.FORK
    return Extension.SAME if before.size == log.size else Extension.EXTENDS


def keep_note(store: Path, note: str, *, size: int) -> None:
    """Keep a signed checkpoint in the folder of a store, whole or not at all."""
    folder = store / FOLDER
    folder.mkdir(exist_ok=True)
    new = folder / f"{size}.txt.new"
    new.write_text(note, encoding="utf-8")
    new.replace(folder / f"{size}.txt")


def kept_notes(store: Path) -> Iterator[tuple[Path, str]]:
    """Give the signed checkpoints that are kept in the folder of a store, the smallest first.

    One that cannot be read is given as an empty text, which is no checkpoint.
    """
    found = [path for path in (store / FOLDER).glob("*.txt") if path.stem.isdecimal()]
    for path in sorted(found, key=lambda each: int(each.stem)):
        try:
            yield path, path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            yield path, ""


def read_kept(path: Path, written: str) -> Checkpoint:
    """Read a kept checkpoint without its key, by the name of its file.

    Raises:
        BadNote: it is none, or is of another size.
    """
    checkpoint = read_checkpoint(read_note(written).text)
    if path.stem != str(checkpoint.size):
        raise BadNote(_OTHER_SIZE)
    return checkpoint


_OTHER_SIZE = Text("文件名与检查点的笔数不符", "the name of the file is not the size it holds")
