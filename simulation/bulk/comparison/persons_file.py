"""What `persons.parquet` beside a state says of its people; nothing of it decides anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from domain.ids import PoolId

NAME = "persons.parquet"


def first_of_family(folder: Path | None, family: str) -> int | None:
    """Give the number of a family's first member; None where no file knows the family."""
    if folder is None or not (folder / NAME).is_file():
        return None
    wanted = pc.field("family") == family
    table = pq.read_table(folder / NAME, columns=["number"], filters=wanted)
    return int(pc.min(table["number"]).as_py()) if len(table) else None


def family_of_person(folder: Path | None, person: int) -> PoolId | None:
    """Give the id of somebody's family; None where no file says it."""
    if folder is None or not (folder / NAME).is_file():
        return None
    wanted = pc.field("number") == person
    found = pq.read_table(folder / NAME, columns=["family"], filters=wanted)["family"]
    return PoolId(found[0].as_py()) if len(found) else None


def age_bands(
    folder: Path | None, persons: int, *, year: int, bands: tuple[int, ...]
) -> NDArray[np.int8] | None:
    """Give everybody's band of the age reached in a year, -1 where it is not known.

    `bands` are the first ages of all bands but the first. None where there is no file.
    """
    if folder is None or not (folder / NAME).is_file():
        return None
    found = np.full(persons, -1, np.int8)
    with pq.ParquetFile(folder / NAME) as file:
        for batch in file.iter_batches(columns=["number", "birth_year"]):
            number, born = (batch.column(name).to_numpy() for name in ("number", "birth_year"))
            age = year - born.astype(np.int64)
            found[number] = np.searchsorted(bands, age, side="right")
    return found
