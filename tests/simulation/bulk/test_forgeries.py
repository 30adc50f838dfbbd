"""Forgeries whose hashes are all right: what a replay finds, and what only deciding again finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from simulation.bulk.arrays import (
    CANCEL,
    CREDIT,
    DONE,
    ROLL,
    SETTLE,
    WHOLE,
    Memory,
    Rows,
    Rules,
    State,
    Terms,
)
from simulation.bulk.audit import faults
from simulation.bulk.deciding import Decide, Outcome, plain
from simulation.bulk.kernel import terms
from simulation.bulk.log import manifest, segments
from simulation.bulk.log.schema import Batch, leg_seq
from simulation.bulk.rules import RuleTable
from tests.simulation.bulk import audits, runs, tampering
from tests.simulation.bulk.audits import audit, checks_of, copy


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a log that nobody may change."""
    return audits.write(tmp_path_factory.mktemp("log"))


# ------------------------------------------------------------------------------- found by a replay


class Forgery(NamedTuple):
    """A change to one row or leg, where it can be made, and the kind of fault that it is."""

    kind: int
    at: Callable[[Batch], Any]  # tells of each row, or of each leg, whether it can be changed
    change: Callable[[Batch, int], None]


def _of_kind(kind: int, outcome: int = DONE) -> Callable[[Batch], Any]:
    def chosen(batch: Batch) -> Any:  # noqa: ANN401  # a mask
        done = batch.decided.outcome == outcome
        return (batch.rows.kind == kind) & (done if outcome == DONE else ~done)

    return chosen


def _later_settled(batch: Batch) -> Any:  # noqa: ANN401  # a mask
    chosen = _of_kind(SETTLE)(batch)
    chosen[:2] = False
    return chosen & (np.diff(batch.rows.claim, prepend=-1) != 0)


def _second_lines(batch: Batch) -> Any:  # noqa: ANN401  # a mask
    return (batch.rows.kind == SETTLE) & (batch.rows.line == 2)


def _partly(batch: Batch) -> Any:  # noqa: ANN401  # a mask
    return _of_kind(CANCEL)(batch) & (batch.rows.flags & WHOLE == 0)


def _legs(kind: int, *, by_relatives: bool = False) -> Callable[[Batch], Any]:
    def chosen(batch: Batch) -> Any:  # noqa: ANN401  # a mask
        of = batch.rows.kind[leg_seq(batch) - batch.first_seq] == kind
        return of & (batch.legs.edge >= 0) if by_relatives else of

    return chosen


def _put(part: str, field: str, value: int) -> Callable[[Batch, int], None]:
    """Give a change that puts a value into a place."""

    def change(batch: Batch, place: int) -> None:
        getattr(getattr(batch, part), field)[place] = value

    return change


def _add(part: str, field: str, value: int) -> Callable[[Batch, int], None]:
    """Give a change that adds to what is in a place."""

    def change(batch: Batch, place: int) -> None:
        getattr(getattr(batch, part), field)[place] += value

    return change


def _other_edge(batch: Batch, leg: int) -> None:
    batch.legs.edge[leg] = (batch.legs.edge[leg] + 2) % runs.PERSONS


def _other_pot(batch: Batch, leg: int) -> None:
    batch.legs.pot[leg] = (batch.legs.pot[leg] + 1) % runs.PERSONS


def _other_segment(batch: Batch, leg: int) -> None:
    batch.legs.segment[leg] = 1 - batch.legs.segment[leg]


def _booked_before(batch: Batch, row: int) -> None:
    batch.rows.booked[row] -= 400
    batch.rows.day[row] -= 400


FORGERIES = {
    "a pot that there is not": Forgery(faults.MALFORMED, _legs(SETTLE), _put("legs", "pot", 10**6)),
    "a region that there is not": Forgery(
        faults.MALFORMED, _of_kind(SETTLE), _put("rows", "where", -1)
    ),
    "a day of booking before the last one": Forgery(faults.BOOKED, _later_settled, _booked_before),
    "care after its booking": Forgery(faults.BOOKED, _of_kind(SETTLE), _add("rows", "day", 9)),
    "a claim number once more": Forgery(
        faults.CLAIM_ORDER, _later_settled, _put("rows", "claim", 0)
    ),
    "a bill of two persons": Forgery(faults.BILL, _second_lines, _put("rows", "patient", 5)),
    "a refused bill paid in cash": Forgery(
        faults.OUTCOME, _of_kind(SETTLE, outcome=-1), _add("decided", "cash", 1)
    ),
    "cash below zero": Forgery(faults.AMOUNTS, _of_kind(SETTLE), _put("decided", "cash", -5)),
    "a leg that pays nothing": Forgery(faults.AMOUNTS, _legs(SETTLE), _put("legs", "amount", 0)),
    "a fen more in cash": Forgery(faults.OWN_SHARE, _of_kind(SETTLE), _add("decided", "cash", 1)),
    "a leg of another line": Forgery(faults.OWN_SHARE, _legs(SETTLE), _put("legs", "line", 9)),
    "a fen more from the fund": Forgery(faults.FUND, _of_kind(SETTLE), _add("decided", "fund", 1)),
    "a grantor of somebody else": Forgery(
        faults.PAYER, _legs(SETTLE, by_relatives=True), _other_edge
    ),
    "a neighbour without relation": Forgery(
        faults.PAYER, _legs(SETTLE, by_relatives=True), _put("legs", "edge", -1)
    ),
    "a balance": Forgery(faults.BALANCE, _legs(SETTLE), _add("legs", "after", 1)),
    "more than there is": Forgery(faults.BELOW_ZERO, _legs(SETTLE), _put("legs", "amount", 10**7)),
    "a cancellation of nothing": Forgery(
        faults.NOT_SETTLED, _of_kind(CANCEL), _put("rows", "claim", 10**6)
    ),
    "money back to somebody else": Forgery(faults.MIRROR, _legs(CANCEL), _other_pot),
    "money back into the other segment": Forgery(faults.MIRROR, _legs(CANCEL), _other_segment),
    "more back than was paid": Forgery(faults.BEYOND_PAID, _partly, _put("rows", "total", 10**8)),
    "a fen more back in cash": Forgery(
        faults.GIVEN_BACK, _of_kind(CANCEL), _add("decided", "cash", -1)
    ),
    "a credit of a fen less": Forgery(faults.CREDIT, _legs(CREDIT), _add("legs", "amount", 1)),
    "a credit to somebody else": Forgery(faults.CREDIT, _legs(CREDIT), _put("legs", "edge", 0)),
    "a rollover of a fen more": Forgery(faults.ROLL, _of_kind(ROLL), _add("decided", "cash", 1)),
    "use given back that never was": Forgery(
        faults.USE, _legs(CANCEL, by_relatives=True), _put("legs", "amount", -(10**6))
    ),
    "a place that there is not": Forgery(
        faults.ASKED, _of_kind(SETTLE), _put("rows", "place", -95)
    ),
    "a fund that pays more than it cost": Forgery(
        faults.ASKED, _of_kind(SETTLE), _put("rows", "fund", 10**6)
    ),
    "another rule set": Forgery(faults.RULE, _of_kind(SETTLE), _add("decided", "rule", 1)),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_with_all_hashes_right_is_found_where_it_is(
    log: Path, tmp_path: Path, name: str
) -> None:
    forgery, folder = FORGERIES[name], copy(log, tmp_path)
    number, place = _first_place(log, forgery)

    def change(batch: Batch) -> Batch:
        forgery.change(batch, place)
        return batch

    tampering.rewrite(folder, number, change)
    assert not manifest.read(folder).faults
    report = audit(folder)
    kind = faults.KINDS[forgery.kind]
    found = {finding.says: finding for finding in report.findings}
    assert kind.says in found, sorted(says.en for says in found)
    assert found[kind.says].check == kind.check
    assert not checks_of(report) & {"files", "manifest", "schema"}
    batch = segments.read(log, manifest.read(log).segments[number - 1])
    assert found[kind.says].seq >= batch.first_seq


def _first_place(log: Path, forgery: Forgery) -> tuple[int, int]:
    """Give the first segment and place in it where a forgery can be made."""
    for line in manifest.read(log).segments:
        places = np.flatnonzero(forgery.at(segments.read(log, line)))
        if len(places):
            return line.number, int(places[0])
    message = "the log has no such row"
    raise AssertionError(message)


def test_the_kernel_is_not_given_rows_that_no_claim_can_ask(log: Path, tmp_path: Path) -> None:
    folder = copy(log, tmp_path)
    forgery = FORGERIES["a place that there is not"]
    number, place = _first_place(log, forgery)

    def change(batch: Batch) -> Batch:
        forgery.change(batch, place)
        return batch

    tampering.rewrite(folder, number, change)
    report = audit(folder, decide=plain())
    assert {"redecide", "balances"} <= {unheld.check for unheld in report.unheld}
    assert {unheld.why.en for unheld in report.unheld} == {f"segment {number} cannot be replayed"}


def test_every_kind_of_fault_is_forged() -> None:
    assert {forgery.kind for forgery in FORGERIES.values()} == set(range(len(faults.KINDS)))


# ------------------------------------------------------------------------ found by deciding again

# True rules: relatives give at most 10 yuan at a time.
_PER_USE = 10_00


def true_table() -> RuleTable:
    """Give the shipped rules with one limit more."""
    table = runs.table()
    cells = table.rules.cells.copy()
    cells[terms.NAMES.index("caps.per_use") :: terms.WIDTH] = _PER_USE
    return table._replace(rules=table.rules._replace(cells=cells), digest="7" * 64)


def _without_the_limit(state: State, rules: Rules) -> tuple[State, Rules]:
    return state, rules._replace(cells=runs.table().rules.cells)


def _beyond_what_was_authorized(state: State, rules: Rules) -> tuple[State, Rules]:
    authorized = state.authorized.copy()
    authorized[Terms._fields.index("per_day") :: len(Terms._fields)] *= 10
    return state._replace(authorized=authorized), rules


def _the_wrong_grantor_first(state: State, rules: Rules) -> tuple[State, Rules]:
    return state._replace(rank=1 - state.rank), rules


Forger = Callable[[State, Rules], tuple[State, Rules]]


def forging(forger: Forger) -> Decide:
    """Give a kernel that decides by other limits than those it was given."""

    def decide(
        state: State, rules: Rules, *, rows: Rows, memory: Memory, trace: bool = False
    ) -> tuple[State, Outcome]:
        kept = {"authorized": state.authorized, "rank": state.rank}
        state, rules = forger(state, rules)
        state, outcome = plain()(state, rules, rows=rows, memory=memory, trace=trace)
        return state._replace(**kept), outcome

    return decide


@pytest.mark.parametrize(
    ("forger", "table"),
    [
        (_without_the_limit, true_table()),
        (_beyond_what_was_authorized, runs.table()),
        (_the_wrong_grantor_first, runs.table()),
    ],
)
def test_a_limit_obeyed_nowhere_is_found_by_deciding_again_alone(
    tmp_path: Path, forger: Forger, table: RuleTable
) -> None:
    honest = audits.write(tmp_path / "honest", table=table)
    assert audit(honest, table=table, decide=plain()).is_clean
    forged = audits.write(tmp_path / "forged", decide=forging(forger), table=table)
    begun = [manifest.read(folder).begin for folder in (honest, forged)]
    assert begun[0] == begun[1]
    report = audit(forged, table=table)
    assert report.findings == ()
    assert [each.check for each in report.unheld] == ["redecide"]
    report = audit(forged, table=table, decide=plain())
    assert checks_of(report) == {"redecide"}
    first = report.findings[0]
    assert first.expected != first.found
    assert first.claim > 0
