"""The state and memory behind the last segment of a log, so that a run can go on from there.

What is behind the last closing is decided again, and every decision held against what the log
has: a log goes on only under the rules and the code that agree with it so far.
"""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from domain.text import Text
from simulation.bulk.arrays import SETTLE, Memory, Rows, State
from simulation.bulk.log import segments
from simulation.bulk.log.log_folder import Log
from simulation.bulk.log.manifest import CloseLine
from simulation.bulk.log.running_errors import ClaimsFallBack, LogDamaged, LogDecidesOtherwise
from simulation.bulk.reading.claims_rows import slots
from simulation.bulk.reading.older_bills import older
from simulation.bulk.remembering import with_room
from simulation.bulk.run.job import Job
from simulation.bulk.states.state_checks import Array
from simulation.bulk.states.state_deltas import DeltaError, apply_delta
from simulation.bulk.states.state_files import digest
from simulation.bulk.threads import ahead


def restored(log: Log, job: Job) -> tuple[State, Memory]:
    """Give state and memory after everything that is in the log.

    Raises:
        SegmentDamaged, LogDamaged: a file of the log is not what was written.
        LogDecidesOtherwise: rules or code no longer decide what the log has.
    """
    state, cancelled, rules = job.opening.state, job.claims.cancelled, job.table.rules
    memory = older(log.folder, log.closed_segments, cancelled=cancelled, state=state, rules=rules)
    if log.closings:
        state = _closed(log, job, log.closings[-1])
    pages = ahead((line, segments.read(log.folder, line)) for line in log.open_segments)
    for line, page in pages:
        rows = page.rows._replace(slot=slots(page.rows.kind, page.rows.claim, cancelled=cancelled))
        memory = with_room(memory, state, rows=rows)
        state, outcome = job.decide(state, rules, rows=rows, memory=memory)
        if not _same(page.decided, outcome.decided) or not _same(page.legs, outcome.legs):
            raise LogDecidesOtherwise(path=str(log.folder), segment=line.number)
    return state, memory


def refuse_earlier(log: Log, rows: Rows) -> None:
    """Hold the first rows of other claims against the end of a log.

    Raises:
        ClaimsFallBack: they are booked earlier, or their claim numbers do not rise above.
    """
    first = rows.claim[rows.kind == SETTLE]
    for line in reversed(log.segments):
        page = segments.read(log.folder, line).rows
        if page.booked[-1] > rows.booked[0]:
            then, now = (date.fromordinal(int(day)) for day in (page.booked[-1], rows.booked[0]))
            raise ClaimsFallBack(what=_DAY, then=then.isoformat(), now=now.isoformat())
        last = page.claim[page.kind == SETTLE]
        if len(first) and len(last) and last[-1] >= first[0]:
            raise ClaimsFallBack(what=_NUMBER, then=int(last[-1]), now=int(first[0]))
        if len(last) or not len(first):
            return


_DAY = Text("入账日", "day of booking")
_NUMBER = Text("费用单号", "claim number")


def _closed(log: Log, job: Job, closing: CloseLine) -> State:
    """Give the state at a closing: what differs from the opening state is in its file."""
    assert closing.delta is not None, "every closing of ours has one"
    path = str(log.folder / closing.delta.name)
    data = segments.opened(log.folder, closing.delta)
    try:
        state = apply_delta(job.opening.state, pq.read_table(io.BytesIO(data)))
    except (pa.ArrowException, DeltaError) as error:
        raise LogDamaged(path=path, detail=str(error)) from error
    if digest(state, known=job.opening.hashes) != closing.state:
        raise LogDamaged(path=path, detail=_STATE)
    return state


_STATE = Text("由此得到的状态与结账行不符", "the state that it leads to is not the one closed on")


def _same(one: tuple[Array, ...], other: tuple[Array, ...]) -> bool:
    return all(np.array_equal(ours, theirs) for ours, theirs in zip(one, other, strict=True))
