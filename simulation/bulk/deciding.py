"""Letting the kernel decide a batch of rows: compiled, or interpreted."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from simulation.bulk.arrays import Decided, Legs, Memory, Rows, Rules, State, Tried


class Outcome(NamedTuple):
    """What was decided about a batch, in new numpy arrays; `tried` is empty unless asked for."""

    decided: Decided
    legs: Legs
    tried: Tried


class Decide(Protocol):
    """Decides rows in their order, changing state and memory; everything is numpy arrays."""

    def __call__(
        self,
        state: State,
        rules: Rules,
        *,
        rows: Rows,
        memory: Memory,
        trace: bool = False,
    ) -> tuple[State, Outcome]:
        """Give the state afterwards and what was decided.

        The arrays of the state are changed in place; only the table of uses (`use_key`,
        `use_fen`) may be replaced by a larger one, which is why a state is given back.
        """
