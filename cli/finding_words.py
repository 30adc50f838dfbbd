"""The words for codes of suspicion rules and their findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

FINDING_METAVARS: dict[str, Text] = {
    "FINDING": Text("疑点号", "FINDING"),
    "HANDLING": Text("处理结果", "HANDLING"),
    "LIST=FILE": Text("名单=文件", "LIST=FILE"),
    "OPINION": Text("意见", "OPINION"),
    "RULE": Text("规则", "RULE"),
    "RULE.PARAMETER=NUMBER": Text("规则.参数=数", "RULE.PARAMETER=NUMBER"),
}
"""Placeholders of help pages about rules and findings."""

FINDING_WORDS: dict[str, Mapping[str, Text]] = {
    "Window": {
        "visit": Text("单次", "one visit"),
        "day": Text("日", "day"),
        "month": Text("月", "month"),
        "quarter": Text("季度", "quarter"),
        "year": Text("年", "year"),
        "insurance_year": Text("医保年度", "account year"),
    },
    "Scene": {
        "any": Text("不限", "any"),
        "outpatient": Text("门诊", "outpatient"),
        "inpatient": Text("住院", "inpatient"),
        "pharmacy": Text("药店", "pharmacy"),
        "online": Text("网上", "online"),
    },
    "Phase": {
        "before": Text("事前", "before"),
        "during": Text("事中", "during"),
        "after": Text("事后", "after"),
    },
    "Unit": {
        "fen": Text("分", "fen"),
        "persons": Text("人", "persons"),
        "times": Text("次", "times"),
        "places": Text("家", "places"),
        "percent": Text("百分之", "percent"),
        "minutes": Text("分钟", "minutes"),
        "hours": Text("小时", "hours"),
        "clock": Text("时（钟点）", "hour of the day"),
        "days": Text("日", "days"),
        "months": Text("个月", "months"),
        "digits": Text("位", "digits"),
    },
    "Data": {
        "uses": Text("使用明细", "the uses"),
        "trail": Text("审计轨迹", "the trail"),
        "rules": Text("政策规则", "the rules of areas"),
        "deaths": Text("死亡名单（外部）", "a list of deaths"),
        "addresses": Text("住址名单（外部）", "a list of addresses"),
    },
}
"""By the name of the vocabulary (the enum's class), then by code."""
