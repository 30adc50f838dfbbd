"""Handlers of the commands about the review of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import finding
from domain.codes import ReviewStep
from domain.facts import Kind
from domain.ids import ClaimId, PersonId, PoolId
from ledger.view import Result

if TYPE_CHECKING:
    from domain.ids import FindingId
    from ledger import finding_commands
    from ledger.view import View


def raise_finding(command: finding_commands.RaiseFinding, view: View) -> Result:
    """Put up for review what a rule found about somebody or something in the books."""
    case = command.case
    _check_subject(case.subject, view)
    outcome = finding.raise_finding(
        view.find_finding(case.id),
        case,
        by=command.by,
        on=view.day(command.on),
        last_position=view.last_position,
    )
    view.do(outcome)
    return _of_finding(case.id, ReviewStep.RAISED)


def review_first(command: finding_commands.FirstReview, view: View) -> Result:
    """Give the first review."""
    found, on = view.finding(command.finding), view.day(command.on)
    view.do(finding.review_first(found, opinion=command.opinion, by=command.by, on=on))
    return _of_finding(command.finding, ReviewStep.FIRST_REVIEW)


def review_second(command: finding_commands.SecondReview, view: View) -> Result:
    """Give the second review."""
    outcome = finding.review_second(
        view.finding(command.finding),
        opinion=command.opinion,
        by=command.by,
        on=view.day(command.on),
        object_by=command.object_by,
    )
    view.do(outcome)
    return _of_finding(command.finding, ReviewStep.SECOND_REVIEW)


def object_to(command: finding_commands.ObjectToFinding, view: View) -> Result:
    """Object."""
    found, on = view.finding(command.finding), view.day(command.on)
    view.do(finding.object_to(found, by=command.by, on=on))
    return _of_finding(command.finding, ReviewStep.OBJECTION)


def verify(command: finding_commands.VerifyFinding, view: View) -> Result:
    """Verify."""
    found, on = view.finding(command.finding), view.day(command.on)
    view.do(finding.verify(found, opinion=command.opinion, by=command.by, on=on))
    return _of_finding(command.finding, ReviewStep.VERIFICATION)


def decide(command: finding_commands.DecideFinding, view: View) -> Result:
    """Decide."""
    outcome = finding.decide(
        view.finding(command.finding),
        handling=command.handling,
        by=command.by,
        on=view.day(command.on),
        recover_fen=command.recover_fen,
    )
    view.do(outcome)
    return _of_finding(command.finding, ReviewStep.DECISION)


def _check_subject(subject: str, view: View) -> None:
    """Refuse a person, a pool or a claim that the books do not know."""
    kind, _, key = subject.partition("/")
    match kind:
        case Kind.PERSON:
            view.person(PersonId(key))
        case Kind.POOL:
            view.pool(PoolId(key))
        case Kind.CLAIM:
            view.claim(ClaimId(key))


def _of_finding(number: FindingId, step: ReviewStep) -> Result:
    return Result(f"{Kind.FINDING}/{number}", {"finding": number, "step": step})
