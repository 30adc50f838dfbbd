"""Every command on a claim in every status, and what happens around a hold while it is open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimExpired,
    ClaimOffered,
    ClaimReleased,
    ClaimReversed,
    ClaimSettled,
    Status,
)
from domain.claim_fold import evolve
from domain.codes import Till
from domain.facts import Fact, Outcome
from domain.ids import ClaimId
from domain.refusals import Refusal
from domain.undoing import Undo
from tests.auditor import audit
from tests.builders import HERE, NEXT_NOON, NOON, line, refused, request, rules
from tests.world import World

CLAIM = ClaimId("c")
ASKED = request("c", "dad", lines=[line(1, 200), line(2, 100, fund_fen=40)])
PART = Undo({1: 150}, {})


def family() -> World:
    """Give a father with 100 and a daughter with 150, who need 300 together."""
    world = World()
    world.enroll("dad", current_fen=60, prior_fen=40)
    world.enroll("ann", current_fen=150)
    world.bind("ann", "dad")
    return world


COMMANDS: dict[str, Callable[[World], Outcome | object]] = {
    "quote": lambda world: world.quote(ASKED),
    "authorize": lambda world: world.hold(ASKED),
    "settle": lambda world: world.settle(ASKED),
    "capture": lambda world: world.capture("c"),
    "capture less": lambda world: world.capture("c", {1: 120, 2: 0}),
    "release": lambda world: world.release("c"),
    "expire": lambda world: world.expire("c", now=NOON),
    "cancel": lambda world: world.cancel("c"),
    "cancel a part": lambda world: world.cancel("c", PART),
    "reverse": lambda world: world.reverse("c"),
    "capture late": lambda world: world.capture("c", now=NEXT_NOON),
    "expire late": lambda world: world.expire("c", now=NEXT_NOON),
    "release late": lambda world: world.release("c", now=NEXT_NOON),
    "reverse late": lambda world: world.reverse("c", now=NEXT_NOON),
}


def offer(world: World) -> Outcome:
    """Settle where the card is tapped twice."""
    world.rule_sets[HERE] = rules({"claim.till": Till.TWO_TAPS})
    return world.settle(ASKED)


STARTS = "quote authorize settle"
HOLDS = "capture|capture less|release|expire|capture late|expire late|release late"
UNDOES = "cancel|cancel a part|reverse|reverse late"

# How each state is reached, and what each command answers in it: a topic or a refusal code.
ROADS: dict[str, list[str]] = {
    "offered": ["offer"],
    "offer reversed": ["offer", "reverse"],
    "offer accepted": ["offer", "settle"],
    "held": ["authorize"],
    "held anew": ["authorize", "release", "authorize"],
    "released": ["authorize", "release"],
    "expired": ["authorize", "expire late"],
    "settled": ["settle"],
    "settled by capture": ["authorize", "capture"],
    "settled by a smaller capture": ["authorize", "capture less"],
    "settled anew": ["settle", "cancel", "settle"],
    "partly cancelled": ["settle", "cancel a part"],
    "cancelled": ["settle", "cancel"],
    "cancelled in two parts": ["settle", "cancel a part", "cancel"],
    "hold reversed": ["authorize", "reverse"],
    "settlement reversed": ["settle", "reverse"],
    "remainder reversed": ["settle", "cancel a part", "reverse"],
}

HELD = {
    **dict.fromkeys(STARTS.split(), "claim_exists"),
    "capture": "claim.captured",
    "capture less": "claim.captured",
    "release": "claim.released",
    "expire": "hold_not_due",
    "cancel": "not_settled",
    "cancel a part": "not_settled",
    "reverse": "claim.reversed",
    "capture late": "hold_expired",
    "expire late": "claim.expired",
    "release late": "claim.released",
    "reverse late": "claim.reversed",
}
MAY_START = {"quote": "quoted", "authorize": "claim.authorized", "settle": "claim.settled"}
NOT_HELD = dict.fromkeys(HOLDS.split("|"), "not_held")
ENDED_UNPAID = {
    **MAY_START,
    **NOT_HELD,
    "cancel": "not_settled",
    "cancel a part": "not_settled",
    "reverse": "not_reversible",
    "reverse late": "not_reversible",
}
PAID = {
    **dict.fromkeys(STARTS.split(), "claim_exists"),
    **NOT_HELD,
    "cancel": "claim.cancelled",
    "cancel a part": "claim.cancelled",
    "reverse": "claim.reversed",
    "reverse late": "claim.reversed",
}
GIVEN_BACK = {
    **ENDED_UNPAID,
    "cancel": "already_cancelled",
    "cancel a part": "already_cancelled",
}

OFFERED_ANEW = dict.fromkeys(("authorize", "settle"), "claim.offered")

EXPECTED: dict[str, dict[str, str]] = {
    "offered": ENDED_UNPAID | dict.fromkeys(("reverse", "reverse late"), "claim.reversed"),
    "offer reversed": GIVEN_BACK | OFFERED_ANEW,
    "offer accepted": PAID,
    "held": HELD,
    "held anew": HELD,
    "released": ENDED_UNPAID,
    "expired": ENDED_UNPAID,
    "settled": PAID,
    "settled by capture": PAID,
    "settled by a smaller capture": PAID | {"cancel a part": "cancel_exceeds_paid"},
    "settled anew": PAID,
    "partly cancelled": PAID | {"cancel a part": "cancel_exceeds_paid"},
    "cancelled": GIVEN_BACK,
    "cancelled in two parts": GIVEN_BACK,
    "hold reversed": GIVEN_BACK,
    "settlement reversed": GIVEN_BACK,
    "remainder reversed": GIVEN_BACK,
}


def brought_to(state: str) -> World:
    world = family()
    for command in ROADS[state]:
        outcome = (COMMANDS | {"offer": offer})[command](world)
        assert not isinstance(outcome, Refusal), (state, command, outcome)
    return world


def answer(outcome: object) -> str:
    """Name an outcome by its first topic or by its refusal code."""
    if isinstance(outcome, Refusal):
        return refused(outcome, outcome.code).code.value
    return outcome[0].fact.TOPIC if isinstance(outcome, tuple) else "quoted"


def test_the_table_is_complete() -> None:
    assert set(ROADS) == set(EXPECTED)
    assert all(set(answers) == set(COMMANDS) for answers in EXPECTED.values())
    reached = {brought_to(state).claims[CLAIM].status for state in ROADS}
    assert reached == set(Status)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("state", ROADS)
def test_every_command_in_every_state_answers_as_the_table_says(state: str, command: str) -> None:
    world = brought_to(state)
    before = (dict(world.people), dict(world.pools), dict(world.claims))
    outcome = COMMANDS[command](world)
    assert answer(outcome) == EXPECTED[state][command]
    if isinstance(outcome, Refusal) or command == "quote":
        assert before == (world.people, world.pools, world.claims)
    audit(world)


@pytest.mark.parametrize("state", [s for s in ROADS if EXPECTED[s] in (ENDED_UNPAID, GIVEN_BACK)])
def test_an_ended_claim_leaves_every_account_and_every_limit_as_it_was(state: str) -> None:
    world = brought_to(state)
    for who, fresh in family().people.items():
        account, expected = world.people[who].account, fresh.account
        assert account is not None
        assert expected is not None
        assert (account.available, account.holds) == (expected.available, expected.holds)
        assert not any(fen for used in account.used.values() for fen in used.values())


def test_only_the_verbs_that_start_work_on_an_unknown_claim() -> None:
    for command in STARTS.split():
        assert answer(COMMANDS[command](family())) == MAY_START[command]


# --------------------------------------------------------------------- facts against every status


def sample_facts() -> dict[str, Fact]:
    """Give one real fact of each kind from the histories above."""
    found: dict[str, Fact] = {}
    for state in ROADS:
        world = brought_to(state)
        for fact in world.history[world.claims[CLAIM].stream]:
            found.setdefault(fact.TOPIC, fact)
    return found


FACTS = sample_facts()
UNPAID = {Status.OFFERED, Status.RELEASED, Status.EXPIRED, Status.CANCELLED, Status.REVERSED}
FITS = {
    ClaimOffered: UNPAID,
    ClaimSettled: UNPAID,
    ClaimAuthorized: UNPAID,
    ClaimCaptured: {Status.HELD},
    ClaimReleased: {Status.HELD},
    ClaimExpired: {Status.HELD},
    ClaimCancelled: {Status.SETTLED},
    ClaimReversed: {Status.OFFERED, Status.HELD},  # this sample gives nothing back
}


@pytest.mark.parametrize("topic", FACTS)
@pytest.mark.parametrize("state", ROADS)
def test_a_fact_is_taken_only_in_a_status_that_it_fits(state: str, topic: str) -> None:
    known, fact = brought_to(state).claims[CLAIM], FACTS[topic]
    if isinstance(fact, ClaimCancelled) and known.status is Status.PARTLY_CANCELLED:
        return  # whether the same amounts fit once more is a matter of amounts
    if "smaller" in state and isinstance(fact, ClaimCancelled):
        return  # as above
    if known.status in FITS[type(fact)]:
        offered_anew = isinstance(fact, ClaimOffered) and known.status is Status.OFFERED
        assert (evolve(known, fact).status is known.status) is offered_anew
    else:
        with pytest.raises(AssertionError):
            evolve(known, fact)


def test_a_claim_begins_by_being_settled_held_or_offered() -> None:
    for topic, fact in FACTS.items():
        if topic in {"claim.settled", "claim.authorized", "claim.offered"}:
            assert evolve(None, fact).attempt == 1
        else:
            with pytest.raises(AssertionError):
                evolve(None, fact)


def test_a_claim_takes_no_fact_of_another_stream() -> None:
    world = brought_to("settled")
    with pytest.raises(AssertionError, match="not a fact of a claim"):
        evolve(world.claims[CLAIM], world.history[world["ann"].stream][0])
