"""How the facts of a personal account change its state, and what holds after each of them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from domain import purses
from domain.account import (
    Account,
    AccountCaptured,
    AccountClosed,
    AccountCredited,
    AccountDebited,
    AccountHeld,
    AccountOpened,
    AccountOutOfAreaSwitched,
    AccountPaidOut,
    AccountPassedOn,
    AccountReleased,
    AccountRestored,
    AccountTakenBack,
    AccountYearRolled,
    Hold,
)
from domain.amounts import NOTHING, Amounts, amounts_in
from domain.facts import Fact
from domain.gifts import AccountGiven, AccountReceived, AccountTransferReturned, passed
from domain.ids import PersonId
from domain.purses import AccountSetAside, AccountSetAsideReturned, Purses

_YEAR = len("2026")


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
    used = dict(account.used.get(use.beneficiary, {}))
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
