"""`state.json`: what everybody has at the end of a history, folded from the events alone."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from domain.codes import ACCOUNT_SEGMENTS
from domain.facts import Kind
from domain.person import Person, evolve
from domain.text import Text
from interchange.evidence.canonical import canonical
from ledger.errors import StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.recorded import RecordedEvent

FORMAT = "gongji-state/1"

_WRONG_HISTORY = (AssertionError, LookupError, AttributeError, TypeError)
_ACCOUNT = ("available_fen", "held_fen", "set_aside_fen")
_WALLET = ("available_fen", "held_fen", "pending_fen")


class Balances:
    """The persons of a history that is read from its beginning, one event after the other."""

    def __init__(self) -> None:
        """Start before the first event."""
        self._persons: dict[str, Person] = {}

    def fold(self, event: RecordedEvent) -> None:
        """Take in an event; those of families and claims move no money.

        Raises:
            StoreDamaged: it contradicts the events before it.
        """
        if event.stream.kind is not Kind.PERSON:
            return
        key = event.stream.key
        try:
            self._persons[key] = evolve(self._persons.get(key), event.fact)
        except _WRONG_HISTORY as error:
            place = f"{event.stream.kind}/{key}@{event.originator_version}"
            raise StoreDamaged(place=place, detail=_CONTRADICTS) from error

    def written(self, *, size: int, position: int) -> Iterator[bytes]:
        """Write the balances down, person by person; together it is canonical JSON."""
        totals: Counter[str] = Counter()
        yield b'{"format":"%s","persons":{' % FORMAT.encode()
        comma = b""
        for key in sorted(self._persons):
            row = _row(self._persons[key])
            if row:
                _add(totals, row)
                yield comma + json.dumps(key).encode() + b":" + canonical(row)
                comma = b","
        rest = canonical({"position": position, "size": size, "totals": _named(totals)})
        yield b"}," + rest.removeprefix(b"{")


_CONTRADICTS = Text("与此前的事件矛盾", "it contradicts the events before it")


def _row(person: Person) -> dict[str, dict[str, int]]:
    """Give what one person has; nothing where there is neither account nor wallet."""
    row: dict[str, dict[str, int]] = {}
    account, wallet = person.account, person.wallet
    if account is not None:
        for segment in ACCOUNT_SEGMENTS:
            row[segment.value] = {
                "available_fen": account.available.of(segment),
                "held_fen": account.held.of(segment),
                "set_aside_fen": account.set_aside_amounts.of(segment),
            }
    if wallet is not None:
        row["wallet"] = {name: getattr(wallet, name) for name in _WALLET}
    return row


def _add(totals: Counter[str], row: dict[str, dict[str, int]]) -> None:
    for part, amounts in row.items():
        for name, fen in amounts.items():
            totals[f"wallet_{name}" if part == "wallet" else name] += fen


def _named(totals: Counter[str]) -> dict[str, int]:
    """Give every total, also where nobody has any."""
    return {name: totals[name] for name in (*_ACCOUNT, *(f"wallet_{name}" for name in _WALLET))}
