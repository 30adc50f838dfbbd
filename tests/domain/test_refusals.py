"""Every refusal can be said: codes, sentences, and the facts that each call site passes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from domain import refusals
from domain.refusals import EXPLANATIONS, Code, Refusal, refuse
from domain.text import Text

DOMAIN = Path(refusals.__file__).parent


def places(code: Code) -> set[str]:
    """Give the facts that a code's sentences name, in any language."""
    explanation = EXPLANATIONS[code]
    return {
        name
        for text in (explanation.says, explanation.remedy)
        for template in text
        for _, name, _, _ in Formatter().parse(template)
        if name is not None
    }


def call_sites() -> Iterator[tuple[str, ast.Call, ast.AST]]:
    """Give every `refuse(Code.…)` in domain/ with where it stands and the function around it."""
    for path in sorted(DOMAIN.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == "refuse"
                ):
                    yield f"{path.name}:{node.lineno}", node, function


def code_of(call: ast.Call) -> Code:
    code = call.args[0]
    assert isinstance(code, ast.Attribute)
    return Code[code.attr]


def facts_of(call: ast.Call, function: ast.AST) -> set[str]:
    """Give the names of the facts passed; `**facts` stands for a dictionary written out above."""
    names: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg is None:
            assert isinstance(keyword.value, ast.Name)
            names |= keys_of(keyword.value.id, function)
        else:
            names.add(keyword.arg)
    return names - {"rule"}


def keys_of(name: str, function: ast.AST) -> set[str]:
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Dict)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == name
        ):
            return {key.value for key in node.value.keys if isinstance(key, ast.Constant)}  # type: ignore[misc]  # names are strings
    raise AssertionError(name)


SITES = list(call_sites())


def test_the_search_for_call_sites_finds_them() -> None:
    assert len(SITES) > 40


@pytest.mark.parametrize(("place", "call", "function"), SITES, ids=[site[0] for site in SITES])
def test_every_refusal_passes_exactly_the_facts_that_its_sentences_name(
    place: str, call: ast.Call, function: ast.AST
) -> None:
    assert facts_of(call, function) == places(code_of(call)), place


SPOKEN: dict[str, str | int] = {"fen": 123456, "at": "2026-03-02T04:00:00+00:00"}
"""What facts of these kinds are given as; people read yuan and Shanghai time."""


def test_amounts_are_said_in_yuan_and_instants_in_shanghai_time() -> None:
    short = refuse(Code.INSUFFICIENT, person="p", asked_fen=123456, available_fen=5)
    assert "1,234.56" in short.says("zh")
    assert "0.05 yuan" in short.says("en")
    late = refuse(Code.HOLD_EXPIRED, claim="c", expires_at="2026-03-02T04:00:00+00:00")
    assert "2026-03-02 12:00:00" in late.says("en")
    more = refuse(Code.CANCEL_EXCEEDS_PAID, claim="c", line=3, asked_fen=1, paid_fen=0)
    assert "0.03" not in more.says("en"), "a line is no amount"


def test_a_sentence_without_places_is_said_as_it_stands() -> None:
    assert Text("一{", "one {").say("zh") == "一{"
    assert Text("一{", "one {").say("en") == "one {"
    assert Text("一{n}", "one {n}").say("en", n=1) == "one 1"


@pytest.mark.parametrize("code", Code)
def test_every_code_says_why_and_what_to_do_in_both_languages(code: Code) -> None:
    facts = {name: SPOKEN.get(name.rpartition("_")[2], "x") for name in places(code)}
    refusal = refuse(code, rule="pool.order", **facts)
    assert refusal == Refusal(code, facts, "pool.order")
    for sentence in (refusal.says("zh"), refusal.says("en"), refusal.remedy("zh")):
        assert sentence
    assert refusal.says("zh") != refusal.says("en")
    assert refusal.remedy("zh") != refusal.remedy("en")


def test_numbers_are_unique() -> None:
    numbers = [code.number for code in Code]
    assert all(number.startswith("E") for number in numbers)
    assert len(set(numbers)) == len(Code)


def test_every_code_is_explained_and_nothing_else_is() -> None:
    assert set(EXPLANATIONS) == set(Code)
