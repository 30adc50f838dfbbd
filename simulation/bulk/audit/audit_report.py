"""What an audit of a log says: what was held, what was not, and what was found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from domain.text import Text

KEPT = 1000
"""Findings of one check that are kept; further ones are counted."""


class Finding(NamedTuple):
    """One thing that is wrong. `seq` and `claim` are -1 where no row is meant.

    `times` is how often it was met; where and what is said of the first time.
    """

    check: str
    file: str
    says: Text
    seq: int = -1
    claim: int = -1
    expected: str = ""
    found: str = ""
    times: int = 1


class Held(NamedTuple):
    """A check that was made: what holds if it finds nothing, and how many things it looked at."""

    check: str
    holds: Text
    things: int


class Unheld(NamedTuple):
    """A check that was not made, and why."""

    check: str
    holds: Text
    why: Text


class Report(NamedTuple):
    """The outcome of an audit. `head` is that of the chain, `events` those that were replayed."""

    held: tuple[Held, ...]
    unheld: tuple[Unheld, ...]
    findings: tuple[Finding, ...]
    events: int
    head: str

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


CHECKS = {
    "manifest": Text(
        "日志清单各行规范、有序，链值相接",
        "the manifest's lines are canonical, in order and chained",
    ),
    "files": Text(
        "文件不缺不多，大小与摘要相符", "no file is missing or stray; sizes and hashes hold"
    ),
    "schema": Text("各列符合格式，行号连续", "columns are those of the format, rows without a gap"),
    "counts": Text("各段件数与合计相符", "counts and sums of each segment are those of its rows"),
    "merkle": Text("各段默克尔根相符", "the Merkle root of each segment is that of its records"),
    "opening": Text("期初状态即日志所记", "the state is the one that the log began with"),
    "order": Text("各行按入账日与单号有序，指向存在", "rows are in order and point to what exists"),
    "bills": Text("个人负担等于支付合计，基金如数", "legs and cash are the own share of each line"),
    "payers": Text("付款者是就诊人或其亲属", "whoever pays is the patient or bound to the patient"),
    "balances": Text("逐笔余额相符，从不为负", "every balance follows, and none is below zero"),
    "mirrors": Text("退款原路退回，不超尚付", "what is cancelled goes back the way it came"),
    "credits": Text("入账如数", "every credit reaches its account"),
    "rolls": Text("年度结转如数", "rollovers move what was current"),
    "rules": Text("各行所引规则集当日有效", "each row names the rule set of its day"),
    "use": Text("亲属已用额度从不为负", "no relative's counted use is below zero"),
    "closing": Text("期末余额与变动相符", "closing sums and differences are those of the replay"),
    "state": Text("期末状态摘要相符", "the closing state's digest is that of the replay"),
    "redecide": Text(
        "按当时规则重新裁定，限额在内，结果相同",
        "decided again, every row comes out the same, limits included",
    ),
}
"""Every check in order, with what holds if it finds nothing."""


class Tally:
    """Gathers what an audit looked at and what it found."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.events = 0
        self._things: dict[str, int] = {}
        self._why: dict[str, Text] = {}
        self._findings: list[Finding] = []
        self._kept: dict[str, int] = {}

    def looked(self, check: str, things: int = 1) -> None:
        """Count things that a check looked at."""
        self._things[check] = self._things.get(check, 0) + things

    def left_out(self, checks: Iterable[str], why: Text) -> None:
        """Note that checks are not made, or not to the end."""
        for check in checks:
            self._why.setdefault(check, why)

    def found(self, finding: Finding) -> None:
        """Add a finding; of one check so many are kept, and further ones counted at the last."""
        kept = self._kept.get(finding.check, 0)
        if kept < KEPT:
            self._findings.append(finding)
            self._kept[finding.check] = kept + 1
            return
        last = max(n for n, each in enumerate(self._findings) if each.check == finding.check)
        times = self._findings[last].times + finding.times
        self._findings[last] = self._findings[last]._replace(times=times)

    def include(self, other: Tally) -> None:
        """Add what another one gathered."""
        for check, things in other._things.items():
            self.looked(check, things)
        for check, why in other._why.items():
            self.left_out([check], why)
        for finding in other._findings:
            self.found(finding)
        self.events += other.events

    def report(self, head: str) -> Report:
        """Give everything, in order of the checks."""
        order = list(CHECKS)
        held = (Held(n, CHECKS[n], self._things[n]) for n in order if n in self._things)
        unheld = (Unheld(n, CHECKS[n], self._why[n]) for n in order if n in self._why)
        findings = sorted(self._findings, key=lambda each: order.index(each.check))
        return Report(tuple(held), tuple(unheld), tuple(findings), self.events, head)
