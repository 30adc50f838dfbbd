"""Money set aside, as the read models see it: purses, balances, the journal, and the checks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, Table, update

from domain.amounts import NOTHING, Amounts
from domain.facts import Kind, Stream
from domain.ids import ClaimId, PersonId, PoolId
from ledger import commands
from projections.audit_trail import trail
from projections.balances import Balance, balance, statement
from projections.chart import Code
from projections.checks import check
from projections.journal import trial_balance
from projections.purses import OpenPurse, open_purses
from projections.runner import run
from projections.tables import BALANCES, PURSES
from tests.projections.histories import FAMILY, History, random_history

MOTHER, FATHER, SON = map(PersonId, ("mother", "father", "son"))
POOL, QUOTA = 1, 2  # seeds whose family works this way


def family(seed: int) -> History:
    """Give the family, whose accounts hold 300 current and 200 prior each."""
    history = History(seed)
    history.found_family()
    return history


def set_aside(history: History, fen: int, grantor: PersonId = MOTHER) -> None:
    """Set money aside for the family."""
    history.must(commands.SetAside(pool=FAMILY, grantor=grantor, amount_fen=fen))


def quota(history: History, fen: int) -> None:
    """Freeze a quota of the mother's for the son."""
    pair: dict[str, Any] = {"pool": FAMILY, "grantor": MOTHER, "beneficiary": SON}
    history.must(commands.SetQuota(**pair, quota_fen=fen))


def test_a_purse_follows_what_is_set_aside_paid_held_given_back_and_rolled(engine: Engine) -> None:
    history = family(POOL)
    set_aside(history, 400_00)
    assert history.settle("c1", "son", 650_00)  # 500 of his own and 150 from the purse
    assert history.hold("c2", "daughter", 520_00)  # 500 of her own and 20 from the purse
    assert history.cancel("c1", {1: 30_00})
    run(history.store, engine)
    (purse,) = open_purses(engine, person=MOTHER)
    assert purse == OpenPurse(MOTHER, "pool:family", FAMILY, Amounts(160_00, 100_00), None)
    assert balance(engine, MOTHER) == Balance(
        Amounts(0, 100_00), Amounts(20_00), Amounts(160_00, 100_00)
    )
    history.wait(365)
    history.must(commands.RollYear(person=MOTHER))
    history.must(commands.Release(claim=ClaimId("c2")))
    run(history.store, engine)
    assert open_purses(engine, pool=FAMILY)[0].amount == Amounts(0, 280_00)
    assert open_purses(engine, pool=PoolId("other")) == []
    assert check(history.store, engine) == []


def test_a_quota_is_shown_whole_and_gone_once_the_relation_has_ended(engine: Engine) -> None:
    history = family(QUOTA)
    quota(history, 90_00)
    assert history.settle("c1", "son", 540_00)
    run(history.store, engine)
    (purse,) = open_purses(engine)
    assert (purse.quota_fen, purse.amount) == (90_00, Amounts(50_00))
    quota(history, 60_00)
    run(history.store, engine)
    (purse,) = open_purses(engine)
    assert (purse.quota_fen, purse.amount) == (60_00, Amounts(20_00))
    history.must(commands.Unbind(pool=FAMILY, grantor=MOTHER, beneficiary=SON))
    run(history.store, engine)
    assert open_purses(engine) == []
    assert balance(engine, MOTHER) == Balance(Amounts(260_00, 200_00))
    assert check(history.store, engine) == []


def test_what_is_set_aside_is_a_liability_of_its_own_kind(engine: Engine) -> None:
    history = family(POOL)
    set_aside(history, 100_00)
    assert history.settle("c1", "son", 530_00)
    run(history.store, engine)
    totals = {total.code: total for total in trial_balance(engine)}
    aside = totals[Code.SET_ASIDE]
    assert (aside.debit_fen, aside.credit_fen) == (30_00, 100_00)
    assert sum(t.debit_fen for t in totals.values()) == sum(t.credit_fen for t in totals.values())


def test_a_statement_says_in_words_where_the_money_went(engine: Engine) -> None:
    history = family(QUOTA)
    quota(history, 90_00)
    assert history.settle("c1", "son", 540_00)
    assert history.hold("c2", "son", 5_00)
    assert history.cancel("c1", {1: 1})
    quota(history, 50_00)
    run(history.store, engine)
    lines = statement(history.store, engine, person=MOTHER).lines[2:]
    assert [line.says.en for line in lines[:-1]] == [
        "mother set 90.00 yuan aside for son (a quota of 90.00), 410.00 available",
        "mother paid 40.00 yuan out of money set aside for son, claim c1, 410.00 available",
        "5.00 yuan of mother held out of money set aside for son, claim c2, until 2026-01-11 12:00",
        "0.01 yuan of claim c1 given back to mother (to money set aside), 410.00 available",
    ]
    back = "40.00 yuan that mother had set aside for son came back (a quota of 50.00)"
    assert lines[-1].says.en == f"{back}, 450.00 available"
    assert lines[0].says.zh == "mother 的账户为 son 划拨 90.00 元（额度 90.00 元），可用 410.00 元"
    assert [line.after.set_aside.total_fen for line in lines] == [90_00, 50_00, 45_00, 45_01, 5_01]
    assert lines[1].change == Balance(NOTHING, NOTHING, Amounts(-40_00))


def test_a_quota_stands_in_the_trail_of_grantor_beneficiary_and_family(engine: Engine) -> None:
    history = family(QUOTA)
    quota(history, 90_00)
    run(history.store, engine)
    for kind, key in ((Kind.PERSON, MOTHER), (Kind.PERSON, SON), (Kind.POOL, FAMILY)):
        entries = trail(history.store, engine, subject=Stream(kind, key))
        assert entries[-1].topic == "account.set_aside"


def test_a_family_is_named_where_money_is_set_aside_for_all_of_it(engine: Engine) -> None:
    history = family(POOL)
    set_aside(history, 100_00)
    run(history.store, engine)
    last = statement(history.store, engine, person=MOTHER).lines[-1]
    assert last.says.en == "mother set 100.00 yuan aside for pool family, 400.00 available"


@pytest.mark.parametrize(
    ("table", "column", "more"),
    [(BALANCES, "set_aside_fen", 1), (PURSES, "current_fen", -1), (PURSES, "quota_fen", -1)],
)
def test_a_purse_that_differs_from_the_books_is_found(
    engine: Engine, table: Table, column: str, more: int
) -> None:
    history = family(QUOTA)
    quota(history, 90_00)
    run(history.store, engine)
    with engine.begin() as connection:
        connection.execute(update(table).values({column: table.c[column] + more}))
    found = check(history.store, engine)
    assert {"purses", "replay", "rebuild"} <= {finding.check for finding in found}
    for finding in found:
        assert finding.says.zh


@pytest.mark.parametrize("seed", range(1, 9))
def test_purses_are_those_of_the_accounts_themselves(seed: int, engine: Engine) -> None:
    history = random_history(seed)
    run(history.store, engine)
    live = []
    for who in sorted(("mother", "father", "aunt", "son", "daughter")):
        person = history.application.person(PersonId(who))
        assert person is not None
        assert person.account is not None
        for name, kept in sorted(person.account.set_aside.items()):
            live.append(OpenPurse(person.id, name, kept.pool, kept.amount, kept.quota_fen))
    assert open_purses(engine) == live
    assert check(history.store, engine) == []
