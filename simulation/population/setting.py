"""Where a population lives: its pooling areas, how many people each has, and their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from domain.codes import Funding, Order, WalletModel
from domain.columns import mask, number
from domain.ids import RegionCode
from domain.rules import RuleBook, RuleSet
from domain.time import account_year
from simulation.population.draws import Array, shares


class Limits(NamedTuple):
    """What the rules of each region say about relations, on the first day; int64, by region."""

    relations: Array  # bits of domain.codes.Relation
    far_relations: Array  # of relatives in other provinces
    max_beneficiaries: Array
    max_grantors: Array
    max_spouses: Array
    max_parents: Array
    max_children: Array
    exclusive_roles: Array  # yes is 1, like the next ones
    review: Array
    period_required: Array
    user_set: Array  # people must say who pays first
    reorder: Array  # people may say who pays first
    family_purse: Array  # money is set aside for a family
    quota: Array  # a quota is set aside for a relative in another province
    floor: Array  # fen that stay when money is set aside
    segments: Array  # number of domain.rules.SegmentOrder
    year: Array  # the account year that is open


class Setting(NamedTuple):
    """The regions by number, which ones have people and how many, and the rules on a day.

    With `accounts_only` everybody has a personal account, as where accounts are counted.
    """

    regions: tuple[RegionCode, ...]
    day: date
    weights: tuple[int, ...]
    provinces: tuple[int, ...]  # a number for each region
    neighbours: tuple[tuple[int, ...], ...]  # other areas of the province in which people live
    limits: Limits
    accounts_only: bool = False

    @property
    def populated(self) -> list[int]:
        """Give the regions in which people live."""
        return [place for place, weight in enumerate(self.weights) if weight]

    def persons(self, total: int) -> list[int]:
        """Divide persons among the regions by their weights."""
        return shares(total, list(self.weights))


def setting(
    book: RuleBook,
    day: date,
    *,
    regions: Iterable[RegionCode] = (),
    weights: Mapping[RegionCode, int] | None = None,
) -> Setting:
    """Give the setting on a day. Regions have the numbers that a rule table gives them.

    People live in every pooling area (a six-digit code) that has rules on that day, in each as
    many: there is no official number of insured for the pooling areas of the rule base. Give
    `weights` where you know better; areas that it leaves out are empty. `regions` are further
    ones, in which there is care.

    Raises:
        ValueError: a weight is below 0 or for a region without rules on that day, or nobody
            would live anywhere; it names the regions or the day.
    """
    codes = tuple(sorted({*regions, *book.regions()}))
    found = [book.resolve(code, day) for code in codes]
    rules = [each if isinstance(each, RuleSet) else None for each in found]
    known = [c for c, each in zip(codes, rules, strict=True) if each and c.isdigit()]
    given = dict.fromkeys(known, 1) if weights is None else weights
    if wrong := sorted(code for code, weight in given.items() if code not in known or weight < 0):
        raise ValueError(", ".join(wrong))
    if not sum(given.values()):
        raise ValueError(day.isoformat())
    shared = tuple(given.get(code, 0) for code in codes)
    provinces = np.unique([code[:2] for code in codes], return_inverse=True)[1].tolist()
    neighbours = tuple(
        tuple(j for j, other in enumerate(provinces) if other == own and j != i and shared[j])
        for i, own in enumerate(provinces)
    )
    return Setting(codes, day, shared, tuple(provinces), neighbours, _limits(rules, day))


def _limits(rules: Sequence[RuleSet | None], day: date) -> Limits:
    rows = [_of(each, day) for each in rules]
    return Limits(*(np.array(column, np.int64) for column in zip(*rows, strict=True)))


def _of(rules: RuleSet | None, day: date) -> tuple[int, ...]:
    """Give the limits of a region; where no rules hold nobody is bound."""
    if rules is None:
        return (0,) * (len(Limits._fields) - 1) + (day.year,)
    pool, quota = rules.pool, rules.wallet.model is WalletModel.QUOTA
    return (
        mask(pool.relations),
        mask(rules.wallet.relations if quota else pool.relations),
        pool.max_beneficiaries,
        pool.max_grantors,
        pool.max_spouses,
        pool.max_parents,
        pool.max_children,
        pool.exclusive_roles,
        pool.review,
        pool.period_required,
        pool.order is Order.USER_SET,
        pool.reorder,
        pool.funding is Funding.POOL,
        quota,
        pool.set_aside_floor,
        number(pool.segments),
        account_year(day, rules.account.year_start_month),
    )
