"""Draws: whole numbers that every machine and every numpy gives alike."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.population.draws import SIZE, Draws, chances, combined, shares, skewed


def test_a_stream_is_the_same_for_ever() -> None:
    assert Draws(7, 310000, 2, 1).numbers(6).tolist() == GOLDEN


GOLDEN = [20419, 61974, 31195, 63824, 43768, 21860]


def test_streams_of_other_places_and_seeds_are_others() -> None:
    drawn = {
        tuple(Draws(seed, *place).numbers(8).tolist())
        for seed in (1, 2)
        for place in ((0,), (1,), (1, 0), (1, 1), (1, 1, 0))
    }
    assert len(drawn) == 10


def test_numbers_below_a_limit_reach_both_ends() -> None:
    found = Draws(1).below(10_000, 7)
    assert sorted(set(found.tolist())) == list(range(7))
    assert Draws(1).below(0, 1).tolist() == []


@pytest.mark.parametrize("per_mille", [0, 5, 500, 1000])
def test_what_happens_so_often_happens_about_so_often(per_mille: int) -> None:
    happened = int(Draws(3).happens(100_000, per_mille).sum())
    assert abs(happened - 100 * per_mille) <= 600 * (0 < per_mille < 1000)


def test_weights_have_their_share_of_a_table() -> None:
    table = chances({5: 3, 9: 1})
    assert len(table) == SIZE
    assert (table == 5).sum() == SIZE * 3 // 4


def test_independent_events_multiply() -> None:
    assert combined({0: 3, 1: 1}, {0: 1, 2: 1}) == {0: 3, 2: 3, 1: 1, 3: 1}


def test_skewed_amounts_have_the_mean_and_a_long_tail() -> None:
    table = skewed(408_402, spread=110).astype(np.int64)
    assert abs(int(table.sum()) - 408_402 * SIZE) < SIZE
    assert table.min() > 0
    assert np.median(table) < 408_402 * 0.6
    assert table.max() > 408_402 * 20


@pytest.mark.parametrize("weights", [[1], [1, 1, 1], [0, 5, 2], [7, 11, 13, 17]])
def test_shares_add_up_to_the_whole(weights: list[int]) -> None:
    for total in (0, 1, 10, 1_000_003):
        given = shares(total, weights)
        assert sum(given) == total
        for weight, part in zip(weights, given, strict=True):
            assert abs(part - total * weight / sum(weights)) < 1
