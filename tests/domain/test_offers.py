"""Two taps at the till: what is offered, how it is accepted, and what makes it a new offer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.claim import Allocation, Claim, ClaimOffered, ClaimRequest, Status, attempt_after
from domain.codes import Insurance, Place, Till
from domain.facts import Outcome
from domain.ids import ClaimId
from domain.refusals import Code
from tests.auditor import audit
from tests.builders import DAY, NEXT_NOON, NOON, done, institution, refused, request, rules, topics
from tests.world import World

TWO_TAPS = {"claim.till": Till.TWO_TAPS}
MINUTES = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ASKED = request("c", "dad", own_fen=150)


def family(changes: dict[str, object] | None = None) -> World:
    """Give a father with 100 and a daughter with 70, where the card is tapped twice."""
    world = World(rules({**TWO_TAPS, **(changes or {})}))
    world.enroll("dad", current_fen=100)
    world.enroll("ann", current_fen=70)
    world.bind("ann", "dad")
    return world


def offered(outcome: Outcome) -> ClaimOffered:
    """Insist that a call only made an offer."""
    ((_, fact),) = done(outcome)
    assert isinstance(fact, ClaimOffered), fact
    return fact


def claim(world: World) -> Claim:
    return world.claims[ClaimId("c")]


def hold(world: World, asked: ClaimRequest) -> Outcome:
    return world.hold(asked, until=NEXT_NOON)


@pytest.mark.parametrize("begin", [World.settle, hold])
def test_the_first_tap_moves_no_money_and_says_until_when(
    begin: Callable[[World, ClaimRequest], Outcome],
) -> None:
    world = family()
    fact = offered(begin(world, ASKED))
    assert fact.expires_at == NOON + 5 * MINUTES
    assert fact.effective_on == DAY
    assert fact.request == ASKED
    assert fact.allocation == world.quote(ASKED)
    assert fact.allocation.accounts_fen == 150
    assert (world.left("dad"), world.left("ann")) == ((100, 0), (70, 0))
    known = claim(world)
    assert (known.status, known.attempt, known.settlement) == (Status.OFFERED, 1, None)
    assert (known.legs, known.cash_fen, known.expires_at) == ((), (), fact.expires_at)
    audit(world)


def test_the_second_tap_pays_own_money_first_and_then_relatives() -> None:
    world = family()
    offered(world.settle(ASKED))
    outcome = world.settle(ASKED, now=NOON + MINUTES)
    assert topics(outcome) == ["claim.settled", "account.debited", "account.debited"]
    assert (world.left("dad"), world.left("ann")) == ((0, 0), (20, 0))
    known = claim(world)
    assert (known.status, known.attempt, known.settlement) == (Status.SETTLED, 1, "S-c-1")
    audit(world)


def test_the_second_tap_may_hold_what_the_first_would_have_paid() -> None:
    world = family()
    offered(world.settle(ASKED))
    assert topics(hold(world, ASKED))[0] == "claim.authorized"
    assert (claim(world).status, claim(world).attempt) == (Status.HELD, 1)
    audit(world)


def test_the_offer_ends_at_its_minute_and_then_a_new_one_is_made() -> None:
    early, late = family(), family()
    for world in (early, late):
        offered(world.settle(ASKED))
    assert topics(early.settle(ASKED, now=NOON + 5 * MINUTES - SECOND))[0] == "claim.settled"
    anew = offered(late.settle(ASKED, now=NOON + 5 * MINUTES))
    assert anew.expires_at == NOON + 10 * MINUTES
    assert claim(late).attempt == 1
    assert topics(late.settle(ASKED, now=NOON + 9 * MINUTES))[0] == "claim.settled"
    audit(late)


def test_the_area_says_how_many_minutes() -> None:
    assert offered(family({"claim.offer_minutes": 2}).settle(ASKED)).expires_at == (
        NOON + 2 * MINUTES
    )


@pytest.mark.parametrize(
    "other",
    [
        request("c", "dad", own_fen=151),
        request("c", "dad", own_fen=149),
        replace(ASKED, institution=institution(place=Place.PHARMACY)),
    ],
)
def test_another_bill_is_a_new_offer(other: ClaimRequest) -> None:
    world = family()
    offered(world.settle(ASKED))
    again = offered(world.settle(other, now=NOON + 4 * MINUTES))
    assert (again.request, again.expires_at) == (other, NOON + 9 * MINUTES)
    offered(world.settle(ASKED, now=NOON + 4 * MINUTES + SECOND))


def test_the_second_tap_is_decided_anew() -> None:
    world = family()
    offered(world.settle(ASKED))
    done(world.unbind("ann", "dad"))
    done(world.settle(ASKED, now=NOON + MINUTES))
    assert claim(world).cash_fen == ((1, 50),)
    assert world.left("ann") == (70, 0)
    audit(world)


@pytest.mark.parametrize(
    "asked",
    [
        request("c", "dad", own_fen=100),
        request("c", "dad", own_fen=150, use_accounts=False),
        request("c", "ann", own_fen=150),
    ],
)
def test_a_bill_that_no_relative_would_pay_is_settled_at_the_first_tap(asked: ClaimRequest) -> None:
    world = family()
    assert topics(world.settle(asked))[0] == "claim.settled"
    audit(world)


def test_relatives_without_money_are_not_offered() -> None:
    world = World(rules(TWO_TAPS))
    world.enroll("dad", insurance=Insurance.RESIDENT)
    world.enroll("ann")
    world.bind("ann", "dad")
    done(world.settle(ASKED))
    assert (claim(world).status, claim(world).cash_fen) == (Status.SETTLED, ((1, 150),))


@pytest.mark.parametrize("till", [Till.AUTOMATIC, Till.ON_REQUEST])
def test_elsewhere_nothing_is_offered(till: Till) -> None:
    world = family({"claim.till": till})
    done(world.settle(replace(ASKED, aid_requested=True)))
    assert (claim(world).status, world.left("ann")) == (Status.SETTLED, (20, 0))


def test_a_bill_that_may_not_be_paid_is_not_offered() -> None:
    world = family()
    refused(world.settle(replace(ASKED, lines=())), Code.LINES_MALFORMED)
    refused(world.hold(ASKED, until=NOON), Code.HOLD_END_PAST)
    assert not world.claims


def test_an_offer_is_reversed_and_nothing_is_given_back() -> None:
    world = family()
    offered(world.settle(ASKED))
    assert topics(world.reverse("c")) == ["claim.reversed"]
    assert claim(world).status is Status.REVERSED
    refused(world.cancel("c"), Code.ALREADY_CANCELLED)
    offered(world.settle(ASKED, now=NOON + MINUTES))
    assert claim(world).attempt == 2
    audit(world)


def test_an_offer_cannot_be_cancelled_released_or_captured() -> None:
    world = family()
    offered(world.settle(ASKED))
    refused(world.cancel("c"), Code.NOT_SETTLED)
    refused(world.release("c"), Code.NOT_HELD)
    refused(world.capture("c"), Code.NOT_HELD)


def test_an_offer_and_what_follows_it_are_one_attempt() -> None:
    world = family()
    assert attempt_after(None) == 1
    offered(world.settle(ASKED))
    assert attempt_after(claim(world)) == 1
    done(world.settle(ASKED))
    assert attempt_after(claim(world)) == 2


def test_a_quote_says_what_the_second_tap_would_pay() -> None:
    world = family()
    before = world.quote(ASKED)
    offered(world.settle(ASKED))
    after = world.quote(ASKED)
    assert isinstance(before, Allocation)
    assert before == after
