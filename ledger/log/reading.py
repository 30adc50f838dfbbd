"""The tree of a recorder: roots, proofs and leaves, read from what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from domain.text import Text
from ledger.errors import StoreDamaged
from ledger.log.proofs import consistency_proof, edge_at, inclusion_proof
from ledger.log.tree import TILE, TILE_HEIGHT, Edge, node_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AT_ONCE = 4 * TILE  # leaves
_MOST_TILES = 64


class Hashes(Protocol):
    """What keeps leaves and nodes; every `Recorder` does."""

    def leaf_hashes(self, after: int, *, limit: int) -> Sequence[bytes]:
        """Give the leaves of the entries behind an entry, by its number, in order."""

    def nodes(self, level: int, first: int, *, limit: int) -> Sequence[bytes]:
        """Give kept nodes of a level (1, 2, …) from the `first`-th (0, 1, …) on, in order."""


class LogReader:
    """The tree as it stands at a size, and as it stood at any size before.

    Entries are named by number (1, 2, …), as everywhere; the index of a leaf is one less. What is
    read once is kept for a while: a reader serves one question, or a row of them by one thread.
    """

    def __init__(self, hashes: Hashes, size: int) -> None:
        """Look at the first `size` entries of a recorder, or all: `recorder.end.entries`."""
        self.size = size
        self._hashes = hashes
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def edge(self, size: int | None = None) -> Edge:
        """Give the right edge of the tree, as it was at a size."""
        return edge_at(self.subtree, self._upto(size))

    def root(self, size: int | None = None) -> bytes:
        """Give the root of the tree, as it was at a size."""
        return self.edge(size).root

    def leaf(self, number: int) -> bytes:
        """Give the leaf of an entry."""
        return self.subtree(0, number - 1)

    def leaves(self, after: int = 0) -> Iterator[bytes]:
        """Give the leaves behind an entry, in order."""
        while after < self.size:
            page = self._hashes.leaf_hashes(after, limit=min(_AT_ONCE, self.size - after))
            if not page:
                raise _missing(0, after)
            yield from page
            after += len(page)

    def inclusion(self, number: int, *, size: int | None = None) -> list[bytes]:
        """Give the proof that an entry is in the tree, as it was at a size."""
        return inclusion_proof(self.subtree, number - 1, size=self._upto(size))

    def consistency(self, old: int, *, size: int | None = None) -> list[bytes]:
        """Give the proof that the tree, as it was at a size, extends an older one."""
        return consistency_proof(self.subtree, old=old, new=self._upto(size))

    def subtree(self, height: int, number: int) -> bytes:
        """Give the hash of a complete subtree of 2 ** height leaves."""
        level, rest = divmod(height, TILE_HEIGHT)
        first = number << rest
        tile, at = divmod(first, TILE)
        found = self._tile(level, tile)[at : at + (1 << rest)]
        if len(found) < 1 << rest:
            raise _missing(level, first)
        while len(found) > 1:
            found = [node_hash(*found[n : n + 2]) for n in range(0, len(found), 2)]
        return found[0]

    def _upto(self, size: int | None) -> int:
        size = self.size if size is None else size
        assert size <= self.size, "the tree was never larger"
        return size

    def _tile(self, level: int, number: int) -> Sequence[bytes]:
        """Give up to 256 hashes of a level."""
        known = self._tiles.pop((level, number), None)
        if known is None:
            first = number * TILE
            if level:
                known = self._hashes.nodes(level, first, limit=TILE)
            else:
                known = self._hashes.leaf_hashes(first, limit=TILE)
        self._tiles[level, number] = known  # at the young end
        if len(self._tiles) > _MOST_TILES:
            del self._tiles[next(iter(self._tiles))]
        return known


def _missing(level: int, number: int) -> StoreDamaged:
    place = f"log {level}/{number}"
    return StoreDamaged(place=place, detail=Text("缺少散列值", "a hash is missing"))
