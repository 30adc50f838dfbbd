"""What the check of a store says, and how to plant what it must find in an index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ledger import store as stores
from ledger.check import check_store
from ledger.sqlite_recorder import INDEX


def found(path: Path) -> list[str]:
    """Check a store and give what is said, in English."""
    with stores.open_reader(path) as store:
        return [problem.says.en for problem in check_store(store)]


def missing(counted: str, should: int, is_: int) -> str:
    """Say that a number is not the next one."""
    return f"{counted} should be {should} and is {is_}: events are missing or out of order"


def change_index(path: Path, statement: str, *values: int) -> None:
    """Change the index behind the store's back; the statement must hit something."""
    with closing(sqlite3.connect(path / INDEX)) as index, index:
        assert index.execute(statement, values).rowcount > 0, statement
