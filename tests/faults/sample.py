"""A sound store with read models: its files, and everything that is read from them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from domain.facts import Stream
from domain.ids import MessageId
from ledger import store as stores
from ledger.application import Application
from ledger.recorded import originator_id_of
from projections.runner import VIEWS, open_views
from projections.runner import run as project
from projections.tables import METADATA
from simulation.random_history import generate
from tests.faults.indexing import indexed_often
from tests.properties.rulebooks import rule_book

OPERATIONS = 90
BOOK = rule_book()

Files = dict[str, bytes]
Contents = dict[str, list[Any]]
"""What is read, by where from: "events", "answers", "streams", and each read model's table."""


class Sample(NamedTuple):
    """A sound store, and the keys and streams that it is asked for."""

    files: Files
    contents: Contents
    keys: list[MessageId]
    streams: list[Stream]


def make(path: Path, *, seed: int, logged: bool, viewed: bool) -> Sample:
    """Make a store.

    `logged`: as after a crash, when what was written last is in the log only. `viewed`: with read
    models, which say much of what the events say a second time.
    """
    stores.init(path)
    with indexed_often(), stores.open_writer(path) as store:
        with Application(store, BOOK) as application:
            generate(application, seed=seed, operations=OPERATIONS)
        if viewed:
            engine = open_views(path)
            project(store, engine)
            engine.dispose()
        events = [event for _, event in store.events()]
        files = files_of(path)
    keys = sorted({MessageId(event.meta.cause) for event in events})
    streams = sorted({event.stream for event in events})
    write(path, files if logged else files_of(path))
    sample = Sample(files_of(path), {}, keys, streams)
    return sample._replace(contents=read(path, sample))


def read(path: Path, sample: Sample) -> Contents:
    """Read everything from a store.

    Raises:
        StoreError: the events or the answers cannot be read.
    """
    with stores.open_reader(path) as store:
        contents: Contents = {
            "events": [_stored(each) for each in store.notifications()],
            "answers": [store.recorder.answer(key) for key in sample.keys],
            "streams": [
                [_stored(each) for each in store.recorder.select_events(originator_id_of(stream))]
                for stream in sample.streams
            ],
            "last position": [(store.recorder.last_position,)],
        }
    return contents | _views(path, sample) if VIEWS in sample.files else contents


def _views(path: Path, sample: Sample) -> Contents:
    """Read the read models if their bytes have changed, which saves most of the time."""
    sound = {name: data for name, data in sample.files.items() if name.startswith(VIEWS)}
    if sample.contents and all((path / name).read_bytes() == sound[name] for name in sound):
        return {table.name: sample.contents[table.name] for table in METADATA.sorted_tables}
    return _read_views(path)


def _read_views(path: Path) -> Contents:
    """Read the read models as their users do; of one that cannot be read, nothing is there."""
    engine, contents = open_views(path), Contents()
    try:
        for table in METADATA.sorted_tables:
            contents[table.name] = []
            with suppress(DatabaseError, ValueError, TypeError), engine.connect() as connection:
                rows = connection.execute(select(table).order_by(*table.primary_key))
                contents[table.name] = [tuple(row) for row in rows]
    finally:
        engine.dispose()
    return contents


def files_of(path: Path) -> Files:
    """Give every file of a store."""
    return {file.name: file.read_bytes() for file in sorted(path.iterdir())}


def write(path: Path, files: Files) -> None:
    """Make a directory hold these files and nothing else."""
    path.mkdir(exist_ok=True)
    for file in path.iterdir():
        if file.name not in files:
            file.unlink()
    for name, data in files.items():
        (path / name).write_bytes(data)


def _stored(event: Any) -> tuple[object, ...]:  # noqa: ANN401  # a stored event or a notification
    position = getattr(event, "id", None)
    return (position, event.originator_id, event.originator_version, event.topic, event.state)
