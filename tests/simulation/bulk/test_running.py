"""A bulk run goes on where it stopped, adds other claims, and refuses what does not fit."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from ledger.errors import StoreError
from simulation.bulk.arrays import CANCEL
from simulation.bulk.log import manifest
from simulation.bulk.log.disk import Bytes, Disk
from simulation.bulk.log.manifest import CloseLine
from simulation.bulk.log.running_errors import (
    ClaimsFallBack,
    LogBusy,
    LogDamaged,
    LogDecidesOtherwise,
    LogDiffers,
    LogElsewhere,
    LogHasClaims,
    RegionsDiffer,
)
from simulation.bulk.log.segments import SegmentDamaged
from simulation.bulk.run.job import Job
from simulation.bulk.run.running import Written, run
from simulation.bulk.states import state_files
from simulation.bulk.states.state_deltas import apply_delta
from tests.simulation.bulk import runs

LATER = date(2026, 1, 5)


def first() -> Job:
    return runs.job(runs.claims())


def second() -> Job:
    return runs.job(runs.claims(seed=2, first=LATER, claim=1_000))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class Stopping(Disk):
    """A disk that is full after so many lines of the manifest."""

    def __init__(self, folder: Path, *, lines: int) -> None:
        """Take so many lines."""
        super().__init__(folder)
        self._left = lines

    def append(self, name: str, data: Bytes) -> None:
        """Write a line, or fail."""
        self._left -= 1
        if self._left < 0:
            message = "no space left on device"
            raise OSError(message)
        super().append(name, data)


def stopped(job: Job, folder: Path, *, lines: int) -> None:
    """Run until so many lines more are in the manifest, then let the disk fail."""
    before = len(manifest.read(folder).lines) if (folder / manifest.NAME).exists() else 0
    with pytest.raises(OSError, match="no space left"):
        run(job, folder, disk_of=lambda place: Stopping(place, lines=lines))
    assert len(manifest.read(folder).lines) == before + lines


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    """Give a log that was written without disturbance."""
    folder = tmp_path_factory.mktemp("whole") / "log"
    return folder, run(first(), folder)


@pytest.fixture
def log(whole: tuple[Path, Written], tmp_path: Path) -> Path:
    """Give a copy of that log."""
    return Path(shutil.copytree(whole[0], tmp_path / "log"))


def test_what_was_decided_is_in_the_log(whole: tuple[Path, Written]) -> None:
    folder, written = whole
    found = manifest.read(folder)
    assert found.lines == written.lines
    assert not found.faults
    claims = sum(line.counts.rows - line.counts.rolls for line in found.segments)
    assert claims == found.segments[-1].taken == 40
    assert sum(line.counts.rolls for line in found.segments) == 1
    assert sum(line.counts.refused for line in found.segments) > 0
    assert sum(line.counts.cancellations for line in found.segments) > 0
    assert sum(line.sums.relatives for line in found.segments) > 0


def test_the_closing_says_what_the_state_is(whole: tuple[Path, Written]) -> None:
    folder, written = whole
    closing = written.lines[-1]
    assert isinstance(closing, CloseLine)
    assert closing.state == state_files.digest(written.state)
    assert closing.current == sum(written.state.current.tolist())
    assert closing.prior == sum(written.state.prior.tolist())
    assert closing.rejected == {"missing": 1}
    assert closing.delta is not None
    table = pq.read_table(folder / closing.delta.name)
    assert state_files.digest(apply_delta(runs.street(), table)) == closing.state


def test_the_same_claims_once_more_change_nothing(log: Path) -> None:
    before = content(log)
    again = run(first(), log)
    assert content(log) == before
    assert again.before == len(again.lines)


@pytest.mark.parametrize("lines", range(1, 7))
def test_a_run_goes_on_behind_its_last_segment(
    tmp_path: Path, whole: tuple[Path, Written], lines: int
) -> None:
    stopped(first(), tmp_path / "log", lines=lines)
    seen: list[tuple[int, int]] = []
    done = run(first(), tmp_path / "log", tell=lambda taken, of: seen.append((taken, of)))
    assert done.before == lines
    assert done.head == whole[1].head
    assert content(tmp_path / "log") == content(whole[0])
    assert seen == [(8 * taken, 40) for taken in range(lines - 1, 6)]


def test_a_mapped_state_gives_the_same_log_and_stays_as_it_was(
    tmp_path: Path, whole: tuple[Path, Written]
) -> None:
    regions = runs.table().regions
    before = state_files.save(runs.street(), tmp_path / "state", regions=regions)
    opening = state_files.load(tmp_path / "state", mmap=True)
    done = run(runs.job(runs.claims(), opening), tmp_path / "log")
    assert done.head == whole[1].head
    assert state_files.load(tmp_path / "state", check=True).digest == before


def test_other_claims_are_added_behind_the_closing(log: Path, tmp_path: Path) -> None:
    added = run(second(), log)
    assert len(manifest.read(log).closings) == 2
    assert not manifest.read(log).faults
    both = tmp_path / "both"
    run(first(), both)
    stopped(second(), both, lines=2)
    assert run(second(), both).head == added.head
    assert content(both) == content(log)


def test_what_is_added_may_cancel_what_was_settled_before(tmp_path: Path) -> None:
    bills = runs.bills(seed=5, count=60)
    cut = next(n for n, bill in enumerate(bills) if n > 25 and bill["kind"] == CANCEL)
    at_once = run(runs.job(runs.claims_of(bills)), tmp_path / "at-once")
    run(runs.job(runs.claims_of(bills[:cut])), tmp_path / "log")
    later = runs.claims_of(bills[cut:])
    assert later.cancelled[0] < bills[cut - 1]["claim"]
    added = run(runs.job(later), tmp_path / "log")
    assert state_files.digest(added.state) == state_files.digest(at_once.state)


def test_claims_that_are_in_the_log_already_are_refused(log: Path) -> None:
    run(second(), log)
    before = content(log)
    with pytest.raises(LogHasClaims, match="closing number 1"):
        run(first(), log)
    assert content(log) == before


def _with_other_claims(job: Job) -> Job:
    return job._replace(claims=second().claims)


def _with_other_rules(job: Job) -> Job:
    return job._replace(table=job.table._replace(digest="0" * 64))


def _with_other_state(job: Job) -> Job:
    state = runs.street()
    state.current[0] += 1
    return job._replace(opening=state_files.in_memory(state, regions=runs.table().regions))


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (_with_other_claims, "file of claims"),
        (_with_other_rules, "rule book"),
        (_with_other_state, "opening state"),
    ],
)
def test_a_run_does_not_go_on_with_something_else(
    tmp_path: Path, other: Callable[[Job], Job], what: str
) -> None:
    stopped(first(), tmp_path, lines=3)
    before = content(tmp_path)
    with pytest.raises(LogDiffers, match=what):
        run(other(first()), tmp_path)
    assert content(tmp_path) == before


@pytest.mark.parametrize(
    ("claims", "what"),
    [
        (runs.claims(seed=3, first=date(2026, 1, 1), claim=1_000), "day of booking"),
        (runs.claims(seed=3, first=LATER, claim=20), "claim number"),
    ],
)
def test_added_claims_are_later(log: Path, claims: runs.ArrayClaims, what: str) -> None:
    before = content(log)
    with pytest.raises(ClaimsFallBack, match=what):
        run(runs.job(claims), log)
    assert content(log) == before


def test_rules_that_decide_otherwise_do_not_go_on(tmp_path: Path) -> None:
    stopped(first(), tmp_path, lines=3)
    job = first()
    rules = job.table.rules._replace(cells=job.table.rules.cells.copy())
    rules.cells[:] = 0
    with pytest.raises(LogDecidesOtherwise, match="Segment 1"):
        run(job._replace(table=job.table._replace(rules=rules)), tmp_path)


def test_a_state_of_other_regions_is_refused(tmp_path: Path) -> None:
    job = first()
    fewer = job.table._replace(regions=job.table.regions[1:])
    with pytest.raises(RegionsDiffer):
        run(job._replace(table=fewer), tmp_path / "log")
    assert list(tmp_path.iterdir()) == []


def test_two_processes_do_not_write_one_log(log: Path) -> None:
    handle = os.open(log, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(LogBusy):
            run(first(), log)
    finally:
        os.close(handle)


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(LogElsewhere):
        run(first(), tmp_path)
    assert content(tmp_path) == {"letter.txt": b"dear"}


def test_files_that_no_line_names_are_cleared_away(log: Path) -> None:
    before = content(log)
    for name in ("00009.lines.parquet", "00009.legs.parquet.tmp", "closing-00002.parquet"):
        (log / name).write_bytes(b"half")
    (log / "claims.rejects.csv").write_bytes(b"kept")
    run(first(), log)
    assert content(log) == before | {"claims.rejects.csv": b"kept"}


def test_the_beginning_of_a_line_is_cleared_away(log: Path, whole: tuple[Path, Written]) -> None:
    path = log / manifest.NAME
    path.write_bytes(path.read_bytes()[:-9])
    assert run(first(), log).head == whole[1].head
    assert content(log) == content(whole[0])


def test_a_changed_line_is_said_to_be_wrong(log: Path) -> None:
    path = log / manifest.NAME
    path.write_bytes(path.read_bytes().replace(b'"taken":16', b'"taken":17'))
    with pytest.raises(LogDamaged, match=r"manifest\.jsonl:3"):
        run(first(), log)


@pytest.mark.parametrize("name", ["00001.lines.parquet", "00002.legs.parquet"])
def test_a_changed_segment_is_not_gone_on_from(tmp_path: Path, name: str) -> None:
    stopped(first(), tmp_path, lines=3)
    _flip(tmp_path / name)
    with pytest.raises(SegmentDamaged, match=name):
        run(first(), tmp_path)


def test_a_changed_closing_is_not_gone_on_from(log: Path) -> None:
    _flip(log / "closing-00001.parquet")
    with pytest.raises(SegmentDamaged, match="closing-00001"):
        run(second(), log)


def test_a_closing_that_leads_elsewhere_is_not_gone_on_from(log: Path) -> None:
    """The file is as sealed, and the chain holds; but the state is another one."""
    found = manifest.read(log)
    closing = found.closings[0]
    forged = manifest.seal(msgspec.structs.replace(closing, state="0" * 64), closing.previous)
    lines = [*found.lines[:-1], forged]
    (log / manifest.NAME).write_bytes(b"".join(manifest.canonical(line) + b"\n" for line in lines))
    with pytest.raises(LogDamaged, match="not the one closed on"):
        run(second(), log)


def test_a_log_without_claims_closes_on_the_opening_state(tmp_path: Path) -> None:
    done = run(runs.job(runs.claims(count=0)), tmp_path)
    assert [type(line).__name__ for line in done.lines] == ["Begin", "CloseLine"]
    assert state_files.digest(done.state) == state_files.digest(runs.street())


def test_every_error_speaks_both_languages() -> None:
    from simulation.bulk.log import running_errors
    from simulation.bulk.states import state_errors
    from tests.house import incomplete_texts

    errors = [
        thing
        for module in (running_errors, state_errors)
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, StoreError) and thing is not StoreError
    ]
    assert len(errors) == 12
    assert list(incomplete_texts(error.SAYS for error in errors)) == []


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
