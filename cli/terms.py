"""The words of the trade in both languages with their codes, as `gongji help glossary` lists them.

docs/glossary.md is the source; `tests/cli/test_words.py` holds the two together.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.text import Text


class Term(NamedTuple):
    """One idea with its one word in each language; `code` names the class or the stored fact."""

    word: Text
    code: str = ""


TERMS: dict[Text, tuple[Term, ...]] = {
    Text("人与账户", "people and accounts"): (
        Term(Text("参保人", "insured person"), "domain.person.Person"),
        Term(Text("个人账户", "personal account"), "domain.account.Account"),
        Term(Text("医保年度", "account year"), "domain.time.account_year"),
        Term(Text("年度结转", "rollover"), "account.year_rolled"),
        Term(Text("划入", "credit"), "account.credited"),
        Term(Text("统筹区", "pooling area"), "domain.ids.RegionCode"),
        Term(Text("参保状态", "coverage"), "domain.codes.Coverage"),
        Term(Text("异地就医备案", "filing"), "filing.recorded"),
        Term(Text("变更备案", "change a filing"), "filing.changed"),
        Term(Text("终止备案", "end a filing"), "filing.ended"),
        Term(Text("手工报销", "manual claim"), "domain.filing.manual_deadline"),
    ),
    Text("家庭", "families"): (
        Term(Text("共济人 / 授权人", "grantor")),
        Term(Text("被共济人 / 使用人", "beneficiary")),
        Term(Text("家庭共济组", "family pool"), "domain.pool.Pool"),
        Term(Text("绑定", "bind"), "pool.relation_bound"),
        Term(Text("解绑", "unbind"), "pool.relation_ended"),
        Term(Text("授权", "authorize"), "pool.use_authorized"),
        Term(Text("撤销授权", "withdraw"), "pool.authorization_withdrawn"),
        Term(Text("扣款顺序", "order"), "pool.order_set"),
        Term(Text("保留额", "retained minimum")),
        Term(Text("共济额度", "quota")),
        Term(Text("划转", "give"), "account.given"),
        Term(Text("医保钱包", "wallet"), "domain.wallet.Wallet"),
        Term(Text("转账", "send"), "wallet.sent"),
        Term(Text("接收", "accept"), "wallet.accepted"),
        Term(Text("退回", "come back"), "wallet.returned"),
        Term(Text("划拨", "set aside"), "account.set_aside"),
        Term(Text("共济额度", "quota"), "domain.purses.quota_purse"),
    ),
    Text("费用单", "claims"): (
        Term(Text("费用单 / 结算单", "claim"), "domain.claim.Claim"),
        Term(Text("就诊日", "service date")),
        Term(Text("预结算", "quote")),
        Term(Text("冻结", "hold"), "account.held"),
        Term(Text("解冻", "release"), "account.released"),
        Term(Text("扣用冻结款", "capture"), "account.captured"),
        Term(Text("待再次刷卡", "offer"), "claim.offered"),
        Term(Text("结算", "settle"), "claim.settled"),
        Term(Text("结算撤销", "cancel"), "claim.cancelled"),
        Term(Text("冲正", "reverse"), "claim.reversed"),
        Term(Text("计价", "price"), "domain.benefit.price"),
        Term(Text("拒绝", "refusal"), "domain.refusals.Refusal"),
    ),
    Text("金额", "money"): (
        Term(Text("分", "fen"), "domain.money.Fen"),
        Term(Text("基金支付总额", "pooled fund payment")),
        Term(Text("个人负担", "own share")),
        Term(Text("个人账户支出（本人）", "own account payment")),
        Term(Text("个人账户共济支付", "mutual-aid payment")),
        Term(Text("个人现金支出", "cash")),
    ),
    Text("规则与证明", "rules and proof"): (
        Term(Text("待遇标准", "tariff"), "domain.tariff.BenefitRules"),
        Term(Text("规则集", "rule set"), "domain.rules.RuleSet"),
        Term(Text("出处", "source"), "domain.rules.Source"),
        Term(Text("事件", "event"), "domain.facts.Fact"),
        Term(Text("疑点", "finding"), "domain.finding.Finding"),
        Term(Text("笔", "entry")),
        Term(Text("检查点", "checkpoint")),
        Term(Text("包含证明", "inclusion proof")),
        Term(Text("截至", "as of")),
        Term(Text("按当时所知", "as known at")),
        Term(Text("疑点规则", "suspicion rule")),
        Term(Text("对账", "reconcile")),
        Term(Text("工作底稿", "working paper")),
    ),
}
"""By subject, in the order of the glossary."""
