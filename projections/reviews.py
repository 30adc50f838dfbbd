"""Findings under review: where each stands, who took which step on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from domain.codes import ReviewStep
from domain.facts import Fact
from domain.finding import (
    FindingDecided,
    FindingFirstReviewed,
    FindingObjected,
    FindingRaised,
    FindingSecondReviewed,
    FindingVerified,
    ReviewFact,
)
from domain.ids import FindingId
from domain.text import Text
from projections.projection import Facts, Page, Projection
from projections.rows import Row, Values, add, load, save, stored_day
from projections.tables import REVIEW_STEPS, REVIEWS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def reviews(
    engine: Engine,
    *,
    finding: FindingId | None = None,
    rule: str | None = None,
    subject: str | None = None,
    step: ReviewStep | None = None,
) -> list[Row]:
    """Give the findings under review, oldest first; columns as in `tables.REVIEWS`."""
    table = REVIEWS.c
    raised = select(REVIEW_STEPS.c.position).where(
        REVIEW_STEPS.c.finding == table.finding, REVIEW_STEPS.c.number == 1
    )
    found = select(REVIEWS).order_by(raised.scalar_subquery())
    wanted = (
        (table.finding, finding),
        (table.rule, rule),
        (table.subject, subject),
        (table.step, step),
    )
    for column, value in wanted:
        if value is not None:
            found = found.where(column == value)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(found).mappings()]


def review_steps(engine: Engine, finding: FindingId) -> list[Row]:
    """Give the steps of one review in order; columns as in `tables.REVIEW_STEPS`."""
    table = REVIEW_STEPS.c
    found = select(REVIEW_STEPS).where(table.finding == finding).order_by(table.number)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(found).mappings()]


def _project(connection: Connection, page: Page) -> None:
    changes = page.facts(FINDING_FACTS)
    touched = {finding for _, finding, _ in changes}
    rows = load(connection, REVIEWS, first=touched)
    counts = dict.fromkeys(touched, 0)
    for finding, _ in load(connection, REVIEW_STEPS, first=touched):
        counts[finding] += 1
    steps: list[Values] = []
    for position, finding, fact in changes:
        assert isinstance(fact, ReviewFact)
        if isinstance(fact, FindingRaised):
            rows[finding,] = _raised(fact, finding)
        _change(rows[finding,], fact)
        rows[finding,]["position"] = position
        counts[finding] += 1
        steps.append((finding, counts[finding], *_step(fact), position))
    save(connection, REVIEWS, rows=rows.values())
    add(connection, REVIEW_STEPS, rows=steps)


_STEPS: dict[type[Fact], ReviewStep] = {
    FindingRaised: ReviewStep.RAISED,
    FindingFirstReviewed: ReviewStep.FIRST_REVIEW,
    FindingSecondReviewed: ReviewStep.SECOND_REVIEW,
    FindingObjected: ReviewStep.OBJECTION,
    FindingVerified: ReviewStep.VERIFICATION,
    FindingDecided: ReviewStep.DECISION,
}

FINDING_FACTS: Facts = frozenset(_STEPS)
"""Every fact of a finding."""

REVIEWS_PROJECTION = Projection(
    name="reviews",
    says=Text("疑点审核", "the review of findings"),
    version=1,
    tables=(REVIEWS, REVIEW_STEPS),
    project=_project,
)


def _raised(fact: FindingRaised, finding: str) -> dict[str, Any]:
    case = fact.case
    return {
        "finding": finding,
        "rule": case.rule,
        "version": case.version,
        "level": case.level,
        "subject": case.subject,
        "positions": " ".join(map(str, case.positions)),
        "amount_fen": case.amount_fen,
        "says_zh": case.says.zh,
        "says_en": case.says.en,
        "object_by": None,
        "handling": None,
        "recover_fen": 0,
    }


def _step(fact: ReviewFact) -> Values:
    """Give a step, who took it and when, and what that person thinks, as stored."""
    opinion: str | None = getattr(fact, "opinion", None)
    return _STEPS[type(fact)], stored_day(fact.effective_on), fact.by, opinion


def _change(row: Row, fact: Fact) -> None:
    row["step"] = _STEPS[type(fact)]
    if isinstance(fact, FindingSecondReviewed) and fact.object_by is not None:
        row["object_by"] = stored_day(fact.object_by)
    if isinstance(fact, FindingDecided):
        row["handling"], row["recover_fen"] = fact.handling, fact.recover_fen
