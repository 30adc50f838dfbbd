"""Making the views in the file of the read models, where any tool finds them.

Views are made anew when their definitions or words have changed. The clearing follows from the
events and from no table, so its lines are written down beside them, up to a position.
"""

# ruff: noqa: S608  # statements are put together from this package's own names alone

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from domain.text import Text
from projections.chart import CHART
from projections.clearing import clearing_lines
from projections.reading import one_position
from projections.runner import PROJECTIONS
from projections.views.catalogue import VIEWS
from projections.views.claim_views import CLEARING_COLUMNS, CLEARING_TABLE
from projections.views.event_names import EVENT_NAMES
from projections.views.family_views import PERIODS
from projections.views.fields import CODES

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from ledger.store import Store

Words = Mapping[str, Mapping[str, Text]]
"""The words of codes, by vocabulary."""

STATE = "t_视图"
"""One row: digest of what the views were made from, and the position of the clearing."""

_BATCH = 10_000  # lines of the clearing that are written at a time
_CODES_SQL = (
    f"CREATE TABLE {CODES} (词表 TEXT NOT NULL, 代码 TEXT NOT NULL, 中文 TEXT NOT NULL, "
    "英文 TEXT NOT NULL, PRIMARY KEY (词表, 代码)) WITHOUT ROWID"
)
_CLEARING_SQL = f"CREATE TABLE {CLEARING_TABLE} ({', '.join(CLEARING_COLUMNS)})"
_STATE_SQL = f"CREATE TABLE IF NOT EXISTS {STATE} (版本 TEXT NOT NULL, 记账位置 INTEGER NOT NULL)"


def make(store: Store, engine: Engine, *, words: Words) -> int:
    """Bring the views up to date with the read models, and give their position.

    `words` are those of codes; accounts and kinds of events are named here.

    Raises:
        ReadModelBusy: another process is bringing the read models up to date.
    """
    known = {
        **words,
        "Account": {code.value: name for code, name in CHART.items()},
        "Period": PERIODS,
        "Topic": EVENT_NAMES,
    }
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        position = one_position(connection, PROJECTIONS)
        digest = _digest(known)
        made, cleared = _state(connection)
        if made != digest:
            _make_views(connection, known)
        if made != digest or cleared != position:
            _write_clearing(connection, store, position)
            _keep_state(connection, digest, position)
        connection.commit()
    return position


def _digest(words: Words) -> str:
    """Tell definitions and words apart from earlier ones."""
    what = [[view.sql() for view in VIEWS.values()], _CODES_SQL, _CLEARING_SQL, words]
    return sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _state(connection: Connection) -> tuple[str | None, int | None]:
    connection.exec_driver_sql(_STATE_SQL)
    found = connection.exec_driver_sql(f"SELECT 版本, 记账位置 FROM {STATE}").one_or_none()
    return (found[0], found[1]) if found else (None, None)


def _keep_state(connection: Connection, digest: str, position: int) -> None:
    connection.exec_driver_sql(f"DELETE FROM {STATE}")
    connection.exec_driver_sql(f"INSERT INTO {STATE} VALUES (?, ?)", (digest, position))


def _make_views(connection: Connection, words: Words) -> None:
    """Drop all views that there are, and make those that there should be, with their words."""
    old = "SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'v!_%' ESCAPE '!'"
    for name in connection.exec_driver_sql(old).scalars().all():
        connection.exec_driver_sql(f'DROP VIEW "{name}"')
    for table, sql in ((CODES, _CODES_SQL), (CLEARING_TABLE, _CLEARING_SQL)):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
        connection.exec_driver_sql(sql)
    rows = [
        (vocabulary, code, text.zh, text.en)
        for vocabulary, codes in sorted(words.items())
        for code, text in sorted(codes.items())
    ]
    connection.exec_driver_sql(f"INSERT INTO {CODES} VALUES (?, ?, ?, ?)", rows)
    for view in VIEWS.values():
        connection.exec_driver_sql(view.sql())


def _write_clearing(connection: Connection, store: Store, position: int) -> None:
    connection.exec_driver_sql(f"DELETE FROM {CLEARING_TABLE}")
    places = ", ".join("?" * len(CLEARING_COLUMNS))
    insert = f"INSERT INTO {CLEARING_TABLE} VALUES ({places})"
    lines = clearing_lines(store, upto=position)
    while batch := list(islice(lines, _BATCH)):
        rows = [
            tuple(str(value) if name == "booked_on" else value for name, value in named)
            for named in (
                [(name, getattr(line, name)) for name in CLEARING_COLUMNS] for line in batch
            )
        ]
        connection.exec_driver_sql(insert, rows)
