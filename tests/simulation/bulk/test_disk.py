"""A log changes its folder in steps of which each may be the last one."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.bulk.log import manifest, segments
from simulation.bulk.log.disk import Bytes, Disk
from simulation.bulk.log.manifest import NAME, NOTHING, SegmentLine
from tests.simulation.bulk.made_up import made_up


class Died(Exception):  # noqa: N818  # what happens to the disk, not an error of ours
    """The machine stopped."""


class MortalDisk(Disk):
    """Writes down its steps and dies in one of them; a write that dies is torn."""

    def __init__(self, folder: Path, *, lives: int) -> None:
        """Take how many steps succeed."""
        super().__init__(folder)
        self.steps: list[str] = []
        self.lives = lives

    def _live(self, step: str) -> None:
        self.steps.append(step)
        if len(self.steps) > self.lives:
            raise Died(step)

    def write(self, name: str, data: Bytes) -> None:  # noqa: D102  # as in Disk
        super().write(name, data[: len(data) // 2])
        self._live(f"write {name}")
        super().write(name, data)

    def append(self, name: str, data: Bytes) -> None:  # noqa: D102  # as in Disk
        super().append(name, data[: len(data) // 2])
        self._live(f"append {name}")
        super().append(name, data[len(data) // 2 :])

    def fsync(self, name: str) -> None:  # noqa: D102  # as in Disk
        self._live(f"fsync {name}")
        super().fsync(name)

    def fdatasync(self, name: str) -> None:  # noqa: D102  # as in Disk
        self._live(f"fdatasync {name}")
        super().fdatasync(name)

    def fsync_folder(self) -> None:  # noqa: D102  # as in Disk
        self._live("fsync folder")
        super().fsync_folder()

    def rename(self, old: str, new: str) -> None:  # noqa: D102  # as in Disk
        self._live(f"rename {old}")
        super().rename(old, new)


STEPS = [
    "write 00001.lines.parquet.tmp",
    "fsync 00001.lines.parquet.tmp",
    "write 00001.legs.parquet.tmp",
    "fsync 00001.legs.parquet.tmp",
    "rename 00001.lines.parquet.tmp",
    "rename 00001.legs.parquet.tmp",
    "fsync folder",
    "append manifest.jsonl",
    "fdatasync manifest.jsonl",
]


def committed(disk: Disk) -> SegmentLine:
    """Write a segment and its line."""
    rows, outcome = made_up(50)
    line = segments.write(disk, 1, first_seq=0, rows=rows, outcome=outcome)
    sealed = manifest.seal(line, NOTHING)
    manifest.append(disk, sealed)
    return sealed


def test_data_is_on_the_medium_before_the_line_that_names_it(tmp_path: Path) -> None:
    disk = MortalDisk(tmp_path, lives=100)
    committed(disk)
    assert disk.steps == STEPS


@pytest.mark.parametrize("lives", range(len(STEPS)))
def test_whichever_step_is_the_last_no_line_names_what_is_not_whole(
    tmp_path: Path, lives: int
) -> None:
    whole = committed(Disk(tmp_path))
    expected = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(Died, match=STEPS[lives]):
        committed(MortalDisk(tmp_path, lives=lives))
    for path in tmp_path.iterdir():
        torn = path.name.endswith(".tmp") or path.name == NAME
        assert torn or path.read_bytes() == expected[path.name]
    written = (tmp_path / NAME).exists()
    assert written == (lives >= STEPS.index("append manifest.jsonl"))
    if written:
        read = manifest.read(tmp_path)
        assert read.lines == (() if read.torn else (whole,))
        segments.read(tmp_path, whole, sm3=True)


def test_what_died_is_written_again_to_the_same_bytes(tmp_path: Path) -> None:
    with pytest.raises(Died):
        committed(MortalDisk(tmp_path, lives=STEPS.index("append manifest.jsonl")))
    disk = Disk(tmp_path)
    disk.truncate(NAME, manifest.read(tmp_path).length)
    whole = committed(disk)
    assert manifest.read(tmp_path).lines == (whole,)
    assert manifest.read(tmp_path).torn == 0


def test_a_file_can_be_cut_and_taken_away(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.write("a", b"first")
    disk.append("a", memoryview(b" second"))
    assert (tmp_path / "a").read_bytes() == b"first second"
    disk.truncate("a", 5)
    assert (tmp_path / "a").read_bytes() == b"first"
    disk.write("a", b"")
    assert (tmp_path / "a").read_bytes() == b""
    disk.remove("a")
    assert list(tmp_path.iterdir()) == []
