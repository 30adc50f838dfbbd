"""The personal account: its facts and its state; `domain.account_fold` applies one to the other.

An account lives in its owner's stream (`domain.person`). Money is in one of two segments and is
available, set aside for relatives (`domain.purses`) or held; a hold belongs to one claim and is
captured or released once. Every fact that moves money says what is left available, so that
replaying an altered history stops at once. Where a fact names a `purse`, its money came from
there or went back there; else it was available money.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from domain import purses
from domain.amounts import NOTHING, Amounts
from domain.codes import CreditKind, Payee
from domain.facts import Fact, recorded
from domain.ids import ClaimId, PersonId, SettlementId
from domain.purses import FREE, Purses
from domain.record import Instant, Record


@recorded
class AccountOpened(Fact, frozen=True, tag="account.opened"):
    """A personal account was opened. `account_year` is named by the year in which it starts."""

    account_year: int


@recorded
class AccountCredited(Fact, frozen=True, tag="account.credited", kw_only=True):
    """Money came in. `period` names what a periodic credit is for and is never credited twice."""

    kind: CreditKind
    amount: Amounts
    period: str = ""
    left: Amounts


@recorded
class AccountTakenBack(Fact, frozen=True, tag="account.taken_back"):
    """A credit that was not due was taken back."""

    amount: Amounts
    left: Amounts


@recorded
class AccountYearRolled(Fact, frozen=True, tag="account.year_rolled"):
    """A new account year began: what was current money, held money included, became prior."""

    account_year: int
    moved_fen: int
    left: Amounts


@recorded
class AccountDebited(Fact, frozen=True, tag="account.debited"):
    """The account paid for a claim of its owner or of a relative."""

    claim: ClaimId
    settlement: SettlementId
    beneficiary: PersonId
    service_date: date
    account_year: int
    taken: Amounts
    left: Amounts
    purse: str = FREE


@recorded
class AccountHeld(Fact, frozen=True, tag="account.held"):
    """Money was set aside for a claim until `expires_at`."""

    claim: ClaimId
    beneficiary: PersonId
    service_date: date
    account_year: int
    held: Amounts
    expires_at: Instant
    left: Amounts
    purse: str = FREE


@recorded
class AccountCaptured(Fact, frozen=True, tag="account.captured"):
    """A hold ended: `taken` was paid, the remainder `returned` became available again."""

    claim: ClaimId
    settlement: SettlementId
    taken: Amounts
    returned: Amounts
    left: Amounts
    purse: str = FREE


@recorded
class AccountReleased(Fact, frozen=True, tag="account.released"):
    """A hold ended without payment and all of it became available again."""

    claim: ClaimId
    returned: Amounts
    left: Amounts
    purse: str = FREE


@recorded
class AccountRestored(Fact, frozen=True, tag="account.restored"):
    """Money of a cancelled or reversed settlement came back, and used limits with it."""

    claim: ClaimId
    settlement: SettlementId
    beneficiary: PersonId
    service_date: date
    account_year: int
    returned: Amounts
    left: Amounts
    purse: str = FREE


@recorded
class AccountPassedOn(Fact, frozen=True, tag="account.passed_on"):
    """Money that came back for a claim went on to the patient in cash: the relation had ended."""

    claim: ClaimId
    settlement: SettlementId
    beneficiary: PersonId
    paid_out: Amounts
    left: Amounts


@recorded
class AccountOutOfAreaSwitched(Fact, frozen=True, tag="account.out_of_area_switched"):
    """The owner switched the use of the account outside the home area on or off."""

    on: bool


@recorded
class AccountClosed(Fact, frozen=True, tag="account.closed", kw_only=True):
    """The account was closed and its rest paid out."""

    payee: Payee
    heir: PersonId | None = None
    paid_out: Amounts


@recorded
class AccountPaidOut(Fact, frozen=True, tag="account.paid_out", kw_only=True):
    """Money that came back to a closed account was passed on to whoever received its rest."""

    payee: Payee
    heir: PersonId | None = None
    paid_out: Amounts


class Hold(Record, frozen=True):
    """Money of one account set aside for one claim."""

    claim: ClaimId
    beneficiary: PersonId
    service_date: date
    account_year: int
    held: Amounts
    expires_at: Instant
    purse: str = FREE


class Account(Record, frozen=True):
    """State of a personal account.

    `used` counts what each relative used, in fen by account year ("2026") and by day
    ("2026-03-02"); open holds count as used. `credited_fen` and `paid_fen` are totals since
    opening: credited − paid = available + set aside + held, always. `set_asides` counts how often
    money was set aside in a month ("2026-03"). `out_of_area` is the owner's switch for use outside
    the home area, where the area demands one.
    """

    account_year: int
    available: Amounts = NOTHING
    set_aside: Purses = msgspec.field(default_factory=dict)
    set_asides: Mapping[str, int] = msgspec.field(default_factory=dict)
    holds: Mapping[ClaimId, Hold] = msgspec.field(default_factory=dict)
    used: Mapping[PersonId, Mapping[str, int]] = msgspec.field(default_factory=dict)
    credited_periods: frozenset[str] = frozenset()
    credited_fen: int = 0
    paid_fen: int = 0
    closed: AccountClosed | None = None
    out_of_area: bool = False

    @property
    def held(self) -> Amounts:
        """Give the sum of all open holds."""
        return sum((hold.held for hold in self.holds.values()), NOTHING) if self.holds else NOTHING

    @property
    def set_aside_amounts(self) -> Amounts:
        """Give what is in all purses together."""
        return purses.total(self.set_aside)

    @property
    def balance_fen(self) -> int:
        """Give what is there and not held, set aside or not, in fen."""
        aside = self.set_aside_amounts.total_fen if self.set_aside else 0
        return self.available.total_fen + aside

    def money_of(self, purse: str) -> Amounts:
        """Give what is available, or what is in a purse; nothing where it is not open."""
        return purses.amount_in(self.set_aside, purse) if purse else self.available

    def used_fen(self, beneficiary: PersonId, period: str) -> int:
        """Give what a relative used in a period ("2026" or "2026-03-02"), in fen."""
        return self.used.get(beneficiary, _UNUSED).get(period, 0)

    def used_by_all_fen(self, period: str) -> int:
        """Give what all relatives together used in a period, in fen."""
        return sum([used.get(period, 0) for used in self.used.values()])


_UNUSED: Mapping[str, int] = {}
