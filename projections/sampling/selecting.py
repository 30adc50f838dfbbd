"""Drawing a sample by a plan, and what has to be written down to draw it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from projections.sampling.codes import Allotment, By, Method
from projections.sampling.drawing import Draws, money_units, simple, systematic
from projections.sampling.frame import Frame, Item
from projections.sampling.strata import LEAST, Strata, allotted, strata_of

CERTAIN = "certain"
"""The stratum of items that hold a whole interval of money; they are all examined."""

WHOLE = "whole"
"""The stratum of a frame that is not divided, or of what money-unit sampling draws from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sample is drawn. `by`, `bands` (fen) and `allotment` are for strata alone."""

    method: Method
    size: int
    seed: str
    by: By = By.AMOUNT
    bands: tuple[int, ...] = ()
    allotment: Allotment = Allotment.PROPORTIONAL


class Stratum(NamedTuple):
    """One part of the frame: its items, their money in fen, and how many were drawn of it."""

    name: str
    items: int
    total_fen: int
    drawn: int


class Selected(NamedTuple):
    """One item that is to be examined."""

    item: Item
    stratum: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn. `interval_fen` is that of money-unit sampling, 0 without it."""

    plan: Plan
    frame: Frame
    strata: tuple[Stratum, ...]
    selected: tuple[Selected, ...]
    interval_fen: int = 0


def least_size(frame: Frame, plan: Plan) -> int:
    """Give the least size that a plan can have: two items of each stratum."""
    if plan.method is not Method.STRATIFIED:
        return 1
    strata = strata_of(frame.items, plan.by, bands=plan.bands)
    return sum(min(LEAST, len(places)) for places in strata.values())


def draw(frame: Frame, plan: Plan) -> Sample:
    """Draw a sample; its size lies between the least one and the frame's number of items.

    Money-unit sampling needs at least as many fen as items are drawn.
    """
    assert least_size(frame, plan) <= plan.size <= frame.count, plan
    match plan.method:
        case Method.MONEY_UNIT:
            return _by_money(frame, plan)
        case Method.STRATIFIED:
            strata = strata_of(frame.items, plan.by, bands=plan.bands)
            sizes = allotted(frame.items, strata, size=plan.size, allotment=plan.allotment)
            places = {
                name: [
                    seats[place]
                    for place in simple(
                        len(seats), sizes[name], draws=Draws(plan.seed, f"stratum {name}")
                    )
                ]
                for name, seats in strata.items()
            }
            return _sample(frame, plan, strata=strata, drawn=places)
        case _:
            select = simple if plan.method is Method.SIMPLE else systematic
            drawn = select(frame.count, plan.size, draws=Draws(plan.seed, plan.method))
            return _sample(frame, plan, strata={WHOLE: range(frame.count)}, drawn={WHOLE: drawn})


def _by_money(frame: Frame, plan: Plan) -> Sample:
    """Take every item of an interval or more, and draw the others by their money.

    The interval is fixed: what the whole frame holds divided by the size, rounded down. Credits
    of money, being below zero, cannot be drawn and must not be in the frame.
    """
    amounts = [item.amount_fen for item in frame.items]
    assert min(amounts) >= 0, "money below zero has no units"
    interval_fen = frame.total_fen // plan.size
    hit = money_units(amounts, interval_fen, draws=Draws(plan.seed, plan.method))
    drawn: dict[str, list[int]] = {CERTAIN: [], WHOLE: []}
    for place in hit:
        drawn[CERTAIN if amounts[place] >= interval_fen else WHOLE].append(place)
    strata: dict[str, list[int]] = {CERTAIN: [], WHOLE: []}
    for place, fen in enumerate(amounts):
        strata[CERTAIN if fen >= interval_fen else WHOLE].append(place)
    return _sample(frame, plan, strata=strata, drawn=drawn, interval_fen=interval_fen)


def _sample(
    frame: Frame,
    plan: Plan,
    *,
    strata: Strata,
    drawn: dict[str, list[int]],
    interval_fen: int = 0,
) -> Sample:
    """Put a sample together, its items in the order of the frame."""
    names = {place: name for name, places in drawn.items() for place in places}
    selected = tuple(Selected(frame.items[place], names[place]) for place in sorted(names))
    parts = tuple(
        Stratum(name, len(places), _total_fen(frame, places), len(drawn[name]))
        for name, places in strata.items()
        if places
    )
    return Sample(plan, frame, parts, selected, interval_fen)


def _total_fen(frame: Frame, places: Sequence[int]) -> int:
    return sum(frame.items[place].amount_fen for place in places)
