"""Rules through time: no gap, no day told otherwise than by a plain search, nothing lost."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from domain.ids import RegionCode
from policies.finding import parameters_named, regions_named
from policies.library import Library, unnamed
from policies.loader import load_library, shelf
from policies.timeline import coverage, differences, overruled, segments

BEFORE, AFTER = date(2023, 6, 1), date(2026, 6, 1)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_segments_follow_each_other_and_say_what_holds(library: Library) -> None:
    for region in library.regions.values():
        for parameter in library.parameters:
            spans = segments(library, region, parameter=parameter)
            assert spans[0].start == region.starts
            assert spans[-1].end is None
            for span, after in pairwise(spans):
                assert span.end == after.start
                assert span.decision is not after.decision
            for span in spans:
                last = (span.end or date(2100, 1, 1)) - timedelta(days=1)
                for day in (span.start, last):
                    assert library.decided(region.code, parameter, on=day) is span.decision
                    assert span.holds_on(day)


def test_every_decision_of_a_chain_holds_somewhere_or_is_overruled(library: Library) -> None:
    for region in library.regions.values():
        for parameter in library.parameters:
            holding = {id(it.decision) for it in segments(library, region, parameter=parameter)}
            idle = {id(it) for it in overruled(library, region, parameter=parameter)}
            chain = [
                id(decision)
                for code in region.chain
                for decision in library.regions[code].decisions.get(parameter, ())
            ]
            assert not holding & idle
            assert holding | idle >= set(chain)


def test_differences_are_the_same_both_ways_and_none_on_one_day(library: Library) -> None:
    for region in library.regions.values():
        there = list(differences(library, region, days=(BEFORE, AFTER)))
        back = list(differences(library, region, days=(AFTER, BEFORE)))
        assert [(it.parameter, it.kind) for it in there] == [(it.parameter, it.kind) for it in back]
        assert list(differences(library, region, days=(AFTER, AFTER))) == []


def test_coverage_counts_every_parameter_that_decides_once(library: Library) -> None:
    for region in library.regions.values():
        found = coverage(library, region, on=AFTER)
        assert found.total() - found["informs"] == len(library.deciding)
        assert not coverage(library, region, on=region.starts - timedelta(days=1))


def test_a_text_that_was_outvoted_above_needs_no_answer_below(library: Library) -> None:
    beijing = library.regions[RegionCode("110000")]
    in_laws = library.claims["cn.jn-2024.relations"]
    decision = library.decided(beijing.code, "pool.relations", on=in_laws.day)
    assert decision is not None
    assert decision.region == beijing.code
    assert not in_laws.states.agrees(decision.value)
    assert in_laws not in [claim for _, claim in unnamed(library, beijing)]


def test_a_name_that_leaves_a_doubt_gives_all_that_it_may_mean() -> None:
    parameters, signs = shelf().frame.parameters, shelf().signs
    assert parameters_named(parameters, "POOL.PLACES") == ["pool.places"]
    assert {"own.places", "pool.places"} <= set(parameters_named(parameters, "places"))
    assert parameters_named(parameters, "drawn order") == ["pool.order"]
    for nothing in ("", " ", "p", "月球"):
        assert parameters_named(parameters, nothing) == []
    assert regions_named(signs, "上海") == ["310000"]
    assert regions_named(signs, "SHANGHAI") == ["310000"]
    assert regions_named(signs, "angha") == []  # a part of a name is not enough
