"""The tree is that of RFC 6962, written down a second time as the recursion that the RFC gives."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from ledger.log.tree import EMPTY_ROOT, Edge, Node, grow, leaf_hash, node_hash


def recursive_root(leaves: Sequence[bytes]) -> bytes:
    """Give the root as section 2.1 defines it: over the two halves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = recursive_root(leaves[:split]), recursive_root(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


def some_leaves(count: int, seed: int = 0) -> list[bytes]:
    """Give leaves that differ."""
    return [sha256(b"%d/%d" % (seed, number)).digest() for number in range(count)]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Edge().root == EMPTY_ROOT == sha256().digest()
    assert grow(Edge(), []) == (Edge(), [], [])


def test_a_leaf_is_the_hash_of_the_hashes_of_the_lines() -> None:
    lines = [b'{"entry":1}', b"{}", "中".encode()]
    record = b"".join(sha256(line).digest() for line in lines)
    expected = sha256(b"\x00" + record).digest()
    assert leaf_hash(b"\n".join(lines) + b"\n") == expected
    assert leaf_hash(b"\n".join(lines)) == expected  # as if it were ended
    others = [b"\n".join(lines[:2]) + b"\n", b"\n".join(lines) + b"\n\n", b"", b"\n"]
    assert len({expected, *map(leaf_hash, others)}) == 5


def test_a_node_is_the_hash_of_both_sides_in_their_order() -> None:
    assert node_hash(b"a", b"b") == sha256(b"\x01ab").digest() != node_hash(b"b", b"a")


def test_whatever_the_size_the_root_is_that_of_the_recursion() -> None:
    leaves = some_leaves(300)
    edge = Edge()
    for size in range(301):
        assert edge.size == size
        assert edge.root == recursive_root(leaves[:size])
        edge = grow(edge, leaves[size : size + 1]).edge


@given(st.lists(st.integers(0, 400), max_size=8), st.integers(0, 9))
def test_it_does_not_matter_in_which_groups_leaves_come(groups: list[int], seed: int) -> None:
    leaves = some_leaves(sum(groups), seed)
    edge, nodes, done = Edge(), [], 0
    for count in groups:
        before = edge
        growth = grow(edge, leaves[done : done + count])
        assert edge == before
        edge, done = growth.edge, done + count
        nodes += growth.nodes
    assert grow(Edge(), leaves) == (edge, leaves, nodes)
    assert edge.root == recursive_root(leaves)


def test_the_nodes_of_complete_tiles_are_given_once() -> None:
    leaves = some_leaves(65_536 + 300)
    nodes = grow(Edge(), leaves).nodes
    assert [(node.level, node.number) for node in nodes if node.level > 1] == [(2, 0)]
    ones = [node for node in nodes if node.level == 1]
    assert [node.number for node in ones] == list(range(257))
    for node in (ones[0], ones[7], ones[256]):
        start = node.number * 256
        assert node.hash == recursive_root(leaves[start : start + 256])
    assert nodes[256] == Node(2, 0, recursive_root(leaves[:65_536]))
