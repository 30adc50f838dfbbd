"""What the canonical workload asks, and how its clients count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from itertools import islice
from queue import SimpleQueue
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest

from benchmarks.clients import NotSettled, Run, Runs, drive, drive_threads
from benchmarks.figures import Spread
from benchmarks.workload import (
    Sent,
    authorizations,
    captures,
    endless,
    families,
    founding,
    persons_in,
    request_of,
    settlements,
)
from domain.account import AccountDebited
from domain.claim import ClaimSettled
from domain.refusals import Code, refuse
from ledger import store as stores
from ledger.application import Application
from ledger.commands import Settle
from ledger.writer import Receipt
from policies import loader

REQUESTS = settlements(families(12), 20)


def answered(result: object = None) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(result)
    return future


def test_families_have_three_four_and_five_members() -> None:
    sizes = [len(family.patients) + len(family.grantors) for family in families(36)]
    assert Counter(sizes) == {3: 3, 4: 3, 5: 3}
    assert len({family.region for family in families(36)}) == 3


def test_the_same_size_gives_the_same_commands() -> None:
    assert settlements(families(12), 20) == REQUESTS
    assert settlements(families(12), 20, first=20) != REQUESTS


def test_every_settlement_is_shared_by_two_or_three_accounts() -> None:
    known = families(24)
    with stores.memory() as store, Application(store, loader.load()) as application:
        for sent in [*founding(known), *settlements(known, 60)]:
            reply = application.execute(sent.command, key=sent.key, at=sent.at, actor="test")
            assert isinstance(reply, Receipt), reply.says("en")
        facts = [event.fact for _, event in store.events()]
    debits = Counter(fact.claim for fact in facts if isinstance(fact, AccountDebited))
    settled = [fact for fact in facts if isinstance(fact, ClaimSettled)]
    assert len(settled) == 60
    assert set(debits.values()) == {2, 3}
    assert not any(fact.allocation.total_cash_fen for fact in settled)


def test_every_request_has_a_key_of_its_own() -> None:
    assert len({sent.key for sent in REQUESTS}) == len(REQUESTS)
    assert all(isinstance(sent.command, Settle) for sent in REQUESTS)


def test_holds_are_of_the_same_claims_and_every_one_has_its_capture() -> None:
    held = authorizations(families(12), 20, first=40)
    settled = settlements(families(12), 20, first=40)
    assert [request_of(sent) for sent in held] == [request_of(sent) for sent in settled]
    taken = [getattr(sent.command, "claim") for sent in captures(20, first=40)]  # noqa: B009  # any command
    assert taken == [request_of(sent).claim for sent in held]
    assert not {sent.key for sent in held} & {sent.key for sent in settled}


def test_settlements_without_end_are_numbered_on_and_the_same_each_time() -> None:
    found = [list(islice(endless(families(12), first=7), 2_500)) for _ in range(2)]
    assert found[0] == found[1]
    assert [sent.key for sent in found[0]] == [f"m{number}" for number in range(7, 2_507)]


def test_there_are_at_least_as_many_persons_as_asked() -> None:
    assert [persons_in(families(asked)) for asked in (12, 13, 120)] == [12, 15, 120]


def test_so_many_requests_are_in_flight_as_there_are_clients() -> None:
    waiting: SimpleQueue[Future[Any]] = SimpleQueue()
    in_flight: list[int] = []

    def submit(_: Sent) -> Future[Any]:
        future: Future[Any] = Future()
        waiting.put(future)
        in_flight.append(waiting.qsize())
        return future

    def answer() -> None:
        while len(in_flight) < 4:  # until all clients have sent their first request
            sleep(0)
        for _ in REQUESTS:
            waiting.get().set_result(None)

    answering = Thread(target=answer)
    answering.start()
    drive(submit, REQUESTS, clients=4)
    answering.join()
    assert max(in_flight) == 4


def test_every_request_is_sent_once_and_timed() -> None:
    seen: list[Sent] = []

    def submit(sent: Sent) -> Future[Any]:
        seen.append(sent)
        return answered()

    run = drive(submit, REQUESTS, clients=8)
    assert seen == REQUESTS
    assert (run.clients, run.settlements) == (8, len(REQUESTS))
    assert len(run.latencies_ns) == len(REQUESTS)


def test_a_refused_settlement_ends_the_run() -> None:
    refusal = refuse(Code.UNKNOWN_PERSON, person="p1")
    with pytest.raises(NotSettled, match="p1"):
        drive(lambda _: answered(refusal), REQUESTS, clients=2)


def test_whatever_a_ledger_raises_ends_the_run() -> None:
    def submit(_: Sent) -> Future[Any]:
        raise RuntimeError("full")  # noqa: EM101 - a word is enough here

    with pytest.raises(RuntimeError, match="full"):
        drive(submit, REQUESTS, clients=2)


def test_a_run_ends_when_its_time_is_over() -> None:
    assert drive(lambda _: answered(), REQUESTS, clients=1, seconds=0).settlements == 0


def test_a_client_in_a_thread_waits_for_its_answer_before_it_sends_again() -> None:
    inside: list[Sent] = []
    at_once: list[int] = []
    all_clients = Barrier(4)

    def call(sent: Sent) -> None:
        inside.append(sent)
        all_clients.wait(timeout=30)
        at_once.append(len(inside))
        all_clients.wait(timeout=30)
        inside.remove(sent)

    run = drive_threads(call, REQUESTS, clients=4)
    assert at_once == [4] * len(REQUESTS)
    assert (run.clients, run.settlements) == (4, len(REQUESTS))
    assert list(run.latencies_ns) == sorted(run.latencies_ns)


def test_a_refusal_or_failure_in_a_thread_ends_the_run() -> None:
    seen: list[Sent] = []

    def refuse_third(sent: Sent) -> object:
        seen.append(sent)
        return refuse(Code.UNKNOWN_PERSON, person="p1") if len(seen) == 3 else None

    with pytest.raises(NotSettled, match="p1"):
        drive_threads(refuse_third, REQUESTS, clients=1)
    assert seen == REQUESTS[:3]

    def fail(_: Sent) -> object:
        raise RuntimeError("full")  # noqa: EM101 - a word is enough here

    with pytest.raises(RuntimeError, match="full"):
        drive_threads(fail, REQUESTS, clients=2)


def test_threads_end_when_their_time_is_over() -> None:
    assert drive_threads(lambda _: None, REQUESTS, clients=2, seconds=0).settlements == 0


def test_percentiles_are_those_of_real_settlements() -> None:
    run = Run(1, 100, 10**9, tuple(1_000 * n for n in range(1, 101)))
    assert (run.per_second, run.percentile_us(50), run.percentile_us(99)) == (100, 50, 99)
    assert Run(1, 1, 1, (5_000,)).percentile_us(1) == 5


def test_several_runs_give_their_median_and_their_extremes() -> None:
    runs = Runs(tuple(Run(8, n, 10**9, (n * 1_000,)) for n in (30, 10, 20)))
    assert runs.per_second == runs.percentile_us(99) == Spread(20, 10, 30)
    assert (runs.clients, runs.settlements) == (8, 60)
    even = Runs(tuple(Run(8, n, 10**9, (1,)) for n in (1, 2, 3, 4)))
    assert even.per_second == Spread(2, 1, 4)  # a run that there was, not a mean of two


def test_requests_may_be_made_while_they_are_taken() -> None:
    made: list[int] = []

    def requests() -> Iterator[Sent]:
        for number, sent in enumerate(REQUESTS):
            made.append(number)
            yield sent

    futures: SimpleQueue[Future[Any]] = SimpleQueue()
    at_once: list[int] = []

    def submit(_: Sent) -> Future[Any]:
        at_once.append(len(made))
        future: Future[Any] = Future()
        futures.put(future)
        return future

    def answer() -> None:
        for _ in REQUESTS:
            futures.get().set_result(None)

    answering = Thread(target=answer)
    answering.start()
    run = drive(submit, requests(), clients=2)
    answering.join()
    assert run.settlements == len(REQUESTS)
    assert at_once == sorted(at_once) == list(range(1, len(REQUESTS) + 1))
