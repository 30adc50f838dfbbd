"""How often each thing occurred that the comparison is about, and which things must occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from domain.codes import Segment
from domain.rules import RuleSet
from domain.wallet import WALLET
from tests.bulk_equality.areas import Areas
from tests.bulk_equality.decisions import Decision, Paid
from tests.bulk_equality.happenings import Bill, Cancel, Credit, Happening, Roll
from tests.bulk_equality.must_occur import must_occur, said


class Tally:
    """Counts what was compared."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.claims = 0
        self.plain = 0  # claims that the interpreted kernel decided, too
        self.seen: Counter[str] = Counter()

    def add(self, other: Tally) -> None:
        """Take over what another one counted."""
        self.claims += other.claims
        self.plain += other.plain
        self.seen.update(other.seen)

    def batch(
        self,
        happenings: Sequence[Happening],
        decisions: Sequence[Decision | None],
        *,
        areas: Areas,
    ) -> None:
        """Count a batch."""
        for happening, decision in zip(happenings, decisions, strict=True):
            self.claims += isinstance(happening, Bill)
            self.seen.update(_seen(happening, decision, areas))

    def missing(self) -> list[str]:
        """Name everything that must occur and did not."""
        return [each for each in must_occur() if not self.seen[each]]

    def report(self) -> str:
        """Give the figures, one a line."""
        return "\n".join(f"{count:>12,}  {what}" for what, count in sorted(self.seen.items()))


def _seen(happening: Happening, decision: Decision | None, areas: Areas) -> Iterator[str]:
    if decision is None:
        yield f"left to the single settlement: {type(happening).__name__.lower()}"
        return
    match happening:
        case Bill():
            yield f"bill: {_outcome(decision)}"
            yield from _of_bill(decision, areas)
        case Cancel():
            yield f"cancellation: {_outcome(decision)}"
            if not decision.code:
                yield from _of_cancellation(happening, decision)
        case Credit():
            yield f"credit: {_outcome(decision)}"
        case Roll():
            yield f"rollover: {_outcome(decision)}"


def _outcome(decision: Decision) -> str:
    return f"{decision.code} {decision.rule or ''}".strip() or "done"


def _of_bill(decision: Decision, areas: Areas) -> Iterator[str]:
    """Name what a settled bill met: reasons, the order of accounts and segments, the till."""
    yield f"rules: {areas.kind}"
    if areas.kind == "shipped":
        yield f"home: {areas.regions[0]}"
    if decision.code:
        return
    for trial in decision.trials:
        yield said("account", trial.reason, trial.rule)
    for paid in decision.legs:
        yield f"paid from: {paid.pot.purse.partition(':')[0] or 'available money'}"
        yield f"paid from: {paid.segment}"
    if decision.rules is not None:
        yield from _of_order(decision, decision.rules)


def _of_order(decision: Decision, rules: RuleSet) -> Iterator[str]:
    payers = {paid.pot.owner for paid in decision.legs} - {decision.patient}
    if payers:
        yield f"till: {rules.claim.till}"
    if len(payers) > 1:
        yield f"order of grantors: {rules.pool.order}"
        if rules.pool.reorder:
            yield "order of grantors: set by the beneficiary"
    for owner in {paid.pot.owner for paid in decision.legs}:
        if len(_segments(decision.legs, owner)) > 1:
            yield f"segments: {' then '.join(_segments(decision.legs, owner))}"


def _segments(legs: Iterable[Paid], owner: str) -> list[str]:
    """Give the segments of one account in the order in which they paid."""
    segments = (p.segment for p in legs if p.pot.owner == owner and p.segment is not Segment.WALLET)
    return list(dict.fromkeys(map(str, segments)))


def _of_cancellation(cancel: Cancel, decision: Decision) -> Iterator[str]:
    assert decision.since is not None
    kind = "part" if cancel.lines else "whole"
    if cancel.booked == decision.since:
        yield f"cancelled: {kind}, the same day"
    else:
        later = "another year" if cancel.booked.year != decision.since.year else "later"
        yield f"cancelled: {kind}, {later}"
    if any(paid.fen > 0 for paid in decision.legs):
        yield "cancelled: a grantor's part in cash"
    if decision.became_prior:
        yield "cancelled: current money came back as prior money"
    for paid in decision.legs:
        if paid.pot.purse:
            yield f"cancelled: into a {'wallet' if paid.pot.purse == WALLET else 'purse'}"
