"""Care outside the home area: who may file what, how long it holds, what it changes.

Decisions give facts for the person's stream; `effect` gives what pricing must change, `check_filed`
whether the fund may pay directly, `manual_deadline` until when a bill can be handed in instead.
"""

from __future__ import annotations

from datetime import date, timedelta

from domain.benefit import AT_HOME, Away
from domain.bookkeeping import check_covered
from domain.claim import ClaimRequest
from domain.codes import Area, FilingKind, ManualDeadline, Work
from domain.eligibility import distance
from domain.facts import Change, Outcome
from domain.filed import LONG_TERM, Filing, FilingChanged, FilingEnded, FilingRecorded
from domain.ids import RegionCode
from domain.person import Person
from domain.record import Record
from domain.refusals import Code, Refusal, refuse
from domain.rules import UNLIMITED_COUNT, FilingRules, RuleSet
from domain.time import account_year, day_in, months_later


class Stay(Record, frozen=True):
    """A stay in hospital that began before it was filed; `discharged` where it has ended."""

    admitted: date
    discharged: date | None = None


def record(
    person: Person,
    *,
    kind: FilingKind,
    place: RegionCode,
    on: date,
    rules: FilingRules,
    stay: Stay | None = None,
) -> Outcome:
    """File care in a place, from `on`, or from the day of admission of a stay that goes on."""
    if stay is not None and stay.admitted > (last := min(on, stay.discharged or on)):
        first = stay.admitted.isoformat()
        return refuse(Code.INVALID_PERIOD, first=first, last=last.isoformat())
    if kind not in rules.kinds:
        return refuse(Code.FILING_KIND_IMPOSSIBLE, rule="filing.kinds", person=person.id, kind=kind)
    if kind is FilingKind.RETIRED_AWAY and person.work is not Work.RETIRED:
        return refuse(Code.FILING_KIND_IMPOSSIBLE, person=person.id, kind=kind)
    if refusal := _check_place(person, place, on=on, rules=rules):
        return refusal
    if stay is not None and _is_late(stay, on=on, rules=rules):
        return refuse(Code.FILING_TOO_LATE, rule="filing.late_until_discharge", person=person.id)
    if found := filed(person, place, day=on):
        return refuse(Code.FILING_EXISTS, person=person.id, filing=found.no, place=found.place)
    if refusal := check_covered(person, on):
        return refusal
    fact = FilingRecorded(
        effective_on=on,
        filing=len(person.filings) + 1,
        kind=kind,
        home=person.region_on(on),
        place=place,
        first_day=stay.admitted if stay else on,
        last_day=None if kind in LONG_TERM else _end(on, rules.temporary_months),
        locked_until=_locked_until(kind, on, rules),
    )
    return (Change(person.stream, fact),)


def change(
    person: Person,
    no: int,
    *,
    place: RegionCode,
    on: date,
    rules: FilingRules,
    proof: bool = False,
) -> Outcome:
    """Change a filing to another place. While it is locked only with proof of the need."""
    filing = _standing(person, no, on=on)
    if isinstance(filing, Refusal):
        return filing
    if refusal := _check_lock(filing, on=on, proof=proof):
        return refusal
    if refusal := _check_place(person, place, on=on, rules=rules):
        return refusal
    if place == filing.place:
        return refuse(Code.FILING_EXISTS, person=person.id, filing=no, place=place)
    fact = FilingChanged(
        effective_on=on,
        filing=no,
        place_before=filing.place,
        place=place,
        locked_until=_locked_until(filing.kind, on, rules),
    )
    return (Change(person.stream, fact),)


def end(person: Person, no: int, *, on: date, proof: bool = False) -> Outcome:
    """End a filing; `on` is the first day without it. The lock holds for ending, too."""
    filing = _standing(person, no, on=on)
    if isinstance(filing, Refusal):
        return filing
    if refusal := _check_lock(filing, on=on, proof=proof):
        return refusal
    return (Change(person.stream, FilingEnded(effective_on=on, filing=no)),)


def _standing(person: Person, no: int, *, on: date) -> Filing | Refusal:
    if not 1 <= no <= len(person.filings):
        return refuse(Code.UNKNOWN_FILING, person=person.id, filing=no)
    filing = person.filings[no - 1]
    stands = filing.holds_on(on) and filing.ended_on is None and filing.places[-1][0] <= on
    if not stands or filing.home != person.region_on(on):
        return refuse(Code.FILING_NOT_IN_FORCE, person=person.id, filing=no, day=on.isoformat())
    return filing


def _is_late(stay: Stay, *, on: date, rules: FilingRules) -> bool:
    """Tell whether a stay began before the filing and can no longer be filed."""
    is_over = stay.discharged is not None and stay.discharged < on
    return stay.admitted < on and (is_over or not rules.late_until_discharge)


def _check_lock(filing: Filing, *, on: date, proof: bool) -> Refusal | None:
    until = filing.locked_until
    if until is None or on >= until or proof:
        return None
    return refuse(
        Code.FILING_LOCKED,
        rule="filing.change_lock_months",
        filing=filing.no,
        until=until.isoformat(),
    )


def _check_place(
    person: Person, place: RegionCode, *, on: date, rules: FilingRules
) -> Refusal | None:
    home = person.region_on(on)
    if is_away(home, place, rules=rules):
        return None
    return refuse(Code.FILING_NOT_NEEDED, rule="filing.within_province", place=place, home=home)


def is_away(home: RegionCode, where: RegionCode, *, rules: FilingRules) -> bool:
    """Tell whether care in an area needs a filing at all."""
    far = distance(home, where)
    return far is Area.NATION or (far is Area.PROVINCE and rules.within_province)


def _end(on: date, months: int) -> date | None:
    return None if months == UNLIMITED_COUNT else months_later(on, months)


def _locked_until(kind: FilingKind, on: date, rules: FilingRules) -> date | None:
    if kind not in LONG_TERM or not rules.change_lock_months:
        return None
    return months_later(on, rules.change_lock_months)


# ------------------------------------------------------------------------------ what it changes


def filed(person: Person, where: RegionCode, *, day: date) -> Filing | None:
    """Give the filing that covers care in an area on a day; a long-term one comes first."""
    home = person.region_on(day)
    covering = [f for f in person.filings if f.home == home and f.covers(where, day)]
    covering.sort(key=lambda filing: filing.kind not in LONG_TERM)
    return covering[0] if covering else None


def effect(
    person: Person,
    where: RegionCode,
    *,
    day: date,
    rules: FilingRules,
    emergency: bool = False,
) -> Away:
    """Give what care in an area changes in pricing, by the rules of the patient's home area."""
    if not is_away(person.region_on(day), where, rules=rules):
        lives_away = any(_lives_away(filing, person, day=day) for filing in person.filings)
        if lives_away and not rules.home_too:
            return Away(cut=rules.referral_cut, rules=("filing.home_too", _UNFILED))
        return AT_HOME
    filing = filed(person, where, day=day)
    return effect_of(filing.kind if filing else None, rules=rules, emergency=emergency)


def effect_of(kind: FilingKind | None, *, rules: FilingRules, emergency: bool = False) -> Away:
    """Give what care away from home changes, by what was filed; None: nothing was."""
    if kind is None and not (emergency and rules.emergency_as_filed):
        return Away(first_pay=rules.unfiled_first_pay, rules=(_REFERRAL, _UNFILED))
    if kind in LONG_TERM:
        return AT_HOME
    if kind is FilingKind.OTHER_TEMPORARY and not emergency:
        return Away(cut=rules.other_cut, rules=(_OTHER, _UNFILED))
    return Away(cut=rules.referral_cut, rules=(_REFERRAL, _UNFILED))


def _lives_away(filing: Filing, person: Person, *, day: date) -> bool:
    at_home = filing.home == person.region_on(day)
    return filing.kind in LONG_TERM and at_home and filing.holds_on(day)


_REFERRAL, _OTHER = "filing.referral_cut", "filing.other_cut"
_UNFILED = "filing.unfiled_first_pay"


def check_filed(request: ClaimRequest, patient: Person, *, rules: RuleSet) -> Refusal | None:
    """Refuse direct settlement where the fund pays away from home and nothing was filed.

    Without a part of the fund nothing is asked of it, so accounts pay as they may. Areas that let
    somebody without a filing bear a part first settle directly all the same.
    """
    if not request.fund_fen or (request.emergency and rules.filing.emergency_as_filed):
        return None
    home, where = patient.region_on(request.service_date), request.institution.region
    if not is_away(home, where, rules=rules.filing):
        return None
    if filed(patient, where, day=request.service_date) is not None:
        return None
    if rules.filing.unfiled_first_pay.num:
        return None
    return refuse(
        Code.NOT_FILED,
        rule="filing.emergency_as_filed" if request.emergency else _UNFILED,
        patient=patient.id,
        where=where,
        day=request.service_date.isoformat(),
    )


def manual_deadline(
    rules: FilingRules, *, paid_on: date, service_date: date, year_start_month: int
) -> date | None:
    """Give the last day on which a bill can be handed in; None where no deadline is known.

    `paid_on` is the day of the receipt.
    """
    match rules.manual_rule:
        case ManualDeadline.NONE:
            return None
        case ManualDeadline.MONTHS_FROM_RECEIPT:
            return _end(paid_on, rules.manual_months)
        case ManualDeadline.DAY_OF_NEXT_YEAR:
            month, day = divmod(rules.manual_day, 100)
            return day_in(service_date.year + 1, month, day=day)
    assert rules.manual_rule is ManualDeadline.END_OF_NEXT_YEAR
    year = account_year(paid_on, year_start_month)
    return date(year + 2, year_start_month, 1) - timedelta(days=1)
