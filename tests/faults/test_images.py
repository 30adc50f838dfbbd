"""What a disk may hold after a crash: durable bytes always, the others in part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import apsw

from tests.faults.images import (
    SECTOR,
    Disk,
    Image,
    Link,
    Log,
    Op,
    Sync,
    SyncNames,
    Truncate,
    Write,
)
from tests.faults.vfs import WatchedFiles

MANY = 300
"""Enough draws that everything with a fair chance comes about."""


def draw(*ops: Op) -> list[Image]:
    """Give many images of a disk after some operations."""
    disk = Disk()
    for op in ops:
        disk.apply(op)
    random = Random("images")
    return [disk.lose_power(random) for _ in range(MANY)]


def contents(images: Sequence[Image], name: str = "a") -> set[bytes | None]:
    return {image.files.get(name) for image in images}


def test_what_was_synced_is_there_in_every_image() -> None:
    images = draw(Link("a", 0), Write(0, 0, b"old"), Sync(0))
    assert contents(images) == {b"old"}
    assert {image.dropped + image.torn for image in images} == {0}


def test_what_was_not_synced_survives_in_any_part_and_order() -> None:
    durable = (Link("a", 0), Write(0, 0, b"--"), Sync(0))
    images = draw(*durable, Write(0, 0, b"A"), Write(0, 1, b"B"), Write(0, 0, b"C"))
    assert contents(images) == {b"--", b"A-", b"C-", b"-B", b"AB", b"CB"}
    assert min(image.dropped for image in images) == 1


def test_a_long_write_is_torn_at_sectors() -> None:
    start, length = SECTOR - 24, 2 * SECTOR
    images = draw(
        Link("a", 0), Write(0, 0, bytes(4 * SECTOR)), Sync(0), Write(0, start, b"x" * length)
    )
    found = contents(images)
    pieces = (24, SECTOR, SECTOR - 24)
    assert len(found) == 2 ** len(pieces) - 1  # every part but the whole
    for content in found:
        assert content is not None
        kept, at = [], start
        for size in pieces:
            kept.append(set(content[at : at + size]))
            at += size
        assert all(len(values) == 1 for values in kept)
    assert any(image.torn for image in images)


def test_a_file_may_or_may_not_have_been_cut_off() -> None:
    cut = (Link("a", 0), Write(0, 0, b"1234"), Sync(0), Truncate(0, 2))
    assert contents(draw(*cut)) == {b"1234"}  # the one that is at risk never survives whole
    found = contents(draw(*cut, Write(0, 4, b"56"), Write(0, 0, b"-")))
    assert found >= {b"1234", b"12", b"123456", b"12\0\x0056", b"-2"}
    assert b"-2\0\x0056" not in found


def test_a_name_may_be_missing_until_the_file_is_synced() -> None:
    assert contents(draw(Link("a", 0), Write(0, 0, b"1"))) == {None, b""}
    assert contents(draw(Link("a", 0), Write(0, 0, b"1"), Sync(0))) == {b"1"}


def test_a_deleted_file_may_come_back_until_the_directory_is_synced() -> None:
    gone = (Link("a", 0), Write(0, 0, b"1"), Sync(0), Link("a", None))
    assert contents(draw(*gone)) == {b"1", None}
    assert contents(draw(*gone, SyncNames())) == {None}
    again = (*gone, Link("a", 9), Write(9, 0, b"2"))
    assert contents(draw(*again)) == {b"1", None, b""}
    assert contents(draw(*again, Sync(9))) == {b"2"}


def test_the_log_rebuilds_every_file_of_the_directory(tmp_path: Path) -> None:
    """Two databases, one that was there before and one that is new, journals and all."""
    apsw.Connection(str(tmp_path / "old.sqlite")).execute("CREATE TABLE t (a)")
    log = Log(tmp_path)
    files = WatchedFiles(log)
    for name, mode in (("old", "WAL"), ("new", "DELETE")):
        connection = apsw.Connection(str(tmp_path / f"{name}.sqlite"), vfs=files.name)
        connection.execute(f"PRAGMA journal_mode = {mode}").fetchall()
        connection.execute("CREATE TABLE u (a)")
        for _ in range(20):
            connection.execute("INSERT INTO u VALUES (zeroblob(3000))")
        assert after(log) == before_close(tmp_path)
        connection.close()
    files.close()
    assert after(log) == before_close(tmp_path)
    assert set(after(log)) == {"old.sqlite", "new.sqlite"}
    kinds = {type(op) for op in log.ops}
    assert kinds >= {Link, Write, Sync, SyncNames}


def after(log: Log) -> dict[str, bytes]:
    """Give the files as they are if everything survives."""
    disk = Disk()
    for op in log.ops:
        disk.apply(op)
        if isinstance(op, Write | Truncate):
            disk.apply(Sync(op.file))
    disk.apply(SyncNames())
    return disk.lose_power(Random(0)).files


def before_close(path: Path) -> dict[str, bytes]:
    return {it.name: it.read_bytes() for it in path.iterdir() if not it.name.endswith("-shm")}
