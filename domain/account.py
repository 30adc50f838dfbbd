"""The personal account: its facts, its state, and how facts change the state.

An account lives in its owner's stream (`domain.person`). Money is in one of two segments and is
either available or held; a hold belongs to one claim and is captured or released once. Every
fact that moves money says what is left, so that replaying an altered history stops at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar

from pydantic import AwareDatetime, ConfigDict

from domain.codes import CreditKind, Payee, Segment
from domain.facts import Fact, recorded_as
from domain.ids import ClaimId, PersonId, SettlementId


@dataclass(frozen=True, slots=True)
class Amounts:
    """Fen by segment."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    current_fen: int = 0
    prior_fen: int = 0

    @property
    def total_fen(self) -> int:
        """Give both segments together."""
        return self.current_fen + self.prior_fen

    def of(self, segment: Segment) -> int:
        """Give one segment's fen."""
        return self.current_fen if segment is Segment.CURRENT else self.prior_fen

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.current_fen + other.current_fen, self.prior_fen + other.prior_fen)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(self.current_fen - other.current_fen, self.prior_fen - other.prior_fen)

    def as_prior(self) -> Amounts:
        """Give the same money once its account year has closed."""
        return Amounts(0, self.total_fen)

    def is_valid(self) -> bool:
        """Tell whether neither segment is below zero."""
        return self.current_fen >= 0 and self.prior_fen >= 0


NOTHING = Amounts()

_YEAR = len("2026")


def amounts(segment: Segment, fen: int) -> Amounts:
    """Put fen into one segment."""
    return Amounts(fen, 0) if segment is Segment.CURRENT else Amounts(0, fen)


@recorded_as("account.opened")
class AccountOpened(Fact):
    """A personal account was opened. `account_year` is named by the year in which it starts."""

    account_year: int


@recorded_as("account.credited")
class AccountCredited(Fact):
    """Money came in. `period` names what a periodic credit is for and is never credited twice."""

    kind: CreditKind
    amount: Amounts
    period: str = ""
    left: Amounts


@recorded_as("account.taken_back")
class AccountTakenBack(Fact):
    """A credit that was not due was taken back."""

    amount: Amounts
    left: Amounts


@recorded_as("account.year_rolled")
class AccountYearRolled(Fact):
    """A new account year began: what was current money, held money included, became prior."""

    account_year: int
    moved_fen: int
    left: Amounts


@recorded_as("account.debited")
class AccountDebited(Fact):
    """The account paid for a claim of its owner or of a relative."""

    claim: ClaimId
    settlement: SettlementId
    beneficiary: PersonId
    service_date: date
    account_year: int
    taken: Amounts
    left: Amounts


@recorded_as("account.held")
class AccountHeld(Fact):
    """Money was set aside for a claim until `expires_at`."""

    claim: ClaimId
    beneficiary: PersonId
    service_date: date
    account_year: int
    held: Amounts
    expires_at: AwareDatetime
    left: Amounts


@recorded_as("account.captured")
class AccountCaptured(Fact):
    """A hold ended: `taken` was paid, the remainder `returned` became available again."""

    claim: ClaimId
    settlement: SettlementId
    taken: Amounts
    returned: Amounts
    left: Amounts


@recorded_as("account.released")
class AccountReleased(Fact):
    """A hold ended without payment and all of it became available again."""

    claim: ClaimId
    returned: Amounts
    left: Amounts


@recorded_as("account.restored")
class AccountRestored(Fact):
    """Money of a cancelled or reversed settlement came back, and used limits with it."""

    claim: ClaimId
    settlement: SettlementId
    beneficiary: PersonId
    service_date: date
    account_year: int
    returned: Amounts
    left: Amounts


@recorded_as("account.closed")
class AccountClosed(Fact):
    """The account was closed and its rest paid out."""

    payee: Payee
    heir: PersonId | None = None
    paid_out: Amounts


@recorded_as("account.paid_out")
class AccountPaidOut(Fact):
    """Money that came back to a closed account was passed on to whoever received its rest."""

    payee: Payee
    heir: PersonId | None = None
    paid_out: Amounts


@dataclass(frozen=True, slots=True)
class Hold:
    """Money of one account set aside for one claim."""

    claim: ClaimId
    beneficiary: PersonId
    service_date: date
    account_year: int
    held: Amounts
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """State of a personal account.

    `used` counts what each relative used, by account year ("2026") and by day ("2026-03-02"),
    in fen; open holds count as used. `credited_fen` and `paid_fen` are totals since opening:
    credited − paid = available + held, always.
    """

    account_year: int
    available: Amounts = NOTHING
    holds: Mapping[ClaimId, Hold] = field(default_factory=dict)
    used: Mapping[tuple[PersonId, str], int] = field(default_factory=dict)
    credited_periods: frozenset[str] = frozenset()
    credited_fen: int = 0
    paid_fen: int = 0
    closed: AccountClosed | None = None

    @property
    def held(self) -> Amounts:
        """Give the sum of all open holds."""
        return sum((hold.held for hold in self.holds.values()), NOTHING)

    def used_fen(self, beneficiary: PersonId, period: str) -> int:
        """Give what a relative used in a period ("2026" or "2026-03-02"), in fen."""
        return self.used.get((beneficiary, period), 0)

    def used_by_all_fen(self, period: str) -> int:
        """Give what all relatives together used in a period, in fen."""
        return sum(fen for (_, key), fen in self.used.items() if key == period)


def evolve_account(account: Account | None, fact: Fact, *, owner: PersonId) -> Account:
    """Apply one account fact. `owner` tells own use, which no limit counts, from relatives'."""
    if account is None:
        assert isinstance(fact, AccountOpened), fact
        return Account(fact.account_year)
    after = _apply(account, fact, owner)
    _assert_sound(after, fact)
    return after


def _apply(account: Account, fact: Fact, owner: PersonId) -> Account:
    """Compute the state after a fact, one case for each fact."""
    match fact:
        case AccountDebited():
            return replace(
                account,
                available=account.available - fact.taken,
                paid_fen=account.paid_fen + fact.taken.total_fen,
                used=_use(account, owner, fact, fact.taken.total_fen),
            )
        case AccountCredited():
            return replace(
                account,
                available=account.available + fact.amount,
                credited_fen=account.credited_fen + fact.amount.total_fen,
                credited_periods=account.credited_periods | ({fact.period} - {""}),
            )
        case AccountRestored():
            return replace(
                account,
                available=account.available + fact.returned,
                paid_fen=account.paid_fen - fact.returned.total_fen,
                used=_use(account, owner, fact, -fact.returned.total_fen),
            )
        case AccountHeld():
            return _hold(account, fact, owner)
        case AccountCaptured() | AccountReleased():
            return _end_hold(account, fact, owner)
        case AccountTakenBack():
            return replace(
                account,
                available=account.available - fact.amount,
                credited_fen=account.credited_fen - fact.amount.total_fen,
            )
        case AccountYearRolled():
            return _roll(account, fact)
        case AccountClosed() | AccountPaidOut():
            return replace(
                account,
                available=account.available - fact.paid_out,
                paid_fen=account.paid_fen + fact.paid_out.total_fen,
                closed=fact if isinstance(fact, AccountClosed) else account.closed,
            )
        case _:
            msg = f"not a fact of an open account: {fact!r}"
            raise AssertionError(msg)


def _hold(account: Account, fact: AccountHeld, owner: PersonId) -> Account:
    hold = Hold(
        fact.claim,
        fact.beneficiary,
        fact.service_date,
        fact.account_year,
        fact.held,
        fact.expires_at,
    )
    assert fact.claim not in account.holds, "a claim holds an account once"
    return replace(
        account,
        available=account.available - fact.held,
        holds={**account.holds, fact.claim: hold},
        used=_use(account, owner, fact, fact.held.total_fen),
    )


def _end_hold(
    account: Account, fact: AccountCaptured | AccountReleased, owner: PersonId
) -> Account:
    hold = account.holds[fact.claim]
    taken = fact.taken if isinstance(fact, AccountCaptured) else NOTHING
    assert hold.held == taken + fact.returned, "a hold ends whole, segment by segment"
    return replace(
        account,
        available=account.available + fact.returned,
        holds={claim: kept for claim, kept in account.holds.items() if claim != fact.claim},
        paid_fen=account.paid_fen + taken.total_fen,
        used=_use(account, owner, hold, -fact.returned.total_fen),
    )


def _roll(account: Account, fact: AccountYearRolled) -> Account:
    """Turn current money into prior money; forget use that is out of memory."""
    assert fact.account_year > account.account_year, (account, fact)
    assert fact.moved_fen == account.available.current_fen + account.held.current_fen, fact
    return replace(
        account,
        account_year=fact.account_year,
        available=account.available.as_prior(),
        holds={
            claim: replace(hold, held=hold.held.as_prior()) for claim, hold in account.holds.items()
        },
        used={
            (person, period): fen
            for (person, period), fen in account.used.items()
            if _remembers(fact.account_year, period)
        },
    )


def _remembers(account_year: int, period: str) -> bool:
    """Tell whether use in a period is counted: years for ever, days from the year before on.

    A limit per year binds late claims however late they come; days would grow without end.
    """
    return len(period) == _YEAR or period[:_YEAR] >= str(account_year - 1)


def _use(
    account: Account,
    owner: PersonId,
    use: AccountDebited | AccountHeld | AccountRestored | Hold,
    fen: int,
) -> Mapping[tuple[PersonId, str], int]:
    """Count fen towards (or, below zero, back from) a relative's year and day."""
    if use.beneficiary == owner or not fen:
        return account.used
    used = dict(account.used)
    for period in (str(use.account_year), use.service_date.isoformat()):
        key = (use.beneficiary, period)
        if _remembers(account.account_year, period):  # else neither counted nor given back
            used[key] = used.get(key, 0) + fen
            assert used[key] >= 0, key
    return used


def _assert_sound(account: Account, fact: Fact) -> None:
    """Hold the account's invariants after each fact, non-negativity apart from conservation."""
    moved = [value for value in vars(fact).values() if isinstance(value, Amounts)]
    assert all(value.is_valid() for value in moved), fact
    assert account.available.is_valid(), (account, fact)
    assert all(hold.held.is_valid() for hold in account.holds.values()), account
    assert (
        account.credited_fen - account.paid_fen
        == account.available.total_fen + account.held.total_fen
    ), (account, fact)
    left = getattr(fact, "left", None)
    assert left is None or left == account.available, (account, fact)
