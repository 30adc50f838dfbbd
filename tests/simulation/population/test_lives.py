"""What is known of people besides the state agrees with their families."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from domain.codes import Insurance, Relation, Work
from domain.columns import number
from simulation.bulk.arrays import State, Terms
from simulation.population import lives
from simulation.population.lives import Lives
from simulation.population.setting import Setting


@pytest.fixture(scope="module")
def known(state: State, where: Setting) -> Lives:
    parts = list(lives.lives(len(state.home), seed=7, where=where))
    return Lives(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def test_everybody_is_described_once_and_families_follow_each_other(
    state: State, known: Lives
) -> None:
    assert known.number.tolist() == list(range(len(state.home)))
    assert set(np.diff(known.family).tolist()) == {0, 1}


def test_work_agrees_with_the_insurance(state: State, known: Lives) -> None:
    resident = (state.flags & 3) == number(Insurance.RESIDENT)
    assert ((known.work == number(Work.NONE)) == resident).all()
    age = 2026 - known.birth_year
    assert age[known.work == number(Work.RETIRED)].min() >= 50
    assert age[known.work == number(Work.IN_SERVICE)].min() >= 18
    assert age.min() == 0


def test_relatives_are_of_one_family_and_of_fitting_age_and_sex(state: State, known: Lives) -> None:
    beneficiary = np.repeat(np.arange(len(state.home)), np.diff(state.first_edge))
    grantor = state.grantor
    assert (known.family[beneficiary] == known.family[grantor]).all()
    rows = state.authorized.reshape(-1, len(Terms._fields))
    relation = rows[state.terms, Terms._fields.index("relation")]
    younger = known.birth_year[beneficiary] - known.birth_year[grantor]
    for kind, least, most in (
        (Relation.SPOUSE, -12, 12),
        (Relation.CHILD, 17, 50),
        (Relation.PARENT, -50, -17),
        (Relation.GRANDCHILD, 40, 90),
        (Relation.MATERNAL_GRANDCHILD, 40, 90),
    ):
        those = relation == 1 << number(kind)
        assert those.any(), kind
        assert younger[those].min() >= least, kind
        assert younger[those].max() <= most, kind
    married = relation == 1 << number(Relation.SPOUSE)
    assert (known.woman[beneficiary[married]] != known.woman[grantor[married]]).all()


def test_the_file_says_it_in_words(
    state: State, where: Setting, known: Lives, tmp_path: Path
) -> None:
    path = lives.write(state, tmp_path, seed=7, where=where)
    assert [each.name for each in tmp_path.iterdir()] == ["persons.parquet"]
    table = pq.read_table(path)
    assert table.column_names == lives.SCHEMA.names
    assert table["id"][:2].to_pylist() == ["P000000000", "P000000001"]
    assert table["family"][-1].as_py() == f"F{int(known.family[-1]):09d}"
    assert table["region"].to_pylist() == [where.regions[home] for home in state.home.tolist()]
    assert table["birth_year"].to_pylist() == known.birth_year.tolist()
    assert set(table["sex"].to_pylist()) == {"female", "male"}
    assert table["work"].to_pylist() == [list(Work)[each] for each in known.work.tolist()]
