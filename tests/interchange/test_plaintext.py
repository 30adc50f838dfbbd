"""The journal as text: Beancount and hledger accept it and reach the same balances to the fen."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from domain.amounts import Amounts
from domain.codes import ACCOUNT_SEGMENTS, Segment
from domain.ids import PersonId
from domain.text import Lang
from interchange.plaintext.accounts import (
    OPENING,
    account,
    escaped,
    opening_account,
    place_of,
    unescaped,
)
from interchange.plaintext.dialect import Account, Amount, Entry, Head, yuan
from interchange.plaintext.writing import DIALECTS
from ledger import store as stores
from ledger.application import Application
from ledger.store import Store
from policies.loader import load
from projections import booked
from projections.balances import balance, balances
from projections.booked import Extract, Place
from projections.chart import IN_WALLETS, PERSONAL, Code
from projections.errors import ReadModelBusy
from projections.journal import trial_balance
from projections.runner import run
from projections.tables import BALANCES, JOURNAL, TRACKING, WALLETS
from projections.wallets import wallets
from simulation.random_history import generate
from tests.interchange.tools import (
    balances_by_beancount,
    balances_by_hledger,
    complaints_of_beancount,
    complaints_of_hledger,
    needs_hledger,
    text,
)
from tests.projections.histories import random_history

TOOLS = [
    pytest.param("beancount"),
    pytest.param("hledger", marks=needs_hledger),
]
MOTHER = PersonId("mother")
SPRING = Extract(date(2026, 3, 1), date(2026, 12, 31))
Books = tuple[Store, Engine]


def reached(tool: str, journal: str, folder: Path) -> Counter[str]:
    """Give fen by account, by the tool's own reading, after its own checks."""
    if tool == "beancount":
        assert complaints_of_beancount(journal) == []
        return balances_by_beancount(journal)
    assert complaints_of_hledger(journal, folder) == ""
    return balances_by_hledger(journal, folder)


def complains(tool: str, journal: str, folder: Path) -> bool:
    if tool == "beancount":
        return complaints_of_beancount(journal) != []
    return complaints_of_hledger(journal, folder) != ""


def ours(engine: Engine, lang: Lang) -> Counter[str]:
    """Give fen by account as balances, wallets and the trial balance have them."""
    found: Counter[str] = Counter()
    for person, held in balances(engine).items():
        for code, amounts in zip(PERSONAL, held, strict=True):
            for segment, fen in zip(ACCOUNT_SEGMENTS, _parts(amounts), strict=True):
                found[account(Place(code, person, segment), lang)] = -fen
    for wallet in wallets(engine):
        for code, fen in zip(IN_WALLETS, wallet[1:], strict=True):
            found[account(Place(code, wallet.person, Segment.WALLET), lang)] = -fen
    for total in trial_balance(engine):
        if total.code not in {*PERSONAL, *IN_WALLETS, Code.CLEARING}:
            found[account(Place(total.code), lang)] = total.debit_fen - total.credit_fen
    return found


def _parts(amounts: Amounts) -> tuple[int, int]:
    return amounts.current_fen, amounts.prior_fen


def same(tools: Counter[str], figures: Counter[str]) -> bool:
    """Tell whether a tool has every account of ours with our figure, and beside it only zeros."""
    named = all(name in tools or fen == 0 for name, fen in figures.items())
    return named and {k: v for k, v in tools.items() if v} == {
        k: v for k, v in figures.items() if v
    }


# ------------------------------------------------------------------------------------- the tools


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_history_of_everything_has_the_same_balances_in_the_tool(
    tool: str, lang: Lang, everything: Books, tmp_path: Path
) -> None:
    store, engine = everything
    journal = text(store, engine, tool, lang=lang, monthly=True)
    figures = ours(engine, lang)
    assert any(figures.values())
    assert same(reached(tool, journal, tmp_path), figures)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("seed", range(6))
def test_a_random_family_has_the_same_balances_in_the_tool(
    tool: str, seed: int, engine: Engine, tmp_path: Path
) -> None:
    history = random_history(seed)
    run(history.store, engine)
    journal = text(history.store, engine, tool, monthly=True)
    assert same(reached(tool, journal, tmp_path), ours(engine, "en"))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("seed", [3, 11, 29, 41])
def test_a_history_of_the_simulator_has_the_same_balances_in_the_tool(
    tool: str, seed: int, engine: Engine, tmp_path: Path
) -> None:
    store = stores.memory()
    with Application(store, load()) as application:
        generate(application, seed=seed, operations=400)
    run(store, engine)
    journal = text(store, engine, tool, lang="zh", monthly=True)
    figures = ours(engine, "zh")
    assert any(figures.values())
    assert same(reached(tool, journal, tmp_path), figures)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_period_begins_with_its_opening_balances_and_ends_with_those_of_its_last_day(
    tool: str, everything: Books, tmp_path: Path
) -> None:
    store, engine = everything
    journal = text(store, engine, tool, extract=SPRING, monthly=True)
    found = reached(tool, journal, tmp_path)
    for person in balances(engine):
        then = balance(engine, person, as_of=SPRING.last)
        for code, amounts in zip(PERSONAL, then, strict=True):
            for segment, fen in zip(ACCOUNT_SEGMENTS, _parts(amounts), strict=True):
                assert found[account(Place(code, person, segment), "en")] == -fen
    assert found[opening_account("en")] == 0
    assert "2026-02-28 * " in journal
    assert "2027-01-0" not in journal.replace("2027-01-01 balance", "")


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "extract",
    [
        Extract(first=date(2026, 6, 1)),
        Extract(first=date(2040, 1, 1)),
        Extract(last=date(2000, 1, 1)),
        Extract(last=date.max),
        Extract(first=date.min),
    ],
)
def test_any_period_is_accepted_even_an_empty_one(
    tool: str, extract: Extract, everything: Books, tmp_path: Path
) -> None:
    journal = text(*everything, tool, extract=extract, monthly=True)
    assert not complains(tool, journal, tmp_path)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("first", [None, date(2026, 6, 1)])
def test_of_one_person_nothing_is_told_of_the_accounts_of_others(
    tool: str, first: date | None, everything: Books, tmp_path: Path
) -> None:
    store, engine = everything
    journal = text(store, engine, tool, extract=Extract(first, person=MOTHER))
    found = reached(tool, journal, tmp_path)
    owners = {place.person for name in found if (place := place_of(name))}
    assert owners == {None, MOTHER}
    own = {k: v for k, v in ours(engine, "en").items() if v and ":P-mother:" in k}
    assert own
    assert {k: v for k, v in found.items() if v and ":P-mother:" in k} == own


# ----------------------------------------------------------------------- that the tools look at it


@pytest.mark.parametrize("tool", TOOLS)
def test_a_balance_that_is_off_by_one_fen_is_found_by_the_tool(
    tool: str, everything: Books, engine: Engine, tmp_path: Path
) -> None:
    store, _ = everything
    run(store, engine)
    assert not complains(tool, text(store, engine, tool), tmp_path)
    for table, column in ((BALANCES, "held_fen"), (WALLETS, "pending_fen")):
        key = table.c.person == ("mother" if table is BALANCES else "son")
        off = update(table).where(key).values({column: table.c[column] + 1})
        with engine.begin() as connection:
            assert connection.execute(off).rowcount
        assert complains(tool, text(store, engine, tool), tmp_path)
        with engine.begin() as connection:
            connection.execute(update(table).where(key).values({column: table.c[column] - 1}))


@pytest.mark.parametrize("tool", TOOLS)
def test_a_claim_that_an_account_did_not_pay_in_full_is_found_by_the_tool(
    tool: str, everything: Books, engine: Engine, tmp_path: Path
) -> None:
    store, _ = everything
    run(store, engine)
    lines = JOURNAL.c
    (of_claim, other) = (lines.topic == "claim.settled", lines.debit_fen > 1)
    with engine.begin() as connection:
        for code, by in ((Code.CLEARING, -1), (Code.FUND_PAYMENTS, 1)):
            changed = (
                update(JOURNAL)
                .where(of_claim, other, lines.code == code)
                .values(debit_fen=lines.debit_fen + by)
            )
            connection.execute(changed)
        off = "SELECT position, SUM(debit_fen) - SUM(credit_fen) FROM journal GROUP BY position"
        totals = connection.exec_driver_sql(off).all()
        for position, fen in totals:  # each transaction still adds up to zero
            if fen:
                connection.execute(
                    update(JOURNAL)
                    .where(lines.position == position, lines.code == Code.INSTITUTIONS)
                    .values(credit_fen=lines.credit_fen + fen)
                )
    assert complains(tool, text(store, engine, tool), tmp_path)


# ---------------------------------------------------------------------------------------- the text


@pytest.mark.parametrize("tool", ["beancount", "hledger"])
def test_the_same_books_give_the_same_text(tool: str, everything: Books, engine: Engine) -> None:
    store, first = everything
    run(store, engine, page=7)
    assert text(store, engine, tool) == text(store, first, tool)


@pytest.mark.parametrize("tool", TOOLS)
def test_ends_of_months_are_asserted_where_asked_and_found_when_they_are_off(
    tool: str, everything: Books, tmp_path: Path
) -> None:
    mark = {"beancount": "2026-02-01 balance ", "hledger": "2026-01-31 * assertion"}[tool]
    assert mark not in text(*everything, tool)
    journal = text(*everything, tool, monthly=True)
    before, _, after = journal.partition(mark)
    assert after
    off_by_one = before + mark + after.replace("1500.00", "1500.01", 1)
    assert off_by_one != journal
    assert complains(tool, off_by_one, tmp_path)


@pytest.mark.parametrize("tool", ["beancount", "hledger"])
def test_every_transaction_says_where_it_comes_from(tool: str, everything: Books) -> None:
    store, engine = everything
    journal = text(store, engine, tool)
    (position, event), *_ = (
        each for each in store.events() if each[1].fact.TOPIC == "account.debited"
    )
    block = (
        next(b for b in journal.split("\n\n") if f"position:{position}," in b)
        if (tool == "hledger")
        else next(b for b in journal.split("\n\n") if f"position: {position}\n" in b)
    )
    assert block.startswith(f"{event.fact.effective_on} * ")
    for said in ("account.debited", event.meta.cause, event.fact.claim, event.fact.settlement):  # type: ignore[attr-defined]  # a debit has them
        assert said in block
    assert event.meta.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ") in block


@pytest.mark.parametrize("tool", TOOLS)
def test_what_people_wrote_cannot_become_a_directive(tool: str, tmp_path: Path) -> None:
    said = 'a "quoted" \\ ; | word\r\n2026-01-02 open Assets:Mine CNY\n\n  [2026-01-99], %\u2028x'
    day, dialect = date(2026, 1, 1), DIALECTS[tool]
    names = [account(Place(code), "en") for code in (Code.INSTITUTIONS, Code.CASH)]
    declared = [dialect.account(Account(name, day, OPENING, PersonId(said))) for name in names]
    amounts = [Amount(names[0], -5), Amount(names[1], 5)]
    entry = dialect.entry(Entry(day, said, said, {"message": said}, amounts))
    journal = "".join([dialect.head(Head([], day)), *declared, entry])
    assert reached(tool, journal, tmp_path) == {names[0]: -5, names[1]: 5}
    assert not any(line.startswith("2026-01-02") for line in journal.splitlines())


def test_read_models_that_stand_apart_are_not_written_down(
    everything: Books, engine: Engine
) -> None:
    store, _ = everything
    run(store, engine)
    behind = update(TRACKING).where(TRACKING.c.projection == "balances")
    with engine.begin() as connection:
        connection.execute(behind.values(position=TRACKING.c.position - 1))
    with pytest.raises(ReadModelBusy, match="journal"):
        text(store, engine, "beancount")


# ------------------------------------------------------------------------------- names of accounts


@given(st.text(max_size=64))
def test_every_id_can_be_written_and_read_back(key: str) -> None:
    written = escaped(key.encode("utf-8", "replace").decode())
    assert unescaped(written) == key.encode("utf-8", "replace").decode()
    assert all(each.isascii() and (each.isalnum() or each == "-") for each in written)


@given(st.text(max_size=64), st.text(max_size=64))
def test_two_ids_never_have_one_name(one: str, other: str) -> None:
    assert (escaped(one) == escaped(other)) == (one == other)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", Code)
def test_the_place_is_read_back_from_its_name(code: Code, lang: Lang) -> None:
    owner = PersonId("a.B_c:d-e")
    if code in PERSONAL:
        places = [Place(code, owner, segment) for segment in ACCOUNT_SEGMENTS]
    elif code in IN_WALLETS:
        places = [Place(code, owner, Segment.WALLET)]
    else:
        places = [Place(code, owner if code is Code.CLEARING else None)]
    for place in places:
        assert place_of(account(place, lang)) == place
    assert place_of(opening_account(lang)) is None


@pytest.mark.parametrize(
    ("fen", "said"), [(0, "0.00"), (-1, "-0.01"), (1234567, "12345.67"), (-100, "-1.00")]
)
def test_yuan_have_two_decimals_and_no_separators(fen: int, said: str) -> None:
    assert yuan(fen) == said


def test_a_large_gap_between_events_is_read_over(everything: Books) -> None:
    store, _ = everything
    last = store.recorder.last_position
    assert [position for position, _ in booked._events(store, [1, last])] == [1, last]
