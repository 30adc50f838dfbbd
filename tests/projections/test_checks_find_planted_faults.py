"""Every check passes on sound books and fails on a fault that is planted on purpose."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, Table, delete, insert, text, update

from domain.record import Record
from ledger import store as stores
from ledger.entries import End, Entry, Line, places_of, split
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
from tests.ledger.tampering import delete_entries, delete_events, reword, topic
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


def path_of(books: tuple[Store, Engine]) -> Path:
    """Give the directory of the store, to change it behind the ledger's back."""
    path = books[0].path
    assert path is not None
    return path


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
                connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?)", rows)
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
    kept = [Entry(entry.body, len(split(entry.body)[1]), places_of(entry)) for entry in entries]
    edits = [
        (entry.number - 1, index, event, way)
        for entry in entries
        for index, event in enumerate(sound.mapper.events_of(entry))
        for way in amounts_in(event.fact)
    ]
    assert len(edits) > 200
    for number, index, event, way in edits[::9]:
        head, lines = split(kept[number].body)
        fact = with_one_more(event.fact, way)
        lines[index] = msgspec.json.encode(Line(event.stream, event.originator_version, fact))
        body = b"\n".join((head, *lines, b""))
        assert body != kept[number].body
        forged = stores.memory()
        changed = [*kept[:number], kept[number]._replace(body=body), *kept[number + 1 :]]
        forged.recorder.commit(changed, after=End(0, 0))
        found = check(forged, engine, names=["replay", "settlements", "rebuild"])
        assert found, (event.fact.TOPIC, way)


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
