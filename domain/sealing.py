"""The ledger's own stream: what all balances were at some moment, and who was given a checkpoint.

A seal states the money of everybody at a past position, as totals and as the root of a tree over
all balances (`domain.balance_tree`). Whoever replays the history must come to the same. A
checkpoint that was handed over is where an outsider's evidence begins; the hand-over is recorded,
so that it can be said how much has not been covered by one since.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from domain.balance_tree import Node
from domain.facts import Change, Fact, Kind, Outcome, Stream, recorded
from domain.ids import check_id
from domain.record import Record
from domain.refusals import Code, refuse

LEDGER = Stream(Kind.LEDGER, "ledger")
"""The one stream of its kind."""


@recorded
class StateSealed(Fact, frozen=True, tag="ledger.sealed", kw_only=True):
    """Everybody's money after `entries` entries, the last event of which stood at `position`.

    `balances_root` is the hash of the balance-sum tree, in hexadecimal digits.
    """

    entries: int
    position: int
    persons: int
    available_fen: int
    held_fen: int
    set_aside_fen: int
    wallet_fen: int
    balances_root: str


@recorded
class CheckpointHandedOver(Fact, frozen=True, tag="ledger.checkpoint_handed_over", kw_only=True):
    """A signed checkpoint of the log left the house: so many entries under this root (hex)."""

    receiver: str
    origin: str
    entries: int
    root: str


class Sealing(Record, frozen=True):
    """The newest seal, and the largest checkpoint that was handed over."""

    seals: int = 0
    sealed: StateSealed | None = None
    handed_over: CheckpointHandedOver | None = None


def evolve(sealing: Sealing | None, fact: Fact) -> Sealing:
    """Apply one fact to the ledger's own stream."""
    before = sealing or Sealing()
    match fact:
        case StateSealed():
            assert fact.entries > (before.sealed.entries if before.sealed else 0), fact
            amounts = (fact.available_fen, fact.held_fen, fact.set_aside_fen, fact.wallet_fen)
            assert min(amounts) >= 0, fact
            return replace(before, seals=before.seals + 1, sealed=fact)
        case CheckpointHandedOver():
            known = before.handed_over.entries if before.handed_over else 0
            return replace(before, handed_over=fact) if fact.entries >= known else before
        case _:
            msg = f"not a fact of the ledger itself: {fact!r}"
            raise AssertionError(msg)


class Counted(Record, frozen=True):
    """A moment of the history: so many entries, the position of the last event, and persons."""

    entries: int
    position: int
    persons: int


def seal(sealing: Sealing | None, at: Counted, *, root: Node, on: date) -> Outcome:
    """State everybody's money at a past moment, which lies behind that of the last seal.

    Before the first entry there is nothing to seal.
    """
    before = sealing.sealed.entries if sealing and sealing.sealed else 0
    if at.entries <= before:
        return refuse(Code.ALREADY_SEALED, entries=before)
    fact = StateSealed(
        effective_on=on,
        entries=at.entries,
        position=at.position,
        persons=at.persons,
        **root.totals._asdict(),
        balances_root=root.digest.hex(),
    )
    return (Change(LEDGER, fact),)


def hand_over(receiver: str, *, origin: str, entries: int, root: bytes, on: date) -> Outcome:
    """Record who was given a checkpoint. Receivers are named by ids, never by persons' names."""
    if refusal := check_id(receiver):
        return refusal
    fact = CheckpointHandedOver(
        effective_on=on, receiver=receiver, origin=origin, entries=entries, root=root.hex()
    )
    return (Change(LEDGER, fact),)
