"""Fills the place where a store is, makes room, goes on, and looks whether anything is wrong.

What is full is a small file system, in which ballast is thrown away to make room, or the size
that the system lets this process write to one file, which is raised.
"""

from __future__ import annotations

import json
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from ledger.errors import StoreFailed, StoreFull
from ledger.writer import Receipt, Reply
from tests.faults import street
from tests.faults.report import Tally
from tests.properties.invariants import Watch

TIMES = 3
"""How often each place is filled."""

CLOSED = "closed while full"
WENT_ON = "went on without closing"

MakeRoom = Callable[[], None]


class Filled(NamedTuple):
    """A group of commands after which nothing more would fit, and what they were told."""

    numbers: range
    error: StoreFull | StoreFailed


def fill_file_system(folder: Path, seed: int) -> Tally:
    """Fill a small file system, three quarters of which are ballast at first."""
    random = Random(seed)
    _found(folder / "store")
    ballast = [folder / f"ballast{n}" for n in range(TIMES)]
    free = shutil.disk_usage(folder).free
    for each in ballast:
        each.write_bytes(bytes(free * 3 // 4 // TIMES))
    return _fill_and_look(folder / "store", random, lambda: ballast.pop().unlink())


def fill_files(seed: int, wire: Connection) -> None:
    """Fill what this process may write to one file, in a process that was started for it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that the write fails instead
    random = Random(seed)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    def make_room() -> None:
        nonlocal limit
        limit += random.randrange(200_000, 400_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))

    with TemporaryDirectory(prefix="full-files-") as folder:
        path = Path(folder) / "store"
        _found(path)
        limit = (path / stores.EVENTS).stat().st_size + random.randrange(200_000, 800_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
        tally = _fill_and_look(path, random, make_room)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    wire.send(tally.as_json())


def _found(path: Path) -> None:
    stores.init(path)
    with _open(path) as application:
        street.found(application)


def _fill_and_look(path: Path, random: Random, make_room: MakeRoom) -> Tally:
    tally = Tally(runs=1)
    try:
        _fill(path, random, make_room, tally)
    except Exception as error:  # noqa: BLE001  # whatever it is, it came from being full
        tally.fail("full", error)
    tally.fired = int(tally.counts["StoreFull"] + tally.counts["StoreFailed"] == TIMES)
    return tally


def _fill(path: Path, random: Random, make_room: MakeRoom, tally: Tally) -> None:
    kept: dict[int, Receipt] = {}
    numbers = _groups()
    for _ in range(TIMES):
        with _open(path) as application:
            filled = _until_full(application, numbers, kept)
            name = type(filled.error).__name__
            tally.counts[name] += 1
            _while_full(application, filled, kept)
            go_on = isinstance(filled.error, StoreFull) and random.random() < 0.5
            tally.counts[WENT_ON if go_on else CLOSED] += 1
            if go_on:
                make_room()
                _resolve(application, filled, kept)
        if not go_on:
            make_room()
            with _open(path) as application:
                _resolve(application, filled, kept)
    with _open(path) as application:
        _compare(application, kept)
        problems = check_store(application.store)
        assert not problems, problems
        Watch(application).look()


@contextmanager
def _open(path: Path) -> Iterator[Application]:
    with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
        yield application


def _groups() -> Iterator[range]:
    return (range(first, first + street.GROUP) for first in count(0, street.GROUP))


def _until_full(
    application: Application, groups: Iterator[range], kept: dict[int, Receipt]
) -> Filled:
    """Settle group by group until one of them is refused as a whole or in part."""
    for numbers in groups:
        waiting = {n: _submit(application, n) for n in numbers}
        errors = []
        for number, future in waiting.items():
            try:
                reply = future.result(street.WAIT)
            except (StoreFull, StoreFailed) as error:
                errors.append(error)
            else:
                assert isinstance(reply, Receipt), reply
                kept[number] = reply
        if errors:
            return Filled(numbers, errors[0])
    raise AssertionError


def _submit(application: Application, number: int) -> Future[Reply]:
    try:
        return street.submit(application, street.sent(number))
    except StoreFailed as error:  # of a command before it in the group
        refused: Future[Reply] = Future()
        refused.set_exception(error)
        return refused


def _while_full(application: Application, filled: Filled, kept: dict[int, Receipt]) -> None:
    """What was acknowledged can be read; what was refused for lack of room is not there."""
    recorder = application.store.recorder
    for number, receipt in kept.items():
        answer = recorder.answer(receipt.key)
        assert answer is not None, f"lost: {number}"
        assert (answer.answer, answer.position) == (receipt.answer, receipt.position)
    if isinstance(filled.error, StoreFull):
        refused = [number for number in filled.numbers if number not in kept]
        assert refused
        for number in refused:
            assert recorder.answer(street.sent(number).key) is None, f"refused, and there: {number}"


def _resolve(application: Application, filled: Filled, kept: dict[int, Receipt]) -> None:
    """Send everything that was refused again, and twice."""
    refused = [number for number in filled.numbers if number not in kept]
    asked = [street.sent(number) for number in refused]
    replies = street.answers(application, asked)
    again = street.answers(application, asked)
    for number, first, second in zip(refused, replies, again, strict=True):
        assert isinstance(first, Receipt), first
        if isinstance(filled.error, StoreFull):
            assert not first.replayed, f"refused, and there: {number}"
        assert second == first._replace(replayed=True), (first, second)
        kept[number] = first


def _compare(application: Application, kept: dict[int, Receipt]) -> None:
    """Ask for everything again; nothing else has been recorded."""
    replies = street.answers(application, map(street.sent, kept))
    assert replies == [receipt._replace(replayed=True) for receipt in kept.values()]
    founding = {event.meta.cause for _, event in application.store.events()}
    others = {cause for cause in founding if not cause.startswith("setup-")}
    assert others == {receipt.key for receipt in kept.values()}


if __name__ == "__main__":
    print(json.dumps(fill_file_system(Path(sys.argv[1]), int(sys.argv[2])).as_json()))  # noqa: T201  # to the process that started this one
