"""The columns of a log: their words are those of the code, and nothing is lost on the way."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from domain.text import Text
from simulation.bulk import arrays
from simulation.bulk.arrays import Decided, Legs, Rows
from simulation.bulk.log import schema
from simulation.bulk.log.schema import LEGS, LINES, Batch
from simulation.bulk.outcomes import REFUSALS, SINGLY
from tests.simulation.bulk.made_up import BOOKED, made_up, same


def batch(bills: int = 500, *, first_seq: int = 7) -> Batch:
    rows, outcome = made_up(bills)
    return Batch(first_seq, rows, outcome.decided, outcome.legs)


def test_every_field_of_rows_decisions_and_legs_has_a_column() -> None:
    decided = ["fund_paid" if name == "fund" else name for name in Decided._fields]
    kept = [name for name in Rows._fields if name != "slot"]
    assert [column.name for column in LINES] == ["seq", *kept, *decided]
    assert [column.name for column in LEGS] == ["seq", *Legs._fields]


def test_every_column_has_the_type_of_its_array() -> None:
    kinds = arrays.kinds_of(Rows) | arrays.kinds_of(Decided)
    kinds |= {"seq": "int64", "fund_paid": kinds["fund"]}
    del kinds["slot"]
    assert {column.name: column.dtype for column in LINES} == kinds
    assert {column.name: column.dtype for column in LEGS[1:]} == arrays.kinds_of(Legs)


def test_words_stand_in_the_order_of_their_numbers() -> None:
    numbers = [getattr(arrays, word.upper()) for word in schema.KINDS]
    assert numbers == list(range(len(schema.KINDS)))
    special = {"not_designated", "not_connected"}  # also words of the till: see arrays
    outcomes = {
        place: getattr(arrays, f"{word}_refused".upper() if word in special else word.upper())
        for place, word in enumerate(schema.OUTCOMES)
        if word != "unassigned"
    }
    assert all(place == number for place, number in outcomes.items())
    assert set(outcomes) == {arrays.DONE, *REFUSALS, *SINGLY}
    bits = [word for word in schema.FLAGS if not word.startswith("credential")]
    assert [getattr(arrays, word.upper()) for word in bits] == [
        1 << place for place, word in enumerate(schema.FLAGS) if word in bits
    ]
    assert schema.FLAGS.index("credential_low") == arrays.CREDENTIAL


def test_a_batch_comes_back_from_its_tables_as_it_was() -> None:
    before = batch()
    after = schema.batch_of(schema.lines_table(before), schema.legs_table(before))
    assert after.first_seq == 7
    assert same(after.rows, before.rows)
    assert same(after.decided, before.decided)
    assert same(after.legs, before.legs)


def test_days_are_dates_to_every_reader() -> None:
    assert date(1970, 1, 1).toordinal() == schema.UNIX
    table = schema.lines_table(batch(20))
    assert table.column("booked")[0].as_py() == date.fromordinal(BOOKED)


def test_amounts_travel_without_a_copy() -> None:
    before = batch(20)
    column = schema.lines_table(before).column("total").chunk(0)
    assert column.buffers()[1].address == before.rows.total.ctypes.data


def test_a_leg_names_the_first_row_of_its_bill() -> None:
    made = batch(200)
    expected = [
        made.first_seq + row
        for row, count in enumerate(made.decided.legs.tolist())
        for _ in range(count)
    ]
    assert schema.leg_seq(made).tolist() == expected


def test_each_column_says_its_unit_and_meaning_in_two_languages() -> None:
    for columns, of_arrow in ((LINES, schema.LINES_SCHEMA), (LEGS, schema.LEGS_SCHEMA)):
        for column in columns:
            metadata = of_arrow.field(column.name).metadata
            assert metadata[b"unit"].decode() == column.unit
            assert metadata[b"says"].decode() == column.says.en
            assert metadata[b"says_zh"].decode() == column.says.zh
            assert metadata.get(b"words", b"").decode().split() == list(column.words)


def test_the_digest_is_of_names_types_units_and_words_alone() -> None:
    assert schema.LINES_SCHEMA.metadata[b"schema"].decode() == schema.DIGEST
    assert schema.digest_of(LINES, LEGS) == schema.DIGEST
    column = LINES[1]
    changed = [
        column._replace(name="other"),
        column._replace(dtype="int16"),
        column._replace(unit=schema.FEN),
        column._replace(words=(*column.words, "other")),
    ]
    digests = {schema.digest_of((LINES[0], other, *LINES[2:]), LEGS) for other in changed}
    assert len(digests - {schema.DIGEST}) == len(changed)
    explained = column._replace(says=Text("别的", "otherwise"))
    assert schema.digest_of((LINES[0], explained, *LINES[2:]), LEGS) == schema.DIGEST


def test_an_array_of_another_type_is_not_taken() -> None:
    made = batch(20)
    rows = made.rows._replace(total=made.rows.total.astype(np.int32))
    with pytest.raises(TypeError, match="total is int32 instead of int64"):
        schema.lines_table(made._replace(rows=rows))


@pytest.mark.parametrize(
    ("table", "column", "says"),
    [("lines", "seq", "seq does not rise"), ("legs", "seq", "legs are not those")],
)
def test_tables_that_do_not_fit_together_are_refused(table: str, column: str, says: str) -> None:
    made = batch(50)
    tables = {"lines": schema.lines_table(made), "legs": schema.legs_table(made)}
    place = tables[table].schema.get_field_index(column)
    numbers = np.array(tables[table].column(column))
    assert any(a != b for a, b in pairwise(numbers))
    turned = pa.array(numbers[::-1].copy())
    tables[table] = tables[table].set_column(place, tables[table].schema.field(place), turned)
    with pytest.raises(ValueError, match=says):
        schema.batch_of(tables["lines"], tables["legs"])


def test_other_columns_are_refused() -> None:
    made = batch(20)
    with pytest.raises(ValueError, match="not those of the schema"):
        schema.batch_of(schema.legs_table(made), schema.legs_table(made))
