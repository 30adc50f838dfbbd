"""What SQLite says is told in the ledger's words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from eventsourcing.persistence import IntegrityError

from ledger.sqlite_file import create, translated

if TYPE_CHECKING:
    from pathlib import Path


def test_an_entry_that_is_there_already_is_a_conflict(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    create(path)
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(entries)")]
        row = [1 if name != "body" else b"{}" for name in columns]
        places = ", ".join("?" for _ in columns)
        statement = f"INSERT INTO entries VALUES ({places})"  # noqa: S608  # nothing but marks
        connection.execute(statement, row)
        with pytest.raises(IntegrityError, match="UNIQUE"), translated(path):
            connection.execute(statement, row)
