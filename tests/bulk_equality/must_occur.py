"""Everything that a full run of the comparison must meet, in the words of the tally."""

from __future__ import annotations

from collections.abc import Iterator

from domain.codes import Order, Segment, Till
from domain.verdicts import LIMITS, VERDICTS
from simulation.bulk import arrays
from simulation.bulk.outcomes import REFUSALS
from tests.bulk_equality.areas import shipped_regions


def said(kind: str, code: str, rule: str | None) -> str:
    """Name what was said of a kind of thing, with the rule behind it."""
    return f"{kind}: {code} {rule}" if rule else f"{kind}: {code}"


def must_occur() -> list[str]:
    """Name everything that must occur."""
    return [
        *(f"home: {region}" for region in shipped_regions()),
        *(f"rules: {kind}" for kind in ("shipped", "invented", "any", "nearly open")),
        *(f"{kind}: done" for kind in ("bill", "cancellation", "credit", "rollover")),
        *(said(kind, *REFUSALS[n]) for kind, numbers in _REFUSED.items() for n in numbers),
        *(f"left to the single settlement: {word}" for word in ("cancel", "credit")),
        *_reasons(),
        *(f"order of grantors: {order}" for order in (*Order, "set by the beneficiary")),
        *(f"till: {till}" for till in Till),
        *(f"segments: {order}" for order in ("current then prior", "prior then current")),
        *(f"paid from: {what}" for what in (*Segment, "available money", "pool", "quota")),
        *(f"cancelled: {kind}, {when}" for kind in ("whole", "part") for when in _WHEN),
        *(f"cancelled: {what}" for what in _CANCELLED),
    ]


_REFUSED = {
    "bill": range(arrays.NO_RULE, arrays.NOT_FILED_EMERGENCY + 1),
    "cancellation": (
        *(arrays.UNKNOWN_CLAIM, arrays.ALREADY_CANCELLED, arrays.ACROSS_MONTHS),
        *(arrays.ACROSS_YEARS, arrays.EXCEEDS_PAID),
    ),
    "credit": (arrays.NO_ACCOUNT, arrays.ACCOUNT_CLOSED),
    "rollover": (arrays.NO_RULE, arrays.ALREADY_ROLLED),
}
_WHEN = ("the same day", "later", "another year")
_CANCELLED = (
    "a grantor's part in cash",
    "current money came back as prior money",
    "into a purse",
    "into a wallet",
)


def _reasons() -> Iterator[str]:
    """Name every reason that there is for an account, each with the rule behind it."""
    for reason, rule in (*LIMITS, *VERDICTS.values()):
        for subject in _SUBJECTS.get(rule or "", ("",)):
            yield said("account", reason, f"{subject}{rule}" if rule else None)
    yield from (said("account", reason, rule) for reason, rule in _OTHERS)


_SUBJECTS = {
    ".places": ("own", "pool", "wallet"),
    ".categories": ("own", "pool", "wallet"),
    ".relations": ("pool", "wallet"),
    ".outside_catalogue": ("own", "pool"),
}
_OTHERS = (
    ("must_be_sent", "pool.funding"),
    ("must_be_sent", "wallet.model"),
    ("nothing_set_aside", "pool.funding"),
    ("nothing_set_aside", "wallet.model"),
    ("nothing_left_to_pay", "pool.order"),
    ("other_grantor_paid", "pool.fall_through"),
    ("own_not_used_up", "pool.own_first"),
    ("empty", "pool.segments"),
    ("paid_the_rest", None),
    ("gave_all_it_had", None),
)
