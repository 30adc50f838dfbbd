"""Pages, positions, crashes, rebuilding: every way leads to the same tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.pool import StaticPool

from ledger.store import memory
from projections import runner
from projections.balances import balances
from projections.errors import ReadModelAhead, ReadModelBusy
from projections.projection import Projection
from projections.tables import BALANCES, METADATA, TRACKING
from tests.projections.histories import History, random_history
from tests.projections.history_of_everything import history_of_everything


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Give every row of every table in order of key."""
    with engine.connect() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in METADATA.sorted_tables
        }


def other() -> Engine:
    return create_engine("sqlite://", poolclass=StaticPool)


@pytest.mark.parametrize("seed", range(6))
def test_pages_of_any_size_give_the_same_tables(seed: int, engine: Engine) -> None:
    store = random_history(seed).store
    runner.run(store, engine)
    for page in (1, 7, 100):
        second = other()
        runner.run(store, second, page=page)
        assert contents(second) == contents(engine)


@pytest.mark.parametrize("seed", range(6))
def test_following_a_growing_history_gives_the_same_tables(seed: int, engine: Engine) -> None:
    history = History(seed)
    history.found_family()
    for _ in range(15):
        history.live(10)
        runner.run(history.store, engine, page=9)
    second = other()
    runner.run(history.store, second)
    assert contents(second) == contents(engine)


@pytest.mark.parametrize("name", runner.PROJECTIONS)
def test_every_projection_can_be_dropped_and_rebuilt(name: str, engine: Engine) -> None:
    store = history_of_everything().store
    runner.run(store, engine)
    before = contents(engine)
    with engine.begin() as connection:
        METADATA.drop_all(connection, runner.PROJECTIONS[name].tables)
    runner.rebuild(store, engine, name)
    assert contents(engine) == before


def test_positions_tell_how_far_each_projection_has_come(engine: Engine) -> None:
    store = history_of_everything().store
    assert set(runner.positions(engine).values()) == {0}
    runner.run(store, engine, names=["balances"], upto=20)
    assert runner.positions(engine)["balances"] == 20
    assert runner.positions(engine)["journal"] == 0
    assert runner.run(store, engine) == store.recorder.last_position
    assert set(runner.positions(engine).values()) == {store.recorder.last_position}


def test_an_empty_store_gives_empty_tables(engine: Engine) -> None:
    assert runner.run(memory(), engine) == 0
    assert balances(engine) == {}


def test_progress_is_told_page_by_page(engine: Engine) -> None:
    store = history_of_everything().store
    told: list[tuple[int, int]] = []
    runner.run(store, engine, page=50, progress=lambda done, total: told.append((done, total)))
    last = store.recorder.last_position
    assert told[0] == (50, last)
    assert told[-1] == (last, last)


def test_a_read_model_ahead_of_the_store_is_refused_and_left_alone(engine: Engine) -> None:
    runner.run(history_of_everything().store, engine)
    before = contents(engine)
    with pytest.raises(ReadModelAhead) as refused:
        runner.run(memory(), engine)
    assert contents(engine) == before
    for language in ("zh", "en"):
        assert refused.value.says(language)
        assert refused.value.remedy(language)


def test_a_page_that_fails_leaves_neither_rows_nor_position(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = history_of_everything().store
    runner.run(store, engine, upto=40)
    before = contents(engine)
    broken = runner.PROJECTIONS["audit_trail"]

    def fail(*_: object) -> None:
        raise RuntimeError

    planted = Projection(broken.name, broken.says, broken.version, broken.tables, fail)
    with monkeypatch.context() as patch:
        patch.setitem(runner.PROJECTIONS, "audit_trail", planted)
        with pytest.raises(RuntimeError):
            runner.run(store, engine)
    assert contents(engine) == before
    runner.run(store, engine)
    second = other()
    runner.run(store, second)
    assert contents(second) == contents(engine)


def test_two_runners_at_once_count_nothing_twice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = history_of_everything().store
    runner.run(store, engine, upto=40)
    believed = runner.positions(engine)
    runner.run(store, engine, upto=60)
    before = contents(engine)
    with monkeypatch.context() as patch:
        patch.setattr(runner, "positions", lambda _: believed)
        with pytest.raises(ReadModelBusy):
            runner.run(store, engine)
    assert contents(engine) == before


def test_a_projection_of_an_older_version_is_rebuilt(engine: Engine) -> None:
    store = history_of_everything().store
    runner.run(store, engine)
    before = contents(engine)
    with engine.begin() as connection:
        old = TRACKING.c.projection == "balances"
        connection.execute(update(TRACKING).where(old).values(version=0))
        connection.execute(update(BALANCES).values(available_fen=1))
    runner.run(store, engine)
    assert contents(engine) == before


def test_views_are_a_file_in_the_directory_of_the_store(tmp_path: Path) -> None:
    views = runner.open_views(tmp_path)
    runner.run(history_of_everything().store, views)
    assert balances(views)
    views.dispose()
    assert (tmp_path / runner.VIEWS).is_file()
