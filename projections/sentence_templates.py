"""The sentence of every kind of fact, in both languages, as a template.

A template may name the fields of its fact, what `projections.sentences` composes of several fields,
and `owner`, the key of the fact's stream.
"""

from __future__ import annotations

from domain.text import Text

SENTENCES: dict[str, Text] = {
    "person.enrolled": Text(
        "{owner} 参保：{insurance}，{work}，统筹区 {region}",
        "{owner} was enrolled: {insurance}, {work}, pooling area {region}",
    ),
    "coverage.changed": Text(
        "{owner} 的参保状态由{before}变为{after}",
        "Coverage of {owner} changed: {before} to {after}",
    ),
    "person.moved": Text(
        "{owner} 的医保关系由统筹区 {region_before} 转至 {region_after}",
        "{owner} moved from pooling area {region_before} to {region_after}",
    ),
    "person.retired": Text("{owner} 退休", "{owner} retired"),
    "card.reported": Text("{owner} 的医保凭证报{card}", "The card of {owner} was reported {card}"),
    "card.replaced": Text("{owner} 补换医保凭证", "{owner} was given a new card"),
    "filing.recorded": Text(
        "{owner} 备案异地就医（{filing} 号，{kind}）：{place}，{first_day} 起{term}，参保地 {home}",
        "{owner} filed care away from {home} (number {filing}, {kind}): {place}, "
        "from {first_day}{term}",
    ),
    "filing.changed": Text(
        "{owner} 的第 {filing} 号备案由 {place_before} 变更为 {place}{lock}",
        "Filing {filing} of {owner} was changed from {place_before} to {place}{lock}",
    ),
    "filing.ended": Text(
        "{owner} 的第 {filing} 号备案终止", "Filing {filing} of {owner} was ended"
    ),
    "person.joined_pool": Text("{owner} 加入共济组 {pool}", "{owner} joined pool {pool}"),
    "person.left_pool": Text("{owner} 退出共济组 {pool}", "{owner} left pool {pool}"),
    "person.details_committed": Text(
        "登记 {owner} 的个人信息（仅留承诺值）：{details}",
        "Details of {owner} were taken in, as commitments: {details}",
    ),
    "person.details_erased": Text(
        "删除 {owner} 的个人信息：{details}", "Details of {owner} were erased: {details}"
    ),
    "person.details_revealed": Text(
        "向 {receiver} 出示 {owner} 的个人信息：{details}",
        "Details of {owner} were shown to {receiver}: {details}",
    ),
    "message.voided": Text(
        "报文 {message} 在到达前已冲正，到达后不再生效",
        "Message {message} was reversed before it arrived and will not take effect",
    ),
    "account.opened": Text(
        "{owner} 开立个人账户，医保年度 {account_year}",
        "{owner} was given a personal account, account year {account_year}",
    ),
    "account.credited": Text(
        "{owner} 的账户入账 {amount} 元（{kind}），可用 {left} 元",
        "{amount} yuan credited to {owner} ({kind}), {left} available",
    ),
    "account.taken_back": Text(
        "从 {owner} 的账户收回多划的 {amount} 元，可用 {left} 元",
        "{amount} yuan not due taken back from {owner}, {left} available",
    ),
    "account.year_rolled": Text(
        "{owner} 的账户结转至医保年度 {account_year}，当年资金 {moved_fen} 元转为历年",
        "{owner} entered account year {account_year}; {moved_fen} yuan became prior years' money",
    ),
    "account.debited": Text(
        "{owner} 的账户为 {beneficiary} 的费用单 {claim} {purse}支付 {taken} 元，可用 {left} 元",
        "{owner} paid {taken} yuan{purse} for {beneficiary}, claim {claim}, {left} available",
    ),
    "account.set_aside": Text(
        "{owner} 的账户为{whom}划拨 {amount} 元{whole}，可用 {left} 元",
        "{owner} set {amount} yuan aside for {whom}{whole}, {left} available",
    ),
    "account.set_aside_returned": Text(
        "{owner} 为{whom}划拨的 {amount} 元转回可用{whole}，可用 {left} 元",
        "{amount} yuan that {owner} had set aside for {whom} came back{whole}, {left} available",
    ),
    "account.held": Text(
        "{owner} 的账户为 {beneficiary} 的费用单 {claim} {purse}冻结 {held} 元，至 {expires_at}",
        "{held} yuan of {owner} held{purse} for {beneficiary}, claim {claim}, until {expires_at}",
    ),
    "account.captured": Text(
        "{owner} 的冻结款为费用单 {claim} 支付 {taken} 元，解冻 {returned} 元{purse}",
        "Money held of {owner} paid {taken} yuan for claim {claim}; {returned} released{purse}",
    ),
    "account.released": Text(
        "{owner} 为费用单 {claim} 冻结的 {returned} 元解冻{purse}",
        "{returned} yuan of {owner} held for claim {claim} released{purse}",
    ),
    "account.restored": Text(
        "费用单 {claim} 退回 {owner} 的账户 {returned} 元{purse}，可用 {left} 元",
        "{returned} yuan of claim {claim} given back to {owner}{purse}, {left} available",
    ),
    "account.passed_on": Text(
        "关系已终止，费用单 {claim} 退到 {owner} 账户的 {paid_out} 元以现金付给 {beneficiary}",
        "{paid_out} yuan of claim {claim} that came back to {owner} went to {beneficiary} in "
        "cash, because the relation had ended",
    ),
    "account.out_of_area_switched": Text(
        "{owner} 的账户{switched}异地支付",
        "Use of the account of {owner} outside the home area was switched {switched}",
    ),
    "account.closed": Text(
        "{owner} 的账户清退，余款 {paid_out} 元付给{receiver}",
        "The account of {owner} was closed; {paid_out} yuan went to {receiver}",
    ),
    "account.paid_out": Text(
        "退到 {owner} 已清退账户的 {paid_out} 元转付{receiver}",
        "{paid_out} yuan that came back to the closed account of {owner} went to {receiver}",
    ),
    "account.given": Text(
        "{owner} 的账户划给 {recipient} {amount} 元{transfer_named}，可用 {left} 元",
        "{owner} gave {amount} yuan to {recipient}{transfer_named}, {left} available",
    ),
    "account.received": Text(
        "{owner} 的账户收到 {giver} 划转的 {amount} 元，可用 {left} 元",
        "{owner} received {amount} yuan from {giver}, {left} available",
    ),
    "account.transfer_returned": Text(
        "转账 {transfer} 无人接收，{returned} 元退回 {owner} 的账户，可用 {left} 元",
        "Nobody accepted transfer {transfer}: {returned} yuan back to {owner}, {left} available",
    ),
    "wallet.opened": Text("{owner} 开通医保钱包", "{owner} opened a wallet"),
    "wallet.sent": Text(
        "{owner} 从{origin}转给 {recipient}（{relation}）{amount_fen} 元，转账 {transfer}，"
        "{returns_at} 前待接收",
        "{owner} sent {amount_fen} yuan from {origin} to {recipient} ({relation}), "
        "transfer {transfer}, to be accepted before {returns_at}",
    ),
    "wallet.accepted": Text(
        "{owner} 的转账 {transfer} 已由 {recipient} 接收，{amount_fen} 元归接收人",
        "Transfer {transfer} of {owner} was accepted: {amount_fen} yuan are {recipient}'s",
    ),
    "wallet.returned": Text(
        "{owner} 的转账 {transfer} 逾时未接收，{amount_fen} 元退回{origin}",
        "Nobody accepted transfer {transfer} of {owner}: {amount_fen} yuan back to {origin}",
    ),
    "wallet.received": Text(
        "{owner} 的钱包收到 {sender} 转来的 {amount_fen} 元（转账 {transfer}），余 {left_fen} 元",
        "{owner} received {amount_fen} yuan from {sender} (transfer {transfer}), "
        "{left_fen} in the wallet",
    ),
    "wallet.debited": Text(
        "{owner} 的钱包为费用单 {claim} 支付 {taken_fen} 元，余 {left_fen} 元",
        "The wallet of {owner} paid {taken_fen} yuan, claim {claim}, {left_fen} left",
    ),
    "wallet.held": Text(
        "{owner} 的钱包为费用单 {claim} 冻结 {held_fen} 元，至 {expires_at}",
        "{held_fen} yuan in the wallet of {owner} held for claim {claim} until {expires_at}",
    ),
    "wallet.captured": Text(
        "{owner} 钱包的冻结款为费用单 {claim} 支付 {taken_fen} 元，解冻 {returned_fen} 元",
        "Money held in the wallet of {owner} paid {taken_fen} yuan for claim {claim}; "
        "{returned_fen} released",
    ),
    "wallet.released": Text(
        "{owner} 的钱包为费用单 {claim} 冻结的 {returned_fen} 元解冻",
        "{returned_fen} yuan in the wallet of {owner} held for claim {claim} released",
    ),
    "wallet.restored": Text(
        "费用单 {claim} 退回 {owner} 的钱包 {returned_fen} 元，余 {left_fen} 元",
        "{returned_fen} yuan of claim {claim} given back to the wallet of {owner}, {left_fen} left",
    ),
    "pool.opened": Text(
        "{opened_by} 设立共济组 {owner}，统筹区 {region}",
        "{opened_by} opened pool {owner} in pooling area {region}",
    ),
    "pool.relation_bound": Text(
        "共济人 {grantor} 与被共济人 {beneficiary}（{relation}，{evidence}）绑定，"
        "备案号 {filing_no}，{active_from} 起可用{review}",
        "{grantor} and {beneficiary} ({relation}, {evidence}) were bound, filing {filing_no}, "
        "usable from {active_from}{review}",
    ),
    "pool.relation_reviewed": Text(
        "{grantor} 与 {beneficiary} 的绑定审核{outcome}",
        "The relation of {grantor} and {beneficiary} was {outcome}",
    ),
    "pool.use_authorized": Text(
        "{grantor} 授权 {beneficiary} 使用其账户，{period}，{limits}{uses}",
        "{grantor} authorized {beneficiary}, {period}, {limits}{uses}",
    ),
    "pool.authorization_withdrawn": Text(
        "{grantor} 撤销对 {beneficiary} 的授权",
        "{grantor} withdrew the authorization of {beneficiary}",
    ),
    "pool.order_set": Text(
        "{beneficiary} 的扣款顺序设为 {grantors}",
        "The order of paying for {beneficiary} was set to {grantors}",
    ),
    "pool.relation_ended": Text(
        "{grantor} 与 {beneficiary} 的关系终止：{reason}{asked}",
        "The relation of {grantor} and {beneficiary} ended: {reason}{asked}",
    ),
    "claim.offered": Text(
        "{patient} 的费用单 {owner} 未付款：总额 {total} 元，本人资金不足，{expires_at} 前再次刷卡"
        "可使用家庭共济",
        "Claim {owner} of {patient} was not paid: total {total} yuan, own money falls short; a "
        "second tap before {expires_at} uses relatives' accounts",
    ),
    "claim.settled": Text(
        "{patient} 的费用单 {owner} 结算：总额 {total} 元，基金 {fund} 元，账户 {accounts} 元，"
        "现金 {cash} 元",
        "Claim {owner} of {patient} was settled: total {total} yuan, fund {fund}, "
        "accounts {accounts}, cash {cash}",
    ),
    "claim.authorized": Text(
        "{patient} 的费用单 {owner} 预授权：账户冻结 {accounts} 元，至 {expires_at}",
        "Claim {owner} of {patient} was authorized: {accounts} yuan held until {expires_at}",
    ),
    "claim.captured": Text(
        "费用单 {owner} 扣用冻结款：账户 {accounts} 元，现金 {cash} 元",
        "Claim {owner} was captured: accounts {accounts} yuan, cash {cash}",
    ),
    "claim.released": Text(
        "费用单 {owner} 的冻结款全部解冻", "All money held for claim {owner} was released"
    ),
    "claim.expired": Text(
        "费用单 {owner} 的冻结到期，全部解冻", "The hold of claim {owner} ran out and was released"
    ),
    "claim.cancelled": Text(
        "费用单 {owner} {extent}撤销：退基金 {fund} 元，退账户 {accounts} 元，退现金 {cash} 元",
        "Claim {owner} was cancelled {extent}: fund {fund} yuan back, accounts {accounts}, "
        "cash {cash}",
    ),
    "claim.reversed": Text(
        "费用单 {owner} 按报文 {message} 冲正：退基金 {fund} 元，退账户 {accounts} 元，"
        "退现金 {cash} 元",
        "Claim {owner} was reversed for message {message}: fund {fund} yuan back, "
        "accounts {accounts}, cash {cash}",
    ),
    "ledger.sealed": Text(
        "封存第 {entries} 笔、位置 {position} 的余额：{persons} 人，可用 {available_fen} 元，"
        "冻结 {held_fen} 元，划拨 {set_aside_fen} 元，钱包 {wallet_fen} 元",
        "Balances after entry {entries}, position {position}, were sealed: {persons} persons, "
        "{available_fen} yuan available, {held_fen} held, {set_aside_fen} set aside, "
        "{wallet_fen} in wallets",
    ),
    "ledger.checkpoint_handed_over": Text(
        "已将 {entries} 笔的检查点交给 {receiver}",
        "The checkpoint of {entries} entries was handed over to {receiver}",
    ),
    "finding.raised": Text(
        "疑点 {owner}（规则 {rule}，{level}）由 {by} 提交审核：{says}；对象 {subject}，"
        "涉及 {amount} 元，事件 {positions}",
        "Finding {owner} (rule {rule}, {level}) was put up for review by {by}: {says}; about "
        "{subject}, {amount} yuan, events {positions}",
    ),
    "finding.first_reviewed": Text(
        "{by} 初审疑点 {owner}（{subject}）：{opinion}",
        "{by} gave the first review of {owner} ({subject}): {opinion}",
    ),
    "finding.second_reviewed": Text(
        "{by} 复审疑点 {owner}（{subject}）：{opinion}{term}",
        "{by} gave the second review of {owner} ({subject}): {opinion}{term}",
    ),
    "finding.objected": Text(
        "{by} 对疑点 {owner}（{subject}）提出申诉", "{by} objected to {owner} ({subject})"
    ),
    "finding.verified": Text(
        "{by} 核实疑点 {owner}（{subject}）：{opinion}",
        "{by} verified {owner} ({subject}): {opinion}",
    ),
    "finding.decided": Text(
        "{by} 处理疑点 {owner}（{subject}）：{handling}，应追回 {recover_fen} 元",
        "{by} decided {owner} ({subject}): {handling}, {recover_fen} yuan to be recovered",
    ),
}
"""The sentence of every fact, by topic."""
