"""One sentence for every kind of fact, complete in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from string import Formatter

import pytest

from domain.codes import Category, Place
from domain.facts import CATALOG
from domain.ids import PersonId
from domain.locale.words import WORDS
from domain.pool import Authorization, UseAuthorized
from domain.record import Record
from projections.sentence_templates import SENTENCES
from projections.sentences import sentence
from tests.projections.histories import History, random_history
from tests.projections.history_of_everything import history_of_everything

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def everything() -> History:
    return history_of_everything()


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_the_history_of_everything_has_every_kind_of_fact(everything: History) -> None:
    assert {event.fact.TOPIC for _, event in everything.store.events()} == set(CATALOG)


def test_every_kind_of_fact_has_a_sentence() -> None:
    assert set(SENTENCES) == set(CATALOG)


@pytest.mark.parametrize("topic", sorted(SENTENCES))
def test_both_languages_name_the_same(topic: str) -> None:
    assert places(SENTENCES[topic].zh) == places(SENTENCES[topic].en)


def test_every_sentence_fills_in_both_languages(everything: History) -> None:
    for _, event in everything.store.events():
        for said in sentence(event.fact, event.stream.key):
            assert said
            assert not re.search(r"[{}]|_fen|None|Amounts|<", said), said


@pytest.fixture(scope="module", params=["everything", 0, 1, 2])
def history(request: pytest.FixtureRequest, everything: History) -> History:
    """Give the history of everything, and some at random."""
    return everything if request.param == "everything" else random_history(request.param)


def names_in(value: object) -> Iterator[str]:
    """Give every text of a fact that is no code: ids, areas, notes."""
    match value:
        case StrEnum():
            return
        case str():
            yield from (value, *value.split(":"))  # a purse names its beneficiary: quota:son
        case Record():
            for name in value.__struct_fields__:
                yield from names_in(getattr(value, name))
        case tuple() | frozenset():
            for each in value:
                yield from names_in(each)


def fen_in(value: object) -> Iterator[int]:
    """Give every amount of a fact, the parts of nested records included."""
    if isinstance(value, Record):
        for name in value.__struct_fields__:
            part = getattr(value, name)
            if name.endswith("_fen") and isinstance(part, int):
                yield part
            yield from fen_in(part)


def test_a_chinese_sentence_has_no_word_that_is_not_chinese_but_ids(history: History) -> None:
    for _, event in history.store.events():
        said = sentence(event.fact, event.stream.key).zh
        for name in sorted({event.stream.key, *names_in(event.fact)}, key=len, reverse=True):
            said = said.replace(name, "")
        assert not re.search("[A-Za-z_]", said), (event.fact, said)


def test_an_english_sentence_has_no_code_and_no_chinese(history: History) -> None:
    codes = {code for kind in WORDS for code in kind if "_" in code}
    assert codes
    for _, event in history.store.events():
        said = sentence(event.fact, event.stream.key).en
        assert not re.search("[\u4e00-\u9fff]", said), said
        assert not codes & set(re.findall(r"\w+", said)), said


def test_both_languages_say_the_same_amounts_and_none_in_fen(history: History) -> None:
    amounts = 0
    for _, event in history.store.events():
        said = sentence(event.fact, event.stream.key)
        found = [sorted(re.findall(r"[\d,]+\.\d\d\b", text)) for text in said]
        assert found[0] == found[1], said
        whole = set(re.findall(r"(?<![\d,.-])\d{3,}(?![\d,.-])", said.zh))
        assert not whole & {str(fen) for fen in fen_in(event.fact)}, said
        amounts += len(found[0])
    assert amounts > 100


def test_an_authorization_says_for_what_and_where() -> None:
    authorization = Authorization(
        first_day=date(2026, 3, 2),
        places=frozenset({Place.PHARMACY, Place.HOSPITAL}),
        categories=frozenset({Category.DRUG}),
        per_use_fen=20_00,
    )
    fact = UseAuthorized(
        effective_on=date(2026, 3, 2),
        grantor=PersonId("anne"),
        beneficiary=PersonId("bert"),
        authorization=authorization,
    )
    said = sentence(fact, "f1")
    assert said.zh.endswith("自 2026-03-02 起，单次 20.00 元，限医院、药店，限药品")
    assert said.en.endswith("20.00 yuan per use, for hospital or pharmacy only, for drugs only")


def test_amounts_are_said_in_yuan_and_codes_in_words(everything: History) -> None:
    said = [sentence(event.fact, event.stream.key) for _, event in everything.store.events()]
    assert "300.00 yuan credited to mother (monthly credit), 300.00 available" in {
        each.en for each in said
    }
    assert "mother 的账户入账 300.00 元（月度划入），可用 300.00 元" in {each.zh for each in said}


def test_every_code_has_the_word_of_the_glossary() -> None:
    for kind, words in WORDS.items():
        assert set(words) == set(kind)
        for code, text in words.items():
            assert f"| {text.zh} | {text.en} | `{code}` |" in GLOSSARY
