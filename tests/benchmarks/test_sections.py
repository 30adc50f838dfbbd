"""Sections of the report: what they counted really happened on the stores that they leave."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import growth, holding, hot, merkle, projecting, replaying, settling, storage
from benchmarks.books import MoneyAstray, Till, check_money, empty, founded, serving, settled
from benchmarks.clients import drive
from benchmarks.figures import Spread, cost_permille
from benchmarks.report import SECTIONS, Report, measure
from benchmarks.setting import CLIENTS, MANY, Setting, Size
from benchmarks.workload import Family, authorizations, families, own_fen, settlements
from domain.account import AccountDebited
from domain.claim import ClaimSettled
from domain.codes import Category
from ledger import store as stores


def facts(path: Path) -> Counter[str]:
    with stores.open_reader(path) as store:
        return Counter(event.fact.TOPIC for _, event in store.events())


def families_that_paid(path: Path, known: list[Family]) -> Counter[int]:
    owners = {grantor: family.number for family in known for grantor in family.grantors}
    with stores.open_reader(path) as store:
        return Counter(
            owners[event.stream.key]  # type: ignore[index]  # accounts are those of persons
            for _, event in store.events()
            if isinstance(event.fact, AccountDebited)
        )


# ---------------------------------------------------------------------------------------- settling


def test_settling_has_a_run_for_each_number_of_clients_and_round(
    size: Size, setting: Setting
) -> None:
    measured = settling.measure(size, setting)
    assert [runs.clients for runs in measured.runs] == list(CLIENTS)
    assert [len(runs.runs) for runs in measured.runs] == [size.repeat] * len(CLIENTS)
    assert {runs.settlements for runs in measured.runs} == {size.repeat * size.settlements}
    kept = facts(setting.folder / "settling")
    assert kept["claim.settled"] == len(CLIENTS) * size.repeat * size.settlements


def test_a_till_notices_when_the_accounts_did_not_pay(size: Size, setting: Setting) -> None:
    class Short(Till):
        def paid_fen(self, _: object) -> int:
            return 0

    known = families(size.persons)
    path = founded(setting, size.persons, name="short")
    with serving(path, setting.book, known=known) as till:
        short = Short(till.application, known, first=0)
        with pytest.raises(MoneyAstray, match="accounts say 0 fen"):
            short.settle(5, clients=1)
    with pytest.raises(MoneyAstray):
        check_money(asked_fen=1, found_fen=2)


def test_a_run_that_is_cut_short_has_settled_the_first_of_its_requests(
    size: Size, setting: Setting
) -> None:
    known = families(size.persons)
    path = founded(setting, size.persons, name="cut")
    with serving(path, setting.book, known=known) as till:
        run = till.settle(50_000, clients=8, seconds=1)
    assert 0 < run.settlements < 50_000
    assert facts(path)["claim.settled"] == run.settlements


# --------------------------------------------------------------------------------------------- hot


def test_hot_claims_all_hit_one_family_and_the_others_hit_its_like(
    size: Size, setting: Setting
) -> None:
    measured = hot.measure(size, setting)
    alike = hot.alike_of(families(size.persons))
    paid = families_that_paid(setting.folder / "hot", families(size.persons))
    assert set(paid) <= {family.number for family in alike}
    assert measured.families == len(alike) - 1
    assert measured.family.settlements == measured.spread.settlements
    assert measured.family.settlements == size.repeat * size.settlements
    grantors = len(alike[0].grantors)
    assert paid[alike[0].number] >= grantors * measured.family.settlements
    assert len(paid) > 1
    assert {family.region for family in alike} == {alike[0].region}
    assert {len(family.grantors) for family in alike} == {grantors}


def test_cost_says_by_how_much_one_throughput_stays_behind_another() -> None:
    assert cost_permille(Spread(75, 0, 0), Spread(100, 0, 0)) == 250
    assert cost_permille(Spread(110, 0, 0), Spread(100, 0, 0)) == -100


# ----------------------------------------------------------------------------------------- holding


def test_every_claim_is_held_and_captured_and_its_money_paid(size: Size, setting: Setting) -> None:
    measured = holding.measure(size, setting)
    count = size.repeat * size.cycles
    assert (measured.authorized.settlements, measured.captured.settlements) == (count, count)
    kept = facts(setting.folder / "holding")
    assert (kept["claim.authorized"], kept["claim.captured"]) == (count, count)
    assert kept["account.held"] == kept["account.captured"] >= 2 * count
    assert kept["claim.settled"] == 0
    cycles = measured.cycles_per_second
    assert 0 < cycles.low <= cycles.median <= cycles.high
    assert cycles.high < min(measured.authorized.per_second.high, measured.captured.per_second.high)


def test_between_holding_and_capturing_the_money_stands_on_hold(
    size: Size, setting: Setting
) -> None:
    known = families(size.persons)
    path = founded(setting, size.persons, name="held")
    with serving(path, setting.book, known=known) as till:
        requests = authorizations(known, 10)
        drive(till.send, requests, clients=MANY)
        assert till.held_fen(known) == own_fen(requests) > 0
        assert till.paid_fen(known) == 0


# ------------------------------------------------------------------------------------------ growth


def test_ledgers_grow_in_people_and_in_history(size: Size, setting: Setting) -> None:
    measured = growth.measure(size, setting)
    assert [(each.persons, each.settled) for each in measured.grown] == [
        (120, 0),
        (240, 0),
        (120, size.grown_settlements),
    ]
    for each in measured.grown:
        kept = facts(setting.folder / f"grown-{each.persons}-{each.settled}")
        assert kept["person.enrolled"] == each.persons
        assert kept["claim.settled"] == each.settled + each.runs.settlements
        founded = sum(kept.values()) - kept["claim.settled"] - kept["account.debited"]
        assert founded == each.founding.events
    assert measured.cost_permille(measured.grown[0]) == 0


def test_growth_can_be_had_without_a_history(size: Size, setting: Setting) -> None:
    only_people = size._replace(grown_persons=(12,), grown_settlements=0, repeat=1)
    assert [each.settled for each in growth.measure(only_people, setting).grown] == [0]


# ----------------------------------------------------------------------- replaying and projecting


def test_a_replay_folds_every_event_and_its_steps_take_the_time(
    size: Size, setting: Setting
) -> None:
    measured = replaying.measure(size, setting)
    count = sum(facts(settled(setting, size.persons, count=size.settlements)).values())
    assert measured.events == count > 3 * size.settlements
    assert [part.events for part in measured.parts] == [count] * size.repeat
    for rate, part in zip(measured.whole, measured.parts, strict=True):
        assert min(part.read_ns, part.decoded_ns, part.folded_ns, rate.elapsed_ns) > 0


def test_every_projection_reaches_the_end_from_nothing_each_time(
    size: Size, setting: Setting
) -> None:
    measured = projecting.measure(size, setting)
    count = sum(facts(settled(setting, size.persons, count=size.settlements)).values())
    assert [rate.events for rate in measured.rates] == [count] * size.repeat
    assert measured.per_second.low > 0


# ----------------------------------------------------------------------------------------- storage


def test_bytes_are_those_of_what_was_founded_and_settled(size: Size, setting: Setting) -> None:
    many = size._replace(settlements=300)
    measured = storage.measure(many, setting)
    assert (measured.persons, measured.settlements) == (120, 300)
    assert measured.settled.events == (setting.folder / "storage" / stores.EVENTS).stat().st_size
    kept = facts(setting.folder / "storage")
    assert measured.events == kept["claim.settled"] + kept["account.debited"]
    assert 300 <= measured.events_a_settlement_hundredths <= 400
    for file in range(3):
        assert measured.empty[file] < measured.founded[file] < measured.settled[file]
        assert measured.per_settlement[file] > 0
    written = _bytes_of_entries(setting.folder / "storage") // 300
    assert measured.per_settlement.events > written // 2


def _bytes_of_entries(path: Path) -> int:
    with stores.open_reader(path) as store:
        last = store.recorder.end.entries
        return sum(len(each.body) for each in store.recorder.entries(last - 300, limit=300))


# ------------------------------------------------------------------------------------------ merkle


def test_the_log_is_measured_against_a_recorder_that_keeps_none(
    size: Size, setting: Setting
) -> None:
    measured = merkle.measure(size, setting)
    assert len(measured.append_ns) == len(measured.bare_append_ns) == size.repeat
    runs = (measured.settling, measured.bare_settling)
    assert {each.settlements for each in runs} == {size.repeat * size.settlements}
    with stores.open_reader(setting.folder / "merkle") as store:
        assert (measured.entries, measured.events) == store.recorder.end
        assert all(store.recorder.log().leaves())
        bodies = [each.body for each in store.recorder.entries(0, limit=measured.entries)]
    for place, kept in ((0, True), (1, False)):
        with stores.open_reader(setting.folder / f"appended-1-{place}") as store:
            again = store.recorder.entries(0, limit=9_999)
            assert [each.body for each in again] == bodies
            assert {bool(each.leaf) for each in again} == {kept}
    assert measured.hash_bytes == 32 * (measured.entries + measured.entries // 256)
    assert 6 <= measured.event_bytes <= 32


# ------------------------------------------------------------------------------------------- books


def test_every_section_gets_a_store_of_its_own_with_the_same_families(setting: Setting) -> None:
    one, other = (founded(setting, 24, name=name) for name in ("one", "other"))
    with serving(one, setting.book, known=families(24)) as till:
        till.fill(3)
    assert facts(one)["claim.settled"] == 3
    assert facts(other)["claim.settled"] == 0
    assert facts(other)["person.enrolled"] == 24


def test_a_store_that_is_only_read_is_made_once(setting: Setting) -> None:
    path = settled(setting, 24, count=5)
    before = (path / stores.EVENTS).stat().st_mtime_ns
    assert settled(setting, 24, count=5) == path
    assert (path / stores.EVENTS).stat().st_mtime_ns == before
    assert facts(path)["claim.settled"] == 5


def test_no_number_of_a_settlement_comes_twice(setting: Setting) -> None:
    known = families(24)
    path = empty(setting, "numbers")
    with serving(path, setting.book, known=known, at_hand=False) as till:
        till.found()
        till.settle(4, clients=1)
        till.settle(4, clients=8)
    with stores.open_reader(path) as store:
        claims = [e.stream.key for _, e in store.events() if isinstance(e.fact, ClaimSettled)]
    assert sorted(claims) == [f"c{number}" for number in range(8)]
    lines = [line for sent in settlements(known, 1) for line in sent.command.request.lines]  # type: ignore[attr-defined]  # all are settlements
    assert {line.category for line in lines} == {Category.OUTPATIENT, Category.DRUG}


# ------------------------------------------------------------------------------------------ report


def test_the_report_has_a_field_for_every_section_and_measures_those_asked_for(
    size: Size, setting: Setting
) -> None:
    assert ("size", *SECTIONS) == Report._fields
    report = measure(size, setting, only=("hot",))
    assert report.hot is not None
    assert [name for name in SECTIONS if getattr(report, name) is not None] == ["hot"]
