"""What the check of a store finds, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Raw

from domain.facts import Kind, Stream
from domain.ids import MessageId
from ledger import check, salvage
from ledger import store as stores
from ledger.check import check_store
from ledger.entries import (
    Answer,
    End,
    Entry,
    Head,
    Line,
    foreign_entry,
    place_of,
    place_of_key,
    write_entry,
)
from ledger.errors import StoreDamaged
from ledger.store import Store
from ledger.writer import Writer
from tests.ledger.findings import found, missing
from tests.ledger.planted import ANNE, BERT, EVOLVE, count, counted, event, meta
from tests.ledger.tampering import (
    Json,
    Leaf,
    commit,
    delete_entries,
    delete_events,
    edit_answer,
    edit_events,
    edit_head,
    leaf_of,
    leaves,
    tamper,
)
from tests.ledger.test_store import fill


def of_stream(name: str) -> Callable[[int, Json], bool]:
    """Choose the events of a stream."""
    return lambda _, line: line["stream"][1] == name


def test_an_empty_store_and_a_full_one_are_sound(store: Store) -> None:
    assert check_store(store) == []
    with Writer(store, EVOLVE) as writer:
        for n in range(5):
            writer.execute(count(f"m{n}", 1, streams=(ANNE, BERT)))
        writer.execute(count("m5", 1, streams=()))
    assert check_store(store) == []


def test_a_store_of_many_pages_is_sound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "PAGE", 2)
    monkeypatch.setattr(salvage, "PAGE", 3)
    with Writer(store, EVOLVE) as writer:
        for n in range(8):
            streams = (ANNE, Stream(Kind.PERSON, f"p{n}"))
            writer.execute(count(f"m{n}", 1, streams=streams))
    assert check_store(store) == []


def test_what_is_recorded_after_the_start_is_left_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Writer(store, EVOLVE) as writer:
        for n in range(2):
            writer.execute(count(f"m{n}", 1))
        find = store.recorder.find

        def late(places: list[int]) -> object:
            monkeypatch.setattr(store.recorder, "find", find)
            writer.execute(count("late", 1, streams=(ANNE, BERT)))
            return find(places)

        monkeypatch.setattr(store.recorder, "find", late)
        assert check_store(store) == []
    assert store.recorder.end == End(3, 4)


def test_a_deleted_event_leaves_gaps_in_positions_and_versions(path: Path) -> None:
    fill(path)
    delete_events(path, lambda position, _: position == 3)
    assert found(path)[:2] == [
        missing("position", 3, 4),
        missing("version in its stream", 2, 3),
    ]


def test_a_deleted_event_leaves_a_gap_also_where_positions_were_closed_up(path: Path) -> None:
    fill(path)
    delete_events(path, lambda position, _: position == 3, closed_up=True)
    assert missing("version in its stream", 2, 3) in found(path)


def test_a_deleted_entry_leaves_gaps_in_everything(path: Path) -> None:
    fill(path)
    delete_entries(path, 2)
    assert found(path) == [
        missing("entry", 2, 3),
        missing("position", 3, 5),
        missing("version in its stream", 2, 3),
        missing("version in its stream", 2, 3),
    ]


def test_a_deleted_stream_leaves_gaps_in_positions(path: Path) -> None:
    fill(path)
    delete_events(path, of_stream("bert"))
    problems = found(path)
    assert missing("position", 1, 2) in problems
    assert missing("position", 3, 4) in problems
    assert missing("position", 5, 6) in problems


def test_a_deleted_end_is_found(path: Path) -> None:
    fill(path)
    delete_entries(path, 3)
    assert found(path) == ["the last position given out is 6, but the last event is at 4"]


def test_a_deleted_entry_without_events_at_the_end_is_found(path: Path) -> None:
    fill(path)
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        writer.execute(count("m3", 1, streams=()))
    delete_entries(path, 4)
    (problem,) = found(path)
    assert "the last entry given out is 4, but the last is 3" in problem


def test_an_entry_without_events_has_the_position_of_the_one_before(path: Path) -> None:
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        writer.execute(count("m0", 1))
        writer.execute(count("m1", 1, streams=()))
        writer.execute(count("m2", 1))
    with leaves(path) as all_of_them:
        all_of_them[1].last = 2
    assert found(path) == [missing("position", 1, 2), missing("position", 3, 2)]


def test_events_out_of_order_are_found(path: Path) -> None:
    fill(path)

    def swap(first: Leaf, other: Leaf) -> None:
        first.lines[0], other.lines[0] = other.lines[0], first.lines[0]

    with leaves(path) as (first, second, _):
        swap(first, second)
    assert found(path) == [
        missing("version in its stream", 1, 2),
        missing("version in its stream", 3, 1),
        missing("version in its stream", 2, 3),
    ]


def test_entries_out_of_order_are_found(written_index: Path) -> None:
    path = written_index
    with leaves(path) as (first, second, _):
        first.head, second.head = second.head, first.head
        first.answer, second.answer = second.answer, first.answer
        first.lines, second.lines = second.lines, first.lines
    problems = found(path)
    assert missing("version in its stream", 1, 2) in problems
    assert missing("version in its stream", 3, 1) in problems
    assert "the answer to m1 is not found by its key" in problems


def test_an_unreadable_event_is_found_and_the_rest_still_examined(path: Path) -> None:
    fill(path)
    with leaves(path) as (first, second, third):
        first.lines[0]["fact"] = {"type": "planted.counted"}
        second.lines[1]["fact"]["type"] = "planted.weighed"
        third.lines[0] = {}
    problems = found(path)
    assert "missing required field `effective_on`" in problems[0]
    assert "found planted.weighed" in problems[1]
    assert "missing required field `version`" in problems[2]
    assert len(problems) == 3


def test_an_event_in_the_place_of_another_is_found(path: Path) -> None:
    fill(path)
    with leaves(path) as (_, _, third):
        third.lines[0] = third.lines[1]
    assert missing("version in its stream", 4, 3) in found(path)


@pytest.mark.parametrize("sealed", [True, False])
def test_an_unreadable_head_is_found(path: Path, *, sealed: bool) -> None:
    fill(path)
    edit_head(path, "m1", lambda head: head.pop("meta"), sealed=sealed)
    problems = found(path)
    if sealed:
        assert sum("missing required field `meta`" in problem for problem in problems) == 2
        assert "the answer to ? is missing" in problems
    else:
        assert "the checksum does not fit" in problems[0]


@pytest.mark.parametrize("meta", [7, {"cause": "m1"}])
def test_a_head_that_says_nothing_of_its_command_is_found(path: Path, meta: object) -> None:
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        writer.execute(count("m1", 1, streams=()))
    edit_head(path, "m1", lambda head: head.update(meta=meta))
    (problem,) = found(path)
    assert problem.startswith("The store is damaged at entry 1")


def edit_amount(line: Json) -> None:
    """Make an amount another valid amount."""
    line["fact"]["by"] += 1


def test_an_edit_without_a_right_checksum_is_found_and_the_rest_still_examined(path: Path) -> None:
    fill(path, commands=4)
    edit_events(path, 3, edit_amount, sealed=False)
    with leaves(path) as (*_, last):
        last.lines[0]["version"] = 9
    tamper(path, "UPDATE entries SET checksum = checksum + 1 WHERE number = 2")
    assert found(path) == [
        "The store is damaged at entry 2: the checksum does not fit",
        missing("version in its stream", 2, 3),
        missing("version in its stream", 2, 3),
        missing("version in its stream", 4, 9),
    ]


def test_several_damaged_entries_are_each_named(path: Path) -> None:
    fill(path, commands=5)
    tamper(
        path,
        "UPDATE entries SET checksum = checksum + 1 WHERE number IN (1, 2, 5)",
        "DELETE FROM entries WHERE number = 4",
    )
    damaged = [problem for problem in found(path) if "checksum" in problem]
    assert [problem.split(":")[0] for problem in damaged] == [
        f"The store is damaged at entry {n}" for n in (1, 2, 5)
    ]


def test_an_entry_that_was_given_another_number_is_found(path: Path) -> None:
    fill(path)
    tamper(path, "UPDATE entries SET number = 9 WHERE number = 2")
    problems = found(path)
    assert missing("entry", 2, 3) in problems
    assert "but the last event is at 4" in problems[0]


def test_an_end_that_was_moved_is_found(path: Path) -> None:
    fill(path)
    tamper(path, "UPDATE history_end SET entries = 10000000000, events = 7")
    assert found(path) == ["the last position given out is 7, but the last event is at 6"]


def test_an_entry_behind_the_end_is_found(path: Path) -> None:
    fill(path)
    delete_entries(path, 2)
    tamper(path, "UPDATE history_end SET entries = 2")
    problems = found(path)
    assert "the last entry given out is 2, but the last is 3" in problems
    assert "acknowledged up to position 6" not in problems


@pytest.mark.parametrize("name", ["answer", "digest"])
def test_a_missing_answer_is_found(path: Path, name: str) -> None:
    fill(path)
    for key in ("m0", "m2"):
        edit_answer(path, key, lambda answer: answer.pop(name))
    assert found(path) == ["the answer to m0 is missing", "the answer to m2 is missing"]


def test_a_command_that_was_done_twice_is_found(store: Store) -> None:
    with Writer(store, EVOLVE) as writer:
        writer.execute(count("m0", 1))
    leaf = leaf_of(store.recorder.entry(1))
    leaf.lines[0]["version"] = 2
    commit(store.recorder, leaf)
    assert [problem.says.en for problem in check_store(store)] == ["m0 was done before, in entry 1"]


def test_a_version_that_was_given_twice_is_found(store: Store) -> None:
    with Writer(store, EVOLVE) as writer:
        writer.execute(count("m0", 1))
    leaf = leaf_of(store.recorder.entry(1))
    leaf.head["meta"]["cause"] = "m1"
    commit(store.recorder, leaf)
    assert [problem.says.en for problem in check_store(store)] == [
        missing("version in its stream", 2, 1)
    ]


@pytest.mark.parametrize("says", [End(2, 1), End(1, 2), End(0, 1)])
def test_an_entry_that_names_itself_otherwise_is_found(store: Store, says: End) -> None:
    answer = Answer(b"d", Raw(b"1"))
    body = write_entry(Head(*says, meta()), answer, lines=[Line(ANNE, 1, counted(1))])
    places = (place_of(*ANNE), place_of_key(MessageId("m1")))
    store.recorder.commit([Entry(body, 1, places)], after=End(0, 0))
    (problem,) = check_store(store)
    assert problem.place == "entry 1"
    assert "another number or last position" in problem.says.en


def test_an_event_that_was_written_without_a_command_is_found(store: Store) -> None:
    store.recorder.insert_events(store.mapper.to_stored_events([event(ANNE, 1)]))
    assert [problem.says.en for problem in check_store(store)] == ["the answer to ? is missing"]


def test_somebody_elses_events_are_found(store: Store) -> None:
    (mine,) = store.mapper.to_stored_events([event(ANNE, 1)])
    theirs = mine.__class__(ANNE.id, 1, "theirs", b"\x00\n\xff")
    store.recorder.commit([foreign_entry([theirs], after=End(0, 0))], after=End(0, 0))
    problems = [problem.says.en for problem in check_store(store)]
    assert "found theirs" in problems[0]


def test_a_page_that_nothing_leads_to_is_found(path: Path) -> None:
    fill(path)
    tamper(
        path,
        "CREATE TABLE lost (x)",
        "PRAGMA writable_schema = ON",
        "DELETE FROM sqlite_schema WHERE name = 'lost'",
    )
    assert any("SQLite:" in problem for problem in found(path))


def test_a_file_that_cannot_be_read_to_the_end_is_reported_not_raised(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)

    def broken(*_: object, **__: object) -> None:
        raise StoreDamaged(place="events.sqlite", detail="database disk image is malformed")

    with stores.open_reader(path) as store:
        monkeypatch.setattr(store.recorder, "entries", broken)
        (problem,) = check_store(store)
    assert problem.place == "events.sqlite"
    assert "malformed" in problem.says.zh
