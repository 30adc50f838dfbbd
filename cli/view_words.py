"""The words of the codes that the SQL views say, and the views made with them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.session import views
from cli.words import WORDS
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cli.session import Views
    from cli.settings import Settings


def view_words() -> dict[str, Mapping[str, Text]]:
    """Give words by vocabulary and code: those of the glossary, and the names of areas."""
    from policies.loader import shelf
    from projections.views.catalogue import VOCABULARIES

    named = {name: words for name, words in WORDS.items() if name in VOCABULARIES}
    signs = shelf().signs
    areas = {code: sign.name for code, sign in signs.items() if sign.name is not None}
    return {**named, "Region": {code: Text(*name) for code, name in areas.items()}}


@contextmanager
def sql_views(settings: Settings) -> Iterator[Views]:
    """Bring all read models and the SQL views over them up to date and serve them."""
    from projections.views.making import make

    with views(settings) as seen:
        make(seen.store, seen.engine, words=view_words())
        yield seen
