"""Views of claims: what was asked, how it was paid and by whom, and what was given back."""

# ruff: noqa: S608  # statements are put together from this package's own names alone

from __future__ import annotations

from domain.text import Text
from projections.views.account_views import CLAIM, POSITION, SETTLEMENT
from projections.views.fields import Unit, View, coded, instant, money, plain

_PATIENT = Text("就诊人", "the patient")
_ATTEMPT = Text("第几次办理；撤销后可再结算", "which attempt; a claim may be settled anew")
_DAY = Text("就诊日", "day of service")
_SETTLED = Text("结算日；未结算为空", "day of settlement; empty if not settled")
_AREA = Text("参保统筹区，其规则适用", "the patient's pooling area, whose rules apply")
_INSTITUTION = Text("定点医药机构", "institution")
_STATUS = Text("费用单现状", "where the claim stands")
_TOTAL = Text("费用总额", "total of the claim")
_FUND = Text("统筹基金支付", "paid by the pooled fund")
_OWN = Text("个人负担", "the own share")

CLAIM_LIST = View(
    "v_费用单",
    Text(
        "每张费用单的每次办理，含冻结、待再次刷卡与已撤销的",
        "every attempt at every claim, those held, offered and undone included",
    ),
    (
        plain("费用单", "claims.claim", says=CLAIM),
        plain("办理次数", "claims.attempt", says=_ATTEMPT, unit=Unit.COUNT),
        plain("结算号", "claims.settlement", says=SETTLEMENT),
        plain("就诊人", "claims.patient", says=_PATIENT),
        plain("机构", "claims.institution", says=_INSTITUTION),
        coded("统筹区", "claims.region", says=_AREA, words="Region"),
        plain("就诊日", "claims.service_date", says=_DAY, unit=Unit.DAY),
        plain("结算日", "claims.settled_on", says=_SETTLED, unit=Unit.DAY),
        instant(
            "到期", "claims.expires_at", says=Text("冻结或待刷卡到期", "when hold or offer ends")
        ),
        coded("状态", "claims.status", says=_STATUS, words="Status"),
        plain("规则集", "claims.rule_set", says=Text("所依规则集", "rule set it was decided by")),
        money("总额", "claims.total_fen", says=_TOTAL),
        money("统筹", "claims.fund_fen", says=_FUND),
        money("个人负担", "claims.own_fen", says=_OWN),
        plain("记账位置", "claims.position", says=POSITION, unit=Unit.COUNT),
    ),
    "claims",
    "费用单, 办理次数",
)

_PAYERS = (
    ("统筹", "fund", Text("统筹基金", "the pooled fund")),
    ("本人账户", "own_account", Text("就诊人本人的个人账户", "the patient's own account")),
    ("钱包", "wallet", Text("就诊人的医保钱包", "the patient's wallet")),
    ("共济", "mutual_aid", Text("亲属的个人账户", "relatives' accounts")),
    ("现金", "cash", Text("就诊人现金", "the patient, in cash")),
)

SETTLEMENTS = View(
    "v_结算明细",
    Text(
        "每次结算由谁支付多少、已退回多少", "who paid what of each settlement, and what came back"
    ),
    (
        plain("结算号", "claims.settlement", says=SETTLEMENT),
        plain("费用单", "claims.claim", says=CLAIM),
        plain("就诊人", "claims.patient", says=_PATIENT),
        plain("机构", "claims.institution", says=_INSTITUTION),
        plain("就诊日", "claims.service_date", says=_DAY, unit=Unit.DAY),
        plain("结算日", "claims.settled_on", says=_SETTLED, unit=Unit.DAY),
        coded("统筹区", "claims.region", says=_AREA, words="Region"),
        coded("状态", "claims.status", says=_STATUS, words="Status"),
        money("总额", "claims.total_fen", says=_TOTAL),
        *(
            money(f"{name}支付", f"claims.{key}_fen", says=Text(f"{it.zh}支付", f"paid by {it.en}"))
            for name, key, it in _PAYERS
        ),
        *(
            money(
                f"{name}退回",
                f"claims.back_{key}_fen",
                says=Text(f"已退回{it.zh}", f"given back to {it.en}"),
            )
            for name, key, it in _PAYERS
        ),
        money(
            "净额",
            "claims.total_fen - claims.back_fund_fen - claims.back_own_account_fen"
            " - claims.back_wallet_fen - claims.back_mutual_aid_fen - claims.back_cash_fen",
            says=Text("总额减去全部退回", "the total less all that was given back"),
            source="claims",
        ),
        plain("记账位置", "claims.position", says=POSITION, unit=Unit.COUNT),
    ),
    "claims WHERE claims.settlement IS NOT NULL",
    "结算号",
)

# What a line takes from an account is paid, what it brings is given back; holds pay nothing. From
# the claim by its index to the events about it, so that one settlement, claim or
# patient is found at once: conditions on what is grouped by are pushed down.
_LEGS = """(
  SELECT claims.settlement, journal.person, journal.segment, claims.claim, claims.patient,
    claims.service_date,
    sum(CASE WHEN journal.topic LIKE '%.restored' THEN 0
      ELSE journal.debit_fen - journal.credit_fen END) AS paid_fen,
    sum(CASE WHEN journal.topic LIKE '%.restored'
      THEN journal.credit_fen - journal.debit_fen ELSE 0 END) AS back_fen
  FROM claims
  JOIN journal AS event ON event.claim = claims.claim AND event.line = 1
    AND event.settlement = claims.settlement
  JOIN journal ON journal.position = event.position AND journal.segment IS NOT NULL
  WHERE event.topic IN ('account.debited', 'account.captured', 'account.restored',
    'wallet.debited', 'wallet.captured', 'wallet.restored')
  GROUP BY claims.settlement, claims.claim, claims.patient, claims.service_date,
    journal.person, journal.segment
  HAVING paid_fen <> 0 OR back_fen <> 0) AS 分担"""

_IN_JOURNAL = "journal.debit_fen, journal.credit_fen"

LEGS = View(
    "v_结算分担",
    Text(
        "每次结算中每个账户、每个分段支付与退回的金额，取自账户一侧",
        "what each account and segment paid and got back of a settlement, by the accounts' side",
    ),
    (
        plain("结算号", "settlement", says=SETTLEMENT, source="journal.settlement"),
        plain("费用单", "claim", says=CLAIM, source="claims.claim"),
        plain("就诊人", "patient", says=_PATIENT, source="claims.patient"),
        plain("就诊日", "service_date", says=_DAY, unit=Unit.DAY, source="claims.service_date"),
        plain(
            "出资人",
            "person",
            says=Text("支付的账户所有人", "owner of the account that paid"),
            source="journal.person",
        ),
        coded(
            "分段",
            "segment",
            says=Text("支付的分段：当年、历年或钱包", "the segment that paid"),
            words="Segment",
            source="journal.segment",
        ),
        coded(
            "出资类别",
            "CASE WHEN segment = 'wallet' THEN 'wallet' WHEN person = patient THEN 'own_account'"
            " ELSE 'mutual_aid' END",
            says=Text("本人账户、钱包或共济账户", "own account, wallet, or relatives' account"),
            words="Payer",
            source="journal.person, claims.patient",
        ),
        money("支付", "paid_fen", says=Text("已支付", "paid"), source=_IN_JOURNAL),
        money("退回", "back_fen", says=Text("已退回", "given back"), source=_IN_JOURNAL),
        money(
            "净额",
            "paid_fen - back_fen",
            says=Text(
                "支付减退回；跨年退回入另一分段时，一个分段可为负",
                "what stays paid; of a segment below zero where money came back to another one "
                "after a rollover",
            ),
            source=_IN_JOURNAL,
        ),
    ),
    _LEGS,
    "结算号, 出资人, 分段代码",
)

CLEARING_TABLE = "t_清算明细"
"""The lines of the clearing, written when the views are made: they follow from the events."""

CLEARING_COLUMNS = (
    *("position", "booked_on", "claim", "debtor", "creditor", "kind", "account", "recipient"),
    "amount_fen",
)
_DEBTOR = Text("应付统筹区", "pooling area that owes")
_CREDITOR = Text("应收统筹区", "pooling area that is owed")
_KIND = Text("款项：统筹、本人账户、钱包、共济或转账", "what kind of payment it was")

CLEARING_LINES = View(
    "v_清算明细",
    Text("统筹区之间逐笔应收应付", "what pooling areas owe each other, line by line"),
    (
        plain(
            "记账位置",
            f"{CLEARING_TABLE}.position",
            says=Text("事件的记账位置", "position of the event"),
            unit=Unit.COUNT,
        ),
        plain(
            "入账日", f"{CLEARING_TABLE}.booked_on", says=Text("入账日", "booked on"), unit=Unit.DAY
        ),
        coded("应付统筹区", f"{CLEARING_TABLE}.debtor", says=_DEBTOR, words="Region"),
        coded("应收统筹区", f"{CLEARING_TABLE}.creditor", says=_CREDITOR, words="Region"),
        coded("款项", f"{CLEARING_TABLE}.kind", says=_KIND, words="Payer"),
        plain("费用单", f"{CLEARING_TABLE}.claim", says=CLAIM),
        plain(
            "出资人",
            f"{CLEARING_TABLE}.account",
            says=Text("支付的账户所有人；统筹基金为空", "owner of the account; empty for the fund"),
        ),
        plain(
            "接收人",
            f"{CLEARING_TABLE}.recipient",
            says=Text("转账接收人", "recipient of a transfer"),
        ),
        money(
            "金额",
            f"{CLEARING_TABLE}.amount_fen",
            says=Text("应付金额；退回为负", "owed; below zero: it comes back"),
        ),
    ),
    CLEARING_TABLE,
    "记账位置",
)

_MONTHS = f"""(
  SELECT substr(booked_on, 1, 7) AS month, debtor, creditor, kind,
    count(DISTINCT coalesce(claim, position)) AS items, sum(amount_fen) AS amount_fen
  FROM {CLEARING_TABLE} GROUP BY month, debtor, creditor, kind) AS 月"""

CLEARING = View(
    "v_清算",
    Text("按月、统筹区与款项汇总的清算", "clearing by month, pair of areas and kind"),
    (
        plain(
            "月份",
            "month",
            says=Text("入账月份", "month of booking"),
            unit=Unit.DAY,
            source=f"{CLEARING_TABLE}.booked_on",
        ),
        coded(
            "应付统筹区", "debtor", says=_DEBTOR, words="Region", source=f"{CLEARING_TABLE}.debtor"
        ),
        coded(
            "应收统筹区",
            "creditor",
            says=_CREDITOR,
            words="Region",
            source=f"{CLEARING_TABLE}.creditor",
        ),
        coded("款项", "kind", says=_KIND, words="Payer", source=f"{CLEARING_TABLE}.kind"),
        plain(
            "笔数",
            "items",
            says=Text("费用单或转账数", "claims or transfers"),
            unit=Unit.COUNT,
            source=CLEARING_TABLE,
        ),
        money(
            "金额",
            "amount_fen",
            says=Text("应付金额", "owed"),
            source=f"{CLEARING_TABLE}.amount_fen",
        ),
    ),
    _MONTHS,
    "月份, 应付统筹区代码, 应收统筹区代码, 款项代码",
)

CLAIM_VIEWS = (CLAIM_LIST, SETTLEMENTS, LEGS, CLEARING, CLEARING_LINES)
"""In the order of the dictionary."""
