"""One round of the comparison: areas, people and what happens to them, drawn from its number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from msgspec.structs import replace

from domain import pool as pools
from domain.account import Account
from domain.codes import EndReason
from domain.person import PersonLeftPool, evolve
from domain.pool import Pool, RelationEnded
from tests.bulk_equality.areas import areas
from tests.bulk_equality.comparing import Difference
from tests.bulk_equality.happenings import Till
from tests.bulk_equality.people import closed, people
from tests.bulk_equality.playing import Desk, Playing
from tests.bulk_equality.singly import Books, open_years

FAMILIES = 12


def play(number: int, *, bills: int, desk: Desk) -> Iterator[Difference]:
    """Play a round; give what differs.

    Some rounds have two stretches: between them relations end and accounts are closed, so that
    what is cancelled afterwards was paid by a population that is no longer the same.
    """
    random = Random(f"round {number}")
    drawn = areas(random, number)
    persons, families = people(random, drawn, families=FAMILIES)
    till = Till(random, drawn, persons=persons, pools=families)
    parts = random.choice((1, 2))
    days = random.choice((20, 200, 480)) // parts
    stretches = [list(till.happenings(bills // parts, days=days))]
    if parts > 1:
        after = till.happenings(bills - bills // parts, days=days)
        stretches.append([*till.aftermath(_CANCELLED), *after])
    books = Books(persons, families, drawn.book)
    playing = Playing(random, drawn, stretches=stretches, desk=desk)
    for part, stretch in enumerate(stretches):
        if part:
            change(random, books, stretch[0].booked)
        yield from playing.stretch(stretch, books)


def change(random: Random, books: Books, on: date) -> None:
    """End some relations, close some accounts, cut some quotas to what is left in them.

    An account with purses stays open.
    """
    for pool in books.pools.values():
        books.put(_with_ended_relations(random, pool, on))
    for person in books.persons.values():
        for pool in [books.pools[each] for each in person.pools]:
            if not pool.bindings_of(person.id):
                left = PersonLeftPool(effective_on=on, pool=pool.id)
                books.put(evolve(books.person(person.id), left))
    for person in books.persons.values():
        account = person.account
        if account is None or account.closed is not None:
            continue
        if account.set_aside and random.random() < _CUT:
            books.put(replace(person, account=with_cut_quotas(account)))
        if not account.set_aside and random.random() < _CLOSED:
            books.put(replace(person, account=closed(account, on)))
    books.years = open_years(books.persons.values())


_ENDED, _CLOSED = 0.4, 0.1  # of all relations, of all accounts
_CUT = 0.3  # of all accounts with purses
_CANCELLED = 40


def with_cut_quotas(account: Account) -> Account:
    """Let no quota be larger than what is left in it, so that it takes nothing back."""
    cut = {
        name: purse if purse.quota_fen is None else replace(purse, quota_fen=purse.amount.total_fen)
        for name, purse in account.set_aside.items()
    }
    return replace(account, set_aside=cut)


def _with_ended_relations(random: Random, pool: Pool, on: date) -> Pool:
    after = pool
    for binding in pool.open_bindings():
        if random.random() < _ENDED:
            ended = RelationEnded(
                effective_on=on,
                grantor=binding.grantor,
                beneficiary=binding.beneficiary,
                reason=EndReason.UNBOUND,
            )
            after = pools.evolve(after, ended)
    return after
