"""The tables of a comparison on a population, and the bars of its picture: the same numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from cli.compare_chart import Bar, Panel
from cli.render import Column, Table
from cli.words import WORDS
from domain.money import format_yuan
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from domain.ids import RegionCode
    from domain.text import Lang
    from simulation.bulk.comparison.comparing_sums import Comparison, Group

Row = dict[str, object]

_AMOUNTS = [
    Column("before_fen", Text("基准(元)", "base (yuan)"), "yuan"),
    Column("after_fen", Text("假设(元)", "as it might be (yuan)"), "yuan"),
    Column("change_fen", Text("增减(元)", "change (yuan)"), "yuan"),
]
PAYERS = [Column("payer", Text("支付方", "payer"), "code", "Payer"), *_AMOUNTS]
_REFUSED = [
    Column("number", Text("编号", "number"), for_people=False),
    Column("refusal", Text("拒绝原因", "refused because"), for_people=False),
    Column("says", Text("拒绝原因", "refused because"), in_data=False),
    Column("before", Text("基准(张)", "base"), "int"),
    Column("after", Text("假设(张)", "as it might be"), "int"),
    *_AMOUNTS,
]
_COUNTS = [
    Column("less", Text("现金减少", "less cash"), "int"),
    Column("more", Text("现金增加", "more cash"), "int"),
    Column("same", Text("不变", "the same"), "int"),
]
_DECILES = [
    Column("percent", Text("分位(%)", "quantile (%)"), "int"),
    Column("change_fen", Text("现金增减(元)", "change of cash (yuan)"), "yuan"),
]
_REGION = Text("统筹区（人）", "area (patients)")
_AGE = Text("年龄（人）", "age (patients)")
_SIZE = Text("账单金额（张）", "cost of the bill (bills)")
_UNKNOWN = Text("不详", "not known")
_NOBODY = Text("没有人的现金因此改变。", "Nobody's cash changes.")

PANELS = (
    Panel("payer", Text("由谁支付：增减（元）", "Who pays: change (yuan)"), "fen"),
    Panel(
        "size",
        Text("现金增减（元），按账单金额", "Change of cash (yuan), by cost of the bill"),
        "fen",
    ),
    Panel(
        "decile",
        Text("现金有变化的人：各分位的增减（元）", "Persons whose cash changes: deciles (yuan)"),
        "fen",
    ),
    Panel(
        "region",
        Text("现金增减（元），变化最大的统筹区", "Change of cash (yuan), where it is largest"),
        "fen",
    ),
    Panel(
        "age",
        Text("现金减少与增加的人数，按年龄", "Persons who pay less and more cash, by age"),
        "persons",
    ),
)
_MOST_AREAS = 12  # in the picture; the table has all


def that_change(table: Table) -> Table:
    """Leave out of a table of groups those in which nothing changes, and say how many they are."""
    rows = [row for row in table.rows if row["less"] or row["more"]]
    others = len(list(table.rows)) - len(rows)
    note = Text(f"其余 {others} 个不变。", f"{others} more, in which nothing changes.")
    return replace(table, rows=rows, notes=[note] if others else [], empty=_NOBODY)


def payer_rows(comparison: Comparison) -> list[Row]:
    """Give who pays what, fen before and after."""
    return [{"payer": payer, **_amounts(*both)} for payer, both in comparison.payers.items()]


def sections(comparison: Comparison, regions: Sequence[RegionCode]) -> dict[str, Table]:
    """Give the other tables, by the key that they have in data; those without rows are left out.

    Groups say for people what they are, and in data the region or where the band begins.
    """
    from cli.sources import area
    from simulation.bulk.comparison.comparing_sums import AGES, SIZES_FEN

    age_from = {-1: None, **dict(enumerate((0, *AGES)))}
    tables = {
        "refused": Table("refused", _REFUSED, list(_refused(comparison))),
        "by_region": _grouped(
            _REGION,
            ("region", dict(enumerate(regions))),
            {number: area(code) for number, code in enumerate(regions)},
            comparison.regions,
        ),
        "by_age": _grouped(_AGE, ("age_from", age_from), _ages(), comparison.ages),
        "by_size": _grouped(
            _SIZE,
            ("cost_from_fen", dict(enumerate((0, *SIZES_FEN)))),
            dict(enumerate(_sizes())),
            comparison.sizes,
        ),
    }
    deciles: list[Row] = [
        {"percent": 10 * tenth, "change_fen": fen} for tenth, fen in enumerate(comparison.deciles)
    ]
    found = {key: table for key, table in tables.items() if table.rows}
    return found | {"deciles": Table("deciles", _DECILES, deciles, empty=_NOBODY)}


def _grouped(
    title: Text,
    data: tuple[str, Mapping[int, object]],
    names: Mapping[int, Text],
    groups: Sequence[Group],
) -> Table:
    """Lay groups out; `data` is the key and the value by which data knows a group."""
    key, values = data
    columns = [
        Column("who", title, in_data=False),
        Column(key, title, for_people=False),
        *_COUNTS,
        *_AMOUNTS,
    ]
    rows = [{"who": names[g.key], key: values[g.key], **_group(g)} for g in groups]
    return Table("groups", columns, rows)


def bars(comparison: Comparison, regions: Sequence[RegionCode], *, lang: Lang) -> Iterator[Bar]:
    """Give every bar of the picture."""
    from cli.sources import area

    for payer, (before, after) in comparison.payers.items():
        yield Bar("payer", payer, WORDS["Payer"][payer].say(lang), after - before)
    for tenth, fen in enumerate(comparison.deciles):
        yield Bar("decile", f"{10 * tenth}", f"{10 * tenth}%", fen)
    for group in comparison.sizes:
        yield Bar("size", str(group.key), _sizes()[group.key].say(lang), _change(group))
    for group in comparison.ages:
        for count in [each for each in (-group.less, group.more) if each] or [0]:
            yield Bar("age", str(group.key), _ages()[group.key].say(lang), count)
    changed = [group for group in comparison.regions if group.less or group.more]
    most = sorted(changed, key=lambda group: (-abs(_change(group)), group.key))
    for group in most[:_MOST_AREAS]:
        code = regions[group.key]
        yield Bar("region", code, area(code).say(lang), _change(group))


def _refused(comparison: Comparison) -> Iterator[Row]:
    from cli.refusal_words import in_general
    from simulation.bulk.outcomes import REFUSALS, SINGLY

    for outcome, (was, now) in comparison.refused.items():
        code = REFUSALS[outcome][0] if outcome in REFUSALS else None
        yield {
            "number": code.number if code else "",
            "refusal": code.value if code else SINGLY[outcome],
            "says": in_general(code) if code else SINGLY[outcome],
            "before": was.bills,
            "after": now.bills,
            **_amounts(was.fen, now.fen),
        }


def _group(group: Group) -> Row:
    counts: Row = {"less": group.less, "more": group.more, "same": group.same}
    return counts | _amounts(group.before_fen, group.after_fen)


def _amounts(before: int, after: int) -> Row:
    return {"before_fen": before, "after_fen": after, "change_fen": after - before}


def _change(group: Group) -> int:
    return group.after_fen - group.before_fen


def _ages() -> dict[int, Text]:
    """Name the bands of age; -1 is an age that is not known."""
    from simulation.bulk.comparison.comparing_sums import AGES

    first = [0, *AGES]
    names = {-1: _UNKNOWN}
    for band, (low, high) in enumerate(zip(first, AGES, strict=False)):
        names[band] = Text(f"{low} 至 {high - 1} 岁", f"{low} to {high - 1}")
    return names | {len(AGES): Text(f"{AGES[-1]} 岁及以上", f"{AGES[-1]} and older")}


def _sizes() -> list[Text]:
    """Name the bands of bills by cost."""
    from simulation.bulk.comparison.comparing_sums import SIZES_FEN

    yuan = [format_yuan(fen).removesuffix(".00") for fen in SIZES_FEN]
    between = [
        Text(f"{low} 至不足 {high} 元", f"{low} to below {high} yuan")
        for low, high in pairwise(yuan)
    ]
    return [
        Text(f"不足 {yuan[0]} 元", f"below {yuan[0]} yuan"),
        *between,
        Text(f"{yuan[-1]} 元及以上", f"{yuan[-1]} yuan and more"),
    ]
