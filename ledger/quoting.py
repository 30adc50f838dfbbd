"""Asking what a claim would be paid, of a store that is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.ids import MessageId
from ledger.claim_handlers import situation
from ledger.identity_map import IdentityMap
from ledger.view import EVOLVE, Refused, View
from ledger.workspace import Group, Workspace

if TYPE_CHECKING:
    from datetime import datetime

    from domain.allocation import Situation
    from domain.claim import ClaimRequest
    from domain.refusals import Refusal
    from domain.rules import RuleBook
    from ledger.store import Store

QUESTION = MessageId("")
"""The key under which questions are asked; no message has it, so none can make it void."""


def situation_now(
    store: Store, request: ClaimRequest, *, book: RuleBook, at: datetime
) -> Situation | Refusal:
    """Gather what a decision about a claim would look at, without taking the writer's place."""
    group = Group(IdentityMap(store, EVOLVE), after=store.recorder.end)
    return situation_in(Workspace(group), request, book=book, at=at)


def situation_in(
    work: Workspace, request: ClaimRequest, *, book: RuleBook, at: datetime
) -> Situation | Refusal:
    """Gather the same from states that are at hand."""
    try:
        return situation(View(work, book, key=QUESTION, now=at), request)
    except Refused as refused:
        return refused.refusal
