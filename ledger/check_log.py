"""The check of the log: leaves against entries, nodes against leaves, checkpoints against both."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from domain.sealing import LEDGER, CheckpointHandedOver
from domain.text import Text
from ledger import salvage
from ledger.check import Problem
from ledger.errors import StoreDamaged, StoreNewer
from ledger.log.checkpoints import FOLDER, Extension, compare, kept_notes, read_kept
from ledger.log.notes import BadNote
from ledger.log.tree import TILE, Edge, grow, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.recorders import Recorder
    from ledger.store import Store

_LEVELS = 8  # of 256 each: more than entries can be numbered
_Hashes = list[bytes | None]  # None: not known, as something below is damaged


def log_problems(store: Store) -> Iterator[Problem]:
    """Give every leaf, node and kept checkpoint that the entries do not come to.

    Entries that cannot be read are a matter of `ledger.check`; nodes over them are passed over.
    """
    recorder = store.recorder
    upto = recorder.end.entries
    below: _Hashes = []  # nodes of the first level, made from the entries
    tile: _Hashes = []
    for found in _leaves(recorder, upto=upto):
        if isinstance(found, Problem):
            yield found
            tile.append(None)
        else:
            tile.append(found)
        if len(tile) == TILE:
            below.append(_over(tile))
            tile = []
    for level in range(1, _LEVELS + 1):  # also those that have no node yet
        yield from _node_problems(recorder, level, expected=below)
        whole = len(below) // TILE
        below = [_over(below[n * TILE : (n + 1) * TILE]) for n in range(whole)]
    yield from _checkpoint_problems(store)
    yield from _hand_over_problems(store)


def _checkpoint_problems(store: Store) -> Iterator[Problem]:
    """Give every checkpoint in the store's folder that the tree of today does not extend."""
    log = store.recorder.log()
    for path, written in kept_notes(store.path) if store.path else ():
        place = f"{FOLDER}/{path.name}"
        try:
            extension = compare(log, read_kept(path, written))
        except BadNote as bad:
            yield Problem(place, bad.says)
        except StoreDamaged as damaged:
            yield Problem(place, Text(damaged.says("zh"), damaged.says("en")))
        else:
            if extension in _CONTRADICTED:
                yield Problem(place, _CONTRADICTED[extension])


def _hand_over_problems(store: Store) -> Iterator[Problem]:
    """Give every checkpoint that was handed over, by the history itself, and is contradicted.

    An event or a hash that cannot be read ends it: that is found by the other checks.
    """
    log = store.recorder.log()
    with suppress(StoreDamaged, StoreNewer):
        for event in store.stream(LEDGER):
            fact, place = event.fact, f"{'/'.join(LEDGER)}@{event.originator_version}"
            if not isinstance(fact, CheckpointHandedOver):
                continue
            if fact.entries > log.size:
                yield Problem(place, _CONTRADICTED[Extension.SHRUNK])
            elif log.root(fact.entries).hex() != fact.root:
                yield Problem(place, _CONTRADICTED[Extension.FORK])


def _leaves(recorder: Recorder, *, upto: int) -> Iterator[bytes | Problem | None]:
    """Give what the leaf of each entry must be, or what is wrong with the one that is kept."""
    number = 0
    for entry in salvage.entries(recorder, upto=upto):
        at = int(str(entry.facts["entry"])) if isinstance(entry, StoreDamaged) else entry.number
        yield from (None for _ in range(number + 1, at))
        number = at
        if isinstance(entry, StoreDamaged):
            yield None
        elif entry.leaf != (leaf := leaf_hash(entry.body)):
            yield Problem(f"entry {at}", _OTHER_LEAF)
        else:
            yield leaf


def _node_problems(
    recorder: Recorder, level: int, *, expected: Sequence[bytes | None]
) -> Iterator[Problem]:
    for number, node in enumerate(expected):
        place = f"log {level}/{number}"
        try:
            kept = recorder.nodes(level, number, limit=1)
        except StoreDamaged as damaged:
            yield Problem(place, Text(damaged.says("zh"), damaged.says("en")))
            continue
        if not kept or node not in (None, kept[0]):
            yield Problem(place, _OTHER_NODE if kept else _NO_NODE)
    try:
        too_many = bool(recorder.nodes(level, len(expected), limit=1))
    except StoreDamaged:  # one further on, or one that cannot be read
        too_many = True
    if too_many:
        yield Problem(f"log {level}/{len(expected)}", _NODE_TOO_MANY)


def _over(tile: Sequence[bytes | None]) -> bytes | None:
    """Give the node over a whole tile."""
    known = [each for each in tile if each is not None]
    return grow(Edge(), known).edge.root if len(known) == TILE else None


_OTHER_LEAF = Text(
    "留存的叶不是由其正文得出", "the leaf that is kept is not that of the entry's bytes"
)
_OTHER_NODE = Text(
    "留存的节点不是由其下的叶得出", "the node that is kept is not that of the leaves below it"
)
_CONTRADICTED = {
    Extension.FORK: Text(
        "已签署的检查点不是现有历史的开头：历史被改写",
        "what was signed is not the beginning of the history: history was rewritten",
    ),
    Extension.SHRUNK: Text(
        "已签署的检查点比现有历史长：有记录被删去",
        "what was signed is longer than the history: entries were removed",
    ),
}
_NODE_TOO_MANY = Text("节点之下没有这么多叶", "a node is kept that has not all its leaves yet")
_NO_NODE = Text("缺少节点", "the node is missing")
