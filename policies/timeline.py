"""How a parameter of a region goes through time, and what differs between two days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from policies.library import Decision, Library, Region


@dataclass(frozen=True, slots=True)
class Segment:
    """A span `[start, end)` of one parameter in one region; no decision: nothing is known."""

    start: date
    end: date | None
    decision: Decision | None

    def holds_on(self, day: date) -> bool:
        """Tell whether a day lies in the span."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Difference:
    """A parameter of a region that is decided otherwise on one day than on another."""

    region: Region
    parameter: str
    before: Decision | None
    after: Decision | None

    @property
    def kind(self) -> str:
        """Tell what differs first: `value`, `status`, or only the `reason`."""
        before, after = self.before, self.after
        if before is None or after is None or before.value != after.value:
            return "value"
        return "status" if before.status != after.status else "reason"


def segments(library: Library, region: Region, *, parameter: str) -> list[Segment]:
    """Give the spans of a parameter in order, from the region's first day on, without a gap."""
    days = {region.starts}
    for code in region.chain:
        for each in library.regions[code].decisions.get(parameter, ()):
            days |= {each.start, each.end or each.start}
    starts: list[tuple[date, Decision | None]] = []
    for day in sorted(day for day in days if day >= region.starts):
        decision = library.decided(region.code, parameter, on=day)
        if not starts or starts[-1][1] is not decision:
            starts.append((day, decision))
    spans = [Segment(day, after[0], decision) for (day, decision), after in pairwise(starts)]
    return [*spans, Segment(starts[-1][0], None, starts[-1][1])]


def overruled(library: Library, region: Region, *, parameter: str) -> list[Decision]:
    """Give the decisions of parents that never hold in a region, since it decides itself."""
    holding = {id(each.decision) for each in segments(library, region, parameter=parameter)}
    return [
        decision
        for code in region.chain
        for decision in library.regions[code].decisions.get(parameter, ())
        if id(decision) not in holding
    ]


def differences(
    library: Library, region: Region, *, days: tuple[date, date]
) -> Iterator[Difference]:
    """Give what is decided otherwise on the second of two days, in order of the registry."""
    for parameter in library.parameters:
        before, after = (
            library.decided(region.code, parameter, on=day) if day >= region.starts else None
            for day in days
        )
        if before is not after:
            yield Difference(region, parameter, before, after)


def coverage(library: Library, region: Region, *, on: date) -> Counter[str]:
    """Count the parameters of a region by the status of their value on a day.

    Parameters that only inform are counted apart, as `informs`, where something is known.
    """
    found: Counter[str] = Counter()
    if on < region.starts:
        return found
    for parameter, node in library.parameters.items():
        decision = library.decided(region.code, parameter, on=on)
        if decision is not None:
            found[decision.status if node.serves == "decision" else "informs"] += 1
    return found
