"""The personal account: its facts, its state, and how facts change the state.

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
from msgspec.structs import replace

from domain import purses
from domain.amounts import NOTHING, Amounts, amounts_in
from domain.codes import CreditKind, Payee
from domain.facts import Fact, recorded
from domain.gifts import AccountGiven, AccountReceived, AccountTransferReturned, passed
from domain.ids import ClaimId, PersonId, SettlementId
from domain.purses import FREE, AccountSetAside, AccountSetAsideReturned, Purses
from domain.record import Instant, Record

_YEAR = len("2026")


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
            return _pay(account, fact, owner, paid=fact.taken)
        case AccountCredited():
            return replace(
                account,
                available=account.available + fact.amount,
                credited_fen=account.credited_fen + fact.amount.total_fen,
                credited_periods=account.credited_periods | ({fact.period} - {""}),
            )
        case AccountRestored():
            return _pay(account, fact, owner, paid=NOTHING - fact.returned)
        case AccountHeld():
            return _hold(account, fact, owner)
        case AccountCaptured() | AccountReleased():
            return _end_hold(account, fact, owner)
        case AccountSetAside():
            return replace(
                account,
                available=account.available - fact.amount,
                set_aside=purses.filled(account.set_aside, fact),
                set_asides=purses.counted(account.set_asides, fact.period),
            )
        case AccountSetAsideReturned():
            return replace(
                account,
                available=account.available + fact.amount,
                set_aside=purses.emptied(account.set_aside, fact),
            )
        case AccountTakenBack():
            return _pass(account, (NOTHING - fact.amount, -fact.amount.total_fen, 0))
        case AccountYearRolled():
            return _roll(account, fact)
        case AccountOutOfAreaSwitched():
            return replace(account, out_of_area=fact.on)
        case AccountGiven() | AccountReceived() | AccountTransferReturned():
            return _pass(account, passed(fact))
        case AccountClosed() | AccountPaidOut() | AccountPassedOn():
            return replace(
                account,
                available=account.available - fact.paid_out,
                paid_fen=account.paid_fen + fact.paid_out.total_fen,
                closed=fact if isinstance(fact, AccountClosed) else account.closed,
            )
        case _:
            msg = f"not a fact of an open account: {fact!r}"
            raise AssertionError(msg)


def _pass(account: Account, moved: tuple[Amounts, int, int]) -> Account:
    amount, credited_fen, paid_fen = moved
    return replace(
        account,
        available=account.available + amount,
        credited_fen=account.credited_fen + credited_fen,
        paid_fen=account.paid_fen + paid_fen,
    )


def _pay(
    account: Account, fact: AccountDebited | AccountRestored, owner: PersonId, *, paid: Amounts
) -> Account:
    """Pay or, below zero, take back what was paid."""
    available, set_aside = _put(account, fact.purse, NOTHING - paid)
    return replace(
        account,
        available=available,
        set_aside=set_aside,
        paid_fen=account.paid_fen + paid.total_fen,
        used=_use(account, owner, fact, paid.total_fen),
    )


def _put(account: Account, purse: str, amount: Amounts) -> tuple[Amounts, Purses]:
    """Add to (or, below zero, take from) the available money or a purse; give both after it."""
    if not purse:
        return account.available + amount, account.set_aside
    return account.available, purses.put(account.set_aside, purse, amount=amount)


def _hold(account: Account, fact: AccountHeld, owner: PersonId) -> Account:
    hold = Hold(
        fact.claim,
        fact.beneficiary,
        fact.service_date,
        fact.account_year,
        fact.held,
        fact.expires_at,
        fact.purse,
    )
    assert fact.claim not in account.holds, "a claim holds an account once"
    available, set_aside = _put(account, fact.purse, NOTHING - fact.held)
    return replace(
        account,
        available=available,
        set_aside=set_aside,
        holds={**account.holds, fact.claim: hold},
        used=_use(account, owner, fact, fact.held.total_fen),
    )


def _end_hold(
    account: Account, fact: AccountCaptured | AccountReleased, owner: PersonId
) -> Account:
    hold = account.holds[fact.claim]
    taken = fact.taken if isinstance(fact, AccountCaptured) else NOTHING
    assert hold.held == taken + fact.returned, "a hold ends whole, segment by segment"
    available, set_aside = _put(account, fact.purse, fact.returned)
    return replace(
        account,
        available=available,
        set_aside=set_aside,
        holds={claim: kept for claim, kept in account.holds.items() if claim != fact.claim},
        paid_fen=account.paid_fen + taken.total_fen,
        used=_use(account, owner, hold, -fact.returned.total_fen),
    )


def _roll(account: Account, fact: AccountYearRolled) -> Account:
    """Turn current money into prior money; forget use that is out of memory."""
    assert fact.account_year > account.account_year, (account, fact)
    inside = account.available + account.set_aside_amounts + account.held
    assert fact.moved_fen == inside.current_fen, fact
    return replace(
        account,
        account_year=fact.account_year,
        available=account.available.as_prior(),
        set_aside=purses.rolled(account.set_aside),
        holds={
            claim: replace(hold, held=hold.held.as_prior()) for claim, hold in account.holds.items()
        },
        used={
            person: {
                period: fen for period, fen in used.items() if _remembers(fact.account_year, period)
            }
            for person, used in account.used.items()
        },
    )


def _remembers(account_year: int, period: str) -> bool:
    """Tell whether use in a period is counted: years for ever, days from the year before on.

    A limit per year binds late claims however late they come; days would grow without end.
    """
    return len(period) == _YEAR or int(period[:_YEAR]) >= account_year - 1


def _use(
    account: Account,
    owner: PersonId,
    use: AccountDebited | AccountHeld | AccountRestored | Hold,
    fen: int,
) -> Mapping[PersonId, Mapping[str, int]]:
    """Count fen towards (or, below zero, back from) a relative's year and day."""
    if use.beneficiary == owner or not fen:
        return account.used
    used = dict(account.used.get(use.beneficiary, _UNUSED))
    year, day = str(use.account_year), use.service_date.isoformat()
    used[year] = used.get(year, 0) + fen
    if _remembers(account.account_year, day):  # else neither counted nor given back
        used[day] = used.get(day, 0) + fen
        assert used[day] >= 0, (use.beneficiary, day)
    assert used[year] >= 0, (use.beneficiary, year)
    return {**account.used, use.beneficiary: used}


def _assert_sound(account: Account, fact: Fact) -> None:
    """Hold the account's invariants after each fact, non-negativity apart from conservation."""
    for name in amounts_in(type(fact)):
        assert getattr(fact, name).is_valid(), fact
    available = account.available
    assert available.is_valid(), (account, fact)
    kept_fen = available.total_fen
    if account.set_aside:
        purses.assert_sound(account.set_aside)
        kept_fen += account.set_aside_amounts.total_fen
    if account.holds:
        for hold in account.holds.values():
            assert hold.held.is_valid(), account
            kept_fen += hold.held.total_fen
    assert account.credited_fen - account.paid_fen == kept_fen, (account, fact)
    assert getattr(fact, "left", available) == available, (account, fact)
