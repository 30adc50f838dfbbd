"""Subjects as they are typed: `person:p1`, `pool:f1`, `claim:c1`, with `@5` at a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.errors import failure
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from domain.facts import Stream

_WRONG = Text("读不懂：{written}", "cannot be read: {written}")


def read_subject(settings: Settings, written: str) -> Stream:
    """Read a stream.

    Raises:
        Failure: it is not a kind of stream with a key behind a colon.
    """
    from domain.facts import Kind, Stream

    kind, colon, key = written.partition(":")
    if colon and key and kind in list(Kind):
        return Stream(Kind(kind), key)
    kinds = " | ".join(f"{each}:…" for each in Kind)
    code = "bad_subject"
    raise failure(code, _WRONG.say(settings.lang, written=written), remedy=kinds)
