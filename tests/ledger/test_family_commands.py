"""Commands about family pools, through the front door."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.codes import EndReason, Order, Relation
from domain.ids import PersonId, PoolId
from domain.pool import Standing
from domain.refusals import Code
from ledger import commands
from ledger.writer import Receipt
from tests.builders import ANY_USE, DAY, request, rules
from tests.ledger.till import Till

ANNE, BEN, CHEN, NOBODY = map(PersonId, ("anne", "ben", "chen", "nobody"))
FAMILY = PoolId("family")
PAIR: dict[str, Any] = {"pool": FAMILY, "grantor": ANNE, "beneficiary": BEN}


@pytest.fixture
def till() -> Till:
    """Give a till that knows Anne, Ben and Chen, where a reviewer approves relations."""
    till = Till(rules({"pool.review": True}))
    for person in (ANNE, BEN, CHEN):
        till.person(person, 1_000)
    till.done(commands.OpenPool(pool=FAMILY, opener=ANNE))
    return till


def standing(till: Till) -> Standing:
    """Give where Anne's and Ben's relation stands."""
    pool = till.application.pool(FAMILY)
    assert pool is not None
    binding = pool.binding(ANNE, BEN)
    assert binding is not None
    return binding.standing


def test_a_relation_in_commands(till: Till) -> None:
    till.done(commands.Bind(**PAIR, relation=Relation.SPOUSE))
    assert standing(till) is Standing.UNDER_REVIEW
    till.done(commands.Review(**PAIR, approved=True))
    till.done(commands.AuthorizeUse(**PAIR, authorization=ANY_USE))
    till.done(commands.SetOrder(pool=FAMILY, beneficiary=BEN, grantors=(ANNE,)))
    till.done(commands.WithdrawUse(**PAIR))
    till.done(commands.Unbind(**PAIR))
    assert standing(till) is Standing.ENDED
    assert till.topics() == ["pool.relation_ended", "person.left_pool", "person.left_pool"]


def test_a_rejected_relation_is_no_membership(till: Till) -> None:
    till.done(commands.Bind(**PAIR, relation=Relation.SPOUSE))
    till.done(commands.Review(**PAIR, approved=False))
    anne = till.application.person(ANNE)
    assert anne is not None
    assert not anne.pools


def test_a_divorce_ends_what_rests_on_the_marriage(till: Till) -> None:
    till.done(commands.Bind(**PAIR, relation=Relation.SPOUSE))
    divorce = commands.ReportDivorce(pool=FAMILY, spouses=(BEN, ANNE))
    till.done(divorce)
    assert standing(till) is Standing.ENDED
    till.refused(divorce, Code.NOT_BOUND)


def test_a_divorce_that_ends_nothing_is_answered_once_and_for_all() -> None:
    till = Till(rules({"pool.ended_by": frozenset({EndReason.DEATH})}))
    for person in (ANNE, BEN):
        till.person(person)
    till.bind(ANNE, BEN, relation=Relation.SPOUSE)
    before = till.store.recorder.last_position
    divorce = commands.ReportDivorce(pool=FAMILY, spouses=(ANNE, BEN))
    first = till.say(divorce, key="k1")
    again = till.say(divorce, key="k1")
    assert till.store.recorder.last_position == before
    assert isinstance(first, Receipt)
    assert again == first._replace(replayed=True)


ABOUT_PAIRS = [
    commands.Bind(**PAIR, relation=Relation.CHILD),
    commands.Review(**PAIR, approved=True),
    commands.AuthorizeUse(**PAIR, authorization=ANY_USE),
    commands.WithdrawUse(**PAIR),
    commands.Unbind(**PAIR),
]


@pytest.mark.parametrize("command", ABOUT_PAIRS, ids=lambda command: type(command).__name__)
def test_unknown_persons_and_pools_are_refused_persons_first(
    till: Till, command: commands.Command
) -> None:
    nowhere = {"pool": PoolId("none")}
    till.refused(replace(command, **nowhere), Code.UNKNOWN_POOL)
    for side in ("grantor", "beneficiary"):
        stranger = replace(command, **{side: NOBODY})
        till.refused(stranger, Code.UNKNOWN_PERSON)
        till.refused(replace(stranger, **nowhere), Code.UNKNOWN_PERSON)


def test_pools_that_are_unknown_or_known_already_are_refused(till: Till) -> None:
    nowhere = PoolId("none")
    till.refused(commands.OpenPool(pool=nowhere, opener=NOBODY), Code.UNKNOWN_PERSON)
    till.refused(commands.OpenPool(pool=FAMILY, opener=ANNE), Code.ALREADY_EXISTS)
    order = commands.SetOrder(pool=nowhere, beneficiary=BEN, grantors=(ANNE,))
    till.refused(order, Code.UNKNOWN_POOL)
    divorce = commands.ReportDivorce(pool=nowhere, spouses=(ANNE, BEN))
    till.refused(divorce, Code.UNKNOWN_POOL)


def test_relations_in_all_pools_of_both_sides_count() -> None:
    till = Till(rules({"pool.max_beneficiaries": 1}))
    for person in (ANNE, BEN, CHEN):
        till.person(person)
    till.bind(ANNE, BEN)
    till.done(commands.OpenPool(pool=PoolId("other"), opener=ANNE))
    second = commands.Bind(
        pool=PoolId("other"), grantor=ANNE, beneficiary=CHEN, relation=Relation.CHILD
    )
    till.refused(second, Code.TOO_MANY_BENEFICIARIES)


def test_a_grantor_in_two_pools_pays_by_the_relation_that_is_open() -> None:
    till = Till(rules({"pool.order": Order.FILING}))
    for person in (ANNE, BEN):
        till.person(person, 100)
    till.bind(ANNE, BEN, pool="f1", authorization=None)
    till.done(commands.Unbind(pool=PoolId("f1"), grantor=ANNE, beneficiary=BEN))
    till.bind(ANNE, BEN, pool="f2")
    till.bind(BEN, ANNE, pool="f1")  # keeps both in the first pool
    answer = till.done(commands.Settle(request=request("c1", "ben", own_fen=150)))
    assert answer["mutual_aid_fen"] == 50
    claim = till.application.claim(request("c1", "ben").claim)
    assert claim is not None
    (trial,) = [trial for trial in claim.allocation.trials if trial.account == ANNE]
    assert trial.pool == "f2"


def test_of_relations_that_have_all_ended_the_last_one_is_named() -> None:
    till = Till()
    for person in (ANNE, BEN):
        till.person(person, 100)
    for pool in ("f1", "f2"):
        till.bind(ANNE, BEN, pool=pool)
        till.done(commands.Unbind(pool=PoolId(pool), grantor=ANNE, beneficiary=BEN))
    till.done(commands.Settle(request=request("c1", "ben", own_fen=150, day=DAY)))
    claim = till.application.claim(request("c1", "ben").claim)
    assert claim is not None
    assert [(trial.account, trial.pool) for trial in claim.allocation.trials] == [
        ("ben", None),
        ("anne", "f2"),
    ]


def test_an_open_relation_in_an_earlier_pool_is_not_hidden_by_an_ended_one() -> None:
    till = Till()
    for person in (ANNE, BEN):
        till.person(person, 100)
    till.bind(ANNE, BEN, pool="f2")
    till.done(commands.Unbind(pool=PoolId("f2"), grantor=ANNE, beneficiary=BEN))
    till.bind(ANNE, BEN, pool="f1")
    answer = till.done(commands.Settle(request=request("c1", "ben", own_fen=150)))
    assert answer["mutual_aid_fen"] == 50
