"""Giving money to a relative at once and for good, where an area's funding is `transfer` 划转."""

from __future__ import annotations

from datetime import date

from domain.amounts import amounts, take
from domain.bookkeeping import check_amount, check_covered, open_account_of
from domain.codes import Funding, Segment
from domain.eligibility import distance, is_within
from domain.facts import Change, Outcome
from domain.gifts import AccountGiven, AccountReceived
from domain.parties import in_force
from domain.person import Person
from domain.pool import Binding
from domain.refusals import Code, Refusal, refuse
from domain.rules import RuleSet


def give(
    giver: Person,
    recipient: Person,
    *,
    binding: Binding | None,
    amount_fen: int,
    rules: RuleSet,
    on: date,
) -> Outcome:
    """Give money to a bound relative at once and for good, by the rules of the giver's area.

    It comes from the money that relatives may use and becomes the recipient's prior money.
    """
    if refusal := check_amount(amount_fen):
        return refusal
    account, theirs = open_account_of(giver), open_account_of(recipient)
    for each in (account, theirs):
        if isinstance(each, Refusal) and each.code is Code.NO_ACCOUNT:
            return each
    if isinstance(account, Refusal):
        return account
    if isinstance(theirs, Refusal):
        return theirs
    if refusal := check_covered(giver, on) or check_covered(recipient, on):
        return refusal
    if refusal := _check_relation(giver, recipient, binding, rules=rules, on=on):
        return refusal
    segments = rules.pool.segments.segments
    room_fen = sum(map(account.available.of, segments)) - rules.pool.retained_minimum
    if amount_fen > room_fen:
        return refuse(
            Code.TRANSFER_TOO_LARGE,
            rule="pool.retained_minimum",
            person=giver.id,
            asked_fen=amount_fen,
            available_fen=max(0, room_fen),
        )
    amount = take(account.available, amount_fen, segments=segments)
    came = amounts(Segment.PRIOR, amount_fen)
    given = AccountGiven(
        effective_on=on, recipient=recipient.id, amount=amount, left=account.available - amount
    )
    received = AccountReceived(
        effective_on=on, giver=giver.id, amount=came, left=theirs.available + came
    )
    return Change(giver.stream, given), Change(recipient.stream, received)


def _check_relation(
    giver: Person, recipient: Person, binding: Binding | None, *, rules: RuleSet, on: date
) -> Refusal | None:
    """Ask whether the two are bound and the giver's area lets money pass between them."""
    found = in_force(binding, grantor=giver.id, beneficiary=recipient.id)
    if isinstance(found, Refusal):
        return found
    if rules.pool.funding is not Funding.TRANSFER:
        return refuse(
            Code.GIVING_NOT_IN_FORCE,
            rule="pool.funding",
            day=on.isoformat(),
            funding=rules.pool.funding,
        )
    if found.relation not in rules.pool.relations:
        return refuse(Code.TRANSFER_RELATION, rule="pool.relations", relation=found.relation)
    if on < found.active_from:
        return refuse(
            Code.RELATION_NOT_ACTIVE,
            rule="pool.activation_days",
            day=on.isoformat(),
            active_from=found.active_from.isoformat(),
        )
    if not is_within(distance(giver.region_on(on), recipient.region_on(on)), rules.pool.area):
        return refuse(Code.TRANSFER_TOO_FAR, rule="pool.area", person=recipient.id)
    return None
