"""What `gongji account` shows: balances, statements, open holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.errors import refused
from cli.purse_views import data, notes, stored
from cli.render import Column, Table, show
from cli.session import views, views_then
from domain.ids import PersonId
from domain.money import format_yuan
from domain.refusals import Code, refuse
from domain.text import Text

if TYPE_CHECKING:
    from datetime import date

    from cli.session import Views
    from cli.settings import Settings
    from projections.balances import Balance, Statement

_PERSON = Column("person", Text("参保人", "person"))
_BALANCES = [
    _PERSON,
    Column("current_fen", Text("当年(元)", "current year"), "yuan"),
    Column("prior_fen", Text("历年(元)", "prior years"), "yuan"),
    Column("available_fen", Text("可用(元)", "available"), "yuan"),
    Column("held_fen", Text("冻结(元)", "held"), "yuan"),
    Column("set_aside_fen", Text("划拨(元)", "set aside"), "yuan"),
]
_LINES = [
    Column("position", Text("位置", "position"), "int"),
    Column("date", Text("日期", "date"), "date"),
    Column("recorded_at", Text("记录时间", "recorded"), "instant", for_people=False),
    Column("topic", Text("事件", "event"), for_people=False),
    Column("says", Text("摘要", "what happened")),
    Column("claim", Text("费用单", "claim"), for_people=False),
    Column("settlement", Text("结算号", "settlement")),
    Column("amount_fen", Text("可用变动(元)", "change"), "yuan"),
    Column("held_amount_fen", Text("冻结变动(元)", "held, change"), "yuan"),
    Column("balance_fen", Text("可用余额(元)", "balance"), "yuan"),
    Column("held_fen", Text("冻结余额(元)", "held"), "yuan"),
    Column("set_aside_amount_fen", Text("划拨变动(元)", "set aside, change"), "yuan"),
    Column("set_aside_fen", Text("划拨余额(元)", "set aside"), "yuan"),
]
_APART = ({"held_amount_fen", "held_fen"}, {"set_aside_amount_fen", "set_aside_fen"})
_HOLDS = [
    Column("claim", Text("费用单", "claim")),
    _PERSON,
    Column("beneficiary", Text("被共济人", "beneficiary")),
    Column("current_fen", Text("当年(元)", "current year"), "yuan"),
    Column("prior_fen", Text("历年(元)", "prior years"), "yuan"),
    Column("held_fen", Text("冻结(元)", "held"), "yuan"),
    Column("expires_at", Text("到期", "until"), "instant"),
]


def show_balances(settings: Settings, who: str | None) -> None:
    """Show all balances, or one."""
    from projections import balances as read
    from projections.purses import open_purses

    past = settings.as_of is not None or settings.as_known_at is not None
    with views(settings, ("balances", "journal", "register", "purses")) as seen:
        found = read.balances(seen.engine)
        kept = stored(open_purses(seen.engine, person=PersonId(who))) if who and not past else []
        if who is not None:
            _require_account(settings, seen, PersonId(who), known=who in found)
            found = {PersonId(who): found[PersonId(who)]}
        if past:
            found = {
                person: read.balance(
                    seen.engine, person, as_of=settings.as_of, as_known_at=settings.as_known_at
                )
                for person in found
            }
    rows = [_balance_row(person, it) for person, it in found.items()]
    aside = any(row["set_aside_fen"] for row in rows)
    table = Table(
        "balances",
        [c for c in _BALANCES if aside or not settings.for_people or c.key != "set_aside_fen"],
        rows,
        totals=_sums(rows) if who is None else None,
        notes=notes(kept),
        position=seen.position,
        as_of=settings.as_of,
        as_known_at=settings.as_known_at,
        empty=Text(
            "还没有个人账户。先开立：gongji account open",
            "No personal account yet. Open one: gongji account open",
        ),
    )
    show(settings, table)


def _sums(rows: list[dict[str, Any]]) -> dict[str, int]:
    keys = [column.key for column in _BALANCES if column.kind == "yuan"]
    return {key: sum(row[key] for row in rows) for key in keys}


def _balance_row(person: str, it: Balance) -> dict[str, Any]:
    return {
        "person": person,
        "current_fen": it.available.current_fen,
        "prior_fen": it.available.prior_fen,
        "available_fen": it.available.total_fen,
        "held_fen": it.held.total_fen,
        "set_aside_fen": it.set_aside.total_fen,
    }


def _require_account(settings: Settings, seen: Views, person: PersonId, *, known: bool) -> None:
    """Refuse a question about an account that nobody opened."""
    from projections.register import persons

    if known:
        return
    rows = persons(seen.engine, person=person)
    refusal = (
        refuse(Code.NO_ACCOUNT, person=person, insurance=rows[0]["insurance"])
        if rows
        else refuse(Code.UNKNOWN_PERSON, person=person)
    )
    raise refused(refusal, settings.lang)


def show_statement(settings: Settings, who: str, *, first: date | None, last: date | None) -> None:
    """Show one account's events over a span of days."""
    from projections import balances as read

    person = PersonId(who)
    if first is not None and last is not None and first > last:
        wrong = refuse(Code.INVALID_PERIOD, first=first.isoformat(), last=last.isoformat())
        raise refused(wrong, settings.lang)
    with views(settings, ("balances", "journal", "register")) as seen:
        _require_account(settings, seen, person, known=person in read.balances(seen.engine))
        found = read.statement(
            seen.store,
            seen.engine,
            person=person,
            first=first,
            last=last,
            as_known_at=settings.as_known_at,
        )
    show(settings, _statement_table(settings, found, position=seen.position, last=last))


def _statement_table(
    settings: Settings, found: Statement, *, position: int, last: date | None
) -> Table:
    rows: list[dict[str, Any]] = [
        {
            "position": line.position,
            "date": line.effective_on,
            "recorded_at": line.recorded_at,
            "topic": line.topic,
            "says": line.says,
            "claim": line.claim,
            "settlement": line.settlement,
            "amount_fen": line.change.available.total_fen,
            "held_amount_fen": line.change.held.total_fen,
            "balance_fen": line.after.available.total_fen,
            "held_fen": line.after.held.total_fen,
            "set_aside_amount_fen": line.change.set_aside.total_fen,
            "set_aside_fen": line.after.set_aside.total_fen,
        }
        for line in found.lines
    ]
    totals = {
        "amount_fen": sum(line.change.available.total_fen for line in found.lines),
        "held_amount_fen": sum(line.change.held.total_fen for line in found.lines),
        "set_aside_amount_fen": sum(line.change.set_aside.total_fen for line in found.lines),
    }
    opening, closing = found.opening.available.total_fen, found.closing.available.total_fen
    assert opening + totals["amount_fen"] == closing, "opening + lines = closing"
    said = [format_yuan(fen) for fen in (opening, totals["amount_fen"], closing)]
    proof = Text(
        "可用：期初 {0} + 变动 {1} = 期末 {2}", "available: opening {0} + changes {1} = closing {2}"
    )
    idle = [keys for keys in _APART if not any(row[key] for row in rows for key in keys)]
    hidden = set().union(*idle) if settings.for_people else set()
    columns = [column for column in _LINES if column.key not in hidden]
    return Table(
        "statement",
        columns,
        rows,
        totals=totals,
        title=Text(f"{found.person} 个人账户明细", f"statement of {found.person}"),
        position=position,
        as_of=last,
        as_known_at=settings.as_known_at,
        facts=[Text(proof.zh.format(*said), proof.en.format(*said))],
        more={"opening": _ends(found.opening), "closing": _ends(found.closing)},
    )


def _ends(it: Balance) -> dict[str, int]:
    return {
        "current_fen": it.available.current_fen,
        "prior_fen": it.available.prior_fen,
        "held_fen": it.held.total_fen,
        "set_aside_fen": it.set_aside.total_fen,
    }


def show_holds(settings: Settings, who: str | None) -> None:
    """Show open holds, first to end first."""
    from projections.purses import open_purses
    from projections.usage import open_holds

    person = PersonId(who) if who else None
    with views_then(settings, ("usage", "purses")) as seen:
        found = open_holds(seen.engine, person=person)
        kept = stored(open_purses(seen.engine, person=person))
    rows = [
        {
            "claim": hold.claim,
            "person": hold.person,
            "beneficiary": hold.beneficiary,
            "current_fen": hold.held.current_fen,
            "prior_fen": hold.held.prior_fen,
            "held_fen": hold.held.total_fen,
            "expires_at": hold.expires_at,
        }
        for hold in found
    ]
    totals = {"held_fen": sum(hold.held.total_fen for hold in found)}
    empty = Text("没有在途冻结。", "No open holds.")
    table = Table(
        "holds",
        _HOLDS,
        rows,
        totals=totals,
        position=seen.position,
        as_known_at=settings.as_known_at,
        notes=notes(kept),
        more={"set_aside": data(kept)},
        empty=empty,
    )
    show(settings, table)
