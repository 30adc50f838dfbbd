"""Every suspicion rule with its misuse and near miss, all on one street."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from simulation.planted import crowd_cases, money_cases, rights_cases
from simulation.planted.street import Street

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.rules import RuleBook


class Plant(Protocol):
    """Lets a misuse, or its near miss, happen; `name` begins everything that it names."""

    def __call__(self, street: Street, name: str, *, wrong: bool) -> None:
        """Let it happen."""


class Planted(NamedTuple):
    """One case on the street: its rule, whether it is the misuse, its first and last position."""

    rule: str
    wrong: bool
    first: int
    last: int


CASES: Mapping[str, Plant] = {
    # First of all, while few relations were allowed.
    "MA-02": rights_cases.relation_outside,
    "MA-01": rights_cases.without_authorization,
    "MA-03": rights_cases.outside_scope,
    "MA-04": rights_cases.limit_exceeded,
    "MA-05": rights_cases.after_death,
    "MA-33": rights_cases.death_known_later,
    "MA-22": rights_cases.after_the_end_of_insurance,
    "MA-07": rights_cases.wrong_order,
    "MA-23": rights_cases.split_bills,
    "MA-30": rights_cases.limit_hugged,
    "MA-15": rights_cases.round_amounts,
    "MA-06": money_cases.does_not_add_up,
    "MA-26": money_cases.refund_elsewhere,
    "MA-28": money_cases.frozen_overspent,
    "MA-17": money_cases.emptied,
    "MA-16": money_cases.year_end_rush,
    "MA-08": money_cases.settled_twice,
    "MA-09": money_cases.settled_again,
    "MA-27": money_cases.reversal_storm,
    "MA-12": money_cases.bound_and_unbound,
    "MA-29": money_cases.bound_for_one_draw,
    "MA-13": money_cases.far_places,
    "MA-14": money_cases.at_night,
    "MA-31": money_cases.recorded_late,
    "MA-21": money_cases.back_in_time,
    "MA-10": crowd_cases.many_holders,
    "MA-32": crowd_cases.many_beneficiaries,
    "MA-25": crowd_cases.many_cards,
    "MA-11": crowd_cases.one_beneficiary,
    "MA-24": crowd_cases.one_holder,
    "MA-18": crowd_cases.shared_customers,
    "MA-20": crowd_cases.unusual_share,
}


def plant_all(book: RuleBook) -> tuple[Street, list[Planted]]:
    """Give a street with every misuse and every near miss, one after the other."""
    street, found = Street(book), []
    for rule, plant in CASES.items():
        for wrong in (True, False):
            street.morning()
            first = street.events_told + 1
            plant(street, f"{rule}{'x' if wrong else 'o'}", wrong=wrong)
            found.append(Planted(rule, wrong, first, street.events_told))
    return street, found
