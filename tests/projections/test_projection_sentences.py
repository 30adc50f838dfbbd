"""One sentence for every kind of fact, complete in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from domain.facts import CATALOG
from domain.locale.words import WORDS
from projections.sentence_templates import SENTENCES
from projections.sentences import sentence
from tests.projections.histories import History
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
