"""The balance-sum tree: roots, proofs, and what a proof cannot hide."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amounts import Amounts
from domain.balance_tree import EMPTY, BalanceTree, Holding, Node, Step, Totals, climb, leaf
from domain.ids import PersonId

if TYPE_CHECKING:
    from collections.abc import Sequence

AMOUNTS = st.builds(Amounts, st.integers(0, 10**12), st.integers(0, 10**12))


@st.composite
def holdings(draw: st.DrawFn, least: int = 0) -> list[Holding]:
    """Give what some persons hold."""
    ids = draw(st.lists(st.integers(0, 10**6), min_size=least, max_size=40, unique=True))
    return [
        Holding(
            PersonId(f"P{number}"),
            draw(st.integers(1, 99)),
            draw(AMOUNTS),
            draw(AMOUNTS),
            draw(AMOUNTS),
            draw(st.integers(0, 10**12)),
        )
        for number in ids
    ]


def naive_root(leaves: Sequence[Node]) -> Node:
    """Compute the root as RFC 6962 words its shape: the left half is the largest power of two."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = naive_root(leaves[:half]), naive_root(leaves[half:])
    digest = sha256(b"\1" + left.packed() + right.packed()).digest()
    totals = Totals(*(a + b for a, b in zip(left.totals, right.totals, strict=True)))
    return Node(digest, totals)


@given(holdings())
def test_the_root_is_that_of_the_definition_whatever_the_order(some: list[Holding]) -> None:
    tree = BalanceTree(some)
    assert tree.root == naive_root([leaf(each) for each in sorted(some)])
    assert BalanceTree(reversed(some)).root == tree.root
    assert tree.persons == len(some)


@given(holdings(least=1), st.data())
def test_everybodys_proof_leads_to_the_root(some: list[Holding], data: st.DataObject) -> None:
    tree = BalanceTree(some)
    for each in some:
        found = tree.proof(each.person)
        assert found is not None
        holding, steps = found
        assert holding == each
        assert climb(holding, steps) == tree.root
    assert tree.proof(PersonId("nobody")) is None
    holding, steps = tree.proof(data.draw(st.sampled_from(some)).person) or (some[0], ())
    for changed in (
        holding._replace(version=holding.version + 1),
        holding._replace(wallet_fen=holding.wallet_fen + 1),
        holding._replace(available=holding.available + Amounts(1, 0)),
    ):
        assert climb(changed, steps) != tree.root


def test_a_neighbours_total_cannot_be_made_smaller_unseen() -> None:
    one = Holding(PersonId("P1"), 1, Amounts(500, 0))
    other = Holding(PersonId("P2"), 1, Amounts(700, 0))
    tree = BalanceTree([one, other])
    holding, (step,) = tree.proof(PersonId("P1")) or (one, ())
    understated = Step(step.left, Node(step.node.digest, Totals(600)))
    assert climb(holding, [step]).totals == Totals(1_200)
    assert climb(holding, [understated]).digest != tree.root.digest


def test_money_below_zero_has_no_hash() -> None:
    with pytest.raises(OverflowError):
        BalanceTree([Holding(PersonId("P1"), 1, Amounts(-1, 0)), Holding(PersonId("P2"), 1)])


def test_the_line_is_what_an_outsider_can_write_down() -> None:
    holding = Holding(PersonId("P1"), 7, Amounts(1, 2), Amounts(3, 0), Amounts(0, 4), 5)
    assert holding.line == (
        b'{"available":[1,2],"held":[3,0],"person":"P1","set_aside":[0,4],"version":7,"wallet":5}'
    )
    assert leaf(holding) == Node(sha256(b"\0" + holding.line).digest(), Totals(3, 3, 4, 5))
