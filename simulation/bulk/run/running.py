"""A bulk run: claims in, a log out, that goes on where it stopped whatever stopped it.

One thread reads ahead, the caller's thread decides in the order of the file, one thread encodes,
hashes and writes segments. A segment is in the log once its line stands in the manifest. The same
call on the same folder goes on behind the last segment; with the claims of another day on a
finished log it adds to it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from simulation.bulk.arrays import Memory, Rows, State
from simulation.bulk.deciding import Outcome
from simulation.bulk.log import segments
from simulation.bulk.log.disk import Disk
from simulation.bulk.log.log_folder import Log, open_log
from simulation.bulk.log.manifest import AnyLine, Begin, CloseLine, SegmentLine
from simulation.bulk.remembering import with_room
from simulation.bulk.run.closing import close
from simulation.bulk.run.job import Job, begin_of
from simulation.bulk.run.restoring import refuse_earlier, restored
from simulation.bulk.run.year_ends import YearEnds
from simulation.bulk.states.state_files import moment
from simulation.bulk.threads import ahead, behind

Tell = Callable[[int, int], None]
"""Is told (rows of the file taken, rows of the file) after every segment."""


class Written(NamedTuple):
    """A log after a run: its lines, how many of them were there before, and the closing state."""

    lines: tuple[AnyLine, ...]
    before: int
    state: State

    @property
    def begin(self) -> Begin:
        """Give the first line."""
        first = self.lines[0]
        assert isinstance(first, Begin), "a log begins with its beginning"
        return first

    @property
    def segments(self) -> tuple[SegmentLine, ...]:
        """Give the segments, in order."""
        return tuple(line for line in self.lines if isinstance(line, SegmentLine))

    @property
    def closing(self) -> CloseLine:
        """Give the last line."""
        last = self.lines[-1]
        assert isinstance(last, CloseLine), "a run ends with a closing"
        return last

    @property
    def added(self) -> tuple[SegmentLine, ...]:
        """Give the segments that this run wrote."""
        return tuple(line for line in self.lines[self.before :] if isinstance(line, SegmentLine))

    @property
    def head(self) -> str:
        """Give the head of the chain."""
        return self.lines[-1].head


class _Page(NamedTuple):
    """What the encoder gets: decided rows, and how many rows of the file were taken until here."""

    rows: Rows
    outcome: Outcome
    taken: int


def run(
    job: Job,
    out: Path,
    *,
    merkle: bool = False,
    tell: Tell = lambda _done, _total: None,
    disk_of: Callable[[Path], Disk] = Disk,
) -> Written:
    """Decide claims and write them to a log, new or begun before; give what is in the log.

    The arrays of the opening state are changed in place. Whether segments get a Merkle root is
    decided when the log is begun.

    Raises:
        RegionsDiffer, LogBusy, LogElsewhere, LogDamaged, LogDiffers, LogHasClaims, ClaimsFallBack,
        LogDecidesOtherwise, SegmentDamaged, OSError: as they say. What was committed stays in the
        log, and the same call goes on behind it.
    """
    with open_log(out, begin_of(job, merkle=merkle), disk_of=disk_of) as log:
        before = len(log.lines)
        opening = moment(job.opening)
        state, memory = restored(log, job)
        if not log.is_closed_on(job.claims.digest):
            state = _decide_the_rest(log, job, state, memory=memory, tell=tell)
            close(log, job, state=state, opening=opening)
        return Written(tuple(log.lines), before, state)


def _decide_the_rest(log: Log, job: Job, state: State, *, memory: Memory, tell: Tell) -> State:
    """Decide what is not in the log yet, and write it; give the state afterwards."""
    taken, rules = log.taken, job.table.rules
    year_ends = YearEnds(state, rules)
    tell(taken, job.claims.rows)

    def write(page: _Page) -> None:
        _write(log, job, page)
        tell(page.taken, job.claims.rows)

    with behind(write) as put:
        batches = ahead(job.claims.batches(size=job.size, from_row=taken))
        try:
            for rows in batches:
                if taken == 0:
                    refuse_earlier(log, rows)
                taken += len(rows.kind)
                rolled = year_ends.put_in(rows, state.open_year)
                memory = with_room(memory, state, rows=rolled)
                state, outcome = job.decide(state, rules, rows=rolled, memory=memory)
                put(_Page(rolled, outcome, taken))
        finally:
            batches.close()
    return state


def _write(log: Log, job: Job, page: _Page) -> None:
    """Commit one segment."""
    line = segments.write(
        log.disk,
        log.next_segment,
        first_seq=log.next_seq,
        rows=page.rows,
        outcome=page.outcome,
        merkle=log.begin.merkle,
    )
    log.add(msgspec.structs.replace(line, claims=job.claims.digest, taken=page.taken))
