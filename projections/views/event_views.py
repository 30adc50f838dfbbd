"""Views of the history itself: events, whom they touch, and the double entry."""

from __future__ import annotations

from domain.text import Text
from projections.views.account_views import CLAIM, SETTLEMENT
from projections.views.fields import Unit, View, coded, instant, money, plain

_POSITION = Text("事件的记账位置", "position of the event")
_TOPIC = Text("事件种类", "kind of event")
_DAY = Text("事件生效日", "day on which the event took effect")
_RECORDED = Text("记录时刻", "when it was recorded")
_TOGETHER = Text(
    "同一事由的事件共有的号，多为费用单或共济组", "what belongs together: claim or pool"
)

EVENTS = View(
    "v_事件",
    Text("全部事件，按记录先后", "every event in order of recording"),
    (
        plain("记账位置", "trail.position", says=_POSITION, unit=Unit.COUNT),
        coded("事件", "trail.topic", says=_TOPIC, words="Topic"),
        plain("生效日", "trail.effective_on", says=_DAY, unit=Unit.DAY),
        instant("记录时间", "trail.recorded_at", says=_RECORDED),
        plain("关联号", "trail.correlation", says=_TOGETHER),
        plain(
            "摘要值", "trail.digest", says=Text("事件内容的摘要值", "digest of the event's content")
        ),
    ),
    "trail",
    "记账位置",
)

_TOUCHED = """trail_subjects
  JOIN json_each('[' || substr(trail_subjects.positions, 2) || ']') AS 位置
  JOIN trail ON trail.position = 位置.value"""

CLUES = View(
    "v_事件线索",
    Text(
        "每个参保人、共济组、费用单所涉事件：一个对象、一条事件一行",
        "the events that touch each person, pool and claim: one row for a subject and an event",
    ),
    (
        coded(
            "对象类别",
            "trail_subjects.kind",
            says=Text("参保人、共济组或费用单", "kind"),
            words="Kind",
        ),
        plain("对象", "trail_subjects.subject", says=Text("对象编号", "id of the subject")),
        plain("记账位置", "trail.position", says=_POSITION, unit=Unit.COUNT),
        coded("事件", "trail.topic", says=_TOPIC, words="Topic"),
        plain("生效日", "trail.effective_on", says=_DAY, unit=Unit.DAY),
        instant("记录时间", "trail.recorded_at", says=_RECORDED),
        plain("关联号", "trail.correlation", says=_TOGETHER),
    ),
    _TOUCHED,
    "对象类别代码, 对象, 记账位置",
)

ENTRIES = View(
    "v_分录",
    Text("复式记账的每一行，科目见科目表", "every line of the double entry"),
    (
        plain("记账位置", "journal.position", says=_POSITION, unit=Unit.COUNT),
        plain(
            "行号", "journal.line", says=Text("事件内行号", "line of the event"), unit=Unit.COUNT
        ),
        plain("生效日", "journal.effective_on", says=_DAY, unit=Unit.DAY),
        instant("记录时间", "journal.recorded_at", says=_RECORDED),
        coded("事件", "journal.topic", says=_TOPIC, words="Topic"),
        coded(
            "科目", "journal.code", says=Text("会计科目", "account of the chart"), words="Account"
        ),
        plain("参保人", "journal.person", says=Text("账户所有人", "owner of the account")),
        coded("分段", "journal.segment", says=Text("账户分段", "segment"), words="Segment"),
        plain("费用单", "journal.claim", says=CLAIM),
        plain("结算号", "journal.settlement", says=SETTLEMENT),
        money("借方", "journal.debit_fen", says=Text("借方金额", "debit")),
        money("贷方", "journal.credit_fen", says=Text("贷方金额", "credit")),
    ),
    "journal",
    "记账位置, 行号",
)

EVENT_VIEWS = (EVENTS, CLUES, ENTRIES)
"""In the order of the dictionary."""
