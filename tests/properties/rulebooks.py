"""Invented areas that use every value of every rule, with a change of rules; any rules at all."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from random import Random
from typing import Any, get_args

from domain.codes import (
    Area,
    Category,
    EndReason,
    FilingKind,
    Funding,
    Insurance,
    Order,
    OwnFirst,
    Place,
    RefundAfterEnd,
    RefundSegment,
    Relation,
    Side,
    Till,
    WalletModel,
)
from domain.ids import RuleSetId
from domain.money import Ratio
from domain.rules import UNLIMITED, RuleBook, RuleSet, SegmentOrder, columns, declared
from tests.builders import rules

_LONG_AGO, _RECENTLY, _CHANGE = date(2015, 1, 1), date(2025, 1, 1), date(2026, 6, 1)
_CLOSE_KIN = frozenset({Relation.SPOUSE, Relation.CHILD, Relation.PARENT, Relation.SPOUSE_PARENT})
_CARE = frozenset({Category.OUTPATIENT, Category.INPATIENT, Category.DRUG})
_AT_CARE = frozenset({Place.HOSPITAL, Place.CLINIC, Place.PHARMACY})
_FIRM = frozenset({EndReason.DEATH, EndReason.DIVORCE})

_AREAS: Mapping[str, tuple[date, Mapping[str, object], Mapping[str, object]]] = {
    "110100": (
        _LONG_AGO,
        {
            "pool.per_use_cap": 500,
            "pool.order": Order.FILING,
            "pool.reorder": False,
            "filing.within_province": True,
            "filing.change_lock_months": 6,
            "filing.late_until_discharge": False,
            "own.out_of_area": False,
            "claim.till": Till.TWO_TAPS,
            "claim.refund_after_end": RefundAfterEnd.CASH,
            "wallet.model": WalletModel.TRANSFER,
            "wallet.relations": _CLOSE_KIN,
            "wallet.per_transfer_cap": 600,
            "wallet.per_day_cap": 1_000,
            "wallet.transfers_per_day": 2,
            "wallet.opens_hour": 6,
            "wallet.closes_hour": 22,
            "wallet.one_pending": True,
        },
        {
            "pool.per_use_cap": 300,
            "pool.order": Order.LAST_BOUND,
            "wallet.model": WalletModel.QUOTA,
            "wallet.places": _AT_CARE,
            "wallet.categories": _CARE,
        },
    ),
    "110200": (
        _LONG_AGO,
        {
            "own.segments": SegmentOrder.PRIOR_FIRST,
            "filing.change_lock_months": 3,
            "own.outside_catalogue": False,
            "pool.own_first": OwnFirst.MUST_BE_EMPTY,
            "pool.review": True,
            "pool.area": Area.PROVINCE,
            "pool.direct_area": Area.SAME,
            "pool.unbind_by": Side.GRANTOR,
            "pool.outside_catalogue": False,
            "pool.ended_by": _FIRM,
            "claim.cancel_across_months": False,
            "claim.cancel_across_years": RefundSegment.REFUSED,
            "claim.till": Till.ON_REQUEST,
            "wallet.model": WalletModel.TRANSFER,
            "wallet.acceptance": False,
            "wallet.onward": False,
            "wallet.per_day_cap": 400,
            "wallet.till": Till.ON_REQUEST,
            "wallet.places": _AT_CARE,
            "wallet.categories": _CARE,
        },
        {
            "claim.cancel_across_months": True,
            "pool.direct_area": Area.PROVINCE,
            "wallet.model": WalletModel.TRANSFER,
            "pool.funding": Funding.QUOTA,
        },
    ),
    "220100": (
        _LONG_AGO,
        {
            "account.year_start_month": 7,
            "pool.segments": SegmentOrder.PRIOR_ONLY,
            "pool.order": Order.LAST_BOUND,
            "pool.exclusive_roles": True,
            "pool.fall_through": False,
            "pool.max_beneficiaries": 2,
            "pool.max_grantors": 2,
            "pool.period_required": True,
            "pool.ended_by": _FIRM,
            "pool.grantor_covered": False,
            "claim.cancel_across_years": RefundSegment.ORIGINAL,
            "claim.refund_after_end": RefundAfterEnd.CASH,
            "wallet.model": WalletModel.TRANSFER,
            "wallet.returns_hour": 12,
            "wallet.per_transfer_cap": 400,
            "wallet.per_day_cap": 450,
        },
        {
            "filing.emergency_as_filed": False,
            "filing.temporary_months": 1,
            "filing.kinds": frozenset(FilingKind) - {FilingKind.REFERRAL},
            "pool.exclusive_roles": False,
            "pool.segments": SegmentOrder.CURRENT_FIRST,
        },
    ),
    "330100": (
        _RECENTLY,
        {
            "own.places": _AT_CARE,
            "pool.order": Order.LARGEST_BALANCE,
            "pool.max_pools": 1,
            "pool.activation_days": 30,
            "pool.resident_places": frozenset({Place.HOSPITAL}),
            "pool.with_fund": False,
            "pool.area": Area.SAME,
            "pool.retained_minimum": 100,
            "pool.relations": _CLOSE_KIN,
            "wallet.model": WalletModel.TRANSFER,
            "pool.max_spouses": 1,
            "pool.max_parents": 2,
            "pool.max_children": 1,
            "pool.unbind_by": Side.GRANTOR,
            "claim.till": Till.TWO_TAPS,
            "claim.offer_minutes": 60,
            "claim.cancel_across_months": False,
            "wallet.one_pending": True,
        },
        {
            "pool.with_fund": True,
            "pool.activation_days": 0,
            "wallet.model": WalletModel.QUOTA,
            "wallet.relations": frozenset({Relation.SPOUSE, Relation.SIBLING}),
            "wallet.ended_by": _FIRM,
        },
    ),
    "440100": (
        _LONG_AGO,
        {
            "own.categories": _CARE,
            "pool.order": Order.USER_SET,
            "pool.categories": _CARE,
            "pool.places": _AT_CARE,
            "pool.balance_at_least": 400,
            "pool.per_day_cap": 300,
            "pool.per_year_cap": 800,
            "pool.joint_year_cap": 1_200,
            "pool.beneficiary_insurance": frozenset({Insurance.EMPLOYEE, Insurance.RESIDENT}),
            "pool.ended_by": frozenset(EndReason) - {EndReason.DIVORCE},
            "filing.unfiled_first_pay": Ratio(1, 10),
            "filing.change_lock_months": 12,
            "wallet.model": WalletModel.TRANSFER,
            "wallet.till": Till.TWO_TAPS,
            "wallet.transfers_per_day": 1,
            "claim.proxy": False,
            "claim.grantor_credential": False,
            "claim.refund_after_end": RefundAfterEnd.CASH,
            "claim.cancel_across_years": RefundSegment.REFUSED,
        },
        {"pool.per_day_cap": 600, "claim.proxy": True},
    ),
    "660100": (
        _LONG_AGO,
        {
            "pool.funding": Funding.POOL,
            "pool.set_aside_floor": 400,
            "pool.set_asides_per_month": 1,
            "pool.order": Order.USER_SET,
            "pool.retained_minimum": 200,
            "pool.ended_by": _FIRM | {EndReason.MOVE},
            "wallet.model": WalletModel.QUOTA,
        },
        {"pool.rest_returns": False, "pool.fall_through": False, "pool.set_aside_floor": 0},
    ),
    "770100": (
        _LONG_AGO,
        {
            "pool.funding": Funding.POOL,
            "pool.segments": SegmentOrder.PRIOR_FIRST,
            "pool.order": Order.USER_SET,
            "pool.per_year_cap": 900,
            "claim.till": Till.TWO_TAPS,
            "claim.offer_minutes": 1_440,
        },
        {"pool.order": Order.LARGEST_BALANCE, "wallet.model": WalletModel.TRANSFER},
    ),
    "880100": (
        _LONG_AGO,
        {
            "pool.funding": Funding.TRANSFER,
            "pool.activation_days": 400,
            "pool.beneficiary_insurance": frozenset({Insurance.EMPLOYEE}),
            "pool.area": Area.SAME,
            "wallet.model": WalletModel.TRANSFER,
        },
        {"pool.activation_days": 10},
    ),
    "550100": (
        _LONG_AGO,
        {
            "pool.order": Order.ARRIVAL,
            "pool.reorder": False,
            "pool.ended_by": _FIRM,
            "pool.balance_at_least": 300,
            "claim.till": Till.TWO_TAPS,
            "claim.offer_minutes": 600,
            "claim.refund_after_end": RefundAfterEnd.CASH,
            "wallet.model": WalletModel.TRANSFER,
            "wallet.transfers_per_day": 2,
            "wallet.per_day_cap": 700,
        },
        {
            "pool.order": Order.LOCAL_FIRST,
            "own.segments": SegmentOrder.PRIOR_ONLY,
            "pool.funding": Funding.TRANSFER,
            "pool.activation_days": 40,
        },
    ),
}


_AMOUNTS = (0, 1, 50, 100, 300, 1_000, UNLIMITED)


def any_rules(random: Random) -> RuleSet:
    """Draw a rule set: every parameter that decides gets some value of its kind."""
    flat = {name.removesuffix(".num").removesuffix(".den") for name in columns()}
    drawn = {name: _any_value(random, declared()[name]) for name in sorted(flat)}
    return rules({**drawn, "account.year_start_month": random.randrange(1, 13)})


def _any_value(random: Random, kind: Any) -> object:  # noqa: ANN401  # the type of a field
    if kind is bool:
        return random.random() < 0.8
    if kind is Ratio:
        return Ratio(random.randrange(3), 10)
    if isinstance(kind, types.GenericAlias):
        (words,) = get_args(kind)
        return frozenset(word for word in words if random.random() < 0.85)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return random.choice(list(kind))
    return random.choice(_AMOUNTS)


def rule_book(*regions: str) -> RuleBook:
    """Give the invented areas, all of them if none are named."""
    return RuleBook(
        since for region in regions or _AREAS for since in _in_time(region, *_AREAS[region])
    )


def _in_time(
    region: str, starts: date, first: Mapping[str, object], change: Mapping[str, object]
) -> list[RuleSet]:
    return [
        _dated(rules(first, region=region), starts),
        _dated(rules({**first, **change}, region=region), _CHANGE),
    ]


def _dated(rule_set: RuleSet, since: date) -> RuleSet:
    return rule_set.model_copy(update={"since": since, "id": RuleSetId(f"{rule_set.id}@{since}")})
