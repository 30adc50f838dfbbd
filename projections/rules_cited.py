"""Which rules decided: the parameters that recorded decisions name, and those behind the money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from domain.claim import (
    Allocation,
    ClaimAuthorized,
    ClaimCaptured,
    ClaimRequest,
    ClaimSettled,
    Trial,
)
from domain.ids import RegionCode, RuleSetId
from domain.reasons import Reason
from domain.wallet import WALLET

if TYPE_CHECKING:
    from ledger.store import Store

_BY_SEGMENTS = {Reason.GAVE_ALL_IT_HAD, Reason.PAID_THE_REST, Reason.EMPTY}
_ORDER = ("pool.order", "pool.own_first", "pool.fall_through")


@dataclass(frozen=True)
class Cited:
    """How often a parameter of a rule set decided, and where a rule set was asked for first.

    Parameters that begin with `authorization.` are what a grantor allowed, not a rule. `where`
    has the area and the day of service of the first decision by the patient's rules.
    """

    times: Counter[tuple[RuleSetId, str]] = field(default_factory=Counter)
    where: dict[RuleSetId, tuple[RegionCode, date]] = field(default_factory=dict)

    def take(self, request: ClaimRequest, allocation: Allocation) -> None:
        """Count what one decision rests on."""
        self.where.setdefault(allocation.rule_set, (allocation.region, request.service_date))
        for trial in allocation.trials:
            self.times[allocation.rule_set_of(trial), _parameter(trial)] += 1
        if len(allocation.trials) > 1:
            self.times.update((allocation.rule_set, name) for name in _ORDER)


def rules_cited(store: Store, settlements: Collection[str]) -> Cited:
    """Count the rules behind some settlements.

    Raises:
        StoreError: the history cannot be read.
    """
    found = Cited()
    for settlement, request, allocation in _decisions(store):
        if settlement in settlements:
            found.take(request, allocation)
    return found


def _decisions(store: Store) -> Iterator[tuple[str, ClaimRequest, Allocation]]:
    held: dict[str, ClaimAuthorized] = {}
    topics = [fact.TOPIC for fact in (ClaimSettled, ClaimAuthorized, ClaimCaptured)]
    for _, event in store.events(topics=topics):
        match event.fact:
            case ClaimSettled() as fact:
                yield fact.settlement, fact.request, fact.allocation
            case ClaimAuthorized() as fact:
                held[event.stream.key] = fact
            case ClaimCaptured() as fact:
                opening = held[event.stream.key]
                yield fact.settlement, opening.request, opening.allocation


def _parameter(trial: Trial) -> str:
    """Name what decided about an account: the rule it names, else by which it may pay at all."""
    if trial.rule is not None:
        return trial.rule
    if trial.reason not in _BY_SEGMENTS:
        return ""
    if trial.purse == WALLET:
        return "wallet.till"
    if trial.pool is None:
        return "own.segments"
    return "pool.funding" if trial.purse else "pool.segments"
