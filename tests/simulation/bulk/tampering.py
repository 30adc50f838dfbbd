"""Ways to tamper with a log, from a flipped bit to a forger who does all hashes again.

Each takes the folder of a log and changes it. What is said of segments is said by their numbers,
from 1.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from simulation.bulk.log import manifest, segments
from simulation.bulk.log.manifest import AnyLine, SegmentLine
from simulation.bulk.log.measuring import measured
from simulation.bulk.log.merkle import root_of
from simulation.bulk.log.schema import Batch, legs_table, lines_table

Change = Callable[[Batch], Batch]


# --------------------------------------------------------------------------- clumsy: bytes, files


def flip(file: Path, bit: int) -> None:
    """Turn one bit of a file around."""
    data = bytearray(file.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    file.write_bytes(data)


def cut(file: Path, length: int) -> None:
    """Keep the first bytes of a file only."""
    file.write_bytes(file.read_bytes()[:length])


def remove_segment(folder: Path, number: int) -> None:
    """Take a segment's two files away."""
    for name in segments.names_of(number):
        (folder / name).unlink()


def swap_segments(folder: Path, one: int, other: int) -> None:
    """Exchange the files of two segments."""
    for left, right in zip(segments.names_of(one), segments.names_of(other), strict=True):
        ours, theirs = (folder / left).read_bytes(), (folder / right).read_bytes()
        (folder / left).write_bytes(theirs)
        (folder / right).write_bytes(ours)


def drop_last_line(folder: Path) -> None:
    """Take the last line of the manifest away."""
    lines = (folder / manifest.NAME).read_bytes().splitlines(keepends=True)
    (folder / manifest.NAME).write_bytes(b"".join(lines[:-1]))


def repeat_line(folder: Path, place: int) -> None:
    """Write a line of the manifest twice."""
    lines = (folder / manifest.NAME).read_bytes().splitlines(keepends=True)
    (folder / manifest.NAME).write_bytes(b"".join([*lines[: place + 1], *lines[place:]]))


# ---------------------------------------------------------------- careful: the chain is done again


def chain_again(folder: Path, change: Callable[[list[AnyLine]], list[AnyLine]]) -> None:
    """Change the lines of a manifest and seal all of them anew."""
    head = manifest.NOTHING
    written = []
    for line in change(list(manifest.read(folder).lines)):
        sealed = manifest.seal(line, head)
        head = sealed.head
        written.append(manifest.canonical(sealed) + b"\n")
    (folder / manifest.NAME).write_bytes(b"".join(written))


def forget_segment(folder: Path, number: int) -> None:
    """Take a segment out of files and manifest; the ones behind it move up."""
    count = len(manifest.read(folder).segments)
    remove_segment(folder, number)
    for each in range(number + 1, count + 1):
        for old, new in zip(segments.names_of(each), segments.names_of(each - 1), strict=True):
            (folder / old).rename(folder / new)

    def without(lines: list[AnyLine]) -> list[AnyLine]:
        kept: list[AnyLine] = []
        for line in lines:
            if not isinstance(line, SegmentLine) or line.number < number:
                kept.append(line)
            elif line.number > number:
                kept.append(_renumbered(line, line.number - 1))
        return kept

    chain_again(folder, without)


def _renumbered(line: SegmentLine, number: int) -> SegmentLine:
    names = segments.names_of(number)
    lines, legs = (
        msgspec.structs.replace(seal, name=name)
        for seal, name in zip((line.lines, line.legs), names, strict=True)
    )
    return msgspec.structs.replace(line, number=number, lines=lines, legs=legs)


def rewrite(folder: Path, number: int, change: Change) -> None:
    """Change the rows and legs of a segment and do hashes, counts, sums, root and chain again."""

    def again(lines: list[AnyLine]) -> list[AnyLine]:
        return [
            _written(folder, line, change)
            if isinstance(line, SegmentLine) and line.number == number
            else line
            for line in lines
        ]

    chain_again(folder, again)


def _written(folder: Path, line: SegmentLine, change: Change) -> SegmentLine:
    batch = change(_writable(segments.read(folder, line)))
    counts, sums = measured(batch)
    seals = []
    for name, table in zip(
        segments.names_of(line.number), (lines_table(batch), legs_table(batch)), strict=True
    ):
        data = segments.encoded(table)
        (folder / name).write_bytes(data)
        seals.append(segments.sealed(name, data))
    return msgspec.structs.replace(
        line,
        first_seq=batch.first_seq,
        last_seq=batch.first_seq + counts.rows - 1,
        counts=counts,
        sums=sums,
        lines=seals[0],
        legs=seals[1],
        merkle=_root(batch) if line.merkle else None,
    )


def _root(batch: Batch) -> str:
    """Give the Merkle root, or any other where numbers do not fit into its records."""
    try:
        return root_of(batch)
    except ValueError:
        return "0" * 64


def _writable(batch: Batch) -> Batch:
    """Give a batch whose arrays can be changed in place."""
    return batch._replace(
        rows=_copies(batch.rows), decided=_copies(batch.decided), legs=_copies(batch.legs)
    )


def _copies(arrays: Any) -> Any:  # noqa: ANN401  # any of the tuples of arrays
    return type(arrays)(*map(np.copy, arrays))
