"""Views of findings under review, and of the steps that persons took."""

from __future__ import annotations

from domain.text import Text
from projections.views.account_views import POSITION
from projections.views.fields import Unit, View, coded, money, plain

_FINDING = Text("疑点编号", "id of the finding")

REVIEWED = View(
    "v_疑点审核",
    Text("提交审核的疑点，及其所到环节", "findings put up for review, and where each stands"),
    (
        plain("疑点", "reviews.finding", says=_FINDING),
        plain("规则", "reviews.rule", says=Text("规则编号", "id of the rule")),
        plain(
            "规则版本",
            "reviews.version",
            says=Text("规则版本", "version of the rule"),
            unit=Unit.COUNT,
        ),
        coded("等级", "reviews.level", says=Text("可疑或明确违规", "how sure"), words="Suspicion"),
        plain("涉及对象", "reviews.subject", says=Text("对象，如 person/P4", "whom it is about")),
        plain(
            "所据事件",
            "reviews.positions",
            says=Text("所据事件的位置", "events that it rests on"),
        ),
        money("所涉金额", "reviews.amount_fen", says=Text("所涉金额", "money in question")),
        plain(
            "疑点内容", "reviews.says_zh", says=Text("查到什么", "what was found"), unit=Unit.TEXT
        ),
        coded("环节", "reviews.step", says=Text("最后一个环节", "last step"), words="ReviewStep"),
        plain(
            "申诉截止日",
            "reviews.object_by",
            says=Text("申诉截止日；空为不限", "last day for an objection; empty: none"),
            unit=Unit.DAY,
        ),
        coded(
            "处理结果",
            "reviews.handling",
            says=Text("处理结果；空为未处理", "how it was decided; empty: not yet"),
            words="Handling",
        ),
        money("应追回", "reviews.recover_fen", says=Text("应追回金额", "money to be recovered")),
        plain("记账位置", "reviews.position", says=POSITION, unit=Unit.COUNT),
    ),
    "reviews",
    "疑点",
)

STEPS = View(
    "v_审核环节",
    Text("每个疑点的各环节", "the steps of each finding"),
    (
        plain("疑点", "review_steps.finding", says=_FINDING),
        plain("序", "review_steps.number", says=Text("从 1 起", "counted from 1"), unit=Unit.COUNT),
        coded("环节", "review_steps.step", says=Text("环节", "step"), words="ReviewStep"),
        plain("日期", "review_steps.taken_on", says=Text("日期", "day"), unit=Unit.DAY),
        plain("办理人", "review_steps.by", says=Text("办理人编号", "who took it")),
        coded(
            "意见",
            "review_steps.opinion",
            says=Text("意见；空为此环节不表态", "opinion; empty: the step has none"),
            words="Opinion",
        ),
        plain("记账位置", "review_steps.position", says=POSITION, unit=Unit.COUNT),
    ),
    "review_steps",
    "疑点, 序",
)

REVIEW_VIEWS = (REVIEWED, STEPS)
