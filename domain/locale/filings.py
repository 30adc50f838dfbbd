"""What refusals about filings for care away from home say, by code.

Each entry: number (never changes), zh, en, remedy zh, remedy en.
"""

from __future__ import annotations

FILINGS: dict[str, tuple[int, str, str, str, str]] = {
    "unknown_filing": (
        151,
        "参保人 {person} 没有第 {filing} 号备案",
        "{person} has no filing number {filing}",
        "查看：gongji filing show {person}",
        "look: gongji filing show {person}",
    ),
    "filing_not_in_force": (
        152,
        "参保人 {person} 的第 {filing} 号备案在 {day} 不在有效期内",
        "filing {filing} of {person} is not in force on {day}",
        "查看：gongji filing show {person}；需要时重新备案",
        "look: gongji filing show {person}; file again where it is needed",
    ),
    "filing_locked": (
        153,
        "第 {filing} 号备案在 {until} 前不能变更或取消",
        "filing {filing} cannot be changed or ended before {until}",
        "{until} 起办理，或提供证明材料（--proof）",
        "come back on {until}, or show proof of the need (--proof)",
    ),
    "filing_kind_impossible": (
        154,
        "参保人 {person} 不能办理此类备案（{kind}）",
        "{person} cannot file as {kind}",
        "核对备案类型；异地安置须已退休",
        "check the kind of filing; settling away as retired needs a retirement",
    ),
    "filing_not_needed": (
        155,
        "在 {place} 就医无须备案（参保地 {home}）",
        "care in {place} needs no filing (home area {home})",
        "直接持码结算即可",
        "settle with the code as usual",
    ),
    "filing_too_late": (
        156,
        "参保人 {person} 已错过备案：出院后或本地区不补办",
        "it is too late for {person} to file: after discharge, or where nothing is filed late",
        "先付费，再手工报销；期限见 gongji filing deadline",
        "pay, then claim by hand; for the deadline see gongji filing deadline",
    ),
    "filing_exists": (
        157,
        "参保人 {person} 的第 {filing} 号备案已包括 {place}",
        "filing {filing} of {person} covers {place} already",
        "无需再备案；查看：gongji filing show {person}",
        "nothing is left to file; look: gongji filing show {person}",
    ),
    "not_filed": (
        207,
        "参保人 {patient} 在 {where} 就医（{day}）未备案，基金不能直接结算",
        "{patient} has not filed care in {where} ({day}); the fund does not pay directly there",
        "出院前补备案（gongji filing record），急诊请注明，或自费后手工报销",
        "gongji filing record before discharge, or say that it is an emergency, or claim by hand",
    ),
}
