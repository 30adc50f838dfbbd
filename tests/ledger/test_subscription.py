"""Following a history that another thread, or another process, is writing."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from ledger import store as stores
from tests.ledger.planted import ANNE, event
from tests.ledger.test_store import fill


def test_a_reader_follows_what_a_writer_records_later(path: Path) -> None:
    with stores.open_reader(path) as store, store.recorder.subscribe(gt=2) as following:
        writing = Thread(target=fill, args=(path,))
        writing.start()
        assert [next(following).id for _ in range(4)] == [3, 4, 5, 6]
        writing.join()


def test_a_follower_that_waits_can_be_stopped(path: Path) -> None:
    with stores.open_reader(path) as store:
        following = store.recorder.subscribe()
        waiting = Thread(target=list, args=(following,))
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
        following.stop()
        waiting.join(10)
        assert not waiting.is_alive()


def test_a_stopped_follower_gives_nothing_of_what_it_had_read(path: Path) -> None:
    fill(path)
    with stores.open_reader(path) as store, store.recorder.subscribe() as following:
        assert next(following).originator_version == event(ANNE, 1).originator_version
        following.stop()
        assert list(following) == []
