"""The columns of a claims file: their names, their words, and which must be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from domain.codes import ACCOUNT_SEGMENTS, Category, Credential, Place
from domain.columns import number
from domain.text import Text
from simulation.bulk.arrays import CANCEL, CREDIT, SETTLE
from simulation.bulk.reading.claims_errors import ClaimsColumns

REQUIRED = ("claim", "patient", "day", "where", "place", "category", "total_fen")
NUMBERS = ("claim", "line", "patient", "total_fen", "fund_fen")
DAYS = ("booked", "day")
BOOLEANS = (
    *("outside_catalogue", "use_accounts", "aid_requested", "emergency"),
    *("designated", "connected", "whole"),
)

WORDS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "kind": {"settle": SETTLE, "cancel": CANCEL, "credit": CREDIT},
        "place": {word.value: number(word) for word in Place},
        "category": {word.value: number(word) for word in Category},
        "credential": {word.value: number(word) for word in Credential},
        "segment": {word.value: number(word) for word in ACCOUNT_SEGMENTS},
    }
)
"""The words that a column may have, and their numbers; `where` has the regions of a run."""

COLUMNS = (
    *("kind", "claim", "line", "booked", "day", "patient", "where", "place", "category"),
    *("outside_catalogue", "use_accounts", "aid_requested", "emergency", "designated"),
    *("connected", "credential", "whole", "segment", "total_fen", "fund_fen"),
)
"""Every column, in the order in which files of ours have them."""


def check_names(path: Path, names: Sequence[str]) -> None:
    """See that a file has every column it needs, once, and no other.

    Raises:
        ClaimsColumns: names what is missing, unknown (with the nearest name) or there twice.
    """
    wrong = [*_unknown(names), *_twice(names), *_missing(names)]
    if wrong:
        zh, en = ("；".join(text.zh for text in wrong), "; ".join(text.en for text in wrong))
        raise ClaimsColumns(path=str(path), detail=Text(zh, en))


def _unknown(names: Sequence[str]) -> Iterable[Text]:
    free = [name for name in COLUMNS if name not in names]
    for name in names:
        if name not in COLUMNS:
            near = get_close_matches(name, free, n=1) or get_close_matches(name, COLUMNS, n=1)
            zh = f"不认识 {name!r}" + (f"，是否指 {near[0]}" if near else "")
            en = f"unknown {name!r}" + (f", did you mean {near[0]}" if near else "")
            yield Text(zh, en)


def _twice(names: Sequence[str]) -> Iterable[Text]:
    for name in COLUMNS:
        if names.count(name) > 1:
            yield Text(f"{name} 出现多次", f"{name} is there more than once")


def _missing(names: Sequence[str]) -> Iterable[Text]:
    for name in REQUIRED:
        if name not in names:
            yield Text(f"缺少 {name}", f"{name} is missing")
