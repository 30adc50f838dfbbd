"""A small bulk run on disk: a state, and a log of what the interpreted kernel decided on it."""

from __future__ import annotations

from pathlib import Path

from domain.rules import RuleBook
from simulation.bulk.arrays import State
from simulation.bulk.deciding import empty_memory, plain
from simulation.bulk.log import manifest, segments
from simulation.bulk.log.disk import Disk
from simulation.bulk.log.manifest import Begin
from simulation.bulk.rules import rule_table
from simulation.bulk.states import state_files
from simulation.bulk.states.state_files import StateFile
from tests.simulation.bulk.small_population import Bill, rows_of


def save_run(folder: Path, state: State, *batches: list[Bill], book: RuleBook) -> StateFile:
    """Write `state/` and `log/` into a folder, one segment a batch, and give the state."""
    table = rule_table(book)
    state_files.save(state, folder / "state", regions=table.regions)
    opened = state_files.load(folder / "state")
    (folder / "log").mkdir()
    disk, memory = Disk(folder / "log"), empty_memory(64, lines=400, legs=2_000)
    begin = Begin(
        opening=opened.digest,
        persons=len(state.home),
        regions=table.regions,
        rules=table.digest,
        rule_sets=table.ids,
        package="0",
    )
    sealed = manifest.seal(begin, manifest.NOTHING)
    manifest.append(disk, sealed)
    head, seq = sealed.head, 0
    now = State(*(array.copy() for array in state))
    for number, bills in enumerate(batches, start=1):
        rows = rows_of(*bills)
        now, outcome = plain()(now, table.rules, rows=rows, memory=memory)
        line = segments.write(disk, number, first_seq=seq, rows=rows, outcome=outcome)
        line = manifest.seal(line, head)
        manifest.append(disk, line)
        head, seq = line.head, seq + len(rows.kind)
    return opened
