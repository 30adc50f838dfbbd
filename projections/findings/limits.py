"""Limits: exceeded, kept to by splitting, or hugged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from domain.text import Text
from domain.time import SHANGHAI
from projections.findings.logic import Ask, Case, case, logic
from projections.findings.rights import permits_at
from projections.findings.rule import Unit

if TYPE_CHECKING:
    from datetime import date

    from projections.findings.material import Draw, Material, Move, Permit


class _Use(NamedTuple):
    """For whom, on which day and in which account year an account is used."""

    beneficiary: str
    day: str
    year: str


@logic("grantor", "beneficiary", "limit", "limit_fen", "used_fen")
def limit_exceeded(ask: Ask) -> Iterator[Case]:
    """With a use, more was used than the authorization, or the grantor's area, then allowed.

    Holds count as used, and what comes back counts no more, as in the ledger itself. Like the
    ledger, it counts no day of care before the year before the one in which it is recorded.
    """
    moves = (move for move in ask.material.moves if not move.wallet and move.topic in _SIGNS)
    for person, of_person in groupby(moves, key=attrgetter("person")):
        used: Counter[tuple[str, str]] = Counter()
        holds: dict[str, _Use] = {}
        for move in of_person:
            use = _use_of(move, holds)
            if use is None or use.beneficiary == person:
                continue
            fen = _SIGNS[move.topic] * (move.returned_fen if _ends(move) else move.amount_fen)
            used[use.beneficiary, use.day] += fen
            used[use.beneficiary, use.year] += fen
            used["", use.year] += fen
            if move.topic in _TAKES:
                yield from _over(ask, move, use, used)


_SIGNS = {
    "account.debited": 1,
    "account.held": 1,
    "account.restored": -1,
    "account.captured": -1,  # of a capture, what it gives back
    "account.released": -1,
}
_TAKES = frozenset({"account.debited", "account.held"})


def _ends(move: Move) -> bool:
    return move.topic == "account.captured"


def _use_of(move: Move, holds: dict[str, _Use]) -> _Use | None:
    """Say what a movement counts for; a hold is remembered until it ends."""
    claim = move.claim or ""
    if move.topic in {"account.captured", "account.released"}:
        return holds.pop(claim, None)
    if move.beneficiary is None or move.service_date is None:
        return None
    use = _Use(move.beneficiary, move.service_date.isoformat(), str(move.account_year))
    if move.topic == "account.held":
        holds[claim] = use
    return use


def _over(ask: Ask, move: Move, use: _Use, used: Counter[tuple[str, str]]) -> Iterator[Case]:
    """Give a case for the first limit that a use exceeds."""
    by_all = used["", use.year]
    amounts = {
        "per_use": move.amount_fen,
        "per_day": used[use.beneficiary, use.day],
        "per_year": used[use.beneficiary, use.year],
        "joint_year": by_all,
    }
    limits = _limits(ask, move, use)
    if int(use.day[:4]) < move.at.astimezone(SHANGHAI).year - 1:
        del amounts["per_day"]
    for name, used_fen in amounts.items():
        limit_fen = limits.get(name)
        if limit_fen is not None and used_fen > limit_fen:
            yield case(
                f"person/{move.person}",
                [move],
                amount_fen=used_fen - limit_fen,
                grantor=move.person,
                beneficiary=use.beneficiary,
                limit=_LIMITS[name],
                limit_fen=limit_fen,
                used_fen=used_fen,
            )
            return


_LIMITS = {
    "per_use": Text("单次限额", "limit per use"),
    "per_day": Text("单日限额", "limit per day"),
    "per_year": Text("年度限额", "limit per year"),
    "joint_year": Text("全部亲属合计限额", "joint limit for all relatives"),
}


def _limits(ask: Ask, move: Move, use: _Use) -> dict[str, int | None]:
    """Give the limits in force at a use: the tighter one of authorization and area."""
    pair = move.person, use.beneficiary
    known = ask.material.permits_of.get(pair, [])
    permits = [permit for permit in known if permit.holds_at(move.position)]
    found: dict[str, int | None] = {
        "per_use": _loosest([permit.per_use_fen for permit in permits]),
        "per_day": _loosest([permit.per_day_fen for permit in permits]),
        "per_year": _loosest([permit.per_year_fen for permit in permits]),
        "joint_year": _loosest([_joint(ask.material, permit, move) for permit in permits]),
    }
    for name, cap in _caps_of_area(ask, move).items():
        own = found[name]
        found[name] = cap if own is None else min(own, cap)
    return found


def _loosest(limits: list[int | None]) -> int | None:
    """Of the limits of several pools the widest holds: which of them paid need not be known."""
    stated = [limit for limit in limits if limit is not None]
    return max(stated) if stated and len(stated) == len(limits) else None


def _joint(material: Material, permit: Permit, move: Move) -> int | None:
    """Give the joint limit of a grantor: the latest that was stated in the pool."""
    stated = [
        (each.position, each.joint_year_fen)
        for each in material.permits_by_grantor.get(move.person, ())
        if each.pool == permit.pool
        and each.position < move.position
        and each.joint_year_fen is not None
    ]
    return max(stated)[1] if stated else None


def _caps_of_area(ask: Ask, move: Move) -> dict[str, int]:
    decided = ask.material.decision_of(move.claim or "", move.position)
    visit = ask.material.by_decision.get(decided or 0)
    trial = ask.material.payers.get((decided or 0, move.person))
    rules = ask.rules(visit, trial.rule_set) if visit and trial else None
    if rules is None:
        return {}
    pool = rules.pool
    return {
        "per_use": pool.per_use_cap,
        "per_day": pool.per_day_cap,
        "per_year": pool.per_year_cap,
        "joint_year": pool.joint_year_cap,
    }


def _whole_bills_near(ask: Ask, percent: int) -> Iterator[tuple[Draw, int]]:
    """Give each bill that one relative paid alone, just under the limit, with the limit.

    A bill above the limit, of which somebody else pays the rest, is what a limit is for.
    """
    for draw in ask.aid:
        if draw.fen != draw.of.own_fen:
            continue
        limits = [permit.per_use_fen for permit in permits_at(ask.material, draw)]
        limit = _loosest(limits)
        if limit and percent * limit <= 100 * draw.fen <= 100 * limit:
            yield draw, limit


@logic("grantor", "beneficiary", "institution", "limit_fen", times=Unit.TIMES, percent=Unit.PERCENT)
def split_under_limit(ask: Ask) -> Iterator[Case]:
    """Several bills of one day and one provider, each just under the limit per use."""
    groups: defaultdict[tuple[str, str, str, date], list[tuple[Draw, int]]] = defaultdict(list)
    for draw, limit in _whole_bills_near(ask, ask.p["percent"]):
        groups[draw.person, draw.beneficiary, draw.of.institution, draw.day].append((draw, limit))
    for (grantor, beneficiary, institution, _), found in groups.items():
        if len(found) >= ask.p["times"]:
            draws = [draw for draw, _ in found]
            yield case(
                f"person/{grantor}",
                draws,
                amount_fen=sum(draw.fen for draw in draws),
                grantor=grantor,
                beneficiary=beneficiary,
                institution=institution,
                limit_fen=found[0][1],
            )


@logic("grantor", "beneficiary", "month", "limit_fen", times=Unit.TIMES, percent=Unit.PERCENT)
def limit_hugged(ask: Ask) -> Iterator[Case]:
    """Again and again in a month, bills on different days that just fit the limit per use."""
    groups: defaultdict[tuple[str, str, str], list[tuple[Draw, int]]] = defaultdict(list)
    for draw, limit in _whole_bills_near(ask, ask.p["percent"]):
        groups[draw.person, draw.beneficiary, f"{draw.day:%Y-%m}"].append((draw, limit))
    for (grantor, beneficiary, month), found in groups.items():
        draws = [draw for draw, _ in found]
        if len({draw.day for draw in draws}) >= ask.p["times"]:
            yield case(
                f"person/{grantor}",
                draws,
                amount_fen=sum(draw.fen for draw in draws),
                grantor=grantor,
                beneficiary=beneficiary,
                month=month,
                limit_fen=found[0][1],
            )


@logic("institution", "month", "share", unit_fen=Unit.FEN, times=Unit.TIMES, percent=Unit.PERCENT)
def round_amounts(ask: Ask) -> Iterator[Case]:
    """At a provider, a great share of a month's bills are round to the fen."""
    months: defaultdict[tuple[str, str], list[Draw]] = defaultdict(list)
    for draw in ask.aid:
        months[draw.of.institution, f"{draw.day:%Y-%m}"].append(draw)
    for (institution, month), draws in months.items():
        found = [draw for draw in draws if draw.of.own_fen % ask.p["unit_fen"] == 0]
        share = 100 * len(found) // len(draws)
        if len(found) >= ask.p["times"] and share >= ask.p["percent"]:
            yield case(
                f"institution/{institution}",
                found,
                amount_fen=sum(draw.fen for draw in found),
                institution=institution,
                month=month,
                share=share,
            )
