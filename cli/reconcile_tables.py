"""What `gongji audit reconcile` shows: totals of both sides, then the differences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cli.render import Column, Table, show
from cli.words import word
from domain.money import format_yuan
from domain.text import Text
from projections.settlement_lines import MEASURES
from projections.settlement_totals import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cli.settings import Settings
    from domain.text import Lang
    from interchange.tabular.settlement_rows import Intake
    from projections.reconciliation import Discrepancy, Reconciliation
    from projections.settlement_lines import Line
    from projections.settlement_totals import Total

EXPORTED = [
    Column("file", Text("文件", "file")),
    Column("lines", Text("行数", "lines"), "int"),
]
_LINES = Column("lines", Text("笔数", "lines"), "int")
_FENS = {
    "total": Column("total_fen", Text("总额(元)", "total (yuan)"), "yuan"),
    "fund": Column("fund_fen", Text("基金(元)", "pooled fund"), "yuan"),
    "account": Column("account_fen", Text("个人账户(元)", "all accounts"), "yuan"),
    "own_account": Column("own_account_fen", Text("其中本人(元)", "own account"), "yuan"),
    "mutual_aid": Column("mutual_aid_fen", Text("其中共济(元)", "mutual aid"), "yuan"),
    "cash": Column("cash_fen", Text("现金(元)", "cash"), "yuan"),
}
_GROUP = [
    Column("area", Text("参保地", "area"), if_any=True),
    Column("insurance", Text("险种", "insurance"), "code", "Insurance", if_any=True),
    Column("clearing", Text("清算类别", "clearing"), "code", "Clearing", if_any=True),
]
_PART = Column("part", Text("口径", "part"), "code", "Part")
_SIDE = Column("side", Text("方", "side"), "code", "LedgerSide")
_FILE_LINE = Column("file_line", Text("文件行", "line in the file"), "int")
_KIND = Column("kind", Text("差异", "difference"), "code", "Difference")
_DETAIL = [
    _KIND,
    Column("settlement", Text("结算号", "settlement")),
    Column("claim", Text("费用单", "claim")),
    Column("refund", Text("退费", "refund")),
    Column("positions", Text("位置", "position"), "int"),
    Column("file_lines", Text("文件行", "line in the file"), "int"),
    Column("says", Text("本账 → 对方", "here → there")),
    Column("what", Text("不符项", "what differs"), "code", "LineField", for_people=False),
    Column("status_here", Text("本账状态", "status here"), for_people=False),
]
_EQUAL = Text("两方相符，无差异。", "Both sides agree; nothing differs.")
_NOTHING = Text(
    "所选期间与机构两方均无明细，未作核对。",
    "Neither side has a line of the period and institution chosen: nothing was compared.",
)


def show_reconciliation(
    settings: Settings,
    found: Reconciliation,
    *,
    intake: Intake,
    passed_over: int,
    position: int,
    detail: bool,
) -> None:
    """Show totals and differences: one after the other for people, as one document in data."""
    measures = [_FENS[name] for name in found.measures]
    totals = list(total_rows(found, whole=True))
    groups = list(total_rows(found, whole=False))
    if settings.for_people:
        _show_totals(settings, measures, totals, groups)
    rows = detail_rows(found, settings.lang) if detail else _by_kind(found)
    columns = [*(_DETAIL if detail else [_KIND, _LINES]), *measures]
    table = Table(
        "reconciliation",
        columns,
        rows,
        totals=_effects(found) if rows else None,
        title=Text("差异（金额为对方多出）", "differences (amounts: more there)"),
        position=position,
        as_known_at=settings.as_known_at,
        notes=list(_notes(intake, passed_over)),
        more={
            "equal": found.equal,
            "measures": found.measures,
            "columns": intake.columns,
            "sums": totals,
            "groups": groups,
            "passed_over": passed_over,
        },
        empty=_EQUAL if any(row["lines"] for row in totals) else _NOTHING,
    )
    show(settings, table)


def show_stated(
    settings: Settings, held: Sequence[Total], *, intake: Intake, position: int
) -> None:
    """Show each total that a file states beside the ledger's, and by how much they differ."""
    columns = [
        _FILE_LINE,
        *_GROUP,
        _PART,
        _SIDE,
        _LINES,
        *(_FENS[name] for name in intake.measures),
    ]
    rows = [
        {"file_line": stated.place, **row}
        for stated, total in zip(intake.stated, held, strict=True)
        for row in sides_of(total, intake.measures)
    ]
    differing = sum(total.here != total.there for total in held)
    table = Table(
        "reconciled-totals",
        columns,
        rows,
        title=Text("总账", "totals"),
        position=position,
        as_known_at=settings.as_known_at,
        facts=[Text(f"不符 {differing} 项", f"{differing} totals differ")],
        notes=list(_notes(intake, 0)),
        more={"equal": not differing, "measures": intake.measures, "columns": intake.columns},
    )
    show(settings, table)


def _show_totals(
    settings: Settings,
    measures: list[Column],
    totals: list[dict[str, Any]],
    groups: list[dict[str, Any]],
) -> None:
    title = Text("总账", "totals")
    show(settings, Table("sums", [_PART, _SIDE, _LINES, *measures], totals, title=title))
    off = [row for row in groups if row["side"] == "more_there" and _differs(row)]
    if off:
        title = Text("不符的分组（对方多出）", "groups that differ (more there)")
        columns = [*_GROUP, _PART, _LINES, *measures]
        show(settings, Table("groups", columns, off, title=title))


def _differs(row: dict[str, Any]) -> bool:
    return any(value for key, value in row.items() if key == "lines" or key.endswith("_fen"))


def total_rows(found: Reconciliation, *, whole: bool) -> Iterator[dict[str, Any]]:
    """Give three rows for each part: here, there, and how much more there."""
    for total in found.totals:
        if whole == (not total.group):
            yield from sides_of(total, found.measures)


def sides_of(total: Total, measures: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Give the sums here, those there, and how much more there is there."""
    here, there = total.here, total.there
    fens = tuple(t - h for h, t in zip(here.fens, there.fens, strict=True))
    more = here._replace(lines=there.lines - here.lines, fens=fens)
    group = dict(zip(GROUPS, total.group, strict=False))
    for side, sums in (("here", here), ("there", there), ("more_there", more)):
        yield {
            **group,
            "part": total.part,
            "side": side,
            "lines": sums.lines,
            **_named(measures, sums.fens),
        }


def _named(measures: Sequence[str], fens: tuple[int, ...]) -> dict[str, int]:
    return {f"{name}_fen": fen for name, fen in zip(measures, fens, strict=True)}


def _effects(found: Reconciliation) -> dict[str, int]:
    """Add up what the differences come to; it is what the totals differ by."""
    sums = [sum(each) for each in zip(*(one.effect for one in found.differences), strict=True)]
    return {"lines": len(found.differences), **_named(found.measures, tuple(sums))}


def _by_kind(found: Reconciliation) -> list[dict[str, Any]]:
    counts = Counter(each.kind for each in found.differences)
    rows = []
    for kind, lines in counts.items():
        effects = [each.effect for each in found.differences if each.kind == kind]
        sums = tuple(sum(each) for each in zip(*effects, strict=True))
        rows.append({"kind": kind, "lines": lines, **_named(found.measures, sums)})
    return rows


def detail_rows(found: Reconciliation, lang: Lang) -> list[dict[str, Any]]:
    """Give one row for each difference."""
    return [_row(each, found, lang) for each in found.differences]


def _row(each: Discrepancy, found: Reconciliation, lang: Lang) -> dict[str, Any]:
    line = each.line
    return {
        "kind": each.kind,
        "settlement": line.settlement,
        "claim": line.claim,
        "refund": line.refund,
        "positions": [one.place for one in each.here],
        "file_lines": [one.place for one in each.there],
        "says": "; ".join(_said(each, name, lang) for name in each.what),
        "what": list(each.what),
        "status_here": each.status_here,
        **_named(found.measures, each.effect),
    }


def _said(each: Discrepancy, name: str, lang: Lang) -> str:
    """Say what a measure or a fact is on both sides."""
    label = word("LineField", name, lang)
    here, there = (_value(lines, name, lang) for lines in (each.here, each.there))
    if name == "status":
        here = word("Status", each.status_here, lang)
        there = there or word("Status", "settled", lang)
    return f"{label} {here} → {there}"


def _value(lines: tuple[Line, ...], name: str, lang: Lang) -> str:
    if not lines:
        return ""
    if name in MEASURES:
        return format_yuan(lines[0].fens[MEASURES.index(name)] or 0)
    words = {"insurance": "Insurance", "clearing": "Clearing", "status": "Status"}.get(name, "")
    return word(words, getattr(lines[0], name), lang)


def _notes(intake: Intake, passed_over: int) -> Iterator[Text]:
    """Say what of the file was not compared as it stands."""
    if passed_over:
        yield Text(
            f"文件中有 {passed_over:,} 行不在所选期间或机构，未对",
            f"{passed_over:,} rows of the file lie outside the period or institution chosen",
        )
    if intake.totals_skipped:
        yield Text(
            f"略过合计行 {intake.totals_skipped} 行",
            f"{intake.totals_skipped} rows of sums skipped",
        )
    if intake.turned:
        yield Text(
            f"退费行以正数列示 {intake.turned:,} 行，已按负数计",
            f"{intake.turned:,} refunds came with positive amounts and were taken as negative",
        )
    unseen = [name for name in MEASURES if name not in intake.measures]
    if unseen:
        zh = "、".join(word("LineField", name, "zh") for name in unseen)
        en = ", ".join(word("LineField", name, "en") for name in unseen)
        yield Text(f"文件没有此项，未对：{zh}", f"not in the file, not compared: {en}")
