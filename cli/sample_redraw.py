"""Drawing the sample of a file again: whether the books still give what the file has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.errors import FOUND, Failure, Trouble
from cli.sample_drawing import books
from domain.text import Text
from projections.sampling.codes import Allotment, By, Method, Money, Over

if TYPE_CHECKING:
    from cli.sample_file import Paper
    from cli.settings import Settings
    from projections.sampling.frame import Frame
    from projections.sampling.selecting import Plan, Sample

_UNREADABLE = Text("样本的计划无法识别", "the plan of the sample cannot be read")
_FRAME = Text(
    "总体与账不符：文件为 {given}，按账为 {found}",
    "the frame is not that of the books: the file has {given}, the books give {found}",
)
_ITEMS = Text(
    "样本与账不符：{items}",
    "the sample is not the one that these books give: {items}",
)
_AGAIN = Text(
    "核对账本与 known_at；样本须原样保留",
    "see whether it is the same ledger, and leave what was drawn as it is",
)


def check_redrawn(settings: Settings, paper: Paper) -> None:
    """Draw again what a file says was drawn, as the books were known then.

    Raises:
        Failure: the plan cannot be read, or frame, items or amounts differ (exit code 1).
    """
    from projections.sampling.frame import Scope, frame_of
    from projections.sampling.selecting import draw

    try:
        plan, scope = _plan(paper), Scope.read(paper.plan["scope"])
        over, money = Over(paper.plan["over"]), Money(paper.plan["money"])
        known_at = int(paper.plan["known_at"])
    except ValueError:
        raise _differs(settings, _UNREADABLE.say(settings.lang)) from None
    with books(settings, known_at) as known:
        frame = frame_of(known.engine, over, money=money, scope=scope)
    given = paper.plan["frame_digest"]
    if frame.digest != given or known.position != known_at:
        says = _FRAME.say(settings.lang, given=given[:12], found=frame.digest[:12])
        raise _differs(settings, says)
    if not _fits(frame, plan):
        raise _differs(settings, _UNREADABLE.say(settings.lang))
    if items := _differences(draw(frame, plan), paper):
        raise _differs(settings, _ITEMS.say(settings.lang, items=", ".join(items)))


def _plan(paper: Paper) -> Plan:
    from projections.sampling.selecting import Plan

    said = paper.plan
    return Plan(
        method=paper.method,
        size=int(said["size"]),
        seed=said["seed"],
        by=By(said["by"] or By.AMOUNT),
        bands=tuple(map(int, said["bands_fen"].split())),
        allotment=Allotment(said["allotment"] or Allotment.PROPORTIONAL),
    )


def _fits(frame: Frame, plan: Plan) -> bool:
    """Tell whether the frame can be drawn from by this plan."""
    from projections.sampling.selecting import least_size

    has_units = plan.method is not Method.MONEY_UNIT or frame.total_fen >= plan.size
    ascending = list(plan.bands) == sorted(set(plan.bands))
    return ascending and has_units and least_size(frame, plan) <= plan.size <= frame.count


def _differences(sample: Sample, paper: Paper) -> list[str]:
    """Name the items that one side has and the other has not, or has otherwise."""
    drawn = {(each.item.id, each.stratum, each.item.amount_fen) for each in sample.selected}
    filled = {(row.item, row.stratum, row.amount_fen) for row in paper.rows}
    found = sorted({item for item, _, _ in drawn ^ filled})
    parts = {part for part in sample.strata if part.drawn} ^ set(paper.strata)
    found += sorted(part.name for part in parts)
    if sample.interval_fen != paper.fen("interval_fen"):
        found.append("interval_fen")
    return found


def _differs(settings: Settings, says: str) -> Failure:
    trouble = Trouble("sample_differs", says, remedy=_AGAIN.say(settings.lang))
    return Failure(trouble, exit_code=FOUND)
