"""Views of accounts and wallets: balances, lines, holds, money set aside or on its way."""

# ruff: noqa: S608  # statements are put together from this package's own names alone

from __future__ import annotations

from domain.text import Text
from projections.views.fields import Unit, View, coded, instant, money, plain

PERSON = Text("账户所有人", "owner of the account")
POSITION = Text("最后改动此行的事件的记账位置", "position of the last event that changed the row")
SEGMENT = Text("分段：当年、历年或钱包", "segment: current year, prior years, or wallet")
CLAIM = Text("费用单号", "id of the claim")
SETTLEMENT = Text("结算号", "id of the settlement")

_BALANCES = """(
  SELECT person, segment, available_fen, held_fen, set_aside_fen, 0 AS pending_fen, position
  FROM balances
  UNION ALL
  SELECT person, 'wallet', available_fen, held_fen, 0, pending_fen, position
  FROM wallets) AS 余额"""

ACCOUNT_BALANCES = View(
    "v_账户余额",
    Text(
        "每个个人账户（分当年、历年）与医保钱包现有余额",
        "what each personal account, by segment, and each wallet holds now",
    ),
    (
        plain("参保人", "person", says=PERSON, source="balances.person, wallets.person"),
        coded("分段", "segment", says=SEGMENT, words="Segment", source="balances.segment"),
        money(
            "可用",
            "available_fen",
            says=Text("可用余额", "available"),
            source="balances.available_fen, wallets.available_fen",
        ),
        money(
            "冻结",
            "held_fen",
            says=Text("为费用单冻结", "held for claims"),
            source="balances.held_fen, wallets.held_fen",
        ),
        money(
            "划拨",
            "set_aside_fen",
            says=Text("划拨到共济账户或冻结为共济额度", "set aside for a family or as a quota"),
            source="balances.set_aside_fen",
        ),
        money(
            "待接收",
            "pending_fen",
            says=Text("已转出、对方尚未接收", "sent and not yet accepted"),
            source="wallets.pending_fen",
        ),
        money(
            "合计",
            "available_fen + held_fen + set_aside_fen + pending_fen",
            says=Text("以上四项之和，均属所有人", "the sum of the four, all of it the owner's"),
            source="balances, wallets",
        ),
        plain(
            "记账位置",
            "position",
            says=POSITION,
            unit=Unit.COUNT,
            source="balances.position, wallets.position",
        ),
    ),
    _BALANCES,
    "参保人, 分段代码",
)

_CHANGE = "sum(CASE WHEN code IN ('{}', '{}') THEN credit_fen - debit_fen ELSE 0 END)"
_CHANGES = (
    ("available_fen", "2101", "2111"),
    ("held_fen", "2102", "2112"),
    ("set_aside_fen", "2103", "2103"),
    ("pending_fen", "2113", "2113"),
)
_LINES = f"""(
  SELECT person, segment, position, effective_on, recorded_at, topic, claim, settlement,
    {", ".join(f"{_CHANGE.format(*codes)} AS {name}" for name, *codes in _CHANGES)}
  FROM journal WHERE segment IS NOT NULL
  GROUP BY person, segment, position) AS 明细"""
_RUNNING = "sum({}) OVER (PARTITION BY person, segment ORDER BY position)"
_IN_LINES = "journal.credit_fen, journal.debit_fen"

ACCOUNT_LINES = View(
    "v_账户明细",
    Text(
        "每条事件对每个账户分段的变动，及按记录先后的余额",
        "what each event changed in each segment, and the balance after it in order of recording",
    ),
    (
        plain("参保人", "person", says=PERSON, source="journal.person"),
        coded("分段", "segment", says=SEGMENT, words="Segment", source="journal.segment"),
        plain(
            "记账位置",
            "position",
            says=Text("事件的记账位置", "position of the event"),
            unit=Unit.COUNT,
            source="journal.position",
        ),
        plain(
            "生效日",
            "effective_on",
            says=Text("事件生效日", "day on which the event took effect"),
            unit=Unit.DAY,
            source="journal.effective_on",
        ),
        instant(
            "记录时间",
            "recorded_at",
            says=Text("记录时刻", "when it was recorded"),
            source="journal.recorded_at",
        ),
        coded(
            "事件",
            "topic",
            says=Text("事件种类", "kind of event"),
            words="Topic",
            source="journal.topic",
        ),
        plain("费用单", "claim", says=CLAIM, source="journal.claim"),
        plain("结算号", "settlement", says=SETTLEMENT, source="journal.settlement"),
        *(
            money(f"{zh}变动", name, says=Text(f"{zh}增减", f"change of {en}"), source=_IN_LINES)
            for zh, en, name in (
                ("可用", "available", "available_fen"),
                ("冻结", "held", "held_fen"),
                ("划拨", "set aside", "set_aside_fen"),
                ("待接收", "pending", "pending_fen"),
            )
        ),
        *(
            money(
                f"{zh}余额",
                _RUNNING.format(name),
                says=Text(f"此事件后的{zh}", f"{en} after the event"),
                source=_IN_LINES,
            )
            for zh, en, name in (
                ("可用", "available", "available_fen"),
                ("冻结", "held", "held_fen"),
                ("划拨", "set aside", "set_aside_fen"),
                ("待接收", "pending", "pending_fen"),
            )
        ),
    ),
    _LINES,
    "参保人, 分段代码, 记账位置",
)

_HOLDS = """(
  SELECT person, claim, beneficiary, service_date, current_fen, prior_fen, 0 AS wallet_fen,
    expires_at, position FROM holds
  UNION ALL
  SELECT person, claim, NULL, NULL, 0, 0, held_fen, expires_at, position
  FROM wallet_holds) AS 冻结"""

HOLDS_VIEW = View(
    "v_冻结",
    Text("在途冻结：为哪张费用单、冻结多少、到何时", "open holds: for which claim, until when"),
    (
        plain("参保人", "person", says=PERSON, source="holds.person, wallet_holds.person"),
        plain("费用单", "claim", says=CLAIM, source="holds.claim, wallet_holds.claim"),
        plain(
            "使用人",
            "beneficiary",
            says=Text("就诊人；钱包冻结不记", "the patient; not kept for wallets"),
            source="holds.beneficiary",
        ),
        plain(
            "就诊日",
            "service_date",
            says=Text("就诊日；钱包冻结不记", "day of service; not kept for wallets"),
            unit=Unit.DAY,
            source="holds.service_date",
        ),
        money(
            "当年",
            "current_fen",
            says=Text("其中当年资金", "of current-year money"),
            source="holds.current_fen",
        ),
        money(
            "历年",
            "prior_fen",
            says=Text("其中历年资金", "of prior years' money"),
            source="holds.prior_fen",
        ),
        money(
            "钱包",
            "wallet_fen",
            says=Text("其中钱包资金", "of the wallet's money"),
            source="wallet_holds.held_fen",
        ),
        money(
            "合计",
            "current_fen + prior_fen + wallet_fen",
            says=Text("冻结合计", "held in all"),
            source="holds, wallet_holds",
        ),
        instant(
            "到期",
            "expires_at",
            says=Text("冻结到期时刻", "when the hold ends"),
            source="holds.expires_at, wallet_holds.expires_at",
        ),
        plain("记账位置", "position", says=POSITION, unit=Unit.COUNT, source="holds, wallet_holds"),
    ),
    _HOLDS,
    "参保人, 费用单",
)

SET_ASIDE = View(
    "v_划拨",
    Text("未用完的划拨款与共济额度", "money set aside for a family or as a quota, not yet used"),
    (
        plain("参保人", "purses.person", says=PERSON),
        plain("划拨款", "purses.purse", says=Text("划拨款名称", "name of the purse")),
        plain("共济组", "purses.pool", says=Text("家庭共济组", "family pool")),
        money("当年", "purses.current_fen", says=Text("余下的当年资金", "current-year money left")),
        money("历年", "purses.prior_fen", says=Text("余下的历年资金", "prior years' money left")),
        money(
            "额度",
            "purses.quota_fen",
            says=Text("共济额度；空为全家共用", "the quota; empty: the whole family's"),
        ),
        plain("记账位置", "purses.position", says=POSITION, unit=Unit.COUNT),
    ),
    "purses",
    "参保人, 划拨款",
)

WAITING = View(
    "v_待接收转账",
    Text("已转出、等待对方接收的转账", "transfers that wait to be accepted"),
    (
        plain("转账号", "transfers.transfer", says=Text("转账号", "id of the transfer")),
        plain("转出人", "transfers.sender", says=Text("转出人", "sender")),
        plain("接收人", "transfers.recipient", says=Text("接收人", "recipient")),
        coded(
            "来源",
            "transfers.origin",
            says=Text("资金来自个人账户或钱包", "where the money came from"),
            words="Origin",
        ),
        money("金额", "transfers.amount_fen", says=Text("转账金额", "amount")),
        instant(
            "退回时间",
            "transfers.returns_at",
            says=Text("逾期未接收则退回", "returns if not accepted"),
        ),
        plain("记账位置", "transfers.position", says=POSITION, unit=Unit.COUNT),
    ),
    "transfers",
    "转账号",
)

ACCOUNT_VIEWS = (ACCOUNT_BALANCES, ACCOUNT_LINES, HOLDS_VIEW, SET_ASIDE, WAITING)
"""In the order of the dictionary."""
