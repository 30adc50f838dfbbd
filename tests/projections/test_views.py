"""The SQL views: their figures are those of the projections, in words, yuan and fen."""

from __future__ import annotations

import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from cli.view_words import view_words
from domain.facts import CATALOG, Kind, Stream
from domain.money import format_yuan
from domain.text import Text
from ledger.application import Application
from ledger.store import Store, memory
from policies.loader import load
from projections.audit_trail import trail
from projections.balances import balances
from projections.claims import claims
from projections.clearing import clearing_lines, owed
from projections.journal import trial_balance
from projections.purses import open_purses
from projections.register import bindings, persons
from projections.runner import PROJECTIONS, run
from projections.usage import open_holds, used
from projections.views.catalogue import VIEWS, VOCABULARIES
from projections.views.dictionary import UNITS, page
from projections.views.event_names import EVENT_NAMES
from projections.views.fields import Unit, View
from projections.views.making import make
from projections.wallets import waiting, wallets
from simulation.random_history import generate
from tests import house
from tests.projections.histories import History, random_history
from tests.projections.history_of_everything import history_of_everything

DICTIONARY = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
WORDS = view_words()
Rows = list[dict[str, Any]]


def made(store: Store, engine: Engine) -> Store:
    """Bring read models and views up to date."""
    run(store, engine)
    make(store, engine, words=WORDS)
    return store


def rows(engine: Engine, view: str, where: str = "1") -> Rows:
    """Read a view in its order."""
    sql = f"SELECT * FROM {view} WHERE {where} ORDER BY {VIEWS[view].order}"  # noqa: S608  # our names
    with engine.connect() as connection:
        return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]


@pytest.fixture(scope="module", params=[0, 1, 2, 5, "simulated", "everything"])
def told(request: pytest.FixtureRequest) -> Iterator[tuple[Store, Engine]]:
    """Give histories of every kind of funding, of the simulator, and of everything.

    Nobody may change them.
    """
    match request.param:
        case "everything":
            store = history_of_everything().store
        case "simulated":
            store = memory()
            with Application(store, load()) as application:
                generate(application, seed=49, operations=500)
        case seed:
            store = random_history(seed, 250).store
    engine = create_engine("sqlite://", poolclass=StaticPool)
    yield made(store, engine), engine
    engine.dispose()


Told = tuple[Store, Engine]

# ------------------------------------------------------------------------------------ all of them


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.name)
def test_a_view_has_the_columns_that_it_says_and_opens_on_an_empty_store(
    view: View, engine: Engine
) -> None:
    run(memory(), engine)
    make(memory(), engine, words=WORDS)
    assert rows(engine, view.name) == []
    with engine.connect() as connection:
        names = list(connection.exec_driver_sql(f"SELECT * FROM {view.name}").keys())  # noqa: S608  # our names
    assert names == [column.name for column in view.columns]
    assert len(set(names)) == len(names)


def test_yuan_are_the_fen_beside_them_to_the_last_figure(told: Told) -> None:
    _, engine = told
    seen = 0
    for view in VIEWS.values():
        for row in rows(engine, view.name):
            for name in view.fen:
                fen, yuan = row[name], row[name.removesuffix("_分") + "_元"]
                seen += 1
                assert yuan == (None if fen is None else format_yuan(fen).replace(",", ""))
    assert seen > 500


def test_yuan_below_one_and_below_zero_are_written_exactly(engine: Engine) -> None:
    made(history_of_everything().store, engine)
    for fen in (0, 1, -1, 10, -99, 100, -12345678901, 10**15):
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE t_清算明细 SET amount_fen = ?", (fen,))
        assert {row["金额_元"] for row in rows(engine, "v_清算明细")} == {
            format_yuan(fen).replace(",", "")
        }


def test_every_code_is_said_in_chinese(told: Told) -> None:
    _, engine = told
    for view in VIEWS.values():
        for field in view.fields:
            if field.unit is not Unit.WORD or field.words == "Region":
                continue
            for row in rows(engine, view.name):
                code, word = row[f"{field.name}代码"], row[field.name]
                assert (code is None) == (word is None)
                known = EVENT_NAMES if field.words == "Topic" else WORDS.get(field.words)
                if known is not None and code is not None:
                    assert word == known[code].zh, (view.name, code)


# ---------------------------------------------------------------------------------------- accounts


def test_balances_are_those_of_accounts_and_wallets(told: Told) -> None:
    _, engine = told
    expected = {}
    for person, it in balances(engine).items():
        expected[person, "当年"] = tuple(part.current_fen for part in it)
        expected[person, "历年"] = tuple(part.prior_fen for part in it)
    found = rows(engine, "v_账户余额")
    by_key = {(row["参保人"], row["分段"]): row for row in found}
    in_wallets = {wallet.person: wallet for wallet in wallets(engine)}
    assert len(by_key) == len(found) == len(expected) + len(in_wallets)
    for key, (available, held, aside) in expected.items():
        row = by_key[key]
        assert (row["可用_分"], row["冻结_分"], row["划拨_分"]) == (available, held, aside)
        assert row["合计_分"] == available + held + aside
    for person, wallet in in_wallets.items():
        row = by_key[person, "钱包"]
        assert (row["可用_分"], row["冻结_分"], row["待接收_分"]) == wallet[1:]


def test_the_last_line_of_an_account_stands_at_its_balance(told: Told) -> None:
    _, engine = told
    last: dict[tuple[str, str], dict[str, Any]] = {}
    total: Counter[tuple[str, str, str]] = Counter()
    for row in rows(engine, "v_账户明细"):
        key = row["参保人"], row["分段"]
        last[key] = row
        for part in ("可用", "冻结", "划拨", "待接收"):
            total[*key, part] += row[f"{part}变动_分"]
            assert row[f"{part}余额_分"] == total[*key, part] >= 0
    assert last
    for row in rows(engine, "v_账户余额"):
        ended = last.get((row["参保人"], row["分段"]))
        for part in ("可用", "冻结", "划拨", "待接收"):
            assert row[f"{part}_分"] == (ended[f"{part}余额_分"] if ended else 0)


def test_holds_purses_and_transfers_are_those_that_are_open(told: Told) -> None:
    _, engine = told
    held = {(row["参保人"], row["费用单"]): row for row in rows(engine, "v_冻结", "钱包_分 = 0")}
    assert {key: (row["当年_分"], row["历年_分"]) for key, row in held.items()} == {
        (hold.person, hold.claim): (hold.held.current_fen, hold.held.prior_fen)
        for hold in open_holds(engine)
    }
    assert sum(row["钱包_分"] for row in rows(engine, "v_冻结")) == sum(
        wallet.held_fen for wallet in wallets(engine)
    )
    assert [
        (r["参保人"], r["划拨款"], r["当年_分"], r["历年_分"]) for r in rows(engine, "v_划拨")
    ] == [
        (it.person, it.purse, it.amount.current_fen, it.amount.prior_fen)
        for it in open_purses(engine)
    ]
    assert {(r["转账号"], r["接收人"], r["金额_分"]) for r in rows(engine, "v_待接收转账")} == {
        (it.transfer, it.recipient, it.amount_fen) for it in waiting(engine)
    }


# ------------------------------------------------------------------------------------------ claims


def test_claims_and_settlements_are_those_of_the_list(told: Told) -> None:
    _, engine = told
    expected = {(row["claim"], row["attempt"]): row for row in claims(engine)}
    listed = {(row["费用单"], row["办理次数"]): row for row in rows(engine, "v_费用单")}
    assert listed.keys() == expected.keys()
    for key, row in listed.items():
        it = expected[key]
        assert (row["总额_分"], row["统筹_分"]) == (it["total_fen"], it["fund_fen"])
        assert row["状态代码"] == it["status"]
    settled = {row["settlement"]: row for row in expected.values() if row["settlement"]}
    found = {row["结算号"]: row for row in rows(engine, "v_结算明细")}
    assert found.keys() == settled.keys()
    payers = {"统筹": "fund", "本人账户": "own_account", "钱包": "wallet", "共济": "mutual_aid"}
    for settlement, row in found.items():
        it = settled[settlement]
        for name, payer in {**payers, "现金": "cash"}.items():
            assert row[f"{name}支付_分"] == it[f"{payer}_fen"]
            assert row[f"{name}退回_分"] == it[f"back_{payer}_fen"]
        paid = sum(row[f"{name}支付_分"] - row[f"{name}退回_分"] for name in (*payers, "现金"))
        assert row["净额_分"] == paid


def test_what_accounts_paid_is_what_the_settlement_says(told: Told) -> None:
    _, engine = told
    by_payer: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    left: Counter[tuple[str, str]] = Counter()
    for row in rows(engine, "v_结算分担"):
        by_payer[row["结算号"], row["出资类别代码"]]["支付"] += row["支付_分"]
        by_payer[row["结算号"], row["出资类别代码"]]["退回"] += row["退回_分"]
        left[row["结算号"], row["出资人"]] += row["净额_分"]
    assert by_payer
    assert min(left.values()) >= 0  # of a segment it may be less: refunds go where money is now
    for row in rows(engine, "v_结算明细"):
        for name, payer in (
            ("本人账户", "own_account"),
            ("钱包", "wallet"),
            ("共济", "mutual_aid"),
        ):
            found = by_payer[row["结算号"], payer]
            assert (found["支付"], found["退回"]) == (row[f"{name}支付_分"], row[f"{name}退回_分"])


def test_the_clearing_is_that_of_its_command(told: Told) -> None:
    store, engine = told
    lines = list(clearing_lines(store))
    found = rows(engine, "v_清算明细")
    assert [(r["记账位置"], r["应付统筹区代码"], r["金额_分"]) for r in found] == [
        (line.position, line.debtor, line.amount_fen) for line in lines
    ]
    months = {f"{line.booked_on:%Y-%m}" for line in lines}
    names = ("应付统筹区代码", "应收统筹区代码", "款项代码", "笔数", "金额_分")
    for month in months:
        summed = rows(engine, "v_清算", f"月份 = '{month}'")
        assert [tuple(row[name] for name in names) for row in summed] == [
            tuple(each) for each in owed(clearing_lines(store, month))
        ]
    assert {row["月份"] for row in rows(engine, "v_清算")} == months


# ---------------------------------------------------------------------------- families and events


def test_people_relations_and_authorizations_are_those_of_the_register(told: Told) -> None:
    _, engine = told
    assert [
        (r["参保人"], r["统筹区代码"], r["参保状态代码"]) for r in rows(engine, "v_参保人")
    ] == [(row["person"], row["region"], row["coverage"]) for row in persons(engine)]
    bound = {(row["pool"], row["grantor"], row["beneficiary"]): row for row in bindings(engine)}
    found = rows(engine, "v_家庭共济关系")
    assert {(r["共济组"], r["共济人"], r["被共济人"]): r["状态代码"] for r in found} == {
        key: row["standing"] for key, row in bound.items()
    }
    authorized = {(r["共济组"], r["共济人"], r["被共济人"]): r for r in rows(engine, "v_授权")}
    assert authorized.keys() == {key for key, row in bound.items() if row["first_day"]}
    for key, row in authorized.items():
        assert row["首日"] == bound[key]["first_day"].isoformat()
        assert row["单次限额_分"] == bound[key]["per_use_fen"]
        assert row["场所"] == "不限" or bound[key]["places"]


def test_places_and_categories_are_listed_in_words(engine: Engine) -> None:
    made(history_of_everything().store, engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE bindings SET places = 'hospital pharmacy'")
        connection.exec_driver_sql("UPDATE bindings SET categories = 'drug unheard_of'")
    assert {(r["场所"], r["类别"]) for r in rows(engine, "v_授权")} == {
        ("医院、药店", "药品、unheard_of")
    }


def test_use_is_that_of_limits_and_never_adds_years_and_days(told: Told) -> None:
    _, engine = told
    found = [
        (r["共济人"], r["被共济人"], r["期间"], r["已用_分"]) for r in rows(engine, "v_共济使用")
    ]
    assert found == [tuple(it) for it in used(engine)]
    by_kind: Counter[tuple[str, str, str]] = Counter()
    for row in rows(engine, "v_共济使用"):
        by_kind[row["共济人"], row["被共济人"], row["期间类别"]] += row["已用_分"]
        assert row["期间类别代码"] == ("year" if len(row["期间"]) == 4 else "day")
    assert by_kind
    for grantor, beneficiary, _ in list(by_kind):
        assert by_kind[grantor, beneficiary, "年度"] == by_kind[grantor, beneficiary, "单日"]


def test_events_and_clues_are_those_of_the_trail(told: Told) -> None:
    store, engine = told
    assert [row["记账位置"] for row in rows(engine, "v_事件")] == [p for p, _ in store.events()]
    listed = rows(engine, "v_事件线索")
    for kind in (Kind.POOL, Kind.CLAIM):
        key = next(row["对象"] for row in listed if row["对象类别代码"] == kind)
        found = rows(engine, "v_事件线索", f"对象类别代码 = '{kind}' AND 对象 = '{key}'")
        expected = trail(store, engine, subject=Stream(kind, key))
        assert [row["记账位置"] for row in found] == [entry.position for entry in expected]
        assert expected


def test_entries_add_up_to_the_trial_balance(told: Told) -> None:
    _, engine = told
    debit: Counter[str] = Counter()
    credit: Counter[str] = Counter()
    for row in rows(engine, "v_分录"):
        debit[row["科目代码"]] += row["借方_分"]
        credit[row["科目代码"]] += row["贷方_分"]
    assert [tuple(it) for it in trial_balance(engine)] == [
        (code, debit[code], credit[code]) for code in sorted(debit)
    ]
    assert debit.total() == credit.total() > 0


# ---------------------------------------------------------------------------------- making, words


def test_making_again_changes_nothing_until_there_is_something_new(engine: Engine) -> None:
    history = History()
    history.found_family()
    store = made(history.store, engine)
    with engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA schema_version").scalar()
        make(store, engine, words=WORDS)
        assert connection.exec_driver_sql("PRAGMA schema_version").scalar() == before
    history.credit("mother", 5_00)
    run(store, engine)
    assert make(store, engine, words=WORDS) == store.recorder.last_position
    changed = {**WORDS, "Segment": {"current": Text("本年", "this year")}}
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW v_旧 AS SELECT 1")
    make(store, engine, words=changed)
    assert {row["分段"] for row in rows(engine, "v_账户余额")} == {"本年", "prior"}
    with engine.connect() as connection:
        old = "SELECT count(*) FROM sqlite_master WHERE name = 'v_旧'"
        assert connection.exec_driver_sql(old).scalar() == 0


def test_views_outlive_the_rebuilding_of_the_tables_below(engine: Engine) -> None:
    from projections.runner import rebuild

    store = made(history_of_everything().store, engine)
    before = {name: rows(engine, name) for name in VIEWS}
    rebuild(store, engine, *PROJECTIONS)
    assert {name: rows(engine, name) for name in VIEWS} == before


def test_every_vocabulary_has_words_and_every_name_of_an_event_is_one() -> None:
    assert VOCABULARIES - {"Account", "Period", "Topic"} <= WORDS.keys()
    assert EVENT_NAMES.keys() <= CATALOG.keys()
    money = {topic for topic in CATALOG if topic.startswith(("account.", "wallet.", "claim."))}
    assert money <= EVENT_NAMES.keys()


def test_every_column_is_explained_in_both_languages_with_unit_and_source() -> None:
    texts = [*EVENT_NAMES.values(), *UNITS.values()]
    for view in VIEWS.values():
        texts.append(view.says)
        for column in view.columns:
            texts.append(column.says)
            assert column.source
    assert house.incomplete_texts(texts) == []
    assert set(UNITS) == set(Unit)


def test_one_name_means_one_unit() -> None:
    units: defaultdict[str, set[Unit]] = defaultdict(set)
    for view in VIEWS.values():
        for column in view.columns:
            units[column.name].add(column.unit)
    assert {name: found for name, found in units.items() if len(found) > 1} == {}


def test_the_dictionary_is_that_of_the_views() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == page(), "gongji audit views --markdown"


@pytest.mark.skipif(which("sqlite3") is None, reason="the sqlite3 shell is not installed")
def test_the_shell_of_sqlite_shows_the_views(books: tuple[Store, Engine]) -> None:
    store, engine = books
    make(store, engine, words=WORDS)
    sql = "SELECT 参保人, 分段, 可用_元 FROM v_账户余额 WHERE 参保人 = 'daughter' ORDER BY 分段代码"
    shell = [str(which("sqlite3")), "-readonly", str(engine.url.database), sql]
    done = subprocess.run(shell, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["daughter|当年|200.00", "daughter|历年|200.00"]
