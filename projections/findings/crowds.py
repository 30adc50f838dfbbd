"""Many at once: holders at one shop, cards in one hand, relatives of one person, shared customers.

"Many" has a threshold in the rule. What is counted are draws on relatives' accounts.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import combinations
from statistics import median_low
from typing import TYPE_CHECKING, NamedTuple

from projections.findings.logic import Ask, Case, bursts, case, logic
from projections.findings.rule import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from projections.findings.material import Draw


def _grouped(draws: list[Draw], by: Callable[[Draw], str]) -> dict[str, list[Draw]]:
    groups: defaultdict[str, list[Draw]] = defaultdict(list)
    for draw in draws:
        groups[by(draw)].append(draw)
    return groups


def _paid(draws: list[Draw]) -> int:
    return sum(draw.fen for draw in draws)


def _shop(draw: Draw) -> str:
    return draw.of.institution


def _operator(draw: Draw) -> str:
    return draw.of.actor


def _holder(draw: Draw) -> str:
    return draw.person


def _user(draw: Draw) -> str:
    return draw.beneficiary


class _Rush(NamedTuple):
    """Draws within minutes at one place or by one operator, of so many different persons."""

    where: str
    draws: list[Draw]
    number: int


def _rushes(
    ask: Ask, *, by: Callable[[Draw], str], of: Callable[[Draw], str], enough: int
) -> Iterator[_Rush]:
    span = timedelta(minutes=ask.p["minutes"])
    for where, draws in _grouped(ask.aid, by).items():
        for run in bursts(draws, span=span, key=of, enough=enough):
            yield _Rush(where, run, len({of(draw) for draw in run}))


@logic("institution", "number", holders=Unit.PERSONS, minutes=Unit.MINUTES)
def many_holders(ask: Ask) -> Iterator[Case]:
    """At one provider, the accounts of many holders paid within minutes."""
    for shop, draws, number in _rushes(ask, by=_shop, of=_holder, enough=ask.p["holders"]):
        fen = _paid(draws)
        about = f"institution/{shop}"
        yield case(about, draws, amount_fen=fen, institution=shop, number=number)


@logic("institution", "number", beneficiaries=Unit.PERSONS, minutes=Unit.MINUTES)
def many_beneficiaries(ask: Ask) -> Iterator[Case]:
    """At one provider, many beneficiaries used relatives' accounts within minutes."""
    for shop, draws, number in _rushes(ask, by=_shop, of=_user, enough=ask.p["beneficiaries"]):
        fen = _paid(draws)
        about = f"institution/{shop}"
        yield case(about, draws, amount_fen=fen, institution=shop, number=number)


@logic("actor", "number", holders=Unit.PERSONS, minutes=Unit.MINUTES)
def many_cards_one_operator(ask: Ask) -> Iterator[Case]:
    """One operator had the accounts of many holders pay within minutes."""
    for actor, draws, number in _rushes(ask, by=_operator, of=_holder, enough=ask.p["holders"]):
        yield case(f"actor/{actor}", draws, amount_fen=_paid(draws), actor=actor, number=number)


@logic("who", "month", "number", holders=Unit.PERSONS)
def one_beneficiary_many_holders(ask: Ask) -> Iterator[Case]:
    """In a month, one beneficiary drew on many holders."""
    by_month = _grouped(ask.aid, lambda draw: f"{draw.day:%Y-%m} {draw.beneficiary}")
    for key, draws in by_month.items():
        number = len({draw.person for draw in draws})
        if number >= ask.p["holders"]:
            month, _, who = key.partition(" ")
            fen = _paid(draws)
            yield case(f"person/{who}", draws, amount_fen=fen, who=who, month=month, number=number)


@logic("who", "month", "number", beneficiaries=Unit.PERSONS)
def one_holder_many_beneficiaries(ask: Ask) -> Iterator[Case]:
    """In a month, one holder's account paid for many beneficiaries."""
    for key, draws in _grouped(ask.aid, lambda draw: f"{draw.day:%Y-%m} {draw.person}").items():
        number = len({draw.beneficiary for draw in draws})
        if number >= ask.p["beneficiaries"]:
            month, _, who = key.partition(" ")
            fen = _paid(draws)
            yield case(f"person/{who}", draws, amount_fen=fen, who=who, month=month, number=number)


@logic("institution", "other", "number", "share", holders=Unit.PERSONS, percent=Unit.PERCENT)
def shared_customers(ask: Ask) -> Iterator[Case]:
    """Two shops share many holders: a great part of the smaller one's customers.

    Holders who live near either shop (list `addresses`: person and area code) are not counted.
    """
    near = ask.lists.get("addresses", {})
    shops: defaultdict[str, dict[str, list[Draw]]] = defaultdict(lambda: defaultdict(list))
    for draw in ask.aid:
        if near.get(draw.person) != draw.of.area:
            shops[draw.of.institution][draw.person].append(draw)
    big = {shop: of for shop, of in shops.items() if len(of) >= ask.p["holders"]}
    for (shop, one), (other, two) in combinations(sorted(big.items()), 2):
        shared = one.keys() & two.keys()
        share = 100 * len(shared) // min(len(one), len(two))
        if len(shared) >= ask.p["holders"] and share >= ask.p["percent"]:
            draws = [draw for of in (one, two) for who in sorted(shared) for draw in of[who]]
            yield case(
                f"institution/{shop}",
                draws,
                amount_fen=_paid(draws),
                institution=shop,
                other=other,
                number=len(shared),
                share=share,
            )


@logic("institution", "share", "usual", times=Unit.TIMES, peers=Unit.PLACES, percent=Unit.PERCENT)
def provider_share(ask: Ask) -> Iterator[Case]:
    """Relatives pay a far greater part of what accounts pay than at peers.

    Peers are providers of the same kind in the same city (the first four digits of its area).
    """
    groups: defaultdict[tuple[str, str], defaultdict[str, list[tuple[int, int, int]]]]
    groups = defaultdict(lambda: defaultdict(list))
    for payment in ask.payments:
        if payment.accounts_fen:
            row = (payment.position, payment.aid_fen, payment.accounts_fen)
            groups[payment.place, payment.area[:4]][payment.institution].append(row)
    for providers in groups.values():
        shares = {
            name: 100 * sum(aid for _, aid, _ in rows) // sum(all_fen for _, _, all_fen in rows)
            for name, rows in providers.items()
            if len(rows) >= ask.p["times"]
        }
        if len(shares) < ask.p["peers"]:
            continue
        usual = median_low(shares.values())
        high = {name for name, share in shares.items() if share >= usual + ask.p["percent"]}
        for name in sorted(high):
            draws = [draw for draw in ask.aid if draw.of.institution == name]
            yield case(
                f"institution/{name}",
                draws,
                amount_fen=_paid(draws),
                institution=name,
                share=shares[name],
                usual=usual,
            )
