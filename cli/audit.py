"""`gongji audit`: what an auditor does with the books; each command has a file of its own."""

from __future__ import annotations

from cli.texts import Group, Lazy
from domain.text import Text

audit = Group(
    "audit",
    about=Text(
        "审计：线索与底稿、两个时刻并排、抽样、对账、证据包。",
        "Audit: trails and working papers, two moments side by side, samples, reconciliation, "
        "evidence.",
    ),
    examples=("gongji audit trail person:p1",),
    lazy={
        "evidence": Lazy(
            "cli.audit_evidence:evidence", Text("供独立核验的证据包", "A package to verify alone")
        ),
        "redecide": Lazy(
            "cli.audit_redecide:redecide", Text("重新裁定证据包", "Decide a package again")
        ),
        "trail": Lazy(
            "cli.audit_trail:trail", Text("一人、一组或一单的线索", "The trail of one subject")
        ),
        "findings": Lazy(
            "cli.audit_findings:findings", Text("疑点", "What the suspicion rules find")
        ),
        "finding": Lazy(
            "cli.audit_findings:finding", Text("一处疑点及其事件", "One finding with its events")
        ),
        "rules": Lazy("cli.audit_rules:rules", Text("疑点规则", "The suspicion rules")),
        "reconcile": Lazy(
            "cli.audit_reconcile:reconcile",
            Text("与外部结算文件对账", "Hold an outside file against the ledger"),
        ),
        "workpaper": Lazy(
            "cli.audit_workpaper:workpaper",
            Text("审计工作底稿（XLSX）", "A working paper (XLSX)"),
        ),
        "diff": Lazy(
            "cli.audit_diff:diff",
            Text("两个时刻并排：有何不同，之间发生了什么", "Two moments side by side"),
        ),
        "key": Lazy("cli.audit_key:key", Text("日志的签名密钥", "The key of the log")),
        "checkpoint": Lazy(
            "cli.audit_checkpoint:checkpoint", Text("签署检查点", "Sign a checkpoint")
        ),
        "hand-over": Lazy(
            "cli.audit_hand_over:hand_over", Text("登记交出检查点", "Record who was given one")
        ),
        "exposure": Lazy(
            "cli.audit_hand_over:exposure", Text("尚无检查点覆盖的部分", "What none covers yet")
        ),
        "prove": Lazy("cli.audit_prove:prove", Text("一笔的包含证明", "Prove one entry")),
        "seal": Lazy("cli.audit_seal:seal", Text("封存余额", "Seal the balances")),
        "balance-proof": Lazy(
            "cli.audit_seal:balance_proof", Text("一人的余额证明", "Prove one balance")
        ),
        "views": Lazy(
            "cli.audit_views:audit_views", Text("中文 SQL 视图", "SQL views with Chinese names")
        ),
        "sql": Lazy("cli.audit_sql:sql", Text("以 SQL 查询视图", "Ask the views by SQL")),
        "export": Lazy(
            "cli.audit_export:export", Text("导出为其他工具可用的账", "The books for other tools")
        ),
        "sample": Lazy(
            "cli.audit_sample:sample", Text("抽样与推断", "Draw a sample, and evaluate it")
        ),
        "review": Lazy(
            "cli.audit_review:review", Text("疑点的审核环节", "Review a finding, step by step")
        ),
    },
)
