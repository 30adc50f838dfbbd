"""A bulk run may begin where a ledger stands: both then decide the same, and so do these tests.

The single settlement that the other tests compare with knows no store. Here the same bills go to a
real ledger, too, by its commands, and every person must end up the same.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random

from domain.claim import Status
from domain.codes import CreditKind
from domain.ids import ClaimId, MessageId, PersonId, PoolId, RegionCode
from ledger import commands
from ledger.application import Application
from ledger.commands import Command
from ledger.store import memory
from simulation.bulk.deciding import plain
from simulation.bulk.ledgers.obstacles import obstacles
from simulation.random_history import play
from tests.bulk_equality.areas import Areas
from tests.bulk_equality.happenings import Bill, Cancel, Credit, Happening, Roll, Till
from tests.bulk_equality.people import Persons, Pools
from tests.bulk_equality.playing import Desk, Playing
from tests.bulk_equality.singly import Books
from tests.bulk_equality.tally import Tally
from tests.properties.rulebooks import rule_book

_BOOK = rule_book()


class Ledger:
    """A ledger with a random history behind it."""

    def __init__(self, application: Application, seed: int) -> None:
        """Play a history, then end what is open and begin everybody's account year."""
        self.app = application
        self.keys = 0
        people: set[PersonId] = set()
        families: set[PoolId] = set()
        for played in play(application, seed=seed, operations=200):
            if isinstance(played.asked, commands.Enroll):
                people.add(played.asked.person)
            if isinstance(played.asked, commands.OpenPool):
                families.add(played.asked.pool)
            self.at = played.at
        self.people = sorted(p for p in people if application.person(p))
        self.families = sorted(f for f in families if application.pool(f))
        self.at += timedelta(days=500)
        self._tidy()

    def send(self, command: Command) -> None:
        """Send a command under a key of its own."""
        self.keys += 1
        key = MessageId(f"bulk-{self.keys}")
        self.app.execute(command, key=key, at=self.at, actor="test")

    def _tidy(self) -> None:
        for person in self.persons.values():
            held = set(person.account.holds) if person.account else set()
            held |= set(person.wallet.holds) if person.wallet else set()
            for claim in sorted(held):
                self.send(commands.Release(claim=claim))
                self.send(commands.Expire(claim=claim))  # where it has run out
            if person.wallet is not None:
                for transfer in person.wallet.pending:
                    self.send(commands.ReturnTransfer(transfer=transfer))
            self.send(commands.RollYear(person=person.id))

    @property
    def regions(self) -> list[RegionCode]:
        """Give every region that has rules or people."""
        return sorted({*_BOOK.regions(), *(one.region for one in self.persons.values())})

    @property
    def persons(self) -> Persons:
        """Give everybody as the ledger has them."""
        found = {who: self.app.person(who) for who in self.people}
        return {who: person for who, person in found.items() if person is not None}

    @property
    def pools(self) -> Pools:
        """Give every family."""
        found = {family: self.app.pool(family) for family in self.families}
        return {family: pool for family, pool in found.items() if pool is not None}

    def happen(self, happening: Happening) -> None:
        """Send what happens as commands, noon of its day."""
        self.at = datetime.combine(happening.booked, time(4), UTC)
        match happening:
            case Bill(request=request):
                self.send(commands.Settle(request=request))
                claim = self.app.claim(request.claim)
                if claim is not None and claim.status is Status.OFFERED:
                    self.send(commands.Settle(request=request))
            case Cancel(number=number, lines=lines):
                self._cancel(ClaimId(f"C{number}"), lines)
            case Credit(person=person, segment=segment, fen=fen):
                kind = CreditKind.TRANSFER_IN
                self.send(
                    commands.Credit(person=person, amount_fen=fen, kind=kind, segment=segment)
                )
            case Roll(region=region):
                for owner in self.persons.values():
                    if owner.region == region:
                        self.send(commands.RollYear(person=owner.id))

    def _cancel(self, number: ClaimId, lines: tuple[tuple[int, int, int], ...] | None) -> None:
        claim = self.app.claim(number)
        if claim is None or claim.settlement is None:
            return
        own = {line: own for line, own, _ in lines} if lines else None
        fund = {line: fund for line, _, fund in lines} if lines else None
        self.send(commands.Cancel(settlement=claim.settlement, own_fen=own, fund_fen=fund))


def test_ledger_books_in_memory_and_bulk_agree() -> None:
    tally, refused = Tally(), 0
    for seed in range(30):
        with memory() as store, Application(store, _BOOK) as application:
            ledger = Ledger(application, seed)
            found = set(obstacles(ledger.persons, ledger.pools, regions=ledger.regions))
            if not found:
                agree(ledger, Random(f"bills {seed}"), tally)
            refused += bool(found)
            assert {each.says.en for each in found} <= {"moved between pooling areas"}
    assert refused < 8
    assert tally.claims > 2_000


def agree(ledger: Ledger, random: Random, tally: Tally) -> None:
    """Let the same things happen in a ledger, in books in memory and in bulk."""
    areas = Areas("ledger", _BOOK, tuple(ledger.regions), ledger.at.date(), 100)
    till = Till(random, areas, persons=ledger.persons, pools=ledger.pools)
    till.number = 1_000  # beyond those of the history
    stretch = list(till.happenings(120, days=300))
    books = Books(ledger.persons, ledger.pools, _BOOK)
    playing = Playing(random, areas, stretches=[stretch], desk=Desk(plain(), tally))
    assert list(playing.stretch(stretch, books)) == []
    for happening in stretch:
        if happening not in playing.left:
            ledger.happen(happening)
    assert books.persons == ledger.persons
