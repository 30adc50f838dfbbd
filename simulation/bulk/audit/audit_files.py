"""Reading the files of a log as an auditor does: every byte hashed, every number counted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from domain.text import Text
from simulation.bulk.arrays import CANCEL
from simulation.bulk.audit.audit_report import Finding
from simulation.bulk.log import manifest
from simulation.bulk.log.hashing import digests
from simulation.bulk.log.manifest import AnyLine, CloseLine, FileSeal, SegmentLine
from simulation.bulk.log.measuring import measured
from simulation.bulk.log.merkle import root_of
from simulation.bulk.log.schema import Batch, batch_of

Array = NDArray[Any]
Arrow = Any  # pyarrow ships no types

_BESIDE = re.compile(r".*\.rejects\.csv(\.partial)?")
"""What may lie in the folder without being a part of the log: rows that were not taken."""


class Sealed(NamedTuple):
    """The bytes of a segment's files, and whether they are those that were sealed."""

    line: SegmentLine
    files: tuple[bytes, ...]
    findings: tuple[Finding, ...]


class Page(NamedTuple):
    """A segment as it was read: None where it cannot be replayed, and what was found."""

    line: SegmentLine
    batch: Batch | None
    findings: tuple[Finding, ...]
    looked: tuple[str, ...]  # the checks that were made, one for each thing


def seals_of(line: AnyLine) -> list[FileSeal]:
    """Give the files that a line names."""
    match line:
        case SegmentLine():
            return [line.lines, line.legs]
        case CloseLine(delta=FileSeal() as seal):
            return [seal]
    return []


def strays(folder: Path, lines: Iterable[AnyLine]) -> Iterator[Finding]:
    """Find files that no line names."""
    named = {seal.name for line in lines for seal in seals_of(line)} | {manifest.NAME}
    for name in sorted(path.name for path in folder.iterdir()):
        if name not in named and not _BESIDE.fullmatch(name):
            yield Finding("files", name, _STRAY)


_STRAY = Text("清单未列的文件", "a file that the manifest does not name")
_MISSING = Text("无法读取", "cannot be read")
_SIZE = Text("大小不符", "has another size")
_SHA256 = Text("SHA-256 不符", "has another SHA-256")
_SM3 = Text("SM3 不符", "has another SM3")
_COLUMNS = Text("无法按格式读取", "cannot be read by its format")
_FIRST = Text("首行行号不符", "begins with another row")
_COUNTS = Text("件数与清单不符", "counts are not those of the manifest")
_SUMS = Text("合计与清单不符", "sums are not those of the manifest")
_BALANCED = Text("支付合计与费用不等", "what was paid is not what it cost")
_ROOT = Text("默克尔根不符", "has another Merkle root")


def sealed_bytes(folder: Path, seal: FileSeal, *, sm3: bool) -> tuple[bytes, list[Finding]]:
    """Give the bytes of a file, and whether they are those that were sealed."""
    try:
        data = (folder / seal.name).read_bytes()
    except OSError as error:
        return b"", [Finding("files", seal.name, _MISSING, found=error.strerror or str(error))]
    found = digests(data)
    compared = [(_SIZE, seal.bytes, len(data)), (_SHA256, seal.sha256, found.sha256)]
    if sm3:
        compared.append((_SM3, seal.sm3, found.sm3))
    return data, [
        Finding("files", seal.name, says, expected=str(wanted), found=str(got))
        for says, wanted, got in compared
        if wanted != got
    ]


def hashed(folder: Path, line: SegmentLine, *, sm3: bool) -> Sealed:
    """Read the files of a segment and hash them."""
    both = [sealed_bytes(folder, seal, sm3=sm3) for seal in seals_of(line)]
    found = tuple(finding for _, findings in both for finding in findings)
    return Sealed(line, tuple(data for data, _ in both), found)


def decoded(sealed: Sealed) -> Page:
    """Give the rows and legs of a segment; files that hash to something else are not decoded."""
    line, looked = sealed.line, ["files"] * len(sealed.files)
    if sealed.findings:
        return Page(line, None, sealed.findings, tuple(looked))
    looked.append("schema")
    try:
        batch = batch_of(*map(table_of, sealed.files))
    except (pa.ArrowException, OSError, ValueError) as error:
        wrong = Finding("schema", line.lines.name, _COLUMNS, found=str(error).partition("\n")[0])
        return Page(line, None, (wrong,), tuple(looked))
    findings = list(_counted(line, batch))
    looked.append("counts")
    if line.merkle is not None:
        findings += _rooted(line, batch)
        looked.append("merkle")
    return Page(line, batch, tuple(findings), tuple(looked))


def table_of(data: bytes) -> Arrow:
    """Give the table in the bytes of a Parquet file, each column in one piece."""
    return pq.ParquetFile(pa.BufferReader(data)).read(use_threads=False)


def _counted(line: SegmentLine, batch: Batch) -> Iterator[Finding]:
    counts, sums = measured(batch)
    for says, wanted, got in (
        (_FIRST, line.first_seq, batch.first_seq),
        (_COUNTS, line.counts, counts),
        (_SUMS, line.sums, sums),
    ):
        if wanted != got:
            expected, found = _told_apart(wanted, got)
            yield Finding("counts", line.lines.name, says, expected=expected, found=found)
    if not sums.balanced:
        yield Finding("counts", line.lines.name, _BALANCED, found=str(sums.total))


def _told_apart(wanted: Any, got: Any) -> tuple[str, str]:  # noqa: ANN401  # one number, or many by name
    """Give what was expected and found; of several numbers only those that differ."""
    if isinstance(wanted, int):
        return str(wanted), str(got)
    names = [n for n in wanted.__struct_fields__ if getattr(wanted, n) != getattr(got, n)]
    expected, found = ([f"{name} {getattr(one, name)}" for name in names] for one in (wanted, got))
    return ", ".join(expected), ", ".join(found)


def _rooted(line: SegmentLine, batch: Batch) -> Iterator[Finding]:
    try:
        root = root_of(batch)
    except ValueError as error:
        root = str(error)
    if root != line.merkle:
        yield Finding("merkle", line.lines.name, _ROOT, expected=str(line.merkle), found=root)


def cancelled_claims(folder: Path, lines: Iterable[SegmentLine]) -> Array:
    """Give the claims that the log's rows cancel, ascending; damaged files are passed over."""
    found = [np.empty(0, np.int64)]
    for line in lines:
        if line.counts.cancellations:
            with suppress(OSError, pa.ArrowException, KeyError, ValueError):
                data = io.BytesIO((folder / line.lines.name).read_bytes())
                table = pq.read_table(data, columns=["kind", "claim"], use_threads=False)
                kind, claim = (table.column(name).to_numpy() for name in ("kind", "claim"))
                found.append(claim[kind == CANCEL].astype(np.int64))
    return np.unique(np.concatenate(found))
