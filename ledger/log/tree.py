"""The Merkle tree over the entries of a history, exactly as RFC 6962 has it, section 2.1.

An entry is one leaf, in the order of entry numbers, so the size of the tree is the number of
entries. The tree only ever grows at its right edge, which is all that a writer has to know.
Of its inside, the complete subtrees of 256, 65,536, … leaves are kept: with the leaves they are
tiles of 256 hashes, from which every other hash is made again when a proof needs it.
"""

from __future__ import annotations

from functools import reduce
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

TILE_HEIGHT = 8
TILE = 1 << TILE_HEIGHT  # leaves, or nodes of one level, under one node of the next

EMPTY_ROOT = sha256(b"").digest()


class Node(NamedTuple):
    """The hash of a complete subtree of 256 ** level leaves, the `number`-th from the left (0…)."""

    level: int
    number: int
    hash: bytes


class Edge(NamedTuple):
    """The right edge of a tree: the roots of its complete subtrees, the largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        if not self.peaks:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self.peaks))


class Growth(NamedTuple):
    """What new leaves come to: the new edge, and the nodes of tiles that they completed."""

    edge: Edge
    leaves: Sequence[bytes]
    nodes: list[Node]


def leaf_hash(body: bytes) -> bytes:
    """Give the leaf of an entry: SHA-256 over 0x00 and the SHA-256 of each of its lines.

    So each line can be withheld from whoever gets the entry: 32 bytes stand for it.
    """
    lines = body.split(b"\n")
    if not lines[-1]:  # the last line is ended, too
        lines.pop()
    return sha256(b"\x00" + b"".join([sha256(line).digest() for line in lines])).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def grow(edge: Edge, leaves: Sequence[bytes]) -> Growth:
    """Append leaves. The edge that was given stays as it is."""
    size, peaks = edge.size, list(edge.peaks)
    nodes = []
    for leaf in leaves:
        found, height, place = leaf, 0, size
        while place & 1:  # a complete subtree as large as this one stands to the left
            found = sha256(b"\x01" + peaks.pop() + found).digest()
            height, place = height + 1, place >> 1
            if not height % TILE_HEIGHT:
                nodes.append(Node(height // TILE_HEIGHT, place, found))
        peaks.append(found)
        size += 1
    return Growth(Edge(size, tuple(peaks)), leaves, nodes)
