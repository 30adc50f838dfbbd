"""Arithmetic of scenarios: exact, held against fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.arithmetic import BadArithmetic, compute, show, to_fen

Sum = tuple[str, Fraction]

_NUMBERS = st.decimals(min_value=0, max_value=10**6, places=2).map(
    lambda number: (format(number, "f"), Fraction(number))
)


def _combined(parts: st.SearchStrategy[Sum]) -> st.SearchStrategy[Sum]:
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map(lambda p: (f"({p[0][0]}) + ({p[1][0]})", p[0][1] + p[1][1])),
        two.map(lambda p: (f"({p[0][0]}) - ({p[1][0]})", p[0][1] - p[1][1])),
        two.map(lambda p: (f"({p[0][0]}) * ({p[1][0]})", p[0][1] * p[1][1])),
        two.filter(lambda p: p[1][1] != 0).map(
            lambda p: (f"({p[0][0]}) / ({p[1][0]})", p[0][1] / p[1][1])
        ),
        two.map(lambda p: (f"min({p[0][0]}, {p[1][0]})", min(p[0][1], p[1][1]))),
        two.map(lambda p: (f"max({p[0][0]}, {p[1][0]})", max(p[0][1], p[1][1]))),
        parts.map(lambda p: (f"-({p[0]})", -p[1])),
        parts.map(lambda p: (f"({p[0]})%", p[1] / 100)),
    )


_SUMS = st.recursive(_NUMBERS, _combined, max_leaves=6)


@given(_SUMS)
def test_every_expression_gives_what_fractions_give(expression: Sum) -> None:
    text, value = expression
    if len(text) <= 200:
        assert compute(text) == value


@given(_SUMS)
def test_rounding_goes_to_the_nearest_fen_and_half_away_from_zero(expression: Sum) -> None:
    text, value = expression
    if len(text) > 190:
        return
    rounded = compute(f"round({text})")
    assert to_fen(rounded) == rounded * 100
    off = abs(value) - abs(rounded)
    assert Fraction(-1, 200) <= off < Fraction(1, 200)
    assert rounded * value >= 0


@given(st.integers(-(10**9), 10**9), st.integers(0, 12))
def test_a_decimal_is_shown_as_it_would_be_written(digits: int, places: int) -> None:
    value = Fraction(digits, 10**places)
    assert compute(show(value).removeprefix("-")) == abs(value)
    assert show(value).startswith("-") == (digits < 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("600 - 100", "500"),
        ("1300 * 70%", "910"),
        ("1260.92 * 70%", "882.644"),
        ("round(1260.92 * 70%)", "882.64"),
        ("2 + 3 * 4", "14"),
        ("10 - 3 - 2", "5"),
        ("100 / 10 / 5", "2"),
        ("- - 2", "2"),
        ("50%%", "0.005"),
        ("round(0.005)", "0.01"),
        ("round(-0.005)", "-0.01"),
        ("（1000－200）×55％", "440"),  # noqa: RUF001  # as a Chinese keyboard gives it
        ("1/3", "1/3"),
        ("round(1/3) * 3", "0.99"),
    ],
)
def test_expressions_are_read_as_people_mean_them(text: str, value: str) -> None:
    assert show(compute(text)) == value


def test_named_figures_stand_for_their_values() -> None:
    assert compute("base * 2", {"base": Fraction("1.5")}) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a number is missing"),
        ("1 2", "2 is too much"),
        ("(1", "a bracket is not closed"),
        ("1)", ") is too much"),
        ("1, 2", ", is too much"),
        ("2 *", "a number is missing"),
        ("1 / 0", "division by zero"),
        ("1 / (2 - 2)", "division by zero"),
        ("half", "no figure named half"),
        ("round 3", "brackets are missing after round"),
        ("round(1, 2)", "round takes one number"),
        ("min()", "a number is missing"),
        ("1..2", "cannot read"),
        ("2 ** 3", "a number is missing"),
        ("__import__", "cannot read"),
        ("1e5", "e5 is too much"),
        ("9" * 201, "longer than 200"),
        ("(" * 30 + "1" + ")" * 30, "more than 20 brackets"),
    ],
)
def test_what_cannot_be_computed_says_why_in_both_languages(text: str, says: str) -> None:
    with pytest.raises(BadArithmetic) as caught:
        compute(text)
    assert says in caught.value.says.en
    assert caught.value.says.zh != caught.value.says.en


def test_a_part_of_a_fen_is_never_dropped_silently() -> None:
    with pytest.raises(BadArithmetic, match=r"882\.644 is not a whole number of fen"):
        to_fen(compute("1260.92 * 70%"))
