"""`gongji simulate load`: a family of a bulk run can be explained like any other."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result

from cli.session import rule_book
from simulation.bulk.arrays import NOT_DESIGNATED, WHOLE
from tests.cli.books import call
from tests.simulation.bulk.small_population import Bill, Someone, Tie, population
from tests.simulation.bulk.small_run import save_run

CREDIT, CANCEL = 2, 1


@pytest.fixture
def small_run(tmp_path: Path) -> Path:
    """Make a run on two persons of Wuhan by the shipped rules."""
    book = rule_book()
    regions = book.regions()
    wuhan = regions.index("420100")  # type: ignore[arg-type]  # a code
    people = [Someone(100_00, 20_00, home=wuhan), Someone(500_00, home=wuhan), Someone(home=wuhan)]
    bill = partial(Bill, where=wuhan)
    save_run(
        tmp_path,
        population(people, [Tie(1, 0)], open_years=[2026] * len(regions)),
        [
            bill(7, 0, total=200_00, slot=0),
            bill(8, 0, total=40_00, fund=10_00),
            bill(9, 0, total=1_00, flags=NOT_DESIGNATED),
            Bill(patient=1, total=3_00, kind=CREDIT, line=0),
            Bill(7, 0, kind=CANCEL, line=0, flags=WHOLE, slot=0),
        ],
        book=book,
    )
    return tmp_path


def load(folder: Path, *words: str) -> Result:
    base = ("simulate", "load", str(folder / "log"), "--state", str(folder / "state"))
    return call(folder / "books", *base, *words)


def test_a_family_is_loaded_and_its_claims_are_explained(small_run: Path) -> None:
    result = load(small_run, "--family", "P000000001", "-O", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [(row["kind"], row["claim"]) for row in found["rows"]] == [
        ("settle", "B7"),
        ("settle", "B8"),
        ("settle", "B9"),
        ("credit", None),
        ("cancel", "B7"),
    ]
    assert [row["refusal"] for row in found["rows"]][2] == "institution_not_designated"
    assert [row["accounts_fen"] for row in found["rows"]] == [200_00, 30_00, 0, -3_00, -200_00]
    assert (found["family"], found["persons"]) == ("F000000000", 2)
    explained = call(small_run / "books", "claim", "explain", "B8")
    assert explained.exit_code == 0, explained.output
    assert "P000000001" in explained.stdout
    assert call(small_run / "books", "check").exit_code == 0


@pytest.mark.parametrize(("lang", "says"), [("zh", "逐分一致"), ("en", "the same to the fen")])
def test_people_read_that_all_was_decided_again(small_run: Path, lang: str, says: str) -> None:
    result = load(small_run, "--family", "P000000000", "--lang", lang)
    assert result.exit_code == 0, result.output
    assert says in result.stdout
    assert "B8" in result.stdout


def test_a_difference_ends_with_1_and_leaves_no_store(small_run: Path) -> None:
    legs = small_run / "log" / "00001.legs.parquet"
    table = pq.read_table(legs)
    changed = table.column("amount").to_numpy().copy()
    changed[0] -= 1
    place = table.schema.get_field_index("amount")
    pq.write_table(table.set_column(place, table.schema.field(place), pa.array(changed)), legs)
    result = load(small_run, "--family", "0")
    assert result.exit_code == 1, result.output
    assert "B7" in result.stdout
    assert "legs" in result.stdout
    assert not (small_run / "books").exists()


def test_a_family_that_nobody_has_ends_with_2(small_run: Path) -> None:
    result = load(small_run, "--family", "P000000009")
    assert result.exit_code == 2
    assert "numbered 0 to 2" in result.stderr
