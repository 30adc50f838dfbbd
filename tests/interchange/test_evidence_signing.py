"""What is signed for a package: the present size, held against everything signed before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from interchange.evidence.signing import NotExtended, Sealed, seal
from ledger import commands
from ledger import store as stores
from ledger.errors import StoreDamaged
from ledger.log.checkpoints import keep_note
from ledger.log.notes import Checkpoint
from ledger.log.signing import verified
from ledger.store import Store
from tests.interchange.packing import KEY
from tests.projections.histories import History


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store on disk with a family and a settled claim."""
    stores.init(tmp_path)
    with stores.open_writer(tmp_path) as opened:
        family = History(store=opened)
        family.found_family()
        assert family.settle("c1", "child", 100_00)
        family.application.close()
        yield opened


def at(store: Store, size: int) -> Checkpoint:
    """Give the checkpoint of a store at a size."""
    return Checkpoint(KEY.name, size, store.recorder.log().root(size))


def kept_with(store: Store, checkpoint: Checkpoint) -> Sealed:
    """Keep a checkpoint in the store's folder, and seal."""
    assert store.path is not None
    note = KEY.sign(size=checkpoint.size, root=checkpoint.root).written
    keep_note(store.path, note, size=checkpoint.size)
    return seal(store, KEY)


def test_the_present_size_is_signed(store: Store) -> None:
    sealed = seal(store, KEY)
    size = store.recorder.end.entries
    assert verified(sealed.note, KEY.verifier) == sealed.checkpoint == at(store, size)
    assert (sealed.size, sealed.position) == store.recorder.end
    assert (sealed.older, sealed.since) == ({}, ())


def test_a_log_in_memory_is_signed_as_well() -> None:
    family = History()
    family.found_family()
    assert seal(family.store, KEY).size == family.store.recorder.end.entries


def test_a_kept_checkpoint_is_extended_or_the_same(store: Store) -> None:
    for size in (1, 7, store.recorder.end.entries):
        assert seal(store, KEY, kept=at(store, size)).since == (size,)


def test_a_fork_and_a_log_that_shrank_are_told_with_both_sides(store: Store) -> None:
    size = store.recorder.end.entries
    for kept in (Checkpoint(KEY.name, 7, bytes(32)), Checkpoint(KEY.name, size + 5, bytes(32))):
        with pytest.raises(NotExtended) as told:
            seal(store, KEY, kept=kept)
        assert told.value.kept == kept
        assert told.value.present == at(store, min(kept.size, size))


def test_checkpoints_of_the_folder_are_older_ones(store: Store) -> None:
    kept_with(store, at(store, 3))
    sealed = kept_with(store, at(store, store.recorder.end.entries))
    assert list(sealed.older) == [3]
    assert verified(sealed.older[3], KEY.verifier) == at(store, 3)


def test_a_checkpoint_of_the_folder_that_is_not_extended_is_damage(store: Store) -> None:
    with pytest.raises(StoreDamaged, match=r"checkpoints/3\.txt"):
        kept_with(store, Checkpoint(KEY.name, 3, bytes(32)))


def test_a_file_of_the_folder_that_is_no_checkpoint_is_damage(store: Store) -> None:
    assert store.path is not None
    keep_note(store.path, "no note", size=3)
    with pytest.raises(StoreDamaged, match=r"checkpoints/3\.txt"):
        seal(store, KEY)


def _hand_over(family: History, *, origin: str, size: int, root: bytes) -> None:
    given = commands.HandOver(receiver="auditor", origin=origin, entries=size, root=root.hex())
    family.must(given)


def test_checkpoints_that_were_handed_over_are_older_ones() -> None:
    family = History()
    family.found_family()
    root = family.store.recorder.log().root(5)
    _hand_over(family, origin=KEY.name, size=5, root=root)
    _hand_over(family, origin="another/log", size=6, root=bytes(32))
    sealed = seal(family.store, KEY)
    assert list(sealed.older) == [5]
    assert verified(sealed.older[5], KEY.verifier).root == root


def test_a_log_that_is_not_the_one_that_was_handed_over_is_damage() -> None:
    family = History()
    family.found_family()
    _hand_over(family, origin=KEY.name, size=5, root=bytes(32))
    with pytest.raises(StoreDamaged, match="ledger/ledger@1"):
        seal(family.store, KEY)
