"""Power is lost: whatever the disk then holds, nothing acknowledged is missing, nothing is half.

Short workloads run on a disk that is watched; from the log of each, images are drawn of what
the disk may hold when power is back. Half of the workloads go on from such an image themselves.
Each image is opened as any store is, and

- on every image: the history is, byte for byte, a beginning of the one without a crash, it ends
  with a whole command and not before the last one acknowledged, and the answers are those of the
  commands in it, no more and no fewer;
- on one in `THOROUGH`, too: `check_store` finds nothing, every state folds to what it was, and
  all commands sent again, in order, get the answers they got or would have got, each is carried
  out once, and the history becomes the one without a crash.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from ledger.errors import StoreError
from ledger.store import Store
from tests.faults.images import Disk, Image
from tests.faults.indexing import indexed_often
from tests.faults.recording import ACTOR, MEMORY, Recording, begin, record, state_of
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.faults.traffic import BOOK, steps

IMAGES = 5_000  # times the scale
WORKLOAD = 500  # images drawn of one workload
STEPS = 12
THOROUGH = 25
AGAIN = 0.5  # of the workloads follow an earlier crash
CHECKPOINTS = (20, 60, 1_000)  # pages of a WAL, by workload; the last never happens by itself


def run(profile: Profile) -> Line:
    """Lose power on a disk that was synchronized as the ledger asks for."""
    total = in_parts("power_loss", profile, lose_power, runs=IMAGES * profile.scale, part=WORKLOAD)
    total.demand("groups", "earlier crashes", "checkpoints", "torn writes", "dropped writes")
    return total.line("power loss", unit="images")


def lose_power(numbers: range, *, synchronous: str = "", noted: bool = True) -> Tally:
    """Draw and examine the images of one workload; `synchronous` overrules the ledger's.

    `noted`: the disk also has the note of what was acknowledged.
    """
    tally = Tally()
    random = Random(f"power loss/{numbers.start}")
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, indexed_often():
        how = {"synchronous": synchronous, "noted": noted}
        recording = _run(Path(folder), random, how=how, tally=tally)
        path = Path(folder, "image")
        path.mkdir()
        for number, crash in zip(numbers, crashes(recording, random, len(numbers)), strict=True):
            thorough = number % THOROUGH == 0
            _count(tally, crash.image, thorough=thorough)
            lay_out(crash.image, path)
            verdict = examine(path, recording, owed=recording.owed(crash.point), thorough=thorough)
            if verdict:
                kind = verdict.partition(":")[0]
                tally.counts[kind] += 1
                tally.find(f"image {number}, crash behind {crash.point} operations: {verdict}")
    return tally


def _run(folder: Path, random: Random, *, how: dict[str, Any], tally: Tally) -> Recording:
    """Run a workload; half of them until power is lost, and then once more from the beginning."""
    asked, pages = steps(random, STEPS), random.choice(CHECKPOINTS)
    begin(folder / "run")
    recording = record(folder / "run", asked, pages=pages, **how)
    if not how["synchronous"] and random.random() < AGAIN:
        (folder / "again").mkdir()
        first, *_ = crashes(recording, random, 3)  # the earliest, so that enough is left to do
        lay_out(first.image, folder / "again")
        recording = record(folder / "again", asked, pages=pages, **how)
        tally.counts["earlier crashes"] += 1
    tally.counts["workloads"] += 1
    tally.counts["groups"] += recording.groups
    tally.counts["checkpoints"] += recording.checkpoints
    tally.counts["acknowledged"] += len(recording.acknowledged)
    return recording


def _count(tally: Tally, image: Image, *, thorough: bool) -> None:
    tally.runs += 1
    tally.fired += bool(image.dropped or image.torn)
    tally.counts["dropped writes"] += image.dropped
    tally.counts["torn writes"] += image.torn
    tally.counts["thorough examinations"] += thorough


class Crash(NamedTuple):
    """What the disk holds after power was lost behind so many operations."""

    point: int
    image: Image


def crashes(recording: Recording, random: Random, count: int) -> Iterator[Crash]:
    """Draw crashes, in the order of the log, from all moments at which a write is at risk."""
    disk, risky = Disk(), []
    for point, op in enumerate(recording.ops, start=1):
        disk.apply(op)
        if disk.at_risk and point > recording.begun:
            risky.append(point)
    disk, done = Disk(), 0
    for point in sorted(random.choices(risky, k=count)):
        for op in recording.ops[done:point]:
            disk.apply(op)
        done = point
        yield Crash(point, disk.lose_power(random))


def lay_out(image: Image, path: Path) -> None:
    """Make a directory hold an image and nothing else."""
    for old in path.iterdir():
        old.unlink()
    for name, content in image.files.items():
        (path / name).write_bytes(content)


def examine(path: Path, recording: Recording, *, owed: int, thorough: bool) -> str:
    """Open a store after a crash and say what is wrong: a kind, a colon, more. "" if nothing."""
    try:
        with stores.open_writer(path) as store:
            verdict = _examine_history(store, recording, owed)
            if not verdict and thorough:
                verdict = _examine_thoroughly(store, recording)
    except StoreError as error:
        return f"damaged: {error}"
    except Exception as error:  # noqa: BLE001  # whatever it is, it is no error of the store
        return f"raw error: {type(error).__name__}: {error}"
    return verdict


def _examine_history(store: Store, recording: Recording, owed: int) -> str:
    last = store.recorder.last_position
    if list(store.notifications()) != recording.history[:last]:
        return f"altered: the history up to {last} is another one"
    if last not in recording.ends:
        return f"half: the history ends at {last}, within a command"
    if last < owed:
        return f"lost: acknowledged up to {owed}, found up to {last}"
    for expected in recording.answers:
        found = store.recorder.answer(expected.key)
        if found != (expected if expected.position <= last else None):
            return f"half: the answer to {expected.key} is {found}, the history ends at {last}"
    return ""


def _examine_thoroughly(store: Store, recording: Recording) -> str:
    problems = check_store(store)
    if problems:
        return f"unsound: {problems[0].place} {problems[0].says.en}"
    last = store.recorder.last_position
    with Application(store, BOOK) as application:
        for stream, state in recording.states(last).items():
            if state_of(application, stream) != state:
                return f"folded: {stream} differs"
        receipts = {answer.key: answer for answer in recording.answers}
        for command, key, at in recording.sent:
            reply = application.execute(command, key=key, at=at, actor=ACTOR)
            expected = receipts[key]
            replayed = expected.position <= last
            if reply != (key, expected.answer, expected.position, replayed):
                return f"repeated: {key} gets {reply}"
    if list(store.notifications()) != recording.history:
        return "repeated: the history becomes another one"
    return ""
