"""Reconciling finds each kind of difference, and what it finds explains the totals."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claim import Status
from projections.reconciliation import Difference, Discrepancy, Outside, Reconciliation, reconcile
from projections.settlement_lines import MEASURES, Books, Line
from projections.settlement_totals import Part, Total

DAY = date(2026, 3, 2)


def line(number: int, total: int = 100_00, *, refund: bool = False, **facts: Any) -> Line:  # noqa: ANN401  # any field
    """Make a line of claim `c<number>` whose cash is what the fund's ten yuan leave."""
    sign = -1 if refund else 1
    fens = (sign * total, sign * 10_00, 0, 0, 0, sign * (total - 10_00))
    made = Line(f"S-c{number}-1", f"c{number}", refund, fens, number, DAY, status="settled")
    return made._replace(**facts)


def compare(here: list[Line], there: list[Line], **rest: object) -> Reconciliation:
    books = Books(here, {}, {})
    outside = rest.get("outside", Outside())
    assert isinstance(outside, Outside)
    return reconcile(books, there, measures=MEASURES, outside=outside)


def only(found: Reconciliation) -> Discrepancy:
    (difference,) = found.differences
    return difference


def net(found: Reconciliation) -> Total:
    return next(each for each in found.totals if each.part is Part.NET and not each.group)


def test_equal_lines_in_any_order_are_equal() -> None:
    lines = [line(1), line(2), line(1, refund=True)]
    found = compare(lines, lines[::-1])
    assert found.equal
    assert net(found).here == net(found).there
    assert net(found).here.lines == 3


@pytest.mark.parametrize(
    ("here", "there", "kind"),
    [
        ([], [line(1)], Difference.MISSING_HERE),
        ([line(1)], [], Difference.MISSING_THERE),
        ([line(1)], [line(1), line(1)], Difference.DOUBLED_THERE),
        ([line(1)], [line(1), line(1, 60_00)], Difference.DOUBLED_THERE),
        ([line(1, refund=True)] * 2, [line(1, refund=True)], Difference.DOUBLED_HERE),
        ([line(1)], [line(1, 90_00)], Difference.AMOUNT),
        ([line(1, 0)], [line(1, 0), line(1, 0)], Difference.DOUBLED_THERE),
        ([line(1)], [line(1, status="cancelled")], Difference.STATUS),
        ([line(1, patient="A")], [line(1, patient="B")], Difference.FACTS),
        ([line(1)], [line(1, settlement="X9")], Difference.FACTS),
    ],
)
def test_each_kind_of_difference_is_found_by_its_name(
    here: list[Line], there: list[Line], kind: Difference
) -> None:
    assert only(compare([*here, line(7)], [*there, line(7)])).kind is kind


def test_a_difference_names_the_amounts_that_differ_and_by_how_much() -> None:
    found = only(compare([line(1)], [line(1, 100_01)]))
    assert found.what == ("total", "cash")
    assert dict(zip(MEASURES, found.effect, strict=True)) == {
        **dict.fromkeys(MEASURES, 0),
        "total": 1,
        "cash": 1,
    }


def test_a_payment_missing_and_its_refund_missing_are_two_differences_of_no_net_effect() -> None:
    found = compare([line(1), line(1, refund=True)], [])
    assert [each.kind for each in found.differences] == [Difference.MISSING_THERE] * 2
    assert net(found).here.fens == net(found).there.fens
    payments = next(each for each in found.totals if each.part is Part.PAYMENTS)
    assert payments.here.lines - payments.there.lines == 1


def test_a_refund_in_one_row_there_and_in_two_here_is_the_same_money() -> None:
    here = [line(1, 60_00, refund=True), line(1, 40_00, refund=True)]
    there = [line(1, refund=True)._replace(fens=(-100_00, -20_00, 0, 0, 0, -80_00))]
    assert only(compare(here, there)).kind is Difference.SPLIT


def test_a_refund_may_have_a_settlement_id_of_its_own() -> None:
    there = [line(1), line(1, refund=True, settlement="R-55")]
    assert compare([line(1), line(1, refund=True)], there).equal


def test_without_settlement_ids_lines_are_found_by_their_claims() -> None:
    there = [line(1, settlement=""), line(2, 90_00, settlement="")]
    assert only(compare([line(1), line(2)], there)).kind is Difference.AMOUNT


def test_lines_without_any_name_are_missing_here() -> None:
    there = [line(1, settlement="", claim="")] * 2
    found = compare([], there)
    assert [each.kind for each in found.differences] == [Difference.MISSING_HERE] * 2


def test_a_line_that_stands_otherwise_here_is_told_so() -> None:
    books = Books([], {"S-c1-1": Status.REVERSED}, {"c2": Status.HELD})
    found = reconcile(books, [line(1), line(2)], measures=MEASURES)
    assert [each.kind for each in found.differences] == [Difference.STATUS] * 2
    assert [each.status_here for each in found.differences] == ["reversed", "held"]
    assert net(found).there.fens[0] == sum(each.effect[0] for each in found.differences)


def test_a_line_of_another_period_is_not_missing() -> None:
    assert only(compare([line(1)], [], outside=Outside(there=[line(1)]))).kind is Difference.PERIOD
    assert only(compare([], [line(1)], outside=Outside(here=[line(1)]))).kind is Difference.PERIOD
    refund = line(1, refund=True)
    other = compare([line(1)], [], outside=Outside(there=[refund]))
    assert only(other).kind is Difference.MISSING_THERE


def test_totals_are_split_by_what_the_file_says() -> None:
    here = [line(1, clearing="pharmacy", area="310000"), line(2, clearing="outpatient")]
    there = [line(1, clearing="pharmacy"), line(2, clearing="pharmacy")]
    found = compare(here, there)
    groups = {each.group: each for each in found.totals if each.group and each.part is Part.NET}
    assert set(groups) == {("", "", "outpatient"), ("", "", "pharmacy")}
    assert groups["", "", "pharmacy"].here.lines == 1
    assert groups["", "", "pharmacy"].there.lines == 2
    assert only(found).what == ("clearing",)


def test_what_a_file_does_not_have_is_not_compared() -> None:
    books = Books([line(1)], {}, {})
    found = reconcile(books, [line(1, 99_00)], measures=["fund"])
    assert found.equal
    assert found.measures == ("fund",)


amounts = st.integers(0, 3).map(lambda yuan: yuan * 100)
lines = st.builds(
    lambda number, total, refund: line(number, total, refund=refund),
    st.integers(1, 4),
    amounts,
    st.booleans(),
)


@given(st.lists(lines, max_size=8), st.lists(lines, max_size=8))
def test_differences_explain_the_totals_whatever_is_compared(
    here: list[Line], there: list[Line]
) -> None:
    found = compare(here, there)  # which asserts that effects add up
    counts = [Counter((each.settlement, each.refund, each.fens) for each in side)
              for side in (here, there)]  # fmt: skip
    assert found.equal == (counts[0] == counts[1])
    named = [each.place for one in found.differences for each in (*one.here, *one.there)]
    assert len(named) >= abs(len(here) - len(there))
