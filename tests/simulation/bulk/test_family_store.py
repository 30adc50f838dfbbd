"""One family of a log becomes a store, or nothing is left of it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain import judging
from domain.codes import Relation
from domain.ids import ClaimId
from domain.rules import RuleBook
from ledger.application import Application
from ledger.errors import StoreExists
from ledger.store import open_writer
from simulation.bulk.arrays import CANCEL, WHOLE
from simulation.bulk.families import family_store
from simulation.bulk.families.family import CannotLoad
from simulation.bulk.families.family_store import course_of, store_of
from simulation.bulk.states.state_files import StateFile
from tests.builders import DAY, HERE, SAME_PROVINCE, rules
from tests.simulation.bulk.small_population import Bill, Someone, Tie, population
from tests.simulation.bulk.small_run import save_run

BOOK = RuleBook([rules()])
PEOPLE = [Someone(100, 20), Someone(500), Someone(70)]


def small_run(folder: Path) -> StateFile:
    return save_run(
        folder,
        population(PEOPLE, [Tie(1, 0)]),
        [Bill(7, 0, total=200, fund=10, slot=0), Bill(8, 2, total=90)],
        [Bill(7, 0, kind=CANCEL, line=0, flags=WHOLE, slot=0), Bill(9, 1, total=30)],
        book=BOOK,
    )


def test_the_store_holds_the_family_and_what_the_log_says_of_it(tmp_path: Path) -> None:
    opened = small_run(tmp_path)
    course = course_of(tmp_path / "log", opened, name="1")
    assert [entry.claim for entry in course.history] == [7, 7, 9]
    assert store_of(course, tmp_path / "books", book=BOOK) == []
    with open_writer(tmp_path / "books") as store, Application(store, BOOK) as app:
        seventh, eighth = (app.claim(ClaimId(claim)) for claim in ("B7", "B8"))
        assert seventh is not None
        assert seventh.status == "cancelled"
        assert eighth is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["books", "log", "state"]


def test_nothing_is_left_where_the_rules_allow_no_such_family(tmp_path: Path) -> None:
    course = course_of(tmp_path / "log", small_run(tmp_path), name="0")
    other = RuleBook([rules({"pool.relations": frozenset({Relation.SPOUSE})})])
    with pytest.raises(CannotLoad, match="Bind P000000001 P000000000"):
        store_of(course, tmp_path / "books", book=other)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "state"]


def test_the_pool_lies_in_an_area_whose_rules_allow_the_family(tmp_path: Path) -> None:
    strict = rules({"pool.relations": frozenset({Relation.SPOUSE})})
    book = RuleBook([strict, rules(region=SAME_PROVINCE)])
    people = [Someone(100, spans=((DAY, judging.COVERED),)), Someone(500, home=1)]
    state = population(people, [Tie(1, 0, active_from=DAY)], open_years=[2026, 2026])
    opened = save_run(tmp_path, state, [Bill(7, 0, total=200)], book=book)
    course = course_of(tmp_path / "log", opened, name="0")
    assert course.family.areas == (HERE, SAME_PROVINCE)
    assert store_of(course, tmp_path / "books", book=book) == []
    with open_writer(tmp_path / "books") as store, Application(store, book) as app:
        pool = app.pool(course.family.pool)
        assert pool is not None
        assert (pool.region, pool.opened_by) == (SAME_PROVINCE, "P000000001")


def test_nothing_is_left_where_the_ledger_decides_otherwise(tmp_path: Path) -> None:
    course = course_of(tmp_path / "log", small_run(tmp_path), name="0")
    other = RuleBook([rules({"pool.per_use_cap": 5})])
    found = store_of(course, tmp_path / "books", book=other)
    assert [difference.what.en for difference in found] == ["legs", "cash", "rule set"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "state"]


def test_a_place_that_is_taken_stays_as_it_is(tmp_path: Path) -> None:
    course = course_of(tmp_path / "log", small_run(tmp_path), name="0")
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreExists):
        store_of(course, tmp_path / "books", book=BOOK)
    assert (tmp_path / "books" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_the_state_must_be_the_one_on_which_the_log_began(tmp_path: Path) -> None:
    opened = small_run(tmp_path)
    with pytest.raises(CannotLoad, match="began on another state"):
        course_of(tmp_path / "log", opened._replace(digest="0" * 64), name="0")


def test_a_log_whose_chain_is_broken_is_not_loaded(tmp_path: Path) -> None:
    opened = small_run(tmp_path)
    path = tmp_path / "log" / "manifest.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(CannotLoad, match=r"manifest\.jsonl, line 2"):
        course_of(tmp_path / "log", opened, name="0")
    path.write_bytes(b"")
    with pytest.raises(CannotLoad, match="there is no log"):
        course_of(tmp_path / "log", opened, name="0")


def test_a_family_is_found_and_named_by_the_file_of_persons(tmp_path: Path) -> None:
    opened = small_run(tmp_path)
    with pytest.raises(CannotLoad, match="knows no family F000000005"):
        course_of(tmp_path / "log", opened, name="F000000005")
    people = {"number": [0, 1, 2], "family": ["F000000005", "F000000005", "F000000006"]}
    pq.write_table(pa.table(people), tmp_path / "state" / "persons.parquet")
    course = course_of(tmp_path / "log", opened, name="F000000005")
    assert (course.family.numbers, course.family.pool) == ((0, 1), "F000000005")
    with pytest.raises(CannotLoad, match="knows no family F000000007"):
        course_of(tmp_path / "log", opened, name="F000000007")


@pytest.mark.parametrize("name", ["P000000001", "1", "B7", "B9"])
def test_a_family_goes_by_a_person_or_a_bill_of_it(name: str, tmp_path: Path) -> None:
    course = course_of(tmp_path / "log", small_run(tmp_path), name=name)
    assert course.family.numbers == (0, 1)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        *[(wrong, "is no person") for wrong in ("", "X12", "P", "P0000000012", "-1", "F1")],
        ("B10", "knows no bill B10"),
        ("P000000003", "numbered 0 to 2"),
    ],
)
def test_names_that_nobody_has_are_refused(name: str, says: str, tmp_path: Path) -> None:
    opened = small_run(tmp_path)
    with pytest.raises(CannotLoad, match=says):
        course_of(tmp_path / "log", opened, name=name)


def test_what_stands_in_the_manifest_alone_counts(tmp_path: Path) -> None:
    opened = small_run(tmp_path)
    path = tmp_path / "log" / "manifest.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]))
    course = course_of(tmp_path / "log", opened, name="0")
    assert [entry.claim for entry in course.history] == [7]
    assert family_store.store_of(course, tmp_path / "books", book=BOOK) == []
    assert json.loads(lines[1])["number"] == 1
