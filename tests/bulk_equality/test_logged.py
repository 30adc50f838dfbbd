"""What was decided goes into a log as it is, and the log remembers what the kernel remembers."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from simulation.bulk.arrays import Memory, Rows, State
from simulation.bulk.deciding import Outcome, compiled
from simulation.bulk.ledgers.intake import take_in
from simulation.bulk.log import segments
from simulation.bulk.log.disk import Disk
from simulation.bulk.reading.older_bills import older
from tests.bulk_equality.areas import areas
from tests.bulk_equality.happenings import Till
from tests.bulk_equality.people import people
from tests.bulk_equality.playing import Desk, Playing
from tests.bulk_equality.rounds import change
from tests.bulk_equality.singly import Books
from tests.bulk_equality.tally import Tally


class Logging(Playing):
    """Keeps what was decided, batch by batch."""

    kept: list[tuple[Rows, Outcome]]

    def _in_bulk(self, state: State, rows: Rows, *, trace: bool) -> tuple[State, Outcome]:
        after, outcome = super()._in_bulk(state, rows, trace=trace)
        self.kept.append((rows, outcome))
        return after, outcome


def remembered(memory: Memory, slot: int) -> tuple[Any, ...]:
    """Give all that is remembered of one bill."""
    lines = slice(memory.first_line[slot], memory.first_line[slot] + memory.lines[slot])
    legs = slice(memory.first_leg[slot], memory.first_leg[slot] + memory.legs[slot])
    heads = (memory.standing, memory.patient, memory.day, memory.settled)
    of_lines = (memory.line, memory.cash, memory.fund)
    of_legs = (memory.pot, memory.edge, memory.segment, memory.of_line, memory.amount, memory.year)
    return (
        [int(each[slot]) for each in heads],
        [each[lines].tolist() for each in of_lines],
        [each[legs].tolist() for each in of_legs],
    )


def test_a_log_remembers_what_the_kernel_remembers(tmp_path: Path) -> None:
    tally = Tally()
    for number in range(60):
        _log(number, tmp_path / str(number), tally)
    assert tally.seen["cancelled: a grantor's part in cash"]
    assert tally.seen["cancelled: current money came back as prior money"]
    assert tally.seen["rollover: done"] > 10


def _log(number: int, folder: Path, tally: Tally) -> None:
    """Play a round, write its log in two parts, and read what the log says of cancelled bills."""
    folder.mkdir()
    random = Random(f"log {number}")
    drawn = areas(random, number)
    persons, pools = people(random, drawn, families=8)
    till = Till(random, drawn, persons=persons, pools=pools)
    stretches = [list(till.happenings(150, days=200))]
    stretches.append([*till.aftermath(40), *till.happenings(100, days=200)])
    playing = Logging(random, drawn, stretches=stretches, desk=Desk(compiled(), tally))
    playing.kept = []
    books = Books(persons, pools, drawn.book)
    first = take_in(persons, pools, table=playing.table).state
    for part, stretch in enumerate(stretches):
        if part:
            change(random, books, stretch[0].booked)
        assert list(playing.stretch(stretch, books)) == []
    disk, seq, lines = Disk(folder), 0, []
    for i, (rows, outcome) in enumerate(playing.kept):
        line = segments.write(disk, i, first_seq=seq, rows=rows, outcome=outcome)
        lines.append(line)
        seq = line.last_seq + 1
    cancelled = np.array(playing.cancelled, np.int64)
    found = older(folder, lines, cancelled=cancelled, state=first, rules=playing.table.rules)
    for slot in range(len(cancelled)):
        assert remembered(found, slot) == remembered(playing.memory, slot), (number, slot)
