"""The words of sampling by code; see `cli.words`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE_WORDS: dict[str, Mapping[str, Text]] = {
    "Over": {
        "settlements": Text("结算", "settlements"),
        "lines": Text("账户明细", "lines of personal accounts"),
        "events": Text("事件", "events"),
    },
    "Money": {
        "accounts": Text("账户支付", "paid by accounts"),
        "mutual_aid": Text("共济支付", "mutual-aid payment"),
        "fund": Text("基金支付", "pooled fund payment"),
        "cash": Text("个人现金", "cash"),
        "total": Text("总额", "total"),
    },
    "Method": {
        "simple": Text("简单随机抽样", "simple random"),
        "systematic": Text("系统抽样", "systematic"),
        "stratified": Text("分层抽样", "stratified"),
        "money_unit": Text("货币单元抽样", "money-unit"),
    },
    "By": {
        "amount": Text("金额", "amount"),
        "institution": Text("机构", "institution"),
        "region": Text("统筹区", "pooling area"),
        "place": Text("场所", "place"),
    },
    "Allotment": {
        "proportional": Text("按比例", "proportional"),
        "neyman": Text("按奈曼分配", "Neyman"),
    },
    "Estimator": {
        "stringer": Text("斯特林格上限", "Stringer bound"),
        "difference": Text("差额估计", "difference estimator"),
        "ratio": Text("比率估计", "ratio estimator"),
    },
    "Conclusion": {
        "acceptable": Text("可接受", "acceptable"),
        "not_shown": Text("未能证明可接受", "not shown to be acceptable"),
        "exceeded": Text("超过可容忍错报", "above the tolerable error"),
        "inconclusive": Text("不足以下结论", "no conclusion"),
    },
}
"""By the name of the vocabulary, then by code."""
