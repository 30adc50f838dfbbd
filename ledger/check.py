"""Examining a store from end to end: is everything there, in order and readable?

What is found here is missing, cut off, out of order, unreadable or in the wrong place. An
amount edited into another valid amount is not: comparing the replay with the books finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.ids import MessageId
from domain.text import Text
from ledger.errors import StoreDamaged, StoreNewer
from ledger.mapper import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from ledger.store import Store


class Problem(NamedTuple):
    """Something wrong with a store, and where."""

    place: str
    says: Text


def check_store(store: Store) -> list[Problem]:
    """Read the whole history once and give every problem, in the order of discovery.

    Also safe while a writer is at work: what is recorded after the start is left out. Memory
    grows with the number of streams (about 150 bytes each).
    """
    found: list[Problem] = []
    try:
        found += [Problem("events", fault) for fault in store.recorder.faults()]
        found += _history_problems(store)
    except StoreDamaged as damaged:  # the medium gave up; nothing behind it can be read
        found.append(_problem(damaged))
    return found


def _history_problems(store: Store) -> Iterator[Problem]:
    position = 0
    versions: dict[UUID | str, int] = {}
    command: _Command | None = None
    for notification in store.notifications(upto=store.recorder.last_position):
        place = place_of(notification)
        yield from _gap(place, _POSITION, before=position, found=notification.id)
        position = notification.id
        stream, version = notification.originator_id, notification.originator_version
        yield from _gap(place, _VERSION, before=versions.get(stream, 0), found=version)
        versions[stream] = version
        try:
            cause = store.mapper.to_domain_event(notification).meta.cause
        except (StoreDamaged, StoreNewer) as unreadable:
            yield _problem(unreadable)
            command = None  # whose event this was is not known
            continue
        if command is not None and command.key != cause:
            yield from _answer_problems(store, command)
        command = _Command(MessageId(cause), position, place)
    if command is not None:
        yield from _answer_problems(store, command)


class _Command(NamedTuple):
    key: MessageId
    position: int  # of its last event
    place: str


_POSITION = Text("位置", "position")
_VERSION = Text("本流版本", "version in its stream")


def _gap(place: str, counted: Text, *, before: int, found: int) -> Iterator[Problem]:
    if found != before + 1:
        yield Problem(
            place,
            Text(
                f"{counted.zh}应为 {before + 1}，实为 {found}：有事件缺失或错序",
                f"{counted.en} should be {before + 1} and is {found}: "
                "events are missing or out of order",
            ),
        )


def _answer_problems(store: Store, command: _Command) -> Iterator[Problem]:
    """Compare a command's last event with its answer, without which it could be done twice."""
    key, position, place = command
    kept = store.recorder.answer(key)
    if kept is None:
        yield Problem(place, Text(f"报文 {key} 的答复缺失", f"the answer to {key} is missing"))
    elif kept.position != position:
        says = Text(
            f"报文 {key} 的答复指向位置 {kept.position}",
            f"the answer to {key} points to position {kept.position}",
        )
        yield Problem(place, says)


def _problem(error: StoreDamaged | StoreNewer) -> Problem:
    return Problem(str(error.facts["place"]), Text(error.says("zh"), error.says("en")))
