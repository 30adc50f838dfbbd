"""The ledger's own stream: seals and hand-overs."""

from __future__ import annotations

from typing import cast

import pytest

from domain.balance_tree import Node, Totals
from domain.facts import Change
from domain.person import CardReplaced
from domain.refusals import Code, Refusal
from domain.sealing import (
    LEDGER,
    CheckpointHandedOver,
    Counted,
    Sealing,
    StateSealed,
    evolve,
    hand_over,
    seal,
)
from tests.builders import DAY

ROOT = Node(bytes(32), Totals(300, 20, 0, 1))


def _sealed(sealing: Sealing | None, entries: int) -> StateSealed:
    (change,) = cast(
        "tuple[Change]", seal(sealing, Counted(entries, 2 * entries, 5), root=ROOT, on=DAY)
    )
    assert change.stream == LEDGER
    return cast("StateSealed", change.fact)


def test_a_seal_states_the_totals_and_the_root() -> None:
    fact = _sealed(None, 10)
    assert (fact.entries, fact.position, fact.persons) == (10, 20, 5)
    assert (fact.available_fen, fact.held_fen, fact.set_aside_fen, fact.wallet_fen) == ROOT.totals
    assert fact.balances_root == "00" * 32
    assert evolve(None, fact) == Sealing(1, fact)


def test_what_is_sealed_is_not_sealed_again() -> None:
    once = evolve(None, _sealed(None, 10))
    refused = seal(once, Counted(10, 20, 5), root=ROOT, on=DAY)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.ALREADY_SEALED
    twice = evolve(once, _sealed(once, 11))
    assert twice.seals == 2


def test_before_the_first_entry_there_is_nothing_to_seal() -> None:
    refused = seal(None, Counted(0, 0, 0), root=ROOT, on=DAY)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.ALREADY_SEALED


def test_the_largest_checkpoint_handed_over_is_remembered() -> None:
    sealing: Sealing | None = None
    for entries in (10, 30, 20):
        outcome = hand_over("bureau", origin="o", entries=entries, root=bytes(32), on=DAY)
        (change,) = cast("tuple[Change]", outcome)
        sealing = evolve(sealing, change.fact)
    assert sealing is not None
    assert cast("CheckpointHandedOver", sealing.handed_over).entries == 30
    assert sealing.seals == 0


def test_a_receiver_is_named_by_an_id() -> None:
    refused = hand_over("审计 局", origin="o", entries=1, root=bytes(32), on=DAY)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.MALFORMED_ID


def test_nothing_else_happens_to_the_ledger() -> None:
    with pytest.raises(AssertionError, match="not a fact of the ledger"):
        evolve(None, CardReplaced(effective_on=DAY))
