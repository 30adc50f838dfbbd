"""`gongji audit`: what an auditor does with the books; each command has a file of its own."""

from __future__ import annotations

from cli.texts import Group, Lazy
from domain.text import Text

audit = Group(
    "audit",
    about=Text(
        "审计：线索与底稿、抽样、对账、证据包。",
        "Audit: trails and working papers, samples, reconciliation, evidence.",
    ),
    examples=("gongji audit trail person:p1",),
    lazy={
        "trail": Lazy(
            "cli.audit_trail:trail", Text("一人、一组或一单的线索", "The trail of one subject")
        ),
        "seal": Lazy("cli.audit_seal:seal", Text("封存余额", "Seal the balances")),
        "balance-proof": Lazy(
            "cli.audit_seal:balance_proof", Text("一人的余额证明", "Prove one balance")
        ),
    },
)
