"""Subjects as they are typed: `person:p1`, `pool:f1`, `claim:c1`, with `@5` at a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.errors import failure
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from domain.facts import Stream
    from ledger.store import Store

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


def need_person(settings: Settings, store: Store, person: str) -> None:
    """See that somebody is in the books, so that a mistyped id is not taken for a clean person.

    Raises:
        Failure: nothing was ever recorded of the person.
    """
    from cli.refusal_words import in_words
    from domain.facts import Kind, Stream
    from domain.refusals import Code, refuse

    if next(iter(store.stream(Stream(Kind.PERSON, person))), None) is None:
        says = in_words(refuse(Code.UNKNOWN_PERSON, person=person)).say(settings.lang)
        code = "unknown_person"
        raise failure(code, says, remedy="gongji events list type:person.enrolled")
