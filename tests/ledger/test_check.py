"""What the check of a store finds, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import store as stores
from ledger.check import check_store
from ledger.errors import StoreDamaged
from ledger.store import Store
from ledger.writer import Writer
from tests.ledger.planted import ANNE, BERT, EVOLVE, count
from tests.ledger.test_store import fill, tamper


def found(path: Path) -> list[str]:
    """Check a store and give what is said, in English."""
    with stores.open_reader(path) as store:
        return [problem.says.en for problem in check_store(store)]


def test_an_empty_store_and_a_full_one_are_sound(store: Store) -> None:
    assert check_store(store) == []
    with Writer(store, EVOLVE) as writer:
        for n in range(5):
            writer.execute(count(f"m{n}", 1, streams=(ANNE, BERT)))
    assert check_store(store) == []


def test_a_deleted_event_leaves_gaps_in_positions_and_versions(path: Path) -> None:
    fill(path)
    tamper(path, "DELETE FROM events WHERE position = 3")
    assert found(path) == [
        "position should be 3 and is 4: events are missing or out of order",
        "version in its stream should be 2 and is 3: events are missing or out of order",
    ]


def test_a_deleted_stream_leaves_gaps_in_positions(path: Path) -> None:
    fill(path)
    tamper(path, "DELETE FROM events WHERE json_extract(state, '$.stream[1]') = 'bert'")
    problems = found(path)
    assert "position should be 2 and is 3: events are missing or out of order" in problems
    assert "position should be 4 and is 5: events are missing or out of order" in problems
    assert any(
        "the last position given out is 6, but the last event is at 5" in p for p in problems
    )


def test_a_deleted_end_is_found(path: Path) -> None:
    fill(path)
    tamper(path, "DELETE FROM events WHERE position > 4")
    assert found(path) == ["the last position given out is 6, but the last event is at 4"]


def test_events_out_of_order_are_found(path: Path) -> None:
    fill(path)
    tamper(
        path,
        "UPDATE events SET position = 99 WHERE position = 1",
        "UPDATE events SET position = 1 WHERE position = 3",
        "UPDATE events SET position = 3 WHERE position = 99",
    )
    problems = found(path)
    assert (
        "version in its stream should be 1 and is 2: events are missing or out of order" in problems
    )
    assert (
        "version in its stream should be 3 and is 1: events are missing or out of order" in problems
    )


def test_an_unreadable_event_is_found_and_the_rest_still_examined(path: Path) -> None:
    fill(path)
    tamper(
        path,
        "UPDATE events SET state = '{}' WHERE position = 1",
        "UPDATE events SET topic = 'planted.weighed' WHERE position = 4",
        "UPDATE events SET state = (SELECT state FROM events WHERE position = 6)"
        " WHERE position = 5",
    )
    problems = found(path)
    assert "the body has no version or no fact" in problems[0]
    assert "found planted.weighed" in problems[1]
    assert "the body belongs to person/bert" in problems[2]
    assert len(problems) == 3


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("originator_id", "x'00'", "16-char"),
        ("originator_id", "1.5", "len"),
        ("state", "1.5", "JSON"),
    ],
)
def test_a_value_of_another_type_is_damage(path: Path, column: str, value: str, says: str) -> None:
    fill(path)
    tamper(path, f"UPDATE events SET {column} = {value} WHERE position = 6")  # noqa: S608  # ours
    assert any("is damaged at #6" in problem and says in problem for problem in found(path))
    with stores.open_writer(path) as store, pytest.raises(StoreDamaged, match=says):
        Writer(store, EVOLVE)


def test_an_answer_that_points_elsewhere_is_found(path: Path) -> None:
    fill(path)
    tamper(path, "UPDATE answers SET position = 5 WHERE key = 'm1'")
    assert found(path) == ["the answer to m1 points to position 5"]


def test_a_missing_answer_is_found(path: Path) -> None:
    fill(path)
    tamper(path, "DELETE FROM answers WHERE key IN ('m0', 'm2')")
    assert found(path) == ["the answer to m0 is missing", "the answer to m2 is missing"]


def test_an_index_that_hides_an_event_is_found(path: Path) -> None:
    fill(path)
    tamper(
        path,
        "PRAGMA writable_schema = ON",
        "DELETE FROM sqlite_schema WHERE name = 'events_by_stream'",
    )
    assert any("SQLite:" in problem for problem in found(path))


def test_a_file_that_cannot_be_read_to_the_end_is_reported_not_raised(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)

    def broken(*_: object, **__: object) -> None:
        raise StoreDamaged(place="events.sqlite", detail="database disk image is malformed")

    with stores.open_reader(path) as store:
        monkeypatch.setattr(store.recorder, "select_notifications", broken)
        (problem,) = check_store(store)
    assert problem.place == "events.sqlite"
    assert "malformed" in problem.says.zh
