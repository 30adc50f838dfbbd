"""A rule book with a gate and a trap, to make groups of commands on purpose.

A command about the person at the gate keeps the writer busy until the gate is opened; whatever
is sent meanwhile waits together and so becomes one group. A command about the person in the trap
fails with an exception in the middle of deciding.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from domain.ids import MessageId, PersonId, RegionCode
from domain.refusals import Refusal
from domain.rules import RuleBook, RuleSet
from ledger import commands
from ledger import store as stores
from ledger.application import Application
from ledger.commands import Command
from ledger.writer import Receipt, Reply
from tests.builders import HERE, NOON, START, rules
from tests.faults.street import ACTOR, WAIT

PURSES = tuple(PersonId(f"purse{n}") for n in range(4))
AT_THE_GATE, IN_THE_TRAP = PersonId("gate"), PersonId("trap")
_GATE, _TRAP = RegionCode("810000"), RegionCode("820000")


class Sprung(Exception):  # noqa: N818  # a planted failure, not an error of ours
    """The trap's exception."""


class GatedBook(RuleBook):
    """Allows everything; waits at the gate and fails in the trap."""

    def __init__(self) -> None:
        """Begin with the gate open."""
        super().__init__([rules()])
        self.arrived, self.opened = Event(), Event()
        self.opened.set()

    def resolve(self, region: RegionCode, day: date) -> RuleSet | Refusal:
        """Give the rules of the one area there is; the two others have none."""
        if region == _TRAP:
            raise Sprung
        if region == _GATE:
            self.arrived.set()
            assert self.opened.wait(WAIT)
        return super().resolve(region, day)


class Counter:
    """A ledger in a file, with some purses and a gate before its writer."""

    def __init__(self, application: Application, book: GatedBook) -> None:
        """Enrol everybody."""
        self.application = application
        self._book = book
        self._held = 0
        for person in PURSES:
            self.execute(commands.Enroll(person=person, region=HERE, on=START), f"e-{person}")
            self.execute(commands.OpenAccount(person=person, on=START), f"o-{person}")
        for person, region in ((AT_THE_GATE, _GATE), (IN_THE_TRAP, _TRAP)):
            self.execute(commands.Enroll(person=person, region=region, on=START), f"e-{person}")

    def execute(self, command: Command, key: str) -> Receipt:
        """Do a command that has to be accepted."""
        reply = self.application.execute(command, key=MessageId(key), at=NOON, actor=ACTOR)
        assert isinstance(reply, Receipt), reply
        return reply

    def submit(self, command: Command, key: str) -> Future[Reply]:
        """Hand a command over."""
        return self.application.submit(command, key=MessageId(key), at=NOON, actor=ACTOR)

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Keep the writer busy for a block: what is submitted in it becomes one group."""
        self._book.arrived.clear()
        self._book.opened.clear()
        self._held += 1
        busy = self.submit(commands.OpenAccount(person=AT_THE_GATE, on=START), f"g{self._held}")
        assert self._book.arrived.wait(WAIT)
        try:
            yield
        finally:
            self._book.opened.set()
        assert isinstance(busy.result(WAIT), Refusal)

    def money(self) -> dict[PersonId, int]:
        """Give what is in each purse, fen."""
        found = {}
        for person in PURSES:
            owner = self.application.person(person)
            assert owner is not None
            assert owner.account is not None
            found[person] = owner.account.available.total_fen
        return found


@contextmanager
def counter() -> Iterator[Counter]:
    """Open a counter on a fresh store."""
    book = GatedBook()
    with TemporaryDirectory(prefix="counter-") as folder:
        path = Path(folder) / "store"
        stores.init(path)
        with stores.open_writer(path) as store, Application(store, book) as application:
            yield Counter(application, book)
