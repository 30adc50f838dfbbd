"""What a rule set is, and how one is found for a region and a day.

Every amount, rate, relation list and order of a regulation reaches Python through the fields
below; `policies/registry.yaml` declares the same names (`pool.per_use_cap` is
`RuleSet.pool.per_use_cap`) with unit, label and source rules. A test holds the two together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain as joined
from typing import Protocol, get_type_hints

from pydantic import BaseModel, ConfigDict, SkipValidation

from domain.codes import (
    Area,
    Category,
    EndReason,
    FilingKind,
    Funding,
    Insurance,
    ManualDeadline,
    Order,
    OwnFirst,
    Place,
    RefundAfterEnd,
    RefundSegment,
    Relation,
    Segment,
    Side,
    Till,
    WalletModel,
)
from domain.columns import Compiled, cells_of, compiled, names_of
from domain.ids import RegionCode, RuleSetId
from domain.money import MAX_FEN, Ratio
from domain.refusals import Code, Refusal, refuse
from domain.tariff import BenefitRules
from domain.text import Text

UNLIMITED = MAX_FEN
"""Stands for "no limit", so that limits compare as plain integers."""

UNLIMITED_COUNT = 10**6
"""Stands for "any number"."""


class SegmentOrder(StrEnum):
    """Which segments pay, and in which order 先当年后历年等."""

    CURRENT_FIRST = "current_first"
    PRIOR_FIRST = "prior_first"
    PRIOR_ONLY = "prior_only"

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Give the paying segments in order."""
        return _SEGMENTS[self]


_SEGMENTS = {
    SegmentOrder.CURRENT_FIRST: (Segment.CURRENT, Segment.PRIOR),
    SegmentOrder.PRIOR_FIRST: (Segment.PRIOR, Segment.CURRENT),
    SegmentOrder.PRIOR_ONLY: (Segment.PRIOR,),
}


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class AccountRules(_Rules):
    """Rules about the account itself."""

    year_start_month: int  # 1 calendar year, 7 July to June


class OwnRules(_Rules):
    """What the patient's own account may pay."""

    segments: SegmentOrder
    places: frozenset[Place]
    categories: frozenset[Category]
    outside_catalogue: bool
    out_of_area: bool  # pays outside the pooling area without being switched on


class PoolRules(_Rules):
    """What relatives' accounts may pay, in which order and up to which limits."""

    relations: frozenset[Relation]
    beneficiary_insurance: frozenset[Insurance]
    max_beneficiaries: int  # of one grantor
    max_grantors: int  # of one beneficiary
    max_pools: int  # that one person may belong to
    exclusive_roles: bool  # a grantor cannot be a beneficiary and vice versa
    review: bool  # a binding waits for a reviewer
    activation_days: int  # days from binding to first use
    period_required: bool  # an authorization must name its last day
    segments: SegmentOrder
    retained_minimum: int  # fen that stay in the grantor's account
    per_use_cap: int  # fen
    per_day_cap: int  # fen, for one beneficiary
    per_year_cap: int  # fen, for one beneficiary and account year
    joint_year_cap: int  # fen, for all beneficiaries together and account year
    own_first: OwnFirst
    order: Order
    reorder: bool  # the beneficiary may set another order
    fall_through: bool  # False: one grantor's account a settlement
    places: frozenset[Place]
    resident_places: frozenset[Place]  # for beneficiaries in resident insurance
    categories: frozenset[Category]
    outside_catalogue: bool
    with_fund: bool  # also when the pooled fund pays a part of the claim
    area: Area  # how far from the grantor's pooling area
    ended_by: frozenset[EndReason]
    funding: Funding
    set_aside_floor: int  # fen that must stay in the account when some is set aside
    set_asides_per_month: int  # of one grantor
    rest_returns: bool  # what is left of money set aside returns when the relation ends
    max_spouses: int  # among one grantor's beneficiaries, like the next two
    max_parents: int
    max_children: int
    grantor_covered: bool  # the grantor's insurance must be in force
    balance_at_least: int  # fen; below it a grantor's account pays nothing
    direct_area: Area  # farther away money is claimed by hand
    unbind_by: Side


class ClaimRules(_Rules):
    """What may be shown at the till, and what may be undone later."""

    proxy: bool  # a proxy who shows both identities may stand in
    grantor_credential: bool  # the grantor's credential may be shown instead
    cancel_across_months: bool
    cancel_across_years: RefundSegment
    till: Till
    offer_minutes: int  # within which the second tap must follow
    refund_after_end: RefundAfterEnd


class WalletRules(_Rules):
    """What the national wallet does for relatives in other provinces."""

    model: WalletModel
    relations: frozenset[Relation]
    per_transfer_cap: int  # fen
    per_day_cap: int  # fen, all transfers of one day together
    transfers_per_day: int
    opens_hour: int  # of the day in Asia/Shanghai
    closes_hour: int  # 24: never
    returns_hour: int  # of the next day, for a transfer that nobody accepted
    one_pending: bool  # a transfer that waits for acceptance blocks its sender
    acceptance: bool  # the recipient must accept
    onward: bool  # the recipient may send wallet money on
    till: Till
    places: frozenset[Place]
    categories: frozenset[Category]
    ended_by: frozenset[EndReason]


class FilingRules(_Rules):
    """Care outside the home area: who files what, how long it holds, what it changes."""

    kinds: frozenset[FilingKind]
    temporary_months: int
    change_lock_months: int  # for long-term filings
    within_province: bool  # needed in another city of the province too
    emergency_as_filed: bool
    late_until_discharge: bool  # a filing before discharge counts from admission
    home_too: bool  # long-term filers keep their benefits at home
    referral_cut: Ratio  # taken off the fund's ratio
    other_cut: Ratio
    unfiled_first_pay: Ratio  # borne first without a filing
    manual_rule: ManualDeadline
    manual_months: int
    manual_day: int  # month * 100 + day, of the next year


@dataclass(frozen=True, slots=True)
class Source:
    """A document that a rule rests on."""

    key: str
    title: str
    issuer: str
    number: str
    grade: str
    published: str
    address: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Why a parameter has its value: status, paraphrase, sources, and what contradicts them.

    `status` is a key of `STATUS_WORDS`. `says` is empty in both languages where nothing is cited,
    `why` where the sources speak for themselves.
    """

    region: RegionCode
    since: str
    status: str
    says: Text
    sources: tuple[Source, ...]
    contradicted_by: tuple[Source, ...]
    why: Text


STATUS_WORDS: Mapping[str, Text] = {
    "in_force": Text("现行有效", "in force"),
    "observed": Text("见于公开材料", "seen in public texts"),
    "contested": Text("有争议", "contested"),
    "unverified": Text("待核实", "not verified"),
    "assumed": Text("推定", "assumed"),
    "hypothetical": Text("假设", "hypothetical"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
"""How well a value is founded, in the words that people read."""


class RuleSet(_Rules):
    """All rules of one pooling area for one span of days, resolved and frozen.

    `id` (`rs1:…`) changes with anything that decides amounts; `dossier` (`ds1:…`) also with the
    sources behind it. `chain` runs from the area up to the nation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    id: RuleSetId
    dossier: str
    region: RegionCode
    chain: tuple[RegionCode, ...]
    since: date
    account: AccountRules
    own: OwnRules
    pool: PoolRules
    claim: ClaimRules
    wallet: WalletRules
    filing: FilingRules
    benefit: BenefitRules
    # Made when somebody asks why, and so not looked through when the rules are made.
    citations: SkipValidation[Mapping[str, Citation]] = {}

    def value(self, parameter: str) -> object:
        """Give the value of a parameter by its registry name, such as `pool.order`."""
        group, name = parameter.split(".")
        return getattr(getattr(self, group), name)

    @cached_property
    def row(self) -> tuple[int, ...]:
        """Give the rules as whole numbers, in the order of `columns`."""
        return tuple(joined.from_iterable(cells_of(self.value(name)) for name in declared()))

    @cached_property
    def compiled(self) -> Compiled:
        """Give the same numbers, sorted by the kind of account that they decide about."""
        return compiled(dict(zip(columns(), self.row, strict=True)))


@cache
def declared() -> dict[str, object]:
    """Give every parameter that decides, by its registry name, with the type of its field."""
    return {
        f"{group}.{name}": kind
        for group, field in RuleSet.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for name, kind in get_type_hints(field.annotation).items()
        if name in field.annotation.model_fields
    }


class Resolver(Protocol):
    """Gives the rules of a region when they are first asked for."""

    def regions(self) -> Iterable[RegionCode]:
        """Give every region that has rules."""

    def first_days(self, region: RegionCode) -> Sequence[date]:
        """Give the first day of each rule set of a region in order; none of an unknown region."""

    def rule_set(self, region: RegionCode, since: date) -> RuleSet:
        """Give the rule set of a region that begins on one of its first days."""


@cache
def columns() -> tuple[str, ...]:
    """Name the columns of a rule set, in order: the parameters that decide, by registry name."""
    return tuple(names_of(declared()))


class RuleBook:
    """Every rule set there is, found by region and day, or by id."""

    def __init__(
        self,
        rule_sets: Iterable[RuleSet] = (),
        *,
        resolver: Resolver | None = None,
        hypothetical: bool = False,
    ) -> None:
        """Index the rule sets; within a region each holds from its `since` to the next one's.

        A `resolver` is asked for the rules of other regions when somebody needs them, once for
        each; what it raises then reaches the caller. A `hypothetical` book holds rules that nobody
        made; no store on disk takes it.
        """
        self.hypothetical = hypothetical
        self._by_id: dict[RuleSetId, RuleSet] = {}
        self._epochs: dict[RegionCode, tuple[list[date], list[RuleSet | None]]] = {}
        self._resolver = resolver
        for rules in sorted(rule_sets, key=lambda rules: (rules.region, rules.since)):
            self._by_id.setdefault(rules.id, rules)
            days, sets = self._epochs.setdefault(rules.region, ([], []))
            days.append(rules.since)
            sets.append(rules)

    def resolve(self, region: RegionCode, day: date) -> RuleSet | Refusal:
        """Give the rules of a region on a day, or the refusal `no_rule`: never a guess."""
        days, sets = self._epochs.get(region) or self._learn(region)
        index = bisect_right(days, day) - 1
        if index < 0:
            return refuse(Code.NO_RULE, region=region, day=day.isoformat())
        return sets[index] or self._fill(region, index)

    def first_days(self, region: RegionCode) -> Sequence[date]:
        """Give the first day of each rule set of a region, in order; none of an unknown region."""
        days, _ = self._epochs.get(region) or self._learn(region)
        return tuple(days)

    def by_id(self, rule_set: RuleSetId) -> RuleSet | None:
        """Give the rule set that a recorded settlement names.

        One that nobody asked for yet is looked for in every region.
        """
        for region in self.regions():
            if rule_set in self._by_id:
                break
            days, sets = self._epochs.get(region) or self._learn(region)
            for index in range(len(days)):
                if sets[index] is None:
                    self._fill(region, index)
        return self._by_id.get(rule_set)

    def regions(self) -> list[RegionCode]:
        """Give every region that has rules, in order of code."""
        more = self._resolver.regions() if self._resolver else ()
        return sorted({*self._epochs, *more})

    def _learn(self, region: RegionCode) -> tuple[list[date], list[RuleSet | None]]:
        """Ask on which days the rules of a region begin; the rules themselves wait."""
        days = list(self._resolver.first_days(region)) if self._resolver else []
        epochs: tuple[list[date], list[RuleSet | None]] = (days, [None] * len(days))
        if days:
            self._epochs[region] = epochs
        return epochs

    def _fill(self, region: RegionCode, index: int) -> RuleSet:
        assert self._resolver is not None, region
        days, sets = self._epochs[region]
        rules = self._resolver.rule_set(region, days[index])
        sets[index] = rules
        self._by_id.setdefault(rules.id, rules)
        return rules
