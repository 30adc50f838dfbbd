"""Money set aside inside a personal account: for a whole family, or as a beneficiary's quota.

It stays its owner's, who cannot spend it meanwhile. A purse is named after whom it serves:
`pool:F1` every beneficiary of family F1, `quota:p2` beneficiary p2 alone; the empty name stands
for the money that is free to use.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from domain.amounts import NOTHING, Amounts
from domain.facts import Fact, recorded
from domain.ids import PersonId, PoolId
from domain.record import Record

FREE = ""
"""Names no purse: the account's available money."""


@recorded
class AccountSetAside(Fact, frozen=True, tag="account.set_aside", kw_only=True):
    """Available money was put into a purse, which this opens where it was not open yet.

    `period` ("2026-03") names the month whose set-asides are counted, empty where none are;
    `quota_fen` is the beneficiary's whole quota from now on, None where the purse is a family's.
    """

    pool: PoolId
    purse: str
    amount: Amounts
    left: Amounts
    period: str = ""
    quota_fen: int | None = None


@recorded
class AccountSetAsideReturned(Fact, frozen=True, tag="account.set_aside_returned", kw_only=True):
    """Money of a purse became available again: of a cut quota, or all of it at the purse's end."""

    pool: PoolId
    purse: str
    amount: Amounts
    left: Amounts
    quota_fen: int | None = None
    ended: bool = False


class Purse(Record, frozen=True):
    """State of a purse: the family it belongs to, what is in it, and the whole of a quota."""

    pool: PoolId
    amount: Amounts
    quota_fen: int | None = None

    @property
    def used_fen(self) -> int:
        """Give what was paid or is held out of a quota, in fen; 0 of a family's purse."""
        return 0 if self.quota_fen is None else self.quota_fen - self.amount.total_fen

    def takes_back(self, fen: int) -> bool:
        """Tell whether money that comes back belongs here: a quota never grows beyond itself."""
        return self.quota_fen is None or fen <= self.used_fen


def pool_purse(pool: PoolId) -> str:
    """Name the purse that serves every beneficiary of a family."""
    return f"pool:{pool}"


def quota_purse(beneficiary: PersonId) -> str:
    """Name the purse that serves one beneficiary."""
    return f"quota:{beneficiary}"


def beneficiary_of(purse: str) -> PersonId | None:
    """Give whom a quota serves, None of a family's purse."""
    kind, _, key = purse.partition(":")
    return PersonId(key) if kind == "quota" else None


Purses = Mapping[str, Purse]
"""The open purses of one account by name."""


def total(purses: Purses) -> Amounts:
    """Give what is in all purses together."""
    return sum((purse.amount for purse in purses.values()), NOTHING)


def amount_in(purses: Purses, name: str) -> Amounts:
    """Give what is in a purse, nothing where it is not open."""
    found = purses.get(name)
    return found.amount if found else NOTHING


def put(purses: Purses, name: str, *, amount: Amounts) -> Purses:
    """Add to an open purse or, below zero, take from it."""
    kept = purses[name]
    return {**purses, name: replace(kept, amount=kept.amount + amount)}


def filled(purses: Purses, fact: AccountSetAside) -> Purses:
    """Put money in, opening the purse where it is not open."""
    amount = amount_in(purses, fact.purse) + fact.amount
    return {**purses, fact.purse: Purse(fact.pool, amount, fact.quota_fen)}


def counted(set_asides: Mapping[str, int], period: str) -> Mapping[str, int]:
    """Count one more set-aside in a month; none where no month is named."""
    return {**set_asides, period: set_asides.get(period, 0) + 1} if period else set_asides


def emptied(purses: Purses, fact: AccountSetAsideReturned) -> Purses:
    """Take money out; a purse that has ended is gone."""
    others = {name: purse for name, purse in purses.items() if name != fact.purse}
    left = purses[fact.purse].amount - fact.amount
    if fact.ended:
        assert left == NOTHING, "a purse ends empty"
        return others
    return {**others, fact.purse: Purse(fact.pool, left, fact.quota_fen)}


def rolled(purses: Purses) -> Purses:
    """Turn current money into prior money."""
    return {name: replace(purse, amount=purse.amount.as_prior()) for name, purse in purses.items()}


def assert_sound(purses: Purses) -> None:
    """Hold that nothing in a purse is below zero and that no quota outgrew itself."""
    for name, purse in purses.items():
        assert purse.amount.is_valid(), (name, purse)
        assert purse.used_fen >= 0, (name, purse)
