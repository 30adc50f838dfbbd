"""A store that a newer version wrote is refused, and left as it is to the last byte.

A newer version may write another format of the file, events of a new kind, or a known event in a
new form. A process of its own plays the newer version, so that this one really does not know.
What is sent here needs a stream with such an event: a command about other streams would not meet
it, which is why a version that must not be written beside raises the format.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import cast

import msgspec

from domain.claim import ClaimAuthorized, ClaimReleased, ClaimSettled
from domain.facts import CATALOG, Fact, recorded
from domain.ids import MessageId
from ledger import commands
from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from ledger.errors import StoreNewer
from tests.faults import children, street
from tests.faults.report import Line, Profile, Tally, in_parts

PART = 5

Future = Callable[[Path, Random], None]
"""What a newer version does to a store."""


def run(profile: Profile) -> Line:
    """Let newer versions write 15 stores (long: 600)."""
    runs = profile.times(short=15, long=600)
    tally = in_parts("newer_versions", profile, _part, runs=runs, part=PART)
    tally.demand(*FUTURES)
    return tally.line("store of a newer version", unit="stores")


def _part(rounds: range) -> Tally:
    tally = Tally()
    for number in rounds:
        random = Random(number)
        name = list(FUTURES)[number % len(FUTURES)]
        with TemporaryDirectory(prefix="newer-versions-") as folder:
            path = Path(folder) / "store"
            stores.init(path)
            children.call(_write, path, name, random.randrange(100_000))
            before = _contents(path)
            tally.runs += 1
            tally.counts[name] += 1
            problems = list(filter(None, (_opened(path), _read(path), _continued(path))))
            tally.fired += problems == []  # refused, all three times: it is newer indeed
            if _contents(path) != before:
                problems.append("the files have changed")
            if problems:
                tally.find(f"{number} {name}: {'; '.join(problems)}")
    return tally


def _write(path: Path, name: str, seed: int, wire: Connection) -> None:
    """Found the street, be newer, and go on in the old way, or not."""
    with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
        street.found(application)
    FUTURES[name](path, Random(seed))
    wire.send("written")


# ------------------------------------------------------------------------ what newer versions write


def _another_format(path: Path, random: Random) -> None:
    with closing(sqlite3.connect(path / stores.EVENTS)) as connection:
        ((version,),) = connection.execute("PRAGMA user_version")
        connection.execute(f"PRAGMA user_version = {version + random.randint(1, 1_000)}")


def _a_new_kind_of_event(path: Path, random: Random) -> None:
    """Call settlements by another name; the first event is of the new kind, or the last one."""
    _supersede(ClaimSettled, tag="claim.settled_anew")
    _settle(path, random)


def _a_new_form_of_event(path: Path, random: Random) -> None:
    for kind in (ClaimSettled, ClaimAuthorized, ClaimReleased):
        _supersede(kind, tag=f"{kind.TOPIC}@{kind.VERSION + 1}")
    _settle(path, random)


def _supersede(kind: type[Fact], *, tag: str) -> None:
    """Let this process write facts of a kind under another tag, as a newer version would."""
    newer = msgspec.defstruct(kind.__name__, [], bases=(kind,), frozen=True, tag=tag)
    del CATALOG[kind.TOPIC]
    recorded(cast("type[Fact]", newer))
    modules = [module for name, module in sys.modules.items() if name.startswith("domain.")]
    for module in modules:
        if vars(module).get(kind.__name__) is kind:
            setattr(module, kind.__name__, newer)


FUTURES: dict[str, Future] = {
    "format of the file": _another_format,
    "kind of event": _a_new_kind_of_event,
    "form of an event": _a_new_form_of_event,
}


def _settle(path: Path, random: Random) -> None:
    with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
        street.answers(application, (street.settle(n) for n in range(random.randint(1, 9))))


# ----------------------------------------------------------------------------- what this one does


def _opened(path: Path) -> str | None:
    """Open it for writing and send again what the newer version has settled."""
    sent = street.settle(0)
    another = commands.Settle(request=street.request(sent), note="another body")
    key = MessageId("by-an-older-version")

    def settle() -> object:
        with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
            return application.execute(another, key=key, at=sent.at, actor=street.ACTOR)

    return _is_refused("opened and asked for a claim", settle)


def _read(path: Path) -> str | None:
    """Read all of it."""

    def read() -> object:
        with stores.open_reader(path) as store:
            return len(list(store.events()))

    return _is_refused("read", read)


def _continued(path: Path) -> str | None:
    """Check it: either that is refused or it says that something is newer."""

    def check() -> object:
        with stores.open_reader(path) as store:
            if any("newer version" in problem.says.en for problem in check_store(store)):
                raise StoreNewer(place=path.name, found="in a check", known="less")
            return "nothing found"

    return _is_refused("checked", check)


def _is_refused(what: str, trying: Callable[[], object]) -> str | None:
    try:
        return f"{what}: {trying()}"
    except StoreNewer:
        return None
    except Exception as error:  # noqa: BLE001  # every other error is the wrong one
        return f"{what}: {type(error).__name__}: {error}"


def _contents(path: Path) -> dict[str, bytes]:
    """Give every file that holds data; nobody has the store open.

    Who reads may leave an empty log behind, and the index to it that processes share.
    """
    files = [file for file in path.iterdir() if ".sqlite" in file.name and "-shm" not in file.name]
    return {file.name: data for file in files if (data := file.read_bytes())}
