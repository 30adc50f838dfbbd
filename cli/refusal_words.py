"""What a refusal says, with the words of the glossary in place of its codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cli.words import WORDS
from domain.refusals import EXPLANATIONS, Code, Refusal
from domain.text import Text

if TYPE_CHECKING:
    from domain.text import Lang

_VOCABULARIES = {
    "relation": ("Relation",),
    "kind": ("FilingKind", "CreditKind"),
    "insurance": ("Insurance",),
    "status": ("Status", "Coverage"),
    "before": ("Coverage", "Work"),
    "after": ("Coverage", "Work", "ReviewStep"),
    "payee": ("Payee",),
    "order": ("Order",),
    "model": ("WalletModel",),
    "funding": ("Funding",),
    "asked": ("Funding",),
    "segment": ("Segment",),
    "care": ("Category",),
    "level": ("Level",),
    "step": ("ReviewStep",),
}
"""The vocabularies that a fact of a refusal may come from, by its name."""

_PLACES = re.compile(r"\{\w+\}")
_OF_CARDS = {"before": ("Card",), "after": ("Card",)}


def in_words(refusal: Refusal) -> Text:
    """Say why something was refused, as people say it."""
    return Text(_spoken(refusal, "zh").says("zh"), _spoken(refusal, "en").says("en"))


def in_general(code: Code) -> Text:
    """Say why things are refused with this code, with its number; facts are left open."""
    return Text(*(f"{code.number} {_PLACES.sub('…', it)}" for it in EXPLANATIONS[code].says))


def remedy(refusal: Refusal, lang: Lang) -> str:
    """Say what the reader can do."""
    return _spoken(refusal, lang).remedy(lang)


def _spoken(refusal: Refusal, lang: Lang) -> Refusal:
    """Give the same refusal with words for codes; ids, days and amounts stay as they are."""
    cards = refusal.code is Code.CARD_CHANGE_IMPOSSIBLE
    vocabularies = _VOCABULARIES | (_OF_CARDS if cards else {})
    facts = {
        name: _word(value, vocabularies.get(name, ()), lang)
        for name, value in refusal.facts.items()
    }
    return Refusal(refusal.code, facts, refusal.rule)


def _word(value: str | int, vocabularies: tuple[str, ...], lang: Lang) -> str | int:
    """Give the word of the first vocabulary that has the code; other values as they are."""
    for name in vocabularies:
        said = WORDS[name].get(str(value))
        if said is not None:
            return said.say(lang)
    return value
