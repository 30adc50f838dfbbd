"""Replaying the history for `gongji events replay`, and showing what does not agree."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter_ns
from typing import TYPE_CHECKING

from cli.errors import FOUND
from cli.progress import progress
from cli.render import Column, Table, show, to_json
from cli.session import in_memory, reading, views
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from cli.settings import Settings
    from ledger.store import Store
    from projections.folding import Difference, Replay
    from projections.questions import Known

_COLUMNS = [
    Column("place", Text("位置", "place")),
    Column("says", Text("发现", "finding")),
    Column("replayed", Text("重放", "replayed")),
    Column("stored", Text("读模型", "read model")),
]

_DIFFERS = Text("重放与读模型不符", "replay and read model differ")
_UNCOMPARED = Text("未与读模型比较（--compare）", "not compared with the read models (--compare)")
_FOLDING = Text("重放事件", "replaying events")


def run_replay(settings: Settings, *, to: Known, compare: bool) -> int:
    """Replay up to a moment, compare if wanted, show what is found, and give the exit code."""
    from ledger.errors import StoreDamaged
    from projections.folding import compare as differences
    from projections.folding import replay

    with _opened(settings, to=to, compare=compare) as (store, engine, upto):
        begun = perf_counter_ns()
        with progress(settings, _FOLDING) as tell:
            folded = replay(store, upto=upto, progress=tell)
        elapsed_ns = perf_counter_ns() - begun
        found = list(differences(folded, engine)) if engine is not None else []
    rate = folded.events * 10**9 // max(elapsed_ns, 1)
    rows = [*(broken._asdict() for broken in folded.broken), *map(_difference, found)]
    table = Table(
        "replay",
        _COLUMNS,
        rows,
        position=upto,
        facts=_facts(folded, rate, findings=len(rows)),
        more={
            "events": folded.events,
            "streams": len(folded.versions),
            "events_per_second": rate,
            "compared": compare,
        },
        empty=_clean(compare=compare),
    )
    show(settings, table)
    return StoreDamaged.exit_code if folded.unreadable else FOUND if rows else 0


@contextmanager
def _opened(
    settings: Settings, *, to: Known, compare: bool
) -> Iterator[tuple[Store, Engine | None, int]]:
    """Open what is replayed, what it is compared with, and say up to which position.

    Up to a moment the read models are made in memory; else those of the store are taken.
    """
    from projections.moments import position_at

    if compare and to is None:
        with views(settings) as current:
            yield current.store, current.engine, current.position
        return
    with reading(settings) as store:
        upto = position_at(store, to)
        yield store, in_memory(store, upto=upto) if compare else None, upto


def _difference(difference: Difference) -> dict[str, object]:
    return {
        "place": f"{difference.read_model} {difference.subject}",
        "says": _DIFFERS,
        "replayed": _value(difference.replayed),
        "stored": _value(difference.stored),
    }


def _value(value: object) -> object:
    return to_json(value) if isinstance(value, dict) else value


def _facts(folded: Replay, rate: int, *, findings: int) -> list[Text]:
    return [
        Text(f"折叠 {folded.events:,} 条事件", f"{folded.events:,} events folded"),
        Text(f"{len(folded.versions):,} 个流", f"{len(folded.versions):,} streams"),
        Text(f"每秒 {rate:,} 条", f"{rate:,} a second"),
        Text(f"{findings} 处发现", f"{findings} findings"),
    ]


def _clean(*, compare: bool) -> Text:
    if compare:
        return Text("重放与读模型一致。", "Replay and read models agree.")
    zh = f"全部事件首尾相接；{_UNCOMPARED.zh}。"
    return Text(zh, f"Every event follows from those before it; {_UNCOMPARED.en}.")
