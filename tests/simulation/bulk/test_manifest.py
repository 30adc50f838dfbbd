"""A manifest is a chain: no line can be changed, moved or left out without its being said."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec
import pytest

from simulation.bulk.log import manifest
from simulation.bulk.log.disk import Disk
from simulation.bulk.log.manifest import (
    NAME,
    NOTHING,
    AnyLine,
    Begin,
    CloseLine,
    Counts,
    FileSeal,
    SegmentLine,
    Sums,
)

SEAL = FileSeal(name="x.parquet", bytes=3, sha256="a" * 64, sm3="b" * 64)
COUNTS = Counts(rows=10, legs=5, bills=8, cancellations=0, credits=1, rolls=0, refused=1)
SUMS = Sums(**dict.fromkeys(Sums.__struct_fields__, 0))
BEGIN = Begin(
    opening="c" * 64,
    persons=100,
    regions=("110000", "310000"),
    rules="d" * 64,
    rule_sets=("rs1:北京",),
    package="0.1.0",
)


def segment(number: int) -> SegmentLine:
    first = 10 * (number - 1)
    return SegmentLine(
        number=number,
        first_seq=first,
        last_seq=first + 9,
        counts=COUNTS,
        sums=SUMS,
        lines=SEAL,
        legs=SEAL,
        merkle="e" * 64 if number == 2 else None,
        taken=10 * number,
    )


LINES: tuple[AnyLine, ...] = (
    BEGIN,
    segment(1),
    segment(2),
    CloseLine(number=1, state="f" * 64, current=5, prior=6, delta=SEAL, rejected={"person": 2}),
    segment(3),
)


def write(folder: Path, lines: tuple[AnyLine, ...] = LINES) -> None:
    head = NOTHING
    for line in lines:
        sealed: AnyLine = manifest.seal(line, head)
        manifest.append(Disk(folder), sealed)
        head = sealed.head


def says(folder: Path) -> list[tuple[int, str]]:
    return [(fault.line, fault.says.en) for fault in manifest.read(folder).faults]


def test_lines_are_read_back_in_order(tmp_path: Path) -> None:
    write(tmp_path)
    read = manifest.read(tmp_path)
    assert read.faults == ()
    assert read.torn == 0
    assert read.length == (tmp_path / NAME).stat().st_size
    unsealed = [msgspec.structs.replace(line, previous="", head="") for line in read.lines]
    assert unsealed == list(LINES)
    assert [line.number for line in read.segments] == [1, 2, 3]
    assert [line.number for line in read.closings] == [1]
    assert read.begin == read.lines[0]
    assert read.head == read.lines[-1].head


def test_a_stranger_can_check_the_chain_with_json_and_sha256_alone(tmp_path: Path) -> None:
    write(tmp_path)
    head = "0" * 64
    for raw in (tmp_path / NAME).read_text(encoding="utf-8").splitlines():
        line = json.loads(raw)
        assert line["previous"] == head
        head = line.pop("head")
        text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == head
    assert head == manifest.read(tmp_path).head


def test_an_empty_manifest_has_no_head(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    read = manifest.read(tmp_path)
    assert (read.lines, read.head, read.begin) == ((), NOTHING, None)


def test_a_line_that_is_not_sealed_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="sealed before it is written"):
        manifest.append(Disk(tmp_path), BEGIN)
    assert not (tmp_path / NAME).exists()


def test_a_torn_last_line_is_told_apart_and_the_rest_stands(tmp_path: Path) -> None:
    write(tmp_path)
    whole = (tmp_path / NAME).read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    for end in range(start, len(whole)):
        (tmp_path / NAME).write_bytes(whole[:end])
        read = manifest.read(tmp_path)
        assert read.faults == ()
        assert (len(read.lines), read.length, read.torn) == (4, start, end - start)


def test_every_flipped_bit_is_a_fault_or_a_torn_line(tmp_path: Path) -> None:
    write(tmp_path, LINES[:2])
    whole = (tmp_path / NAME).read_bytes()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        (tmp_path / NAME).write_bytes(flipped)
        read = manifest.read(tmp_path)
        assert read.faults or (place == len(whole) - 1 and read.torn)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("leave_out", {(3, "does not follow the line before"), (4, "segment is out of turn")}),
        ("swap", {(2, "does not follow the line before"), (2, "segment is out of turn")}),
        ("twice", {(3, "does not follow the line before"), (3, "segment is out of turn")}),
        ("space", {(2, "is not written canonically")}),
        ("amount", {(2, "does not hash to its head")}),
    ],
)
def test_an_edit_is_found_at_its_line(
    tmp_path: Path, edit: str, expected: set[tuple[int, str]]
) -> None:
    write(tmp_path)
    lines = (tmp_path / NAME).read_bytes().splitlines(keepends=True)
    edited = {
        "leave_out": [*lines[:2], *lines[3:]],
        "swap": [lines[0], lines[2], lines[1], *lines[3:]],
        "twice": [*lines[:2], lines[1], *lines[2:]],
        "space": [lines[0], lines[1].replace(b":", b": ", 1), *lines[2:]],
        "amount": [lines[0], lines[1].replace(b'"credited":0', b'"credited":7'), *lines[2:]],
    }[edit]
    (tmp_path / NAME).write_bytes(b"".join(edited))
    assert expected <= set(says(tmp_path))


def test_a_line_sealed_anew_is_found_by_the_next(tmp_path: Path) -> None:
    write(tmp_path)
    lines = (tmp_path / NAME).read_bytes().splitlines(keepends=True)
    read = manifest.read(tmp_path)
    forged = manifest.seal(segment(1), read.lines[0].head)
    forged = manifest.seal(msgspec.structs.replace(forged, taken=9), forged.previous)
    lines[1] = manifest.canonical(forged) + b"\n"
    (tmp_path / NAME).write_bytes(b"".join(lines))
    assert says(tmp_path) == [(3, "does not follow the line before")]


def test_what_cannot_be_read_is_one_fault_and_the_rest_is_still_held(tmp_path: Path) -> None:
    write(tmp_path)
    lines = (tmp_path / NAME).read_bytes().splitlines(keepends=True)
    lines[1] = b"\xff\r\n"
    lines[4] = lines[4].replace(b'"taken":30', b'"taken":31')
    (tmp_path / NAME).write_bytes(b"".join(lines))
    found = says(tmp_path)
    assert [line for line, _ in found] == [2, 5]
    assert found[0][1].startswith("cannot be read: ")
    assert found[1][1] == "does not hash to its head"


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (LINES[1:], (1, "begin is the first line alone")),
        ((BEGIN, BEGIN), (2, "begin is the first line alone")),
        ((BEGIN, segment(2)), (2, "segment is out of turn")),
        (
            (BEGIN, msgspec.structs.replace(segment(1), last_seq=10)),
            (2, "places and rows differ in number"),
        ),
        (
            (BEGIN, CloseLine(number=2, state="", current=0, prior=0)),
            (2, "closing is out of turn"),
        ),
        ((msgspec.structs.replace(BEGIN, format="other"),), (1, "format is not known: other")),
        (
            (msgspec.structs.replace(BEGIN, schema="other"),),
            (1, "format is not known: gongji.bulk-log.1"),
        ),
    ],
)
def test_a_well_chained_line_out_of_place_is_a_fault(
    tmp_path: Path, lines: tuple[AnyLine, ...], fault: tuple[int, str]
) -> None:
    write(tmp_path, lines)
    assert fault in says(tmp_path)
