"""Every check passes on sound books and fails on a fault that is planted on purpose."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, Table, delete, insert, text, update

from ledger.store import Store
from projections.checks import CHECKS, check
from projections.runner import PROJECTIONS, run
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
from tests.projections.histories import random_history
from tests.projections.history_of_everything import history_of_everything


def failing(books: tuple[Store, Engine], *names: str) -> set[str]:
    """Give the checks that find something, of those named or of all."""
    return {finding.check for finding in check(*books, names=names or None)}


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
