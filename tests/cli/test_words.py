"""The words of the command line are those of the glossary, and click's are all translated."""

from __future__ import annotations

import ast
import importlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from cli.audit_words import AUDIT_WORDS
from cli.policy_words import POLICY_WORDS
from cli.terms import TERMS
from cli.texts import LOCALE
from cli.words import METAVARS, WORDS, vocabulary, word
from ledger.application import HANDLERS
from projections.causes import Link
from projections.two_moments import Matter
from tests import house

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PO = LOCALE / "zh_CN" / "LC_MESSAGES" / "gongji.po"

OURS = {"Reason", "bool", "AccountState", "Command", "Extension", "Grade", "Outcome", "Payer"}
OURS |= {*POLICY_WORDS, *AUDIT_WORDS}


def values() -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """Give each vocabulary of the glossary with its words by code."""
    for name, body in re.findall(
        r"^### .+? · `([\w.]+)`\n(.*?)(?=^### |\Z)", GLOSSARY, re.DOTALL | re.MULTILINE
    ):
        rows = re.findall(r"^\| (.+?) \| (.+?) \| `(.+?)` \|", body, re.MULTILINE)
        yield name, {code: (zh, en) for zh, en, code in rows}


def test_codes_have_the_words_of_the_glossary() -> None:
    listed = dict(values())
    assert {name.rpartition(".")[2] for name in listed} == set(WORDS) - OURS
    for name, words in listed.items():
        assert {
            code: tuple(text) for code, text in vocabulary(name.rpartition(".")[2]).items()
        } == words


def test_every_member_of_an_enum_has_a_word() -> None:
    for name, _ in values():
        module, _, enum = name.rpartition(".")
        members = getattr(importlib.import_module(module), enum)
        assert set(vocabulary(enum)) == {member.value for member in members}


def test_terms_are_those_of_the_glossary() -> None:
    part = GLOSSARY[GLOSSARY.index("\n## Words") : GLOSSARY.index("\n## Values")]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| .+? \| .+? \|$", part, re.MULTILINE)
    listed = [(zh, en, code.strip("`\u2013")) for zh, en, code in rows if zh not in {"中文", "---"}]
    assert [(*t.word, t.code) for terms in TERMS.values() for t in terms] == listed


def test_every_command_has_a_word() -> None:
    assert set(WORDS["Command"]) == {name for name, _ in HANDLERS.values()}


def test_every_word_is_there_in_both_languages() -> None:
    texts = [text for words in (*WORDS.values(), METAVARS) for text in words.values()]
    assert house.incomplete_texts(texts) == []


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [("Relation", "spouse", "配偶"), ("bool", True, "是"), ("Relation", "cousin", "cousin")],
)
def test_a_code_is_said_in_words_and_an_unknown_one_as_it_is(
    name: str, code: object, said: str
) -> None:
    assert word(name, code, "zh") == said


# ------------------------------------------------------------------------------- click's catalogue


def sentences_of_click() -> set[str]:
    """Give every message id that the installed click hands to gettext."""
    found = {"required"}  # handed over as a variable
    for file in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"_", "ngettext"}
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def first(text: object) -> str:
    """Give a sentence, or the singular of one that has a plural."""
    return str(text[0]) if isinstance(text, list | tuple) else str(text)


def by_id(catalogue: Catalog) -> dict[str, str]:
    return {first(message.id): first(message.string) for message in catalogue if message.id}


def translations() -> dict[str, str]:
    with PO.open("rb") as file:
        return by_id(read_po(file, locale="zh_CN"))


def test_every_sentence_of_click_is_translated() -> None:
    known = translations()
    assert sentences_of_click() - set(known) == set()
    assert [text for text in known if not known[text]] == []


def test_translations_name_the_same_facts() -> None:
    facts = re.compile(r"\{(\w+)|%\((\w+)\)")
    plural = {
        "args",
        "possibility",
        "possibilities",
        "choice",
        "choices",
        "format",
        "formats",
        "len",
    }
    for text, said in translations().items():
        named, renamed = set(facts.findall(text)), set(facts.findall(said))
        assert {name for each in named ^ renamed for name in each if name} <= plural | {"nargs"}, (
            text
        )


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="zh_CN")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    with PO.with_suffix(".mo").open("rb") as file:
        shipped = by_id(read_mo(file))
    assert by_id(read_mo(compiled)) == shipped
    assert len(shipped) > 50


def test_every_member_of_what_auditors_are_shown_has_a_word() -> None:
    for codes in (Link, Matter):
        assert set(vocabulary(codes.__name__)) == {code.value for code in codes}
