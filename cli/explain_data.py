"""An explained decision as data: candidates as rows, everything behind them beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.explanation import data_of, order_rules, steps
from cli.render import Column, Table
from domain.allocation import from_wallet
from domain.text import Text

if TYPE_CHECKING:
    from cli.deciding import Decided

_COLUMNS = [
    Column("no", Text("序", "no."), "int"),
    Column("account", Text("账户", "account")),
    Column("purse", Text("资金", "purse"), for_people=False),
    Column("pool", Text("共济组", "family pool")),
    Column("gave_fen", Text("支付(元)", "gave"), "yuan"),
    Column("reason", Text("原因", "reason"), "code", "Reason"),
    Column("rule", Text("规则", "rule")),
    Column("bound_fen", Text("限额余(元)", "limit"), "yuan"),
    Column("rule_set", Text("规则集", "rule set")),
    Column("account_year", Text("医保年度", "account year")),
    Column("version", Text("账户版本", "account version")),
    Column("says", Text("说明", "in words")),
    Column("basis", Text("依据", "basis"), "data"),
]


def as_table(decided: Decided) -> Table:
    """Give one row for each candidate account, with request, payments and sources beside them."""
    allocation = decided.allocation
    rows = [
        {
            "no": number,
            "account": step.trial.account,
            "purse": step.trial.purse or None,
            "pool": step.trial.pool,
            "gave_fen": step.trial.gave_fen,
            "reason": step.trial.reason,
            "rule": step.trial.rule,
            "bound_fen": step.trial.bound_fen,
            "rule_set": allocation.rule_set_of(step.trial),
            "account_year": step.trial.account_year,
            "version": step.trial.version,
            "says": step.reason,
            "basis": data_of(step.basis),
        }
        for number, step in enumerate(steps(decided), start=1)
    ]
    return Table(
        "quote" if decided.claim is None else "explanation",
        _COLUMNS,
        rows,
        totals={"gave_fen": allocation.accounts_fen},
        position=decided.position,
        as_known_at=decided.as_known_at,
        more=_more(decided),
    )


def _more(decided: Decided) -> dict[str, object]:
    allocation = decided.allocation
    own_fen, wallet_fen = own_account_fen(decided), from_wallet(allocation.legs)
    more: dict[str, object] = {
        "decision": {
            "region": allocation.region,
            "rule_set": allocation.rule_set,
            "dossier": allocation.dossier,
            "decided_at": decided.decided_at,
            "attempt": decided.attempt,
            "fund_fen": decided.request.fund_fen,
            "own_account_fen": own_fen,
            "wallet_fen": wallet_fen,
            "mutual_aid_fen": allocation.accounts_fen - own_fen - wallet_fen,
            "cash_fen": allocation.total_cash_fen,
        },
        "order": [data_of(basis) for basis in order_rules(decided)],
        "request": decided.request,
        "legs": allocation.legs,
        "cash": [{"line": line, "amount_fen": fen} for line, fen in allocation.cash_fen],
    }
    if decided.offer_minutes is not None:
        more["second_tap_within_minutes"] = decided.offer_minutes
    if decided.claim is not None:
        more["settlement"] = decided.claim.settlement
        more["status"] = decided.claim.status
        more["decided_again"] = "same" if decided.is_proven else "different"
    return more


def own_account_fen(decided: Decided) -> int:
    """Give what the patient's own account pays, without the wallet, in fen."""
    patient, legs = decided.request.patient, decided.allocation.legs
    return sum(leg.amount_fen for leg in legs if leg.account == patient) - from_wallet(legs)
