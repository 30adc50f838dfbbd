"""Uses: the history laid out for suspicion rules, one row for each event that matters.

`projections.use_moves` says what an event does to an account or a wallet; relations and
authorizations stand in `projections.use_ties`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimReversed,
    ClaimSettled,
)
from domain.codes import Coverage, Segment
from domain.person import CoverageChanged, PersonEnrolled
from domain.reasons import Reason
from domain.text import Text
from domain.wallet import WALLET
from projections.projection import Page, Projection
from projections.rows import Row, Values, add, one_of, save, stored_day, stored_instant
from projections.use_moves import MOVES, move
from projections.use_tables import (
    USE_COVERS,
    USE_MOVES,
    USE_PERMITS,
    USE_TIES,
    USE_TRIALS,
    USE_UNDOINGS,
    USE_VISITS,
)
from projections.use_ties import project_ties

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from domain.claim import Leg
    from ledger.recorded import RecordedEvent

_Event = tuple[int, "RecordedEvent"]


def _project(connection: Connection, page: Page) -> None:
    _project_claims(connection, page)
    moves: list[Values] = []
    covers: list[Values] = []
    for position, event in page.events:
        fact = event.fact
        if type(fact) in MOVES:
            moves.append(move(position, event))
        elif isinstance(fact, PersonEnrolled | CoverageChanged):
            after = fact.after if isinstance(fact, CoverageChanged) else Coverage.ACTIVE
            covers.append((event.stream.key, position, stored_day(fact.effective_on), after.value))
    add(connection, USE_MOVES, rows=moves)
    add(connection, USE_COVERS, rows=covers)
    project_ties(connection, page)


USES_PROJECTION = Projection(
    name="uses",
    says=Text("使用明细（供疑点规则）", "uses, as suspicion rules look at them"),
    version=1,
    tables=(USE_VISITS, USE_UNDOINGS, USE_TRIALS, USE_MOVES, USE_TIES, USE_PERMITS, USE_COVERS),
    project=_project,
)

_CLAIM_FACTS = frozenset(
    {ClaimSettled, ClaimAuthorized, ClaimCaptured, ClaimCancelled, ClaimReversed}
)


def _project_claims(connection: Connection, page: Page) -> None:
    found = [each for each in page.events if type(each[1].fact) in _CLAIM_FACTS]
    held = _held(connection, [e.stream.key for _, e in found if isinstance(e.fact, ClaimCaptured)])
    visits: list[Row] = []
    trials: list[Values] = []
    undoings: list[Values] = []
    for each in found:
        claim, fact = each[1].stream.key, each[1].fact
        if isinstance(fact, _OPENING):
            visits.append(_opening(each, fact))
            trials += _trials(each[0], fact)
            if isinstance(fact, ClaimAuthorized):
                held[claim] = visits[-1]
        elif isinstance(fact, ClaimCaptured):
            visits.append(_captured(each, held.get(claim), fact=fact))
        else:
            assert isinstance(fact, _Undoing)
            undoings.append(_undoing(each, fact))
    save(connection, USE_VISITS, rows=visits)
    add(connection, USE_TRIALS, rows=trials)
    add(connection, USE_UNDOINGS, rows=undoings)


def _held(connection: Connection, claims: list[str]) -> dict[str, Row]:
    """Give the row of the last hold of each claim, as stored."""
    if not claims:
        return {}
    table = USE_VISITS.c
    asked = select(USE_VISITS).where(one_of(table.claim, claims), table.kind == "held")
    found = connection.execute(asked.order_by(table.position)).mappings()
    return {row["claim"]: _as_stored(dict(row)) for row in found}


def _as_stored(row: Row) -> Row:
    day, at = row["service_date"], row["recorded_at"]
    return row | {"service_date": stored_day(day), "recorded_at": stored_instant(at)}


_OPENING = ClaimSettled | ClaimAuthorized
_Undoing = ClaimCancelled | ClaimReversed


def _opening(event: _Event, fact: ClaimSettled | ClaimAuthorized) -> Row:
    """Make the row of a claim that was settled or held."""
    position, recorded = event
    request, allocation = fact.request, fact.allocation
    return {
        "claim": recorded.stream.key,
        "position": position,
        "decided": position,
        "kind": "settled" if isinstance(fact, ClaimSettled) else "held",
        "settlement": fact.settlement if isinstance(fact, ClaimSettled) else None,
        "patient": request.patient,
        "institution": request.institution.id,
        "place": request.institution.place.value,
        "area": request.institution.region,
        "rule_set": allocation.rule_set,
        "service_date": stored_day(request.service_date),
        "recorded_at": stored_instant(recorded.meta.recorded_at),
        "actor": recorded.meta.actor,
        "categories": " ".join(sorted({line.category.value for line in request.lines})),
        "lines": ";".join(
            sorted(f"{each.category} {each.total_fen} {each.fund_fen}" for each in request.lines)
        ),
        "own_fen": request.own_fen,
        **_paid(request.patient, allocation.legs, cash_fen=allocation.cash_fen),
    }


def _captured(event: _Event, held: Row | None, *, fact: ClaimCaptured) -> Row:
    """Make the row of a hold that was settled: its own words, and what the hold said of it."""
    position, recorded = event
    known = held or _UNKNOWN
    return known | {
        "claim": recorded.stream.key,
        "position": position,
        "decided": known["decided"] if held else position,
        "kind": "captured",
        "settlement": fact.settlement,
        "service_date": known["service_date"] or stored_day(fact.effective_on),
        "recorded_at": stored_instant(recorded.meta.recorded_at),
        "actor": recorded.meta.actor,
        "own_fen": sum(fen for _, fen in fact.own_fen),
        **_paid(known["patient"], fact.legs, cash_fen=fact.cash_fen),
    }


_UNKNOWN: Row = dict.fromkeys(
    (column.name for column in USE_VISITS.columns), ""
)  # of a capture whose hold is not in the history


def _paid(
    patient: str, legs: Iterable[Leg], *, cash_fen: Iterable[tuple[int, int]]
) -> dict[str, int]:
    """Split what was paid by payer, in fen."""
    paid = {"own_account_fen": 0, "wallet_fen": 0, "aid_fen": 0}
    for leg in legs:
        own = "wallet_fen" if leg.segment is Segment.WALLET else "own_account_fen"
        paid[own if leg.account == patient else "aid_fen"] += leg.amount_fen
    return {**paid, "cash_fen": sum(fen for _, fen in cash_fen)}


def _undoing(event: _Event, fact: _Undoing) -> Values:
    position, recorded = event
    return (
        position,
        recorded.stream.key,
        fact.settlement if isinstance(fact, ClaimCancelled) else None,
        int(fact.whole) if isinstance(fact, ClaimCancelled) else 1,
        sum(leg.amount_fen for leg in fact.legs) + sum(fen for _, fen in fact.cash_fen),
        stored_instant(recorded.meta.recorded_at),
    )


def _trials(position: int, fact: ClaimSettled | ClaimAuthorized) -> list[Values]:
    """Give one row for each candidate of a decision that a rule may ask for, in order."""
    allocation = fact.allocation
    categories = {line.no: line.category.value for line in fact.request.lines}
    paid: defaultdict[tuple[str, bool], set[int]] = defaultdict(set)
    for leg in allocation.legs:
        paid[leg.account, leg.segment is Segment.WALLET].add(leg.line)
    return [
        (
            position,
            place,
            trial.account,
            trial.pool,
            trial.purse,
            trial.reason.value,
            allocation.rule_set_of(trial),
            trial.gave_fen,
            _listed(trial.lines),
            _listed(mine := sorted(paid[trial.account, trial.purse == WALLET])),
            " ".join(sorted({categories[line] for line in mine})),
        )
        for place, trial in enumerate(allocation.trials)
        if trial.gave_fen or trial.reason in _NOTHING_LEFT or (place and trial.pool is None)
    ]


_NOTHING_LEFT = frozenset({Reason.NOTHING_LEFT_TO_PAY, Reason.PAID_THE_REST})


def _listed(lines: Iterable[int]) -> str:
    return "".join(f",{line}" for line in lines)
