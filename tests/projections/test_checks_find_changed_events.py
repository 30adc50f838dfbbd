"""Every check that must see a change of the stored events sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from domain.record import Record
from ledger import store as stores
from ledger.entries import End, Entry, Line, places_of, split
from ledger.store import Store
from projections.checks import check
from projections.runner import run
from tests.ledger.tampering import delete_entries, delete_events, reword, topic
from tests.projections.history_of_everything import history_of_everything
from tests.projections.test_checks_find_planted_faults import failing


def path_of(books: tuple[Store, Engine]) -> Path:
    """Give the directory of the store, to change it behind the ledger's back."""
    path = books[0].path
    assert path is not None
    return path


def edit(books: tuple[Store, Engine], topic: str, old: str, new: str) -> None:
    """Edit the first event of a topic, as somebody does who makes the checksum fit."""
    reword(path_of(books), topic, old, new, first=True)


def test_an_edited_amount_of_an_account_is_found_where_it_stands(
    books: tuple[Store, Engine],
) -> None:
    edit(books, "account.debited", '"taken":[30000,', '"taken":[29999,')
    (finding,) = check(*books, names=["replay"])
    assert "account.debited person/mother@" in finding.place
    assert finding.place.startswith("#")
    assert failing(books) == {"settlements", "replay", "rebuild"}


def test_an_edited_amount_that_fits_its_stream_is_found_by_comparing(
    books: tuple[Store, Engine],
) -> None:
    edit(
        books,
        "claim.settled",
        '"total_fen":207000,"fund_fen":7000',
        '"total_fen":207001,"fund_fen":7001',
    )
    assert failing(books) == {"replay", "rebuild"}
    (finding,) = check(*books, names=["replay"])
    assert finding.place == "claims c1 1"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"actor":"till-7"', '"actor":"nobody"'),
        ('"correlation"', '"note":"rewritten","correlation"'),
        ('"relation":"child"', '"relation":"spouse"'),
        ('"evidence":"commitment"', '"evidence":"documents"'),
    ],
)
def test_an_edit_that_moves_no_money_is_found_by_the_digest_of_its_event(
    books: tuple[Store, Engine], old: str, new: str
) -> None:
    edit(books, "pool.relation_bound", old, new)
    places = {finding.place for finding in check(*books, names=["rebuild"])}
    position = min(
        position
        for position, event in books[0].events()
        if event.fact.TOPIC == "pool.relation_bound"
    )
    assert f"audit_trail trail {position}" in places


def test_a_claim_and_an_account_that_disagree_are_found(books: tuple[Store, Engine]) -> None:
    edit(books, "claim.settled", '"current",1,30000]', '"current",1,29999]')
    (first, *_) = check(*books, names=["settlements"])
    assert "claim/c1 person/mother" in first.place


def test_a_deleted_event_is_found(books: tuple[Store, Engine]) -> None:
    delete_events(path_of(books), lambda _, line: topic(line) == "account.debited")
    assert failing(books) == {"settlements", "replay", "rebuild"}


def test_a_deleted_stream_is_found(books: tuple[Store, Engine]) -> None:
    settled = ["claim", "c1"]
    delete_events(path_of(books), lambda _, line: line["stream"] == settled)
    assert failing(books) == {"settlements", "replay", "rebuild"}


def test_a_deleted_end_is_found(books: tuple[Store, Engine]) -> None:
    delete_entries(path_of(books), books[0].recorder.end.entries)
    assert {"replay", "rebuild"} <= failing(books)


def test_a_deleted_event_is_found_wherever_it_stood(books: tuple[Store, Engine]) -> None:
    path, last = path_of(books), books[0].recorder.last_position
    with closing(sqlite3.connect(path / stores.EVENTS)) as connection:
        rows = connection.execute("SELECT * FROM entries").fetchall()
        for gone in range(1, last + 1, 5):
            delete_events(path, lambda position, _: position == gone)  # noqa: B023  # used at once
            assert failing(books, "rebuild"), gone
            with connection:
                connection.execute("DELETE FROM entries")
                connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", rows)
    assert check(*books) == []


def test_an_edit_without_a_right_checksum_is_a_finding_and_not_an_error(
    books: tuple[Store, Engine],
) -> None:
    old, new = '"taken":[30000,', '"taken":[29999,'
    reword(path_of(books), "account.debited", old, new, sealed=False)
    assert {"replay", "rebuild"} <= failing(books)
    assert "the checksum does not fit" in check(*books, names=["replay"])[0].says.en


def test_an_unreadable_event_is_a_finding_and_not_an_error(books: tuple[Store, Engine]) -> None:
    edit(books, "account.debited", '"left"', '"rest"')
    assert {"replay", "rebuild"} <= failing(books)


Way = tuple[str | int, ...]


def amounts_in(value: object, way: Way = ()) -> Iterator[Way]:
    """Find every amount in a fact, except in the trace, which deciding again proves."""
    match value:
        case int() if any(str(step).endswith("_fen") for step in way) and way[-1] != 0:
            yield way  # of (line, fen) the second
        case Record():
            for name in value.__struct_fields__:
                if name != "trials":
                    yield from amounts_in(getattr(value, name), (*way, name))
        case tuple():
            for index, part in enumerate(value):
                yield from amounts_in(part, (*way, index))


def with_one_more(value: Any, way: Way) -> Any:  # noqa: ANN401  # any part of a fact
    """Give a part of a fact with one amount raised by a fen."""
    if not way:
        return value + 1
    step, *rest = way
    if isinstance(step, int):
        changed = list(value)
        changed[step] = with_one_more(changed[step], tuple(rest))
        return tuple(changed)
    return replace(value, **{step: with_one_more(getattr(value, step), tuple(rest))})


def test_an_edit_of_any_amount_of_any_event_is_found(engine: Engine) -> None:
    sound = history_of_everything().store
    run(sound, engine)
    entries = sound.recorder.entries(0, limit=10_000)
    kept = [Entry(entry.body, len(split(entry.body).lines), places_of(entry)) for entry in entries]
    edits = [
        (entry.number - 1, index, event, way)
        for entry in entries
        for index, event in enumerate(sound.mapper.events_of(entry))
        for way in amounts_in(event.fact)
    ]
    assert len(edits) > 200
    for number, index, event, way in edits[::9]:
        head, answer, lines = split(kept[number].body)
        fact = with_one_more(event.fact, way)
        lines[index] = msgspec.json.encode(Line(event.stream, event.originator_version, fact))
        body = b"\n".join((head, answer, *lines, b""))
        assert body != kept[number].body
        forged = stores.memory()
        changed = [*kept[:number], kept[number]._replace(body=body), *kept[number + 1 :]]
        forged.recorder.commit(changed, after=End(0, 0))
        found = check(forged, engine, names=["replay", "settlements", "rebuild"])
        assert found, (event.fact.TOPIC, way)
