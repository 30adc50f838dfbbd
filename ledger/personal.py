"""Personal details beside the history: salts and values, in a file from which they can be erased.

The history has commitments alone (`domain.details`). Deleted values are overwritten with zeros
(`secure_delete`), in a file without a write-ahead log, of which no copy is made elsewhere; those
that a file system, a disk or a backup keeps are beyond its reach. Only its owner can read it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from domain.codes import Detail
from domain.details import SALT, DetailsCommitted, DetailsErased, commitment
from domain.ids import PersonId
from domain.record import Record
from domain.text import Text
from ledger.check import Problem
from ledger.errors import StoreDamaged, StoreMissing, StoreUnreachable
from ledger.sqlite_file import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ledger.store import Store

PERSONAL = "personal.sqlite"

_OWNER = 0o600  # reads and writes; nobody else does either

_TABLE = """
CREATE TABLE IF NOT EXISTS openings (
    commitment TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    detail TEXT NOT NULL,
    salt BLOB NOT NULL,
    value TEXT NOT NULL
)
"""


class Described(Record, frozen=True, kw_only=True):
    """Details as somebody writes them down: a text for each, days as 2026-03-01."""

    name: str = ""
    born: str = ""
    identity: str = ""
    phone: str = ""
    address: str = ""


class Opening(NamedTuple):
    """A salt and a value: what shows that a commitment is to this value."""

    person: PersonId
    detail: Detail
    salt: bytes
    value: str

    @property
    def commitment(self) -> str:
        """Give what the history has of it."""
        return commitment(self.detail, self.value, salt=self.salt)


class Personal:
    """The file of a store. It is made when something is first put into it.

    Raises:
        StoreError: from every method, when the file cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        """Use the file in a store's folder."""
        self._path = folder / PERSONAL

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody else changes details, and keep others out.

        Values are there before the history has their commitments: to whoever tidies up meanwhile
        they look left over.
        """
        try:
            file = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, _OWNER)
        except FileNotFoundError as error:
            raise StoreMissing(path=str(self._path.parent)) from error
        except OSError as error:
            raise StoreUnreachable(path=str(self._path), detail=str(error)) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def put(self, openings: Iterable[Opening]) -> None:
        """Keep openings."""
        rows = [(each.commitment, *each) for each in openings]
        try:
            self._path.touch(mode=_OWNER)
            self._path.chmod(_OWNER)  # also one that was made otherwise
        except OSError as error:
            raise StoreUnreachable(path=str(self._path), detail=str(error)) from error
        with translated(self._path), closing(self._connect()) as connection, connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT OR REPLACE INTO openings VALUES (?, ?, ?, ?, ?)", rows)

    def drop(self, commitments: Iterable[str]) -> None:
        """Destroy openings, by what they come to, not by what stands beside them.

        Of those that are not there nothing is said.
        """
        gone = set(commitments)
        if not self._path.exists() or not gone:
            return
        asked = "SELECT person, detail, salt, value, rowid FROM openings"
        with translated(self._path), closing(self._connect()) as connection:
            found = connection.execute(asked).fetchall()
            rows = [(row,) for *opening, row in found if _opening(*opening).commitment in gone]
            with connection:
                connection.executemany("DELETE FROM openings WHERE rowid = ?", rows)
            connection.execute("VACUUM")  # pages that were freed go, too

    def openings(self, person: PersonId | None = None) -> list[Opening]:
        """Give what is kept, of one person or of all."""
        if not self._path.exists():
            return []
        asked = """
            SELECT person, detail, salt, value FROM openings WHERE ? IN (person, '') ORDER BY 1, 2
        """
        with translated(self._path), closing(self._connect()) as connection:
            rows = connection.execute(asked, (person or "",)).fetchall()
        return [_opening(*row) for row in rows]

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")  # else VACUUM writes a copy to a folder
        return connection


def _opening(person: object, detail: object, salt: object, value: object) -> Opening:
    """Read a row, which somebody may have changed."""
    known = detail in set(Detail)
    if not (known and isinstance(salt, bytes) and len(salt) == SALT and isinstance(value, str)):
        says = Text(f"person/{person} 的一行无法读取", f"a row of person/{person} cannot be read")
        raise StoreDamaged(place=PERSONAL, detail=says)
    return Opening(PersonId(str(person)), Detail(str(detail)), salt, value)


def personal_problems(store: Store, personal: Personal) -> Iterator[Problem]:
    """Give openings that are missing, and those that ought to be gone or were never recorded."""
    due: dict[tuple[str, Detail], str] = {}
    topics = (DetailsCommitted.TOPIC, DetailsErased.TOPIC)
    for _, event in store.events(topics=topics):
        person, fact = event.stream.key, event.fact
        if isinstance(fact, DetailsCommitted):
            due |= {(person, detail): said for detail, said in fact.commitments.items()}
        else:
            assert isinstance(fact, DetailsErased), "no other was asked for"
            for detail in fact.details:
                due.pop((person, detail), None)
    kept = {each.commitment: each for each in personal.openings()}
    for (person, detail), said in due.items():
        if kept.pop(said, None) is None:
            zh, en = f"{detail} 的原值缺失或已改", f"the value of {detail} is missing or changed"
            yield Problem(f"person/{person}", Text(zh, en))
    for opening in kept.values():
        zh, en = (
            f"{opening.detail} 的原值应已删除，或从未登记",
            f"a value of {opening.detail} ought to be gone, or was never taken in",
        )
        yield Problem(f"person/{opening.person}", Text(zh, en))
