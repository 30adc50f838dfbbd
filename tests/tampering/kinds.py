"""What a kind of tampering is, and what several kinds have in common.

The kinds stand in `outsiders`, `insiders` and `excerpts`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from domain.text import Text
from tests.tampering.cases import REAL, Case, compact
from tests.tampering.pack import Lines, named_anew, zipped

Tamper = Callable[[Case], bytes]


class Kind(NamedTuple):
    """A kind of tampering, and whether it must be caught: with a kept checkpoint, and without.

    `newest`: the auditor kept the checkpoint of the honest package itself, not that of its half.
    """

    name: str
    says: Text
    tamper: Tamper
    with_kept: bool = True
    without: bool = True
    newest: bool = False


KINDS: list[Kind] = []


def kind(zh: str, en: str, **expected: bool) -> Callable[[Tamper], Tamper]:
    """Enter a kind of tampering in the list, under the name of its function."""

    def enter(tamper: Tamper) -> Tamper:
        KINDS.append(Kind(tamper.__name__, Text(zh, en), tamper, **expected))
        return tamper

    return enter


def changed(case: Case, name: str, data: bytes) -> bytes:
    """Change a member, and let the manifest name it as it is now."""
    return zipped(named_anew({**case.members, name: data}))


def blocks(case: Case, entries: list[Lines]) -> bytes:
    """Put blocks of entries into the honest package; manifest counts and hashes made to fit."""
    members = dict(case.members)
    members["entries.txt"] = b"".join(b"\n".join(lines) + b"\n\n" for lines in entries)
    manifest = json.loads(members["MANIFEST.json"])
    manifest["entries"] = len(entries)
    manifest["events"] = sum(len(lines) - 2 for lines in entries)
    members["MANIFEST.json"] = compact(manifest)
    return zipped(named_anew(members))


def insider(case: Case, entries: list[Lines]) -> bytes:
    """Sign entries that the ledger's own fold may refuse; the balances are those from before."""
    members = dict(case.members)
    note = REAL.checkpoint(entries)
    members["entries.txt"] = b"".join(b"\n".join(lines) + b"\n\n" for lines in entries)
    return zipped(named_anew({**members, "checkpoint.txt": note}))


def more_left(fact: dict[str, Any]) -> None:
    """Let a fact say that one fen more is left."""
    fact["left"][0] += 1


def has_left(fact: dict[str, Any]) -> bool:
    """Tell whether a fact says what is left in an account."""
    return "left" in fact


def other_institution(fact: dict[str, Any]) -> None:
    """Let a claim come from elsewhere: no amount changes, nothing contradicts it."""
    fact["request"]["institution"]["id"] = "H-friend"


def has_request(fact: dict[str, Any]) -> bool:
    """Tell whether a fact carries a claim's request."""
    return "request" in fact
