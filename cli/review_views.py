"""What `gongji audit review list` and `show` show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.render import Column, Table, show
from cli.session import views
from cli.words import word
from domain.money import format_yuan
from domain.text import Lang, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.settings import Settings
    from domain.codes import ReviewStep
    from domain.ids import FindingId

LANGS: tuple[Lang, Lang] = ("zh", "en")

_REVIEWS = [
    Column("finding", Text("疑点", "finding")),
    Column("rule", Text("规则", "rule"), for_people=False),
    Column("version", Text("规则版本", "version of the rule"), "int", for_people=False),
    Column("level", Text("结果类型", "grade"), "code", "Suspicion"),
    Column("subject", Text("对象", "subject")),
    Column("positions", Text("事件", "events"), "data", for_people=False),
    Column("amount_fen", Text("所涉金额(元)", "in question (yuan)"), "yuan"),
    Column("step", Text("环节", "step"), "code", "ReviewStep"),
    Column("object_by", Text("申诉截至", "objections until"), "date", if_any=True),
    Column("handling", Text("处理结果", "decided"), "code", "Handling", if_any=True),
    Column("recover_fen", Text("应追回(元)", "to recover (yuan)"), "yuan", if_any=True),
    Column("says", Text("内容", "what was found")),
]
_STEPS = [
    Column("number", Text("序", "no."), "int"),
    Column("step", Text("环节", "step"), "code", "ReviewStep"),
    Column("taken_on", Text("日期", "day"), "date"),
    Column("by", Text("办理人", "by")),
    Column("opinion", Text("意见", "opinion"), "code", "Opinion", if_any=True),
    Column("note", Text("说明", "note"), if_any=True),
    Column("actor", Text("经办人", "actor"), for_people=False),
    Column("cause", Text("报文号", "message id"), for_people=False),
    Column("position", Text("位置", "position"), "int"),
]
_NONE_FITS = Text("没有符合的疑点。", "No finding fits.")
_DECIDED = Text(
    "处理：{handling}，应追回 {recover} 元", "decided: {handling}, {recover} yuan to be recovered"
)
_EMPTY = Text(
    "没有在审疑点。提出：gongji audit review raise",
    "No finding is under review. Raise one: gongji audit review raise",
)


def show_reviews(
    settings: Settings, *, rule: str | None, subject: str | None, step: ReviewStep | None
) -> None:
    """Show the findings that are or were under review."""
    from projections.reviews import reviews

    with views(settings, ["reviews"]) as current:
        found = reviews(current.engine, rule=rule, subject=subject, step=step)
    table = Table(
        "reviews",
        _REVIEWS,
        [_row(row) for row in found],
        totals={name: sum(row[name] for row in found) for name in ("amount_fen", "recover_fen")},
        position=current.position,
        facts=[Text(f"{len(found):,} 个", f"{len(found):,} findings")],
        empty=_NONE_FITS if rule or subject or step else _EMPTY,
    )
    show(settings, table)


def show_review(settings: Settings, finding: FindingId) -> None:
    """Show the steps of one finding, each with the note of the one who took it."""
    from cli.errors import refused
    from domain.refusals import Code, refuse
    from projections.reading import events_at
    from projections.reviews import review_steps, reviews

    with views(settings, ["reviews"]) as current:
        found = reviews(current.engine, finding=finding)
        steps = review_steps(current.engine, finding)
        events = dict(events_at(current.store, [step["position"] for step in steps]))
    if not found:
        raise refused(refuse(Code.UNKNOWN_FINDING, finding=finding[:64]), settings.lang)
    row = _row(found[0])
    rows = [
        {
            **step,
            "note": events[step["position"]].meta.note,
            "actor": events[step["position"]].meta.actor,
            "cause": events[step["position"]].meta.cause,
        }
        for step in steps
    ]
    table = Table(
        "review",
        _STEPS,
        rows,
        title=_title(found[0]),
        position=current.position,
        facts=[_decided(row)] if row["handling"] else [],
        more={"finding": row},
    )
    show(settings, table)


def _row(row: Mapping[str, object]) -> dict[str, object]:
    says = Text(str(row["says_zh"]), str(row["says_en"]))
    positions = [int(each) for each in str(row["positions"]).split()]
    kept = {name: value for name, value in row.items() if not name.startswith("says_")}
    return {**kept, "positions": positions, "says": says}


def _decided(row: Mapping[str, Any]) -> Text:
    """Say how it ended, which is no opinion and so stands in no column of the steps."""
    fen = int(row["recover_fen"])
    how = Text(*(word("Handling", row["handling"], lang) for lang in LANGS))
    recover = format_yuan(fen)
    return Text(*(_DECIDED.say(lang, handling=how.say(lang), recover=recover) for lang in LANGS))


def _title(row: Mapping[str, object]) -> Text:
    named = f"{row['finding']} · {row['subject']}"
    return Text(f"{named} · {row['says_zh']}", f"{named} · {row['says_en']}")
