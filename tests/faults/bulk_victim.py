# ruff: noqa: D102  # the steps of `Dying` are those of `Disk`, and described there
"""A bulk run that kills itself at one step of its disk, in processes forked for it alone.

`python -m tests.faults.bulk_victim FOLDER` tells of every place, as one JSON line each, what
became of the run: this process has everything imported and starts no thread, so that its forks
are cheap and safe.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from simulation.bulk.deciding import empty_memory
from simulation.bulk.log.disk import Bytes, Disk
from simulation.bulk.log.measuring import measured
from simulation.bulk.log.schema import Batch
from simulation.bulk.remembering import with_room
from simulation.bulk.run.job import Job
from simulation.bulk.run.running import Written, run
from simulation.bulk.states.state_files import digest
from tests.simulation.bulk import runs

COUNT = 2 * runs.SIZE  # claims: two segments
AGAIN = 4  # the run that goes on is killed, too, at one of its first steps


class Step(NamedTuple):
    """Where to die: before the step of a number, from 1, or in the midst of its writing."""

    number: int
    torn: bool


class Told(NamedTuple):
    """What became of a run that was killed, gone on with, killed again and gone on with."""

    job: str
    step: Step
    name: str
    killed: bool
    again: bool
    head: str
    state: str
    left: tuple[str, ...]


class Dying(Disk):
    """A disk whose process dies at a step. Steps are noted, over all folders."""

    def __init__(self, folder: Path, *, at: Step | None, noted: list[str]) -> None:
        """Die at a step; `noted` counts the steps of all disks of a run."""
        super().__init__(folder)
        self._at, self._noted = at, noted

    def write(self, name: str, data: Bytes) -> None:
        self._step("write", name, lambda: super(Dying, self).write(name, _half(data)))
        super().write(name, data)

    def append(self, name: str, data: Bytes) -> None:
        self._step("append", name, lambda: super(Dying, self).append(name, _half(data)))
        super().append(name, data)

    def fsync(self, name: str) -> None:
        self._step("fsync", name)
        super().fsync(name)

    def fdatasync(self, name: str) -> None:
        self._step("fdatasync", name)
        super().fdatasync(name)

    def fsync_folder(self) -> None:
        self._step("fsync", "folder")
        super().fsync_folder()

    def rename(self, old: str, new: str) -> None:
        self._step("rename", new)
        super().rename(old, new)

    def truncate(self, name: str, length: int) -> None:
        self._step("truncate", name)
        super().truncate(name, length)

    def remove(self, name: str) -> None:
        self._step("remove", name)
        super().remove(name)

    def _step(self, what: str, name: str, half: Callable[[], None] | None = None) -> None:
        self._noted.append(f"{what} {name}")
        if self._at is None or len(self._noted) != self._at.number:
            return
        if self._at.torn:
            assert half is not None, "only what is written can be torn"
            half()
        os.kill(os.getpid(), signal.SIGKILL)


def _half(data: Bytes) -> Bytes:
    view = memoryview(data).cast("B")
    return view[: len(view) // 2]


JOBS: dict[str, Callable[[], Job]] = {
    "begun": lambda: runs.job(runs.claims(count=COUNT)),
    "added": lambda: runs.job(
        runs.claims(seed=2, count=COUNT, first=date(2026, 1, 5), claim=1_000)
    ),
}
"""A run on a new log, and one with other claims on the log that the first one leaves."""


def main(folder: Path) -> None:
    """Kill both runs at every step and tell what became of them."""
    _load_what_is_compiled()
    before = folder / "before"
    before.mkdir()
    for job in JOBS:
        whole = folder / job
        shutil.copytree(before, whole)
        done = _forked(job, whole)
        print(json.dumps([done.head, done.state]), flush=True)  # noqa: T201  # whoever started it reads it
        for step in _places(done.steps):
            name = done.steps[step.number - 1]
            told = _killed(job, step, name=name, place=folder / "at", of=before)
            print(json.dumps(told._asdict()), flush=True)  # noqa: T201  # as above
        shutil.rmtree(before)
        whole.rename(before)


def _load_what_is_compiled() -> None:
    """Load compiled code once, here, instead of in each fork."""
    job = JOBS["begun"]()
    rows = next(job.claims.batches(size=runs.SIZE, from_row=0))
    state = job.opening.state
    memory = with_room(empty_memory(len(job.claims.cancelled)), state, rows=rows)
    _, outcome = job.decide(state, job.table.rules, rows=rows, memory=memory)
    measured(Batch(0, rows, outcome.decided, outcome.legs))


def _places(steps: tuple[str, ...]) -> Iterator[Step]:
    for number, step in enumerate(steps, start=1):
        yield Step(number, torn=False)
        if step.startswith(("write", "append")):
            yield Step(number, torn=True)


def _killed(job: str, step: Step, *, name: str, place: Path, of: Path) -> Told:
    """Kill a run at a step, kill the one that goes on, and go on."""
    shutil.copytree(of, place)
    killed = _forked(job, place, at=step).killed
    again = _forked(job, place, at=Step(1 + step.number % AGAIN, torn=False)).killed
    done = _forked(job, place)
    left = tuple(sorted(path.name for path in place.iterdir()))
    shutil.rmtree(place)
    return Told(job, step, name, killed, again, done.head, done.state, left)


class Done(NamedTuple):
    """What a run tells at its end; nothing if it was killed."""

    head: str = ""
    state: str = ""
    steps: tuple[str, ...] = ()
    killed: bool = False


def _forked(job: str, folder: Path, at: Step | None = None) -> Done:
    """Run in a fork; give what it told, and whether it was killed."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _run_and_exit(job, folder, at, writing)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    _, status = os.waitpid(process, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return Done(**json.loads(text or "{}"), killed=killed)


def _run_and_exit(job: str, folder: Path, at: Step | None, writing: int) -> None:
    noted: list[str] = []
    try:
        done: Written = run(
            JOBS[job](), folder, disk_of=lambda place: Dying(place, at=at, noted=noted)
        )
        told = {"head": done.head, "state": digest(done.state), "steps": noted}
        with os.fdopen(writing, "w") as wire:
            wire.write(json.dumps(told))
        os._exit(0)
    except BaseException:  # noqa: BLE001  # a fork never goes back to where it came from
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
