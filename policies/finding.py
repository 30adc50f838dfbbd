"""Finding parameters, regions, claims and sources by what people type: codes or words, zh or en."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from domain.ids import RegionCode
from domain.rules import Source
from domain.text import Text
from policies.documents import ParameterNode
from policies.library import Library
from policies.shelf import Sign


class Hit(NamedTuple):
    """Something that a search found: its kind, key, region if it has one, and its words."""

    kind: str
    key: str
    region: str
    says: Text


def parameters_named(parameters: Mapping[str, ParameterNode], asked: str) -> list[str]:
    """Give the parameters that somebody may mean: one where the words leave no doubt."""
    named = {
        key: (key, key.partition(".")[2], node.label.zh, node.label.en)
        for key, node in parameters.items()
    }
    return _best(named, asked, parts=True)


def regions_named(signs: Mapping[RegionCode, Sign], asked: str) -> list[RegionCode]:
    """Give the regions that somebody may mean: one where the words leave no doubt."""
    named: dict[str, tuple[str, ...]] = {
        code: (code, *(sign.name or ())) for code, sign in signs.items()
    }
    return [RegionCode(code) for code in _best(named, asked, parts=False)]


def _best(named: Mapping[str, tuple[str, ...]], asked: str, *, parts: bool) -> list[str]:
    """Give what fits best: the key, then a whole name, the start of one, a part, all words.

    A single letter or character is no start: it would fit by chance.
    """
    wanted = asked.strip().casefold()
    words = wanted.split()
    fits: list[Callable[[str], bool]] = [lambda name: name == wanted]
    if len(wanted) > 1:
        fits.append(lambda name: name.startswith(wanted))
    if len(wanted) > 1 and parts:
        fits.append(lambda name: wanted in name)
        fits.append(lambda name: all(word in name for word in words))
    for key in named:
        if key.casefold() == wanted:
            return [key]
    for fit in fits:
        found = [key for key, names in named.items() if any(fit(n.casefold()) for n in names)]
        if found:
            return found
    return []


def sources_named(sources: Mapping[str, Source], asked: str) -> list[str]:
    """Give the documents that somebody may mean: one where the words leave no doubt."""
    named = {key: (key, source.title) for key, source in sources.items()}
    return _best(named, asked, parts=True)


def search(library: Library, asked: str, *, members: Mapping[str, Iterable[Text]]) -> Iterator[Hit]:
    """Give every parameter, region, claim and source in whose words all words asked for stand.

    `members` gives the words for the members of sets and choices, by vocabulary: who looks for
    pharmacies finds the places where an account may pay.
    """
    words = asked.casefold().split()

    def said(*texts: str) -> bool:
        whole = "\n".join(texts).casefold()
        return all(word in whole for word in words)

    for key, node in library.parameters.items():
        inside = [text for each in members.get(node.vocabulary, ()) for text in each]
        if said(key, *node.label.text, *inside):
            yield Hit("parameter", key, "", node.label.text)
    for code, region in library.regions.items():
        if said(code, *region.name.text):
            yield Hit("region", code, code, region.name.text)
    for claim in library.claims.values():
        if said(claim.key, *claim.says):
            yield Hit("claim", claim.key, claim.region, claim.says)
    for key, source in library.sources.items():
        if said(key, source.title, source.issuer, source.number):
            yield Hit("source", key, "", Text(source.title, source.title))
