"""Proofs verify, and nothing but the proof does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from ledger.log.proofs import (
    consistency_proof,
    edge_at,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from ledger.log.tree import EMPTY_ROOT
from tests.ledger.log.test_tree import recursive_root, some_leaves

LEAVES = some_leaves(64)
ROOTS = [recursive_root(LEAVES[:size]) for size in range(65)]


@dataclass
class Tree:
    """A tree whose hashes come from its leaves, without any tiles."""

    leaves: Sequence[bytes]

    def subtree(self, height: int, number: int) -> bytes:
        """Give the hash of a complete subtree."""
        start = number << height
        assert start + (1 << height) <= len(self.leaves), "the subtree is complete"
        return recursive_root(self.leaves[start : start + (1 << height)])


SUBTREE = Tree(LEAVES).subtree


def test_the_edge_at_any_size_has_its_root() -> None:
    for size, root in enumerate(ROOTS):
        assert edge_at(SUBTREE, size).root == root


def test_every_leaf_of_every_tree_is_proved() -> None:
    for size in range(1, 65):
        for index in range(size):
            proof = inclusion_proof(SUBTREE, index, size=size)
            assert len(proof) <= (size - 1).bit_length()
            root = ROOTS[size]
            assert verify_inclusion(proof, leaf=LEAVES[index], index=index, size=size, root=root)
            for place in {*range(size), size, -1, size * 2} - {index}:
                assert not verify_inclusion(
                    proof, leaf=LEAVES[index], index=place, size=size, root=root
                )


def test_every_tree_is_proved_to_extend_every_older_one() -> None:
    for new in range(65):
        for old in range(new + 1):
            proof = consistency_proof(SUBTREE, old=old, new=new)
            said = {"old_root": ROOTS[old], "new_root": ROOTS[new]}
            assert verify_consistency(proof, old=old, new=new, **said)
            assert not verify_consistency([*proof, ROOTS[1]], old=old, new=new, **said)
            for each in {max(0, old - 1), old + 1, new + 1} - {old}:
                assert not verify_consistency(proof, old=each, new=new, **said)


def test_two_trees_of_one_size_are_the_same_or_no_proof_is() -> None:
    for proof in ([], [ROOTS[1]]):
        for old, new, expected in ((7, 7, not proof), (7, 8, False), (0, 7, False)):
            found = verify_consistency(
                proof, old=old, old_root=ROOTS[7], new=new, new_root=ROOTS[7]
            )
            assert found == expected
    assert verify_consistency([], old=0, old_root=EMPTY_ROOT, new=7, new_root=ROOTS[7])


def altered(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """Give a proof with one thing about it changed."""
    way = data.draw(st.sampled_from(["flip", "drop", "add", "swap"] if proof else ["add"]))
    at = data.draw(st.integers(0, max(0, len(proof) - 1)))
    if way == "add":
        return [*proof[:at], data.draw(st.sampled_from(LEAVES)), *proof[at:]]
    if way == "drop":
        return [*proof[:at], *proof[at + 1 :]]
    if way == "swap" and len(proof) > 1:
        other = (at + 1) % len(proof)
        proof = list(proof)
        proof[at], proof[other] = proof[other], proof[at]
        return proof
    bit = data.draw(st.integers(0, 255))
    flipped = bytearray(proof[at])
    flipped[bit >> 3] ^= 1 << (bit & 7)
    return [*proof[:at], bytes(flipped), *proof[at + 1 :]]


@given(st.data(), st.integers(1, 1_500))
def test_an_altered_proof_proves_nothing(data: st.DataObject, new: int) -> None:
    leaves = some_leaves(new)
    subtree, root = Tree(leaves).subtree, recursive_root(leaves)
    index = data.draw(st.integers(0, new - 1))
    proof = inclusion_proof(subtree, index, size=new)
    verify = partial(verify_inclusion, leaf=leaves[index], index=index, size=new)
    assert verify(proof, root=root)
    assert not verify(altered(proof, data), root=root)
    assert not verify(proof, root=bytes(32))
    old = data.draw(st.integers(1, new))
    extends = partial(verify_consistency, old=old, new=new)
    old_root = recursive_root(leaves[:old])
    proof = consistency_proof(subtree, old=old, new=new)
    assert extends(proof, old_root=old_root, new_root=root)
    assert not extends(altered(proof, data), old_root=old_root, new_root=root)
    assert not extends(proof, old_root=bytes(32), new_root=root)
    assert not extends(proof, old_root=old_root, new_root=bytes(32))
