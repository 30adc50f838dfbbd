"""The tree of a recorder: the same on every medium, at every size, whatever the groups were."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError

from ledger import store as stores
from ledger.check_log import log_problems
from ledger.entries import End, Entry
from ledger.errors import StoreDamaged, StoreFull
from ledger.log.proofs import verify_consistency, verify_inclusion
from ledger.log.tree import EMPTY_ROOT, Edge, grow, leaf_hash
from ledger.recorders import Recorder
from ledger.sqlite_recorder import SqliteRecorder
from ledger.store import Store
from tests.ledger.log.test_tree import recursive_root
from tests.ledger.tampering import tamper


def grown(recorder: Recorder, count: int, seed: int = 0) -> list[bytes]:
    """Commit entries in groups of any size; give their leaves."""
    source = random.Random(seed)
    leaves: list[bytes] = []
    end = recorder.end
    while len(leaves) < count:
        bodies = [
            b'{"entry":%d,"last":0,"salt":%d}\n{}\n' % (end.entries + n, source.getrandbits(64))
            for n in range(1, 1 + min(count - len(leaves), source.randint(1, 600)))
        ]
        end = recorder.commit([Entry(body, 0, ()) for body in bodies], after=end)
        leaves += map(leaf_hash, bodies)
    return leaves


def test_the_tree_of_an_empty_store_is_empty(store: Store) -> None:
    log = store.recorder.log()
    assert (log.size, log.root(), list(log.leaves())) == (0, EMPTY_ROOT, [])


def test_roots_leaves_and_proofs_are_those_of_the_entries(store: Store) -> None:
    leaves = grown(store.recorder, 1_700)
    log = store.recorder.log()
    assert log.size == 1_700
    assert list(log.leaves()) == leaves
    assert list(log.leaves(1_699)) == leaves[1_699:]
    for size in (0, 1, 255, 256, 257, 511, 512, 1_024, 1_699, 1_700):
        root = recursive_root(leaves[:size])
        assert log.root(size) == store.recorder.log(size).root() == root
        proof = log.consistency(size)
        assert verify_consistency(proof, old=size, old_root=root, new=1_700, new_root=log.root())
    for number in (1, 2, 256, 257, 300, 1_536, 1_537, 1_700):
        assert log.leaf(number) == leaves[number - 1]
        for size in {number, max(number, 600), 1_700}:
            assert verify_inclusion(
                log.inclusion(number, size=size),
                leaf=leaves[number - 1],
                index=number - 1,
                size=size,
                root=log.root(size),
            )


def test_more_tiles_than_are_kept_at_hand_are_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.log.reading._MOST_TILES", 2)
    leaves = grown(store.recorder, 1_100)
    log = store.recorder.log()
    assert [log.leaf(n) for n in (1, 300, 600, 900, 2)] == [
        leaves[n - 1] for n in (1, 300, 600, 900, 2)
    ]


def test_a_large_tree_has_nodes_of_the_second_level(store: Store) -> None:
    leaves = grown(store.recorder, 66_000)
    edge = grow(Edge(), leaves).edge
    log = store.recorder.log()
    assert log.edge() == edge
    assert log.root(65_537) == grow(Edge(), leaves[:65_537]).edge.root
    assert len(store.recorder.nodes(2, 0, limit=256)) == 1
    proof = log.inclusion(70)
    assert verify_inclusion(proof, leaf=leaves[69], index=69, size=66_000, root=edge.root)


@pytest.mark.parametrize("seed", range(20))
def test_the_root_is_the_same_on_every_medium_and_after_opening_again(
    path: Path, seed: int
) -> None:
    memory = stores.memory().recorder
    for part in (1, 2):
        count = random.Random(seed * part).randint(1, 900)
        grown(memory, count, seed * part)
        with stores.open_writer(path) as store:
            grown(store.recorder, count, seed * part)
            assert store.recorder.log().edge() == memory.log().edge()
            assert store.recorder._edge == memory._edge == memory.log().edge()


def test_a_reader_that_was_told_of_more_than_there_is_says_so(store: Store) -> None:
    grown(store.recorder, 3)
    log = store.recorder.log(700)
    for ask in (
        lambda: list(log.leaves()),
        lambda: log.leaf(4),
        log.root,
        lambda: log.inclusion(1),
    ):
        with pytest.raises(StoreDamaged, match="a hash is missing"):
            ask()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("DELETE FROM entries WHERE number = 601", "entry 601: it is missing"),
        ("UPDATE entries SET leaf = zeroblob(32) WHERE number = 601", "entry 601: the checksum"),
        ("DELETE FROM nodes WHERE number = 0", "log 1/0: it is missing"),
        ("UPDATE nodes SET hash = zeroblob(32) WHERE number = 1", "log 1/1: the checksum"),
        ("UPDATE nodes SET hash = CAST(x'ff' AS TEXT) WHERE number = 1", "log 1/1: the checksum"),
        ("UPDATE nodes SET checksum = checksum + 1 WHERE number = 1", "log 1/1: the checksum"),
    ],
)
def test_a_damaged_tree_is_not_built_on(path: Path, change: str, place: str) -> None:
    with stores.open_writer(path) as store:
        grown(store.recorder, 700)
    tamper(path, change)
    with pytest.raises(StoreDamaged, match=place):
        stores.open_writer(path)
    with stores.open_reader(path) as store, pytest.raises(StoreDamaged, match=place):
        store.recorder.log().root()


def test_after_a_full_disk_the_tree_goes_on_where_it_was(in_file: Store) -> None:
    leaves = grown(in_file.recorder, 300)
    edge = in_file.recorder._edge
    assert isinstance(in_file.recorder, SqliteRecorder)
    with in_file.recorder._file.transaction() as connection:
        ((pages,),) = connection.execute("PRAGMA page_count")
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull):
        grown(in_file.recorder, 5_000, seed=1)
    kept = in_file.recorder.end.entries
    assert in_file.recorder._edge == in_file.recorder.log().edge()
    assert kept == 300 or in_file.recorder._edge != edge
    with in_file.recorder._file.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    grown(in_file.recorder, 300, seed=2)
    assert in_file.recorder.end.entries == kept + 300
    assert list(in_file.recorder.log().leaves())[:300] == leaves
    assert list(log_problems(in_file)) == []


def test_a_commit_that_fails_leaves_the_tree_as_it_was(store: Store) -> None:
    leaves = grown(store.recorder, 300)
    entry = Entry(b"{}\n{}\n", 0, ())
    for wrong in (End(299, 0), End(300, 1), End(301, 0)):
        with pytest.raises(IntegrityError):
            store.recorder.commit([entry], after=wrong)
    assert store.recorder._edge == store.recorder.log().edge() == grow(Edge(), leaves).edge
