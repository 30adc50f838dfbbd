"""The auditor's view of money that is set aside: for a family, or as a quota."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.codes import Funding, Order, WalletModel
from domain.money import MAX_FEN
from domain.refusals import Code
from domain.rules import RuleSet
from ledger import commands
from tests.properties.auditing_families import bound_objections
from tests.properties.auditing_people import purse_objections, rules_of
from tests.properties.books import Books, Purse, day_of, pot


def set_aside_objections(books: Books, asked: commands.SetAside, now: datetime) -> Iterator[Code]:
    """Object where nothing is set aside, or not so much, or not again."""
    grantor = books.humans.get(asked.grantor)
    if not 0 < asked.amount_fen <= MAX_FEN:
        yield Code.AMOUNT_OUT_OF_RANGE
    if asked.pool not in books.pools:
        yield Code.UNKNOWN_POOL
    yield from purse_objections(grantor)
    if grantor is None:
        return
    day = day_of(asked, now)
    rules = rules_of(books, grantor, day)
    if rules is None:
        yield Code.NO_RULE
        return
    if not grantor.covered(day):
        yield Code.COVERAGE_NOT_ACTIVE
    if not _served(books, asked):
        yield Code.NOT_A_GRANTOR
    if rules.pool.funding is not Funding.POOL:
        yield Code.FUNDING_DIFFERS
    if rules.pool.order is Order.USER_SET and _undecided(books, asked):
        yield Code.ORDER_NOT_DESIGNATED
    if grantor.purse is not None:
        purse = books.soon(asked.grantor, now)
        if asked.amount_fen > sum(purse.fen[s] for s in rules.pool.segments.segments):
            yield Code.INSUFFICIENT
        if (
            asked.amount_fen
            > purse.fen["current"] + purse.fen["prior"] - rules.pool.set_aside_floor
        ):
            yield Code.SET_ASIDE_FLOOR
        if purse.months[day.isoformat()[:7]] >= rules.pool.set_asides_per_month:
            yield Code.SET_ASIDES_USED_UP


def _served(books: Books, asked: commands.SetAside) -> list[str]:
    """List whom the grantor serves in the family."""
    return [
        bond.beneficiary
        for bond in books.bonds
        if bond.open and bond.reviewed and (bond.pool, bond.grantor) == (asked.pool, asked.grantor)
    ]


def _undecided(books: Books, asked: commands.SetAside) -> bool:
    """Tell whether several feed the family for somebody who has not put them in order."""
    name = f"pool:{asked.pool}"
    for beneficiary in _served(books, asked):
        feeding = {
            bond.grantor
            for bond in books.bonds
            if bond.open
            and (bond.pool, bond.beneficiary) == (asked.pool, beneficiary)
            and books.purse(bond.grantor).waiting(name)
        } | {asked.grantor}
        if len(feeding) > 1 and feeding - set(books.orders.get((asked.pool, beneficiary), [])):
            return True
    return False


def set_aside(books: Books, asked: commands.SetAside, now: datetime) -> None:
    """Put fen aside for the family."""
    purse, rules, month = _of_grantor(books, asked, now)
    name = f"pool:{asked.pool}"
    purse.aside[name] = None
    purse.months[month] += 1
    _move(purse, asked.amount_fen, "", name, rules)


def set_quota_objections(books: Books, asked: commands.SetQuota, now: datetime) -> Iterator[Code]:
    """Object where there are no quotas, or not such ones."""
    if not 0 <= asked.quota_fen <= MAX_FEN:
        yield Code.AMOUNT_OUT_OF_RANGE
    yield from bound_objections(books, asked)
    grantor, beneficiary = books.humans.get(asked.grantor), books.humans.get(asked.beneficiary)
    yield from purse_objections(grantor)
    if grantor is None or beneficiary is None:
        return
    day = day_of(asked, now)
    rules = rules_of(books, grantor, day)
    if rules is None:
        yield Code.NO_RULE
        return
    if not grantor.covered(day):
        yield Code.COVERAGE_NOT_ACTIVE
    far = grantor.region_on(day)[:2] != beneficiary.region_on(day)[:2]
    if far and rules.wallet.model is not WalletModel.CLOSED:
        if rules.wallet.model is not WalletModel.QUOTA:
            yield Code.FUNDING_DIFFERS
    elif rules.pool.funding is not Funding.QUOTA:
        yield Code.QUOTA_NOT_OPEN if far else Code.FUNDING_DIFFERS
    if grantor.purse is not None:
        purse = books.soon(asked.grantor, now)
        name = f"quota:{asked.beneficiary}"
        more = asked.quota_fen - (purse.aside.get(name) or 0)
        if more > sum(purse.fen[segment] for segment in rules.pool.segments.segments):
            yield Code.INSUFFICIENT
        if asked.quota_fen < purse.used(name):
            yield Code.QUOTA_BELOW_USED


def set_quota(books: Books, asked: commands.SetQuota, now: datetime) -> None:
    """Freeze fen for one beneficiary, or free some."""
    purse, rules, _ = _of_grantor(books, asked, now)
    name = f"quota:{asked.beneficiary}"
    more = asked.quota_fen - (purse.aside.get(name) or 0)
    purse.aside[name] = asked.quota_fen
    if more >= 0:
        _move(purse, more, "", name, rules)
        return
    last_first = ["prior", "current"]
    if rules.pool.segments.segments[0] == "prior":
        last_first.reverse()
    for segment in last_first:
        while more < 0 and purse.fen[pot(name, segment)]:
            purse.fen[pot(name, segment)] -= 1
            purse.fen[segment] += 1
            more += 1


def _of_grantor(
    books: Books, asked: commands.SetAside | commands.SetQuota, now: datetime
) -> tuple[Purse, RuleSet, str]:
    day = day_of(asked, now)
    rules = rules_of(books, books.humans[asked.grantor], day)
    assert rules is not None
    return books.purse(asked.grantor), rules, day.isoformat()[:7]


def _move(purse: Purse, fen: int, out_of: str, into: str, rules: RuleSet) -> None:
    """Move single fen, segment by segment."""
    for segment in rules.pool.segments.segments:
        while fen and purse.fen[pot(out_of, segment)]:
            purse.fen[pot(out_of, segment)] -= 1
            purse.fen[pot(into, segment)] += 1
            fen -= 1
