"""Which column of a file of settlements means what, by the names that are in use.

Names of the national interface are those of its reconciliation files (3201, 3202) and of its
settlement answers, 医疗保障信息平台定点医药机构接口规范 (Hunan edition V1.3, 2021-08), with the
spellings that occur besides. Amounts are yuan unless the name ends in `_fen` or （分）.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.text import Text
from interchange.tabular.faults import unreadable
from interchange.tabular.sheets import Row
from projections.settlement_lines import MEASURES

NAMES: dict[str, tuple[str, ...]] = {
    "settlement": ("setl_id", "结算id", "结算号", "结算编号"),
    "claim": ("mdtrt_id", "就诊id", "就诊号", "费用单号"),
    "patient": ("psn_no", "人员编号", "就诊人"),
    "institution": ("fixmedins_code", "定点医药机构编号", "机构编号", "机构"),
    "area": ("insuplc_admdvs", "setl_optins", "参保地医保区划", "参保地", "统筹区", "region"),
    "insurance": ("insutype", "险种类型", "险种"),
    "clearing": ("clr_type", "清算类别"),
    "day": ("setl_time", "setl_date", "结算时间", "结算日", "结算日期", "settled_on"),
    "count": ("fixmedins_setl_cnt", "结算笔数", "定点医药机构结算笔数"),
    "first": ("stmt_begndate", "对账开始日期"),
    "last": ("stmt_enddate", "对账结束日期"),
    "refund": ("refd_setl_flag", "退费结算标志", "退费标志"),
    "status": ("setl_status", "状态", "结算状态"),
    "total": ("medfee_sumamt", "医疗费总额", "总额"),
    "fund": ("fund_pay_sumamt", "基金支付总额", "基金支付"),
    "account": ("acct_pay", "个人账户支出", "个人账户支付金额"),
    "own_account": ("selfacctpay", "self_acct_pay", "本人账户支出"),
    "mutual_aid": (
        "acct_mulaid_pay",
        "acctmulaidpay",
        "个人账户共济支付金额",
        "个人账户共济支付",
        "共济支付",
    ),
    "cash": ("psn_cash_pay", "pdn_cash_pay", "cash_payamt", "个人现金支出", "现金支付金额"),
}
"""By our name of a column, the names under which it comes."""

_BARE_3202 = ("settlement", "claim", "patient", "total", "fund", "account", "refund")
"""The order of the interface's own line file, which comes without a head."""

_HEAD_WITHIN = 10  # rows; above a head there may be a title
_AT_LEAST = 2  # known names make a head


class Column(NamedTuple):
    """Where something stands: its place in a row, its name in the file, and whether it is fen."""

    place: int
    name: str
    in_fen: bool = False


def find_columns(
    rows: Sequence[Row], *, given: Mapping[str, str]
) -> tuple[dict[str, Column], Sequence[Row]]:
    """Find what each column means, and the rows below the head.

    `given` says it for some: our name (`total`, or `total_fen` for fen) and the file's.

    Raises:
        Unreadable: no head, a name given that is not there, two columns for one thing, or too
            little to tell settlements apart and compare them.
    """
    for index, row in enumerate(rows[:_HEAD_WITHIN]):
        found = _columns_of(row, given)
        if len(found) >= _AT_LEAST:
            _require(found, row, given=given)
            return found, rows[index + 1 :]
    if rows and len(rows[0].cells) == len(_BARE_3202) and rows[0].cells[-1] in {"0", "1"}:
        bare = {name: Column(place, name) for place, name in enumerate(_BARE_3202)}
        return bare, rows
    names = "、".join(cell for row in rows[:1] for cell in row.cells)
    zh, en = (
        f"认不出任何列（{names}）；请用 --column 指明",
        f"no column is known ({names}); use --column",
    )
    raise unreadable(Text(zh, en))


def _columns_of(row: Row, given: Mapping[str, str]) -> dict[str, Column]:
    """Read a row as a head."""
    places: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        if cell in places and _meaning(cell)[0]:
            zh, en = f"有两列都叫“{cell}”", f"two columns are called {cell!r}"
            raise unreadable(Text(zh, en), line=row.number, column=cell)
        places.setdefault(cell, place)
    found: dict[str, Column] = {}
    for ours, theirs in given.items():
        if theirs in places:
            name = ours.removesuffix("_fen")
            found[name] = Column(places[theirs], theirs, in_fen=ours != name)
    taken = {column.place for column in found.values()}
    for cell, place in places.items():
        name, in_fen = _meaning(cell)
        if not name or place in taken or name in given or f"{name}_fen" in given:
            continue
        known = found.get(name)
        if known is None or (in_fen and not known.in_fen):
            found[name] = Column(place, cell, in_fen)
        elif known.in_fen == in_fen:
            zh = f"“{known.name}”与“{cell}”都像是同一项；请用 --column {name}=列名 指明"
            en = f"{known.name!r} and {cell!r} look like the same; say --column {name}=NAME"
            raise unreadable(Text(zh, en), line=row.number, column=cell)
    return found


def _meaning(cell: str) -> tuple[str, bool]:
    """Give our name of a column, empty where it is not known, and whether it counts fen."""
    name = cell.casefold().removesuffix("(元)").removesuffix("（元）").removesuffix("_yuan")
    bare = name.removesuffix("(分)").removesuffix("（分）").removesuffix("_fen")
    return _OURS.get(bare, ""), bare != name


_OURS = {name: ours for ours, names in NAMES.items() for name in (ours, *names)}


_NO_NAME = Text(
    "没有结算号、费用单号或笔数列；请用 --column settlement=列名 指明",
    "no column of settlements, claims or counts; say --column settlement=NAME",
)
_NO_AMOUNT = Text(
    "没有金额列；请用 --column total=列名 指明", "no column of amounts; say --column total=NAME"
)


def _require(found: Mapping[str, Column], head: Row, *, given: Mapping[str, str]) -> None:
    for name in given.values():
        if name not in head.cells:
            zh, en = f"没有名为“{name}”的列", f"there is no column {name!r}"
            raise unreadable(Text(zh, en), line=head.number)
    if not {"settlement", "claim", "count"} & found.keys():
        raise unreadable(_NO_NAME, line=head.number)
    if not set(MEASURES) & found.keys():
        raise unreadable(_NO_AMOUNT, line=head.number)
