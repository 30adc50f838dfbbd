"""A log with everything that a log may hold, and how tests have it audited."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path
from random import Random

from simulation.bulk.arrays import CANCEL, SETTLE, Rows
from simulation.bulk.audit.audit_report import Report
from simulation.bulk.audit.verifying import How, verify
from simulation.bulk.deciding import Decide, plain
from simulation.bulk.rules import RuleTable
from simulation.bulk.run.job import Job
from simulation.bulk.run.running import run
from simulation.bulk.states.state_files import StateFile, in_memory
from tests.simulation.bulk import runs
from tests.simulation.bulk.runs import Bill

SIZE = 24


class WholeBills(runs.ArrayClaims):
    """Claims whose bills have several lines; no bill is cut."""

    def batches(self, *, size: int, from_row: int) -> Generator[Rows]:
        """Give rows in batches of at least a size, up to the end of a bill."""
        begin = from_row
        while begin < self.rows:
            end = min(begin + size, self.rows)
            while end < self.rows and self._rows.claim[end] == self._rows.claim[end - 1]:
                end += 1
            yield Rows(*(column[begin:end] for column in self._rows))
            begin = end


def claims(*, seed: int = 4, count: int = 80) -> WholeBills:
    """Make claims up: some bills have a second line, some cancellations give back 1 fen only."""
    random = Random(seed)
    made: list[Bill] = []
    for bill in runs.bills(seed=seed, count=count):
        if bill["kind"] == CANCEL and random.random() < 0.5:
            made.append({**bill, "line": 1, "flags": 0, "total": 1, "fund": 0})
            continue
        made.append(bill)
        if bill["kind"] == SETTLE and random.random() < 0.3:
            made.append({**bill, "line": 2, "total": bill["total"] // 2, "fund": 0})
    found = runs.claims_of(made)
    return WholeBills(found._rows, found.cancelled)


def opening() -> StateFile:
    """Give the state that the log begins with, fresh for each audit."""
    return in_memory(runs.street(), regions=runs.table().regions)


def write(folder: Path, *, decide: Decide | None = None, table: RuleTable | None = None) -> Path:
    """Write the log of a run, with Merkle roots; give its folder."""
    job = Job(claims(), opening(), table or runs.table(), decide or plain(), size=SIZE)
    run(job, folder, merkle=True)
    return folder


def audit(folder: Path, **how: object) -> Report:
    """Audit a log with the shipped rules; of `how` see `How`."""
    asked = How(table=runs.table())._replace(**how)  # type: ignore[arg-type]  # tests name fields of How
    return verify(folder, opening=opening(), how=asked)


def copy(log: Path, to: Path) -> Path:
    """Give a copy of a log to tamper with."""
    return Path(shutil.copytree(log, to / "log"))


def checks_of(report: Report) -> set[str]:
    """Give the checks that found something."""
    return {finding.check for finding in report.findings}
