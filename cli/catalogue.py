"""Every type of event: stored name, version, fields and a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.text import Text


class FactType(NamedTuple):
    """One type of event. `fields` maps names to types; a field that may be left out ends in `?`."""

    topic: str
    version: int
    fields: dict[str, str]
    says: Text


def topics() -> list[str]:
    """Give every stored name, by kind of stream and in order of the story."""
    return [found.topic for found in fact_types()]


def fact_types() -> Iterator[FactType]:
    """Give every type of event. The sentence names the fields that it is filled with."""
    from msgspec.structs import fields as fields_of

    from domain import claim, finding, person, pool  # noqa: F401 - they enter their facts in the catalogue
    from domain.facts import CATALOG
    from projections.sentence_templates import SENTENCES

    for topic, says in SENTENCES.items():
        fact = CATALOG[topic]
        fields = {
            field.name: f"{_type(field.type)}{'' if field.required else '?'}"
            for field in fields_of(fact)
        }
        yield FactType(topic, fact.VERSION, fields, says)


def _type(annotation: object) -> str:
    """Say a type without the modules it comes from."""
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return annotation.__name__
    return re.sub(r"(?:\w+\.)+(?=\w)", "", str(annotation))
