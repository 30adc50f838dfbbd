"""Ledgers to measure on: founded once, copied for each section, served as a program serves them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from shutil import copytree
from typing import Any

from benchmarks.clients import NotSettled, Run, drive
from benchmarks.setting import ACTOR, MANY, Setting
from benchmarks.workload import Family, Sent, families, founding, own_fen, settlements
from domain.account import Account
from domain.refusals import Refusal
from domain.rules import RuleBook
from domain.text import Text
from ledger import store as stores
from ledger.application import Application
from ledger.collector import seldom_collecting
from ledger.store import Store

_AT_ONCE = 4_096  # commands that found, in flight at the same time
_BATCH = 50_000  # settlements made at once


class MoneyAstray(Exception):  # noqa: N818 - the name says what is wrong
    """The accounts did not pay what the claims asked for, so the figures mean nothing."""

    def __init__(self, *, asked_fen: int, found_fen: int) -> None:
        """Tell both sums."""
        super().__init__(f"claims ask for {asked_fen} fen, accounts say {found_fen} fen")


class Till:
    """A ledger that serves. Its settlements are numbered, and no number comes twice."""

    def __init__(self, application: Application, known: Sequence[Family], *, first: int) -> None:
        """Serve these families; the first settlement has the number `first`."""
        self.application = application
        self.known = known
        self._next = first

    def send(self, sent: Sent) -> Future[Any]:
        """Hand a request in."""
        return self.application.submit(sent.command, key=sent.key, at=sent.at, actor=ACTOR)

    def found(self) -> None:
        """Set the families up by the ordinary commands, in order and in large groups.

        Raises:
            NotSettled: one was refused.
        """
        commands = founding(self.known)
        while batch := [self.send(sent) for sent in islice(commands, _AT_ONCE)]:
            for done in batch:
                if isinstance(refusal := done.result(), Refusal):
                    raise NotSettled(refusal.says("en"))

    def settle(
        self,
        count: int,
        *,
        clients: int,
        seconds: int | None = None,
        among: Sequence[Family] = (),
    ) -> Run:
        """Settle claims of all families or of some; requests are made before the clock starts.

        Raises:
            NotSettled: one was refused.
            MoneyAstray: they were settled, but the accounts did not pay for them.
        """
        among = among or self.known
        requests = settlements(among, count, first=self.take(count))
        before_fen = self.paid_fen(among)
        run = drive(self.send, requests, clients=clients, seconds=seconds)
        check_money(
            asked_fen=own_fen(requests[: run.settlements]),
            found_fen=self.paid_fen(among) - before_fen,
        )
        return run

    def take(self, count: int) -> int:
        """Set so many numbers of settlements aside and give the first."""
        first = self._next
        self._next += count
        return first

    def fill(self, count: int) -> None:
        """Settle as many claims, untimed and lot by lot."""
        for done in range(0, count, _BATCH):
            self.settle(min(_BATCH, count - done), clients=MANY)

    def paid_fen(self, among: Iterable[Family]) -> int:
        """Give what the grantors' accounts of some families have paid so far, fen."""
        return sum(account.paid_fen for account in self._accounts(among))

    def held_fen(self, among: Iterable[Family]) -> int:
        """Give what stands on hold on the grantors' accounts of some families, fen."""
        return sum(account.held.total_fen for account in self._accounts(among))

    def _accounts(self, among: Iterable[Family]) -> Iterator[Account]:
        for grantor in (grantor for family in among for grantor in family.grantors):
            person = self.application.person(grantor)
            assert person is not None, grantor
            assert person.account is not None, grantor
            yield person.account


def check_money(*, asked_fen: int, found_fen: int) -> None:
    """Insist that money moved as asked.

    Raises:
        MoneyAstray: it did not.
    """
    if asked_fen != found_fen:
        raise MoneyAstray(asked_fen=asked_fen, found_fen=found_fen)


@contextmanager
def serving(
    path: Path,
    book: RuleBook,
    *,
    known: Sequence[Family],
    first: int = 0,
    at_hand: bool = True,
    opening: Callable[[Path], Store] = stores.open_writer,
) -> Iterator[Till]:
    """Serve a store as a program does that serves for long; `at_hand` reads everybody first."""
    with opening(path) as store, Application(store, book) as application:
        if at_hand:
            for family in known:
                application.pool(family.pool)
                for person in family.patients + family.grantors:
                    application.person(person)
        with seldom_collecting():
            yield Till(application, known, first=first)


def empty(setting: Setting, name: str) -> Path:
    """Make a store with nothing in it."""
    path = setting.folder / name
    stores.init(path)
    return path


def founded(setting: Setting, persons: int, *, name: str) -> Path:
    """Give a store of its own, by this name, in which families have been set up."""
    return copy(settled(setting, persons, count=0), setting.folder / name)


def settled(setting: Setting, persons: int, *, count: int) -> Path:
    """Give the one store with so many persons and settlements. It is there to be read."""
    path = setting.folder / f"settled-{persons}-{count}"
    if path.exists():
        return path
    known = families(persons)
    if count == 0:
        setting.tell(Text(f"建立 {len(known):,} 个家庭", f"setting up {len(known):,} families"))
        with serving(empty(setting, path.name), setting.book, known=known, at_hand=False) as till:
            till.found()
        return path
    before = settled(setting, persons, count=0)
    setting.tell(Text(f"先结算 {count:,} 笔", f"settling {count:,} claims beforehand"))
    with serving(copy(before, path), setting.book, known=known) as till:
        till.fill(count)
    return path


def copy(store: Path, path: Path) -> Path:
    """Copy a closed store."""
    return copytree(store, path)
