"""Drawing the sample that `gongji audit sample` was asked for, showing and writing it."""

from __future__ import annotations

import secrets
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cli.errors import failure
from cli.render import Column, Table, show, talk
from cli.sample_file import write_sample
from cli.session import reading, views
from domain.money import format_yuan
from domain.text import Text
from projections.sampling.codes import Method, Over

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Engine

    from cli.sample_options import Asked
    from cli.settings import Settings
    from ledger.store import Store
    from projections.questions import Known as Moment
    from projections.sampling.frame import Frame
    from projections.sampling.selecting import Plan, Sample, Selected

_READ_MODELS = ("claims", "journal", "audit_trail")
_ROWS = [
    Column("no", Text("序", "no."), "int"),
    Column("item", Text("项目", "item")),
    Column("day", Text("日期", "day"), "date"),
    Column("person", Text("参保人", "person"), if_any=True),
    Column("claim", Text("费用单", "claim"), for_people=False),
    Column("institution", Text("机构", "institution"), if_any=True),
    Column("region", Text("统筹区", "area"), if_any=True),
    Column("place", Text("场所", "place"), "code", "Place", if_any=True),
    Column("amount_fen", Text("金额(元)", "amount (yuan)"), "yuan"),
    Column("stratum", Text("层", "stratum")),
    Column("positions", Text("事件", "events")),
]
_NOBODY = Text("总体中没有项目，请放宽条件", "nothing is in the frame; ask for less narrow limits")
_TOO_MANY = Text("总体只有 {count} 项", "the frame has {count} items only")
_TOO_FEW = Text("样本量至少 {least}", "the sample needs {least} items at least")
_NO_SIZE = Text(
    "请给出样本量（--size），或可容忍错报（--tolerable）",
    "say how many (--size), or which error is tolerable (--tolerable)",
)
_TOO_NEAR = Text(
    "预期错报太接近可容忍错报，任何样本都无法区分",
    "the expected error is too near the tolerable one for any sample to tell them apart",
)
_NO_LIMIT = Text(
    "可容忍错报须大于零，且不超过总体金额 {total} 元",
    "the tolerable error must lie above zero and within the frame's {total} yuan",
)
_NO_UNITS = Text(
    "事件没有金额，不能按货币单元抽样",
    "this frame has fewer fen than items to draw; draw without money units",
)
_NO_PLACE = Text(
    "事件不属于机构、统筹区或场所",
    "events belong to no institution, area or kind of place",
)
_FILL = Text(
    "已写入 {file}。填 audited_yuan 或 error_yuan（差错 = 账面 − 审定）后："
    "gongji audit sample --evaluate {file}",
    "written to {file}. Fill in audited_yuan or error_yuan (error = recorded − right), then: "
    "gongji audit sample --evaluate {file}",
)


class Known(NamedTuple):
    """The books that are sampled: their read models, and the position that these stand at."""

    engine: Engine
    position: int


def draw_sample(settings: Settings, asked: Asked) -> None:
    """Draw a sample, show it, and write its file where one is wanted.

    Raises:
        Failure: the frame is empty, or the plan does not fit it.
    """
    from projections.sampling.frame import positions_of
    from projections.sampling.selecting import draw

    with books(settings, settings.as_known_at) as known:
        frame = _frame(settings, known.engine, asked)
        drawn = draw(frame, _plan(settings, asked, frame))
        rows = [
            _row(number, each, positions_of(known.engine, each.item))
            for number, each in enumerate(drawn.selected, 1)
        ]
    if asked.out is not None:
        write_sample(
            asked.out,
            drawn,
            rows=rows,
            known_at=known.position,
            confidence_percent=asked.confidence,
            tolerable_fen="" if asked.tolerable is None else asked.tolerable,
            expected_fen=asked.expected,
        )
        talk(settings, _FILL, file=asked.out)
    table = _table(drawn, rows, known.position, asked)
    show(settings, replace(table, as_known_at=settings.as_known_at))


@contextmanager
def books(settings: Settings, known_at: Moment) -> Iterator[Known]:
    """Serve the read models as things stand, or as they were known at a moment."""
    from projections import runner

    if known_at is None:
        with views(settings, _READ_MODELS) as current:
            yield Known(current.engine, current.position)
        return
    with reading(settings) as store, tempfile.TemporaryDirectory() as folder:
        position = _position(store, known_at)
        engine = runner.open_views(Path(folder))
        try:
            runner.run(store, engine, names=_READ_MODELS, upto=position)
            yield Known(engine, position)
        finally:
            engine.dispose()


def _position(store: Store, known: datetime | int) -> int:
    """Give the position of the last event that was known at a moment."""
    last = store.recorder.last_position
    if isinstance(known, int):
        return min(known, last)
    position = 0
    for number, event in store.events():
        if event.meta.recorded_at > known:
            break
        position = number
    return position


def _frame(settings: Settings, engine: Engine, asked: Asked) -> Frame:
    from projections.sampling.frame import Scope, frame_of

    scope = Scope(
        first=asked.first,
        last=asked.last,
        person=asked.person,
        institution=asked.institution,
        region=asked.region,
        place=asked.place,
        at_least_fen=asked.at_least,
    )
    if asked.over is Over.EVENTS and (asked.institution or asked.region or asked.place):
        raise _wrong(_NO_PLACE.say(settings.lang))
    frame = frame_of(engine, asked.over, money=asked.money, scope=scope)
    if not frame.count:
        raise _wrong(_NOBODY.say(settings.lang))
    return frame


def _plan(settings: Settings, asked: Asked, frame: Frame) -> Plan:
    """Complete the plan: its size, and a seed where none was given."""
    from projections.sampling.selecting import Plan, least_size

    plan = Plan(
        method=asked.method,
        size=asked.size or _size(settings, asked, frame),
        seed=asked.seed or f"s{secrets.token_hex(8)}",
        by=asked.by,
        bands=asked.bounds(settings),
        allotment=asked.allotment,
    )
    lang = settings.lang
    if plan.size > frame.count:
        raise _wrong(_TOO_MANY.say(lang, count=frame.count))
    if plan.size < (least := least_size(frame, plan)):
        raise _wrong(_TOO_FEW.say(lang, least=least))
    if plan.method is Method.MONEY_UNIT and frame.total_fen < plan.size:
        raise _wrong(_NO_UNITS.say(lang))
    return plan


def _size(settings: Settings, asked: Asked, frame: Frame) -> int:
    """Compute the size from what is to be shown; never more than there is."""
    from projections.sampling.sizes import size_for

    lang = settings.lang
    if asked.tolerable is None:
        raise _wrong(_NO_SIZE.say(lang))
    if not 0 < asked.tolerable <= frame.total_fen or asked.expected < 0:
        raise _wrong(_NO_LIMIT.say(lang, total=format_yuan(frame.total_fen)))
    size = size_for(
        frame.total_fen,
        confidence=Fraction(asked.confidence, 100),
        tolerable_fen=asked.tolerable,
        expected_fen=asked.expected,
    )
    if size is None:
        raise _wrong(_TOO_NEAR.say(lang))
    return min(size, frame.count)


def _wrong(says: str) -> Exception:
    return failure("bad_sample", says, remedy="gongji audit sample --help")


def _row(number: int, selected: Selected, positions: Sequence[int]) -> dict[str, object]:
    item = selected.item
    return {
        "no": number,
        "item": item.id,
        "day": item.day,
        "person": item.person,
        "claim": item.claim,
        "institution": item.institution,
        "region": item.region,
        "place": item.place,
        "amount_fen": item.amount_fen,
        "stratum": selected.stratum,
        "positions": list(positions),
    }


def _table(drawn: Sample, rows: list[dict[str, object]], position: int, asked: Asked) -> Table:
    frame, plan = drawn.frame, drawn.plan
    drawn_fen = sum(each.item.amount_fen for each in drawn.selected)
    total = format_yuan(frame.total_fen)
    facts = [
        Text(f"总体 {frame.count:,} 项 {total} 元", f"frame {frame.count:,} items, {total} yuan"),
        Text(f"抽出 {len(rows):,} 项", f"{len(rows):,} drawn"),
        Text(f"种子 {plan.seed}", f"seed {plan.seed}"),
    ]
    notes = [Text(f"总体摘要 {frame.digest}", f"digest of the frame {frame.digest}")]
    if drawn.interval_fen:
        step = format_yuan(drawn.interval_fen)
        notes.append(Text(f"抽样间隔 {step} 元", f"interval {step} yuan"))
    if asked.size is None:
        share = f"{format_yuan(asked.tolerable or 0)}/{format_yuan(asked.expected)}"
        notes.append(
            Text(
                f"样本量由可信度 {asked.confidence}%、可容忍/预期错报 {share} 元按泊松系数算出",
                f"size by Poisson factors: confidence {asked.confidence}%, "
                f"tolerable/expected error {share} yuan",
            )
        )
    return Table(
        "sample",
        _ROWS,
        rows,
        totals={"amount_fen": drawn_fen},
        position=position,
        facts=facts,
        notes=notes,
        more={
            "method": plan.method,
            "seed": plan.seed,
            "size": plan.size,
            "interval_fen": drawn.interval_fen,
            "frame": {
                "over": frame.over,
                "money": frame.money,
                "items": frame.count,
                "total_fen": frame.total_fen,
                "digest": frame.digest,
            },
            "strata": [part._asdict() for part in drawn.strata],
        },
    )
