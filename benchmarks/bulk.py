"""A population's day through the bulk engine: settled, written, verified, decided again.

The population and its claims are made up from a seed before any clock starts. Every run begins
from the state as it lies on disk and writes a new log, with fsync, which is removed afterwards.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from shutil import rmtree
from time import perf_counter_ns
from typing import NamedTuple

import numpy as np

from benchmarks.bulk_claims import ClaimsInMemory
from benchmarks.figures import Rate, Spread, spread
from benchmarks.setting import Setting
from domain.text import Text
from simulation.bulk import deciding
from simulation.bulk.audit.verifying import How, verify
from simulation.bulk.deciding import Decide
from simulation.bulk.remembering import with_room
from simulation.bulk.rules import RuleTable, rule_table
from simulation.bulk.run.job import SEGMENT, Job
from simulation.bulk.run.running import Written, run
from simulation.bulk.states.state_files import StateFile, bytes_per_person, load, save
from simulation.population import people
from simulation.population.accounts import opened
from simulation.population.claims import Course, claims
from simulation.population.setting import setting as setting_of_people

DAY = date(2026, 3, 2)


class BulkSize(NamedTuple):
    """How much is done: persons, their bills of one day, runs of what is timed."""

    persons: int = 1_000_000
    bills: int = 1_000_000
    repeat: int = 5
    plain: int = 20_000  # rows for the interpreter, of which there is only one run
    accounts_only: bool = False  # nobody without an account


SMOKE = BulkSize(persons=2_000, bills=2_000, repeat=1, plain=200)
"""Just enough to see that everything still runs; its figures mean nothing."""


NATION = BulkSize(persons=380_000_000, bills=28_000_000, repeat=3, accounts_only=True)
"""A nation's day: everybody has an account."""


class Settled(NamedTuple):
    """One run: how long until the last segment was on disk, and until the log was closed."""

    bills: int
    events: int
    bytes: int
    settled_ns: int
    closed_ns: int


class Bulk(NamedTuple):
    """What one population gave; times in nanoseconds."""

    persons: int
    accounts: int
    rows: int
    state_bytes: int  # a person, times 1,000
    peopled_ns: int
    claimed_ns: int
    compiled_ns: int
    cycle_ns: int  # people, claims, compiling, one run with its closing, one verification
    runs: tuple[Settled, ...]
    with_merkle: tuple[Settled, ...]
    kernel: Spread  # rows a second, without log
    plain: int  # rows a second, interpreted
    replayed: Spread  # events a second
    redecided: Spread
    peak_bytes: int  # of memory, until the last run was closed
    audit_peak_bytes: int  # until everything was decided again, on a second state


def measure(size: BulkSize, setting: Setting) -> Bulk:
    """Make a population and let it go through everything, once for each run."""
    compiled_ns = 0 if size == SMOKE else _first_pass(setting)
    where = setting_of_people(setting.book, DAY)._replace(accounts_only=size.accounts_only)
    table = rule_table(setting.book)
    setting.tell(Text(f"编造 {size.persons:,} 人", f"making up {size.persons:,} persons"))
    begun = perf_counter_ns()
    state = people.make(size.persons, seed=1, where=where, workers=os.cpu_count() or 1)
    peopled_ns, begun = perf_counter_ns() - begun, perf_counter_ns()
    rows = claims(state, Course(DAY, 1, size.bills, seed=2), provinces=where.provinces)
    claimed_ns = perf_counter_ns() - begun
    folder = setting.folder / "people"
    save(state, folder, regions=table.regions)
    accounts = int(np.count_nonzero(opened(state.flags)))
    state_bytes = round(bytes_per_person(state) * 1_000)
    del state
    bench = _Bench(folder, claims=ClaimsInMemory(rows), table=table, told=setting)
    del rows
    runs = bench.runs(size.repeat, merkle=False)
    peak_bytes = _peak_bytes()
    replayed = bench.verified(size.repeat, How(table))
    redecided = bench.verified(size.repeat, How(table, deciding.compiled()))
    audit_peak_bytes = _peak_bytes()
    with_merkle = bench.runs(size.repeat, merkle=True)
    kernel = bench.kernel(size.repeat)
    plain = bench.plain(size.plain)
    first_verified_ns = runs[0].events * 10**9 // max(replayed.median, 1)
    return Bulk(
        persons=size.persons,
        accounts=accounts,
        rows=bench.claims.rows,
        state_bytes=state_bytes,
        peopled_ns=peopled_ns,
        claimed_ns=claimed_ns,
        compiled_ns=compiled_ns,
        cycle_ns=peopled_ns + claimed_ns + compiled_ns + runs[0].closed_ns + first_verified_ns,
        runs=runs,
        with_merkle=with_merkle,
        kernel=kernel,
        plain=plain,
        replayed=replayed,
        redecided=redecided,
        peak_bytes=peak_bytes,
        audit_peak_bytes=audit_peak_bytes,
    )


def _peak_bytes() -> int:
    """Give the most memory that this process has used, mapped files included."""
    return getrusage(RUSAGE_SELF).ru_maxrss * 1024


def _first_pass(setting: Setting) -> int:
    """Give how long everything takes the first time, on next to nobody: compiling, that is."""
    setting.tell(Text("编译", "compiling"))
    begun = perf_counter_ns()
    folder = setting.folder / "first"
    folder.mkdir()
    measure(SMOKE, setting._replace(folder=folder, tell=lambda _says: None))
    rmtree(folder)
    return perf_counter_ns() - begun


class _Bench:
    """The parts that begin from the same state with the same claims."""

    def __init__(
        self, people: Path, *, claims: ClaimsInMemory, table: RuleTable, told: Setting
    ) -> None:
        self.claims = claims
        self._people, self._table, self._setting = people, table, told
        self._log = told.folder / "log"

    def runs(self, repeat: int, *, merkle: bool) -> tuple[Settled, ...]:
        """Run with a new log each time; the last one stays."""
        return tuple(self._run(merkle=merkle) for _ in range(repeat))

    def _run(self, *, merkle: bool) -> Settled:
        rmtree(self._log, ignore_errors=True)
        opening = self._opening()
        job = Job(self.claims, opening, self._table, deciding.compiled())
        says = Text("结算、写日志", "settling, and writing the log")
        self._setting.tell(says)
        last = 0

        def tell(_done: int, _total: int) -> None:
            nonlocal last
            last = perf_counter_ns()

        begun = perf_counter_ns()
        written = run(job, self._log, merkle=merkle, tell=tell)
        ended = perf_counter_ns()
        return _settled(written, self._log, last - begun, ended - begun)

    def _opening(self) -> StateFile:
        """Read the state, and let go of what the system keeps of its files.

        A nation's state would fill the memory a second time, in pieces too small for large pages.
        """
        opening = load(self._people)
        for path in self._people.iterdir():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return opening

    def verified(self, repeat: int, how: How) -> Spread:
        """Verify the log that is there, and give events a second."""
        says = (
            Text("核验", "verifying") if how.decide is None else Text("重新裁定", "deciding again")
        )
        self._setting.tell(says)
        return spread(self._verify(how).per_second for _ in range(repeat))

    def _verify(self, how: How) -> Rate:
        opening = self._opening()
        begun = perf_counter_ns()
        report = verify(self._log, opening=opening, how=how)
        elapsed = perf_counter_ns() - begun
        if not report.is_clean:
            raise BulkWrong(str(report.findings[0]))
        return Rate(report.events, elapsed)

    def kernel(self, repeat: int) -> Spread:
        """Decide everything without writing it; give rows a second."""
        self._setting.tell(Text("只裁定，不写日志", "deciding alone, without a log"))
        return spread(
            self._decide(deciding.compiled(), SEGMENT, self.claims.rows) for _ in range(repeat)
        )

    def plain(self, rows: int) -> int:
        """Let the interpreter decide the first rows; give rows a second."""
        self._setting.tell(Text("同一内核，解释执行", "the same kernel, interpreted"))
        return self._decide(deciding.plain(), rows, rows)

    def _decide(self, decide: Decide, size: int, most: int) -> int:
        state = self._opening().state
        memory = deciding.empty_memory(len(self.claims.cancelled))
        done = elapsed = 0
        for rows in self.claims.batches(size=size, from_row=0):
            begun = perf_counter_ns()
            memory = with_room(memory, state, rows=rows)
            state, _ = decide(state, self._table.rules, rows=rows, memory=memory)
            elapsed += perf_counter_ns() - begun
            done += len(rows.kind)
            if done >= most:
                break
        return Rate(done, elapsed).per_second


class BulkWrong(Exception):  # noqa: N818 - the name says what is wrong
    """A log that was just written does not hold; its figures would mean nothing."""


def _settled(written: Written, log: Path, settled_ns: int, closed_ns: int) -> Settled:
    """Sum up a run."""
    counts = [line.counts for line in written.segments]
    return Settled(
        bills=sum(each.bills for each in counts),
        events=sum(each.rows + each.legs for each in counts),
        bytes=sum(path.stat().st_size for path in log.iterdir() if "closing" not in path.name),
        settled_ns=settled_ns,
        closed_ns=closed_ns,
    )
