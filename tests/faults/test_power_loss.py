"""Power loss: the short profile, and that the examination notices what it is made for."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from ledger import store as stores
from ledger.errors import StoreDamaged
from tests.faults import power_loss
from tests.faults.images import Disk, Image
from tests.faults.power_loss import examine, lay_out, lose_power
from tests.faults.recording import Recording, begin, record
from tests.faults.report import SHORT
from tests.faults.traffic import sent, settle


def test_nothing_acknowledged_is_lost_with_the_power() -> None:
    line = power_loss.run(SHORT)
    print(line, line.detail, sep="\n")  # noqa: T201  # what a fault run came to is its result
    assert line.passed, line.detail
    assert line.fired == line.runs == power_loss.IMAGES


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_a_disk_that_is_not_synchronized_is_found_to_lose_what_was_acknowledged(
    synchronous: str,
) -> None:
    tally = lose_power(range(200), synchronous=synchronous, noted=False)
    assert tally.fired == tally.runs == 200
    assert tally.counts["lost"] > 0
    assert tally.bad >= tally.counts["lost"]


def test_what_a_disk_loses_is_missed_by_who_opens_the_store_next() -> None:
    tally = lose_power(range(200), synchronous="NORMAL")
    assert tally.counts["lost"] == 0
    assert tally.counts["damaged"] == tally.bad > 0
    assert all("acknowledged events are missing" in finding for finding in tally.findings)


@pytest.fixture
def run(tmp_path: Path) -> tuple[Recording, Path]:
    """Give a short run, and its store as it was left behind."""
    steps = [(sent(settle(f"c{n}", 10), f"settle-{n}"),) for n in range(2)]
    begin(tmp_path)
    return record(tmp_path, steps), tmp_path


def test_a_store_without_a_crash_passes(run: tuple[Recording, Path]) -> None:
    recording, path = run
    last = len(recording.history)
    assert recording.owed(len(recording.ops)) == last
    assert 0 < recording.owed(recording.begun) == recording.before < last
    assert examine(path, recording, owed=last, thorough=True) == ""
    assert examine(path, recording, owed=last + 1, thorough=True).startswith("lost")


def test_a_history_that_ends_within_a_command_is_half(run: tuple[Recording, Path]) -> None:
    recording, path = run
    recording.ends.discard(len(recording.history))
    assert examine(path, recording, owed=0, thorough=False).startswith("half: the history")


def test_an_answer_too_many_or_too_few_is_half(run: tuple[Recording, Path]) -> None:
    recording, path = run
    last = recording.answers[-1]
    recording.answers[-1] = last._replace(position=last.position + 1)
    assert examine(path, recording, owed=0, thorough=False).startswith("half: the answer")


def test_another_history_is_altered(run: tuple[Recording, Path]) -> None:
    recording, path = run
    recording.history[3], recording.history[4] = recording.history[4], recording.history[3]
    assert examine(path, recording, owed=0, thorough=False).startswith("altered")


def test_another_state_is_noticed(
    run: tuple[Recording, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, path = run
    monkeypatch.setattr(power_loss, "state_of", lambda *_: None)
    assert examine(path, recording, owed=0, thorough=True).startswith("folded")


def test_another_outcome_of_what_is_sent_again_is_noticed(run: tuple[Recording, Path]) -> None:
    recording, path = run
    first = recording.acknowledged[0]
    disk = Disk()
    for op in recording.ops[: first.logged]:
        disk.apply(op)
    lay_out(disk.lose_power(Random(0)), path)
    owed = first.receipt.position
    assert examine(path, recording, owed=owed + 1, thorough=True).startswith("lost")
    forgotten = recording.sent.pop()
    assert examine(path, recording, owed=owed, thorough=True).startswith("repeated: the history")
    recording.sent.append(forgotten._replace(key=recording.sent[0].key))
    assert examine(path, recording, owed=owed, thorough=True).startswith("repeated: founding-0")
    recording.sent[-1] = forgotten
    assert examine(path, recording, owed=owed, thorough=True) == ""


def test_a_store_that_is_gone_or_broken_is_damaged(run: tuple[Recording, Path]) -> None:
    recording, path = run
    content = (path / stores.EVENTS).read_bytes()
    lay_out(Image({stores.EVENTS: content[:5000]}, dropped=1, torn=0), path)
    assert examine(path, recording, owed=0, thorough=False).startswith("damaged")
    lay_out(Image({}, dropped=1, torn=0), path)
    assert examine(path, recording, owed=0, thorough=False).startswith("damaged")


def test_an_error_that_is_not_the_stores_own_is_noticed(
    run: tuple[Recording, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise TypeError

    recording, path = run
    monkeypatch.setattr(stores, "open_writer", broken)
    assert examine(path, recording, owed=0, thorough=False).startswith("raw error: TypeError")
    monkeypatch.setattr(stores, "open_writer", _damaged)
    assert examine(path, recording, owed=0, thorough=False).startswith("damaged")


def _damaged(path: Path) -> None:
    raise StoreDamaged(place=str(path), detail="planted")
