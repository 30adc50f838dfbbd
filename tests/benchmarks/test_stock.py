"""The baseline: it decides as our ledger does, keeps what it answers, and counts its conflicts."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import baseline
from benchmarks.setting import CLIENTS, Setting, Size
from benchmarks.stock import InsuredPerson, Stock
from benchmarks.workload import Family, Sent, families, founding, settlements
from domain.claim import Allocation, ClaimRequest, ClaimSettled
from domain.facts import Change
from domain.ids import MessageId, PersonId
from domain.refusals import Code, Refusal
from domain.text import Text
from ledger import store as stores
from ledger.application import Application
from ledger.commands import Settle
from ledger.writer import Receipt
from policies import loader

KNOWN = families(12)
BOOK = loader.load()


@pytest.fixture(scope="module")
def founded() -> list[Change]:
    with stores.memory() as store, Application(store, BOOK) as ours:
        _carry_out(ours, list(founding(KNOWN)))
        return [Change(event.stream, event.fact) for _, event in store.events()]


@pytest.fixture
def stock(tmp_path: Path, founded: list[Change]) -> Iterator[Stock]:
    with Stock(tmp_path / "stock.sqlite", BOOK) as ledger:
        ledger.found(founded)
        yield ledger


def test_both_ledgers_allocate_the_same_and_end_in_the_same_states(stock: Stock) -> None:
    requests = settlements(KNOWN, 60)
    with stores.memory() as store, Application(store, BOOK) as ours:
        _carry_out(ours, list(founding(KNOWN)))
        allocations = []
        for sent in requests:
            _carry_out(ours, [sent])
            claim = ours.claim(_request(sent).claim)
            assert claim is not None
            allocations.append(claim.allocation)
        assert [_settle(stock, sent) for sent in requests] == allocations
        for family in KNOWN:
            assert stock.pool(family.pool).state == ours.pool(family.pool)
            for person in _persons(family):
                assert stock.person(person).state == ours.person(person)
    assert {len({leg.account for leg in each.legs}) for each in allocations} == {2, 3}


def test_a_settlement_is_one_event_of_the_claim_and_one_of_each_debited_account(
    stock: Stock,
) -> None:
    before = _events(stock)
    allocation = _settle(stock, settlements(KNOWN, 1)[0])
    debits = len({leg.account for leg in allocation.legs})
    assert Counter(_events(stock)[len(before) :]) == {
        "SettledClaim.Settled": 1,
        "InsuredPerson.Debited": debits,
    }


def test_what_is_read_back_is_what_was_answered(stock: Stock, tmp_path: Path) -> None:
    sent = settlements(KNOWN, 1)[0]
    allocation = _settle(stock, sent)
    with Stock(tmp_path / "stock.sqlite", BOOK) as opened:
        kept = opened.claim(_request(sent).claim)
    assert kept is not None
    assert kept.settled.request == _request(sent)
    assert kept.settled.allocation == allocation


def test_the_same_message_is_settled_once_and_gets_the_same_answer(stock: Stock) -> None:
    sent = settlements(KNOWN, 1)[0]
    allocation = _settle(stock, sent)
    before = _events(stock)
    assert _settle(stock, sent) == allocation
    assert _events(stock) == before
    assert stock.conflicts == 0


def test_another_message_about_a_settled_claim_is_refused(stock: Stock) -> None:
    sent = settlements(KNOWN, 1)[0]
    _settle(stock, sent)
    before = _events(stock)
    refused = stock.settle(_request(sent), key=MessageId("another"), at=sent.at)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.CLAIM_EXISTS
    assert _events(stock) == before


def test_who_is_second_reads_and_decides_again_and_is_counted(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = _two_of_one_patient()
    read = stock.person
    overtaken: list[PersonId] = []

    def person(asked: PersonId) -> InsuredPerson:
        found = read(asked)
        if asked in KNOWN[0].grantors and not overtaken:
            overtaken.append(asked)
            _settle(stock, other)
        return found

    monkeypatch.setattr(stock, "person", person)
    allocation = _settle(stock, mine)
    assert overtaken
    assert stock.conflicts == 1
    tried = {trial.account: trial.version for trial in allocation.trials}
    assert stock.person(overtaken[0]).version == tried[overtaken[0]] + 1


def test_clients_that_meet_in_one_family_lose_no_payment(stock: Stock) -> None:
    requests = settlements(KNOWN[:1], 40)
    paid_before = _paid_fen(stock, KNOWN[0])
    attempted = baseline.attempt(stock, requests, clients=8, seconds=60)
    assert attempted.run.settlements == 40
    assert attempted.conflicts == stock.conflicts > 0
    paid_fen = _paid_fen(stock, KNOWN[0]) - paid_before
    assert paid_fen == sum(_request(sent).own_fen for sent in requests)


def test_the_recorder_leaves_sqlite_as_durable_as_it_is_by_itself(
    stock: Stock, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as plain:
        assert stock.synchronous == plain.execute("PRAGMA synchronous").fetchone()[0]


def test_the_section_has_as_many_runs_as_asked_for_each_number_of_clients(tmp_path: Path) -> None:
    told: list[Text] = []
    size = Size(persons=12, repeat=2, baseline_settlements=5, baseline_seconds=30)
    measured = baseline.measure(size, Setting(tmp_path, BOOK, told.append))
    assert [each.runs.clients for each in measured.attempts] == list(CLIENTS)
    assert [len(each.attempts) for each in measured.attempts] == [2] * len(CLIENTS)
    assert {each.runs.settlements for each in measured.attempts} == {10}
    for each in measured.attempts:
        assert measured.times_hundredths(each.runs) == 100
    assert told
    with Stock(tmp_path / baseline.EVENTS, BOOK) as opened:
        assert _events(opened).count("SettledClaim.Settled") == 2 * len(CLIENTS) * 5


def _carry_out(ours: Application, requests: list[Sent]) -> None:
    for sent in requests:
        reply = ours.execute(sent.command, key=sent.key, at=sent.at, actor="test")
        assert isinstance(reply, Receipt), reply.says("en")


def _settle(stock: Stock, sent: Sent) -> Allocation:
    settled = stock.settle(_request(sent), key=sent.key, at=sent.at)
    assert isinstance(settled, ClaimSettled), settled.says("en")
    return settled.allocation


def _request(sent: Sent) -> ClaimRequest:
    assert isinstance(sent.command, Settle)
    return sent.command.request


def _two_of_one_patient() -> list[Sent]:
    requests = settlements(KNOWN[:1], 2)
    assert len({_request(sent).patient for sent in requests}) == 1
    return requests


def _events(stock: Stock) -> list[str]:
    """Give every stored event in its order: what is behind the last colon of its topic."""
    events = stock.recorder.select_notifications(start=1, limit=100_000)
    return [event.topic.rpartition(":")[2] for event in events]


def _persons(family: Family) -> tuple[PersonId, ...]:
    return family.patients + family.grantors


def _paid_fen(stock: Stock, family: Family) -> int:
    accounts = [stock.person(person).state.account for person in family.grantors]
    return sum(account.paid_fen for account in accounts if account)
