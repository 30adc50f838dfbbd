"""From a bill in a scenario to claim lines, by the rules of the area or of the file itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from domain.benefit import Bill, ClassB, Share, YearToDate, price
from domain.ids import PersonId, RegionCode
from domain.money import Ratio
from domain.person import Person
from domain.refusals import Code, Refusal, refuse
from domain.rules import RuleSet
from domain.tariff import BenefitRules, Insured
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


def priced(
    claim: ClaimNode, bill: BillNode, *, books: Books, day: date, benefit: BenefitRules | None
) -> Share:
    """Price a bill as of a day.

    Raises:
        Unpriced: the refusal that pricing gave.
    """
    patient = books.person(claim.patient)
    if patient is None:
        raise Unpriced(refuse(Code.UNKNOWN_PERSON, person=claim.patient))
    rules = benefit or _rules(patient, books, day)
    current_fen = patient.account.available.current_fen if patient.account else 0
    share = price(
        _bill(claim, bill),
        Insured(patient.insurance, patient.work, bill.age, bill.retired_in),
        rules=rules,
        so_far=YearToDate(**dict(bill.so_far)),
        current_fen=current_fen,
    )
    if isinstance(share, Refusal):
        raise Unpriced(share)
    return share


def _rules(patient: Person, books: Books, day: date) -> BenefitRules:
    rules = books.rules(patient.region_on(day), day)
    if isinstance(rules, Refusal):
        raise Unpriced(rules)
    return rules.benefit


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
