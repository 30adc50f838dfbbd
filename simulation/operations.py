"""Every operation of a random history: a name, and how its next command is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from domain.claim import ClaimRequest
from domain.codes import (
    Card,
    Coverage,
    CreditKind,
    Funding,
    Insurance,
    Payee,
    Relation,
    WalletModel,
)
from domain.ids import PersonId, PoolId, RegionCode
from domain.pool import Binding, Standing
from ledger import commands
from ledger.commands import Command
from simulation.cast import Cast
from simulation.claim_operations import CLAIMS
from simulation.filing_operations import FILING
from simulation.passing_operations import PASSING

_BOUND = frozenset({Standing.BOUND})
_RELATIONS = (*(Relation.SPOUSE,) * 3, Relation.CHILD, Relation.PARENT, Relation.SPOUSE_PARENT)

# A well-known specimen number, valid by its check digit; no real person has it.
_SPECIMEN = PersonId("11010519491231002X")


def enroll(cast: Cast) -> Command:
    """Enrol one more person, or one who is enrolled already."""
    unknown = [person for person in cast.persons if cast.application.person(person) is None]
    person = cast.one_of(unknown) if unknown and not cast.rarely() else cast.someone()
    kinds = list(Insurance) if cast.rarely(20) else [Insurance.EMPLOYEE]
    return commands.Enroll(
        person=cast.one_of((_SPECIMEN, PersonId("no id"))) if cast.rarely(4) else person,
        region=cast.region(),
        insurance=cast.one_of(kinds),
        on=cast.today - timedelta(days=cast.one_of((0, *(2_500,) * 8))),
    )


def open_account(cast: Cast) -> Command:
    """Open an account for someone without one."""
    people = map(cast.application.person, cast.persons)
    entitled = [p.id for p in people if p and not p.account and p.insurance is Insurance.EMPLOYEE]
    chosen = cast.one_of(entitled) if entitled and not cast.rarely(10) else cast.someone()
    return commands.OpenAccount(person=chosen, on=cast.day())


def credit(cast: Cast) -> Command:
    """Credit someone, sometimes for a period that was credited before.

    Where only what is above a floor can be set aside, it is often that much more.
    """
    year = cast.today.year - cast.one_of((0, 0, 0, 1, 3))
    period = f"{year}-{cast.random.randrange(1, 13):02d}" if cast.rarely(50) else ""
    owner = cast.owner()
    rules = cast.rules_of(owner)
    above_fen = rules.pool.set_aside_floor if rules and cast.rarely(50) else 0
    return commands.Credit(
        person=owner,
        amount_fen=cast.amount_fen() + above_fen,
        kind=cast.one_of((CreditKind.MONTHLY, CreditKind.INTEREST, CreditKind.TRANSFER_IN)),
        segment=cast.segment(),
        period=period,
    )


def take_back(cast: Cast) -> Command:
    """Take back a credit."""
    return commands.TakeBack(
        person=cast.owner(), amount_fen=cast.amount_fen(), segment=cast.segment()
    )


def roll_year(cast: Cast) -> Command:
    """Begin an account year, where one has begun."""
    new_year = date(cast.today.year + 1, 1, 1)
    return commands.RollYear(
        person=cast.owner(),
        on=cast.one_of((None, None, None, cast.day(), new_year)),
    )


def switch_out_of_area(cast: Cast) -> Command:
    """Switch the use of an account outside the home area, mostly to what it is not."""
    person = cast.patient()
    known = cast.application.person(person)
    now = known is not None and known.account is not None and known.account.out_of_area
    return commands.SwitchOutOfArea(person=person, to=now if cast.rarely(10) else not now)


def close_account(cast: Cast) -> Command:
    """Close an account, sometimes one from which something is held."""
    people = map(cast.application.person, cast.persons)
    held = [person.id for person in people if person and person.account and person.account.holds]
    return commands.CloseAccount(
        person=cast.one_of(held) if held and cast.rarely(30) else cast.owner(),
        payee=cast.one_of(tuple(Payee)),
        heir=cast.someone() if cast.rarely(60) else None,
    )


def change_coverage(cast: Cast) -> Command:
    """Suspend, resume or end insurance, or record a death, sometimes learned late."""
    people = map(cast.application.person, cast.persons)
    out = [p.id for p in people if p and p.coverage_now in {Coverage.SUSPENDED, Coverage.ENDED}]
    if out and cast.rarely(60):
        return commands.ChangeCoverage(person=cast.one_of(out), to=Coverage.ACTIVE)
    states = (*(Coverage.SUSPENDED,) * 5, Coverage.ENDED, Coverage.ENDED, *Coverage)
    return commands.ChangeCoverage(person=cast.someone(), to=cast.one_of(states), on=cast.day())


def move(cast: Cast) -> Command:
    """Move someone to another pooling area."""
    to = RegionCode("999999") if cast.rarely(1) else cast.one_of(cast.regions)
    return commands.Move(person=cast.someone(), to=to, on=cast.day())


def retire(cast: Cast) -> Command:
    """Let someone retire."""
    return commands.Retire(person=cast.someone())


def report_card(cast: Cast) -> Command:
    """Report a card lost or expired."""
    return commands.ReportCard(person=cast.someone(), card=cast.one_of(tuple(Card)))


def replace_card(cast: Cast) -> Command:
    """Issue a new card, mostly to someone who needs one."""
    people = map(cast.application.person, cast.persons)
    needing = [person.id for person in people if person and person.card is not Card.ACTIVE]
    chosen = cast.one_of(needing) if needing and not cast.rarely(10) else cast.someone()
    return commands.ReplaceCard(person=chosen)


def open_pool(cast: Cast) -> Command:
    """Open a family pool."""
    unknown = [pool for pool in cast.pools if cast.application.pool(pool) is None]
    pool = cast.one_of(unknown) if unknown and not cast.rarely() else cast.family()
    pool = PoolId("no id") if cast.rarely(1) else pool
    return commands.OpenPool(pool=pool, opener=cast.someone(), on=cast.day())


def bind(cast: Cast) -> Command:
    """Bind two persons, mostly two who are not bound yet, often one who gives already."""
    grantor, beneficiary = cast.owner(), cast.patient()
    bound = [(b.grantor, b.beneficiary) for _, b in cast.relations(lambda b: b.standing.is_open)]
    others = [p for p in cast.persons if p != beneficiary and (p, beneficiary) not in bound]
    again = [person for person in others if any(person == one for one, _ in bound)]
    if others and not cast.rarely(20):
        grantor = cast.one_of(again if again and cast.rarely(30) else others)
    return commands.Bind(
        pool=cast.family(),
        grantor=grantor,
        beneficiary=beneficiary,
        relation=cast.one_of(tuple(Relation)) if cast.rarely(10) else cast.one_of(_RELATIONS),
        on=cast.today - timedelta(days=cast.one_of((0, 30, 500, 1_000))),
    )


def review(cast: Cast) -> Command:
    """Approve or reject a relation."""
    pool, grantor, beneficiary = cast.relation(lambda b: b.standing is Standing.UNDER_REVIEW)
    return commands.Review(
        pool=pool, grantor=grantor, beneficiary=beneficiary, approved=not cast.rarely(20)
    )


def authorize_use(cast: Cast) -> Command:
    """Let a beneficiary use an account."""
    bare = cast.rarely(80)
    pool, grantor, beneficiary = cast.relation(
        lambda b: b.standing is Standing.BOUND and not (bare and b.authorization)
    )
    return commands.AuthorizeUse(
        pool=pool,
        grantor=grantor,
        beneficiary=beneficiary,
        authorization=cast.authorization(),
    )


def withdraw_use(cast: Cast) -> Command:
    """Withdraw an authorization."""
    pool, grantor, beneficiary = cast.relation(lambda b: b.standing.is_open)
    return commands.WithdrawUse(pool=pool, grantor=grantor, beneficiary=beneficiary)


def unbind(cast: Cast) -> Command:
    """End a relation, often one that has paid for something that may yet be cancelled."""
    pool, grantor, beneficiary = cast.relation(lambda b: b.standing.is_open)
    paid = cast.aided(lambda binding: binding.standing.is_open)
    if paid and cast.rarely(50):
        claim, pool, grantor = cast.one_of(paid)
        beneficiary = claim.request.patient
    asked_by = cast.one_of((None, grantor, beneficiary, cast.someone()))
    return commands.Unbind(pool=pool, grantor=grantor, beneficiary=beneficiary, asked_by=asked_by)


def set_order(cast: Cast) -> Command:
    """Shuffle the grantors of a beneficiary, rarely forgetting one."""
    pool, _, beneficiary = cast.relation(lambda b: b.standing.is_open)
    family = cast.application.pool(pool)
    bound = family.bindings_of(beneficiary) if family else []
    grantors = [b.grantor for b in bound if b.beneficiary == beneficiary]
    cast.random.shuffle(grantors)
    kept = grantors[1:] if cast.rarely() else grantors
    return commands.SetOrder(pool=pool, beneficiary=beneficiary, grantors=tuple(kept))


def set_aside(cast: Cast) -> Command:
    """Set money aside for a family, mostly a part of what a grantor of it has, where one can."""
    pool, grantor, _ = cast.relation_where(_feeds_the_pool)
    fen = _part_of(cast, grantor)
    return commands.SetAside(pool=pool, grantor=grantor, amount_fen=fen, on=cast.day())


def _feeds_the_pool(cast: Cast, binding: Binding) -> bool:
    rules = cast.rules_of(binding.grantor)
    return rules is not None and rules.pool.funding is Funding.POOL


def set_quota(cast: Cast) -> Command:
    """Freeze a quota for a beneficiary, or change it, mostly where there are quotas."""
    pool, grantor, beneficiary = cast.relation_where(_has_a_quota)
    part_fen = _part_of(cast, grantor)
    fen = cast.one_of((0, 1, 100, part_fen, part_fen))
    on = cast.day()
    return commands.SetQuota(
        pool=pool, grantor=grantor, beneficiary=beneficiary, quota_fen=fen, on=on
    )


def _has_a_quota(cast: Cast, binding: Binding) -> bool:
    rules, theirs = cast.rules_of(binding.grantor), cast.rules_of(binding.beneficiary)
    if rules is None or theirs is None:
        return False
    far = rules.region[:2] != theirs.region[:2]
    return rules.pool.funding is Funding.QUOTA or (far and rules.wallet.model is WalletModel.QUOTA)


def _part_of(cast: Cast, owner: PersonId) -> int:
    """Choose fen, mostly a quarter of what somebody has, sometimes all of it."""
    person = cast.application.person(owner)
    if person is None or person.account is None or cast.rarely(20):
        return cast.amount_fen()
    return max(1, person.account.available.total_fen // cast.one_of((1, 4, 4, 4)))


def report_divorce(cast: Cast) -> Command:
    """Report a divorce, mostly of two who are bound as spouses."""
    pool, one, other = cast.relation(lambda b: b.relation is Relation.SPOUSE and b.standing.is_open)
    return commands.ReportDivorce(pool=pool, spouses=(one, other))


OPERATIONS: Mapping[str, tuple[int, Callable[[Cast], Command | ClaimRequest]]] = {
    "enroll": (4, enroll),
    "open account": (4, open_account),
    "credit": (60, credit),
    "take back": (6, take_back),
    "roll year": (12, roll_year),
    "switch out of area": (6, switch_out_of_area),
    "close account": (2, close_account),
    "change coverage": (8, change_coverage),
    "move": (3, move),
    "retire": (3, retire),
    "report card": (3, report_card),
    "replace card": (8, replace_card),
    **FILING,
    "open pool": (3, open_pool),
    "bind": (40, bind),
    "review": (12, review),
    "authorize use": (60, authorize_use),
    "withdraw use": (4, withdraw_use),
    "unbind": (10, unbind),
    "set order": (12, set_order),
    "report divorce": (3, report_divorce),
    **PASSING,
    "set aside": (25, set_aside),
    "set quota": (25, set_quota),
    **CLAIMS,
}
"""Every operation with its usual weight."""
