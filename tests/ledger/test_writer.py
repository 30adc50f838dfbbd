"""The writer: groups, answers, refusals, failures."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from msgspec.structs import replace

from domain.facts import Change, Kind, Stream
from domain.ids import MessageId
from domain.refusals import Code, Refusal, refuse
from ledger import store as stores
from ledger.entries import End, Entry, StoredAnswer, place_of, place_of_key
from ledger.errors import StoreClosed, StoreFailed, StoreFull, StoreLocked
from ledger.store import Store
from ledger.workspace import Workspace
from ledger.writer import Decided, Job, Receipt, Reply, Writer
from tests.ledger.planted import ANNE, BERT, EVOLVE, NOON, count


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    with Writer(store, EVOLVE) as open_writer:
        yield open_writer


@pytest.fixture
def commits(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Give how many events and entries each transaction had, as they happen."""
    sizes: list[tuple[int, int]] = []
    commit = store.recorder.commit

    def counting(entries: Sequence[Entry], *, after: End) -> End:
        sizes.append((sum(entry.events for entry in entries), len(entries)))
        return commit(entries, after=after)

    monkeypatch.setattr(store.recorder, "commit", counting)
    return sizes


@contextmanager
def held_up(writer: Writer) -> Iterator[None]:
    """Keep the writer busy with a command that changes nothing, so that others queue up."""
    begun, done = Event(), Event()

    def wait(_seen: Workspace, _recorded_at: datetime) -> Refusal:
        begun.set()
        assert done.wait(10)
        return refuse(Code.NOT_HELD)

    busy = writer.submit(Job(MessageId("busy"), b"", NOON, "till-7", wait))
    assert begun.wait(10)
    yield
    done.set()
    assert isinstance(busy.result(10), Refusal)


def together(writer: Writer, jobs: Sequence[Job]) -> list[Future[Reply]]:
    """Let jobs be one group, and wait for all of them."""
    with held_up(writer):
        futures = [writer.submit(job) for job in jobs]
    for future in futures:
        future.exception(10)
    return futures


def total(writer: Writer) -> int:
    known = writer.look(lambda seen: seen.load(ANNE))
    return known.state.total if known else 0


def explode(_seen: Workspace, _recorded_at: datetime) -> Decided:
    raise ZeroDivisionError


def bad(key: str) -> Job:
    return Job(MessageId(key), b"", NOON, "till-7", explode)


def test_a_command_is_answered_with_its_position_after_the_commit(writer: Writer) -> None:
    assert writer.execute(count("m1", 5, streams=(ANNE, BERT))) == Receipt(
        MessageId("m1"), b'"counted 5"', position=2, replayed=False
    )
    assert writer.submit(count("m2", 3)).result(10) == Receipt(
        MessageId("m2"), b'"counted 3"', position=3, replayed=False
    )
    assert total(writer) == 8


def test_what_is_recorded_tells_who_when_why(store: Store, writer: Writer) -> None:
    def decide(_seen: Workspace, _recorded_at: datetime) -> Decided:
        changes = count("", 1).decide(_seen, _recorded_at)
        assert isinstance(changes, Decided)
        return changes._replace(correlation="claim-1", note="窗口更正")

    writer.execute(Job(MessageId("m1"), b"d", NOON, "till-7", decide))
    ((_, event),) = store.events()
    assert event.stream == ANNE
    assert event.originator_version == 1
    assert (event.meta.actor, event.meta.cause) == ("till-7", "m1")
    assert (event.meta.correlation, event.meta.note) == ("claim-1", "窗口更正")
    assert event.meta.recorded_at == NOON


def test_waiting_commands_share_one_transaction(
    writer: Writer, commits: list[tuple[int, int]]
) -> None:
    futures = together(writer, [count(f"m{n}", 1) for n in range(64)])
    assert commits == [(64, 64)]
    positions = [reply.position for f in futures if isinstance(reply := f.result(), Receipt)]
    assert positions == list(range(1, 65))


def test_a_group_is_cut_at_its_largest_size(store: Store, commits: list[tuple[int, int]]) -> None:
    with Writer(store, EVOLVE, largest_group=10) as writer:
        together(writer, [count(f"m{n}", 1) for n in range(25)])
    assert commits == [(10, 10), (10, 10), (5, 5)]


def test_later_commands_of_a_group_see_the_earlier_ones(
    writer: Writer, commits: list[tuple[int, int]]
) -> None:
    first, second, third = together(writer, [count("m1", 5), count("m2", -5), count("m3", -1)])
    assert isinstance(first.result(), Receipt)
    assert isinstance(second.result(), Receipt)
    assert third.result() == refuse(Code.INSUFFICIENT, person="anne")
    assert commits == [(2, 2)]


def test_a_bad_command_does_not_fail_its_neighbours(
    writer: Writer, commits: list[tuple[int, int]]
) -> None:
    before, exploding, refused, after = together(
        writer, [count("m1", 1), bad("m2"), count("m3", -9), count("m4", 1)]
    )
    assert isinstance(before.result(), Receipt)
    assert isinstance(exploding.exception(), ZeroDivisionError)
    assert isinstance(refused.result(), Refusal)
    assert isinstance(after.result(), Receipt)
    assert commits == [(2, 2)]
    assert total(writer) == 2


def test_a_command_that_breaks_an_invariant_half_way_leaves_no_trace(
    store: Store, writer: Writer
) -> None:
    def decide(_seen: Workspace, _recorded_at: datetime) -> Decided:
        fine = count("", 1).decide(_seen, _recorded_at)
        assert isinstance(fine, Decided)
        (line,) = _seen.lines
        _seen.record([Change(ANNE, replace(line.fact, by=-2))])
        return fine

    with pytest.raises(AssertionError):
        writer.execute(Job(MessageId("m1"), b"", NOON, "till-7", decide))
    assert total(writer) == 0
    assert store.recorder.answer(MessageId("m1")) is None
    assert isinstance(writer.execute(count("m1", 1)), Receipt)


def test_a_text_that_cannot_be_stored_fails_its_own_command_only(writer: Writer) -> None:
    unpaired = count("m1", 1)._replace(actor="\ud800")
    first, second = together(writer, [unpaired, count("m2", 1)])
    assert isinstance(first.exception(), ValueError)
    assert isinstance(second.result(), Receipt)
    assert total(writer) == 1


def test_a_refusal_stores_nothing_and_is_decided_afresh(
    store: Store, writer: Writer, commits: list[tuple[int, int]]
) -> None:
    assert writer.execute(count("m1", -1)) == refuse(Code.INSUFFICIENT, person="anne")
    assert commits == []
    assert store.recorder.answer(MessageId("m1")) is None
    writer.execute(count("m2", 1))
    assert isinstance(writer.execute(count("m1", -1)), Receipt)


def test_a_command_without_changes_is_still_answered_and_remembered(
    store: Store, writer: Writer
) -> None:
    job = count("m1", 1, streams=())
    assert writer.execute(job) == Receipt(MessageId("m1"), b'"counted 1"', 0, replayed=False)
    assert writer.execute(job) == Receipt(MessageId("m1"), b'"counted 1"', 0, replayed=True)
    assert store.recorder.last_position == 0


def test_the_same_key_and_request_get_the_same_answer(
    writer: Writer, commits: list[tuple[int, int]]
) -> None:
    first = writer.execute(count("m1", 5))
    assert isinstance(first, Receipt)
    assert writer.execute(count("m1", 5)) == first._replace(replayed=True)
    assert commits == [(1, 1)]


def test_the_same_key_with_another_request_is_a_conflict(writer: Writer) -> None:
    writer.execute(count("m1", 5))
    assert writer.execute(count("m1", 6)) == refuse(Code.KEY_CONFLICT, key="m1")


def test_two_of_one_key_in_one_group_are_decided_once(
    writer: Writer, commits: list[tuple[int, int]]
) -> None:
    first, same, other = together(writer, [count("m1", 5), count("m1", 5), count("m1", 6)])
    assert isinstance(receipt := first.result(), Receipt)
    assert same.result() == receipt._replace(replayed=True)
    assert other.result() == refuse(Code.KEY_CONFLICT, key="m1")
    assert commits == [(1, 1)]


def test_a_decision_can_look_up_what_another_command_was_answered(writer: Writer) -> None:
    seen_answers: list[StoredAnswer | None] = []

    def decide(seen: Workspace, _recorded_at: datetime) -> Refusal:
        seen_answers.extend(seen.answer(MessageId(key)) for key in ("m1", "m2", "m3"))
        return refuse(Code.NOT_REVERSIBLE)

    writer.execute(count("m1", 5))
    together(writer, [count("m2", 6), Job(MessageId("m9"), b"", NOON, "till-7", decide)])
    assert [kept and kept.answer for kept in seen_answers] == [b'"counted 5"', b'"counted 6"', None]


def test_recorded_instants_never_run_backwards(store: Store, writer: Writer) -> None:
    later, earlier = NOON + timedelta(hours=1), NOON - timedelta(hours=1)
    early = count("m2", 1)._replace(at=earlier)
    together(writer, [count("m1", 1, at=later), early])
    writer.execute(early._replace(key=MessageId("m3")))
    assert [event.meta.recorded_at for _, event in store.events()] == [later] * 3
    with Writer(store, EVOLVE) as second:
        second.execute(early._replace(key=MessageId("m4")))
    assert [event.meta.recorded_at for _, event in store.events(after=3)] == [later]


def test_a_failed_commit_rolls_memory_back_and_stops_the_writer(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_entries: object, *, after: End) -> End:
        assert after == End(1, 1)
        msg = "the cable is out"
        raise OSError(msg)

    writer.execute(count("m1", 1))
    with monkeypatch.context() as patch:
        patch.setattr(store.recorder, "commit", broken)
        with held_up(writer):
            exploding = writer.submit(bad("m0"))
            group = [
                writer.submit(job) for job in (count("m2", 1), count("m3", -9), count("m1", 1))
            ]
        for future in group:
            assert isinstance(error := future.exception(10), StoreFailed)
            assert "the cable is out" in error.says("en")
            assert isinstance(error.__cause__, OSError)
    assert isinstance(exploding.exception(10), ZeroDivisionError)
    assert total(writer) == 1
    for again in (writer.execute, writer.submit):
        with pytest.raises(StoreFailed):
            again(count("m2", 1))
    with Writer(store, EVOLVE) as reopened:
        assert isinstance(reopened.execute(count("m2", 1)), Receipt)
        assert total(reopened) == 2


def test_what_was_queued_behind_a_failed_commit_is_told_so(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, queued = Event(), Event()

    commit = store.recorder.commit

    def broken_once(_entries: object, **_: object) -> End:
        monkeypatch.setattr(store.recorder, "commit", commit)
        arrived.set()
        assert queued.wait(10)
        raise OSError

    monkeypatch.setattr(store.recorder, "commit", broken_once)
    first = writer.submit(count("m1", 1))
    assert arrived.wait(10)
    second = writer.submit(count("m2", 1))
    queued.set()
    assert isinstance(first.exception(10), StoreFailed)
    assert isinstance(second.exception(10), StoreFailed)


def test_after_a_full_disk_the_writer_goes_on(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_entries: object, **_: object) -> End:
        raise StoreFull(path="store")

    with monkeypatch.context() as patch:
        patch.setattr(store.recorder, "commit", full)
        with pytest.raises(StoreFull):
            writer.execute(count("m1", 1))
    assert total(writer) == 0
    assert isinstance(writer.execute(count("m1", 1)), Receipt)
    assert total(writer) == 1


def test_nobody_is_answered_before_the_commit(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, go_on, commit = Event(), Event(), store.recorder.commit

    def slow(entries: Sequence[Entry], *, after: End) -> End:
        arrived.set()
        assert go_on.wait(10)
        return commit(entries, after=after)

    monkeypatch.setattr(store.recorder, "commit", slow)
    with held_up(writer):
        futures = [writer.submit(job) for job in (count("m1", 1), count("m1", 1), count("m2", -9))]
    assert arrived.wait(10)
    assert not any(future.done() for future in futures)
    go_on.set()
    assert all(future.result(10) for future in futures)


def test_a_failing_read_fails_the_group_but_not_the_writer(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(store.recorder, "find", broken)
        with pytest.raises(OSError):  # noqa: PT011  # it has no words
            writer.execute(count("m1", 1))
    assert isinstance(writer.execute(count("m1", 1)), Receipt)


def test_a_caller_that_cancels_in_time_is_skipped(
    writer: Writer, commits: list[tuple[int, int]]
) -> None:
    with held_up(writer):
        leaving, staying = writer.submit(count("m1", 1)), writer.submit(count("m2", 1))
        assert leaving.cancel()
    assert isinstance(staying.result(10), Receipt)
    assert commits == [(1, 1)]
    assert total(writer) == 1


def test_asyncio_callers_wait_in_the_same_groups(
    writer: Writer, commits: list[tuple[int, int]]
) -> None:
    async def ask() -> list[Reply]:
        waiting = [asyncio.wrap_future(writer.submit(count(f"m{n}", 1))) for n in range(20)]
        return await asyncio.gather(*waiting)

    assert all(isinstance(reply, Receipt) for reply in asyncio.run(ask()))
    assert sum(answers for _, answers in commits) == 20
    assert total(writer) == 20


def test_closing_finishes_what_is_queued_and_takes_no_more(store: Store) -> None:
    writer = Writer(store, EVOLVE)
    with held_up(writer):
        futures = [writer.submit(count(f"m{n}", 1)) for n in range(5)]
    writer.close()
    assert all(isinstance(future.result(0), Receipt) for future in futures)
    for again in (writer.submit, writer.execute):
        with pytest.raises(StoreClosed):
            again(count("m9", 1))
    writer.close()


def test_a_store_opened_for_reading_has_no_writer(path: Path) -> None:
    with stores.open_reader(path) as reader, pytest.raises(AssertionError):
        Writer(reader, EVOLVE)


def test_a_forked_copy_of_the_writing_process_may_not_write(
    in_file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Writer(in_file, EVOLVE) as writer:
        writer.execute(count("m1", 1))
        writing = os.getpid()
        with monkeypatch.context() as forked:
            forked.setattr(os, "getpid", lambda: writing + 1)
            for again in (writer.submit, writer.execute):
                with pytest.raises(StoreLocked, match=f"process {writing} on "):
                    again(count("m2", 1))
        assert in_file.recorder.answer(MessageId("m2")) is None
        assert isinstance(writer.execute(count("m2", 1)), Receipt)


def test_keys_and_streams_to_be_begun_are_looked_up_once_for_a_whole_group(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = [Stream(Kind.PERSON, f"new-{n}") for n in range(3)]
    writer.execute(count("m0", 1, streams=(begun[0],)))
    asked: list[Sequence[int]] = []
    find = store.recorder.find

    def looking(places: Sequence[int]) -> dict[int, Sequence[int]]:
        asked.append(places)
        return find(places)

    monkeypatch.setattr(store.recorder, "find", looking)
    jobs = [
        count(f"m{n}", n, streams=(stream,))._replace(opens=(stream,))
        for n, stream in enumerate(begun)
    ]
    again, *first_times = together(writer, jobs)
    assert again.result() == refuse(Code.KEY_CONFLICT, key="m0"), "m0 counted one before"
    assert all(isinstance(future.result(), Receipt) for future in first_times)
    (_busy, together_asked, *rest) = asked
    keys = [place_of_key(MessageId(f"m{n}")) for n in range(3)]
    assert sorted(together_asked) == sorted([*keys, *(place_of(*stream) for stream in begun)])
    assert rest == [(keys[0],)], "only what is there is looked at again"


def test_a_stream_said_to_be_begun_that_is_there_goes_on(store: Store) -> None:
    with Writer(store, EVOLVE) as writer:
        writer.execute(count("m1", 5))
    with Writer(store, EVOLVE) as writer:
        job = count("m2", -5)._replace(opens=(ANNE,))
        assert isinstance(writer.execute(job), Receipt)
        refused = writer.execute(count("m3", -1)._replace(opens=(ANNE, BERT)))
        assert refused == refuse(Code.INSUFFICIENT, person="anne")
    assert [event.originator_version for event in store.stream(ANNE)] == [1, 2]


def test_two_of_a_group_that_begin_the_same_stream_follow_each_other(writer: Writer) -> None:
    first, second, third = together(
        writer, [count(f"m{n}", by)._replace(opens=(ANNE,)) for n, by in enumerate((1, 1, -3))]
    )
    assert isinstance(first.result(), Receipt)
    assert isinstance(second.result(), Receipt)
    assert isinstance(third.result(), Refusal)
    assert total(writer) == 2


def test_a_command_without_changes_is_remembered_after_opening_again(path: Path) -> None:
    job = count("m1", 1, streams=())
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        first = writer.execute(job)
        assert isinstance(first, Receipt)
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        assert writer.execute(job) == first._replace(replayed=True)
        assert isinstance(writer.execute(count("m2", 1)), Receipt)
        assert store.recorder.end == End(2, 1)
