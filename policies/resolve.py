"""From decisions to rule sets: inheritance for each parameter and day, one epoch at a time.

A city's own decision comes before its province's, and that before the nation's. All days on
which any decision of the chain starts or ends cut a region's life into epochs; within an epoch
the rules are the same every day. Before the first one there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from domain.ids import RegionCode
from domain.rules import Citation, RuleSet, Source
from domain.text import Text
from policies.identity import dossier_id, rule_set_id
from policies.library import Claim, Decision, Library, Region


def breakpoints(library: Library, region: Region) -> list[date]:
    """Give the days on which the rules of a region may change, its first day included."""
    days = {region.starts}
    for code in region.chain:
        for decisions in library.regions[code].decisions.values():
            for decision in decisions:
                days.add(decision.start)
                days.add(decision.end or decision.start)
    return sorted(day for day in days if day >= region.starts)


class Epoch(NamedTuple):
    """A span of days with the same rules for the same reasons, up to the next one's first day."""

    since: date
    decided: Mapping[str, Decision]


def epochs(library: Library, region: Region) -> list[Epoch]:
    """Give the epochs of a region in order.

    A new one starts only where a value, or the reason for one, differs from the day before.
    """
    found: list[Epoch] = []
    for day in breakpoints(library, region):
        decided = _decided(library, region, day=day)
        # Every decision stands in one place of one file: the same one means the same reason.
        if not found or any(found[-1].decided[name] is not it for name, it in decided.items()):
            found.append(Epoch(day, decided))
    return found


def rule_sets(library: Library) -> Iterator[RuleSet]:
    """Give every region's rule sets in order of their first day."""
    for region in library.regions.values():
        for epoch in epochs(library, region):
            yield rule_set(region, epoch)


def rule_set(region: Region, epoch: Epoch) -> RuleSet:
    """Make the rule set of an epoch."""
    identity = rule_set_id(region, epoch.decided)
    groups: dict[str, dict[str, object]] = {}
    for parameter, decision in epoch.decided.items():
        subject, name = parameter.split(".")
        groups.setdefault(subject, {})[name] = decision.value
    return RuleSet.model_validate(
        {
            "id": identity,
            "dossier": dossier_id(identity, epoch.decided),
            "region": region.code,
            "chain": region.chain,
            "since": epoch.since,
            "citations": _Citations(epoch.decided),
            **groups,
        }
    )


def _decided(library: Library, region: Region, *, day: date) -> dict[str, Decision]:
    found: dict[str, Decision] = {}
    for parameter in library.deciding:
        decision = library.decided(region.code, parameter, on=day)
        assert decision is not None, (region.code, parameter, day)  # held by `checks`
        found[parameter] = decision
    return found


class LazyRules:
    """The rules of regions, each resolved when a rule book asks for it."""

    def __init__(
        self,
        known: Callable[[], Collection[RegionCode]],
        library_of: Callable[[RegionCode], Library],
    ) -> None:
        """Take which regions there are, and what gives a library that has one with its parents."""
        self._known = known
        self._library_of = library_of
        self._epochs: dict[RegionCode, dict[date, Epoch]] = {}

    def regions(self) -> Collection[RegionCode]:
        """Give every region that has rules."""
        return self._known()

    def first_days(self, region: RegionCode) -> list[date]:
        """Give the first day of each rule set of a region in order; none of an unknown region."""
        if region not in self._known():
            return []
        library = self._library_of(region)
        found = {epoch.since: epoch for epoch in epochs(library, library.regions[region])}
        self._epochs[region] = found
        return list(found)

    def rule_set(self, region: RegionCode, since: date) -> RuleSet:
        """Give the rule set of a region that begins on one of its first days."""
        return rule_set(self._library_of(region).regions[region], self._epochs[region][since])


class _Citations(Mapping[str, Citation]):
    """The reasons for the values of a rule set, each put into words when it is asked for."""

    def __init__(self, decided: Mapping[str, Decision]) -> None:
        self._decided = decided

    def __getitem__(self, parameter: str) -> Citation:
        return _citation(self._decided[parameter])

    def __iter__(self) -> Iterator[str]:
        return iter(self._decided)

    def __len__(self) -> int:
        return len(self._decided)

    def __repr__(self) -> str:
        return f"<citations of {len(self)} parameters>"


def _citation(decision: Decision) -> Citation:
    reasons = [decision.why] if decision.why else []
    if decision.resolution is not None:
        reasons.append(decision.resolution.why.text)
    return Citation(
        region=decision.region,
        since=decision.start.isoformat(),
        status=decision.status,
        says=_joined(claim.says for claim in decision.cites),
        sources=_sources(decision.cites),
        contradicted_by=_sources(decision.contradicted_by),
        why=_joined(reasons),
    )


def _joined(texts: Iterable[Text]) -> Text:
    said = tuple(texts)
    return Text("；".join(text.zh for text in said), "; ".join(text.en for text in said))


def _sources(claims: tuple[Claim, ...]) -> tuple[Source, ...]:
    # Two claims may come from one document; it is named once.
    by_key: Mapping[str, Source] = {claim.source.key: claim.source for claim in claims}
    return tuple(by_key.values())
