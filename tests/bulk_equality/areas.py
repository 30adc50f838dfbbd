"""Rules for a round of the comparison: each area of the rule base in turn, or invented ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

from domain.codes import RefundAfterEnd
from domain.ids import RegionCode, RuleSetId
from domain.refusals import Refusal
from domain.rules import UNLIMITED, RuleBook, RuleSet
from policies.loader import load
from tests.builders import rules
from tests.properties.rulebooks import any_rules, rule_book

LATEST_CARE = timedelta(days=560)
"""How late a claim may come."""

LONGEST = timedelta(days=520)
"""How long a round may last, in days of booking."""

_WITHOUT_RULES = RegionCode("999900")
_INVENTED = ("110100", "110200", "220100", "330100")
_STARTS = (date(2024, 5, 1), date(2025, 3, 1), date(2025, 11, 1), date(2026, 5, 1))


class Areas(NamedTuple):
    """Pooling areas of a round; the first one is most people's home.

    Bills are booked from `starts` on; `unit` is a usual amount of a bill, fen.
    """

    kind: str
    book: RuleBook
    regions: tuple[RegionCode, ...]
    starts: date
    unit: int

    def rules(self, region: RegionCode, day: date) -> RuleSet | None:
        """Give the rules of an area on a day, or None."""
        found = self.book.resolve(region, day)
        return None if isinstance(found, Refusal) else found


def shipped_regions() -> tuple[RegionCode, ...]:
    """Give every pooling area of the shipped rule base."""
    return tuple(region for region in load().regions() if region.isdecimal())


def areas(random: Random, number: int) -> Areas:
    """Give the areas of a round: half of the rounds take the shipped rules, each area in turn."""
    starts = random.choice(_STARTS) + timedelta(days=random.randrange(60))
    if number % 2 == 0:
        home = shipped_regions()[number // 2 % len(shipped_regions())]
        unit = random.choice((100, 20_000, 100_000))
        return Areas("shipped", load(), _around(random, home), starts, unit)
    if number % 8 == 1:
        home, *others = random.sample(_rulebook().regions(), 5)
        return Areas("invented", _rulebook(), (home, *others, _WITHOUT_RULES), starts, 100)
    drawn = any_rules if number % 8 == 3 else _nearly_open  # of eight rounds
    kind = "any" if drawn is any_rules else "nearly open"
    regions = tuple(RegionCode(region) for region in (*_INVENTED, _WITHOUT_RULES))
    sets = []
    for region in _INVENTED:
        first, second = random.randrange(-500, 0), random.randrange(400)
        sets += [_dated(drawn(random), region, starts + timedelta(d)) for d in (first, second)]
    return Areas(kind, RuleBook(sets), regions, starts, 100)


@cache
def _rulebook() -> RuleBook:
    return rule_book()


def _around(random: Random, home: RegionCode) -> tuple[RegionCode, ...]:
    """Give an area with neighbours in and out of the province, and areas without rules."""
    near = [r for r in shipped_regions() if r[:2] == home[:2] and r != home]
    far = [r for r in shipped_regions() if r[:2] != home[:2]]
    nowhere = RegionCode(f"{home[:2]}9900")
    some = random.sample(near, min(2, len(near))) + random.sample(far, 2)
    return (home, *some, nowhere, _WITHOUT_RULES)


def _nearly_open(random: Random) -> RuleSet:
    """Draw a rule set that allows everything, except for a few parameters of any value."""
    drawn, start = any_rules(random), rules()
    values = {}
    for group in ("own", "pool", "claim", "wallet", "filing"):
        for name in type(getattr(start, group)).model_fields:
            if random.random() < _CHANGED and group + name != "poolfunding":
                values[f"{group}.{name}"] = drawn.value(f"{group}.{name}")
    values |= {
        "account.year_start_month": random.choice((1, 1, 1, 7, 4)),
        "claim.cancel_across_years": drawn.claim.cancel_across_years,
        "claim.refund_after_end": random.choice((*RefundAfterEnd, RefundAfterEnd.CASH)),
        "filing.emergency_as_filed": random.random() < 0.5,
        "pool.order": drawn.pool.order,
        "pool.reorder": random.random() < 0.3,  # mostly the area decides
    }
    if random.random() < _CHANGED:
        values["pool.funding"] = drawn.pool.funding
    return rules(values)


_CHANGED = 0.12  # of all parameters


def _dated(drawn: RuleSet, region: str, since: date) -> RuleSet:
    """Let drawn rules hold in a region from a day on; an offer can be accepted there."""
    within = max(1, min(drawn.claim.offer_minutes, 1_000))
    changes: dict[str, object] = {
        "id": RuleSetId(f"rs1:{region}@{since}"),
        "region": RegionCode(region),
        "chain": (RegionCode(region),),
        "since": since,
        "claim": drawn.claim.model_copy(update={"offer_minutes": within}),
    }
    return drawn.model_copy(update=changes)


def limits(areas: Areas, regions: Sequence[RegionCode]) -> set[int]:
    """Give every amount that limits something in these areas, fen, so that bills come near it."""
    found = set()
    for region in regions:
        for day in (areas.starts, areas.starts + LONGEST):
            if drawn := areas.rules(region, day):
                caps = drawn.compiled.caps
                found |= {*caps, drawn.pool.balance_at_least}
    return {fen for fen in found if 0 < fen < UNLIMITED}
