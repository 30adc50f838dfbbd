"""Views as delimited files: what arrives can be counted and added up by the receiver."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli.render import safe_cell
from cli.view_words import view_words
from interchange.delimited import CONTROL, CONTROL_COLUMNS, Written, write
from ledger.store import Store
from projections.views.catalogue import VIEWS
from projections.views.making import make


@pytest.fixture
def handed_over(everything: tuple[Store, Engine], tmp_path: Path) -> tuple[Path, list[Written]]:
    """Give a folder with every view of a history of everything."""
    store, engine = everything
    make(store, engine, words=view_words())
    return tmp_path, write(engine, tmp_path, cell=safe_cell)


def read(file: Path) -> tuple[list[str], list[list[str]]]:
    head, *rows = csv.reader(file.read_text(encoding="utf-8-sig").splitlines())
    return head, rows


def test_there_is_a_file_for_every_view_and_one_of_control_totals(
    handed_over: tuple[Path, list[Written]],
) -> None:
    folder, written = handed_over
    assert {path.name for path in folder.iterdir()} == {CONTROL, *(f"{v}.csv" for v in VIEWS)}
    assert [it.view for it in written] == list(VIEWS)
    for path in folder.iterdir():
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_control_totals_are_those_of_the_files(
    everything: tuple[Store, Engine], handed_over: tuple[Path, list[Written]]
) -> None:
    folder, _ = handed_over
    head, control = read(folder / CONTROL)
    assert tuple(head) == CONTROL_COLUMNS
    checked: Counter[str] = Counter()
    position = everything[0].recorder.last_position
    for file, view, count, column, fen, at, digest in control:
        assert int(at) == position
        names, rows = read(folder / file)
        assert len(rows) == int(count)
        assert names == [each.name for each in VIEWS[view].columns]
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest
        if column:
            place = names.index(column)
            assert sum(int(row[place] or 0) for row in rows) == int(fen)
            checked[view] += 1
    assert {view: checked[view] for view in VIEWS} == {v.name: len(v.fen) for v in VIEWS.values()}
    assert sum(int(row[4] or 0) for row in control) > 0


def test_the_totals_are_those_of_the_database(
    everything: tuple[Store, Engine], handed_over: tuple[Path, list[Written]]
) -> None:
    _, engine = everything
    for it in handed_over[1]:
        with engine.connect() as connection:
            for column, fen in it.totals.items():
                summed = f"SELECT coalesce(sum({column}), 0), count(*) FROM {it.view}"  # noqa: S608  # our names
                assert connection.exec_driver_sql(summed).one() == (fen, it.rows)


def test_the_same_books_give_the_same_files(
    everything: tuple[Store, Engine], handed_over: tuple[Path, list[Written]], tmp_path: Path
) -> None:
    again = tmp_path / "again"
    again.mkdir()
    assert write(everything[1], again, cell=safe_cell) == handed_over[1]
