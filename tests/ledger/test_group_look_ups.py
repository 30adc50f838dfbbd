"""What a group of commands looks up before it decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from domain.facts import Kind, Stream
from domain.ids import MessageId
from domain.refusals import Code, Refusal, refuse
from ledger import store as stores
from ledger.entries import End, place_of, place_of_key
from ledger.store import Store
from ledger.writer import Receipt, Writer
from tests.ledger.planted import ANNE, BERT, EVOLVE, count
from tests.ledger.test_writer import together, total


def test_keys_and_streams_to_be_begun_are_looked_up_once_for_a_whole_group(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = [Stream(Kind.PERSON, f"new-{n}") for n in range(3)]
    writer.execute(count("m0", 1, streams=(begun[0],)))
    asked: list[Sequence[int]] = []
    find = store.recorder.find

    def looking(places: Sequence[int]) -> Mapping[int, Sequence[int]]:
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


def test_names_that_are_no_text_fail_their_own_commands_only(writer: Writer) -> None:
    no_text = Stream(Kind.PERSON, "\udc00")
    sound, bad_key, bad_stream, refused = together(
        writer,
        [
            count("m1", 1),
            count("\ud800", 1),
            count("m3", 1, streams=(no_text,))._replace(opens=(no_text,)),
            count("m4", -1, streams=(no_text,))._replace(opens=(no_text,)),
        ],
    )
    assert isinstance(sound.result(), Receipt)
    assert isinstance(bad_key.exception(), ValueError)
    assert isinstance(bad_stream.exception(), ValueError)
    assert isinstance(refused.result(), Refusal)
    assert total(writer) == 1
