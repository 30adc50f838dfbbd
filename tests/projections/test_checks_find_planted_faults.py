"""Every check passes on sound books and fails on a fault that is planted on purpose."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, delete, insert, text, update

from ledger import store as stores
from ledger.store import Store
from projections.checks import CHECKS, check
from projections.runner import PROJECTIONS, open_views, run
from projections.tables import (
    BALANCES,
    CLAIMS,
    HOLDS,
    JOURNAL,
    PERSONS,
    TRACKING,
    TRAIL,
    USAGE,
)
from tests.builders import noon
from tests.projections.histories import History, history_of_everything, random_history


@pytest.fixture
def books(tmp_path: Path) -> Iterator[tuple[Store, Engine]]:
    """Give a store on disk with one settled and one held claim, and its read models."""
    stores.init(tmp_path)
    with stores.open_writer(tmp_path) as store:
        history = History(store=store)
        history.found_family()
        history.now = noon(date(2026, 3, 2))
        assert history.settle("c1", "child", 2_000_00, fund_fen=70_00)
        assert history.hold("c2", "daughter", 100_00)
        history.application.close()
        engine = open_views(tmp_path)
        run(store, engine)
        yield store, engine
        engine.dispose()


def failing(books: tuple[Store, Engine], *names: str) -> set[str]:
    """Give the checks that find something, of those named or of all."""
    return {finding.check for finding in check(*books, names=names or None)}


def tamper(books: tuple[Store, Engine], statement: str, *values: object) -> None:
    """Change the event file behind the ledger's back."""
    path = books[0].path
    assert path is not None
    with sqlite3.connect(path / stores.EVENTS) as connection:
        assert connection.execute(statement, values).rowcount > 0
    connection.close()


@pytest.mark.parametrize("seed", range(10))
def test_a_sound_history_passes_every_check(seed: int, engine: Engine) -> None:
    store = random_history(seed).store
    run(store, engine)
    assert check(store, engine) == []


def test_a_history_of_everything_passes_every_check(engine: Engine) -> None:
    store = history_of_everything().store
    run(store, engine)
    assert check(store, engine) == []


def test_every_finding_says_where_and_what_in_both_languages(
    books: tuple[Store, Engine],
) -> None:
    with books[1].begin() as connection:
        connection.execute(update(BALANCES).values(available_fen=1))
        connection.execute(delete(HOLDS))
    found = check(*books)
    assert {"conservation", "balances", "holds", "replay", "rebuild"} <= {f.check for f in found}
    for finding in found:
        assert finding.place
        assert finding.says.zh
        assert finding.says.en


def test_checks_can_be_chosen(books: tuple[Store, Engine]) -> None:
    with books[1].begin() as connection:
        connection.execute(update(BALANCES).values(available_fen=1))
    assert failing(books, "holds") == set()
    assert failing(books, "balances") == {"balances"}


# ------------------------------------------------------------------ the read models were changed


def test_money_from_nowhere_breaks_conservation(books: tuple[Store, Engine]) -> None:
    with books[1].begin() as connection:
        connection.execute(
            update(BALANCES)
            .where(BALANCES.c.person == "son", BALANCES.c.segment == "prior")
            .values(available_fen=BALANCES.c.available_fen + 1)
        )
    (finding,) = check(*books, names=["conservation"])
    assert finding.place == "person/son"
    assert "0.01" in finding.says.en


@pytest.mark.parametrize("column", ["available_fen", "held_fen"])
def test_a_balance_below_zero_is_found_though_the_sum_is_right(
    books: tuple[Store, Engine], column: str
) -> None:
    with books[1].begin() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(
            update(BALANCES)
            .where(BALANCES.c.person == "son", BALANCES.c.segment == "prior")
            .values({column: -1})
        )
    (finding,) = check(*books, names=["non_negativity"])
    assert finding.place == "balances son/prior"


def test_an_account_that_was_ever_below_zero_is_found(books: tuple[Store, Engine]) -> None:
    line = {
        "effective_on": date(2026, 1, 1),
        "recorded_at": noon(date(2026, 1, 1)),
        "topic": "account.debited",
        "person": "son",
        "segment": "current",
    }
    with books[1].begin() as connection:
        for no, (debit, credit) in enumerate(((5, 0), (0, 5)), 1):
            row = {**line, "position": 1, "line": no, "code": "2101"}
            connection.execute(insert(JOURNAL), {**row, "debit_fen": debit, "credit_fen": credit})
    (finding,) = check(*books, names=["non_negativity"])
    assert finding.place == "#1 person/son 2101 current"


def test_a_balance_that_is_not_the_sum_of_its_lines_is_found(
    books: tuple[Store, Engine],
) -> None:
    with books[1].begin() as connection:
        first = JOURNAL.c.position == 3, JOURNAL.c.line == 1
        connection.execute(update(JOURNAL).where(*first).values(credit_fen=299_99))
    assert failing(books, "balances", "trial_balance") == {"balances", "trial_balance"}


@pytest.mark.parametrize("table", [HOLDS, BALANCES])
def test_held_money_without_a_hold_is_found(books: tuple[Store, Engine], table: Table) -> None:
    with books[1].begin() as connection:
        if table is HOLDS:
            connection.execute(update(HOLDS).values(current_fen=HOLDS.c.current_fen - 1))
        else:
            connection.execute(update(BALANCES).values(held_fen=BALANCES.c.held_fen + 1))
    assert failing(books, "holds") == {"holds"}


def test_a_hold_whose_claim_has_ended_is_found(books: tuple[Store, Engine]) -> None:
    with books[1].begin() as connection:
        connection.execute(update(CLAIMS).where(CLAIMS.c.claim == "c2").values(status="released"))
    (finding,) = check(*books, names=["holds"])
    assert finding.place == "claim/c2"


def test_a_line_with_one_side_only_upsets_the_trial_balance(books: tuple[Store, Engine]) -> None:
    with books[1].begin() as connection:
        connection.execute(delete(JOURNAL).where(JOURNAL.c.line == 1, JOURNAL.c.position == 3))
    (finding,) = check(*books, names=["trial_balance"])
    assert finding.place == "#3"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        (USAGE, "used_fen", 1),
        (PERSONS, "region", "420100"),
        (CLAIMS, "status", "settled"),
        (HOLDS, "prior_fen", 1),
        (BALANCES, "held_fen", 1),
    ],
)
def test_a_changed_row_is_found_by_replay_and_by_rebuilding(
    books: tuple[Store, Engine], table: Table, column: str, value: object
) -> None:
    with books[1].begin() as connection:
        connection.execute(update(table).values({column: value}))
    assert failing(books, "replay", "rebuild") == {"replay", "rebuild"}


def test_a_row_too_many_or_too_few_is_found(books: tuple[Store, Engine]) -> None:
    with books[1].begin() as connection:
        connection.execute(delete(PERSONS).where(PERSONS.c.person == "aunt"))
        connection.execute(update(PERSONS).where(PERSONS.c.person == "son").values(person="sun"))
    places = {finding.place for finding in check(*books, names=["rebuild"])}
    assert places == {f"register persons {name}" for name in ("aunt", "son", "sun")}
    assert failing(books, "replay") == {"replay"}


def test_an_entry_of_the_trail_that_was_rewritten_is_found(books: tuple[Store, Engine]) -> None:
    with books[1].begin() as connection:
        rewritten = update(TRAIL).where(TRAIL.c.position == 7)
        connection.execute(rewritten.values(correlation="person/nobody"))
    (finding,) = check(*books, names=["rebuild"])
    assert finding.place == "audit_trail trail 7"
    assert finding.says.en == "correlation is person/nobody instead of person/father"


def test_projections_that_stand_apart_are_the_only_finding(books: tuple[Store, Engine]) -> None:
    with books[1].begin() as connection:
        connection.execute(delete(PERSONS))
        connection.execute(
            update(TRACKING).where(TRACKING.c.projection == "usage").values(position=3)
        )
    assert failing(books) == {"positions"}


def test_projections_ahead_of_the_store_are_the_only_finding(books: tuple[Store, Engine]) -> None:
    with books[1].begin() as connection:
        connection.execute(update(TRACKING).values(position=10**6))
    found = check(*books)
    assert {finding.place for finding in found} == {f"projection {name}" for name in PROJECTIONS}
    assert {finding.check for finding in found} == {"positions"}


# ------------------------------------------------------------------ the events were changed


def edit(books: tuple[Store, Engine], topic: str, old: str, new: str) -> None:
    """Edit the first event of a topic."""
    tamper(
        books,
        "UPDATE events SET state = CAST(replace(CAST(state AS TEXT), ?, ?) AS BLOB) "
        "WHERE position = (SELECT min(position) FROM events WHERE topic = ?)",
        old,
        new,
        topic,
    )


def test_an_edited_amount_of_an_account_is_found_where_it_stands(
    books: tuple[Store, Engine],
) -> None:
    edit(books, "account.debited", '"current_fen":30000', '"current_fen":29999')
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
        ('"note":""', '"note":"rewritten"'),
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
    edit(books, "claim.settled", '"amount_fen":30000', '"amount_fen":29999')
    (first, *_) = check(*books, names=["settlements"])
    assert "claim/c1 person/mother" in first.place


def test_a_deleted_event_is_found(books: tuple[Store, Engine]) -> None:
    tamper(books, "DELETE FROM events WHERE topic = 'account.debited'")
    assert failing(books) == {"settlements", "replay", "rebuild"}


def test_a_deleted_stream_is_found(books: tuple[Store, Engine]) -> None:
    tamper(
        books,
        "DELETE FROM events WHERE originator_id = "
        "(SELECT originator_id FROM events WHERE topic = 'claim.settled')",
    )
    assert failing(books) == {"settlements", "replay", "rebuild"}


def test_a_deleted_end_is_found(books: tuple[Store, Engine]) -> None:
    last = books[0].recorder.last_position
    tamper(books, "DELETE FROM events WHERE position = ?", last)
    assert {"replay", "rebuild"} <= failing(books)


def test_a_deleted_event_is_found_wherever_it_stood(books: tuple[Store, Engine]) -> None:
    path = books[0].path
    assert path is not None
    with sqlite3.connect(path / stores.EVENTS, isolation_level=None) as connection:
        rows = connection.execute("SELECT * FROM events").fetchall()
        for row in rows[::5]:
            connection.execute("DELETE FROM events WHERE position = ?", row[:1])
            assert failing(books, "rebuild"), row
            connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)
    connection.close()
    assert check(*books) == []


def test_an_unreadable_event_is_a_finding_and_not_an_error(books: tuple[Store, Engine]) -> None:
    edit(books, "account.debited", '"left"', '"rest"')
    assert {"replay", "rebuild"} <= failing(books)


def amounts_in(body: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Find every amount in a fact, except in the trace, which deciding again proves."""
    match body:
        case dict():
            for name, value in body.items():
                if isinstance(value, int) and name.endswith("_fen"):
                    yield (*path, name)
                elif name.endswith("_fen") and value is not None:  # (line, fen) by line
                    yield from ((*path, name, index, 1) for index in range(len(value)))
                elif name != "trials":
                    yield from amounts_in(value, (*path, name))
        case list():
            for index, value in enumerate(body):
                yield from amounts_in(value, (*path, index))


def test_an_edit_of_any_amount_of_any_event_is_found(engine: Engine) -> None:
    sound = history_of_everything().store
    run(sound, engine)
    stored = list(sound.notifications())
    edits = [
        (index, path)
        for index, event in enumerate(stored)
        for path in amounts_in(json.loads(event.state)["fact"])
    ]
    assert len(edits) > 200
    for index, path in edits[::9]:
        forged = stores.memory()
        body = json.loads(stored[index].state)
        *way, last = path
        place = body["fact"]
        for step in way:
            place = place[step]
        place[last] += 1
        events = list(stored)
        events[index] = events[index].__class__(
            **{**vars(events[index]), "state": json.dumps(body).encode()}
        )
        forged.recorder.commit(events, ())
        found = check(forged, engine, names=["replay", "settlements", "rebuild"])
        assert found, (stored[index].topic, path)


def test_every_check_has_a_name_in_both_languages() -> None:
    for named in CHECKS.values():
        assert named.holds.zh
        assert named.holds.en


def test_a_value_that_cannot_be_read_is_a_finding_and_no_crash(
    books: tuple[Store, Engine],
) -> None:
    with books[1].begin() as connection:
        connection.execute(text("UPDATE claims SET service_date = '2026-0:-02'"))
    found = [finding for finding in check(*books) if finding.place == "projections"]
    assert {finding.check for finding in found} >= {"replay", "rebuild"}
    assert all("cannot be read (ValueError)" in finding.says.en for finding in found)
