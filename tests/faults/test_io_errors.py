"""The n-th I/O call fails: every scenario, and that planted defects are found."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import apsw
import pytest

from domain.facts import Meta
from ledger.entries import Answer, End, Entry
from ledger.errors import StoreDamaged, StoreError, StoreFull
from ledger.sqlite_recorder import SqliteRecorder
from ledger.store import EVENTS
from ledger.workspace import Group, Workspace
from ledger.writer import Writer
from tests.faults.faulty_disk import KINDS, FaultyDisk, Kind
from tests.faults.io_errors import fail_calls, report
from tests.faults.io_scenarios import SCENARIOS
from tests.faults.recording import begin
from tests.faults.session import Session, Wrong

FULL = ("xWrite", apsw.SQLITE_FULL)
BROKEN = ("xWrite", apsw.SQLITE_IOERR_WRITE)
UNREADABLE = ("xRead", apsw.SQLITE_IOERR_READ)
NAMES = [scenario.name for scenario in SCENARIOS]


@pytest.mark.parametrize("number", range(len(SCENARIOS)), ids=NAMES)
def test_whatever_call_fails_the_ledger_stays_whole(number: int) -> None:
    line = report(fail_calls(range(number, number + 1)))
    print(line, line.detail, sep="\n")  # noqa: T201  # what a fault run came to is its result
    assert line.passed, line.detail
    assert line.fired == line.runs > 2 * len(KINDS)


def findings(kinds: Sequence[Kind], *, scenario: str = "cancel") -> str:
    """Play one scenario with some faults and give what was found, all in one."""
    number = NAMES.index(scenario)
    tally = fail_calls(range(number, number + 1), kinds=kinds)
    assert tally.fired == tally.runs > 0
    return "\n".join(tally.findings)


def test_without_a_planted_defect_nothing_is_found() -> None:
    assert findings([FULL, BROKEN, UNREADABLE]) == ""


def test_a_recorder_that_hides_a_failure_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that events are kept which are not."""

    def commit(self: SqliteRecorder, entries: Sequence[Entry], *, after: End) -> End:
        try:
            return sound(self, entries, after=after)
        except StoreError:
            events = sum(entry.events for entry in entries)
            return End(after.entries + len(entries), after.events + events)

    sound = SqliteRecorder.commit
    monkeypatch.setattr(SqliteRecorder, "commit", commit)
    assert "kept is None" in findings([BROKEN])


def test_a_failure_that_is_called_a_full_disk_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the disk was not full" in planted(monkeypatch, "commit", StoreFull(path="planted"))


def test_a_sound_store_that_is_called_damaged_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = StoreDamaged(place="planted", detail="planted")
    found = planted(monkeypatch, "entries", damaged, scenario="reverse")  # it reads while it runs
    assert "not a clear error: StoreDamaged" in found


def test_an_error_of_the_machinery_that_comes_through_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = sqlite3.OperationalError("planted")
    found = planted(monkeypatch, "entries", raw, scenario="reverse")
    assert "raw error: OperationalError" in found


def planted(
    patch: pytest.MonkeyPatch, method: str, planted: Exception, *, scenario: str = "cancel"
) -> str:
    """Let a method of the recorder turn the store's errors into another one."""

    def turning(*arguments: object, **named: object) -> object:
        try:
            return sound(*arguments, **named)
        except StoreError as error:
            raise planted from error

    sound = getattr(SqliteRecorder, method)
    patch.setattr(SqliteRecorder, method, turning)
    return findings([BROKEN, UNREADABLE], scenario=scenario)


def test_a_writer_that_goes_on_after_an_unknown_outcome_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Writer, "_check_sound", lambda _: None)
    assert "a writer that has stopped says" in findings([BROKEN])


def test_a_memory_that_is_ahead_of_the_disk_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The states of a group are kept before it is committed, and stay if the disk is full."""

    def join(self: Group, work: Workspace, meta: Meta, *, answer: Answer) -> int:
        position = sound(self, work, meta, answer=answer)
        self.known.keep(work.changed)
        return position

    sound = Group.join
    monkeypatch.setattr(Group, "join", join)
    assert "cancel is refused" in findings([FULL])


def test_a_connection_that_is_not_closed_is_found(tmp_path: Path) -> None:
    begin(tmp_path)
    session = Session(tmp_path, FaultyDisk(None), known={}, pages=0)
    session.open()
    forgotten = session._connect(tmp_path / EVENTS, "ro")
    forgotten.execute("SELECT * FROM sqlite_schema")
    with pytest.raises(Wrong, match=f"still open.*{EVENTS}"):
        session.finish()
    forgotten.close()
    session.finish()
    session.abandon()


def test_a_fault_that_never_fires_is_no_success() -> None:
    line = report(fail_calls(range(1), kinds=[]))
    assert not line.passed
    assert "never happened: failing xRead" in line.detail
