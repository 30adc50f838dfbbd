"""Rows in bulk: stored as the columns themselves store them, and added to where they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from domain.facts import CATALOG
from projections import audit_trail
from projections.audit_trail import trail
from projections.claims import CLAIM_FACTS
from projections.movements import ACCOUNT_FACTS
from projections.rows import add, erase, grow, load, save, stored_day, stored_instant
from projections.runner import feed, run
from projections.tables import HOLDS, METADATA, USAGE
from tests.projections.history_of_everything import history_of_everything

BEIJING = timezone(timedelta(hours=8))
ON, UNTIL = date(2026, 3, 2), datetime(2026, 3, 12, 12, 0, 0, 5, BEIJING)


@pytest.mark.parametrize("until", [UNTIL, UNTIL.astimezone(UTC), UNTIL.replace(microsecond=0)])
def test_days_and_instants_are_stored_as_their_columns_store_them(
    engine: Engine, until: datetime
) -> None:
    METADATA.create_all(engine)
    row = {
        "person": "a",
        "claim": "c",
        "beneficiary": "b",
        "service_date": ON,
        "account_year": 2026,
        "current_fen": 1,
        "prior_fen": 0,
        "expires_at": until,
        "position": 1,
    }
    as_stored = {"service_date": stored_day(ON), "expires_at": stored_instant(until)}
    with engine.begin() as connection:
        connection.execute(insert(HOLDS), row)
        save(connection, HOLDS, rows=[row | as_stored | {"person": "b"}])
        stored = connection.execute(text("SELECT service_date, expires_at FROM holds")).all()
        assert len(stored) == 2
        assert len(set(stored)) == 1
        read = connection.execute(select(HOLDS).where(HOLDS.c.person == "b")).mappings().one()
        assert dict(read) == row | {"person": "b"}


def test_rows_are_loaded_by_the_beginning_of_their_key_and_erased_by_the_whole(
    engine: Engine,
) -> None:
    METADATA.create_all(engine)
    rows = [("g", "b", "2026", 5, 1), ("g", "b", "2026-03-02", 5, 1), ("h", "b", "2026", 7, 2)]
    with engine.begin() as connection:
        add(connection, USAGE, rows=list(rows))
        erase(connection, USAGE, keys=[("g", "b", "2026")])
        found = load(connection, USAGE, first=["g", "x"])
        assert {key: row["used_fen"] for key, row in found.items()} == {("g", "b", "2026-03-02"): 5}
        assert len(load(connection, USAGE, first=[str(n) for n in range(50_000)] + ["h"])) == 1


def test_what_grows_is_added_up_and_the_rest_replaced(engine: Engine) -> None:
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for position in (1, 2):
            grow(connection, USAGE, "used_fen", rows=[("g", "b", "2026", 5, position)])
        assert connection.execute(select(USAGE)).all() == [("g", "b", "2026", 10, 2)]
        with pytest.raises(IntegrityError):
            grow(connection, USAGE, "used_fen", rows=[("g", "b", "2026", -11, 3)])


def test_every_fact_of_an_account_or_a_claim_is_known_to_the_projections() -> None:
    by_first_word = {
        word: {fact for topic, fact in CATALOG.items() if topic.partition(".")[0] == word}
        for word in ("account", "claim")
    }
    assert by_first_word == {"account": ACCOUNT_FACTS, "claim": CLAIM_FACTS}


def test_the_size_of_a_block_changes_no_answer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = history_of_everything().store
    streams = {event.stream for _, event in store.events()}
    run(store, engine, names=["audit_trail"])
    whole = {stream: trail(store, engine, subject=stream) for stream in streams}
    with monkeypatch.context() as patch:
        patch.setattr(audit_trail, "BLOCK", 7)
        METADATA.drop_all(engine)
        run(store, engine, names=["audit_trail"], page=5)
    assert {stream: trail(store, engine, subject=stream) for stream in streams} == whole


def test_events_that_a_projection_knows_are_left_out_when_they_come_again(engine: Engine) -> None:
    store = history_of_everything().store
    run(store, engine, names=["usage"], upto=30)
    again = feed(engine, store.events(upto=30), reached={"usage": 30}, page=7)
    assert list(again) == [7, 14, 21, 28, 30]
