"""What the check of the log finds, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.balance_tree import EMPTY
from domain.sealing import Counted
from ledger import commands
from ledger import store as stores
from ledger.check import check_store
from ledger.check_log import log_problems
from ledger.log.checkpoints import FOLDER, Extension, compare, keep_note, kept_notes
from ledger.log.notes import Checkpoint
from ledger.log.signing import new_key
from ledger.log.tree import Node
from ledger.sqlite_recorder import _checksum, _checksum_of_node
from ledger.store import Store
from ledger.writer import Writer
from tests.ledger.log.test_reading import grown
from tests.ledger.planted import EVOLVE, count
from tests.ledger.tampering import edit_events, tamper
from tests.ledger.test_store import fill
from tests.projections.histories import History

KEY = new_key(bytes(32))


def problems(path: Path) -> list[str]:
    """Check the log of a store: places and what is said in English."""
    with stores.open_reader(path) as store:
        return [f"{problem.place}: {problem.says.en}" for problem in log_problems(store)]


def sign(store: Store) -> None:
    """Sign the present tree and keep the checkpoint."""
    log = store.recorder.log()
    assert store.path is not None
    keep_note(store.path, KEY.sign(size=log.size, root=log.root()).written, size=log.size)


def test_a_sound_log_has_no_problems(store: Store) -> None:
    assert list(log_problems(store)) == []
    with Writer(store, EVOLVE) as writer:
        writer.execute(count("m0", 1))
    grown(store.recorder, 1_000)
    assert list(log_problems(store)) == []


def test_a_large_log_is_sound_at_every_level(in_file: Store) -> None:
    grown(in_file.recorder, 66_000)
    assert list(log_problems(in_file)) == []


def test_an_entry_that_was_edited_with_its_checksum_is_not_that_of_its_leaf(path: Path) -> None:
    fill(path)
    with stores.open_reader(path) as store:
        entry = store.recorder.entry(2)
    body = entry.body.replace(b'"by":1', b'"by":2', 1)
    assert body != entry.body
    checksum = _checksum(2, entry.last, entry.leaf, body)
    written = f"CAST('{body.decode()}' AS BLOB)"
    tamper(path, f"UPDATE entries SET body = {written}, checksum = {checksum} WHERE number = 2")  # noqa: S608  # of this test
    with stores.open_reader(path) as store:
        assert check_store(store) == []
    assert problems(path) == ["entry 2: the leaf that is kept is not that of the entry's bytes"]


def test_a_leaf_that_was_exchanged_is_found(path: Path) -> None:
    fill(path)
    with stores.open_reader(path) as store:
        entry = store.recorder.entry(2)
    checksum = _checksum(2, entry.last, bytes(32), entry.body)
    tamper(
        path,
        f"UPDATE entries SET leaf = zeroblob(32), checksum = {checksum} WHERE number = 2",  # noqa: S608  # a number
    )
    assert problems(path) == ["entry 2: the leaf that is kept is not that of the entry's bytes"]


@pytest.fixture
def long(path: Path) -> Path:
    """Give a store with 700 entries, and so with two nodes."""
    with stores.open_writer(path) as store:
        grown(store.recorder, 700)
    return path


def test_a_node_that_was_exchanged_is_found(long: Path) -> None:
    checksum = _checksum_of_node(*Node(1, 1, bytes(32)))
    tamper(
        long,
        f"UPDATE nodes SET hash = zeroblob(32), checksum = {checksum} WHERE number = 1",  # noqa: S608  # a number
    )
    assert problems(long) == ["log 1/1: the node that is kept is not that of the leaves below it"]


def test_a_damaged_node_is_found(long: Path) -> None:
    tamper(long, "UPDATE nodes SET checksum = checksum + 1 WHERE number = 0")
    (problem,) = problems(long)
    assert problem.startswith("log 1/0: The store is damaged at log 1/0: the checksum")


def test_a_missing_node_is_found(long: Path) -> None:
    tamper(long, "DELETE FROM nodes WHERE number = 1")
    assert problems(long) == ["log 1/1: the node is missing"]


@pytest.mark.parametrize(("level", "number"), [(1, 2), (1, 5), (2, 0), (3, 0), (8, 5)])
def test_a_node_too_many_is_found(long: Path, level: int, number: int) -> None:
    checksum = _checksum_of_node(level, number, bytes(32))
    tamper(long, f"INSERT INTO nodes VALUES ({level}, {number}, zeroblob(32), {checksum})")  # noqa: S608  # numbers
    first = 2 if level == 1 else 0  # which ought not to be there
    assert problems(long) == [
        f"log {level}/{first}: a node is kept that has not all its leaves yet"
    ]


def test_damaged_and_missing_entries_are_left_to_the_check_of_the_store(long: Path) -> None:
    tamper(
        long,
        "UPDATE entries SET checksum = checksum + 1 WHERE number = 3",
        "DELETE FROM entries WHERE number IN (300, 301)",
    )
    assert problems(long) == []
    with stores.open_reader(long) as store:
        assert len(check_store(store)) > 1


# ------------------------------------------------------------------------------------- checkpoints


def test_checkpoints_that_were_only_added_to_are_sound(in_file: Store) -> None:
    for count_ in (1, 9, 300):
        sign(in_file)
        grown(in_file.recorder, count_)
    assert in_file.path is not None
    assert [path.name for path, _ in kept_notes(in_file.path)] == ["0.txt", "1.txt", "10.txt"]
    assert list(log_problems(in_file)) == []


def test_a_rewritten_history_contradicts_the_checkpoint_of_before(path: Path) -> None:
    fill(path)
    with stores.open_reader(path) as store:
        sign(store)
    edit_events(path, 3, lambda line: line["fact"].update(by=9))
    said = "what was signed is not the beginning of the history: history was rewritten"
    assert problems(path) == [f"{FOLDER}/3.txt: {said}"]


def test_a_shortened_history_contradicts_the_checkpoint_of_before(path: Path) -> None:
    fill(path)
    with stores.open_reader(path) as store:
        sign(store)
    tamper(
        path,
        "DELETE FROM entries WHERE number = 3",
        "UPDATE history_end SET entries = 2, events = 4",
    )
    (path / "acknowledged").unlink()
    assert problems(path) == [
        f"{FOLDER}/3.txt: what was signed is longer than the history: entries were removed"
    ]


@pytest.mark.parametrize("written", ["", "nothing", KEY.sign(size=4, root=bytes(32)).written])
def test_what_is_no_checkpoint_of_its_name_is_found(path: Path, written: str) -> None:
    fill(path)
    keep_note(path, written, size=3)
    (path / FOLDER / "readme.txt").write_text("not looked at", encoding="utf-8")
    (problem,) = problems(path)
    assert problem.startswith(f"{FOLDER}/3.txt: ")


@pytest.mark.parametrize("size", ["9" * 5_000, "9" * 20, "٣"])
def test_a_size_that_is_no_number_of_entries_is_found(path: Path, size: str) -> None:
    fill(path)
    written = KEY.sign(size=3, root=bytes(32)).written.replace("\n3\n", f"\n{size}\n")
    keep_note(path, written, size=3)
    (problem,) = problems(path)
    assert "a number is not written as one" in problem


def test_a_checkpoint_that_cannot_be_read_is_found(path: Path) -> None:
    fill(path)
    (path / FOLDER / "3.txt").mkdir(parents=True)
    (path / FOLDER / "4.txt").symlink_to("nowhere")
    assert problems(path) == [f"{FOLDER}/{n}.txt: this is no signed note" for n in (3, 4)]


def _handed_over(root: str, entries: int = 3) -> History:
    """Give a history that says that a checkpoint was handed over."""
    history = History()
    history.found_family()
    root = root or history.store.recorder.log().root(entries).hex()
    history.must(commands.HandOver(receiver="b", origin="x", entries=entries, root=root))
    return history


def test_what_was_handed_over_is_held_against_the_tree() -> None:
    sound = _handed_over("")
    at = Counted(entries=3, position=3, persons=0)
    root = EMPTY.digest.hex()
    sound.must(commands.Seal(at=at, totals=EMPTY.totals, balances_root=root))
    assert list(log_problems(sound.store)) == []
    (rewritten,) = log_problems(_handed_over("00" * 32).store)
    assert rewritten.place == "ledger/ledger@1"
    assert "history was rewritten" in rewritten.says.en
    (removed,) = log_problems(_handed_over("00" * 32, 999).store)
    assert "entries were removed" in removed.says.en


def test_a_damaged_tree_cannot_be_held_against_a_checkpoint(long: Path) -> None:
    with stores.open_reader(long) as store:
        sign(store)
    tamper(long, "UPDATE nodes SET checksum = checksum + 1 WHERE number = 0")
    node, checkpoint = problems(long)
    assert node.startswith("log 1/0")
    assert checkpoint.startswith(f"{FOLDER}/700.txt: The store is damaged at log 1/0")


def test_a_tree_stands_to_a_checkpoint_in_one_of_four_ways(store: Store) -> None:
    grown(store.recorder, 300)
    log = store.recorder.log()
    for size, root, expected in (
        (0, log.root(0), Extension.EXTENDS),
        (299, log.root(299), Extension.EXTENDS),
        (300, log.root(), Extension.SAME),
        (299, log.root(), Extension.FORK),
        (300, log.root(299), Extension.FORK),
        (0, log.root(), Extension.FORK),
        (301, log.root(), Extension.SHRUNK),
    ):
        assert compare(log, Checkpoint("x", size, root)) is expected
