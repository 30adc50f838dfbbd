"""What is known of each person besides the state: birth year, sex, work, family."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from domain.codes import Work
from simulation.bulk.arrays import State
from simulation.population.draws import Array, Draws
from simulation.population.households import (
    FAMILIES,
    IN_SERVICE,
    KINDS,
    LETTERS,
    LIVES,
    RETIRED,
    Households,
    blocks,
    households,
)
from simulation.population.people import stream
from simulation.population.setting import Setting

PERSONS_FILE = "persons.parquet"

SEXES = ("female", "male")

_OLD = 58  # least age of retired heads
_ADULT = 27  # least age of other heads
_GROWN = 17  # most age of a child
_WORDS = [work.value for work in Work]
_WORK = np.array(
    [
        _WORDS.index(
            Work.IN_SERVICE
            if letter in IN_SERVICE
            else Work.RETIRED
            if letter in RETIRED
            else Work.NONE
        )
        for letter in LETTERS
    ],
    np.int8,
)
_OLD_HEAD = np.array([kind[0] in RETIRED for kind in KINDS])
_CHILD, _ELDERS = LETTERS.index("C"), [LETTERS.index(letter) for letter in "RP"]


class Lives(NamedTuple):
    """The persons of a block; families are counted from the first of the population."""

    number: Array  # int64
    birth_year: Array  # int16
    woman: Array  # bool
    work: Array  # int8, number of domain.codes.Work
    family: Array  # int64


def lives(persons: int, *, seed: int, where: Setting) -> Iterator[Lives]:
    """Say of each person of a population what `make` did not, block by block, in order."""
    families = 0
    for block in blocks(where.persons(persons)):
        draws = partial(stream, block, seed=seed, where=where)
        made = households(block, draws(FAMILIES))
        age, woman = _ages(made, draws(LIVES))
        yield Lives(
            number=np.arange(block.start, block.start + block.persons),
            birth_year=(where.day.year - age).astype(np.int16),
            woman=woman,
            work=_WORK[made.letter],
            family=made.family + families,
        )
        families += len(made.kind)


def write(state: State, folder: Path, *, seed: int, where: Setting) -> Path:
    """Write `persons.parquet` into a folder: one row a person, in order of number.

    `region` is the code of the region in which the person is insured.
    """
    path = folder / PERSONS_FILE
    building = path.with_name(f".{path.name}.tmp")
    with pq.ParquetWriter(building, SCHEMA, compression="zstd", compression_level=1) as writer:
        for made in lives(len(state.home), seed=seed, where=where):
            home = pa.array(state.home[made.number])
            writer.write_batch(
                pa.record_batch(
                    [
                        pa.array(made.number, pa.int32()),
                        _ids("P", made.number),
                        pa.array(made.birth_year),
                        _words(pa.array((~made.woman).astype(np.int8)), SEXES),
                        _words(pa.array(made.work), _WORDS),
                        _ids("F", made.family),
                        _words(home, where.regions),
                    ],
                    schema=SCHEMA,
                )
            )
    building.replace(path)
    return path


_WORD = pa.dictionary(pa.int16(), pa.string())
SCHEMA = pa.schema(
    [
        ("number", pa.int32()),
        ("id", pa.string()),
        ("birth_year", pa.int16()),
        ("sex", _WORD),
        ("work", _WORD),
        ("family", pa.string()),
        ("region", _WORD),
    ]
)


def _ids(letter: str, numbers: Array) -> pa.Array:
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), 9, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def _words(numbers: pa.Array, words: tuple[str, ...] | list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pc.cast(numbers, pa.int16()), list(words))


def _ages(made: Households, draws: Draws) -> tuple[Array, Array]:
    """Give ages and who is a woman: all follow from the head's."""
    letter, count = made.letter, len(made.letter)
    head = np.where(_OLD_HEAD[made.kind], _OLD, _ADULT) + draws.below(len(made.kind), 26)
    heads, place = head[made.family], made.place
    some = draws.numbers(count).astype(np.int64)
    child, elder = letter == _CHILD, np.isin(letter, _ELDERS)
    age = np.where(place == 0, heads, np.maximum(heads - 4 + some % 8, 22))
    age = np.where(elder, heads + 23 + some % 9, age)
    age = np.where(child, np.clip(heads - 26 - some % 8, 0, _GROWN), age)
    of_head = made.woman[made.family]
    woman = np.where(place == 0, of_head, ~of_head)
    sex_by_lot = child | elder
    woman = np.where(sex_by_lot, some >> 15 == 0, woman)
    follows = elder[1:] & elder[:-1] & (made.family[1:] == made.family[:-1])
    woman[1:][follows] = ~woman[:-1][follows]
    return age, woman
