"""Giving money back: how much, in which order, and never more than was paid."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.account import AccountRestored
from domain.amounts import Amounts
from domain.claim import ClaimCancelled, ClaimReversed, ClaimSettled, Leg, Status
from domain.claim_fold import evolve, less
from domain.codes import Segment
from domain.facts import Fact, Outcome
from domain.ids import ClaimId, PersonId
from domain.refusals import Code
from domain.undoing import Undo
from tests.auditor import audit
from tests.builders import DAY, days, done, line, noon, refused, request, topics
from tests.world import World

CLAIM = ClaimId("c")
Legs = list[tuple[str, str, int, int]]
Back = tuple[Legs, dict[int, int], dict[int, int]]


def settled() -> World:
    """Give a claim of two lines paid by dad (60 + 40), ann (150), the fund (25) and cash (50)."""
    world = World()
    world.enroll("dad", current_fen=60, prior_fen=40)
    world.enroll("ann", current_fen=150)
    world.bind("ann", "dad")
    done(
        world.settle(
            request("c", "dad", lines=[line(1, 200, fund_fen=20), line(3, 100, fund_fen=5)])
        )
    )
    return world


def back(outcome: Outcome) -> Back:
    """Give the legs, cash and fund part that a cancellation gives back."""
    fact = done(outcome)[0].fact
    assert isinstance(fact, ClaimCancelled | ClaimReversed)
    legs: Legs = [(leg.account, leg.segment.value, leg.line, leg.amount_fen) for leg in fact.legs]
    return legs, dict(fact.cash_fen), dict(fact.fund_fen)


WHOLE = [
    ("ann", "current", 3, 50),
    ("ann", "current", 1, 100),
    ("dad", "prior", 1, 40),
    ("dad", "current", 1, 60),
]


def test_a_whole_cancellation_goes_back_through_all_payments_last_first() -> None:
    world = settled()
    outcome = world.cancel("c")
    assert back(outcome) == (WHOLE, {3: 50}, {1: 20, 3: 5})
    assert topics(outcome) == ["claim.cancelled", "account.restored", "account.restored"]
    assert [change.stream.key for change in done(outcome)[1:]] == ["ann", "dad"]
    assert (world.left("dad"), world.left("ann")) == ((60, 40), (150, 0))
    assert world.claims[CLAIM].status is Status.CANCELLED
    assert not world.claims[CLAIM].stays_paid
    audit(world)


def test_a_reversal_gives_back_the_same_as_a_whole_cancellation() -> None:
    world = settled()
    outcome = world.reverse("c", message="m9")
    assert back(outcome) == (WHOLE, {3: 50}, {1: 20, 3: 5})
    assert (world.left("dad"), world.left("ann")) == ((60, 40), (150, 0))
    assert world.claims[CLAIM].status is Status.REVERSED
    audit(world)


@pytest.mark.parametrize(
    ("own", "legs", "cash"),
    [
        ({3: 30}, [], {3: 30}),
        ({3: 70}, [("ann", "current", 3, 20)], {3: 50}),
        ({1: 100}, [("ann", "current", 1, 100)], {}),
        ({1: 120}, [("ann", "current", 1, 100), ("dad", "prior", 1, 20)], {}),
        (
            {1: 150, 3: 51},
            [
                ("ann", "current", 3, 1),
                ("ann", "current", 1, 100),
                ("dad", "prior", 1, 40),
                ("dad", "current", 1, 10),
            ],
            {3: 50},
        ),
    ],
)
def test_a_part_goes_back_from_cash_first_and_then_to_the_last_payer_of_the_line(
    own: dict[int, int], legs: Legs, cash: dict[int, int]
) -> None:
    world = settled()
    assert back(world.cancel("c", Undo(own, {}))) == (legs, cash, {})
    assert world.claims[CLAIM].status is Status.PARTLY_CANCELLED
    audit(world)


def test_the_funds_part_goes_back_apart_from_the_own_share() -> None:
    world = settled()
    assert back(world.cancel("c", Undo({}, {1: 7}))) == ([], {}, {1: 7})
    assert world.claims[CLAIM].fund_fen == ((1, 13), (3, 5))
    assert topics(world.cancel("c", Undo({}, {1: 13}))) == ["claim.cancelled"]


def test_parts_that_add_up_to_all_of_it_make_a_whole_cancellation() -> None:
    world = settled()
    for own, fund in (({1: 60, 3: 60}, {1: 20}), ({1: 60, 3: 40}, {}), ({1: 80}, {3: 5})):
        assert world.claims[CLAIM].status in {Status.SETTLED, Status.PARTLY_CANCELLED}
        done(world.cancel("c", Undo(own, fund)))
        audit(world)
    assert world.claims[CLAIM].status is Status.CANCELLED
    assert (world.left("dad"), world.left("ann")) == ((60, 40), (150, 0))


@pytest.mark.parametrize(
    ("own", "fund", "at"),
    [
        ({1: 201}, {}, 1),
        ({3: 101}, {}, 3),
        ({1: -1}, {}, 1),
        ({2: 1}, {}, 2),
        ({2: 0}, {}, 2),
        ({}, {1: 21}, 1),
        ({}, {3: -1}, 3),
        ({}, {}, 0),
        ({1: 0}, {3: 0}, 0),
        ({1: 1, 3: 101}, {}, 3),
    ],
)
def test_more_than_stays_paid_on_a_line_or_nothing_at_all_is_refused(
    own: dict[int, int], fund: dict[int, int], at: int
) -> None:
    world = settled()
    assert refused(world.cancel("c", Undo(own, fund)), Code.CANCEL_EXCEEDS_PAID).facts["line"] == at
    assert world.left("ann") == (0, 0)


def test_what_was_given_back_cannot_be_given_back_again() -> None:
    world = settled()
    done(world.cancel("c", Undo({1: 150}, {1: 20})))
    refused(world.cancel("c", Undo({1: 51}, {})), Code.CANCEL_EXCEEDS_PAID)
    refused(world.cancel("c", Undo({}, {1: 1})), Code.CANCEL_EXCEEDS_PAID)
    done(world.cancel("c", Undo({1: 50}, {})))


def test_a_whole_cancellation_after_a_part_gives_back_the_rest() -> None:
    world = settled()
    done(world.cancel("c", Undo({1: 150}, {})))
    legs, cash, fund = back(world.cancel("c"))
    assert legs == [("ann", "current", 3, 50), ("dad", "current", 1, 50)]
    assert (cash, fund) == ({3: 50}, {1: 20, 3: 5})
    refused(world.cancel("c"), Code.ALREADY_CANCELLED)
    audit(world)


def test_a_reversal_after_a_part_gives_back_the_rest() -> None:
    world = settled()
    done(world.cancel("c", Undo({1: 150}, {})))
    done(world.reverse("c"))
    assert (world.left("dad"), world.left("ann")) == ((60, 40), (150, 0))
    refused(world.reverse("c"), Code.NOT_REVERSIBLE)
    audit(world)


def test_a_smaller_capture_is_given_back_as_far_as_it_was_paid() -> None:
    world = World()
    world.enroll("dad", current_fen=60)
    done(world.hold(request("c", "dad", lines=[line(1, 100, fund_fen=20)])))
    done(world.capture("c", {1: 70}))
    refused(world.cancel("c", Undo({1: 71}, {})), Code.CANCEL_EXCEEDS_PAID)
    assert back(world.cancel("c")) == ([("dad", "current", 1, 60)], {1: 10}, {1: 20})
    audit(world)


def test_a_settlement_without_any_money_can_be_cancelled_whole() -> None:
    world = World()
    world.enroll("dad")
    done(world.settle(request("c", "dad", own_fen=0)))
    refused(world.cancel("c", Undo({1: 0}, {})), Code.CANCEL_EXCEEDS_PAID)
    assert back(world.cancel("c")) == ([], {}, {})
    refused(world.cancel("c"), Code.ALREADY_CANCELLED)


def test_each_account_gets_one_fact_that_names_the_claim_and_what_is_then_left() -> None:
    world = settled()
    outcome = done(world.cancel("c", now=noon(DAY + days(2))))
    restored = outcome[2].fact
    assert isinstance(restored, AccountRestored)
    assert restored == AccountRestored(
        effective_on=DAY + days(2),
        claim=CLAIM,
        settlement=restored.settlement,
        beneficiary=PersonId("dad"),
        service_date=DAY,
        account_year=2026,
        returned=Amounts(60, 40),
        left=Amounts(60, 40),
    )
    assert restored.settlement == "S-c-1"


def test_cash_goes_back_from_the_last_line_to_the_first() -> None:
    world = World()
    world.enroll("dad")
    done(world.settle(request("c", "dad", lines=[line(1, 5), line(2, 0), line(3, 7)])))
    fact = done(world.cancel("c"))[0].fact
    assert isinstance(fact, ClaimCancelled)
    assert fact.cash_fen == ((3, 7), (1, 5))


def test_a_line_that_stays_paid_keeps_a_cancellation_partial_whatever_the_sums_are() -> None:
    world = settled()
    done(world.cancel("c", Undo({1: 200}, {1: 20, 3: 5})))
    assert world.claims[CLAIM].status is Status.PARTLY_CANCELLED
    assert world.claims[CLAIM].stays_paid


def test_attempts_are_counted_one_by_one() -> None:
    world = settled()
    for attempt in (1, 2, 3):
        assert world.claims[CLAIM].attempt == attempt
        assert world.claims[CLAIM].settlement == f"S-c-{attempt}"
        done(world.cancel("c"))
        done(world.settle(world.claims[CLAIM].request))


# ------------------------------------------------------------------ facts that give back too much


def leg(fen: int, *, account: str = "ann", number: int = 1) -> Leg:
    who = PersonId(account)
    return Leg(account=who, segment=Segment.CURRENT, line=number, amount_fen=fen)


def cancelled(
    *legs: Leg, cash: tuple[tuple[int, int], ...] = (), whole: bool = False
) -> ClaimCancelled:
    settlement = settled().claims[CLAIM].settlement
    assert settlement is not None
    return ClaimCancelled(
        effective_on=DAY, settlement=settlement, legs=legs, cash_fen=cash, fund_fen=(), whole=whole
    )


WRONG: dict[str, Fact] = {
    "more than an account paid": cancelled(leg(101)),
    "a leg that never paid": cancelled(leg(1, account="bob")),
    "a line that the account did not pay": cancelled(leg(1, number=2)),
    "one leg twice": cancelled(leg(1), leg(1)),
    "more cash than was paid": cancelled(cash=((3, 51),)),
    "cash of an unknown line": cancelled(cash=((2, 1),)),
    "cash of one line twice": cancelled(cash=((3, 1), (3, 1))),
    "called whole though much stays paid": cancelled(leg(1), whole=True),
    "reversed though much stays paid": ClaimReversed(
        effective_on=DAY, message="m", legs=(leg(1),), cash_fen=(), fund_fen=()
    ),
}


@pytest.mark.parametrize("fact", WRONG.values(), ids=list(WRONG))
def test_a_fact_that_gives_back_what_was_not_paid_stops_the_replay(fact: Fact) -> None:
    claim = settled().claims[CLAIM]
    with pytest.raises(AssertionError):
        evolve(claim, fact)


def test_taking_amounts_off_keeps_every_line() -> None:
    assert less(((1, 5), (2, 7)), ((2, 7),)) == ((1, 5), (2, 0))
    assert less(((1, 5),), ()) == ((1, 5),)


@pytest.mark.parametrize("index", range(3))
def test_a_settlement_whose_money_does_not_add_up_stops_the_replay(index: int) -> None:
    world = settled()
    fact = world.history[world.claims[CLAIM].stream][0]
    assert isinstance(fact, ClaimSettled)
    sound = fact.allocation
    wrong = (
        replace(sound, cash_fen=((1, 0), (3, 49))),
        replace(sound, legs=sound.legs[:-1]),
        replace(sound, cash_fen=((1, -50), (3, 100))),
    )
    with pytest.raises(AssertionError):
        evolve(None, replace(fact, allocation=wrong[index]))
