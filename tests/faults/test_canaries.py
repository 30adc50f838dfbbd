"""What a fault has to notice is planted, and is noticed: the net is tried before the fish."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest

from domain.ids import MessageId
from domain.refusals import Code, refuse
from domain.rules import RuleBook
from ledger import commands
from ledger import store as stores
from ledger.application import Application
from ledger.writer import Receipt, Reply
from projections.runner import VIEWS
from tests.builders import rules
from tests.faults import (
    bit_flips,
    cancelled_callers,
    duplicate_keys,
    kills,
    newer_versions,
    races,
    racing,
    sample,
    second_writer,
    street,
)
from tests.faults.gate import Counter, counter
from tests.faults.report import Tally
from tests.faults.victim import digest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a store in which the street is founded."""
    stores.init(tmp_path / "store")
    with stores.open_writer(tmp_path / "store") as store, Application(store, street.BOOK) as ours:
        street.found(ours)
    return tmp_path / "store"


def told_after_settling(path: Path, *numbers: int, lost: int | None = None) -> list[bytes]:
    """Settle, and give what a victim would tell; `lost` is acknowledged and never happened."""
    with stores.open_writer(path) as store, Application(store, street.BOOK) as ours:
        replies = street.answers(ours, map(street.sent, numbers))
    receipts = {n: r for n, r in zip(numbers, replies, strict=True) if isinstance(r, Receipt)}
    assert len(receipts) == len(numbers)
    told = [f"? {n}".encode() for n in numbers]
    told += [f"! {n} {r.position} {digest(r.answer)}".encode() for n, r in receipts.items()]
    return told if lost is None else [*told, f"? {lost}".encode(), f"! {lost} 1 x".encode()]


def resolve(path: Path, told: list[bytes], *, seen: int) -> Tally:
    """Judge what is in a store by what was told."""
    tally = Tally()
    with stores.open_writer(path) as store, Application(store, street.BOOK) as ours:
        kills._resolve(store, ours, told, seen=seen, tally=tally)
    return tally


def last_position(path: Path) -> int:
    with stores.open_reader(path) as store:
        return store.recorder.last_position


def test_a_kill_after_which_nothing_is_wrong_has_only_known_and_unknown_outcomes(
    path: Path,
) -> None:
    seen = last_position(path)
    told = [*told_after_settling(path, 0, 1, 2)[:-1], b"? 3"]  # 2 was not heard of, 3 not sent
    counts = resolve(path, told, seen=seen).counts
    assert (counts[kills.ACKNOWLEDGED], counts[kills.DURABLE], counts[kills.NEVER]) == (2, 1, 1)


def test_an_acknowledged_settlement_that_is_lost_is_noticed(path: Path) -> None:
    seen = last_position(path)
    told = told_after_settling(path, 0, 1, lost=2)
    with pytest.raises(AssertionError, match="acknowledged, and lost"):
        resolve(path, told, seen=seen)


def test_an_acknowledgement_that_differs_from_the_record_is_noticed(path: Path) -> None:
    seen = last_position(path)
    told = [line.replace(b"! 1 ", b"! 1 9") for line in told_after_settling(path, 0, 1)]
    with pytest.raises(AssertionError):
        resolve(path, told, seen=seen)


def test_something_that_nobody_has_sent_is_noticed(path: Path) -> None:
    seen = last_position(path)
    told = told_after_settling(path, 0, 1, 2)
    without = [line for line in told if line.split()[1] != b"1"]
    with pytest.raises(AssertionError):
        resolve(path, without, seen=seen)


def test_a_second_writer_that_is_let_in_is_noticed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def let_in(_path: Path, application: Application, number: int) -> str:
        street.answers(application, [street.settle(number + 77)])
        return "was let in"

    monkeypatch.setattr(second_writer, "ATTEMPTS", {"planted": let_in})
    tally = Tally()
    stores.init(path / "another")
    second_writer._write_on(path / "another", 0, tally)
    assert tally.bad == 2
    assert tally.findings == ["planted: was let in", "planted: the files have changed"]


def test_a_store_that_is_not_newer_counts_as_not_refused(path: Path) -> None:
    told_after_settling(path, 0)
    for trying in (newer_versions._opened, newer_versions._read, newer_versions._continued):
        assert trying(path) is not None


def test_a_bit_that_nothing_reads_lies_in_unused_space(tmp_path: Path) -> None:
    sound = sample.make(tmp_path / "sound", seed=1, logged=False, viewed=True)
    sample.write(tmp_path / "flipped", sound.files)
    assert bit_flips._judge(tmp_path / "flipped", sound) == (bit_flips.UNUSED, [])


def test_what_is_read_differently_is_not_unused_space(tmp_path: Path) -> None:
    sound = sample.make(tmp_path / "sound", seed=1, logged=False, viewed=True)
    sample.write(tmp_path / "flipped", sound.files)
    with closing(sqlite3.connect(tmp_path / "flipped" / VIEWS)) as views:
        views.execute("UPDATE balances SET available_fen = available_fen + 1")
        views.commit()
    verdict, _ = bit_flips._judge(tmp_path / "flipped", sound)
    assert verdict == "found by checks of the books"


def test_what_is_read_differently_and_found_by_nobody_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = sample.make(tmp_path / "sound", seed=1, logged=False, viewed=True)
    sample.write(tmp_path / "flipped", sound.files)
    with closing(sqlite3.connect(tmp_path / "flipped" / VIEWS)) as views:
        views.execute("UPDATE balances SET available_fen = available_fen + 1")
        views.commit()
    monkeypatch.setattr(bit_flips, "CHECKS", {})
    verdict, places = bit_flips._judge(tmp_path / "flipped", sound)
    assert verdict == bit_flips.SILENT
    assert places
    assert all(place.startswith("balances ") for place in places)


def test_a_writer_that_does_not_find_everything_is_noticed(tmp_path: Path) -> None:
    sound = sample.make(tmp_path / "sound", seed=1, logged=False, viewed=False)
    sample.write(tmp_path / "flipped", sound.files)
    assert bit_flips._misled(tmp_path / "flipped", sound) == ""
    assert bit_flips._misled(tmp_path / "flipped", sound._replace(by_writer=[])) != ""


def test_a_key_that_happens_twice_is_noticed() -> None:
    key = MessageId("k1")
    twice = [
        duplicate_keys.Sent(key, 100, Receipt(key, b"done", position, replayed=False))
        for position in (1, 2)
    ]
    with pytest.raises(AssertionError, match="happened 2 times"):
        duplicate_keys._check_key(key, twice, Tally())


def test_a_repeated_answer_that_differs_is_noticed() -> None:
    key = MessageId("k1")
    first = duplicate_keys.Sent(key, 100, Receipt(key, b"done", 1, replayed=False))
    other = duplicate_keys.Sent(key, 100, Receipt(key, b"doNe", 1, replayed=True))
    with pytest.raises(AssertionError):
        duplicate_keys._check_key(key, [first, other], Tally())


def test_a_caller_whose_command_happened_twice_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    submit = Counter.submit

    def submit_twice(here: Counter, command: commands.Command, key: str) -> Future[Reply]:
        if key == "k0-0":
            submit(here, command, "another-key")
        return submit(here, command, key)

    monkeypatch.setattr(Counter, "submit", submit_twice)
    with counter() as here, pytest.raises(AssertionError, match="happened twice"):
        cancelled_callers._one_group(here, 0, Tally())


@pytest.mark.parametrize("judge", [races._cancelled_once, races._ended_once])
def test_a_race_with_two_winners_or_none_is_noticed(
    judge: Callable[[racing.Family, races.Replies], int],
) -> None:
    done = Receipt(MessageId("r"), b"", 1, replayed=False)
    refusal = refuse(Code.ALREADY_CANCELLED)
    with stores.memory() as store, Application(store, RuleBook([rules()])) as application:
        family = racing.Family(1, application)
        for replies in ((done, done), (refusal, refusal)):
            with pytest.raises(AssertionError):
                judge(family, replies)
