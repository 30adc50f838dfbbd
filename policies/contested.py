"""What contradicting sources would have us decide: the other values of every contested rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policies.library import Claim, Decision, Library
from policies.overlay import Change, Overlay
from policies.vocabulary import Meaning


class Alternative(NamedTuple):
    """A contested decision, the value that other sources give, and what those sources say."""

    decision: Decision
    value: Meaning
    claims: tuple[Claim, ...]

    @property
    def overlay(self) -> Overlay:
        """Give the overlay under which the other sources are right."""
        decision, title = self.decision, self.claims[0].says
        change = Change(
            region=decision.region,
            parameter=decision.parameter,
            start=decision.start,
            end=decision.end,
            value=self.value,
            why=title,
            file=decision.file,
            line=decision.line,
        )
        return Overlay(title, title, (change,))


def alternatives(library: Library) -> Iterator[Alternative]:
    """Give every other value that some source has for a rule that decides, in order of the files.

    Sources that agree on the same other value stand together.
    """
    deciding = set(library.deciding)
    for region in library.regions.values():
        for parameter, decisions in region.decisions.items():
            if parameter in deciding:
                for decision in decisions:
                    yield from _others(decision)


def _others(decision: Decision) -> Iterator[Alternative]:
    by_value: dict[Meaning, list[Claim]] = {}
    for claim in decision.contradicted_by:
        by_value.setdefault(_as_claimed(decision.value, claim), []).append(claim)
    for value, claims in by_value.items():
        yield Alternative(decision, value, tuple(claims))


def _as_claimed(value: Meaning, claim: Claim) -> Meaning:
    """Give the value as a claim has it; one that names members changes only those."""
    states = claim.states
    if states.whole is not None:
        return states.whole
    assert isinstance(value, frozenset), "only sets are stated in part"
    return (value | states.includes) - states.excludes
