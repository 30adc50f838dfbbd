"""Which family is meant: it goes by a person of it, by its own id, or by one of its bills."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from domain.text import Text
from simulation.bulk.arrays import SETTLE
from simulation.bulk.comparison.persons_file import first_of_family
from simulation.bulk.families.family import CannotLoad, filled

_PERSON = re.compile(r"P?(\d{1,9})")
_FAMILY = re.compile(r"F\d{9}")
_BILL = re.compile(r"B(\d{1,18})")


def person_named(name: str, *, state: Path | None, lines: Iterable[Path]) -> int:
    """Give a person of the family that is meant: P000000012 or 12, F000000012, or B4711.

    Families are looked up in `persons.parquet` of the state, bills in the `lines` of a log.

    Raises:
        CannotLoad: it is none of these, or nobody is found.
    """
    if found := _PERSON.fullmatch(name):
        return int(found[1])
    if _FAMILY.fullmatch(name):
        number = first_of_family(state, name)
        says = Text(
            "{state} 的 persons.parquet 中没有家庭 {name}，请改写其中一人的编号",
            "persons.parquet in {state} knows no family {name}; name somebody of it",
        )
    elif found := _BILL.fullmatch(name):
        number = _patient(int(found[1]), lines)
        says = Text("日志中没有费用单 {name}", "the log knows no bill {name}")
    else:
        number = None
        says = Text(
            "“{name}”不是人员号（P000000012）、家庭号（F000000012）或费用单号（B4711）",
            "{name!r} is no person (P000000012), no family (F000000012) and no bill (B4711)",
        )
    if number is None:
        raise CannotLoad(filled(says, state=state, name=name))
    return number


def _patient(claim: int, lines: Iterable[Path]) -> int | None:
    """Find whose bill it is."""
    wanted = (pc.field("claim") == claim) & (pc.field("kind") == SETTLE)
    for path in lines:
        found = pq.read_table(path, columns=["patient"], filters=wanted)
        if len(found):
            return int(found["patient"][0].as_py())
    return None
