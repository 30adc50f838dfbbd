"""Naming what is read differently after a flip that nobody noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.faults.sample import Contents

_EVENT = ("position", "stream", "version", "topic", "state")
_ANSWER = ("key", "digest", "answer", "position")


def differing_places(sound: Contents, flipped: Contents) -> list[str]:
    """Give the fields that differ, without their values, sorted: "account.debited meta.actor"."""
    return sorted({place for table in sound for place in _table(table, sound, flipped)})


def _table(table: str, sound: Contents, flipped: Contents) -> Iterator[str]:
    before, after = sound[table], flipped[table]
    if before == after:
        return
    if len(before) != len(after):
        yield f"{table}: rows {'lost' if len(after) < len(before) else 'added'}"
        return
    for old, new in zip(before, after, strict=True):
        if old != new:
            yield from _row(table, old, new)


def _row(table: str, old: Any, new: Any) -> Iterator[str]:  # noqa: ANN401  # a row of any table
    if table == "streams" or old is None or new is None:
        yield table
        return
    names = {"events": _EVENT, "answers": _ANSWER}.get(table, tuple(map(str, range(len(old)))))
    for name, one, other in zip(names, old, new, strict=True):
        if one != other:
            yield from _field(f"{old[3]}" if table == "events" else table, name, one, other)


def _field(where: str, name: str, old: object, new: object) -> Iterator[str]:
    if not (isinstance(old, bytes) and isinstance(new, bytes)) or name == "digest":
        yield f"{where} {name}"
        return
    try:
        one, other = (
            dict(_leaves([json.loads(line) for line in written.splitlines()]))
            for written in (old, new)
        )
    except ValueError:
        yield f"{where} {name}, no JSON"
        return
    for path in one.keys() | other.keys():
        if one.get(path) != other.get(path):
            yield f"{where} {path}"


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Give every value inside a JSON value by its path; places in lists have no number."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path, value
