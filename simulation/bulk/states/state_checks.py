"""What must hold of the arrays of a state before anything is decided on them.

The compiled kernel follows numbers without looking whether they point inside an array; so
whatever comes from a file is looked at here, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from domain.text import Text
from simulation.bulk.arrays import State, Terms, kinds_of

Array = np.ndarray[Any, Any]

TYPES = {name: np.dtype(kind).newbyteorder("<").str for name, kind in kinds_of(State).items()}
"""The type of every array of `State`, as numpy spells it, in the order of the fields."""

CHANGING = ("current", "prior", "used", "given", "open_year", "use_key", "use_fen")
"""The arrays that settling changes; all others are the same before and after a run."""

_CHUNK = 1 << 22
_MOST_REGIONS = 32_767


class Wrong(NamedTuple):
    """One thing that is wrong: the array, and what."""

    array: str
    detail: Text


def problems(state: State, *, regions: int) -> Iterator[Wrong]:
    """Find what must not be in a state; lengths come first, ranges only where lengths hold."""
    found = [*_types(state)] or [*_lengths(state, regions)]
    yield from found or _contents(state, regions)


def _types(state: State) -> Iterator[Wrong]:
    says = Text(
        "应为一维的 {wanted}，实为 {found}", "must be {wanted} in one dimension, is {found}"
    )
    for name, array in zip(State._fields, state, strict=True):
        found = f"{array.dtype.str} {array.shape}"
        if array.dtype.str != TYPES[name] or array.ndim != 1:
            yield Wrong(name, _filled(says, wanted=TYPES[name], found=found))


def _lengths(state: State, regions: int) -> Iterator[Wrong]:
    """Find arrays that do not have one element for each thing that they speak of."""
    persons, edges = len(state.home), len(state.grantor)
    purses, wallets = len(state.purse_owner), len(state.wallet_owner)
    pots = persons + purses + wallets
    wanted = {
        **dict.fromkeys(("flags",), persons),
        "first_edge": persons + 1,
        **dict.fromkeys(("current", "prior"), pots),
        "purse_quota": purses,
        **dict.fromkeys(("terms", "used", "giver", "rank", "chosen", "aside"), edges),
        "aside_quota": len(state.aside_pool),
        **dict.fromkeys(("changed_day", "changed_to"), len(state.changed_person)),
        **dict.fromkeys(("filing_place", "filing_first", "filing_last"), len(state.filing_person)),
        "open_year": regions,
        "use_fen": len(state.use_key),
    }
    says = Text("应有 {wanted} 个，实有 {found} 个", "must have {wanted} elements, has {found}")
    for name, length in wanted.items():
        if len(getattr(state, name)) != length:
            yield Wrong(name, _filled(says, wanted=length, found=len(getattr(state, name))))
    if len(state.authorized) % len(Terms._fields):
        yield Wrong("authorized", Text("行不完整", "its last row is not complete"))
    capacity = len(state.use_key)
    if capacity < 1 or capacity & (capacity - 1):
        yield Wrong("use_key", Text("长度不是二的幂", "its length is not a power of two"))


def _contents(state: State, regions: int) -> Iterator[Wrong]:
    persons, edges = len(state.home), len(state.grantor)
    pots, givers = len(state.current), len(state.given)
    most = np.iinfo(np.int64).max
    ranges = {
        "home": (0, regions - 1),
        "flags": (0, (1 << 11) - 1),
        "current": (0, most),
        "prior": (0, most),
        "purse_owner": (0, persons - 1),
        "purse_quota": (-1, most),
        "wallet_owner": (0, persons - 1),
        "grantor": (0, persons - 1),
        "terms": (0, len(state.authorized) // len(Terms._fields) - 1),
        "used": (0, most),
        "giver": (0, givers - 1),
        "rank": (0, most),
        "chosen": (-1, most),
        "aside": (-1, len(state.aside_pool) - 1),
        "given": (0, most),
        "aside_pool": (-1, pots - 1),
        "aside_quota": (-1, pots - 1),
        "changed_person": (0, persons - 1),
        "changed_to": (0, 2),
        "filing_person": (0, persons - 1),
        "filing_place": (-_MOST_REGIONS, regions - 1),
        "use_key": (-1, most),
    }
    for name, (least, largest) in ranges.items():
        yield from _range(name, getattr(state, name), least=least, most=largest)
    yield from _order(state, edges)
    if not (np.asarray(state.use_key) == -1).any():
        yield Wrong("use_key", Text("没有空位", "it has no empty place"))


def _range(name: str, array: Array, *, least: int, most: int) -> Iterator[Wrong]:
    says = Text(
        "第 {at} 个为 {found}，应在 {least} 至 {most}",
        "element {at} is {found}, must be {least} to {most}",
    )
    for start in range(0, len(array), _CHUNK):
        chunk = array[start : start + _CHUNK]
        if int(chunk.min()) < least or int(chunk.max()) > most:
            at = start + int(np.flatnonzero((chunk < least) | (chunk > most))[0])
            found = int(array[at])
            yield Wrong(name, _filled(says, at=at, found=found, least=least, most=most))
            return


def _order(state: State, edges: int) -> Iterator[Wrong]:
    """Find what is not in its order: searches by halving would miss it."""
    first = state.first_edge
    if int(first[0]) != 0 or int(first[-1]) != edges:
        says = Text("应从 0 到 {edges}", "must go from 0 to {edges}")
        yield Wrong("first_edge", _filled(says, edges=edges))
    yield from _rising("first_edge", first, steps=0)
    yield from _rising("purse_owner", state.purse_owner, steps=0)
    yield from _rising("wallet_owner", state.wallet_owner, steps=1)
    yield from _rising("filing_person", state.filing_person, steps=0)
    spans = state.changed_person.astype(np.int64) << 32 | state.changed_day.astype(np.int64)
    yield from _rising("changed_day", spans, steps=1)
    backwards = np.flatnonzero(np.asarray(state.filing_last < state.filing_first))
    if len(backwards):
        says = Text("第 {at} 个早于首日", "element {at} is before its first day")
        yield Wrong("filing_last", _filled(says, at=int(backwards[0])))


def _rising(name: str, array: Array, *, steps: int) -> Iterator[Wrong]:
    """Find the first element that is not at least `steps` above the one before."""
    says = Text("第 {at} 个不在次序中", "element {at} is out of order")
    for start in range(0, max(len(array) - 1, 0), _CHUNK):
        chunk = array[start : start + _CHUNK + 1]
        wrong = np.flatnonzero(chunk[1:] < chunk[:-1] + steps)
        if len(wrong):
            yield Wrong(name, _filled(says, at=start + 1 + int(wrong[0])))
            return


def _filled(says: Text, **facts: object) -> Text:
    return Text(says.say("zh", **facts), says.say("en", **facts))
