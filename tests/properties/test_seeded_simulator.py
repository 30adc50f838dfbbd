"""Random histories by seed: every invariant after every step, and nothing left untried.

`SEED=17 OPERATIONS=300 python -m pytest tests/properties/test_seeded_simulator.py -k watch` runs
one history; `SEEDS=2000` runs more of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from domain.refusals import Code
from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from projections.answering import answer_problems
from projections.checks import check
from projections.runner import open_views, run
from simulation.operations import OPERATIONS
from simulation.random_history import generate
from tests.properties.dumping import dump
from tests.properties.rulebooks import rule_book
from tests.properties.watching import in_file, in_memory

OPERATION_COUNT = int(os.environ.get("OPERATIONS", "300"))
SEEDS = int(os.environ.get("SEEDS", "200"))
CHUNK = 10

ROOT = Path(__file__).parents[2]
BOOK = rule_book()
_OF_PRICING = {Code.BILL_MALFORMED, Code.NO_BENEFIT_RULE}  # prices are asked before the ledger is
_OF_AUDITORS = {  # who act on a history; the simulator makes one
    Code.ALREADY_SEALED,
    Code.DETAIL_NOT_KEPT,
    Code.UNKNOWN_FINDING,
    Code.UNKNOWN_POSITION,
    Code.FINDING_MALFORMED,
    Code.FINDING_DECIDED,
    Code.STEP_OUT_OF_ORDER,
    Code.SAME_REVIEWER,
    Code.OBJECTION_TOO_LATE,
    Code.OBJECTION_OPEN,
    Code.RECOVERY_IMPOSSIBLE,
}
CHUNKS = (
    [range(int(os.environ["SEED"]), int(os.environ["SEED"]) + 1)]
    if "SEED" in os.environ
    else [range(first, min(first + CHUNK, SEEDS)) for first in range(0, SEEDS, CHUNK)]
)


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_every_invariant_holds_after_every_step_under_watch(seeds: range) -> None:
    accepted = 0
    for seed in seeds:
        redecide_all = seed % CHUNK == 0  # deciding everything again is slow
        summary = in_memory(BOOK, seed=seed, operations=OPERATION_COUNT, redecide_all=redecide_all)
        assert summary.operations == OPERATION_COUNT
        accepted += summary.accepted
    assert accepted > OPERATION_COUNT * len(seeds) / 4, "most steps were refused"


@pytest.mark.parametrize("seed", range(0, SEEDS, 50))
def test_a_history_in_a_file_leaves_sound_books_and_projections(seed: int, tmp_path: Path) -> None:
    in_file(tmp_path / "store", BOOK, seed=seed, operations=OPERATION_COUNT)
    with stores.open_reader(tmp_path / "store") as store:
        assert check_store(store) == []
        assert list(answer_problems(store)) == []
        engine = open_views(tmp_path)
        half = store.recorder.last_position // 2
        run(store, engine, upto=half)
        run(store, engine, page=100)
        assert check(store, engine) == []
        engine.dispose()


def test_the_same_seed_gives_the_same_bytes_in_memory_and_in_a_file(tmp_path: Path) -> None:
    for seed in range(3):
        path = tmp_path / str(seed)
        stores.init(path)
        with stores.memory() as one, stores.memory() as again, stores.open_writer(path) as filed:
            for store in (one, again, filed):
                with Application(store, BOOK) as application:
                    generate(application, seed=seed, operations=OPERATION_COUNT)
            assert dump(one) == dump(again) == dump(filed)


def test_the_same_seed_gives_the_same_bytes_however_python_hashes() -> None:
    """Sets have another order in every process; nothing that is recorded may follow it."""
    script = (
        "from tests.properties.test_seeded_simulator import *\n"
        "with stores.memory() as store, Application(store, BOOK) as application:\n"
        "    generate(application, seed=5, operations=150)\n"
        "    print(repr(dump(store)))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert len(runs[0]) > 10_000
    assert runs[0] == runs[1]


def test_different_seeds_give_different_histories() -> None:
    with stores.memory() as one, stores.memory() as other:
        for seed, store in enumerate((one, other)):
            with Application(store, BOOK) as application:
                generate(application, seed=seed, operations=50)
        assert dump(one) != dump(other)


def test_every_operation_and_every_refusal_is_reached() -> None:
    outcomes: Counter[tuple[str, str]] = Counter()
    for seed in range(200):
        with stores.memory() as store, Application(store, BOOK) as application:
            outcomes += generate(application, seed=seed, operations=300).outcomes
    accepted = {operation for operation, outcome in outcomes if outcome == "accepted"}
    assert accepted >= OPERATIONS.keys()
    assert outcomes["repeat", "repeated"]
    assert outcomes["contradict", "key_conflict"]
    refused = {outcome for _, outcome in outcomes}
    assert {code.value for code in Code} - refused == _OF_PRICING | _OF_AUDITORS
