"""The end of a run: what the state is now, as a digest, as sums, and as what differs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.bulk.arrays import State
from simulation.bulk.log import segments
from simulation.bulk.log.disk import commit
from simulation.bulk.log.log_folder import Log
from simulation.bulk.log.manifest import CloseLine
from simulation.bulk.run.job import Job
from simulation.bulk.states.state_deltas import delta
from simulation.bulk.states.state_files import digest


def close(log: Log, job: Job, *, state: State, opening: State) -> None:
    """Write what differs from the opening state, then the closing's line.

    Everything is computed from the two states, so that a run that was broken off and gone on with
    closes on the same bytes as one that was not.
    """
    number = len(log.closings) + 1
    name = f"closing-{number:05}.parquet"
    with ThreadPoolExecutor(1) as hand:  # hashing leaves the interpreter to others
        hashing = hand.submit(digest, state, known=job.opening.hashes)
        data = _encoded(delta(opening, state))
        commit(log.disk, {name: data})
    log.add(
        CloseLine(
            number=number,
            state=hashing.result(),
            current=int(np.sum(state.current, dtype=np.int64)),
            prior=int(np.sum(state.prior, dtype=np.int64)),
            delta=segments.sealed(name, data),
            claims=job.claims.digest,
            taken=log.taken,
            rejected=dict(job.claims.rejected.totals),
        )
    )


def _encoded(table: Any) -> memoryview:  # noqa: ANN401 - a table of pyarrow
    """Give a table of differences as the bytes of a Parquet file; rising places take little."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=1,
        use_dictionary=["array"],
        column_encoding={"place": "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT"},
        write_statistics=False,
    )
    return memoryview(sink.getvalue())
