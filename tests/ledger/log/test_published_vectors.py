"""What others have published of the tree of RFC 6962: leaves, roots, proofs.

The data are those of `cpp/merkletree/merkle_tree_test.cc` in github.com/google/certificate-
transparency (Apache License 2.0, commit 0e901ca, read on 2026-11-22): `kInputs`, `kSHA256Roots`,
`kSHA256Paths` (whose leaves count from 1) and `kSHA256Proofs`. The inner nodes are named here.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256

import pytest

from ledger.log.proofs import (
    consistency_proof,
    edge_at,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from ledger.log.tree import EMPTY_ROOT, Edge, grow
from tests.ledger.log.test_proofs import Tree

INPUTS = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ROOTS = (
    EMPTY,
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
FIRST = ROOTS[1]
FIRST_TWO = ROOTS[2]
FIRST_FOUR = ROOTS[4]
SECOND = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
FIFTH = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
THIRD_FOURTH = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
FIFTH_SIXTH = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
LAST_TWO = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
LAST_FOUR = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"

INCLUSION = (
    (1, 1, ()),
    (1, 8, (SECOND, THIRD_FOURTH, LAST_FOUR)),
    (6, 8, (FIFTH, LAST_TWO, FIRST_FOUR)),
    (3, 3, (FIRST_TWO,)),
    (2, 5, (FIRST, THIRD_FOURTH, FIFTH)),
)
CONSISTENCY = (
    (1, 1, ()),
    (1, 8, (SECOND, THIRD_FOURTH, LAST_FOUR)),
    (6, 8, (FIFTH_SIXTH, LAST_TWO, FIRST_FOUR)),
    (2, 5, (THIRD_FOURTH, FIFTH)),
)

LEAVES = [sha256(b"\0" + bytes.fromhex(data)).digest() for data in INPUTS]
TREE = Tree(LEAVES)


def root(size: int) -> bytes:
    """Give the published root of the first leaves."""
    return bytes.fromhex(ROOTS[size])


def test_the_roots_are_those_that_were_published() -> None:
    assert EMPTY_ROOT.hex() == EMPTY
    for size in range(9):
        assert grow(Edge(), LEAVES[:size]).edge.root == root(size)
        assert edge_at(TREE.subtree, size).root == root(size)


@pytest.mark.parametrize(("number", "size", "expected"), INCLUSION)
def test_inclusion_proofs_are_those_that_were_published(
    number: int, size: int, expected: tuple[str, ...]
) -> None:
    proof = inclusion_proof(TREE.subtree, number - 1, size=size)
    assert tuple(each.hex() for each in proof) == expected
    verify = partial(verify_inclusion, proof, leaf=LEAVES[number - 1])
    assert verify(index=number - 1, size=size, root=root(size))
    for index, other in ((number, size), (number - 2, size), (number - 1, size * 2)):
        assert not verify(index=index, size=other, root=root(size))
    assert not verify(index=number - 1, size=size // 2, root=root(size))
    assert not verify(index=number - 1, size=size, root=EMPTY_ROOT)
    for wrong in ([*proof, b""], [*proof, root(size)], [b"", *proof], [root(size), *proof]):
        said = {"index": number - 1, "size": size}
        assert not verify_inclusion(wrong, leaf=LEAVES[number - 1], root=root(size), **said)


@pytest.mark.parametrize(("old", "new", "expected"), CONSISTENCY)
def test_consistency_proofs_are_those_that_were_published(
    old: int, new: int, expected: tuple[str, ...]
) -> None:
    proof = consistency_proof(TREE.subtree, old=old, new=new)
    assert tuple(each.hex() for each in proof) == expected
    verify = partial(verify_consistency, old_root=root(old), new_root=root(new))
    assert verify(proof, old=old, new=new)
    for wrong in ([*proof, b""], [*proof, root(new)], [b"", *proof], proof[:-1], []):
        assert wrong == proof or not verify(wrong, old=old, new=new)
    if proof:
        for other in ((old - 1, new), (old + 1, new), (old, new * 2), (old, new // 2)):
            assert not verify(proof, old=other[0], new=other[1])


def test_the_past_does_not_extend_the_future() -> None:
    for old, new in ((1, 0), (2, 1), (-1, 3)):
        assert not verify_consistency([], old=old, old_root=b"", new=new, new_root=b"")
    assert not verify_consistency([], old=1, old_root=b"", new=2, new_root=b"")
