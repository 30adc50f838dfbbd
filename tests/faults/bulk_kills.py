"""SIGKILL at every step of a bulk run's disk: gone on with, it gives the same log and state.

The run is killed before every write, sync, rename and removal, and in the midst of every write;
the run that goes on is killed near its beginning; the third one must end with the chain head and
the state of a run that nobody disturbed, and leave no file that is not the log's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.recording import MEMORY
from tests.faults.report import Line, Profile, Tally

ROOT = Path(__file__).parents[2]
PLACES = 60
"""At least so many places: a run of fewer steps was not the one that was meant."""

TORN = "in the midst of a write"
AGAIN = "killed again while going on"
KINDS = ("append", "fdatasync", "fsync", "rename", "write")


def run(_: Profile) -> Line:
    """Kill a run on a new log and one that adds to it at every step of theirs."""
    tally = Tally()
    with TemporaryDirectory(prefix="bulk-kills-", dir=MEMORY) as folder:
        for told in _victim(Path(folder)):
            if isinstance(told, list):
                whole = tuple(told)
            else:
                _judge(told, whole, tally)
    if tally.runs < PLACES:
        tally.find(f"{tally.runs} places instead of {PLACES} or more")
    tally.demand(TORN, AGAIN, *(f"before {kind}" for kind in KINDS))
    return tally.line("kill -9 of a bulk run", unit="places")


def _victim(folder: Path) -> Iterator[dict[str, object] | list[str]]:
    """Start the process that kills its forks; give what it tells, line by line."""
    command = [sys.executable, "-m", "tests.faults.bulk_victim", str(folder)]
    # A library for matrices starts threads when it is loaded; forks want none.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield from map(json.loads, process.stdout)
    assert process.returncode == 0, f"the killing process ended with {process.returncode}"


def _judge(told: dict[str, object], whole: tuple[str, ...], tally: Tally) -> None:
    """Hold what became of one place against the run that nobody disturbed."""
    what = f"{told['job']} {told['step']} {told['name']}"
    tally.runs += 1
    tally.fired += bool(told["killed"])
    tally.counts[AGAIN] += bool(told["again"])
    torn = isinstance(told["step"], list) and told["step"][1]
    kind = str(told["name"]).partition(" ")[0]
    tally.counts[TORN if torn else f"before {kind}"] += 1
    if not told["killed"]:
        tally.find(f"{what}: it was not killed")
    elif (told["head"], told["state"]) != whole:
        tally.find(f"{what}: another head or state")
    elif any(str(name).endswith(".tmp") for name in _names(told)):
        tally.find(f"{what}: files are left over")


def _names(told: dict[str, object]) -> list[object]:
    left = told["left"]
    assert isinstance(left, list)
    return left
