"""The words for codes of the policy files: how sure a value is, since when, and what is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICY_WORDS: dict[str, Mapping[str, Text]] = {
    "Grade": {
        "A": Text("官方文本", "official text"),
        "B": Text("新闻报道", "established news"),
        "C": Text("转述", "retold"),
        "D": Text("来源不明", "origin not known"),
    },
    "PolicyStatus": {
        "in_force": Text("现行有效", "in force"),
        "observed": Text("见于公开材料", "seen in public texts"),
        "contested": Text("有争议", "contested"),
        "unverified": Text("待核实", "not verified"),
        "assumed": Text("推定", "assumed"),
        "hypothetical": Text("假设", "hypothetical"),
        "withdrawn": Text("已撤回", "withdrawn"),
        "unknown": Text("未查到", "no text found"),
    },
    "PolicyBasis": {
        "stated": Text("材料写明的日期", "the day that a text names"),
        "first-seen": Text("最早所见的日期", "the day on which it was first seen"),
        "inherited": Text("随上级", "as the parent"),
    },
    "ResolutionRule": {
        "grade": Text("来源较可靠者优先", "the better source"),
        "later": Text("较新者优先", "the later text"),
        "specific": Text("较具体者优先", "the more specific text"),
    },
    "Serves": {
        "decision": Text("决定金额", "decides"),
        "information": Text("供查阅", "informs"),
    },
    "ParameterType": {
        "bool": Text("是否", "yes or no"),
        "set": Text("多选", "several of"),
        "enum": Text("单选", "one of"),
        "money": Text("金额", "money"),
        "count": Text("个数", "count"),
        "int": Text("整数", "number"),
        "ratio": Text("比例", "ratio"),
    },
    "Departs": {
        "override": Text("可不同", "may differ"),
        "narrow_only": Text("只可更窄", "only narrower"),
        "widen_only": Text("只可更宽", "only wider"),
    },
    "RegionLevel": {
        "nation": Text("全国", "nation"),
        "province": Text("省级", "province"),
        "city": Text("市级", "city"),
    },
    "CheckLevel": {"error": Text("错误", "error"), "warning": Text("提醒", "warning")},
    "FoundKind": {
        "parameter": Text("参数", "parameter"),
        "region": Text("地区", "region"),
        "claim": Text("说法", "claim"),
        "source": Text("来源", "source"),
        "value": Text("取值", "value"),
    },
    "Use": {
        "starts": Text("起始日依据", "first day of the rules"),
        "says": Text("原文", "says"),
        "cites": Text("作为依据", "for the value"),
        "against": Text("列为矛盾", "against the value"),
    },
    "Contradiction": {
        "named": Text("有争议，已取舍", "contested and resolved"),
        "alone": Text("未列为矛盾", "says otherwise, not named"),
    },
    "Verdict": {
        "ok": Text("通过", "ok"),
        "noted": Text("有提示", "noted"),
        "failed": Text("有错误", "failed"),
        "not_run": Text("未运行", "not run"),
    },
    "Difference": {
        "value": Text("取值", "value"),
        "status": Text("可靠程度", "how sure"),
        "reason": Text("理由", "reason"),
    },
}
"""By the name of the vocabulary, then by code."""
