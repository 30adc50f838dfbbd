"""The root of a segment and its proofs, held against a plain reading of the definition."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.bulk.arrays import Decided, Legs, Rows
from simulation.bulk.log import merkle
from simulation.bulk.log.merkle import LEG_RECORD, ROW_RECORD, Proof
from simulation.bulk.log.schema import Array, Batch
from tests.simulation.bulk.made_up import made_up

ROWS, OUTCOME = made_up(300, seed=5)


def batch(rows: int, legs: int) -> Batch:
    """Give the first rows and legs made up; all the legs belong to the first row."""
    decided = OUTCOME.decided._replace(legs=np.zeros_like(OUTCOME.decided.legs))
    decided.legs[0] = legs
    return Batch(
        first_seq=1 << 40,
        rows=Rows(*(array[:rows] for array in ROWS)),
        decided=Decided(*(array[:rows] for array in decided)),
        legs=Legs(*(array[:legs] for array in OUTCOME.legs)),
    )


def records(made: Batch) -> list[bytes]:
    count = len(made.rows.kind) + len(made.legs.pot)
    return [merkle.record(made, place) for place in range(count)]


def plainly(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1: split before the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0\0\0\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    pair = plainly(leaves[:half]) + plainly(leaves[half:])
    return hashlib.sha256(b"\1\0\0\0" + pair).digest()


@given(st.integers(1, 280), st.integers(0, 230))
def test_the_root_is_that_of_a_plain_reading(rows: int, legs: int) -> None:
    made = batch(rows, legs)
    assert merkle.root_of(made) == plainly(records(made)).hex()


def test_the_root_is_that_of_a_plain_reading_for_extreme_numbers() -> None:
    rows, outcome = made_up(40)
    extremes = (-(1 << 39), (1 << 39) - 1)

    def filled(array: Array, *values: int) -> Array:
        return np.resize(np.array(values, array.dtype), len(array))

    def whole(array: Array) -> Array:
        ends = np.iinfo(array.dtype)
        return filled(array, ends.min, ends.max, -1)

    small = {"kind": (0, 15), "place": (15, 0), "booked": ((1 << 24) - 1, 1 << 16)}
    wide = {"total": extremes, "fund": extremes[::-1]}
    chosen = {name: filled(getattr(rows, name), *ends) for name, ends in (small | wide).items()}
    chosen["day"] = chosen["booked"] - filled(rows.day, (1 << 16) - 1, 0, 7)
    rest = {name: whole(array) for name, array in rows._asdict().items() if name not in chosen}
    decided = outcome.decided._replace(
        cash=filled(outcome.decided.cash, -(1 << 47), (1 << 47) - 1, -1),
        fund=filled(outcome.decided.fund, *extremes, -1),
        rule=whole(outcome.decided.rule),
        outcome=whole(outcome.decided.outcome),
    )
    legs = Legs(*map(whole, outcome.legs))
    made = Batch((1 << 62) + 7, Rows(**chosen, **rest), decided, legs)
    assert merkle.root_of(made) == plainly(records(made)).hex()


def test_a_record_and_its_domain_fill_one_block_of_sha256_at_most() -> None:
    for layout in (ROW_RECORD, LEG_RECORD):
        assert 4 + sum(size for _, size in layout) <= 55
    assert {len(record) for record in records(batch(3, 0))} == {51}
    assert len(records(batch(1, 1))[1]) == 27


def test_a_record_says_every_field_in_little_endian_order() -> None:
    made = batch(2, 2)
    row, decided = made.rows, made.decided
    record = merkle.record(made, 1)
    assert int.from_bytes(record[:8], "little") == row.claim[1]
    assert int.from_bytes(record[8:12], "little") == row.patient[1]
    assert int.from_bytes(record[12:15], "little") == row.booked[1]
    assert int.from_bytes(record[30:36], "little", signed=True) == decided.cash[1]
    assert int.from_bytes(record[36:41], "little", signed=True) == row.total[1]
    leg = merkle.record(made, 3)
    assert int.from_bytes(leg[:8], "little") == 1 << 40
    assert int.from_bytes(leg[8:12], "little") == made.legs.pot[1]
    assert leg[26] == made.legs.segment[1]


def column(made: Batch, part: str, name: str) -> Batch:
    """Change one number of the last row or leg."""
    arrays = getattr(made, part)
    changed = getattr(arrays, name).copy()
    changed[-1] += -1 if name == "day" else 1
    return made._replace(**{part: arrays._replace(**{name: changed})})


def fields() -> list[tuple[str, str]]:
    made = batch(2, 2)
    return [
        (part, name)
        for part in ("rows", "decided", "legs")
        for name in getattr(made, part)._fields
        if name not in {"slot", "legs"}  # not kept; and how many there are is tried below
    ]


@pytest.mark.parametrize(("part", "name"), fields())
def test_the_root_depends_on_every_column(part: str, name: str) -> None:
    made = batch(20, 10)
    other = column(made, part, name)
    assert merkle.root_of(other) != merkle.root_of(made)


def test_the_root_depends_on_whose_legs_they_are() -> None:
    made = batch(20, 10)
    legs = made.decided.legs.copy()
    legs[0], legs[1] = 9, 1
    moved = made._replace(decided=made.decided._replace(legs=legs))
    assert merkle.root_of(moved) != merkle.root_of(made)


@pytest.mark.parametrize(("rows", "legs"), [(1, 0), (1, 1), (2, 1), (5, 2), (64, 1), (70, 61)])
def test_every_leaf_has_a_proof(rows: int, legs: int) -> None:
    made = batch(rows, legs)
    root = merkle.root_of(made)
    for place, record in enumerate(records(made)):
        assert merkle.check(root, record, proof=merkle.prove(made, place))


def test_a_proof_proves_nothing_else() -> None:
    made = batch(9, 4)
    root, proof, leaves = merkle.root_of(made), merkle.prove(made, 12), records(made)
    assert merkle.check(root, leaves[12], proof=proof)
    assert not merkle.check(root, leaves[11], proof=proof)
    assert not merkle.check("0" * 64, leaves[12], proof=proof)
    wrong = [
        proof._replace(place=11),
        proof._replace(place=13),
        proof._replace(place=-1),
        proof._replace(leaves=200),
        proof._replace(leaves=0),
        proof._replace(siblings=proof.siblings[:-1]),
        proof._replace(siblings=(*proof.siblings, root.encode())),
        proof._replace(siblings=tuple(reversed(proof.siblings))),
        Proof(0, 1, ()),
    ]
    assert [other for other in wrong if merkle.check(root, leaves[12], proof=other)] == []


def test_there_is_no_proof_of_a_leaf_that_is_not_there() -> None:
    for place in (-1, 13):
        with pytest.raises(IndexError, match=f"no leaf {place} among 13"):
            merkle.prove(batch(9, 4), place)


@pytest.mark.parametrize(
    ("name", "number"),
    [("total", 1 << 39), ("fund", -(1 << 39) - 1), ("kind", 16), ("place", -1), ("day", 1)],
)
def test_a_number_too_large_for_its_record_is_refused(name: str, number: int) -> None:
    made = batch(5, 2)
    array = getattr(made.rows, name).copy()
    array[3] = number
    wrong = made._replace(rows=made.rows._replace(**{name: array}))
    with pytest.raises(ValueError, match=f"{name} does not fit"):
        merkle.root_of(wrong)
