"""From a bill in a scenario to claim lines, by the rules of the area or of the file itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from domain.benefit import Bill, ClassB, Share, YearToDate, price
from domain.filing import effect, manual_deadline
from domain.ids import PersonId, RegionCode
from domain.money import Ratio
from domain.person import Person
from domain.refusals import Code, Refusal, refuse
from domain.rules import RuleSet
from domain.tariff import BenefitRules, Insured
from simulation.scenario_deeds import DeadlineNode
from simulation.scenario_nodes import BillNode, ClaimNode


class Unpriced(Exception):  # noqa: N818 - an expected "no" on its way to the step that asked
    """A bill that cannot be priced."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the refusal."""
        super().__init__(refusal.code)
        self.refusal = refusal


class Books(NamedTuple):
    """What pricing looks up: people as they stand, and the rules of an area on a day."""

    person: Callable[[PersonId], Person | None]
    rules: Callable[[RegionCode, date], RuleSet | Refusal]


class Visit(NamedTuple):
    """When and where care was received."""

    day: date
    where: RegionCode


def priced(
    claim: ClaimNode, bill: BillNode, *, books: Books, visit: Visit, benefit: BenefitRules | None
) -> Share:
    """Price the bill of a visit.

    Raises:
        Unpriced: the refusal that pricing gave.
    """
    patient = books.person(claim.patient)
    if patient is None:
        raise Unpriced(refuse(Code.UNKNOWN_PERSON, person=claim.patient))
    rules = books.rules(patient.region_on(visit.day), visit.day)
    if isinstance(rules, Refusal):
        raise Unpriced(rules)
    current_fen = patient.account.available.current_fen if patient.account else 0
    share = price(
        _bill(claim, bill),
        Insured(patient.insurance, patient.work, bill.age, bill.retired_in),
        rules=benefit or rules.benefit,
        so_far=YearToDate(**dict(bill.so_far)),
        current_fen=current_fen,
        away=effect(
            patient, visit.where, day=visit.day, rules=rules.filing, emergency=claim.emergency
        ),
    )
    if isinstance(share, Refusal):
        raise Unpriced(share)
    return share


def last_day_for(node: DeadlineNode, *, books: Books) -> str:
    """Give the last day for a bill that was paid in full, "unknown" where the area names none.

    Raises:
        Unpriced: nobody of that name is insured, or the area has no rules on that day.
    """
    patient = books.person(node.person)
    if patient is None:
        raise Unpriced(refuse(Code.UNKNOWN_PERSON, person=node.person))
    rules = books.rules(patient.region_on(node.service), node.service)
    if isinstance(rules, Refusal):
        raise Unpriced(rules)
    last = manual_deadline(
        rules.filing,
        paid_on=node.paid or node.service,
        service_date=node.service,
        year_start_month=rules.account.year_start_month,
    )
    return last.isoformat() if last else "unknown"


def _bill(claim: ClaimNode, bill: BillNode) -> Bill:
    return Bill(
        total_fen=bill.total_fen,
        care=bill.care,
        level=bill.level,
        place=claim.institution.place,
        outside_fen=bill.outside_fen,
        over_limit_fen=bill.over_limit_fen,
        class_b=tuple(
            ClassB(each.amount_fen, Ratio(each.first.num, each.first.den) if each.first else None)
            for each in bill.class_b
        ),
        e_prescription=bill.e_prescription,
    )
