"""Handlers of the commands about the ledger itself: seals, and checkpoints handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from domain import sealing
from domain.balance_tree import Node
from ledger.view import Result

if TYPE_CHECKING:
    from domain.sealing import Sealing
    from ledger import commands
    from ledger.view import View


def seal(command: commands.Seal, view: View) -> Result:
    """State everybody's money at a past moment."""
    found = view.load(sealing.LEDGER)
    before = cast("Sealing | None", found.state if found else None)
    root = Node(bytes.fromhex(command.balances_root), command.totals)
    view.do(sealing.seal(before, command.at, root=root, on=view.day(command.on)))
    return _of_ledger(entries=command.at.entries)


def hand_over(command: commands.HandOver, view: View) -> Result:
    """Record who was given a checkpoint."""
    outcome = sealing.hand_over(
        command.receiver,
        origin=command.origin,
        entries=command.entries,
        root=bytes.fromhex(command.root),
        on=view.day(command.on),
    )
    view.do(outcome)
    return _of_ledger(entries=command.entries, receiver=command.receiver)


def _of_ledger(**answer: object) -> Result:
    kind, key = sealing.LEDGER
    return Result(f"{kind}/{key}", {kind: key, **answer})
