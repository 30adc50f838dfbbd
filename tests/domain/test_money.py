"""Yuan in, yuan out, and splits that add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import MAX_FEN, Fen, format_yuan, parse_yuan, split

fens = st.integers(-MAX_FEN, MAX_FEN)


@given(fens)
def test_what_is_written_is_read_back_to_the_fen(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("1", 100),
        ("1.5", 150),
        ("0.05", 5),
        ("-0.05", -5),
        (" 12 ", 1200),
        ("1,234.5", 123_450),
        ("1234.56", 123_456),
        ("10,000,000,000,000", MAX_FEN),
    ],
)
def test_yuan_are_read_as_people_write_them(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "-",
            ".5",
            "5.",
            "1.234",
            "1e3",
            "\uff11\uff12",
            "²",
            "12 34",
            "--1",
            "+1",
            "nan",
            "¥1",
        ),
        *("12,34", "1,2,3", ",123", "1,,234", "1234,567", "12,5"),
        *("10000000000000.01", "99999999999999", "-10,000,000,000,000.01", "123456789012345"),
    ],
)
def test_what_is_not_clearly_an_amount_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount"):
        parse_yuan(text)


@pytest.mark.parametrize(
    ("fen", "text"), [(5, "0.05"), (-5, "-0.05"), (123_450, "1,234.50"), (0, "0.00")]
)
def test_yuan_are_written_with_separators_and_two_decimals(fen: int, text: str) -> None:
    assert format_yuan(fen) == text


@given(st.integers(0, MAX_FEN), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_parts_add_up_to_the_whole_and_miss_their_share_by_less_than_one_fen(
    total: int, weights: list[int]
) -> None:
    whole = sum(weights)
    if whole == 0:
        return
    parts = split(Fen(total), weights)
    assert sum(parts) == total
    assert all(
        abs(part * whole - total * weight) < whole
        for part, weight in zip(parts, weights, strict=True)
    )
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_the_residual_goes_to_the_earliest_of_the_largest_remainders() -> None:
    assert split(Fen(100), [1, 1, 1]) == [34, 33, 33]
    assert split(Fen(101), [1, 1, 1]) == [34, 34, 33]
    assert split(Fen(10), [3, 0, 4]) == [4, 0, 6]
    assert split(Fen(0), [5]) == [0]
    assert split(Fen(7), [6, 4]) == [4, 3], "a large part may have a small remainder"


def test_a_single_part_is_the_whole() -> None:
    assert split(Fen(7), [1]) == [7]


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [0, 0]), (1, [2, -1]), (-1, [1])])
def test_a_split_without_meaning_is_an_error(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^split needs a total of at least 0"):
        split(Fen(total), weights)
