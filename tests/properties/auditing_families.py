"""The auditor's view of the commands about family pools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.codes import EndReason, Order, Relation, Side, WalletModel
from domain.ids import is_identity_number
from domain.money import MAX_FEN
from domain.refusals import Code
from domain.rules import RuleSet
from ledger import commands
from tests.properties.books import Bond, Books, day_of

RelationCommand = (
    commands.Bind | commands.Review | commands.AuthorizeUse | commands.WithdrawUse | commands.Unbind
)


def malformed(key: str) -> Iterator[Code]:
    """Object to keys with strange characters and to real identity numbers."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", key):
        yield Code.MALFORMED_ID
    if is_identity_number(key):
        yield Code.IDENTITY_NUMBER


def end_bonds(books: Books, person: str, reason: EndReason, day: date) -> None:
    """End somebody's relations, pool by pool, where the pool's area lets this event end them."""
    for bond in books.bonds:
        if bond.open and person in (bond.grantor, bond.beneficiary):
            rules = books.rules(books.pools[bond.pool], day)
            assert rules is not None
            reasons = rules.wallet if quota_of_the_wallet(books, rules, bond, day) else rules.pool
            if reason in reasons.ended_by:
                end(books, bond, rules)


def quota_of_the_wallet(
    books: Books, rules: RuleSet, pair: Bond | commands.Bind, day: date
) -> bool:
    """Tell whether two persons are in different provinces and the wallet offers quotas."""
    homes = {books.humans[side].region_on(day)[:2] for side in (pair.grantor, pair.beneficiary)}
    return len(homes) > 1 and rules.wallet.model is WalletModel.QUOTA


def end(books: Books, bond: Bond, rules: RuleSet) -> None:
    """End one relation; it leaves the chosen order, and what waited for it is free."""
    bond.open = False
    if rules.pool.rest_returns:
        books.purse(bond.grantor).end(f"quota:{bond.beneficiary}")
        if not any(
            b.open and (b.pool, b.grantor) == (bond.pool, bond.grantor) for b in books.bonds
        ):
            books.purse(bond.grantor).end(f"pool:{bond.pool}")
    chosen = books.orders.get((bond.pool, bond.beneficiary), [])
    if bond.grantor in chosen:
        chosen.remove(bond.grantor)


def open_objections(books: Books, asked: commands.OpenPool, now: datetime) -> Iterator[Code]:
    """Object to known pools and openers without coverage."""
    yield from malformed(asked.pool)
    opener = books.humans.get(asked.opener)
    if opener is None:
        yield Code.UNKNOWN_PERSON
    elif not opener.covered(day_of(asked, now)):
        yield Code.COVERAGE_NOT_ACTIVE
    if asked.pool in books.pools:
        yield Code.ALREADY_EXISTS


def open_pool(books: Books, asked: commands.OpenPool, _: datetime) -> None:
    """Write a pool down."""
    books.pools[asked.pool] = books.humans[asked.opener].region


def _unknown(books: Books, asked: RelationCommand | commands.SetQuota) -> Iterator[Code]:
    """Object to anybody or anything that is not known."""
    if asked.pool not in books.pools:
        yield Code.UNKNOWN_POOL
    if asked.grantor not in books.humans or asked.beneficiary not in books.humans:
        yield Code.UNKNOWN_PERSON


def _rules(books: Books, pool: str, asked: commands.Command, now: datetime) -> RuleSet | None:
    return books.rules(books.pools[pool], day_of(asked, now)) if pool in books.pools else None


def bind_objections(books: Books, asked: commands.Bind, now: datetime) -> Iterator[Code]:
    """Object where the two may not be bound, or not to so many."""
    yield from _unknown(books, asked)
    rules = _rules(books, asked.pool, asked, now)
    if rules is None:
        yield Code.NO_RULE
    if asked.grantor == asked.beneficiary:
        yield Code.SELF_BINDING
    grantor = books.humans.get(asked.grantor)
    beneficiary = books.humans.get(asked.beneficiary)
    if rules is None or grantor is None or beneficiary is None:
        return
    day = day_of(asked, now)
    if grantor.purse is None:
        yield Code.NO_ACCOUNT
    elif grantor.purse.closed is not None:
        yield Code.ACCOUNT_CLOSED
    wallet = quota_of_the_wallet(books, rules, asked, day)
    if asked.relation not in (rules.wallet if wallet else rules.pool).relations:
        yield Code.RELATION_NOT_ALLOWED
    if not (grantor.covered(day) and beneficiary.covered(day)):
        yield Code.COVERAGE_NOT_ACTIVE
    if beneficiary.insurance not in rules.pool.beneficiary_insurance:
        yield Code.INSURANCE_NOT_ALLOWED
    yield from _number_objections(books, asked, rules)


def _number_objections(books: Books, asked: commands.Bind, rules: RuleSet) -> Iterator[Code]:
    grantor, beneficiary = asked.grantor, asked.beneficiary
    open_bonds = [bond for bond in books.bonds if bond.open]
    pairs = [(bond.grantor, bond.beneficiary) for bond in open_bonds]
    if (grantor, beneficiary) in pairs:
        yield Code.ALREADY_BOUND
    if rules.pool.exclusive_roles and (
        grantor in [b for _, b in pairs] or beneficiary in [g for g, _ in pairs]
    ):
        yield Code.ROLES_EXCLUSIVE
    if [g for g, _ in pairs].count(grantor) >= rules.pool.max_beneficiaries:
        yield Code.TOO_MANY_BENEFICIARIES
    counted = {
        Relation.SPOUSE: rules.pool.max_spouses,
        Relation.PARENT: rules.pool.max_parents,
        Relation.CHILD: rules.pool.max_children,
    }
    alike = [b for b in open_bonds if (b.grantor, b.relation) == (grantor, asked.relation)]
    if len(alike) >= counted.get(asked.relation, 10**6):
        yield Code.TOO_MANY_OF_RELATION
    if [b for _, b in pairs].count(beneficiary) >= rules.pool.max_grantors:
        yield Code.TOO_MANY_GRANTORS
    if any(
        len(books.families_of(person) | {asked.pool}) > rules.pool.max_pools
        for person in (grantor, beneficiary)
    ):
        yield Code.TOO_MANY_POOLS


def bind(books: Books, asked: commands.Bind, now: datetime) -> None:
    """Write a relation down."""
    rules = _rules(books, asked.pool, asked, now)
    assert rules is not None
    day = day_of(asked, now)
    books.bonds.append(
        Bond(
            pool=asked.pool,
            grantor=asked.grantor,
            beneficiary=asked.beneficiary,
            relation=asked.relation,
            number=1 + sum(bond.pool == asked.pool for bond in books.bonds),
            bound_on=day,
            active_from=day + timedelta(days=rules.pool.activation_days),
            reviewed=not rules.pool.review,
        )
    )


def review_objections(books: Books, asked: commands.Review, now: datetime) -> Iterator[Code]:
    """Object where nothing waits for a reviewer."""
    yield from _unknown(books, asked)
    if _rules(books, asked.pool, asked, now) is None:
        yield Code.NO_RULE
    bond = books.bond(asked.pool, asked.grantor, asked.beneficiary)
    if bond is None or bond.reviewed:
        yield Code.NOT_UNDER_REVIEW


def review(books: Books, asked: commands.Review, now: datetime) -> None:
    """Write down what the reviewer said."""
    bond, rules = _bond_and_rules(books, asked, now)
    bond.reviewed = True
    if not asked.approved:
        end(books, bond, rules)


def _bond_and_rules(books: Books, asked: RelationCommand, now: datetime) -> tuple[Bond, RuleSet]:
    bond = books.bond(asked.pool, asked.grantor, asked.beneficiary)
    rules = _rules(books, asked.pool, asked, now)
    assert bond is not None
    assert rules is not None
    return bond, rules


def bound_objections(books: Books, asked: RelationCommand | commands.SetQuota) -> Iterator[Code]:
    """Object where two are not bound, or not yet."""
    yield from _unknown(books, asked)
    bond = books.bond(asked.pool, asked.grantor, asked.beneficiary)
    if bond is None:
        yield Code.NOT_BOUND
    elif not bond.reviewed:
        yield Code.UNDER_REVIEW


def authorize_objections(
    books: Books, asked: commands.AuthorizeUse, now: datetime
) -> Iterator[Code]:
    """Object to strange limits and periods, and where nobody is bound."""
    given = asked.authorization
    limits = (given.per_use_fen, given.per_day_fen, given.per_year_fen, given.joint_year_fen or 0)
    if min(*limits, given.retained_fen) < 0 or max(*limits, given.retained_fen) > MAX_FEN:
        yield Code.AMOUNT_OUT_OF_RANGE
    if given.last_day is not None and given.last_day < given.first_day:
        yield Code.INVALID_PERIOD
    yield from bound_objections(books, asked)
    rules = _rules(books, asked.pool, asked, now)
    if rules is None:
        yield Code.NO_RULE
    elif given.last_day is None and rules.pool.period_required:
        yield Code.PERIOD_REQUIRED


def authorize(books: Books, asked: commands.AuthorizeUse, _: datetime) -> None:
    """Write down what is allowed."""
    bond = books.bond(asked.pool, asked.grantor, asked.beneficiary)
    assert bond is not None
    bond.authorization = asked.authorization
    joint = asked.authorization.joint_year_fen
    if joint is not None:
        books.joint_limits[asked.pool, asked.grantor] = joint


def withdraw_objections(books: Books, asked: commands.WithdrawUse, _: datetime) -> Iterator[Code]:
    """Object where nothing is allowed."""
    yield from bound_objections(books, asked)
    bond = books.bond(asked.pool, asked.grantor, asked.beneficiary)
    if bond is None or bond.authorization is None:
        yield Code.NOT_AUTHORIZED


def withdraw(books: Books, asked: commands.WithdrawUse, _: datetime) -> None:
    """Strike out what was allowed."""
    bond = books.bond(asked.pool, asked.grantor, asked.beneficiary)
    assert bond is not None
    bond.authorization = None


def unbind_objections(books: Books, asked: commands.Unbind, now: datetime) -> Iterator[Code]:
    """Object where nobody is bound, or somebody asks who may not."""
    yield from _unknown(books, asked)
    rules = _rules(books, asked.pool, asked, now)
    if rules is None:
        yield Code.NO_RULE
        return
    allowed = [asked.grantor, None]
    if rules.pool.unbind_by is Side.EITHER:
        allowed.append(asked.beneficiary)
    if asked.asked_by not in allowed:
        yield Code.NOT_ENTITLED_TO_UNBIND
    if books.bond(asked.pool, asked.grantor, asked.beneficiary) is None:
        yield Code.NOT_BOUND


def unbind(books: Books, asked: commands.Unbind, now: datetime) -> None:
    """End the relation."""
    end(books, *_bond_and_rules(books, asked, now))


def order_objections(books: Books, asked: commands.SetOrder, now: datetime) -> Iterator[Code]:
    """Object where people may not choose, or did not name everybody."""
    if asked.pool not in books.pools:
        yield Code.UNKNOWN_POOL
        return
    rules = _rules(books, asked.pool, asked, now)
    if rules is None:
        yield Code.NO_RULE
        return
    if not rules.pool.reorder and rules.pool.order is not Order.USER_SET:
        yield Code.ORDER_FIXED
    bound = [
        bond.grantor
        for bond in books.bonds
        if bond.open and (bond.pool, bond.beneficiary) == (asked.pool, asked.beneficiary)
    ]
    if not bound or sorted(asked.grantors) != sorted(bound):
        yield Code.ORDER_INCOMPLETE


def set_order(books: Books, asked: commands.SetOrder, _: datetime) -> None:
    """Write the chosen order down."""
    books.orders[asked.pool, asked.beneficiary] = list(asked.grantors)


def divorce_objections(
    books: Books, asked: commands.ReportDivorce, now: datetime
) -> Iterator[Code]:
    """Object where the two are not bound as spouses."""
    if asked.pool not in books.pools:
        yield Code.UNKNOWN_POOL
        return
    if _rules(books, asked.pool, asked, now) is None:
        yield Code.NO_RULE
    if not any(bond.relation is Relation.SPOUSE for bond in _between(books, asked)):
        yield Code.NOT_BOUND


def _between(books: Books, asked: commands.ReportDivorce) -> list[Bond]:
    one, other = asked.spouses
    pairs = [(one, other), (other, one)]
    return [
        b
        for b in books.bonds
        if b.open and b.pool == asked.pool and (b.grantor, b.beneficiary) in pairs
    ]


def divorce(books: Books, asked: commands.ReportDivorce, now: datetime) -> None:
    """End what rests on the marriage, where the area says that divorce ends it."""
    rules, day = _rules(books, asked.pool, asked, now), day_of(asked, now)
    assert rules is not None
    in_laws = [
        bond
        for bond in books.bonds
        if bond.open
        and bond.pool == asked.pool
        and bond.relation is Relation.SPOUSE_PARENT
        and bond.grantor in asked.spouses
    ]
    for bond in _between(books, asked) + in_laws:
        reasons = rules.wallet if quota_of_the_wallet(books, rules, bond, day) else rules.pool
        if bond.open and EndReason.DIVORCE in reasons.ended_by:
            end(books, bond, rules)
