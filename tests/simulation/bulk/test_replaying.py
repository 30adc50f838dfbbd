"""A log is replayed on the books of its opening state: over several runs, and without compiling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulation.bulk.arrays import CANCEL
from simulation.bulk.audit import auditing, mirroring, replaying
from simulation.bulk.audit.audit_files import cancelled_claims
from simulation.bulk.audit.replaying import Replay
from simulation.bulk.deciding import plain
from simulation.bulk.log import manifest, segments
from simulation.bulk.run.running import run
from simulation.bulk.states import state_files
from tests.simulation.bulk import audits, runs
from tests.simulation.bulk.audits import audit


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a log of two runs, the second of which cancels bills of the first."""
    bills = runs.bills(seed=5, count=60)
    cut = next(n for n, bill in enumerate(bills) if n > 25 and bill["kind"] == CANCEL)
    log = tmp_path_factory.mktemp("log")
    for part in (bills[:cut], bills[cut:]):
        run(runs.job(runs.claims_of(part)), log)
    return log


def test_what_a_later_run_cancels_is_held_against_the_earlier_one(two_runs: Path) -> None:
    report = audit(two_runs, decide=plain())
    assert report.findings == ()
    held = {each.check: each.things for each in report.held}
    assert held["closing"] == held["state"] == 2
    segments_of = manifest.read(two_runs).segments
    assert held["mirrors"] == sum(line.counts.cancellations for line in segments_of)


def test_the_loops_find_nothing_either_where_they_are_interpreted(
    two_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    loops = {"hold_mirrors": mirroring.hold_mirrors}
    for name in vars(auditing):
        if name.startswith("hold_"):
            loops[name] = _interpreted(name, seen)
    monkeypatch.setattr(replaying, "loops", lambda: SimpleNamespace(**loops))
    assert audit(two_runs).findings == ()
    assert set(seen) == loops.keys() - {"hold_mirrors"}


def _interpreted(name: str, seen: list[str]) -> Callable[..., None]:
    def hold(*parts: object) -> None:
        seen.append(name)
        getattr(auditing, name)(*map(_views, parts))

    return hold


def _views(part: Any) -> Any:  # noqa: ANN401  # tuples of arrays, at any depth
    """Give arrays as memory views, whose elements are plain numbers and do not overflow."""
    if isinstance(part, np.ndarray):
        return part.data
    return type(part)(*map(_views, part)) if isinstance(part, tuple) else part


def test_the_state_after_a_replay_is_the_one_that_was_closed_on(two_runs: Path) -> None:
    found = manifest.read(two_runs)
    opening = audits.opening()
    rules = runs.table().rules
    replay = Replay(opening.state, cancelled_claims(two_runs, found.segments), rules=rules)
    for line in found.segments:
        assert replay.take(segments.read(two_runs, line))
    assert list(replay.found) == []
    assert state_files.digest(replay.state) == found.closings[-1].state


def test_numbers_that_point_nowhere_change_nothing(two_runs: Path) -> None:
    (line, *_) = manifest.read(two_runs).segments
    batch = segments.read(two_runs, line)
    patient = batch.rows.patient.copy()
    patient[0] = runs.PERSONS
    state = runs.street()
    replay = Replay(state, np.empty(0, np.int64))
    assert not replay.take(batch._replace(rows=batch.rows._replace(patient=patient)))
    (found,) = replay.found
    assert (found.expected, found.found) == (runs.PERSONS - 1, runs.PERSONS)
    assert state_files.digest(state) == state_files.digest(runs.street())
