"""Segments of a log: rows and legs as two Parquet files, sealed by hashes, whole or not at all.

`NNNNN.lines.parquet` and `NNNNN.legs.parquet` hold the columns of `schema`, compressed by zstd, one
page a column. Their encodings are old ones that any reader of Parquet knows: splitting numbers by
bytes would be quicker and a tenth smaller, but Spark and DuckDB read it since 2026 only. The files
are readable alone; that they are part of a log is said by a line of the manifest only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from domain.text import Text
from ledger.errors import StoreError
from simulation.bulk.arrays import Rows
from simulation.bulk.deciding import Outcome
from simulation.bulk.log import hashing
from simulation.bulk.log.disk import Bytes, Disk, commit
from simulation.bulk.log.manifest import FileSeal, SegmentLine
from simulation.bulk.log.measuring import measured
from simulation.bulk.log.merkle import root_of
from simulation.bulk.log.schema import Arrow, Batch, batch_of, legs_table, lines_table

# Of few values; and numbers that zstd packs better as they are. All others are packed by the bits
# of their differences (DELTA_BINARY_PACKED).
_BY_DICTIONARY = {"kind", "where", "flags", "outcome", "rule"}
_PLAIN = {"patient", "fund", "cash", "fund_paid", "pot", "edge"}
_PAGE = 1 << 26  # bytes: a page is a column


class SegmentDamaged(StoreError):  # noqa: N818  # as in ledger.errors: the name says what is wrong
    """A file of a segment is not what was written. Facts: file, detail."""

    SAYS = Text("日志文件 {file} 有误：{detail}", "A file of the log is wrong: {file}: {detail}")
    REMEDY = Text("请从备份恢复该文件。", "Restore the file from a copy.")
    exit_code = 4


def names_of(number: int) -> tuple[str, str]:
    """Name the two files of a segment: of lines and of legs."""
    return f"{number:05}.lines.parquet", f"{number:05}.legs.parquet"


def write(
    disk: Disk,
    number: int,
    *,
    first_seq: int,
    rows: Rows,
    outcome: Outcome,
    merkle: bool = False,
) -> SegmentLine:
    """Put a segment on the medium and give its line, not yet sealed nor in the manifest.

    There is at least one row. Everything is computed from memory, nothing is read back. A file
    has its name only when it is whole; a crash leaves files that no line of the manifest names.
    With `merkle` the line gets the root over all rows and legs. Raises OSError where the disk
    fails, AssertionError where what was paid is not what it cost, and with `merkle` ValueError
    where a number is too large for its record.
    """
    batch = Batch(first_seq, rows, outcome.decided, outcome.legs)
    counts, sums = measured(batch)
    assert counts.rows, "a segment has rows"
    assert sums.balanced, f"what was paid is what it cost: {sums}"
    root = root_of(batch) if merkle else None
    files, seals = {}, []
    with ThreadPoolExecutor(1) as hand:  # hashing leaves the interpreter to others
        for name, table_of in zip(names_of(number), (lines_table, legs_table), strict=True):
            files[name] = encoded(table_of(batch))
            seals.append(hand.submit(sealed, name, files[name]))
        commit(disk, files)
    lines, legs = (seal.result() for seal in seals)
    return SegmentLine(
        number=number,
        first_seq=first_seq,
        last_seq=first_seq + counts.rows - 1,
        counts=counts,
        sums=sums,
        lines=lines,
        legs=legs,
        merkle=root,
    )


def read(folder: Path, line: SegmentLine, *, sm3: bool = False) -> Batch:
    """Give the rows and legs of a segment, as they were written; `Rows.slot` is -1 throughout.

    The bytes that are decoded are those that were hashed: by SHA-256, and by SM3 if asked for.
    The Merkle root is for the caller to compare: `merkle.root_of(batch)` with `line.merkle`.
    Raises SegmentDamaged where a file is missing, has other bytes, or does not hold what the line
    says.
    """
    tables = [_table(opened(folder, seal, sm3=sm3), seal) for seal in (line.lines, line.legs)]
    try:
        batch = batch_of(*tables)
    except ValueError as error:
        raise _damaged(line.lines, str(error)) from error
    if (batch.first_seq, *measured(batch)) != (line.first_seq, line.counts, line.sums):
        raise _damaged(line.lines, "counts or sums are not those of the manifest")
    return batch


# ------------------------------------------------------------------------------ bytes of a file


def encoded(table: Arrow, *, level: int = 1) -> memoryview:
    """Give a table as the bytes of a Parquet file: whole numbers throughout, none missing.

    zstd above level 1 gains nothing. There are statistics of `seq` alone.
    """
    names: Sequence[str] = table.schema.names
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        row_group_size=max(1, table.num_rows),
        data_page_size=_PAGE,
        max_rows_per_page=max(1, table.num_rows),
        compression="zstd",
        compression_level=level,
        use_dictionary=[name for name in names if name in _BY_DICTIONARY],
        column_encoding={
            name: "PLAIN" if name in _PLAIN else "DELTA_BINARY_PACKED"
            for name in names
            if name not in _BY_DICTIONARY
        },
        write_statistics=["seq"],
        store_schema=True,
    )
    return memoryview(sink.getvalue())


def sealed(name: str, data: Bytes) -> FileSeal:
    """Give the seal of a file by its bytes."""
    sha256, sm3 = hashing.digests(data)
    return FileSeal(name=name, bytes=len(data), sha256=sha256, sm3=sm3)


def opened(folder: Path, seal: FileSeal, *, sm3: bool = False) -> bytes:
    """Give the bytes of a sealed file. Raises SegmentDamaged where they are not what was sealed."""
    try:
        data = (folder / seal.name).read_bytes()
    except OSError as error:
        raise _damaged(seal, error.strerror or str(error)) from error
    if len(data) != seal.bytes:
        raise _damaged(seal, f"{len(data)} bytes instead of {seal.bytes}")
    if hashlib.sha256(data).hexdigest() != seal.sha256:
        raise _damaged(seal, "SHA-256")
    if sm3 and hashing.digests(data).sm3 != seal.sm3:
        raise _damaged(seal, "SM3")
    return data


def _table(data: bytes, seal: FileSeal) -> Arrow:
    try:
        return pq.ParquetFile(pa.BufferReader(data)).read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(seal, str(error)) from error


def _damaged(seal: FileSeal, detail: str) -> SegmentDamaged:
    return SegmentDamaged(file=seal.name, detail=detail)
