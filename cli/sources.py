"""What rules rest on, in words: areas, documents, and how well a value is founded."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cli.words import WORDS
from domain.rules import STATUS_WORDS
from domain.text import Text

if TYPE_CHECKING:
    from domain.ids import RegionCode
    from domain.rules import Citation, Source
    from domain.text import Lang
    from policies.documents import ParameterNode
    from policies.library import Library


@cache
def library() -> Library:
    """Give all policy files, checked. Who needs one region asks `policies.loader.shelf`."""
    from policies.loader import load_library

    return load_library()


def parameter_of(name: str) -> ParameterNode:
    """Give what the registry says of a parameter."""
    from policies.loader import shelf

    return shelf().frame.parameters[name]


def area(code: RegionCode) -> Text:
    """Say a pooling area by name and code."""
    from policies.loader import shelf

    sign = shelf().signs.get(code)
    if sign is None or sign.name is None:
        return Text(code, code)
    return Text(f"{sign.name.zh}（{code}）", f"{sign.name.en} ({code})")


def cite(source: Source) -> Text:
    """Name a document: title, issuer, number, day, and how good a source it is."""
    grade = WORDS["Grade"][source.grade]
    facts = [part for part in (source.issuer, source.number, source.published) if part]
    title = source.title if source.title.startswith("《") else f"《{source.title}》"
    return Text(
        f"{title}，{'，'.join(facts)}（{grade.zh}）",
        f"{source.title}, {', '.join(facts)} ({grade.en})",
    )


def status_of(citation: Citation) -> Text:
    """Say how well a value is founded."""
    return STATUS_WORDS[citation.status]


def basis(citation: Citation, lang: Lang) -> str:
    """Say on one line what a rule rests on: content, then documents; if none, why it is so."""
    parts = [citation.says.say(lang), *(cite(source).say(lang) for source in citation.sources)]
    if not any(parts):
        parts = [status_of(citation).say(lang), citation.why.say(lang)]
    return Text("；", "; ").say(lang).join(part for part in parts if part)
