"""Names of accounts that Beancount and hledger both take, and the way back from them.

`Liabilities:2101-个人账户-可用:P-mother:Current` is the kind, the number and the name of the chart
of accounts, the owner and the segment. The number decides; the name behind it is there to be
read, in the language asked for. docs/journals.md explains it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from domain.codes import Segment
from domain.ids import PersonId
from domain.text import Text
from projections.booked import Place
from projections.chart import CHART, Code

if TYPE_CHECKING:
    from domain.text import Lang

ROOTS = {"1": "Assets", "2": "Liabilities", "5": "Expenses", "9": "Equity"}
"""The kind of an account by the first figure of its number. Memoranda cancel out in equity."""

OPENING = Text("期初余额", "opening balances")
"""What an extract sets against the balances that it begins with; not in the chart."""

_OPENING_NUMBER = "0000"
_OWNER = "P-"
_NOT_IN_NAMES = re.compile(r"[\W_]+")
_PLAIN = re.compile(r"[A-Za-z0-9]")
_ESCAPED = re.compile(r"-(-|[0-9A-F]{2})")


# Places repeat from transaction to transaction; the last 65,536 names are remembered.
@lru_cache(maxsize=1 << 16)
def account(place: Place, lang: Lang) -> str:
    """Name a place: kind, number and name, then owner and segment where there are any."""
    parts = [ROOTS[place.code[0]], f"{place.code}-{_named(CHART[place.code], lang)}"]
    if place.person is not None:
        parts.append(_OWNER + escaped(place.person))
    if place.segment is not None and place.segment is not Segment.WALLET:
        parts.append(place.segment.value.capitalize())
    return ":".join(parts)


def place_of(name: str) -> Place | None:
    """Give the place that a name stands for; None for the opening balances."""
    _, number, *rest = name.split(":")
    figures = number.partition("-")[0]
    if figures == _OPENING_NUMBER:
        return None
    owner = PersonId(unescaped(rest[0].removeprefix(_OWNER))) if rest else None
    match rest:
        case [_, segment]:
            return Place(Code(figures), owner, Segment(segment.lower()))
        case [_] if Code(figures) is not Code.CLEARING:
            return Place(Code(figures), owner, Segment.WALLET)
        case _:
            return Place(Code(figures), owner)


def opening_account(lang: Lang) -> str:
    """Name the account that stands against opening balances."""
    return f"Equity:{_OPENING_NUMBER}-{_named(OPENING, lang)}"


def escaped(key: str) -> str:
    """Write an id with letters, figures and hyphens alone; `unescaped` gives it back.

    A hyphen is doubled, everything else becomes a hyphen and two hexadecimal figures a byte.
    """
    return "".join(each if _PLAIN.fullmatch(each) else _escape(each) for each in key)


def unescaped(written: str) -> str:
    """Give the id that was written with `escaped`."""
    parts = _ESCAPED.split(written)
    plain, codes = parts[::2], [*parts[1::2], ""]
    found = bytearray()
    for text, code in zip(plain, codes, strict=True):
        found += text.encode()
        found += b"-" if code == "-" else bytes.fromhex(code)
    return found.decode()


def _escape(each: str) -> str:
    return "--" if each == "-" else "".join(f"-{byte:02X}" for byte in each.encode())


def _named(name: Text, lang: Lang) -> str:
    """Give a name without blanks and marks."""
    return _NOT_IN_NAMES.sub("-", name.say(lang)).strip("-")
