"""Tariffs in policy files: read strictly, cited clause by clause, canonical in the ids."""

from __future__ import annotations

from datetime import date

import pytest

from domain.codes import Category, Insurance, Level, Work
from domain.ids import RegionCode
from domain.money import Ratio
from domain.rules import RuleSet
from domain.tariff import Clause, Insured, Step, Terms
from policies.documents import ParameterNode
from policies.identity import _plain
from policies.library import Library
from policies.loader import load, load_library
from policies.vocabulary import Statement, Unreadable, is_tariff, joined, meaning

HALF = {"from_fen": 0, "ratio": {"num": 1, "den": 2}}
NOBODY: frozenset[Category] = frozenset()


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def parameter(library: Library) -> ParameterNode:
    return library.parameters["benefit.tariff"]


def terms(
    region: str, day: str, who: Insured, level: Level, care: Category = Category.OUTPATIENT
) -> Terms:
    rules = load().resolve(RegionCode(region), date.fromisoformat(day))
    assert isinstance(rules, RuleSet)
    return rules.benefit.terms(who, care, level=level)


def test_a_tariff_is_read_into_clauses(parameter: ParameterNode) -> None:
    raw = [{"work": ["retired"], "levels": ["primary", "village"], "steps": [HALF]}]
    assert meaning(parameter, raw) == (
        Clause(
            work=frozenset({Work.RETIRED}),
            levels=frozenset({Level.PRIMARY, Level.VILLAGE}),
            steps=(Step(0, Ratio(1, 2)),),
        ),
    )
    assert meaning(parameter, []) == ()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("cited", "not of type tariff"),
        ([{}], "needs a deductible"),
        ([{"steps": [HALF], "unheard": 1}], "unheard"),
        ([{"deductible_fen": "5"}], "deductible_fen"),
        ([{"deductible_fen": True}], "deductible_fen"),
        ([{"steps": [HALF], "levels": ["fourth"]}], "levels"),
        ([{"steps": [{"from_fen": 0, "ratio": {"num": 3, "den": 2}}]}], "at most one"),
    ],
)
def test_what_is_no_tariff_is_said_so(parameter: ParameterNode, raw: object, said: str) -> None:
    with pytest.raises(Unreadable) as wrong:
        meaning(parameter, raw)
    assert said in wrong.value.message.en
    assert wrong.value.message.zh != wrong.value.message.en


def test_a_claim_agrees_with_a_tariff_that_has_all_its_clauses() -> None:
    one, other = Clause(deductible_fen=1), Clause(limit_fen=2)
    assert Statement((one,), NOBODY, NOBODY).agrees((other, one))
    assert not Statement((one, other), NOBODY, NOBODY).agrees((one,))
    assert not Statement((one,), NOBODY, NOBODY).agrees(Ratio(1, 2))
    assert not is_tariff(Ratio(1, 2))
    assert not is_tariff(None)


def test_a_clause_is_the_same_in_the_ids_however_its_sets_are_written() -> None:
    clause = Clause(levels=frozenset({Level.VILLAGE, Level.PRIMARY}), steps=(Step(0, Ratio(1, 2)),))
    assert _plain((clause,)) == [
        {"levels": [Level.PRIMARY, Level.VILLAGE], "steps": ((0, (1, 2)),)},
    ]
    assert _plain(()) == []


def test_the_value_of_a_tariff_is_what_the_cited_claims_say(library: Library) -> None:
    found = library.decided(RegionCode("310000"), "benefit.tariff", on=date(2025, 9, 1))
    assert found is not None
    assert is_tariff(found.value)
    assert [claim.key for claim in found.cites] == [
        "sh.2023-6.tariff",
        "sh.ip.tariff",
        "sh.cap25.ceiling",
        "sh.res.tariff",
    ]
    assert found.value == joined(claim.states for claim in found.cites)
    assert len(found.value) == 12 + 5 + 1 + 17


def test_no_clause_in_force_rests_on_a_text_of_unknown_origin(library: Library) -> None:
    cited = [
        claim
        for region in library.regions.values()
        for decision in region.decisions.get("benefit.tariff", ())
        for claim in decision.cites
    ]
    assert len(cited) > 20
    assert {claim.source.grade for claim in cited} <= {"A", "B", "C"}


WORKER = Insured(Insurance.EMPLOYEE, Work.IN_SERVICE, 40)
RETIRED_2000 = Insured(Insurance.EMPLOYEE, Work.RETIRED, 84, 2000)
RETIRED_2001 = Insured(Insurance.EMPLOYEE, Work.RETIRED, 69, 2001)
CHILD = Insured(Insurance.RESIDENT, Work.NONE, 8)
ADULT = Insured(Insurance.RESIDENT, Work.NONE, 30)


@pytest.mark.parametrize(
    ("region", "day", "who", "level", "deductible_fen", "percent"),
    [
        ("310000", "2022-07-01", WORKER, Level.TERTIARY, 1500_00, 50),
        ("310000", "2022-07-01", RETIRED_2001, Level.SECONDARY, 700_00, 75),
        ("310000", "2022-07-01", RETIRED_2000, Level.PRIMARY, 300_00, 90),
        ("310000", "2023-06-30", WORKER, Level.COMMUNITY, 1500_00, 65),
        ("310000", "2023-07-01", WORKER, Level.COMMUNITY, 500_00, 80),
        ("310000", "2025-07-01", RETIRED_2001, Level.TERTIARY, 300_00, 75),
        ("310000", "2026-07-01", RETIRED_2000, Level.TERTIARY, 200_00, 80),
        ("310000", "2025-07-01", CHILD, Level.SECONDARY, 300_00, 60),
        ("310000", "2025-07-01", ADULT, Level.TERTIARY, 500_00, 50),
        ("310000", "2025-07-01", ADULT, Level.VILLAGE, 0, 80),
        ("110000", "2025-07-01", WORKER, Level.COMMUNITY, 1800_00, 90),
        ("110000", "2025-07-01", RETIRED_2001, Level.SECONDARY, 1300_00, 85),
        ("330100", "2025-07-01", WORKER, Level.SECONDARY, 1000_00, 80),
        ("330100", "2025-07-01", RETIRED_2001, Level.COMMUNITY, 300_00, 92),
        ("321000", "2023-04-01", RETIRED_2001, Level.SECONDARY, 500_00, 75),
        ("321100", "2023-01-01", WORKER, Level.TERTIARY, 800_00, 60),
    ],
)
def test_outpatient_care_by_area_day_and_person(
    region: str, day: str, who: Insured, level: Level, deductible_fen: int, percent: int
) -> None:
    found = terms(region, day, who, level)
    assert (found.deductible_fen, found.steps[0]) == (
        deductible_fen,
        Step(0, Ratio(percent, 100)),
    )


@pytest.mark.parametrize(
    ("day", "wan"),
    [
        ("2022-07-01", 59),
        ("2023-06-30", 59),
        ("2023-07-01", 61),
        ("2024-06-30", 61),
        ("2024-07-01", 63),
        ("2025-06-30", 63),
        ("2025-07-01", 65),
        ("2026-07-01", 65),
    ],
)
def test_the_ceiling_of_shanghai_changes_every_july(day: str, wan: int) -> None:
    found = terms("310000", day, WORKER, Level.TERTIARY, Category.INPATIENT)
    assert (found.ceiling_fen, found.above) == (wan * 10_000_00, Ratio(80, 100))
    assert (found.deductible_fen, found.steps) == (1500_00, (Step(0, Ratio(85, 100)),))


@pytest.mark.parametrize("region", ["CN", "420100", "140000"])
def test_where_no_ratio_is_known_there_are_no_steps(region: str) -> None:
    assert terms(region, "2025-07-01", WORKER, Level.TERTIARY).steps == ()
