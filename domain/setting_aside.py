"""Decisions that put money aside inside a grantor's account: for a family, or as a quota.

Money set aside stays the grantor's, who cannot spend it; relatives are paid from it. A family's
money (Fujian, Ningbo, Wenzhou) only grows until the grantor leaves; a quota (the national wallet
since the notice of 2026-01-09) is set anew whenever the grantor wants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.account import Account
from domain.amounts import NOTHING, take
from domain.bookkeeping import check_amount, check_covered, open_account_of
from domain.codes import Area, Funding, Order, Segment, WalletModel
from domain.eligibility import distance
from domain.facts import Change, Outcome
from domain.funding import means
from domain.ids import PersonId
from domain.money import MAX_FEN
from domain.parties import Parties, bound
from domain.person import Person
from domain.pool import Pool, Standing
from domain.purses import AccountSetAside, AccountSetAsideReturned, Purse, pool_purse, quota_purse
from domain.refusals import Code, Refusal, refuse
from domain.rules import RuleSet


def set_aside(
    pool: Pool,
    grantor: Person,
    *,
    amount_fen: int,
    members: Mapping[PersonId, Person],
    rules: RuleSet,
    on: date,
) -> Outcome:
    """Put available money into the family's purse, by the rules of the grantor's area."""
    if refusal := check_amount(amount_fen):
        return refusal
    account = open_account_of(grantor)
    if isinstance(account, Refusal):
        return account
    segments = rules.pool.segments.segments
    if refusal := _check_there(grantor, account, amount_fen, segments=segments):
        return refusal
    if refusal := _check_grantor(pool, grantor, rules=rules, on=on):
        return refusal
    if refusal := _check_order(pool, grantor, members=members, rules=rules):
        return refusal
    if refusal := _check_limits(grantor, account, amount_fen, rules=rules, on=on):
        return refusal
    amount = take(account.available, amount_fen, segments=segments)
    fact = AccountSetAside(
        effective_on=on,
        pool=pool.id,
        purse=pool_purse(pool.id),
        amount=amount,
        left=account.available - amount,
        period=_month(on),
    )
    return (Change(grantor.stream, fact),)


def set_quota(pool: Pool, parties: Parties, *, quota_fen: int, rules: RuleSet, on: date) -> Outcome:
    """Freeze a quota for one beneficiary, or change it: more is frozen, or the rest released.

    What was used of a quota counts: it cannot be cut below that (no source says that it could).
    """
    if not 0 <= quota_fen <= MAX_FEN:
        return refuse(Code.AMOUNT_OUT_OF_RANGE, amount_fen=quota_fen)
    grantor, beneficiary = parties.grantor, parties.beneficiary
    account = open_account_of(grantor)
    if isinstance(account, Refusal):
        return account
    name = quota_purse(beneficiary.id)
    purse = account.set_aside.get(name) or Purse(pool.id, NOTHING, 0)
    more_fen = quota_fen - purse.used_fen - purse.amount.total_fen
    segments = rules.pool.segments.segments
    if refusal := _check_there(grantor, account, more_fen, segments=segments):
        return refusal
    if refusal := _check_quota(pool, parties, rules=rules, on=on):
        return refusal
    if quota_fen < purse.used_fen:
        return refuse(
            Code.QUOTA_BELOW_USED,
            beneficiary=beneficiary.id,
            asked_fen=quota_fen,
            used_fen=purse.used_fen,
        )
    if more_fen < 0:
        less = take(purse.amount, -more_fen, segments=_ALL_LAST_FIRST[segments[0]])
        back = AccountSetAsideReturned(
            effective_on=on,
            pool=pool.id,
            purse=name,
            amount=less,
            left=account.available + less,
            quota_fen=quota_fen,
        )
        return (Change(grantor.stream, back),)
    more = take(account.available, more_fen, segments=segments)
    fact = AccountSetAside(
        effective_on=on,
        pool=pool.id,
        purse=name,
        amount=more,
        left=account.available - more,
        quota_fen=quota_fen,
    )
    return (Change(grantor.stream, fact),)


def _check_there(
    grantor: Person, account: Account, asked_fen: int, *, segments: Sequence[Segment]
) -> Refusal | None:
    available_fen = sum(map(account.available.of, segments))
    if asked_fen <= available_fen:
        return None
    return refuse(
        Code.INSUFFICIENT, person=grantor.id, asked_fen=asked_fen, available_fen=available_fen
    )


def _check_grantor(pool: Pool, grantor: Person, *, rules: RuleSet, on: date) -> Refusal | None:
    """Ask whether this person feeds this family here."""
    if refusal := check_covered(grantor, on):
        return refusal
    if not _beneficiaries(pool, grantor.id):
        return refuse(Code.NOT_A_GRANTOR, person=grantor.id, pool=pool.id)
    funding = rules.pool.funding
    if funding is not Funding.POOL:
        return refuse(
            Code.FUNDING_DIFFERS, rule="pool.funding", funding=funding, asked=Funding.POOL
        )
    return None


def _beneficiaries(pool: Pool, grantor: PersonId) -> list[PersonId]:
    return [
        b.beneficiary
        for b in pool.bindings.values()
        if b.grantor == grantor and b.standing is Standing.BOUND
    ]


def _check_order(
    pool: Pool, grantor: Person, *, members: Mapping[PersonId, Person], rules: RuleSet
) -> Refusal | None:
    """Ask for an order where several feed the family and people must designate one."""
    if rules.pool.order is not Order.USER_SET:
        return None
    for beneficiary in _beneficiaries(pool, grantor.id):
        others = [
            b.grantor
            for b in pool.open_bindings()
            if b.beneficiary == beneficiary and _feeds(members[b.grantor], pool)
        ]
        feeding = sorted({*others, grantor.id})
        if len(feeding) > 1 and not set(feeding) <= set(pool.orders.get(beneficiary, ())):
            return refuse(
                Code.ORDER_NOT_DESIGNATED,
                rule="pool.order",
                beneficiary=beneficiary,
                grantors=", ".join(feeding),
            )
    return None


def _feeds(member: Person, pool: Pool) -> bool:
    account = member.account
    return account is not None and account.money_of(pool_purse(pool.id)) != NOTHING


def _check_limits(
    grantor: Person, account: Account, amount_fen: int, *, rules: RuleSet, on: date
) -> Refusal | None:
    """Ask how much may go, and how often in a month."""
    floor_fen, most = rules.pool.set_aside_floor, rules.pool.set_asides_per_month
    above_fen = max(0, account.available.total_fen - floor_fen)
    if amount_fen > above_fen:
        return refuse(
            Code.SET_ASIDE_FLOOR,
            rule="pool.set_aside_floor",
            asked_fen=amount_fen,
            floor_fen=floor_fen,
            most_fen=above_fen,
        )
    month = _month(on)
    if account.set_asides.get(month, 0) >= most:
        return refuse(
            Code.SET_ASIDES_USED_UP,
            rule="pool.set_asides_per_month",
            person=grantor.id,
            month=month,
            most=most,
        )
    return None


def _check_quota(pool: Pool, parties: Parties, *, rules: RuleSet, on: date) -> Refusal | None:
    """Ask whether this relation is one that a quota pays for."""
    grantor = parties.grantor
    if refusal := check_covered(grantor, on):
        return refusal
    binding = bound(pool, parties)
    if isinstance(binding, Refusal):
        return binding
    home, theirs = (side.region_on(on) for side in (grantor, parties.beneficiary))
    found = means(rules, home=home, theirs=theirs)
    if found.funding is Funding.QUOTA:
        return None
    if rules.wallet.model is WalletModel.CLOSED and distance(home, theirs) is Area.NATION:
        return refuse(Code.QUOTA_NOT_OPEN, rule="wallet.model", region=home)
    return refuse(Code.FUNDING_DIFFERS, rule=found.rule, funding=found.funding, asked=Funding.QUOTA)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


# What would be paid last is released first, from wherever the money of a purse is now.
_ALL_LAST_FIRST: Mapping[Segment, tuple[Segment, ...]] = {
    Segment.CURRENT: (Segment.PRIOR, Segment.CURRENT),
    Segment.PRIOR: (Segment.CURRENT, Segment.PRIOR),
}
