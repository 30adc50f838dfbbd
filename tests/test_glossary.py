"""The glossary and the code say the same words: neither can drift away from the other."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path

import pytest

import domain
from domain.facts import CATALOG
from domain.reasons import Reason
from domain.refusals import Code

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NO_CODE = "\N{EN DASH}"

# These say themselves in both languages where they are defined.
EXPLAINED_IN_PLACE = {Reason, Code}

OURS = ("domain.", "projections.findings.")

Families = Mapping[str, Collection[str]]


def families_in_code() -> Families:
    """Give every family of codes of ours with its values; fills the catalogue of facts."""
    for module in pkgutil.iter_modules(domain.__path__):
        importlib.import_module(f"domain.{module.name}")
    importlib.import_module("projections.findings.rule")
    return {
        f"{family.__module__}.{family.__name__}": [code.value for code in family]
        for family in StrEnum.__subclasses__()
        if family.__module__.startswith(OURS) and family not in EXPLAINED_IN_PLACE
    }


def families_listed(page: str) -> Families:
    """Give every family of codes that the page lists, with its values."""
    return {
        heading.rpartition(" · ")[2].strip("`"): [row[2].strip("`") for row in rows]
        for heading, rows in tables(page, part="Values").items()
    }


def tables(page: str, *, part: str) -> dict[str, list[list[str]]]:
    """Give the rows under each third-level heading of one part, as stripped cells."""
    text = page.partition(f"\n## {part}\n")[2].partition("\n## ")[0]
    sections = [section.partition("\n") for section in text.split("\n### ")[1:]]
    return {heading: rows_of(body) for heading, _, body in sections}


def rows_of(body: str) -> list[list[str]]:
    lines = [line for line in body.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def differences(page: str, existing: Families) -> list[str]:
    """Say for which families page and code differ, and in which values."""
    listed = families_listed(page)
    return [
        f"{family}: {', '.join(sorted(set(on_page) ^ set(in_code)))}"
        for family in sorted(listed.keys() | existing.keys())
        if sorted(on_page := listed.get(family, [])) != sorted(in_code := existing.get(family, []))
    ]


def unknown_codes(page: str) -> list[str]:
    """Find codes of words that are neither a name in `domain/` nor a fact of the catalogue."""
    families_in_code()
    codes = [row[2] for rows in tables(page, part="Words").values() for row in rows]
    return [code for code in codes if code != NO_CODE and not is_known(code.strip("`"))]


def is_known(code: str) -> bool:
    module, _, name = code.rpartition(".")
    if not module.startswith("domain."):
        return code in CATALOG
    return hasattr(importlib.import_module(module), name)


@pytest.fixture(scope="module")
def page() -> str:
    return GLOSSARY.read_text(encoding="utf-8")


def test_every_value_of_every_family_is_in_the_glossary_and_nothing_else(page: str) -> None:
    existing = families_in_code()
    assert "domain.codes.Insurance" in existing
    assert differences(page, existing) == []


def test_every_class_and_fact_that_the_words_name_exists(page: str) -> None:
    assert unknown_codes(page) == []


@pytest.mark.parametrize("part", ["Words", "Values"])
def test_every_row_has_chinese_and_english(page: str, *, part: str) -> None:
    rows = [row for table in tables(page, part=part).values() for row in table]
    assert len(rows) > len(tables(page, part=part))
    assert [row for row in rows if not CHINESE.search(row[0])] == []
    assert [row for row in rows if not re.search("[a-z]", row[1])] == []


@pytest.mark.parametrize(
    ("written", "instead", "found"),
    [
        ("| 配偶 | spouse | `spouse` |\n", "", ["domain.codes.Relation: spouse"]),
        ("`sibling`", "`siblings`", ["domain.codes.Relation: sibling, siblings"]),
        ("`lost` |", "`lost` |\n| 挂失 | lost | `lost` |", ["domain.codes.Card: "]),
        ("`lost` |", "`lost` |\n| 作废 | void | `void` |", ["domain.codes.Card: void"]),
    ],
)
def test_value_that_is_missing_doubled_or_made_up_is_found(
    page: str, *, written: str, instead: str, found: list[str]
) -> None:
    assert page.count(written) == 1
    assert differences(page.replace(written, instead), families_listed(page)) == found


@pytest.mark.parametrize(
    ("written", "instead"),
    [("`domain.pool.Pool`", "`domain.pool.Puddle`"), ("`account.held`", "`account.clutched`")],
)
def test_word_whose_code_does_not_exist_is_found(page: str, *, written: str, instead: str) -> None:
    assert page.count(written) == 1
    assert instead in unknown_codes(page.replace(written, instead))
