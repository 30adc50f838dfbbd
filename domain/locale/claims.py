"""What refusals about claims say, by code.

Each entry: number (never changes), zh, en, remedy zh, remedy en.
"""

from __future__ import annotations

CLAIMS: dict[str, tuple[int, str, str, str, str]] = {
    "institution_not_designated": (
        201,
        "机构 {institution} 不是医保定点机构",
        "institution {institution} is not designated",
        "个人账户只能在定点机构使用",
        "personal accounts pay at designated institutions only",
    ),
    "institution_not_connected": (
        202,
        "机构 {institution} 尚未接入结算",
        "institution {institution} is not connected for settlement",
        "请换一家机构，或自费后办理手工报销",
        "use another institution, or pay and claim by hand",
    ),
    "credential_missing": (
        203,
        "未出示参保人 {patient} 的医保凭证",
        "no credential of {patient} was shown",
        "出示本人医保码或社保卡",
        "show the patient's own code or card",
    ),
    "credential_not_patients": (
        204,
        "出示的不是参保人 {patient} 本人的凭证",
        "the credential shown is not that of {patient}",
        "钱可共济，卡不能共用：请出示本人凭证，或由代办人出示双方身份",
        "money is shared, cards are not: show the patient's own, or a proxy shows both identities",
    ),
    "card_not_active": (
        205,
        "参保人 {patient} 的医保凭证不可用（{card}）",
        "the card of {patient} cannot be used ({card})",
        "补办凭证：gongji person card {patient} replaced",
        "get a new one: gongji person card {patient} replaced",
    ),
    "coverage_not_in_force": (
        206,
        "参保人 {patient} 在就诊日 {day} 未在保",
        "the insurance of {patient} was not in force on {day}",
        "核对就诊日与参保状态：gongji person show {patient}",
        "check the service date and the coverage: gongji person show {patient}",
    ),
    "bill_malformed": (
        231,
        "费用有误：各部分超出总额 {total_fen} 元，或总额不为正",
        "the bill is wrong: its parts exceed its total of {total_fen} yuan, or that is nothing",
        "核对全自费、超限价与乙类金额，先行自付比例不超过一",
        "check what is outside the catalogue, above the limit and class B; ratios are at most one",
    ),
    "no_benefit_rule": (
        232,
        "没有{insurance}、{care}、{level}的待遇规定，无法计算基金支付",
        "no benefit rule is known for {insurance}, {care}, {level}; the fund's part is not guessed",
        "按结算单填写每行的 fund_fen，用 gongji claim settle 结算",
        "take fund_fen of each line from the institution and use gongji claim settle",
    ),
    "claim_exists": (
        211,
        "费用单 {claim} 已办理（{status}）",
        "claim {claim} was dealt with already ({status})",
        "查看：gongji claim explain {claim}；重付须先撤销、冲正或解冻",
        "look: gongji claim explain {claim}; to pay anew cancel, reverse or release it first",
    ),
    "hold_end_past": (
        212,
        "冻结截止时间 {expires_at} 已过",
        "the hold would end at {expires_at}, which is past",
        "给出将来的截止时间",
        "give an instant in the future",
    ),
    "not_held": (
        213,
        "费用单 {claim} 没有冻结（{status}）",
        "claim {claim} is not held ({status})",
        "查看：gongji claim explain {claim}",
        "look: gongji claim explain {claim}",
    ),
    "hold_expired": (
        214,
        "费用单 {claim} 的冻结已于 {expires_at} 到期",
        "the hold of claim {claim} ended at {expires_at}",
        "重新预授权或直接结算",
        "authorize again, or settle at once",
    ),
    "hold_not_due": (
        215,
        "费用单 {claim} 的冻结到 {expires_at} 才到期",
        "the hold of claim {claim} does not end before {expires_at}",
        "提前解冻请用 gongji claim release {claim}",
        "to end it earlier: gongji claim release {claim}",
    ),
    "capture_exceeds_hold": (
        216,
        "费用单 {claim} 第 {line} 行的 {asked_fen} 元超出预授权",
        "claim {claim}, line {line}: {asked_fen} yuan exceed what was authorized",
        "不超过预授权的个人负担，或解冻后重新办理",
        "stay within the authorized own share, or release and start anew",
    ),
    "not_settled": (
        221,
        "费用单 {claim} 没有结算（{status}）",
        "claim {claim} is not settled ({status})",
        "冻结用 gongji claim release；未知结果用 gongji claim reverse",
        "for a hold use gongji claim release; for an unknown outcome gongji claim reverse",
    ),
    "already_cancelled": (
        222,
        "费用单 {claim} 已全部退回（{status}）",
        "claim {claim} was given back already ({status})",
        "无需再撤销",
        "nothing is left to cancel",
    ),
    "cancel_across_months": (
        223,
        "费用单 {claim} 于 {settled_on} 结算，{today} 不能跨月撤销",
        "claim {claim} of {settled_on} cannot be cancelled in a later month ({today})",
        "按本地区规定线下办理",
        "follow the area's manual procedure",
    ),
    "cancel_across_years": (
        224,
        "费用单 {claim} 于 {settled_on} 结算，{today} 不能跨账户年度撤销",
        "claim {claim} of {settled_on} cannot be cancelled in a later account year ({today})",
        "按本地区规定线下办理",
        "follow the area's manual procedure",
    ),
    "cancel_exceeds_paid": (
        225,
        "费用单 {claim} 第 {line} 行：要退 {asked_fen} 元，已付未退 {paid_fen} 元",
        "claim {claim}, line {line}: asked to give back {asked_fen} yuan of {paid_fen} still paid",
        "退回金额须大于零，且逐行不超过已付未退部分",
        "give back more than nothing and, line by line, at most what is still paid",
    ),
    "not_reversible": (
        226,
        "报文 {message} 不能冲正（{status}）",
        "message {message} cannot be reversed ({status})",
        "用同一报文号重发可得原结果；已结算的用 gongji claim cancel",
        "sending the same message again gives its answer; a settlement is undone by claim cancel",
    ),
}
