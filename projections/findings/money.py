"""Where money goes: what does not add up, what goes elsewhere, what is emptied in a hurry."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from projections.findings.logic import Ask, Case, case, logic
from projections.findings.material import PAID
from projections.findings.rule import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from projections.findings.material import Draw, Move


@logic("who", "expected_fen", "left_fen")
def account_does_not_add_up(ask: Ask) -> Iterator[Case]:
    """What an event says is left is below zero, or is not what its amount leaves."""
    for (person, _), moves in groupby(_by_account(ask), key=attrgetter("person", "wallet")):
        left_fen = 0
        for move in moves:
            expected_fen = left_fen + move.change_fen
            left_fen = expected_fen if move.left_fen is None else move.left_fen
            if left_fen != expected_fen or left_fen < 0:
                yield case(
                    f"person/{person}",
                    [move],
                    amount_fen=abs(left_fen - expected_fen) or -left_fen,
                    who=person,
                    expected_fen=expected_fen,
                    left_fen=left_fen,
                )


def _by_account(ask: Ask) -> list[Move]:
    return sorted(ask.material.moves, key=attrgetter("person", "wallet", "position"))


@logic("settlement", "who", "paid_fen", "back_fen")
def refund_elsewhere(ask: Ask) -> Iterator[Case]:
    """More of a settlement came back to an account than that account had paid."""
    paid: Counter[tuple[str, str, int]] = Counter()
    back: defaultdict[tuple[str, str, int], list[Move]] = defaultdict(list)
    for move in ask.material.moves:
        key = (move.settlement or "", move.person, move.wallet)
        if move.topic in PAID:
            paid[key] += move.amount_fen
        elif move.topic in _BACK:
            back[key].append(move)
    for (settlement, person, wallet), moves in back.items():
        paid_fen = paid[settlement, person, wallet]
        back_fen = sum(move.amount_fen for move in moves)
        if back_fen > paid_fen:
            yield case(
                f"person/{person}",
                moves,
                amount_fen=back_fen - paid_fen,
                settlement=settlement,
                who=person,
                paid_fen=paid_fen,
                back_fen=back_fen,
            )


_BACK = frozenset({"account.restored", "wallet.restored"})


@logic("who", "claim", "held_fen", "taken_fen")
def frozen_overspent(ask: Ask) -> Iterator[Case]:
    """More was captured than held, or it was captured without a hold or after the hold's end."""
    holds: dict[tuple[str, int, str], Move] = {}
    for move in ask.material.moves:
        key = (move.person, move.wallet, move.claim or "")
        if move.topic in _HELD:
            holds[key] = move
        elif move.topic in _RELEASED:
            holds.pop(key, None)
        elif move.topic in _CAPTURED:
            hold = holds.pop(key, None)
            held_fen = hold.amount_fen if hold else 0
            late = hold is not None and hold.expires_at is not None and move.at >= hold.expires_at
            if move.amount_fen + move.returned_fen > held_fen or late:
                yield case(
                    f"person/{move.person}",
                    [move, *([hold] if hold else [])],
                    amount_fen=move.amount_fen,
                    count=1,
                    who=move.person,
                    claim=move.claim,
                    held_fen=held_fen,
                    taken_fen=move.amount_fen,
                )


_HELD = frozenset({"account.held", "wallet.held"})
_RELEASED = frozenset({"account.released", "wallet.released"})
_CAPTURED = frozenset({"account.captured", "wallet.captured"})


class _Filled(NamedTuple):
    """When an account had been filled, or opened to a first relative, and what was in it then."""

    position: int
    at: datetime
    day: date
    fen: int


@logic("who", "filled_fen", "left_fen", days=Unit.DAYS, percent=Unit.PERCENT, floor_fen=Unit.FEN)
def emptied_after_credit(ask: Ask) -> Iterator[Case]:
    """Relatives emptied an account within days of a credit or of its first authorization."""
    aid = {draw.position: draw for draw in ask.aid}
    first = {
        grantor: min(permits, key=attrgetter("position"))
        for grantor, permits in ask.material.permits_by_grantor.items()
    }
    for person, moves in groupby(ask.material.moves, key=attrgetter("person")):
        begun = first.get(person)
        yield from _emptied(ask, list(moves), aid, begun.recorded_at if begun else None)


def _emptied(
    ask: Ask, moves: list[Move], aid: dict[int, Draw], begun: datetime | None
) -> Iterator[Case]:
    filled: _Filled | None = None
    taken: list[Draw] = []
    left_fen = 0
    for move in (each for each in moves if not each.wallet):
        if begun is not None and move.at >= begun:
            filled, taken, begun = _Filled(move.position, begun, begun.date(), left_fen), [], None
        left_fen = left_fen + move.change_fen if move.left_fen is None else move.left_fen
        if move.topic in _FILLS and move.amount_fen >= ask.p["floor_fen"]:
            filled, taken = _Filled(move.position, move.at, move.day, left_fen), []
        draw = aid.get(move.position)
        if filled is None or draw is None:
            continue
        taken.append(draw)
        in_time = move.at - filled.at <= timedelta(days=ask.p["days"])
        emptied = 100 * left_fen <= ask.p["percent"] * filled.fen
        enough = sum(each.fen for each in taken) >= ask.p["floor_fen"]
        if in_time and emptied and enough:
            yield case(
                f"person/{move.person}",
                taken,
                amount_fen=sum(each.fen for each in taken),
                who=move.person,
                filled_fen=filled.fen,
                left_fen=left_fen,
            )
            filled = None


_FILLS = frozenset({"account.credited", "account.received"})


@logic(
    "who", "year", "december_fen", "mean_fen",
    percent=Unit.PERCENT, months=Unit.MONTHS, floor_fen=Unit.FEN,
)  # fmt: skip
def year_end_rush(ask: Ask) -> Iterator[Case]:
    """In December relatives drew a multiple of what they drew in the mean of earlier months."""
    years: defaultdict[tuple[str, int], defaultdict[int, list[Draw]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for draw in ask.aid:
        years[draw.person, draw.day.year][draw.day.month].append(draw)
    for (person, year), months in years.items():
        december = months.pop(12, [])
        fen = sum(draw.fen for draw in december)
        before_fen = sum(draw.fen for draws in months.values() for draw in draws)
        if len(months) < ask.p["months"] or fen < ask.p["floor_fen"]:
            continue
        if 100 * fen * len(months) >= ask.p["percent"] * before_fen:
            yield case(
                f"person/{person}",
                december,
                amount_fen=fen,
                who=person,
                year=year,
                december_fen=fen,
                mean_fen=before_fen // len(months),
            )
