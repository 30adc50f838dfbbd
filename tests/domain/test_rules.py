"""Rule sets: which one holds on a day, and what their values look like."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from domain.codes import Order, RefundSegment, Segment
from domain.ids import RegionCode, RuleSetId
from domain.refusals import Code, Refusal
from domain.rules import RuleBook, RuleSet, SegmentOrder
from tests.builders import ELSEWHERE, HERE, refused, rules


def since(day: date, rule_set: RuleSet) -> RuleSet:
    return rule_set.model_copy(update={"since": day, "id": RuleSetId(f"{rule_set.id}@{day}")})


EARLY = since(date(2024, 1, 1), rules())
LATE = since(date(2026, 1, 1), rules({"pool.per_use_cap": 5}))


@pytest.fixture
def book() -> RuleBook:
    return RuleBook([LATE, EARLY, since(date(2025, 7, 1), rules(region=ELSEWHERE))])


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 1, 1), EARLY),
        (date(2025, 12, 31), EARLY),
        (date(2026, 1, 1), LATE),
        (date(2099, 1, 1), LATE),
    ],
)
def test_a_rule_set_holds_from_its_day_until_the_next_one(
    book: RuleBook, day: date, expected: RuleSet
) -> None:
    assert book.resolve(HERE, day) == expected


def test_before_its_first_rule_set_a_region_has_no_rules(book: RuleBook) -> None:
    answer = book.resolve(HERE, date(2023, 12, 31))
    assert isinstance(answer, Refusal)
    assert refused(answer, Code.NO_RULE).facts == {"region": HERE, "day": "2023-12-31"}


def test_an_unknown_region_has_no_rules(book: RuleBook) -> None:
    assert isinstance(book.resolve(RegionCode("990000"), date(2026, 1, 1)), Refusal)


def test_a_recorded_rule_set_is_found_by_its_id(book: RuleBook) -> None:
    assert book.by_id(LATE.id) == LATE
    assert book.by_id(EARLY.id) == EARLY
    assert book.by_id(RuleSetId("rs1:unknown")) is None


def test_regions_are_listed_by_code(book: RuleBook) -> None:
    assert book.regions() == [HERE, ELSEWHERE]


def test_a_parameter_is_found_by_its_registry_name() -> None:
    assert LATE.value("pool.per_use_cap") == 5
    assert LATE.value("pool.order") is Order.FILING
    assert LATE.value("claim.cancel_across_years") is RefundSegment.AS_OF_NOW
    with pytest.raises(AttributeError):
        LATE.value("pool.unheard_of")


def test_every_order_of_segments_names_the_segments_that_pay() -> None:
    assert {order: order.segments for order in SegmentOrder} == {
        SegmentOrder.CURRENT_FIRST: (Segment.CURRENT, Segment.PRIOR),
        SegmentOrder.PRIOR_FIRST: (Segment.PRIOR, Segment.CURRENT),
        SegmentOrder.PRIOR_ONLY: (Segment.PRIOR,),
    }


@pytest.mark.parametrize("value", [1.5, "20000", True])
def test_an_amount_in_a_rule_is_a_whole_number_and_nothing_else(value: object) -> None:
    with pytest.raises(ValidationError):
        rules({"pool.per_use_cap": value})


def test_a_rule_set_does_not_change() -> None:
    with pytest.raises(ValidationError):
        EARLY.pool.per_use_cap = 7  # type: ignore[misc]  # that is the point
