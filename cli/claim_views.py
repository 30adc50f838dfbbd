"""What `gongji claim show` and `gongji claim list` show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.render import Column, Table, shanghai, show
from cli.session import views_then
from cli.states import known_state
from cli.words import WORDS
from domain.ids import PersonId
from domain.refusals import Code
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from domain.claim import Claim
    from domain.ids import ClaimId

_LINES = [
    Column("line", Text("行", "line"), "int"),
    Column("category", Text("费用", "category"), "code", "Category"),
    Column("outside_catalogue", Text("目录外", "outside catalogue"), for_people=False),
    Column("total_fen", Text("总额(元)", "total"), "yuan"),
    Column("fund_fen", Text("基金支付(元)", "pooled fund"), "yuan"),
    Column("own_account_fen", Text("本人账户(元)", "own account"), "yuan"),
    Column("wallet_fen", Text("钱包(元)", "wallet"), "yuan"),
    Column("mutual_aid_fen", Text("共济(元)", "mutual aid"), "yuan"),
    Column("cash_fen", Text("现金(元)", "cash"), "yuan"),
    Column("unpaid_fen", Text("未付或已退(元)", "not paid or given back"), "yuan"),
]
_LIST = [
    Column("claim", Text("费用单", "claim")),
    Column("attempt", Text("次", "attempt"), "int"),
    Column("settlement", Text("结算号", "settlement")),
    Column("patient", Text("就诊人", "patient")),
    Column("institution", Text("机构", "institution")),
    Column("service_date", Text("就诊日", "service date"), "date"),
    Column("settled_on", Text("结算日", "settled on"), "date", for_people=False),
    Column("expires_at", Text("冻结至", "held until"), "instant", for_people=False),
    Column("status", Text("状态", "status"), "code", "Status"),
    Column("total_fen", Text("总额(元)", "total"), "yuan"),
    Column("fund_fen", Text("基金(元)", "fund"), "yuan"),
    Column("own_account_fen", Text("本人账户(元)", "own account"), "yuan"),
    Column("wallet_fen", Text("钱包(元)", "wallet"), "yuan", for_people=False),
    Column("mutual_aid_fen", Text("共济(元)", "mutual aid"), "yuan"),
    Column("cash_fen", Text("现金(元)", "cash"), "yuan"),
    Column("back_fund_fen", Text("退基金(元)", "fund back"), "yuan", for_people=False),
    Column("back_own_account_fen", Text("退本人(元)", "own back"), "yuan", for_people=False),
    Column("back_wallet_fen", Text("退钱包(元)", "wallet back"), "yuan", for_people=False),
    Column("back_mutual_aid_fen", Text("退共济(元)", "aid back"), "yuan", for_people=False),
    Column("back_cash_fen", Text("退现金(元)", "cash back"), "yuan", for_people=False),
    Column("back_fen", Text("已退(元)", "given back"), "yuan"),
]


def show_claim(settings: Settings, claim: ClaimId) -> None:
    """Show a claim's lines with what stays paid, or is held, of each, and what happened to it."""
    from domain.claim import claim_stream
    from projections.sentences import sentence

    found = known_state(settings, claim_stream(claim), otherwise=Code.UNKNOWN_CLAIM)
    state: Claim = found.value
    rows = _line_rows(state)
    keys = [column.key for column in _LINES if column.kind == "yuan"]
    history = [
        (shanghai(event.meta.recorded_at), sentence(event.fact, claim)) for event in found.events
    ]
    table = Table(
        "claim",
        _LINES,
        rows,
        totals={key: sum(row[key] for row in rows) for key in keys},
        title=_title(state),
        notes=[Text(f"{then}  {says.zh}", f"{then}  {says.en}") for then, says in history],
        position=found.position,
        as_known_at=settings.as_known_at,
        more={
            "claim": claim,
            "status": state.status,
            "attempt": state.attempt,
            "settlement": state.settlement,
            "expires_at": state.expires_at,
            "request": state.request,
            "legs": state.legs,
            "history": [
                {"recorded_at": event.meta.recorded_at, "topic": event.fact.TOPIC, "says": says}
                for event, (_, says) in zip(found.events, history, strict=True)
            ],
        },
    )
    show(settings, table)


def _title(state: Claim) -> Text:
    status = WORDS["Status"][state.status]
    named = f" · {state.settlement}" if state.settlement else ""
    patient = state.request.patient
    until = Text("", "")
    if state.status == "offered" and state.expires_at is not None:
        then = shanghai(state.expires_at)
        until = Text(f"，{then} 前", f" before {then}")
    return Text(
        f"费用单 {state.request.claim}{named} · 就诊人 {patient} · {status.zh}{until.zh}",
        f"claim {state.request.claim}{named} · patient {patient} · {status.en}{until.en}",
    )


def _line_rows(state: Claim) -> list[dict[str, Any]]:
    """Split each line by payer: what stays paid, or while held what is set aside."""
    from domain.allocation import from_wallet

    held = state.status == "held"
    legs = state.allocation.legs if held else state.legs
    cash = dict(state.allocation.cash_fen if held else state.cash_fen)
    fund = {line.no: line.fund_fen for line in state.request.lines} if held else {}
    fund |= dict(state.fund_fen)
    rows = []
    for line in state.request.lines:
        paid = [leg for leg in legs if leg.line == line.no]
        wallet_fen = from_wallet(paid)
        patient = state.request.patient
        own_fen = sum(leg.amount_fen for leg in paid if leg.account == patient) - wallet_fen
        row: dict[str, Any] = {
            "line": line.no,
            "category": line.category,
            "outside_catalogue": line.outside_catalogue,
            "total_fen": line.total_fen,
            "fund_fen": fund.get(line.no, 0),
            "own_account_fen": own_fen,
            "wallet_fen": wallet_fen,
            "mutual_aid_fen": sum(leg.amount_fen for leg in paid) - own_fen - wallet_fen,
            "cash_fen": cash.get(line.no, 0),
        }
        parts = ("fund_fen", "own_account_fen", "wallet_fen", "mutual_aid_fen", "cash_fen")
        row["unpaid_fen"] = line.total_fen - sum(row[name] for name in parts)
        rows.append(row)
    return rows


def show_claims(settings: Settings, *, patient: str | None, status: str | None) -> None:
    """List claims by day of service."""
    from domain.claim import Status
    from projections.claims import claims

    with views_then(settings, ("claims",)) as seen:
        rows = claims(
            seen.engine,
            patient=PersonId(patient) if patient else None,
            status=Status(status) if status else None,
        )
    for row in rows:
        row["back_fen"] = sum(fen for name, fen in row.items() if name.startswith("back_"))
    keys = [column.key for column in _LIST if column.kind == "yuan"]
    empty = Text(
        "没有这样的费用单。结算一张：gongji claim settle",
        "No such claim. Settle one: gongji claim settle",
    )
    table = Table(
        "claims",
        _LIST,
        rows,
        totals={key: sum(row[key] for row in rows) for key in keys},
        position=seen.position,
        as_known_at=settings.as_known_at,
        empty=empty,
    )
    show(settings, table)
