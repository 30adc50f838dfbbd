"""Sections with processes of their own: one is killed while it settles, one tells its memory."""

from __future__ import annotations

from pathlib import Path
from signal import SIGKILL
from subprocess import Popen
from typing import Any

import pytest

from benchmarks import children, memory, opening, stages
from benchmarks.books import MoneyAstray, copy, serving, settled
from benchmarks.children import ChildFailed
from benchmarks.setting import MANY, Setting, Size
from benchmarks.workload import families
from domain import settlement
from domain.ids import ClaimId
from ledger import store as stores
from ledger.application import Application


@pytest.fixture
def before(size: Size, setting: Setting) -> Path:
    return settled(setting, size.persons, count=size.stored)


@pytest.fixture
def path(before: Path, tmp_path: Path) -> Path:
    return copy(before, tmp_path / "killed")


# ---------------------------------------------------------------------------------- kill and open


def test_a_killed_till_opens_again_with_everything_it_acknowledged(
    size: Size, setting: Setting
) -> None:
    measured = opening.measure(size, setting)
    assert len(measured.times) == size.repeat
    for each in measured.times:
        assert each.acknowledged >= size.killed_after
        assert each.unsure == MANY
        assert 0 <= each.kept <= each.unsure
        assert 0 < each.begun_ns < each.opened_ns < each.read_ns < each.settled_ns
    assert measured.opened_us.median < measured.read_us.median < measured.settled_us.median
    assert measured.read_us.median < measured.started_read_us.median
    assert measured.settled_us.median < measured.started_settled_us.median


def test_all_that_was_acknowledged_before_the_kill_is_in_the_store(
    size: Size, setting: Setting, path: Path
) -> None:
    keys = opening.kill_while_settling(path, size)
    assert len(set(keys)) == len(keys) >= size.killed_after
    with stores.open_writer(path) as store, Application(store, setting.book) as application:
        claims = [application.claim(ClaimId(key.replace("m", "c"))) for key in keys]
    assert all(claim is not None for claim in claims)


def test_a_till_that_ends_by_itself_is_no_crash(
    size: Size, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = children.start

    def end(_: str, **asked: object) -> Popen[str]:
        process = start("json", **asked)  # a module that refuses its arguments
        process.wait()
        return process

    monkeypatch.setattr(children, "start", end)
    with pytest.raises(ChildFailed, match="not killed"):
        opening.kill_while_settling(path, size)


def test_a_till_that_was_killed_before_it_settled_is_no_crash_in_the_middle(
    size: Size, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = children.start

    def kill_at_once(module: str, **asked: object) -> Popen[str]:
        process = start(module, **asked)
        process.kill()
        return process

    monkeypatch.setattr(children, "start", kill_at_once)
    with pytest.raises(ChildFailed, match="in the middle"):
        opening.kill_while_settling(path, size)


@pytest.mark.parametrize("wrong", ["lost", "too much"])
def test_a_balance_that_does_not_fit_what_was_acknowledged_is_noticed(
    size: Size, setting: Setting, path: Path, before: Path, wrong: str
) -> None:
    keys = opening.kill_while_settling(path, size)
    # As if a store had lost everything, or had done much that nobody sent.
    left = copy(before, setting.folder / "lost")
    if wrong == "too much":
        with serving(left, setting.book, known=families(size.persons), first=10**6) as till:
            till.fill(2_000)
    with pytest.raises(MoneyAstray):
        opening.open_again(left, setting, size=size, before=before, keys=keys)


def test_a_store_that_does_not_open_is_told(
    size: Size, setting: Setting, path: Path, before: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (path / stores.EVENTS).write_bytes(b"no store")
    with pytest.raises(ChildFailed, match="ended with 1"):
        opening.open_again(path, setting, size=size, before=before, keys=["m30"])
    assert "StoreDamaged" in capfd.readouterr().err


def test_the_signal_is_the_one_that_nobody_can_catch(
    size: Size, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Popen[str]] = []
    start = children.start

    def note(module: str, **asked: Any) -> Popen[str]:  # noqa: ANN401  # as `start`
        started.append(start(module, **asked))
        return started[-1]

    monkeypatch.setattr(children, "start", note)
    opening.kill_while_settling(path, size)
    assert [process.returncode for process in started] == [-SIGKILL]


# ----------------------------------------------------------------------------------------- memory


def test_memory_grows_as_a_process_gets_to_know_people(size: Size, setting: Setting) -> None:
    measured = memory.measure(size._replace(memory_persons=1_200, settlements=50), setting)
    assert (measured.persons, measured.settlements) == (1_200, 50)
    assert 10_000_000 < measured.started <= measured.opened < measured.at_hand < measured.settled
    assert 100 < measured.per_person < 100_000
    with stores.open_reader(setting.folder / "memory") as store:
        settled = sum(event.fact.TOPIC == "claim.settled" for _, event in store.events())
    assert settled == 1_000 + 50  # the first lot is for warmth


def test_resident_bytes_are_our_own() -> None:
    before = memory.resident()
    block = bytearray(b"x" * 50_000_000)
    assert memory.resident() - before > 40_000_000
    assert len(block) == 50_000_000


# ----------------------------------------------------------------------------------------- stages


def test_stages_and_the_rest_are_the_whole_time(size: Size, setting: Setting) -> None:
    measured = stages.measure(size, setting)
    assert [profile.clients for profile in measured.profiles] == [1, MANY]
    for profile in measured.profiles:
        assert profile.settlements == size.settlements
        assert sum(stage.own_ns for stage in profile.stages) == profile.elapsed_ns
        assert all(stage.own_ns > 0 for stage in profile.stages)
        calls = {stage.name: stage.calls for stage in profile.stages}
        assert {calls[name] for name in ("client", "request", "decide", "encode")} == {20}
        assert sum(profile.share_permille(stage) for stage in profile.stages) <= 1_000
    alone, together = ({stage.name: stage for stage in each.stages} for each in measured.profiles)
    assert alone["commit"].calls == size.settlements > together["commit"].calls


def test_the_timer_leaves_the_ledger_as_it_was() -> None:
    before = [getattr(owner, name) for _, owner, name in stages.PLACES]
    with stages.timed():
        within = [getattr(owner, name) for _, owner, name in stages.PLACES]
        assert not set(map(id, within)) & set(map(id, before))
    assert [getattr(owner, name) for _, owner, name in stages.PLACES] == before


def test_a_stage_counts_its_own_time_only() -> None:
    timer = stages.Timer()

    def wait(turns: int) -> None:
        sum(range(turns))

    inner = timer.around("inner", lambda: wait(2_000_000))

    def both() -> None:
        inner()
        wait(10)

    outer = timer.around("outer", both)
    outer()
    assert timer.calls == {"inner": 1, "outer": 1}
    assert timer.own_ns["inner"] > 10 * timer.own_ns["outer"] > 0


def test_a_stage_that_nothing_went_through_is_an_error(
    size: Size, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    unused = ("unused", settlement, "authorize")
    monkeypatch.setattr(stages, "PLACES", (*stages.PLACES, unused))
    with pytest.raises(stages.StageMissed, match="unused"):
        stages.measure(size, setting)
