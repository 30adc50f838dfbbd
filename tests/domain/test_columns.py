"""Rules become whole numbers: columns in one order, words for every verdict, compiled alike."""

from __future__ import annotations

import types
from random import Random
from typing import get_args

import pytest

from domain import judging
from domain.codes import Category, Funding, Place, Till, WalletModel
from domain.columns import bit, cells_of, mask, number
from domain.money import Ratio
from domain.rules import columns, declared
from domain.verdicts import VERDICTS
from tests.builders import rules


def test_every_verdict_has_words() -> None:
    numbers = {
        value
        for name, value in vars(judging).items()
        if name.isupper() and isinstance(value, int) and name not in _INPUTS
    }
    assert numbers - {judging.MAY_PAY, judging.MUST_BE_SENT} == set(VERDICTS)


_INPUTS = {"OWN", "WALLET", "RELATIVE", "OPEN", "MISSING", "CLOSED"} | {
    "BOUND",
    "UNDER_REVIEW",
    "ENDED",
    "COVERED",
    "LAPSED",
    "NEVER",
}


def test_columns_are_named_and_filled_in_one_order() -> None:
    drawn = rules(
        {
            "pool.places": frozenset({Place.CLINIC, Place.OFFICE}),
            "pool.per_use_cap": 300,
            "pool.with_fund": False,
            "claim.till": Till.TWO_TAPS,
            "filing.other_cut": Ratio(2, 10),
        }
    )
    row = dict(zip(columns(), drawn.row, strict=True))
    assert row["pool.places"] == mask(drawn.pool.places) == 0b1010
    assert row["claim.till"] == number(Till.TWO_TAPS) == 2
    assert row["pool.per_use_cap"] == 300
    assert row["pool.with_fund"] == 0
    assert (row["filing.other_cut.num"], row["filing.other_cut.den"]) == (2, 10)
    assert all(type(cell) is int for cell in drawn.row)
    assert not any(name.startswith("benefit.in") for name in columns())


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        (True, (1,)),
        (12, (12,)),
        (Till.ON_REQUEST, (1,)),
        (frozenset({Place.HOSPITAL, Place.PHARMACY}), (5,)),
        (frozenset(), (0,)),
        (Ratio(1, 10), (1, 10)),
        ((), ()),
    ],
)
def test_a_value_becomes_whole_numbers(value: object, cells: tuple[int, ...]) -> None:
    assert cells_of(value) == cells


def test_a_bit_stands_for_one_word() -> None:
    assert [bit(word) for word in Category] == [1 << place for place in range(len(Category))]


def test_the_same_numbers_come_out_compiled() -> None:
    numba = pytest.importorskip("numba", reason="numba is not installed")
    compiled = types.ModuleType("compiled")
    vars(compiled).update(vars(judging))
    for name in ("_judge_relation", "_judge_scope", "judge", "judge_line", "tightest"):
        source = getattr(judging, name)
        copy = types.FunctionType(source.__code__, vars(compiled), name)
        setattr(compiled, name, numba.njit(copy))
    random = Random(3)
    for _ in range(2_000):
        scope = judging.Scope(*(random.randrange(8) for _ in judging.Scope._fields))
        visit = judging.Visit(*(random.randrange(3) for _ in judging.Visit._fields))
        asked = judging.Asked(*(random.randrange(3) for _ in judging.Asked._fields))
        line = judging.Line(random.randrange(8), random.randrange(2))
        caps = judging.Caps(*(random.randrange(9) for _ in judging.Caps._fields))
        use = judging.Use(*(random.randrange(9) for _ in judging.Use._fields))
        assert compiled.judge(scope, visit, asked) == judging.judge(scope, visit, asked)
        assert compiled.judge_line(scope, 3, line) == judging.judge_line(scope, 3, line)
        assert compiled.tightest(caps, use) == judging.tightest(caps, use)


def test_words_that_are_spelled_alike_keep_the_numbers_of_their_vocabularies() -> None:
    assert (number(Funding.TRANSFER), number(WalletModel.TRANSFER)) == (3, 1)
    assert (bit(Funding.TRANSFER), bit(WalletModel.TRANSFER)) == (8, 2)


def test_no_two_vocabularies_of_sets_have_a_word_in_common() -> None:
    sets = [k for k in declared().values() if getattr(k, "__origin__", None) is frozenset]
    words = [word.value for kind in {get_args(k)[0] for k in sets} for word in kind]
    assert len(words) == len(set(words))
    assert len(words) > 20
