"""The check that every answer kept for repetitions says what its events say.

A caller who repeats a message is told the kept answer, so an edited one would be a wrong promise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from domain.allocation import from_wallet
from domain.claim import Claim, Status
from domain.facts import Kind, Stream
from domain.person import MessageVoided
from domain.text import Text
from ledger import salvage
from ledger.application import HANDLERS
from ledger.check import Problem
from ledger.entries import answer_in
from ledger.errors import StoreDamaged
from ledger.recorded import RecordedEvent
from ledger.view import EVOLVE
from projections.reading import Recorded

if TYPE_CHECKING:
    from ledger.store import Store

_COMMANDS = {name for name, _ in HANDLERS.values()}


def answer_problems(store: Store) -> Iterator[Problem]:
    """Give every answer that is not what the events of its command come to.

    Answers that are missing, or are not found by their keys, are a matter of `ledger.check`,
    events that do not follow from each other of the replay.
    """
    claims: dict[Stream, Claim | None] = {}
    for entry in salvage.entries(store.recorder, upto=store.recorder.end.entries):
        if isinstance(entry, StoreDamaged):
            continue
        events = [
            Recorded(position, found)
            for position, _, _, found in salvage.events(store.mapper, entry)
            if isinstance(found, RecordedEvent)
        ]
        if not events or not _fold(claims, events):
            continue
        kept = answer_in(entry)
        if kept is not None and (says := _compare(kept.answer, _expected(claims, events))):
            yield Problem(events[-1].place, says)


def _fold(claims: dict[Stream, Claim | None], events: Iterable[Recorded]) -> bool:
    """Bring the claims forward; tell whether that was possible."""
    for _, event in events:
        if event.stream.kind is Kind.CLAIM:
            try:
                state = EVOLVE[Kind.CLAIM](claims.get(event.stream), event.fact)
            except (AssertionError, LookupError, AttributeError, TypeError):
                return False
            claims[event.stream] = state
    return True


def _expected(claims: Mapping[Stream, Claim | None], events: Sequence[Recorded]) -> dict[str, Any]:
    """Give what the answer to a command has to say, by what the command recorded."""
    last = events[-1].event
    kind, _, key = last.meta.correlation.partition("/")
    if isinstance(last.fact, MessageVoided):
        return {"person": key, "voided": last.fact.message}
    if kind != Kind.CLAIM:
        return {kind: key}
    stream = Stream(Kind.CLAIM, key)
    claim = claims.get(stream)
    return {} if claim is None else {**_of_claim(key, claim), "left_fen": _left(stream, events)}


def _of_claim(key: str, claim: Claim) -> dict[str, Any]:
    patient, wallet_fen = claim.request.patient, from_wallet(claim.legs)
    own_fen = sum(leg.amount_fen for leg in claim.legs if leg.account == patient) - wallet_fen
    return {
        "claim": key,
        "attempt": claim.attempt,
        "status": claim.status,
        "settlement": claim.settlement,
        "patient": claim.request.patient,
        "fund_fen": sum(fen for _, fen in claim.fund_fen),
        "own_account_fen": own_fen,
        **({"wallet_fen": wallet_fen} if wallet_fen else {}),
        "mutual_aid_fen": sum(leg.amount_fen for leg in claim.legs) - own_fen - wallet_fen,
        "cash_fen": sum(fen for _, fen in claim.cash_fen),
        "held_fen": claim.allocation.accounts_fen if claim.status is Status.HELD else 0,
    }


def _left(stream: Stream, events: Sequence[Recorded]) -> dict[str, int]:
    """Give what accounts had left; holds that ran out, the claim's own too, come before it."""
    begun = max(n for n, (_, event) in enumerate(events) if event.stream == stream)
    return {
        event.stream.key: left.total_fen
        for _, event in events[begun:]
        if (left := getattr(event.fact, "left", None)) is not None
    }


def _compare(kept: bytes, expected: Mapping[str, Any]) -> Text | None:
    """Say what is wrong with an answer, None if nothing is."""
    try:
        answer = json.loads(kept)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or answer.get("command") not in _COMMANDS:
        return Text("留存的答复无法识别", "the answer kept for it is no answer")
    said = cast("dict[str, object]", answer)
    names = [name for name, value in expected.items() if said.get(name) != value]
    if not names:
        return None
    differing = ", ".join(f"{name} {said.get(name)} ≠ {expected[name]}" for name in names)
    return Text(f"答复与事件不符：{differing}", f"answer and events differ: {differing}")
