"""Proofs of the tree (RFC 6962, section 2.1), and their verification (RFC 9162, section 2.1.3, 4).

A proof is a list of hashes. An inclusion proof leads from one leaf to the root; a consistency
proof leads from the root of an older, smaller tree to that of a larger one, and so shows that
the larger one only appended. Pure functions: where hashes come from is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.log.tree import EMPTY_ROOT, Edge, node_hash

Subtree = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree: of 2 ** height leaves, the `number`-th from the left."""


def edge_at(subtree: Subtree, size: int) -> Edge:
    """Give the right edge of the tree as it was at a size."""
    heights = [height for height in reversed(range(size.bit_length())) if size >> height & 1]
    return Edge(size, tuple(subtree(height, (size >> height) - 1) for height in heights))


def inclusion_proof(subtree: Subtree, index: int, *, size: int) -> list[bytes]:
    """Give the hashes that lead from a leaf (0 … size - 1) to the root at a size."""
    assert 0 <= index < size, "the leaf is in the tree"
    proof = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_part(end - start)
        if index < middle:
            proof.append(_range(subtree, middle, end))
            end = middle
        else:
            proof.append(_range(subtree, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(subtree: Subtree, *, old: int, new: int) -> list[bytes]:
    """Give the hashes that lead from the root at an older size to the root at a newer one."""
    assert 0 <= old <= new, "the older tree is the smaller one"
    if old in (0, new):
        return []
    proof = []
    start, end = 0, new
    while old < end:
        middle = start + _left_part(end - start)
        if old <= middle:
            proof.append(_range(subtree, middle, end))
            end = middle
        else:
            proof.append(_range(subtree, start, middle))
            start = middle
    if start:  # else the older root, which the verifier has, is this subtree itself
        proof.append(_range(subtree, start, end))
    return proof[::-1]


def verify_inclusion(
    proof: Sequence[bytes], *, leaf: bytes, index: int, size: int, root: bytes
) -> bool:
    """Tell whether a proof leads from a leaf at an index to the root of a tree of a size."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for each in proof:
        if not last:
            return False
        if place & 1 or place == last:
            found = node_hash(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, each)
        place, last = place >> 1, last >> 1
    return not last and found == root


def verify_consistency(
    proof: Sequence[bytes], *, old: int, old_root: bytes, new: int, new_root: bytes
) -> bool:
    """Tell whether a proof shows that the tree of size `new` extends the tree of size `old`."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        same = old_root == (new_root if old == new else EMPTY_ROOT)
        return same and not proof
    hashes = [old_root, *proof] if not old & old - 1 else list(proof)
    if not hashes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = new_found = hashes[0]
    for each in hashes[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            old_found, new_found = node_hash(each, old_found), node_hash(each, new_found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_found = node_hash(new_found, each)
        place, last = place >> 1, last >> 1
    return not last and (old_found, new_found) == (old_root, new_root)


def _left_part(size: int) -> int:
    """Give how many leaves stand to the left: the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def _range(subtree: Subtree, start: int, end: int) -> bytes:
    """Give the hash over the leaves from `start` on, which begins a subtree, before `end`."""
    size = end - start
    found = None
    for height in range(size.bit_length()):
        if size >> height & 1:
            end -= 1 << height
            each = subtree(height, end >> height)
            found = each if found is None else node_hash(each, found)
    assert found is not None, "no leaves, no hash"
    return found
