"""The compiled kernel's entry."""

from __future__ import annotations

from typing import Any

import numba

from simulation.bulk.compiling import compiled_copies
from simulation.bulk.frames import frame_of, table_of
from simulation.bulk.kernel import loop
from simulation.bulk.kernel.desk import Run

_DECIDE = compiled_copies()[loop.__name__].decide


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # numba has no types
def _enter(table: Any) -> None:  # noqa: ANN401  # as above
    _DECIDE(frame_of(table))


def run_compiled(run: Run) -> None:
    """Decide rows of a run; its arrays are numpy's."""
    _enter(table_of(run))
