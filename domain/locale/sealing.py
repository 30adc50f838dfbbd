"""What refusals about the ledger itself, and about personal details, say, by code.

Each entry: number (never changes), zh, en, remedy zh, remedy en.
"""

from __future__ import annotations

SEALING: dict[str, tuple[int, str, str, str, str]] = {
    "already_sealed": (
        401,
        "第 {entries} 笔及以前的余额已封存",
        "balances are sealed already up to entry {entries}",
        "有新的账目后再封存；查看：gongji events list type:ledger.sealed",
        "seal again when more has been recorded; look: gongji events list type:ledger.sealed",
    ),
    "detail_not_kept": (
        402,
        "参保人 {person} 没有所指的个人信息",
        "nothing of the kind is kept of {person}",
        "查看：gongji person details {person}",
        "look: gongji person details {person}",
    ),
}
