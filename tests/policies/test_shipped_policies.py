"""The shipped files keep what they promise: complete, cited, and open about contradictions."""

from __future__ import annotations

import re
import types
from datetime import date
from enum import StrEnum
from typing import get_args, get_type_hints

import pytest

from domain.ids import RegionCode
from domain.money import Ratio
from domain.rules import STATUS_WORDS, RuleSet
from domain.tariff import Clause
from domain.text import Text
from policies.documents import Status
from policies.library import Decision, Library
from policies.loader import load, load_library
from policies.vocabulary import VOCABULARIES
from simulation.population import statistics
from simulation.population.statistics import Figure

SUBJECTS = ("account", "own", "pool", "claim", "wallet", "filing", "benefit")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def decisions(library: Library) -> list[Decision]:
    return [
        decision
        for region in library.regions.values()
        for of_parameter in region.decisions.values()
        for decision in of_parameter
    ]


def sentences(library: Library) -> list[Text]:
    found = [claim.says for claim in library.claims.values()]
    for decision in decisions(library):
        found += [decision.why] if decision.why else []
        found += [decision.resolution.why.text] if decision.resolution else []
    return found


def decided(library: Library, region: str, parameter: str, day: str) -> Decision:
    found = library.decided(RegionCode(region), parameter, on=date.fromisoformat(day))
    assert found is not None
    return found


def test_registry_and_rule_set_have_the_same_parameters(library: Library) -> None:
    fields = {
        f"{subject}.{name}"
        for subject in SUBJECTS
        for name in get_type_hints(RuleSet.model_fields[subject].annotation)
        if name != "model_config"
    }
    fields = {name for name in fields if not name.split(".")[1].startswith(("_", "model_"))}
    assert set(library.deciding) == fields


def test_registry_types_are_the_types_of_the_fields(library: Library) -> None:
    expected = {
        "bool": bool,
        "money": int,
        "count": int,
        "int": int,
        "ratio": Ratio,
        "tariff": tuple[Clause, ...],
    }
    for parameter in library.deciding:
        node = library.parameters[parameter]
        subject, name = parameter.split(".")
        group = RuleSet.model_fields[subject].annotation
        assert isinstance(group, type)
        field = get_type_hints(group)[name]
        if node.type == "set":
            assert isinstance(field, types.GenericAlias), parameter
            (field,) = get_args(field)
        if node.type in {"set", "enum"}:
            assert issubclass(field, StrEnum)
            assert VOCABULARIES[node.vocabulary] is field, parameter
        else:
            assert expected[node.type] == field, parameter


def test_every_rule_set_cites_every_parameter(library: Library) -> None:
    book = load()
    for region in library.regions.values():
        rules = book.resolve(region.code, region.starts)
        assert isinstance(rules, RuleSet)
        assert set(rules.citations) == set(library.deciding)
        assert book.by_id(rules.id) is not None
    assert book.regions() == sorted(library.regions)


def test_every_sentence_is_chinese_in_chinese_and_english_in_english(library: Library) -> None:
    for sentence in sentences(library):
        assert re.search("[\u4e00-\u9fff]", sentence.zh), sentence
        assert not re.search("[a-z]|[,;?!]", sentence.zh), sentence
        assert sentence.en.isascii(), sentence


def test_same_sentence_is_translated_the_same_way_everywhere(library: Library) -> None:
    chinese: dict[str, set[str]] = {}
    for sentence in sentences(library):
        chinese.setdefault(sentence.en, set()).add(sentence.zh)
    assert {en: zh for en, zh in chinese.items() if len(zh) > 1} == {}


def test_every_status_has_its_word_in_both_languages(library: Library) -> None:
    assert set(get_args(Status)) <= set(STATUS_WORDS)
    assert {decision.status for decision in decisions(library)} <= set(STATUS_WORDS)
    assert all(all(word) for word in STATUS_WORDS.values())


def test_every_value_is_cited_or_assumed_with_its_why(library: Library) -> None:
    for decision in decisions(library):
        if decision.status == "assumed":
            assert decision.why, decision
        else:
            assert decision.cites, decision


def test_no_value_rests_on_pages_of_grade_d(library: Library) -> None:
    for decision in decisions(library):
        assert not [claim for claim in decision.cites if claim.source.grade == "D"], decision


def test_claims_are_used_or_belong_to_a_parameter_that_is_decided(library: Library) -> None:
    for claim in library.claims.values():
        starts = library.regions[claim.region].starts
        informs = library.parameters[claim.parameter].serves == "information"
        # What only informs may be unknown before the first text that tells of it, and a page of
        # grade D alone does not make it known.
        day = max(starts, claim.day) if informs else starts
        known = library.decided(claim.region, claim.parameter, on=day)
        assert known or (informs and claim.source.grade == "D"), claim


def test_every_source_is_used(library: Library) -> None:
    cited = {claim.source.key for claim in library.claims.values()}
    cited |= {each.source for each in vars(statistics).values() if isinstance(each, Figure)}
    assert set(library.sources) - cited == {"zzwb-2021", "nt", "wx"} - cited  # begin a region


def test_mirrors_are_not_given_as_addresses(library: Library) -> None:
    for source in library.sources.values():
        assert source.address == "" or source.address.startswith(("http://", "https://"))
        assert source.title
        assert source.issuer
    for key in ("gb2024-38", "js-2025", "sh-seg", "sh-2012", "bj-rb", "cctv-0807"):
        assert library.sources[key].address == ""


@pytest.mark.parametrize(
    ("question", "region", "parameter", "day", "against"),
    [
        ("1 Shanghai pharmacy", "310000", "pool.places", "2025-06-01", {"w0"}),
        ("1 for residents", "310000", "pool.resident_places", "2025-06-01", {"w0"}),
        ("3 Shanghai relations", "310000", "pool.relations", "2025-06-01", {"w0", "tb-0920"}),
        ("4 Shanghai order", "310000", "pool.order", "2025-06-01", {"w1"}),
        ("4 Shanghai order", "310000", "pool.order", "2026-06-01", {"sh-sm"}),
        ("4 Shanghai payers", "310000", "pool.max_grantors", "2026-06-01", {"d-sh"}),
        ("9 in-laws", "CN", "pool.relations", "2023-06-01", {"gc-2022", "jn-2024", "sd-cities"}),
        ("9 in-laws", "CN", "pool.relations", "2026-06-01", {"gc-2022", "jn-2024", "sd-cities"}),
        ("11 whose code", "CN", "claim.grantor_credential", "2026-06-01", {"gd-2023b"}),
        ("11 inherited", "110000", "claim.grantor_credential", "2026-06-01", {"gd-2023b"}),
    ],
)
def test_known_contradiction_is_shown_with_its_resolution(
    question: str, region: str, parameter: str, day: str, against: set[str]
) -> None:
    rules = load().resolve(RegionCode(region), date.fromisoformat(day))
    assert isinstance(rules, RuleSet)
    cited = rules.citations[parameter]
    assert cited.status == "contested", question
    assert {source.key for source in cited.contradicted_by} == against
    assert cited.sources
    assert all(cited.says)
    assert all(cited.why)


def test_regions_that_differ_without_a_contradiction_stand_side_by_side(library: Library) -> None:
    """Register rows 4 and 5: other regions, other rules; each is cited in its own file."""
    day = "2026-06-01"
    orders = {code: decided(library, code, "pool.order", day) for code in ("110000", "420000")}
    assert {code: order.value for code, order in orders.items()} == {
        "110000": "filing",
        "420000": "last_bound",
    }
    onward = {
        code: decided(library, code, "pool.fall_through", day)
        for code in ("110000", "140000", "310000")
    }
    assert {code: each.value for code, each in onward.items()} == {
        "110000": True,
        "140000": False,
        "310000": True,
    }
    for each in (*orders.values(), *onward.values()):
        assert each.cites
        assert not each.contradicted_by


def test_citation_explains_an_assumption() -> None:
    rules = load().resolve(RegionCode("CN"), date(2026, 6, 1))
    assert isinstance(rules, RuleSet)
    cited = rules.citations["pool.retained_minimum"]
    assert (cited.region, cited.since, cited.status) == ("CN", "2021-04-09", "assumed")
    assert cited.why == Text("未查到全国性最低留存", "no national minimum was found")
    assert cited.says == Text("", "")
    assert cited.sources == ()


def test_citation_of_several_claims_joins_them_in_each_language() -> None:
    rules = load().resolve(RegionCode("310000"), date(2023, 6, 1))
    assert isinstance(rules, RuleSet)
    assert rules.citations["pool.categories"].says == Text(
        "就医或购药的个人负担；2022年第四季度起可缴居民医保参保费和本市商业健康保险费",
        "own cost of care or of drugs; "
        "from the fourth quarter of 2022 the resident premium and the city's commercial product",
    )


def test_shipped_book_is_read_once() -> None:
    assert load() is load()
