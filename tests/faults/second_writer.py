"""A second writer, wherever it comes from, is refused and harms nothing.

It comes from another process, from another thread, and from a copy of the writing process that
`fork` has made: that one tries to open the store, and it tries the application that it inherited.
When the first writer has ended, the next one gets in at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from ledger.errors import StoreLocked
from ledger.writer import Receipt
from tests.faults import children, street
from tests.faults.report import Line, Profile, Tally, in_parts

PART = 4
SETTLED = 4  # by the first writer, before and after each attempt

Attempt = Callable[[Path, Application, int], str]
"""Tries to write beside the application's writer; gives "refused", or what happened instead."""


def run(profile: Profile) -> Line:
    """Try every way 10 times (long: 200 times)."""
    runs = profile.times(short=10, long=200)
    tally = in_parts("second_writer", profile, _part, runs=runs, part=PART)
    return tally.line("second writer", unit="attempts")


def _part(rounds: range) -> Tally:
    """Run the first writer in a process of its own, since it will be forked."""
    return Tally.from_json(children.call(_first_writer, rounds))


def _first_writer(rounds: range, wire: Connection) -> None:
    tally = Tally()
    for number in rounds:
        with TemporaryDirectory(prefix="second-writer-") as folder:
            path = Path(folder) / "store"
            stores.init(path)
            _write_on(path, number, tally)
            _end(path, number, tally)
    wire.send(tally.as_json())


def _write_on(path: Path, number: int, tally: Tally) -> None:
    """Settle, let somebody else try, and settle on, for every way of trying."""
    with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
        street.found(application)
        for name, attempt in ATTEMPTS.items():
            first = number * 1_000 + len(tally.counts) * SETTLED
            asked = [street.settle(first + n) for n in range(SETTLED)]
            before = street.answers(application, asked)
            bytes_before = digests(path)
            said = attempt(path, application, first)
            tally.runs += 1
            tally.fired += 1
            tally.counts[name] += 1
            if said != "refused":
                tally.find(f"{name}: {said}")
            if digests(path) != bytes_before:
                tally.find(f"{name}: the files have changed")
            again = street.answers(application, asked)
            if again != [r._replace(replayed=True) for r in before if isinstance(r, Receipt)]:
                tally.find(f"{name}: the first writer answers {again} and not {before}")


def _end(path: Path, number: int, tally: Tally) -> None:
    """Let the next writer in and examine everything."""
    with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
        (reply,) = street.answers(application, [street.settle(number * 1_000 + 999)])
        if not isinstance(reply, Receipt) or (problems := check_store(store)):
            tally.find(f"the next writer got {reply} and found {problems}")


# ---------------------------------------------------------------------------------- ways of trying


def _other_process(path: Path, _application: Application, _number: int) -> str:
    return str(children.call(_open_and_tell, path))


def _other_thread(path: Path, _application: Application, _number: int) -> str:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_open, path).result(street.WAIT)


def _fork_that_opens(path: Path, _application: Application, _number: int) -> str:
    return _in_a_fork(lambda: _open(path))


def _fork_that_executes(_path: Path, application: Application, number: int) -> str:
    sent = street.settle(number + SETTLED - 1 + 500)
    return _in_a_fork(
        lambda: _refused(
            lambda: application.execute(sent.command, key=sent.key, at=sent.at, actor=street.ACTOR)
        )
    )


def _fork_that_submits(_path: Path, application: Application, number: int) -> str:
    sent = street.settle(number + SETTLED - 1 + 500)
    return _in_a_fork(lambda: _refused(lambda: street.submit(application, sent).result(timeout=2)))


def _fork_that_closes(_path: Path, application: Application, _number: int) -> str:
    """Close what was inherited, as a process does that ends in good order."""

    def close() -> str:
        application.store.close()
        return "refused"

    return _in_a_fork(close)


ATTEMPTS: dict[str, Attempt] = {
    "other process": _other_process,
    "other thread": _other_thread,
    "fork that opens": _fork_that_opens,
    "fork that executes": _fork_that_executes,
    "fork that submits": _fork_that_submits,
    "fork that closes": _fork_that_closes,
}


def _open_and_tell(path: Path, wire: Connection) -> None:
    wire.send(_open(path))


def _open(path: Path) -> str:
    return _refused(lambda: stores.open_writer(path).close())


def _refused(trying: Callable[[], object]) -> str:
    try:
        return f"was let in: {trying()}"
    except StoreLocked:
        return "refused"
    except Exception as error:  # noqa: BLE001  # the starter judges
        return f"{type(error).__name__}: {error}"


def _in_a_fork(trying: Callable[[], str]) -> str:
    """Do something in a copy of this process, and give what it said."""
    ours, theirs = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.write(theirs, trying().encode())
        finally:
            os._exit(0)
    os.close(theirs)
    said = b"".join(iter(lambda: os.read(ours, 4096), b""))
    os.close(ours)
    os.waitpid(child, 0)
    return said.decode() or "said nothing"


def digests(path: Path) -> object:
    """Give the digest of every file of a store that holds data.

    Another process reads them: to open and close a file drops the locks that SQLite has on it
    for this process.
    """
    return children.call(_tell_digests, path)


def _tell_digests(path: Path, wire: Connection) -> None:
    files = [file for file in path.iterdir() if ".sqlite" in file.name and "-shm" not in file.name]
    wire.send({file.name: sha256(file.read_bytes()).hexdigest() for file in files})
