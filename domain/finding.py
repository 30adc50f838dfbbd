"""The review of a finding: raised, reviewed twice, objected to, verified, decided.

A rule only suspects; persons decide, step by step, and every step is a fact. The order of steps is
that of the measure on the two libraries of intelligent review (医疗保障基金智能审核和监控知识库、
规则库管理办法（试行）, published on 8 April 2022): first review, second review, objection of whom
it is about, verification, handling. It asks for a time limit for each step and names none, so the
second review states until when the objection may come.
"""

from __future__ import annotations

import json
import re
from datetime import date
from hashlib import sha256
from itertools import pairwise

from msgspec.structs import replace

from domain.codes import Handling, Opinion, ReviewStep, Suspicion
from domain.facts import Change, Fact, Kind, Outcome, Stream, recorded
from domain.ids import FindingId, ReviewerId, check_id
from domain.record import Record
from domain.refusals import Code, Refusal, refuse
from domain.text import Text


class Case(Record, frozen=True):
    """What a rule found. `subject` is a kind and a key ("person/P4") or a kind alone ("store").

    `positions` are those of the events that it rests on, ascending; `amount_fen` is the money in
    question; `version` is that of the rule.
    """

    rule: str
    level: Suspicion
    subject: str
    positions: tuple[int, ...]
    amount_fen: int
    says: Text
    version: int = 1

    @property
    def id(self) -> FindingId:
        """Give the id that follows from rule, subject and events: same history, same id."""
        named = {"rule": self.rule, "subject": self.subject, "positions": list(self.positions)}
        written = json.dumps(named, sort_keys=True, separators=(",", ":"))
        return FindingId(f"{self.rule}-{sha256(written.encode()).hexdigest()[:_DIGITS]}")


_DIGITS = 12


# Each fact names whom it is about, so that it stands in that person's trail, too.


@recorded
class FindingRaised(Fact, frozen=True, tag="finding.raised"):
    """What a rule found was put up for review."""

    by: ReviewerId
    case: Case


@recorded
class FindingFirstReviewed(Fact, frozen=True, tag="finding.first_reviewed"):
    """A first person looked at it."""

    subject: str
    by: ReviewerId
    opinion: Opinion


@recorded
class FindingSecondReviewed(Fact, frozen=True, tag="finding.second_reviewed"):
    """Another person looked at it. Until `object_by`, included, an objection may come."""

    subject: str
    by: ReviewerId
    opinion: Opinion
    object_by: date | None = None


@recorded
class FindingObjected(Fact, frozen=True, tag="finding.objected"):
    """Whom it is about, usually the institution, objected."""

    subject: str
    by: ReviewerId


@recorded
class FindingVerified(Fact, frozen=True, tag="finding.verified"):
    """What really happened was looked into."""

    subject: str
    by: ReviewerId
    opinion: Opinion


@recorded
class FindingDecided(Fact, frozen=True, tag="finding.decided"):
    """It was decided; `recover_fen` are to be recovered. Recovering them is another fact."""

    subject: str
    by: ReviewerId
    handling: Handling
    recover_fen: int


_Step = (
    FindingFirstReviewed
    | FindingSecondReviewed
    | FindingObjected
    | FindingVerified
    | FindingDecided
)
ReviewFact = FindingRaised | _Step
"""Every fact of a finding."""


class Taken(Record, frozen=True):
    """One step that was taken: by whom, on which day, and what that person thinks."""

    step: ReviewStep
    by: ReviewerId
    on: date
    opinion: Opinion | None = None


class Finding(Record, frozen=True):
    """State of a finding under review; `steps` has at least its raising."""

    case: Case
    steps: tuple[Taken, ...]
    object_by: date | None = None
    handling: Handling | None = None
    recover_fen: int = 0

    @property
    def stream(self) -> Stream:
        """Give the finding's stream."""
        return finding_stream(self.case.id)

    @property
    def status(self) -> ReviewStep:
        """Give the last step."""
        return self.steps[-1].step


def finding_stream(finding: FindingId) -> Stream:
    """Give the stream of a finding."""
    return Stream(Kind.FINDING, finding)


_NEXT: dict[ReviewStep, frozenset[ReviewStep]] = {
    ReviewStep.RAISED: frozenset({ReviewStep.FIRST_REVIEW}),
    ReviewStep.FIRST_REVIEW: frozenset({ReviewStep.SECOND_REVIEW}),
    ReviewStep.SECOND_REVIEW: frozenset(
        {ReviewStep.OBJECTION, ReviewStep.VERIFICATION, ReviewStep.DECISION}
    ),
    ReviewStep.OBJECTION: frozenset({ReviewStep.VERIFICATION}),
    ReviewStep.VERIFICATION: frozenset({ReviewStep.DECISION}),
    ReviewStep.DECISION: frozenset(),
}
"""What may follow each step. What was objected to is verified before it is decided."""


def evolve(finding: Finding | None, fact: Fact) -> Finding:
    """Apply one fact to a finding."""
    if finding is None:
        assert isinstance(fact, FindingRaised), fact
        return Finding(fact.case, (Taken(ReviewStep.RAISED, fact.by, fact.effective_on),))
    match fact:
        case FindingFirstReviewed():
            return _after(finding, fact, step=ReviewStep.FIRST_REVIEW, opinion=fact.opinion)
        case FindingSecondReviewed():
            after = _after(finding, fact, step=ReviewStep.SECOND_REVIEW, opinion=fact.opinion)
            assert fact.by != finding.steps[-1].by, "two persons review"
            return replace(after, object_by=fact.object_by)
        case FindingObjected():
            return _after(finding, fact, step=ReviewStep.OBJECTION)
        case FindingVerified():
            return _after(finding, fact, step=ReviewStep.VERIFICATION, opinion=fact.opinion)
        case _:
            assert isinstance(fact, FindingDecided), fact
            assert 0 <= fact.recover_fen <= _most_fen(finding, fact.handling), fact
            after = _after(finding, fact, step=ReviewStep.DECISION)
            return replace(after, handling=fact.handling, recover_fen=fact.recover_fen)


def _after(
    finding: Finding, fact: _Step, *, step: ReviewStep, opinion: Opinion | None = None
) -> Finding:
    assert step in _NEXT[finding.status], (finding.status, step)
    assert fact.subject == finding.case.subject, fact
    assert fact.effective_on >= finding.steps[-1].on, "steps follow each other in time"
    taken = Taken(step, fact.by, fact.effective_on, opinion)
    return replace(finding, steps=(*finding.steps, taken))


# ------------------------------------------------------------------------------------- deciding


def raise_finding(
    known: Finding | None, case: Case, *, by: ReviewerId, on: date, last_position: int
) -> Outcome:
    """Put up for review what a rule found; `last_position` is that of the last recorded event."""
    kind, slash, key = case.subject.partition("/")
    for name in (by, case.id, key if slash else kind):
        if refusal := check_id(name):
            return refusal
    if known is not None:
        return refuse(Code.ALREADY_EXISTS, id=case.id)
    if case.amount_fen < 0:
        return refuse(Code.AMOUNT_OUT_OF_RANGE, amount_fen=case.amount_fen)
    positions = case.positions
    if case.version < 1 or not _KIND.fullmatch(kind) or not _ascend(positions):
        return refuse(Code.FINDING_MALFORMED, finding=case.id)
    if positions[-1] > last_position:
        return refuse(Code.UNKNOWN_POSITION, position=positions[-1], last=last_position)
    fact = FindingRaised(effective_on=on, by=by, case=case)
    return (Change(finding_stream(case.id), fact),)


_KIND = re.compile(r"[a-z_]+")


def _ascend(positions: tuple[int, ...]) -> bool:
    """Tell whether there are positions, each above the one before."""
    return bool(positions) and all(a < b for a, b in pairwise((0, *positions)))


def review_first(finding: Finding, *, opinion: Opinion, by: ReviewerId, on: date) -> Outcome:
    """Record what the first reviewer thinks."""
    if refusal := _check(finding, ReviewStep.FIRST_REVIEW, by=by, on=on):
        return refusal
    subject = finding.case.subject
    fact = FindingFirstReviewed(effective_on=on, subject=subject, by=by, opinion=opinion)
    return (Change(finding.stream, fact),)


def review_second(
    finding: Finding,
    *,
    opinion: Opinion,
    by: ReviewerId,
    on: date,
    object_by: date | None = None,
) -> Outcome:
    """Record what another reviewer thinks, and until when whom it is about may object."""
    if refusal := _check(finding, ReviewStep.SECOND_REVIEW, by=by, on=on, until=object_by):
        return refusal
    if by == finding.steps[-1].by:
        return refuse(Code.SAME_REVIEWER, finding=finding.case.id, by=by)
    fact = FindingSecondReviewed(
        effective_on=on,
        subject=finding.case.subject,
        by=by,
        opinion=opinion,
        object_by=object_by if opinion is Opinion.STANDS else None,
    )
    return (Change(finding.stream, fact),)


def object_to(finding: Finding, *, by: ReviewerId, on: date) -> Outcome:
    """Record an objection, within its time."""
    if refusal := _check(finding, ReviewStep.OBJECTION, by=by, on=on):
        return refusal
    last = finding.object_by
    if last is not None and on > last:
        return refuse(
            Code.OBJECTION_TOO_LATE,
            finding=finding.case.id,
            last=last.isoformat(),
            day=on.isoformat(),
        )
    fact = FindingObjected(effective_on=on, subject=finding.case.subject, by=by)
    return (Change(finding.stream, fact),)


def verify(finding: Finding, *, opinion: Opinion, by: ReviewerId, on: date) -> Outcome:
    """Record what looking into it came to."""
    refusal = _check(finding, ReviewStep.VERIFICATION, by=by, on=on) or _check_heard(finding, on)
    if refusal is not None:
        return refusal
    subject = finding.case.subject
    fact = FindingVerified(effective_on=on, subject=subject, by=by, opinion=opinion)
    return (Change(finding.stream, fact),)


def decide(
    finding: Finding,
    *,
    handling: Handling,
    by: ReviewerId,
    on: date,
    recover_fen: int | None = None,
) -> Outcome:
    """Decide a finding, once; without `recover_fen` all of it is recovered where it is upheld."""
    refusal = _check(finding, ReviewStep.DECISION, by=by, on=on) or _check_heard(finding, on)
    if refusal is not None:
        return refusal
    default_fen = finding.case.amount_fen if handling is Handling.UPHELD else 0
    back_fen = default_fen if recover_fen is None else recover_fen
    most_fen = _most_fen(finding, handling)
    if not 0 <= back_fen <= most_fen:
        return refuse(
            Code.RECOVERY_IMPOSSIBLE,
            finding=finding.case.id,
            recover_fen=back_fen,
            most_fen=most_fen,
        )
    fact = FindingDecided(
        effective_on=on,
        subject=finding.case.subject,
        by=by,
        handling=handling,
        recover_fen=back_fen,
    )
    return (Change(finding.stream, fact),)


def _most_fen(finding: Finding, handling: Handling) -> int:
    """Give the most that can be recovered, in fen."""
    return 0 if handling is Handling.DISMISSED else finding.case.amount_fen


def _check(
    finding: Finding, step: ReviewStep, *, by: ReviewerId, on: date, until: date | None = None
) -> Refusal | None:
    """Refuse a malformed name, days that run backwards, and a step out of order."""
    if refusal := check_id(by):
        return refusal
    days = (finding.steps[-1].on, on, until or on)
    for first, last in pairwise(days):
        if last < first:
            return refuse(Code.INVALID_PERIOD, first=first.isoformat(), last=last.isoformat())
    number, status = finding.case.id, finding.status
    if status is ReviewStep.DECISION:
        return refuse(Code.FINDING_DECIDED, finding=number)
    if step not in _NEXT[status]:
        return refuse(Code.STEP_OUT_OF_ORDER, finding=number, step=step, after=status)
    return None


def _check_heard(finding: Finding, on: date) -> Refusal | None:
    """Refuse to go on while an objection may still come."""
    last = finding.object_by
    if finding.status is not ReviewStep.SECOND_REVIEW or last is None or on > last:
        return None
    return refuse(Code.OBJECTION_OPEN, finding=finding.case.id, last=last.isoformat())
