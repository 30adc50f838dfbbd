"""A rule book with two gates and a trap, to make groups of commands on purpose.

A command about the person at a gate keeps the writer busy until the gate is opened. What is sent
while the outer one is closed waits together and so becomes one group; the inner one, as the last
of that group, keeps the group under way. A command about the person in the trap fails with an
exception in the middle of deciding.
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
IN_THE_TRAP = PersonId("trap")
_TRAP = RegionCode("800000")


class Gate:
    """A person of whom nothing can be decided while the gate is closed."""

    def __init__(self, name: str, region: str) -> None:
        """Begin open; nobody else is in the region."""
        self.person = PersonId(name)
        self.region = RegionCode(region)
        self._arrived, self._open = Event(), Event()
        self._open.set()

    def close(self) -> None:
        """Let the next one wait."""
        self._arrived.clear()
        self._open.clear()

    def open(self) -> None:
        """Let everybody pass."""
        self._open.set()

    def wait_for_arrival(self) -> None:
        """Wait until a decision is held up here."""
        assert self._arrived.wait(WAIT)

    def pass_through(self) -> None:
        """Be held up."""
        self._arrived.set()
        assert self._open.wait(WAIT)


class Sprung(Exception):  # noqa: N818  # a planted failure, not an error of ours
    """The trap's exception."""


class GatedBook(RuleBook):
    """Allows everything; waits at the gates and fails in the trap."""

    def __init__(self) -> None:
        """Begin with the gates open."""
        super().__init__([rules()])
        self.outer, self.inner = Gate("outer", "810000"), Gate("inner", "820000")

    def resolve(self, region: RegionCode, day: date) -> RuleSet | Refusal:
        """Give the rules of the one area there is; the others have none."""
        if region == _TRAP:
            raise Sprung
        for gate in (self.outer, self.inner):
            if region == gate.region:
                gate.pass_through()
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
        self.execute(commands.Enroll(person=IN_THE_TRAP, region=_TRAP, on=START), "e-trap")
        for gate in (book.outer, book.inner):
            enroll = commands.Enroll(person=gate.person, region=gate.region, on=START)
            self.execute(enroll, f"e-{gate.person}")

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
        busy = self._send_to(self._book.outer)
        self._book.outer.wait_for_arrival()
        try:
            yield
        finally:
            self._book.outer.open()
        assert isinstance(busy.result(WAIT), Refusal)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Let the group begin that is held up, and keep it from its commit for a block.

        It has to be the last thing in the block of `held_up`.
        """
        busy = self._send_to(self._book.inner)
        self._book.outer.open()
        self._book.inner.wait_for_arrival()
        try:
            yield
        finally:
            self._book.inner.open()
        assert isinstance(busy.result(WAIT), Refusal)

    def _send_to(self, gate: Gate) -> Future[Reply]:
        """Send somebody to a gate, who is refused behind it: there are no rules."""
        gate.close()
        self._held += 1
        return self.submit(commands.OpenAccount(person=gate.person, on=START), f"g{self._held}")

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
