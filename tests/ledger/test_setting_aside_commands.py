"""Commands that set money aside, through the front door, and what gives it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.account import Account
from domain.codes import Coverage, Funding, Relation
from domain.ids import ClaimId, PersonId, PoolId
from domain.refusals import Code
from ledger import commands
from ledger.redecide import decisions, redecide
from tests.builders import ANY_USE, request, rules
from tests.ledger.till import Till

ANNE, BEN, CHEN, NOBODY = map(PersonId, ("anne", "ben", "chen", "nobody"))
FIRST, SECOND = PoolId("first"), PoolId("second")


def family(funding: Funding) -> Till:
    """Give Anne, who may pay for Ben in one family and for Chen in another."""
    till = Till(rules({"pool.funding": funding}))
    till.person(ANNE, 1_000)
    till.person(BEN)
    till.person(CHEN)
    for pool, beneficiary in ((FIRST, BEN), (SECOND, CHEN)):
        till.done(commands.OpenPool(pool=pool, opener=ANNE))
        pair = pair_of(pool, beneficiary)
        till.done(commands.Bind(**pair, relation=Relation.CHILD))
        till.done(commands.AuthorizeUse(**pair, authorization=ANY_USE))
    return till


def pair_of(pool: PoolId, beneficiary: PersonId) -> dict[str, Any]:
    """Name one of Anne's relations."""
    return {"pool": pool, "grantor": ANNE, "beneficiary": beneficiary}


def account(till: Till) -> Account:
    """Give Anne's account."""
    anne = till.application.person(ANNE)
    assert anne is not None
    assert anne.account is not None
    return anne.account


def test_money_is_set_aside_paid_and_decided_again_alike() -> None:
    till = family(Funding.POOL)
    answer = till.done(commands.SetAside(pool=FIRST, grantor=ANNE, amount_fen=300))
    assert answer == {"command": "family.set_aside", "pool": "first"}
    till.done(commands.Settle(request=request("c1", BEN, own_fen=200)))
    assert account(till).set_aside["pool:first"].amount.total_fen == 100
    (decision,) = decisions(till.store, ClaimId("c1"))
    assert redecide(till.store, decision, book=till.book) == decision.allocation


def test_one_death_returns_what_waits_in_every_family() -> None:
    till = family(Funding.POOL)
    till.done(commands.SetAside(pool=FIRST, grantor=ANNE, amount_fen=300))
    till.done(commands.SetAside(pool=SECOND, grantor=ANNE, amount_fen=200))
    till.done(commands.ChangeCoverage(person=ANNE, to=Coverage.DECEASED))
    assert account(till).available.total_fen == 1_000
    assert account(till).set_aside == {}


def test_a_quota_in_commands() -> None:
    till = family(Funding.QUOTA)
    answer = till.done(commands.SetQuota(**pair_of(FIRST, BEN), quota_fen=300))
    assert answer == {"command": "family.quota", "pool": "first"}
    till.refused(commands.SetQuota(**pair_of(FIRST, CHEN), quota_fen=1), Code.NOT_BOUND)
    till.done(commands.SetQuota(**pair_of(SECOND, CHEN), quota_fen=700))
    till.refused(commands.TakeBack(person=ANNE, amount_fen=1), Code.INSUFFICIENT)
    till.done(commands.Unbind(**pair_of(FIRST, BEN)))
    till.done(commands.TakeBack(person=ANNE, amount_fen=300))


def test_a_hold_that_has_run_out_is_free_before_money_is_set_aside() -> None:
    till = family(Funding.POOL)
    asked = request("c1", ANNE, own_fen=1_000)
    until = till.now + timedelta(minutes=30)
    till.done(commands.AuthorizeClaim(request=asked, expires_at=until))
    set_aside = commands.SetAside(pool=FIRST, grantor=ANNE, amount_fen=300)
    till.refused(set_aside, Code.INSUFFICIENT)
    till.now += timedelta(hours=1)
    till.done(set_aside)
    assert account(till).holds == {}


def test_somebody_or_something_unknown_is_refused() -> None:
    till = family(Funding.POOL)
    till.refused(
        commands.SetAside(pool=PoolId("none"), grantor=ANNE, amount_fen=1), Code.UNKNOWN_POOL
    )
    till.refused(commands.SetAside(pool=FIRST, grantor=NOBODY, amount_fen=1), Code.UNKNOWN_PERSON)
    till.refused(commands.SetQuota(**pair_of(FIRST, NOBODY), quota_fen=1), Code.UNKNOWN_PERSON)
