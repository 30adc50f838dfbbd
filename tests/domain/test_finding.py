"""The review of a finding: its steps in their order, by whom and until when."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest
from msgspec.structs import replace

from domain import finding as review
from domain.codes import Handling, Opinion, ReviewStep, Suspicion
from domain.facts import Outcome
from domain.finding import (
    Case,
    Finding,
    FindingDecided,
    FindingRaised,
    FindingSecondReviewed,
    Taken,
    decide,
    evolve,
    object_to,
    raise_finding,
    review_first,
    review_second,
    verify,
)
from domain.ids import ReviewerId
from domain.refusals import Code
from domain.text import Text
from tests.builders import refused, topics

WANG, LI, ZHAO, SHOP = map(ReviewerId, ("wang", "li", "zhao", "H1"))
DAY, NEXT, LAST, AFTER = (date(2026, 3, day) for day in (2, 3, 20, 21))
STANDS, CLEARED = Opinion.STANDS, Opinion.CLEARED
CASE = Case(
    rule="MA-10",
    level=Suspicion.SUSPICIOUS,
    subject="person/P4",
    positions=(3, 7),
    amount_fen=500_00,
    says=Text("同店连续刷多卡", "many cards at one shop"),
)


def entered(finding: Finding | None, outcome: Outcome) -> Finding:
    assert isinstance(outcome, tuple), outcome
    for stream, fact in outcome:
        assert stream.kind == "finding"
        finding = evolve(finding, fact)
    assert finding is not None
    return finding


def raised(case: Case = CASE) -> Finding:
    return entered(None, raise_finding(None, case, by=WANG, on=DAY, last_position=7))


def once(finding: Finding | None = None) -> Finding:
    return entered(
        finding or raised(), review_first(finding or raised(), opinion=STANDS, by=WANG, on=DAY)
    )


def twice(opinion: Opinion = STANDS, object_by: date | None = LAST) -> Finding:
    before = once()
    given = review_second(before, opinion=opinion, by=LI, on=NEXT, object_by=object_by)
    return entered(before, given)


def objected() -> Finding:
    return entered(twice(), object_to(twice(), by=SHOP, on=LAST))


def verified() -> Finding:
    return entered(objected(), verify(objected(), opinion=CLEARED, by=ZHAO, on=AFTER))


# ------------------------------------------------------------------------------------------ raising


def test_the_id_follows_from_rule_subject_and_events_alone() -> None:
    written = '{"positions":[3,7],"rule":"MA-10","subject":"person/P4"}'
    assert CASE.id == f"MA-10-{sha256(written.encode()).hexdigest()[:12]}"
    assert replace(CASE, amount_fen=1, version=2, says=Text("", "")).id == CASE.id
    assert replace(CASE, positions=(3, 8)).id != CASE.id


def test_a_raised_finding_remembers_the_case_and_who_raised_it() -> None:
    assert raised() == Finding(CASE, (Taken(ReviewStep.RAISED, WANG, DAY),))
    assert raised().status is ReviewStep.RAISED
    assert raised().stream == ("finding", CASE.id)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rule": "MA 10"}, Code.MALFORMED_ID),
        ({"rule": "R" * 52}, Code.MALFORMED_ID),
        ({"subject": "person/"}, Code.MALFORMED_ID),
        ({"subject": "P4"}, Code.FINDING_MALFORMED),
        ({"subject": ""}, Code.MALFORMED_ID),
        ({"subject": "person/11010519491231002X"}, Code.IDENTITY_NUMBER),
        ({"subject": "Person/P4"}, Code.FINDING_MALFORMED),
        ({"version": 0}, Code.FINDING_MALFORMED),
        ({"positions": ()}, Code.FINDING_MALFORMED),
        ({"positions": (0, 3)}, Code.FINDING_MALFORMED),
        ({"positions": (3, 3)}, Code.FINDING_MALFORMED),
        ({"positions": (7, 3)}, Code.FINDING_MALFORMED),
        ({"positions": (3, 8)}, Code.UNKNOWN_POSITION),
        ({"amount_fen": -1}, Code.AMOUNT_OUT_OF_RANGE),
    ],
)
def test_what_cannot_be_a_finding_is_refused(changes: dict[str, object], code: Code) -> None:
    case = replace(CASE, **changes)
    refused(raise_finding(None, case, by=WANG, on=DAY, last_position=7), code)


def test_a_finding_is_raised_once_and_by_somebody_with_a_name() -> None:
    again = raise_finding(raised(), CASE, by=LI, on=NEXT, last_position=9)
    assert refused(again, Code.ALREADY_EXISTS).facts == {"id": CASE.id}
    nameless = raise_finding(None, CASE, by=ReviewerId(""), on=DAY, last_position=7)
    refused(nameless, Code.MALFORMED_ID)


def test_a_finding_may_be_about_the_store_itself() -> None:
    assert raised(replace(CASE, subject="store")).case.subject == "store"


def test_a_finding_may_be_without_money_and_rest_on_the_very_last_event() -> None:
    free = raised(replace(CASE, amount_fen=0))
    assert free.case.amount_fen == 0


# ---------------------------------------------------------------------------------------- the steps


def test_the_whole_review_with_an_objection() -> None:
    done = decide(verified(), handling=Handling.PARTLY_UPHELD, by=LI, on=AFTER, recover_fen=20_00)
    assert topics(done) == ["finding.decided"]
    after = entered(verified(), done)
    assert after.steps == (
        Taken(ReviewStep.RAISED, WANG, DAY),
        Taken(ReviewStep.FIRST_REVIEW, WANG, DAY, STANDS),
        Taken(ReviewStep.SECOND_REVIEW, LI, NEXT, STANDS),
        Taken(ReviewStep.OBJECTION, SHOP, LAST),
        Taken(ReviewStep.VERIFICATION, ZHAO, AFTER, CLEARED),
        Taken(ReviewStep.DECISION, LI, AFTER),
    )
    assert (after.handling, after.recover_fen, after.object_by) == (
        Handling.PARTLY_UPHELD,
        20_00,
        LAST,
    )


def test_every_step_names_whom_it_is_about() -> None:
    outcome = verify(objected(), opinion=STANDS, by=ZHAO, on=AFTER)
    assert isinstance(outcome, tuple)
    assert [getattr(fact, "subject", None) for _, fact in outcome] == ["person/P4"]


def test_two_persons_review() -> None:
    same = review_second(once(), opinion=STANDS, by=WANG, on=NEXT)
    assert refused(same, Code.SAME_REVIEWER).facts["by"] == WANG


def test_the_first_reviewer_may_be_the_one_who_raised_it() -> None:
    assert once().steps[0].by == once().steps[1].by


def test_an_objection_comes_by_its_last_day() -> None:
    late = refused(object_to(twice(), by=SHOP, on=AFTER), Code.OBJECTION_TOO_LATE)
    assert late.facts["last"] == "2026-03-20"
    assert entered(twice(), object_to(twice(), by=SHOP, on=LAST)).status is ReviewStep.OBJECTION


def test_without_a_last_day_an_objection_may_come_until_the_next_step() -> None:
    open_end = twice(object_by=None)
    assert isinstance(object_to(open_end, by=SHOP, on=date(2030, 1, 1)), tuple)
    assert isinstance(decide(open_end, handling=Handling.UPHELD, by=ZHAO, on=NEXT), tuple)


def test_nothing_else_happens_while_an_objection_may_come() -> None:
    for outcome in (
        verify(twice(), opinion=STANDS, by=ZHAO, on=LAST),
        decide(twice(), handling=Handling.UPHELD, by=ZHAO, on=LAST),
    ):
        assert refused(outcome, Code.OBJECTION_OPEN).facts["last"] == "2026-03-20"
    assert isinstance(verify(twice(), opinion=STANDS, by=ZHAO, on=AFTER), tuple)
    assert isinstance(decide(twice(), handling=Handling.UPHELD, by=ZHAO, on=AFTER), tuple)
    assert isinstance(verify(objected(), opinion=STANDS, by=ZHAO, on=LAST), tuple)


def test_what_the_second_review_clears_waits_for_nobody() -> None:
    cleared = twice(CLEARED)
    assert cleared.object_by is None
    assert isinstance(decide(cleared, handling=Handling.DISMISSED, by=ZHAO, on=NEXT), tuple)


def test_an_objection_is_verified_before_it_is_decided() -> None:
    early = decide(objected(), handling=Handling.DISMISSED, by=ZHAO, on=AFTER)
    assert refused(early, Code.STEP_OUT_OF_ORDER).facts == {
        "finding": CASE.id,
        "step": ReviewStep.DECISION,
        "after": ReviewStep.OBJECTION,
    }


def test_steps_do_not_leap() -> None:
    for outcome in (
        review_second(raised(), opinion=STANDS, by=LI, on=DAY),
        review_first(once(), opinion=STANDS, by=LI, on=DAY),
        object_to(once(), by=SHOP, on=DAY),
        object_to(verified(), by=SHOP, on=AFTER),
        verify(once(), opinion=STANDS, by=LI, on=DAY),
        verify(verified(), opinion=STANDS, by=LI, on=AFTER),
    ):
        refused(outcome, Code.STEP_OUT_OF_ORDER)


def test_days_do_not_run_backwards() -> None:
    early = review_first(raised(), opinion=STANDS, by=LI, on=date(2026, 3, 1))
    assert refused(early, Code.INVALID_PERIOD).facts == {
        "first": "2026-03-02",
        "last": "2026-03-01",
    }
    short = review_second(once(), opinion=STANDS, by=LI, on=NEXT, object_by=DAY)
    refused(short, Code.INVALID_PERIOD)
    assert isinstance(review_second(once(), opinion=STANDS, by=LI, on=NEXT, object_by=NEXT), tuple)


def test_whoever_takes_a_step_has_a_name_of_the_right_form() -> None:
    nameless = ReviewerId("王 某")
    for outcome in (
        review_first(raised(), opinion=STANDS, by=nameless, on=DAY),
        review_second(once(), opinion=STANDS, by=nameless, on=NEXT),
        object_to(twice(), by=nameless, on=NEXT),
        verify(objected(), opinion=STANDS, by=nameless, on=AFTER),
        decide(verified(), handling=Handling.UPHELD, by=nameless, on=AFTER),
    ):
        refused(outcome, Code.MALFORMED_ID)


# ----------------------------------------------------------------------------------------- deciding


@pytest.mark.parametrize(
    ("handling", "asked", "given"),
    [
        (Handling.UPHELD, None, 500_00),
        (Handling.UPHELD, 1, 1),
        (Handling.UPHELD, 500_00, 500_00),
        (Handling.PARTLY_UPHELD, None, 0),
        (Handling.PARTLY_UPHELD, 499_99, 499_99),
        (Handling.DISMISSED, None, 0),
        (Handling.DISMISSED, 0, 0),
    ],
)
def test_what_is_recovered(handling: Handling, asked: int | None, given: int) -> None:
    done = decide(verified(), handling=handling, by=LI, on=AFTER, recover_fen=asked)
    assert entered(verified(), done).recover_fen == given


@pytest.mark.parametrize(
    ("handling", "asked", "most"),
    [
        (Handling.UPHELD, 500_01, 500_00),
        (Handling.PARTLY_UPHELD, -1, 500_00),
        (Handling.DISMISSED, 1, 0),
    ],
)
def test_no_more_is_recovered_than_is_in_question(
    handling: Handling, asked: int, most: int
) -> None:
    outcome = decide(verified(), handling=handling, by=LI, on=AFTER, recover_fen=asked)
    refusal = refused(outcome, Code.RECOVERY_IMPOSSIBLE)
    assert (refusal.facts["recover_fen"], refusal.facts["most_fen"]) == (asked, most)


def test_a_decided_finding_takes_no_more_steps() -> None:
    done = entered(verified(), decide(verified(), handling=Handling.UPHELD, by=LI, on=AFTER))
    for outcome in (
        review_first(done, opinion=STANDS, by=LI, on=AFTER),
        review_second(done, opinion=STANDS, by=ZHAO, on=AFTER),
        object_to(done, by=SHOP, on=AFTER),
        verify(done, opinion=STANDS, by=ZHAO, on=AFTER),
        decide(done, handling=Handling.DISMISSED, by=ZHAO, on=AFTER),
    ):
        assert refused(outcome, Code.FINDING_DECIDED).facts == {"finding": CASE.id}


# ---------------------------------------------------------------------------------------- replaying


def test_facts_that_cannot_follow_are_not_replayed() -> None:
    second = FindingSecondReviewed(NEXT, CASE.subject, WANG, STANDS)
    decided = FindingDecided(AFTER, CASE.subject, LI, Handling.UPHELD, 500_01)
    elsewhere = FindingDecided(AFTER, "person/other", LI, Handling.UPHELD, 0)
    early = FindingDecided(DAY, CASE.subject, LI, Handling.UPHELD, 0)
    generous = FindingDecided(AFTER, CASE.subject, LI, Handling.DISMISSED, 1)
    impossible = (
        (None, second),
        (raised(), FindingRaised(DAY, WANG, CASE)),
        (raised(), second),
        (once(), second),
        (verified(), decided),
        (verified(), elsewhere),
        (verified(), early),
        (verified(), generous),
    )
    for before, fact in impossible:
        with pytest.raises(AssertionError):
            evolve(before, fact)


def test_every_step_says_what_may_follow_it() -> None:
    assert set(review._NEXT) == set(ReviewStep)
    assert set().union(*review._NEXT.values()) == set(ReviewStep) - {ReviewStep.RAISED}
