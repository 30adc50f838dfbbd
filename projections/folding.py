"""Folding the whole history from nothing, and holding the states against the read models.

An amount that was edited in a stored event is found either where its stream stops making sense,
since account facts say what is left after each of them, or where the end differs from the books.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from domain.facts import Stream
from domain.text import Text
from ledger.check import Problem
from ledger.view import EVOLVE
from projections.expected import KINDS, expected_rows, is_unaccounted
from projections.reading import Recorded, readable
from projections.rows import Key, Row, key_of
from projections.runner import positions

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

    from ledger.store import Store

Progress = Callable[[int, int], None]

_EVERY = 1_000  # events between two reports of progress


class Difference(NamedTuple):
    """What the replay and a read model say differently, column by column; None: no such row."""

    read_model: str
    subject: str
    replayed: Row | None
    stored: Row | None


@dataclass(slots=True)
class Replay:
    """What folding gave: states by stream, the number of events, and those that did not fit.

    `broken` lists events that cannot be read (of which there are `unreadable`) or cannot follow
    what came before them; the stream of such an event stays as it was before it.
    """

    states: dict[Stream, object] = field(default_factory=dict)
    versions: dict[Stream, int] = field(default_factory=dict)
    events: int = 0
    unreadable: int = 0
    broken: list[Problem] = field(default_factory=list)
    stopped: set[Stream] = field(default_factory=set)


def replay(store: Store, *, upto: int | None = None, progress: Progress | None = None) -> Replay:
    """Fold every stream from its first event, up to a position."""
    folded = Replay()
    last = store.recorder.last_position
    end = last if upto is None else min(upto, last)
    for found in readable(store, upto=end):
        folded.events += 1
        if isinstance(found, Problem):
            folded.broken.append(found)
            folded.unreadable += 1
        elif found.event.stream not in folded.stopped:
            _fold(folded, found)
        if progress is not None and folded.events % _EVERY == 0:
            progress(folded.events, end)
    return folded


def compare(folded: Replay, engine: Engine) -> Iterator[Difference]:
    """Give every row that differs; the read models stand at the position of the replay.

    Of streams with a broken event nothing is said: their states stopped before the end.
    """
    sound = (s for stream, s in folded.states.items() if stream not in folded.stopped)
    for table, rows in expected_rows(sound).items():
        yield from _compare(engine, table, rows=rows, folded=folded)


def replay_problems(store: Store, engine: Engine) -> Iterator[Problem]:
    """Give events that cannot have happened, and rows of the read models that differ."""
    folded = replay(store, upto=max(positions(engine).values()))
    yield from folded.broken
    for read_model, subject, replayed, stored in compare(folded, engine):
        zh, en = f"账上为 {stored}，重放为 {replayed}", f"is {stored}, replayed it is {replayed}"
        yield Problem(f"{read_model} {subject}", Text(zh, en))


def _fold(folded: Replay, recorded: Recorded) -> None:
    event = recorded.event
    stream, version = event.stream, event.originator_version
    expected = folded.versions.get(stream, 0) + 1
    says = _jumped(expected, version) if version != expected else None
    if says is None:
        try:
            folded.states[stream] = EVOLVE[stream.kind](folded.states.get(stream), event.fact)
        except (AssertionError, LookupError, AttributeError, TypeError) as error:
            says = _contradicts(error)
    if says is not None:
        folded.broken.append(Problem(recorded.place, says))
        folded.stopped.add(stream)
    folded.versions[stream] = version


def _jumped(expected: int, version: int) -> Text:
    return Text(
        f"版本应为 {expected}，实为 {version}：有事件缺失",
        f"version should be {expected} and is {version}: events are missing",
    )


def _contradicts(error: Exception) -> Text:
    kind = type(error).__name__
    return Text(f"与此前的事件矛盾（{kind}）", f"contradicts the events before it ({kind})")


def _compare(
    engine: Engine, table: Table, *, rows: dict[Key, Row], folded: Replay
) -> Iterator[Difference]:
    """Compare one table with the rows it should have; those that are found are taken out."""
    with engine.connect() as connection:
        for found in map(dict, connection.execute(select(table)).mappings()):
            key = key_of(table, found)
            stream = Stream(KINDS[table], key[0])
            state = folded.states.get(stream)
            if stream in folded.stopped or is_unaccounted(table, key, state=state):
                continue
            expected = rows.pop(key, None)
            stored = found if expected is None else _seen(found, expected)
            if stored != expected:
                yield _difference(table, key, replayed=expected, stored=stored)
    for key, expected in rows.items():
        yield _difference(table, key, replayed=expected, stored=None)


def _seen(found: Row, expected: Row) -> Row:
    """Give the columns to be compared; of what was paid, what was not given back."""
    return {
        name: found[name] - found[f"back_{name}"] if f"back_{name}" in found else found[name]
        for name in expected
    }


def _difference(table: Table, key: Key, *, replayed: Row | None, stored: Row | None) -> Difference:
    """Name a row and, where both sides have it, only the columns that differ."""
    subject = " ".join(map(str, key))
    if replayed is None or stored is None:
        return Difference(table.name, subject, replayed, stored)
    columns = [name for name in replayed if replayed[name] != stored[name]]
    return Difference(
        table.name,
        subject,
        {name: replayed[name] for name in columns},
        {name: stored[name] for name in columns},
    )
