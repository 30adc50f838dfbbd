"""A segment is read back as it was written, or the reader is told which file is wrong."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest

from simulation.bulk.log import merkle, segments
from simulation.bulk.log.disk import Disk
from simulation.bulk.log.manifest import SegmentLine
from simulation.bulk.log.segments import SegmentDamaged
from tests.simulation.bulk.made_up import made_up, same


def written(folder: Path, *, bills: int = 400, first_seq: int = 0) -> SegmentLine:
    rows, outcome = made_up(bills)
    return segments.write(Disk(folder), 3, first_seq=first_seq, rows=rows, outcome=outcome)


def test_a_segment_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    line = written(tmp_path, first_seq=5_000_000_000)
    rows, outcome = made_up(400)
    batch = segments.read(tmp_path, line, sm3=True)
    assert batch.first_seq == line.first_seq == 5_000_000_000
    assert line.last_seq == 5_000_000_000 + len(rows.kind) - 1
    assert same(batch.rows, rows)
    assert same(batch.decided, outcome.decided)
    assert same(batch.legs, outcome.legs)


def test_a_root_is_given_where_it_is_asked_for_and_is_that_of_what_is_read(tmp_path: Path) -> None:
    rows, outcome = made_up(400)
    line = segments.write(Disk(tmp_path), 1, first_seq=9, rows=rows, outcome=outcome, merkle=True)
    assert line.merkle == merkle.root_of(segments.read(tmp_path, line))
    assert written(tmp_path).merkle is None


def test_nothing_but_the_two_files_is_left(tmp_path: Path) -> None:
    line = written(tmp_path)
    names = {"00003.lines.parquet", "00003.legs.parquet"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert {line.lines.name, line.legs.name} == names


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path)
    assert written(tmp_path) == first


def test_an_event_takes_fourteen_bytes_at_most(tmp_path: Path) -> None:
    line = written(tmp_path, bills=200_000)
    assert line.lines.bytes + line.legs.bytes <= 14 * line.counts.events


def test_a_segment_without_legs_is_read_back(tmp_path: Path) -> None:
    rows, outcome = made_up(400)
    alone = rows._replace(**{name: array[:1] for name, array in rows._asdict().items()})
    decided = outcome.decided._replace(
        **{name: array[:1] * 0 for name, array in outcome.decided._asdict().items()}
    )
    decided = decided._replace(cash=alone.total - alone.fund, fund=alone.fund)
    none = outcome.legs._replace(
        **{name: array[:0] for name, array in outcome.legs._asdict().items()}
    )
    line = segments.write(
        Disk(tmp_path),
        1,
        first_seq=0,
        rows=alone,
        outcome=outcome._replace(decided=decided, legs=none),
    )
    assert (line.counts.rows, line.counts.legs, line.counts.events) == (1, 0, 1)
    assert len(segments.read(tmp_path, line).legs.pot) == 0


def test_no_file_is_written_where_money_is_missing(tmp_path: Path) -> None:
    rows, outcome = made_up(400)
    cash = outcome.decided.cash.copy()
    cash[np.flatnonzero((rows.kind == 0) & (outcome.decided.outcome == 0))[0]] += 1
    wrong = outcome._replace(decided=outcome.decided._replace(cash=cash))
    with pytest.raises(AssertionError, match="what was paid is what it cost"):
        segments.write(Disk(tmp_path), 1, first_seq=0, rows=rows, outcome=wrong)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("which", ["lines", "legs"])
def test_a_flipped_bit_anywhere_is_found(tmp_path: Path, which: str) -> None:
    line = written(tmp_path)
    path = tmp_path / getattr(line, which).name
    data = path.read_bytes()
    for place in range(0, len(data), 997):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        with pytest.raises(SegmentDamaged, match=f"{path.name}: SHA-256"):
            segments.read(tmp_path, line)


def test_a_file_of_another_length_or_none_is_found(tmp_path: Path) -> None:
    line = written(tmp_path)
    path = tmp_path / line.legs.name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SegmentDamaged, match="bytes instead of"):
        segments.read(tmp_path, line)
    path.unlink()
    with pytest.raises(SegmentDamaged, match="No such file") as caught:
        segments.read(tmp_path, line)
    assert caught.value.says("zh").startswith("日志文件 00003.legs.parquet 有误")


def test_sm3_is_held_where_it_is_asked_for(tmp_path: Path) -> None:
    line = written(tmp_path)
    other = msgspec.structs.replace(line.lines, sm3="0" * 64)
    line = msgspec.structs.replace(line, lines=other)
    segments.read(tmp_path, line)
    with pytest.raises(SegmentDamaged, match="SM3"):
        segments.read(tmp_path, line, sm3=True)


def test_files_that_hash_well_but_say_something_else_are_found(tmp_path: Path) -> None:
    line = written(tmp_path)
    sums = msgspec.structs.replace(line.sums, credited=line.sums.credited + 1)
    with pytest.raises(SegmentDamaged, match="counts or sums"):
        segments.read(tmp_path, msgspec.structs.replace(line, sums=sums))
    turned = msgspec.structs.replace(line, lines=line.legs, legs=line.lines)
    with pytest.raises(SegmentDamaged, match="not those of the schema"):
        segments.read(tmp_path, turned)
    (tmp_path / "text").write_bytes(b"no table")
    sealed = segments.sealed("text", b"no table")
    with pytest.raises(SegmentDamaged, match="text"):
        segments.read(tmp_path, msgspec.structs.replace(line, lines=sealed))


def test_columns_are_encoded_as_every_reader_knows_and_only_seq_has_statistics(
    tmp_path: Path,
) -> None:
    line = written(tmp_path)
    for seal in (line.lines, line.legs):
        group = pq.ParquetFile(tmp_path / seal.name).metadata.row_group(0)
        columns = [group.column(place) for place in range(group.num_columns)]
        assert [column.path_in_schema for column in columns if column.statistics] == ["seq"]
        assert {column.compression for column in columns} == {"ZSTD"}
        encodings = {encoding for column in columns for encoding in column.encodings}
        assert encodings <= {"PLAIN", "RLE", "RLE_DICTIONARY", "DELTA_BINARY_PACKED"}
        assert "DELTA_BINARY_PACKED" in encodings
