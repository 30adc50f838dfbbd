"""What refusals about the ledger's own stream say, by code.

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
}
