"""The words of what auditors are shown, by vocabulary and code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.sample_words import SAMPLE_WORDS
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

AUDIT_WORDS: dict[str, Mapping[str, Text]] = {
    "Extension": {
        "extends": Text("是其延续", "extends it"),
        "same": Text("相同", "the same"),
        "fork": Text("分叉：历史被改写", "a fork: history was rewritten"),
        "shrunk": Text("少于原有笔数", "has fewer entries than then"),
    },
    "Link": {
        "ground": Text("依据", "rests on"),
        "before": Text("前因", "before"),
        "same": Text("本次办理", "this command"),
        "after": Text("后果", "after"),
    },
    "Matter": {
        "balance": Text("余额", "balance"),
        "person": Text("参保状况", "insurance and account"),
        "relation": Text("关系与授权", "relation and authorization"),
        "claim": Text("费用单", "claim"),
    },
    # Reconciling. A line's own account has the wallet in it.
    "Difference": {
        "missing_here": Text("本账缺", "missing here"),
        "missing_there": Text("对方缺", "missing there"),
        "period": Text("跨期", "in another period"),
        "doubled_here": Text("本账重复", "doubled here"),
        "doubled_there": Text("对方重复", "doubled there"),
        "amount": Text("金额不符", "amounts differ"),
        "split": Text("合计相同，分笔不同", "same sum, other parts"),
        "status": Text("状态不符", "status differs"),
        "facts": Text("登记项不符", "other facts differ"),
    },
    "Part": {
        "payments": Text("结算", "payments"),
        "refunds": Text("退费", "refunds"),
        "net": Text("净额", "net"),
    },
    "LedgerSide": {
        "here": Text("本账", "here"),
        "there": Text("对方", "there"),
        "more_there": Text("对方多", "more there"),
    },
    "Clearing": {
        "outpatient": Text("门诊", "outpatient"),
        "inpatient": Text("住院", "inpatient"),
        "pharmacy": Text("药店购药", "pharmacy"),
        "other": Text("其他", "other"),
    },
    "LineField": {
        "total": Text("医疗费总额", "total cost"),
        "fund": Text("基金支付", "pooled fund"),
        "account": Text("个人账户支出", "all accounts"),
        "own_account": Text("本人账户", "own account"),
        "mutual_aid": Text("共济支付", "mutual aid"),
        "cash": Text("现金", "cash"),
        "settlement": Text("结算号", "settlement"),
        "claim": Text("费用单", "claim"),
        "day": Text("结算日", "day"),
        "patient": Text("就诊人", "patient"),
        "institution": Text("机构", "institution"),
        "area": Text("参保地", "pooling area"),
        "insurance": Text("险种", "insurance"),
        "clearing": Text("清算类别", "clearing kind"),
        "refund": Text("退费标志", "refund"),
        "status": Text("状态", "status"),
    },
    **SAMPLE_WORDS,
}
"""How an event stands to the one asked for (`projections.causes.Link`), and what a figure that
differs belongs to (`projections.two_moments.Matter`)."""
