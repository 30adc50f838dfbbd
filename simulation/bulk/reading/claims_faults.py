"""What can be wrong with a row of a claims file, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.text import Text
from simulation.bulk.reading.claims_columns import WORDS

MOST_FEN = 2_000_000_000
"""The highest amount of a line; every balance and every payment of a run fits into 32 bits."""


class Fault(NamedTuple):
    """A kind of fault: what is wrong and what to do."""

    says: Text
    remedy: Text


_WHOLE_BILL = Text(
    "改正后请将整张费用单的各行一并重新提交", "correct it and hand in all lines of the bill again"
)
_ONE_BILL = Text(
    "一张费用单的各行须相邻，同一患者、日期、机构与凭证",
    "the lines of a bill stand together and have one patient, day, institution and credential",
)

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "missing": Fault(Text("没有值", "no value"), Text("请补上", "fill it in")),
        "not_a_number": Fault(
            Text("不是整数", "not a whole number"),
            Text(
                "只写数字；金额以分为单位，不带小数点与千位分隔",
                "write digits only; amounts in fen, without decimals or separators",
            ),
        ),
        "not_a_day": Fault(
            Text("不是日期，或没有这一天", "not a day, or there is no such day"),
            Text("请写成 2026-03-01", "write it as 2026-03-01"),
        ),
        "not_yes_or_no": Fault(
            Text("不是真假值", "neither true nor false"),
            Text("请写 true 或 false", "true or false"),
        ),
        "unknown_word": Fault(
            Text("没有这个词", "no such word"), Text("可写：{words}", "one of: {words}")
        ),
        "unknown_region": Fault(
            Text("所用规则中没有这个统筹区", "the rules of this run know no such region"),
            Text("请核对六位区划代码", "see the six-digit code"),
        ),
        "unknown_person": Fault(
            Text("人群中没有此人", "nobody in the population has this number"),
            Text("编号为 0 至 {last_person}", "persons are numbered from 0 to {last_person}"),
        ),
        "number_range": Fault(
            Text("编号超出范围", "a number out of range"),
            Text(
                "费用单号不超过 18 位；行号为 1 至 32767",
                "a claim has up to 18 digits, lines go from 1 to 32767",
            ),
        ),
        "amount_range": Fault(
            Text("金额为负或过大", "an amount below zero or too large"),
            Text(
                f"每行不超过 {MOST_FEN} 分；更大的请用 gongji claim settle 单笔结算",
                f"up to {MOST_FEN} fen a line; settle larger ones singly, by gongji claim settle",
            ),
        ),
        "day_range": Fault(
            Text("日期超出范围", "a day out of range"),
            Text("须在 1990 年至 2099 年之间", "from 1990 to 2099"),
        ),
        "above_total": Fault(
            Text("基金支付大于总额", "the fund's part is more than the total"), _WHOLE_BILL
        ),
        "after_booking": Fault(
            Text("就诊日晚于记账日", "the day of care is after the day of booking"), _WHOLE_BILL
        ),
        "nothing_to_credit": Fault(
            Text("入账金额为零", "a credit of nothing"), Text("请删去该行", "leave the row out")
        ),
        "misplaced": Fault(
            Text("此类行不能有这个值", "a row of this kind cannot have this value"),
            Text(
                "whole 只用于 cancel，segment 只用于 credit；整单撤销为一行、行号 0",
                "whole is for cancel, segment for credit; a whole cancellation is one row, line 0",
            ),
        ),
        "differs": Fault(
            Text("与同一费用单的上一行不一致", "differs from the line before, of the same bill"),
            _ONE_BILL,
        ),
        "line_order": Fault(
            Text("行号未递增", "line numbers do not rise within the bill"), _ONE_BILL
        ),
        "booked_order": Fault(
            Text("记账日早于前面的费用单（{after}）", "booked before an earlier bill ({after})"),
            Text("请按记账日排序后重新提交", "sort by day of booking and hand it in again"),
        ),
        "claim_order": Fault(
            Text("费用单号不大于前面的（{after}）", "not above an earlier claim ({after})"),
            Text(
                "费用单号须逐张递增；重复的请删去",
                "claim numbers rise from bill to bill; leave a repeated one out",
            ),
        ),
        "runs_together": Fault(
            Text(
                "与前一次撤销之间的行均有误，两次撤销会并为一次",
                "only faulty rows part it from another cancellation of the bill",
            ),
            Text("改正中间的行后一并重新提交", "correct those rows and hand them in together"),
        ),
        "other_line": Fault(
            Text("同一费用单的另一行有误", "another line of the same bill is wrong"), _WHOLE_BILL
        ),
    }
)
"""Every kind of fault, by a lasting code, in the order in which totals are printed."""


def said(fault: str, column: str, *, facts: Mapping[str, object]) -> Fault:
    """Give what is wrong and what to do, with the places of the sentences filled."""
    known = {"words": ", ".join(WORDS.get(column, ())), **facts}
    says, remedy = FAULTS[fault]
    return Fault(
        Text(says.say("zh", **known), says.say("en", **known)),
        Text(remedy.say("zh", **known), remedy.say("en", **known)),
    )
