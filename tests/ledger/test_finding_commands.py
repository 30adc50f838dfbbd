"""Commands about the review of findings, through the front door: answers, facts, refusals."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from domain.codes import Handling, Opinion, ReviewStep, Suspicion
from domain.finding import Case, finding_stream
from domain.ids import FindingId, ReviewerId
from domain.refusals import Code
from domain.text import Text
from ledger import commands
from ledger.finding_commands import (
    DecideFinding,
    FirstReview,
    ObjectToFinding,
    RaiseFinding,
    SecondReview,
    VerifyFinding,
)
from tests.builders import line, request
from tests.ledger.till import Till

WANG, LI, SHOP = map(ReviewerId, ("wang", "li", "H1"))
CASE = Case(
    rule="MA-01",
    level=Suspicion.VIOLATION,
    subject="person/anne",
    positions=(2, 3),
    amount_fen=5_00,
    says=Text("授权外使用", "used without authorization"),
)
NOWHERE = FindingId("MA-01-000000000000")


@pytest.fixture
def till() -> Till:
    """Give a till that knows Anne, by three events."""
    till = Till()
    till.person("anne", 1_000)
    return till


def test_the_life_of_a_finding_in_commands(till: Till) -> None:
    answers = [
        till.done(RaiseFinding(case=CASE, by=WANG)),
        till.done(FirstReview(finding=CASE.id, by=WANG, opinion=Opinion.STANDS)),
        till.done(
            SecondReview(
                finding=CASE.id, by=LI, opinion=Opinion.STANDS, object_by=date(2026, 3, 31)
            )
        ),
        till.done(ObjectToFinding(finding=CASE.id, by=SHOP, note="see the invoice")),
        till.done(VerifyFinding(finding=CASE.id, by=LI, opinion=Opinion.CLEARED)),
        till.done(DecideFinding(finding=CASE.id, by=LI, handling=Handling.DISMISSED)),
    ]
    assert [answer["step"] for answer in answers] == list(ReviewStep)
    assert [answer["command"] for answer in answers] == [
        "finding.raise",
        "finding.first_review",
        "finding.second_review",
        "finding.object",
        "finding.verify",
        "finding.decide",
    ]
    assert {answer["finding"] for answer in answers} == {CASE.id}
    found = till.application.finding(CASE.id)
    assert found is not None
    assert (found.handling, found.recover_fen) == (Handling.DISMISSED, 0)
    events = list(till.store.stream(finding_stream(CASE.id)))
    assert [event.originator_version for event in events] == [1, 2, 3, 4, 5, 6]
    assert events[3].meta.note == "see the invoice"
    assert {event.meta.correlation for event in events} == {f"finding/{CASE.id}"}
    assert till.application.finding(NOWHERE) is None


@pytest.mark.parametrize(
    "command",
    [
        FirstReview(finding=NOWHERE, by=WANG, opinion=Opinion.STANDS),
        SecondReview(finding=NOWHERE, by=WANG, opinion=Opinion.STANDS),
        ObjectToFinding(finding=NOWHERE, by=SHOP),
        VerifyFinding(finding=NOWHERE, by=WANG, opinion=Opinion.STANDS),
        DecideFinding(finding=NOWHERE, by=WANG, handling=Handling.UPHELD),
    ],
)
def test_nothing_is_done_about_a_finding_that_nobody_raised(
    till: Till, command: commands.Command
) -> None:
    till.refused(command, Code.UNKNOWN_FINDING)


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("person/nobody", Code.UNKNOWN_PERSON),
        ("pool/none", Code.UNKNOWN_POOL),
        ("claim/none", Code.UNKNOWN_CLAIM),
    ],
)
def test_a_finding_is_about_somebody_in_the_books(till: Till, subject: str, code: Code) -> None:
    till.refused(RaiseFinding(case=replace(CASE, subject=subject), by=WANG), code)


def test_a_finding_may_be_about_a_pool_a_claim_or_an_institution(till: Till) -> None:
    anne = till.person("anna")
    till.done(commands.OpenPool(pool="family", opener=anne))  # type: ignore[arg-type]  # an id
    till.done(commands.Settle(request=request("c1", "anne", lines=[line(1, 3_00)])))
    for subject in ("pool/family", "claim/c1", "institution/H1", "store"):
        till.done(RaiseFinding(case=replace(CASE, subject=subject), by=WANG))


def test_a_finding_rests_on_events_that_were_there_before_it(till: Till) -> None:
    last = till.store.recorder.last_position
    ahead = replace(CASE, positions=(2, last + 1))
    refusal = till.refused(RaiseFinding(case=ahead, by=WANG), Code.UNKNOWN_POSITION)
    assert refusal.facts == {"position": last + 1, "last": last}
    till.done(RaiseFinding(case=replace(CASE, positions=(2, last)), by=WANG))


def test_a_finding_is_raised_once(till: Till) -> None:
    till.done(RaiseFinding(case=CASE, by=WANG))
    till.refused(RaiseFinding(case=CASE, by=LI), Code.ALREADY_EXISTS)
