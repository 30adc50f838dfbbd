"""Bringing read models up to date: pages of events, each in one transaction with its position.

A page is taken in whole or not at all, so a crash at any moment loses nothing and counts nothing
twice. Two processes may try at the same time; one of them stops with `ReadModelBusy`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from sqlite3 import DatabaseError
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, delete, event, insert, select, update

from ledger.store import Store
from projections.audit_trail import AUDIT_TRAIL_PROJECTION
from projections.balances import BALANCES_PROJECTION
from projections.claims import CLAIMS_PROJECTION
from projections.errors import ReadModelAhead, ReadModelBusy
from projections.journal import JOURNAL_PROJECTION
from projections.projection import Page, Projection
from projections.purses import PURSES_PROJECTION
from projections.register import REGISTER_PROJECTION
from projections.reviews import REVIEWS_PROJECTION
from projections.tables import METADATA, TRACKING
from projections.usage import USAGE_PROJECTION
from projections.uses import USES_PROJECTION
from projections.wallets import WALLETS_PROJECTION

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from ledger.recorded import RecordedEvent

VIEWS = "views.sqlite"
"""The file of the read models in a store's directory."""

PAGE = 16_384  # events; a row that many of them touch is written once a page

PROJECTIONS: dict[str, Projection] = {
    projection.name: projection
    for projection in (
        BALANCES_PROJECTION,
        JOURNAL_PROJECTION,
        USAGE_PROJECTION,
        WALLETS_PROJECTION,
        PURSES_PROJECTION,
        CLAIMS_PROJECTION,
        REGISTER_PROJECTION,
        REVIEWS_PROJECTION,
        AUDIT_TRAIL_PROJECTION,
        USES_PROJECTION,
    )
}
"""Every projection by name."""

Progress = Callable[[int, int], None]
"""Told of the position reached and of the position aimed at."""


def open_views(directory: Path) -> Engine:
    """Open (and at first make) the read models in a store's directory."""
    engine = create_engine(f"sqlite:///{directory / VIEWS}")

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401  # sqlite3 or another driver
        connection.execute("PRAGMA page_size = 16384")  # of a new file
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except UnicodeDecodeError as error:  # SQLite quotes what is damaged, whatever it is
            msg = "its schema is damaged"
            raise DatabaseError(msg) from error
        connection.execute("PRAGMA cache_size = -65536")  # KiB
        # Losing the last pages in a power failure is harmless: they are made again.
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine


def positions(engine: Engine) -> dict[str, int]:
    """Give the position that each projection has reached; 0 before its first page."""
    METADATA.create_all(engine, [TRACKING])
    with engine.connect() as connection:
        found = dict(connection.execute(select(TRACKING.c.projection, TRACKING.c.position)).all())
    return {name: found.get(name, 0) for name in PROJECTIONS}


def run(
    store: Store,
    engine: Engine,
    *,
    names: Collection[str] = PROJECTIONS.keys(),
    upto: int | None = None,
    page: int = PAGE,
    progress: Progress | None = None,
) -> int:
    """Bring projections up to the end of the store, or to `upto`, and give the position reached.

    Raises:
        ReadModelAhead: a projection knows more events than there are; nothing was changed.
        ReadModelBusy: another process was faster; what was done so far is kept.
    """
    chosen = [PROJECTIONS[name] for name in names]
    _prepare_tables(engine, chosen)
    last = store.recorder.last_position
    reached = {name: at for name, at in positions(engine).items() if name in names}
    for name, at in reached.items():
        if at > last:
            raise ReadModelAhead(projection=name, position=at, last=last)
    end = last if upto is None else min(upto, last)
    done = min(reached.values(), default=end)
    events = store.events(done, upto=end)
    for position in feed(engine, events, reached=reached, page=page):
        done = position
        if progress is not None:
            progress(done, end)
    return done


def feed(
    engine: Engine,
    events: Iterable[tuple[int, RecordedEvent]],
    *,
    reached: Mapping[str, int],
    page: int = PAGE,
) -> Iterator[int]:
    """Take events in, page by page, and give the position reached after each page.

    `reached` names the projections, each with its position; what it knows already it leaves out.

    Raises:
        ReadModelBusy: a projection does not stand where it was said to; earlier pages are kept.
    """
    at = dict(reached)
    left = iter(events)
    while batch := list(islice(left, page)):
        some = Page(batch)
        with engine.begin() as connection:
            for name, position in at.items():
                _advance(connection, PROJECTIONS[name], page=some, after=position)
        at = {name: max(position, some.last) for name, position in at.items()}
        yield some.last


def rebuild(store: Store, engine: Engine, *names: str, progress: Progress | None = None) -> int:
    """Drop the tables of projections and make them again from the first event."""
    with engine.begin() as connection:
        for name in names:
            _drop(connection, PROJECTIONS[name])
    return run(store, engine, names=names, progress=progress)


def _advance(connection: Connection, projection: Projection, *, page: Page, after: int) -> None:
    """Take in what of a page is new to a projection, and move its position, as one."""
    new = page.after(after)
    if new is None:
        return
    # First of all: in SQLite, the first write keeps other writers out until the commit.
    moved = connection.execute(
        update(TRACKING)
        .where(TRACKING.c.projection == projection.name, TRACKING.c.position == after)
        .values(position=new.last)
    )
    if moved.rowcount != 1:
        raise ReadModelBusy(projection=projection.name)
    projection.project(connection, new)


def _prepare_tables(engine: Engine, chosen: Sequence[Projection]) -> None:
    """Make missing tables, and drop those of an older version so that they are rebuilt."""
    METADATA.create_all(engine, [TRACKING])
    with engine.begin() as connection:
        versions = dict(connection.execute(select(TRACKING.c.projection, TRACKING.c.version)).all())
        for projection in chosen:
            if versions.get(projection.name) == projection.version:
                continue
            _drop(connection, projection)
            METADATA.create_all(connection, projection.tables)
            row = {"projection": projection.name, "version": projection.version, "position": 0}
            connection.execute(insert(TRACKING), row)


def _drop(connection: Connection, projection: Projection) -> None:
    METADATA.create_all(connection, [TRACKING])
    connection.execute(delete(TRACKING).where(TRACKING.c.projection == projection.name))
    METADATA.drop_all(connection, projection.tables)
