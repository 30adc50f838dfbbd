"""One flipped bit in a file of a store: it is found, or it lies where nothing is kept.

Every flip is judged by what can still be read. If that is all as it was (events, answers, streams
by their index, read models), the bit lay in unused space. If not, opening, reading or a check has
to say so. What is read differently and found by nobody is a silently different history: bad.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from ledger import store as stores
from ledger.check import Problem, check_store
from ledger.errors import StoreError
from ledger.store import Store
from projections.answering import answer_problems
from projections.checks import check
from projections.redeciding import redecide_problems
from projections.runner import open_views
from projections.runner import run as project
from tests.faults import children
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.faults.sample import BOOK, Contents, Sample, make, read, write
from tests.faults.silence import differing_places

PART = 100  # flips of one store
SECONDS = 20
"""Nothing that is done with a damaged store may take longer."""

UNUSED = "in unused space"
READING = "found by opening or reading"
SILENT = "silent"
BY_THE_STORE = "found by the check of the store"
BY_THE_BOOKS = "found by checks of the books"


class Flip(NamedTuple):
    """One bit of one file."""

    file: str
    offset: int
    bit: int

    def __str__(self) -> str:
        return f"bit {self.bit} of byte {self.offset} of {self.file}"


def run(profile: Profile) -> Line:
    """Flip 600 bits (long: 20,000) in any file of a store that was closed, one at a time."""
    runs = profile.times(short=600, long=20_000)
    tally = in_parts("bit_flips", profile, _in_all_files, runs=runs, part=PART)
    tally.demand(UNUSED, READING, BY_THE_STORE, BY_THE_BOOKS)
    return tally.line("one flipped bit", unit="flips")


def in_log(profile: Profile) -> Line:
    """Flip 100 bits (long: 4,000) in the log that a killed writer has left, one at a time."""
    runs = profile.times(short=100, long=4_000)
    tally = in_parts("log_flips", profile, _in_the_log, runs=runs, part=PART // 2)
    return tally.line("one flipped bit in the log of a killed writer", unit="flips")


def _in_all_files(rounds: range) -> Tally:
    return _in_a_child(rounds, logged=False)


def _in_the_log(rounds: range) -> Tally:
    return _in_a_child(rounds, logged=True)


def _in_a_child(rounds: range, *, logged: bool) -> Tally:
    """Do it in a process of its own, whose main thread can be called off."""
    return Tally.from_json(children.call(_flip_all, rounds, logged, seconds=SECONDS * PART))


def _flip_all(rounds: range, logged: bool, wire: Connection) -> None:  # noqa: FBT001  # by position
    tally = Tally()
    with TemporaryDirectory(prefix="bit-flips-") as folder:
        viewed = rounds.start // len(rounds) % 2 == 1
        sample = make(Path(folder) / "sound", seed=rounds.start, logged=logged, viewed=viewed)
        names = [name for name, data in sample.files.items() if data]
        if logged:
            names = [name for name in names if name.endswith("-wal")]
        for number in rounds:
            flip = _choose(sample, names, random=Random(number))
            _flip_one(Path(folder) / "flipped", sample, flip, tally)
    wire.send(tally.as_json())


def _flip_one(path: Path, sample: Sample, flip: Flip, tally: Tally) -> None:
    data = bytearray(sample.files[flip.file])
    data[flip.offset] ^= 1 << flip.bit
    write(path, {**sample.files, flip.file: bytes(data)})
    tally.runs += 1
    tally.fired += (path / flip.file).read_bytes() != sample.files[flip.file]
    try:
        with _patience():
            verdict, places = _judge(path, sample)
    except Exception as error:  # noqa: BLE001  # a check that breaks has not said what is wrong
        tally.counts[f"broken off by {type(error).__name__}"] += 1
        tally.fail(str(flip), error)
        return
    tally.counts[verdict] += 1
    if verdict == SILENT:
        tally.find(f"{flip}: {', '.join(places)}")
        tally.counts.update(f"silent: {place}" for place in places)


def _choose(sample: Sample, names: list[str], *, random: Random) -> Flip:
    """Choose a file, a large one more often than a small one, and a bit of it."""
    (file,) = random.choices(names, [len(sample.files[name]) ** 0.5 for name in names])
    return Flip(file, random.randrange(len(sample.files[file])), random.randrange(8))


def _judge(path: Path, sample: Sample) -> tuple[str, list[str]]:
    """Give what became of a flip; if it was not noticed, what is read differently."""
    try:
        contents: Contents = read(path, sample)
    except StoreError:
        return READING, []
    if contents == sample.contents:
        return UNUSED, []
    with stores.open_reader(path) as store:
        engine = open_views(path)
        try:
            for name, find in CHECKS.items():
                if _finds(find, store, engine):
                    return name, []
        finally:
            engine.dispose()
    return SILENT, differing_places(sample.contents, contents)


def _finds(find: Callable[[Store, Engine], list[object]], store: Store, engine: Engine) -> bool:
    try:
        return bool(find(store, engine))
    except (StoreError, DatabaseError):
        return True


def _books(store: Store, engine: Engine) -> list[object]:
    """Bring the read models up to date, which events that do not add up prevent, and check them."""
    try:
        project(store, engine)
    except (AssertionError, LookupError) as broken:
        return [broken]
    return [*check(store, engine)]


def _decided_again(store: Store, _: Engine) -> list[object]:
    return [each for each in redecide_problems(store, BOOK) if isinstance(each, Problem)]


CHECKS: dict[str, Callable[[Store, Engine], list[object]]] = {
    BY_THE_STORE: lambda store, _: [*check_store(store)],
    "found by the check of answers": lambda store, _: [*answer_problems(store)],
    BY_THE_BOOKS: _books,
    "found by deciding again": _decided_again,
}
"""What `gongji check` runs, in this order.

Entries have checksums, so that flips in them are found by reading; the store's own check finds
those in the index, the books those in read models. The other two are left with nothing.
"""


class _TooLong(Exception):  # noqa: N818  # says what has happened
    pass


@contextmanager
def _patience() -> Iterator[None]:
    """Call a block off that takes too long: a damaged page must not make anybody wait for ever."""

    def call_off(*_: object) -> None:
        raise _TooLong

    signal.signal(signal.SIGALRM, call_off)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
