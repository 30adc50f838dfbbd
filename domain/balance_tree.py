"""The balance-sum tree: one hash and one sum over everybody's money, and a short proof for each.

Every person is a leaf, in order of the ids. A node has the hash of its two halves with their
totals, so whoever knows the root and its totals can be shown one person's line with the nodes
beside its way up, and sees that the line is contained in the whole, at its full amount, without
seeing anybody else's. The shape is that of RFC 6962 (a left half is the largest power of two).

    leaf: SHA-256(0x00 ‖ line)                       line: canonical JSON, see `Holding.line`
    node: SHA-256(0x01 ‖ left ‖ right)               a half: its hash, then its totals
    totals: available, held, set aside, wallet       each 8 bytes, the highest first
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from domain.amounts import NOTHING, Amounts
from domain.ids import PersonId


class Totals(NamedTuple):
    """Money of one person or of many, in fen; none of the four is ever below zero."""

    available_fen: int = 0
    held_fen: int = 0
    set_aside_fen: int = 0
    wallet_fen: int = 0

    def plus(self, other: Totals) -> Totals:
        """Add up."""
        return Totals(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def packed(self) -> bytes:
        """Give the bytes that are hashed.

        Raises:
            OverflowError: one is below zero.
        """
        return b"".join(fen.to_bytes(8, "big") for fen in self)


class Holding(NamedTuple):
    """What one person holds after so many events of the person's stream.

    Money of the personal account is by segment, the wallet's (available, held and pending) is
    one sum, in fen.
    """

    person: PersonId
    version: int
    available: Amounts = NOTHING
    held: Amounts = NOTHING
    set_aside: Amounts = NOTHING
    wallet_fen: int = 0

    @property
    def totals(self) -> Totals:
        """Give the sums that enter the tree."""
        parts = (self.available, self.held, self.set_aside)
        available, held, set_aside = (part.total_fen for part in parts)
        return Totals(available, held, set_aside, self.wallet_fen)

    @property
    def line(self) -> bytes:
        """Give the line that is hashed: sorted keys, no spaces, [current, prior] by segment."""
        fields = {
            "person": self.person,
            "version": self.version,
            "available": _by_segment(self.available),
            "held": _by_segment(self.held),
            "set_aside": _by_segment(self.set_aside),
            "wallet": self.wallet_fen,
        }
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


class Node(NamedTuple):
    """A hash, and the totals of everybody below it."""

    digest: bytes
    totals: Totals

    def packed(self) -> bytes:
        """Give the bytes that are hashed."""
        return self.digest + self.totals.packed()


class Step(NamedTuple):
    """One node beside the way from a leaf to the root, and on which side it stands."""

    left: bool
    node: Node


EMPTY = Node(sha256(b"").digest(), Totals())
"""The root where there is nobody."""


class BalanceTree:
    """The tree of some holdings. Takes about 200 bytes a person."""

    def __init__(self, holdings: Iterable[Holding]) -> None:
        """Build it; every person comes once."""
        self._holdings = sorted(holdings)
        self._levels = [[leaf(each) for each in self._holdings]]
        while len(self._levels[-1]) > 1:
            self._levels.append(_above(self._levels[-1]))

    @property
    def persons(self) -> int:
        """Give how many leaves there are."""
        return len(self._holdings)

    @property
    def root(self) -> Node:
        """Give the hash and the totals of all."""
        return self._levels[-1][0] if self._holdings else EMPTY

    def proof(self, person: PersonId) -> tuple[Holding, tuple[Step, ...]] | None:
        """Give a person's line and the way up from it; None where there is no such person."""
        place = next((n for n, each in enumerate(self._holdings) if each.person == person), None)
        if place is None:
            return None
        holding, steps = self._holdings[place], []
        for level in self._levels[:-1]:
            beside = place ^ 1
            if beside < len(level):  # else this node goes up as it is
                steps.append(Step(beside < place, level[beside]))
            place //= 2
        return holding, tuple(steps)


def leaf(holding: Holding) -> Node:
    """Give the leaf of one person."""
    return Node(sha256(b"\0" + holding.line).digest(), holding.totals)


def climb(holding: Holding, steps: Sequence[Step]) -> Node:
    """Give the root to which a line and its way up lead.

    Raises:
        OverflowError: some total on the way is below zero.
    """
    node = leaf(holding)
    for left, beside in steps:
        node = _join(beside, node) if left else _join(node, beside)
    return node


def _above(level: Sequence[Node]) -> list[Node]:
    """Join neighbours; the last one of an odd number goes up as it is."""
    joined = [_join(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return joined + list(level[len(joined) * 2 :])


def _join(left: Node, right: Node) -> Node:
    digest = sha256(b"\1" + left.packed() + right.packed()).digest()
    return Node(digest, left.totals.plus(right.totals))


def _by_segment(amounts: Amounts) -> list[int]:
    return [amounts.current_fen, amounts.prior_fen]
