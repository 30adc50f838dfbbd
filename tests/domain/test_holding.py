"""What a hold keeps, what a capture takes, and what may happen before a hold ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain import binding, bookkeeping
from domain.account import AccountCaptured
from domain.amounts import Amounts
from domain.claim import ClaimCaptured, Leg
from domain.codes import Category, Coverage, Payee, Segment
from domain.facts import Outcome
from domain.ids import ClaimId, PersonId, PoolId
from domain.refusals import Code, Refusal
from tests.auditor import audit
from tests.builders import (
    DAY,
    NEXT_NOON,
    NOON,
    days,
    done,
    line,
    noon,
    refused,
    request,
    rules,
    topics,
)
from tests.families import FAMILY
from tests.world import World

CLAIM = ClaimId("c")
ASKED = request("c", "dad", lines=[line(1, 200), line(2, 100, fund_fen=40)])


def family() -> World:
    """Give a father with 100 and a daughter with 150, who need 300 together."""
    world = World()
    world.enroll("dad", current_fen=60, prior_fen=40)
    world.enroll("ann", current_fen=150)
    world.bind("ann", "dad")
    return world


def held() -> World:
    """Give the same family with everything it has held for a day."""
    world = family()
    done(world.hold(ASKED))
    return world


def test_a_hold_keeps_money_from_everybody_else() -> None:
    world = held()
    assert (world.left("dad"), world.left("ann")) == ((0, 0), (0, 0))
    quote = world.quote(request("d", "dad", own_fen=10))
    assert not isinstance(quote, Refusal)
    assert quote.accounts_fen == 0


def test_a_smaller_capture_pays_in_the_order_of_the_allocation_and_returns_the_rest() -> None:
    world = held()
    outcome = world.capture("c", {1: 120})
    assert topics(outcome) == ["claim.captured", "account.captured", "account.captured"]
    assert (world.left("dad"), world.left("ann")) == ((0, 0), (30, 0))
    assert world.claims[CLAIM].cash_fen == ((1, 0), (2, 0)), "what line 1 leaves pays line 2"


def test_a_smaller_capture_keeps_priority_between_lines() -> None:
    world = held()
    done(world.capture("c", {1: 0, 2: 100}))
    assert (world.left("dad"), world.left("ann")) == ((0, 0), (150, 0))
    assert world.claims[CLAIM].cash_fen == ((1, 0), (2, 0))


def test_an_account_that_a_smaller_capture_does_not_need_is_released() -> None:
    world = held()
    outcome = world.capture("c", {1: 70, 2: 0})
    assert topics(outcome) == ["claim.captured", "account.captured", "account.released"]
    assert (world.left("dad"), world.left("ann")) == ((0, 30), (150, 0))


@pytest.mark.parametrize("own", [{1: 201}, {2: -1}, {3: 0}, {1: 0, 2: 101}])
def test_a_capture_never_exceeds_what_was_authorized_on_any_line(own: dict[int, int]) -> None:
    world = held()
    refused(world.capture("c", own), Code.CAPTURE_EXCEEDS_HOLD)


def test_a_hold_ends_at_its_instant_and_not_before() -> None:
    just_before = NEXT_NOON - timedelta(microseconds=1)
    refused(held().expire("c", now=just_before), Code.HOLD_NOT_DUE)
    done(held().capture("c", now=just_before))
    refused(held().capture("c", now=NEXT_NOON), Code.HOLD_EXPIRED)
    done(held().expire("c", now=NEXT_NOON))


def test_a_hold_is_due_from_its_instant_on_and_nothing_else_ever_is() -> None:
    world = held()
    assert not world.claims[CLAIM].is_due(NEXT_NOON - timedelta(microseconds=1))
    assert world.claims[CLAIM].is_due(NEXT_NOON)
    done(world.release("c"))
    assert not world.claims[CLAIM].is_due(NEXT_NOON)
    done(world.settle(ASKED))
    assert not world.claims[CLAIM].is_due(NEXT_NOON)


def test_a_hold_that_would_have_ended_already_is_refused() -> None:
    for until in (NOON, NOON - days(1)):
        refused(family().hold(ASKED, until=until), Code.HOLD_END_PAST)


# ------------------------------------------------------------------- between a hold and its end


def roll_both(world: World) -> None:
    for who in ("dad", "ann"):
        done(world.roll(who, on=date(2027, 1, 1)))


NEW_YEAR = noon(date(2027, 1, 2))


def long_hold() -> World:
    world = family()
    done(world.hold(ASKED, until=noon(date(2027, 2, 1))))
    return world


def test_money_held_over_the_new_year_is_paid_as_prior_money() -> None:
    world = long_hold()
    roll_both(world)
    outcome = world.capture("c", {1: 90, 2: 30}, now=NEW_YEAR)
    facts = [change.fact for change in done(outcome)]
    captured = facts[1]
    assert isinstance(captured, AccountCaptured)
    assert (captured.taken, captured.returned) == (Amounts(0, 100), Amounts(0, 0))
    assert {leg.segment for leg in world.claims[CLAIM].legs} == {Segment.PRIOR}
    assert (world.left("dad"), world.left("ann")) == ((0, 0), (0, 130))
    audit(world)


def test_two_segments_of_one_line_are_one_payment_after_the_new_year() -> None:
    world = long_hold()
    roll_both(world)
    done(world.capture("c", now=NEW_YEAR))
    assert world.claims[CLAIM].legs == (
        Leg(account=PersonId("dad"), segment=Segment.PRIOR, line=1, amount_fen=100),
        Leg(account=PersonId("ann"), segment=Segment.PRIOR, line=1, amount_fen=100),
        Leg(account=PersonId("ann"), segment=Segment.PRIOR, line=2, amount_fen=50),
    )
    done(world.cancel("c", now=NEW_YEAR))
    assert (world.left("dad"), world.left("ann")) == ((0, 100), (0, 150))
    audit(world)


def test_money_held_over_the_new_year_returns_as_prior_money() -> None:
    for end in ("release", "reverse", "expire"):
        world = long_hold()
        roll_both(world)
        match end:
            case "release":
                done(world.release("c", now=NEW_YEAR))
            case "reverse":
                done(world.reverse("c", now=NEW_YEAR))
            case _:
                done(world.expire("c", now=noon(date(2027, 2, 1))))
        assert (world.left("dad"), world.left("ann")) == ((0, 100), (0, 150))
        audit(world)


def test_a_hold_given_in_time_is_captured_after_the_relation_has_ended() -> None:
    def withdraw(world: World) -> Outcome:
        pool, parties = world.pools[PoolId(FAMILY)], world.parties("ann", "dad")
        return world.record(binding.withdraw(pool, parties, on=DAY))

    for end in (
        withdraw,
        lambda world: world.unbind("ann", "dad"),
        lambda world: world.cover("ann", Coverage.DECEASED, on=DAY),
        lambda world: world.cover("dad", Coverage.DECEASED, on=DAY),
        lambda world: world.cover("ann", Coverage.SUSPENDED, on=DAY),
    ):
        world = held()
        done(end(world))
        done(world.capture("c"))
        assert world.left("ann") == (0, 0)
        refused(world.capture("c"), Code.NOT_HELD)
        audit(world)


def test_an_account_stays_open_until_its_holds_have_ended() -> None:
    world = held()
    done(world.cover("ann", Coverage.DECEASED, on=DAY))
    heir = world["dad"]
    close = bookkeeping.close_account(world["ann"], payee=Payee.HEIR_ACCOUNT, heir=heir, on=DAY)
    refused(close, Code.HOLDS_OPEN)
    done(world.capture("c", {1: 120, 2: 0}))
    done(
        world.record(
            bookkeeping.close_account(
                world["ann"], payee=Payee.HEIR_ACCOUNT, heir=world["dad"], on=DAY
            )
        )
    )
    assert world.left("dad") == (130, 0)
    audit(world)


def test_every_attempt_has_its_own_settlement_id() -> None:
    world = family()
    seen = set()
    for _ in range(3):
        done(world.settle(ASKED))
        seen.add(world.claims[CLAIM].settlement)
        done(world.cancel("c"))
        done(world.hold(ASKED))
        done(world.capture("c"))
        seen.add(world.claims[CLAIM].settlement)
        done(world.reverse("c"))
    assert len(seen) == 6
    audit(world)


def two_payers() -> World:
    """Give dad, whose account pays hospital care only, and ann, whose account pays drugs, too."""
    world = World(rules({"own.categories": frozenset({Category.OUTPATIENT})}))
    world.enroll("dad", current_fen=100)
    world.enroll("ann", current_fen=100)
    world.bind("ann", "dad")
    lines = [line(1, 100), line(2, 80, category=Category.DRUG)]
    done(world.hold(request("c", "dad", lines=lines)))
    return world


def test_an_account_after_one_that_is_not_needed_pays_all_the_same() -> None:
    world = two_payers()
    outcome = world.capture("c", {1: 0})
    assert topics(outcome) == ["claim.captured", "account.released", "account.captured"]
    assert (world.left("dad"), world.left("ann")) == ((100, 0), (20, 0))
    audit(world)


def test_a_relatives_hold_pays_though_the_own_account_was_not_used_up() -> None:
    world = two_payers()
    done(world.capture("c", {1: 30}))
    assert (world.left("dad"), world.left("ann")) == ((70, 0), (20, 0))
    assert world.claims[CLAIM].cash_fen == ((1, 0), (2, 0))


def test_a_capture_is_settled_under_the_claim_and_its_attempt() -> None:
    world = held()
    done(world.release("c"))
    done(world.hold(ASKED))
    captured = done(world.capture("c"))[0].fact
    assert isinstance(captured, ClaimCaptured)
    assert captured.settlement == "S-c-2"
