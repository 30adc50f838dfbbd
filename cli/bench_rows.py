"""The report of `gongji bench` as rows: one function a section, one figure a row.

A row has the median of its runs with the lowest and the highest, in a unit of its own. Data has
whole numbers only; the words beside them are for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.bench_words import STAGES, UNITS, WHAT
from cli.render import Column
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.clients import Runs
    from benchmarks.figures import Spread
    from benchmarks.report import Report

Row = dict[str, object]

COLUMNS = (
    Column("section", Text("部分", "section"), "code", for_people=False),
    Column("measure", Text("项目", "measure"), "code", for_people=False),
    Column("what", Text("项目", "measure")),
    Column("clients", Text("等待的客户端", "clients waiting"), "int"),
    Column("persons", Text("参保人", "persons"), "int", for_people=False),
    Column("settled", Text("已有结算", "settled before"), "int", for_people=False),
    Column("count", Text("数量", "count"), "int"),
    Column("median", Text("中位数", "median"), "int"),
    Column("low", Text("最低", "lowest"), "int", for_people=False),
    Column("high", Text("最高", "highest"), "int", for_people=False),
    Column("range", Text("最低 … 最高", "lowest … highest"), in_data=False),
    Column("unit", Text("单位", "unit"), "code", for_people=False),
    Column("unit_words", Text("单位", "unit"), in_data=False),
    Column("p50_us", Text("中位延迟 µs", "p50 µs"), "int"),
    Column("p50_us_low", Text("最低中位延迟", "lowest p50"), "int", for_people=False),
    Column("p50_us_high", Text("最高中位延迟", "highest p50"), "int", for_people=False),
    Column("p99_us", Text("99% 延迟 µs", "p99 µs"), "int"),
    Column("p99_us_low", Text("最低 99% 延迟", "lowest p99"), "int", for_people=False),
    Column("p99_us_high", Text("最高 99% 延迟", "highest p99"), "int", for_people=False),
    Column("conflicts", Text("冲突重做", "conflicts"), "int"),
    Column("times_baseline_hundredths", Text("基线倍数", "times"), "int", for_people=False),
    Column("cost_permille", Text("慢千分之几", "cost"), "int", for_people=False),
    Column("share_permille", Text("占千分之几", "share"), "int", for_people=False),
    Column("compared", Text("对比", "compared"), in_data=False),
)


def rows(report: Report) -> Iterator[Row]:
    """Give the rows of every section that was measured, in the report's order."""
    for section, give in SECTIONS.items():
        measured = getattr(report, section)
        if measured is not None:
            for row in give(report):
                yield {"section": section, **row}


def _settling(report: Report) -> Iterator[Row]:
    assert report.settling is not None
    for runs in report.settling.runs:
        row = _of_runs("settling", runs)
        if report.baseline is not None:
            row |= _times(report.baseline.times_hundredths(runs))
        yield row


def _baseline(report: Report) -> Iterator[Row]:
    assert report.baseline is not None
    for attempts in report.baseline.attempts:
        yield _of_runs("baseline", attempts.runs) | {"conflicts": attempts.conflicts.median}


def _hot(report: Report) -> Iterator[Row]:
    assert report.hot is not None
    yield _of_runs("hot.spread", report.hot.spread)
    yield _of_runs("hot.family", report.hot.family) | _cost(report.hot.cost_permille)


def _holding(report: Report) -> Iterator[Row]:
    assert report.holding is not None
    held, captured = report.holding.authorized, report.holding.captured
    yield _row("holding.cycle", report.holding.cycles_per_second, "per_second") | {
        "clients": held.clients,
        "count": captured.settlements,
    }
    yield _of_runs("holding.authorize", held)
    yield _of_runs("holding.capture", captured)


def _growth(report: Report) -> Iterator[Row]:
    assert report.growth is not None
    for place, grown in enumerate(report.growth.grown):
        row = _of_runs("growth", grown.runs) | {
            "what": _filled("growth", persons=grown.persons, settled=grown.settled),
            "persons": grown.persons,
            "settled": grown.settled,
        }
        yield row | _cost(report.growth.cost_permille(grown)) if place else row
    for grown in report.growth.grown:
        yield _one("growth.founding", grown.founding.per_second, "per_second") | {
            "what": _filled("growth.founding", persons=grown.persons),
            "persons": grown.persons,
            "count": grown.founding.events,
        }


def _replaying(report: Report) -> Iterator[Row]:
    from benchmarks.figures import spread

    replay = report.replaying
    assert replay is not None
    yield _row("replaying", replay.per_second, "per_second") | {"count": replay.events}
    whole_ns = sum(part.read_ns + part.decoded_ns + part.folded_ns for part in replay.parts)
    for step in ("read", "decoded", "folded"):
        taken_ns = [getattr(part, f"{step}_ns") for part in replay.parts]
        each_ns = spread(ns // replay.events for ns in taken_ns)
        share = _share(sum(taken_ns) * 1000 // max(whole_ns, 1))
        yield _row(f"replaying.{step}", each_ns, "ns") | {"count": replay.events} | share


def _projecting(report: Report) -> Iterator[Row]:
    assert report.projecting is not None
    count = report.projecting.events
    yield _row("projecting", report.projecting.per_second, "per_second") | {"count": count}


def _opening(report: Report) -> Iterator[Row]:
    opening = report.opening
    assert opening is not None
    figures = {
        "opening.open": opening.opened_us,
        "opening.read": opening.read_us,
        "opening.settle": opening.settled_us,
        "opening.start_read": opening.started_read_us,
        "opening.start_settle": opening.started_settled_us,
    }
    for measure, spread in figures.items():
        yield _row(measure, spread, "us") | {
            "settled": opening.stored,
            "count": sum(each.acknowledged for each in opening.times),
        }


def _storage(report: Report) -> Iterator[Row]:
    storage = report.storage
    assert storage is not None
    for each, count in (("settlement", storage.settlements), ("person", storage.persons)):
        weighed = getattr(storage, f"per_{each}")
        for file, size in weighed._asdict().items():
            yield _one(f"storage.{file}.{each}", size, "bytes") | {"count": count}


def _memory(report: Report) -> Iterator[Row]:
    memory = report.memory
    assert memory is not None
    yield _one("memory.person", memory.per_person, "bytes") | {"count": memory.persons}
    yield _one("memory.settlement", memory.per_settlement, "bytes") | {"count": memory.settlements}
    for step in ("started", "opened", "at_hand", "settled"):
        yield _one(f"memory.{step}", getattr(memory, step), "bytes")


def _merkle(report: Report) -> Iterator[Row]:
    merkle = report.merkle
    assert merkle is not None
    count = {"count": merkle.events}
    yield _row("merkle.event", merkle.event_ns, "ns") | count
    yield _row("merkle.bare_event", merkle.bare_event_ns, "ns") | count
    yield _one("merkle.cost", merkle.cost_ns, "ns") | count
    yield _of_runs("merkle.settling", merkle.settling) | _cost(merkle.cost_permille)
    yield _of_runs("merkle.bare_settling", merkle.bare_settling)
    yield _one("merkle.bytes", merkle.event_bytes, "bytes") | count


def _stages(report: Report) -> Iterator[Row]:
    assert report.stages is not None
    for profile in report.stages.profiles:
        for stage in profile.stages:
            row = _one(f"stages.{stage.name}", profile.each_ns(stage), "ns")
            said = {"what": STAGES[stage.name], "clients": profile.clients, "count": stage.calls}
            yield row | said | _share(profile.share_permille(stage))


SECTIONS: Mapping[str, Callable[[Report], Iterator[Row]]] = {
    "settling": _settling,
    "baseline": _baseline,
    "hot": _hot,
    "holding": _holding,
    "growth": _growth,
    "replaying": _replaying,
    "projecting": _projecting,
    "opening": _opening,
    "storage": _storage,
    "memory": _memory,
    "merkle": _merkle,
    "stages": _stages,
}
"""The rows of each section, by its field in the report."""


# --------------------------------------------------------------------------------------- one row


def _row(measure: str, spread: Spread, unit: str) -> Row:
    return {
        "measure": measure,
        "what": WHAT.get(measure),
        "median": spread.median,
        "low": spread.low,
        "high": spread.high,
        "range": f"{spread.low:,} … {spread.high:,}" if spread.low < spread.high else "",
        "unit": unit,
        "unit_words": UNITS[unit],
    }


def _filled(measure: str, **numbers: int) -> Text:
    said = WHAT[measure]
    return Text(said.say("zh", **numbers), said.say("en", **numbers))


def _one(measure: str, value: int, unit: str) -> Row:
    """Make a row of something measured once."""
    from benchmarks.figures import spread

    return _row(measure, spread([value]), unit)


def _of_runs(measure: str, runs: Runs) -> Row:
    row = _row(measure, runs.per_second, "per_second")
    row |= {"clients": runs.clients, "count": runs.settlements}
    for hundredth in (50, 99):
        latency = runs.percentile_us(hundredth)
        name = f"p{hundredth}_us"
        row |= {name: latency.median, f"{name}_low": latency.low, f"{name}_high": latency.high}
    return row


def _times(hundredths: int) -> Row:
    times = f"{hundredths // 100}.{hundredths % 100 // 10}"
    said = Text(f"基线的 {times} 倍", f"{times}× baseline")
    return {"times_baseline_hundredths": hundredths, "compared": said}


def _cost(permille: int) -> Row:
    percent = _percent(abs(permille))
    slower = Text(f"慢 {percent}", f"{percent} slower")
    faster = Text(f"快 {percent}", f"{percent} faster")
    return {"cost_permille": permille, "compared": slower if permille >= 0 else faster}


def _share(permille: int) -> Row:
    percent = _percent(permille)
    said = Text(f"占时间的 {percent}", f"{percent} of the time")
    return {"share_permille": permille, "compared": said}


def _percent(permille: int) -> str:
    return f"{permille // 10}.{permille % 10} %"


def facts(report: Report) -> list[Text]:
    """Give what stands below the table: how much was done, and by which Python."""
    from platform import python_implementation, python_version

    size = report.size
    python = f"{python_implementation()} {python_version()}"
    return [
        Text(f"参保人 {size.persons:,}", f"{size.persons:,} persons"),
        Text(f"每轮至多 {size.settlements:,} 笔", f"up to {size.settlements:,} settlements a run"),
        Text(f"{size.repeat} 轮取中位", f"medians of {size.repeat}"),
        Text(python, python),
    ]


def more(report: Report) -> dict[str, Any]:
    """Give what data has beside the rows."""
    from importlib.metadata import version

    found: dict[str, Any] = {"size": report.size._asdict()}
    if report.baseline is not None:
        found["baseline_library"] = f"eventsourcing {version('eventsourcing')}"
        found["baseline_synchronous"] = report.baseline.synchronous
    if report.storage is not None:
        found["events_a_settlement_hundredths"] = report.storage.events_a_settlement_hundredths
    if report.opening is not None:
        found["killed"] = [each._asdict() for each in report.opening.times]
    return found
