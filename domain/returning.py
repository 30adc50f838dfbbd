"""The way back of money set aside: into its purse while that is open, else to its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.account import Account
from domain.amounts import Amounts
from domain.booking import Booking
from domain.facts import Change
from domain.ids import PersonId
from domain.person import Person
from domain.pool import Binding, Pool
from domain.purses import FREE, AccountSetAsideReturned, pool_purse, quota_purse
from domain.rules import RuleSet


def way_back(account: Account, purse: str, *, amount: Amounts) -> tuple[str, Amounts]:
    """Give the purse that money taken from `purse` goes back to, and what is then available.

    A purse that has ended takes nothing back, nor does a quota that never gave as much: the money
    is then its owner's to use.
    """
    kept = account.set_aside.get(purse)
    if kept is not None and kept.takes_back(amount.total_fen):
        return purse, account.available
    return FREE, account.available + amount


def end_purse(booking: Booking, owner: PersonId, *, purse: str, on: date) -> None:
    """End a purse, if it is open, and make what is left in it available again."""
    account = booking.account(owner)
    kept = account.set_aside.get(purse)
    if kept is not None:
        fact = AccountSetAsideReturned(
            effective_on=on,
            pool=kept.pool,
            purse=purse,
            amount=kept.amount,
            left=account.available + kept.amount,
            ended=True,
        )
        booking.book(owner, fact)


def end_purses_of(
    pool: Pool,
    ended: Sequence[Binding],
    *,
    members: Mapping[PersonId, Person],
    rules: RuleSet,
    on: date,
) -> list[Change]:
    """Return what was set aside for relations that end now, where the area's rules say so.

    A quota ends with its relation, a family's purse with its owner's last relation as a grantor.
    """
    if not rules.pool.rest_returns:
        return []
    gone = {(b.grantor, b.beneficiary) for b in ended}
    still_grantors = {
        b.grantor for b in pool.open_bindings() if (b.grantor, b.beneficiary) not in gone
    }
    booking = Booking(members)
    for grantor, beneficiary in sorted(gone):
        end_purse(booking, grantor, purse=quota_purse(beneficiary), on=on)
        if grantor not in still_grantors:
            end_purse(booking, grantor, purse=pool_purse(pool.id), on=on)
    return booking.changes
