"""What a logic is: a function that looks at the material and gives cases.

A logic declares the parameters that it takes, each with its unit, and the facts that the sentence
of a finding may name. The rules choose among them; `projections.findings.logics` has them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from domain.codes import Category, Place
from domain.ids import RegionCode, RuleSetId
from projections.findings.rule import Scene, Unit

if TYPE_CHECKING:
    from domain.rules import RuleBook, RuleSet
    from projections.findings.material import Draw, Material, Payment


@dataclass(frozen=True)
class Case:
    """What a logic found. `facts` are for the sentence: texts, numbers, days, fen (`…_fen`)."""

    subject: str
    positions: tuple[int, ...]
    first_day: date
    last_day: date
    amount_fen: int
    count: int
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Ask:
    """What a logic is given: the material, its parameters' values, the scene, outside lists.

    `lists` are rows by name and person: {"deaths": {"P4": "2026-03-01"}}.
    """

    material: Material
    p: Mapping[str, int]
    scene: Scene = Scene.ANY
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    book: RuleBook | None = None

    @cached_property
    def payments(self) -> list[Payment]:
        """Settlements and captures of the scene, in order of position."""
        return [each for each in self.material.payments if in_scene(each, self.scene)]

    @cached_property
    def aid(self) -> list[Draw]:
        """What relatives' accounts paid in the scene, in order of position."""
        return [each for each in self.material.aid if in_scene(each.of, self.scene)]

    def rules(self, payment: Payment, rule_set: str) -> RuleSet | None:
        """Give a rule set that a decision names; None where the rules at hand do not have it."""
        if self.book is None:
            return None
        known = self.material.rule_sets
        if rule_set not in known:
            self.book.resolve(RegionCode(payment.area), payment.day)  # the likely one, at once
            known[rule_set] = self.book.by_id(RuleSetId(rule_set))
        return known[rule_set]


def in_scene(payment: Payment, scene: Scene) -> bool:
    """Tell whether a payment belongs to a scene. The ledger knows no sales over the internet."""
    match scene:
        case Scene.ANY:
            return True
        case Scene.PHARMACY:
            return payment.place == Place.PHARMACY
        case Scene.INPATIENT:
            return Category.INPATIENT in payment.categories.split()
        case Scene.OUTPATIENT:
            inside = Category.INPATIENT in payment.categories.split()
            return payment.place in {Place.HOSPITAL, Place.CLINIC} and not inside
        case Scene.ONLINE:
            return False


Find = Callable[[Ask], Iterator[Case]]


@dataclass(frozen=True)
class Logic:
    """A named logic: how to find, which parameters it takes, what a sentence may name."""

    find: Find
    parameters: Mapping[str, Unit]
    facts: frozenset[str]


def logic(*facts: str, **parameters: Unit) -> Callable[[Find], Logic]:
    """Declare a logic with its facts and parameters."""
    return lambda find: Logic(find, parameters, frozenset(facts))


class _Event(Protocol):
    @property
    def position(self) -> int: ...

    @property
    def day(self) -> date: ...


def case(
    subject: str,
    events: Collection[_Event],
    *,
    amount_fen: int,
    count: int | None = None,
    **facts: object,
) -> Case:
    """Make a case of some events; `count` is their number unless it is stated."""
    days = [event.day for event in events]
    positions = tuple(sorted({event.position for event in events}))
    number = len(events) if count is None else count
    return Case(subject, positions, min(days), max(days), amount_fen, number, facts)


class _Instant(Protocol):
    @property
    def at(self) -> datetime: ...


_Timed = TypeVar("_Timed", bound=_Instant)


def bursts(
    events: Sequence[_Timed], *, span: timedelta, key: Callable[[_Timed], object], enough: int
) -> Iterator[list[_Timed]]:
    """Cut out of events in order of time the runs within a span in which enough keys differ.

    A run takes in all that the span holds, and none overlaps another. One pass over the events.
    """
    begin = end = 0
    inside: Counter[object] = Counter()
    while begin < len(events):
        while end < len(events) and events[end].at - events[begin].at <= span:
            inside[key(events[end])] += 1
            end += 1
        if len(inside) >= enough:
            yield list(events[begin:end])
            begin = end
            inside.clear()
            continue
        gone = key(events[begin])
        inside[gone] -= 1
        if not inside[gone]:
            del inside[gone]
        begin += 1
