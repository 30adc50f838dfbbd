"""Whom and what each refusal of a claim names, and by which rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain import bookkeeping
from domain.claim import Allocation
from domain.codes import Card, Coverage, Credential, RefundSegment
from domain.facts import Outcome
from domain.refusals import Code, Refusal, refuse
from domain.undoing import Undo
from tests.builders import (
    DAY,
    NEXT_NOON,
    NOON,
    START,
    days,
    done,
    institution,
    line,
    noon,
    request,
    rules,
)
from tests.world import World

Answer = Outcome | Allocation
CLAIM = request("c", "dad", lines=[line(1, 40, fund_fen=20), line(3, 10)])
NOW = "2026-03-02T04:00:00+00:00"
NEXT = "2026-03-03T04:00:00+00:00"


def dad(changes: dict[str, object] | None = None) -> World:
    world = World(rules(changes))
    world.enroll("dad", current_fen=100)
    return world


def settled(changes: dict[str, object] | None = None) -> World:
    world = dad(changes)
    done(world.settle(CLAIM))
    return world


def held() -> World:
    world = dad()
    done(world.hold(CLAIM))
    return world


def after(world: World, outcome: Outcome) -> World:
    """Give the world after something that was not refused."""
    done(outcome)
    return world


def card_lost() -> World:
    world = dad()
    reported = bookkeeping.report_card(world["dad"], card=Card.LOST, on=DAY)
    return after(world, world.record(reported))


def suspended() -> World:
    world = dad()
    return after(world, world.cover("dad", Coverage.SUSPENDED, on=START))


def shown(credential: Credential, changes: dict[str, object] | None = None) -> Answer:
    return dad(changes).quote(replace(CLAIM, credential=credential))


def undone(own: dict[int, int], fund: dict[int, int]) -> Outcome:
    return settled().cancel("c", Undo(own, fund))


ASKED: list[tuple[Callable[[], Answer], Refusal]] = [
    (
        lambda: dad().quote(replace(CLAIM, service_date=DAY + days(1))),
        refuse(Code.INVALID_PERIOD, first="2026-03-03", last="2026-03-02"),
    ),
    (
        lambda: dad().quote(replace(CLAIM, lines=())),
        refuse(Code.LINES_MALFORMED, claim="c", line=0),
    ),
    (
        lambda: dad().quote(replace(CLAIM, lines=(line(1, 1), line(3, 1), line(2, 1)))),
        refuse(Code.LINES_MALFORMED, claim="c", line=2),
    ),
    (
        lambda: dad().quote(replace(CLAIM, lines=(line(1, 1), line(2, -1)))),
        refuse(Code.LINES_MALFORMED, claim="c", line=2),
    ),
    (lambda: settled().quote(CLAIM), refuse(Code.CLAIM_EXISTS, claim="c", status="settled")),
    (
        lambda: dad().quote(replace(CLAIM, institution=institution(designated=False))),
        refuse(Code.INSTITUTION_NOT_DESIGNATED, institution="H1"),
    ),
    (
        lambda: dad().quote(replace(CLAIM, institution=institution(connected=False))),
        refuse(Code.INSTITUTION_NOT_CONNECTED, institution="H1"),
    ),
    (lambda: shown(Credential.NONE), refuse(Code.CREDENTIAL_MISSING, patient="dad")),
    (
        lambda: shown(Credential.PROXY, {"claim.proxy": False}),
        refuse(Code.CREDENTIAL_NOT_PATIENTS, rule="claim.proxy", patient="dad"),
    ),
    (
        lambda: shown(Credential.GRANTOR, {"claim.grantor_credential": False}),
        refuse(Code.CREDENTIAL_NOT_PATIENTS, rule="claim.grantor_credential", patient="dad"),
    ),
    (
        lambda: card_lost().quote(CLAIM),
        refuse(Code.CARD_NOT_ACTIVE, patient="dad", card="lost"),
    ),
    (
        lambda: suspended().quote(CLAIM),
        refuse(Code.COVERAGE_NOT_IN_FORCE, patient="dad", day="2026-03-02"),
    ),
    (lambda: dad().hold(CLAIM, until=NOON), refuse(Code.HOLD_END_PAST, expires_at=NOW)),
]


@pytest.mark.parametrize(("decide", "expected"), ASKED)
def test_a_refused_claim_names_what_is_wrong_with_it_and_the_rule_that_decided(
    decide: Callable[[], Answer], expected: Refusal
) -> None:
    assert decide() == expected


MOMENT = timedelta(microseconds=1)

HELD: list[tuple[Callable[[], Answer], Refusal]] = [
    (lambda: settled().capture("c"), refuse(Code.NOT_HELD, claim="c", status="settled")),
    (lambda: settled().release("c"), refuse(Code.NOT_HELD, claim="c", status="settled")),
    (lambda: settled().expire("c"), refuse(Code.NOT_HELD, claim="c", status="settled")),
    (
        lambda: held().capture("c", now=NEXT_NOON),
        refuse(Code.HOLD_EXPIRED, claim="c", expires_at=NEXT),
    ),
    (
        lambda: held().expire("c", now=NEXT_NOON - MOMENT),
        refuse(Code.HOLD_NOT_DUE, claim="c", expires_at=NEXT),
    ),
    (
        lambda: held().capture("c", {1: 40, 3: 11}),
        refuse(Code.CAPTURE_EXCEEDS_HOLD, claim="c", line=3, asked_fen=11),
    ),
    (
        lambda: held().capture("c", {2: 0}),
        refuse(Code.CAPTURE_EXCEEDS_HOLD, claim="c", line=2, asked_fen=0),
    ),
]


@pytest.mark.parametrize(("decide", "expected"), HELD)
def test_a_refused_end_of_a_hold_names_the_claim_and_what_stands_in_the_way(
    decide: Callable[[], Answer], expected: Refusal
) -> None:
    assert decide() == expected


def cancelled() -> World:
    world = settled()
    return after(world, world.cancel("c"))


PERIOD = {"claim": "c", "settled_on": "2026-03-02"}

UNDONE: list[tuple[Callable[[], Answer], Refusal]] = [
    (
        lambda: cancelled().cancel("c"),
        refuse(Code.ALREADY_CANCELLED, claim="c", status="cancelled"),
    ),
    (lambda: held().cancel("c"), refuse(Code.NOT_SETTLED, claim="c", status="held")),
    (
        lambda: settled({"claim.cancel_across_months": False}).cancel(
            "c", now=noon(DAY + days(30))
        ),
        refuse(
            Code.CANCEL_ACROSS_MONTHS,
            rule="claim.cancel_across_months",
            today="2026-04-01",
            **PERIOD,
        ),
    ),
    (
        lambda: settled({"claim.cancel_across_years": RefundSegment.REFUSED}).cancel(
            "c", now=noon(DAY + days(305))
        ),
        refuse(
            Code.CANCEL_ACROSS_YEARS, rule="claim.cancel_across_years", today="2027-01-01", **PERIOD
        ),
    ),
    (
        lambda: undone({1: 40, 3: 11}, {}),
        refuse(Code.CANCEL_EXCEEDS_PAID, claim="c", line=3, asked_fen=11, paid_fen=10),
    ),
    (
        lambda: undone({}, {1: 21}),
        refuse(Code.CANCEL_EXCEEDS_PAID, claim="c", line=1, asked_fen=21, paid_fen=20),
    ),
    (
        lambda: undone({2: 1}, {}),
        refuse(Code.CANCEL_EXCEEDS_PAID, claim="c", line=2, asked_fen=1, paid_fen=0),
    ),
    (
        lambda: undone({}, {}),
        refuse(Code.CANCEL_EXCEEDS_PAID, claim="c", line=0, asked_fen=0, paid_fen=0),
    ),
    (
        lambda: cancelled().reverse("c", message="m9"),
        refuse(Code.NOT_REVERSIBLE, message="m9", status="cancelled"),
    ),
]


@pytest.mark.parametrize(("decide", "expected"), UNDONE)
def test_a_refused_cancellation_names_the_days_and_the_amounts_that_decided(
    decide: Callable[[], Answer], expected: Refusal
) -> None:
    assert decide() == expected
