"""Who may pay for whom: authorization, relation, scope, insurance, death, order of accounts.

Honest commands cannot bring any of these about, except where something became known later.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from domain.codes import Category, Coverage, Place, Relation
from domain.locale.words import word
from domain.reasons import Reason
from domain.text import Text
from projections.findings.logic import Ask, Case, case, logic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.rules import RuleSet
    from projections.findings.material import Draw, Material, Payment, Permit, Tie, Trial


@logic("grantor", "beneficiary", "day", "claim")
def use_without_authorization(ask: Ask) -> Iterator[Case]:
    """A relative's account paid, and no authorization was in force at the decision."""
    for draw in ask.aid:
        if not any(_covers(permit, draw) for permit in permits_at(ask.material, draw)):
            yield _draw_case(draw)


def permits_at(material: Material, draw: Draw) -> list[Permit]:
    """Give the authorizations in force at the decision that a draw carries out."""
    found = material.permits_at.get(draw.position)
    if found is None:
        known = material.permits_of.get((draw.person, draw.beneficiary), [])
        usable = {tie.pool for tie in ties_at(material, draw) if tie.active_from <= draw.day}
        decided = draw.of.decided
        found = [each for each in known if each.holds_at(decided) and each.pool in usable]
        material.permits_at[draw.position] = found
    return found


def ties_at(material: Material, draw: Draw) -> list[Tie]:
    """Give the relations that could be used at the decision that a draw carries out."""
    decided = draw.of.decided
    return [
        tie
        for tie in material.ties_of.get((draw.person, draw.beneficiary), [])
        if tie.usable_at is not None
        and tie.usable_at < decided
        and (tie.ended_at is None or decided < tie.ended_at)
    ]


def _covers(permit: Permit, draw: Draw) -> bool:
    return permit.first_day <= draw.day and (permit.last_day is None or draw.day <= permit.last_day)


def _draw_case(draw: Draw, **facts: object) -> Case:
    return case(
        f"person/{draw.person}",
        [draw],
        amount_fen=draw.fen,
        count=1,
        grantor=draw.person,
        beneficiary=draw.beneficiary,
        day=draw.day,
        claim=draw.of.claim,
        **facts,
    )


@logic("grantor", "beneficiary", "day", "claim", "relation")
def relation_outside(ask: Ask) -> Iterator[Case]:
    """A relative's account paid, and the area's rules of that day do not name the relation."""
    for draw in ask.aid:
        trial = _trial_of(ask.material, draw)
        rules = ask.rules(draw.of, trial.rule_set) if trial else None
        ties = ties_at(ask.material, draw)
        if rules is None or trial is None or not ties:
            continue
        named = rules.pool.relations | (rules.wallet.relations if _is_quota(trial) else frozenset())
        if not any(tie.relation in named for tie in ties):
            yield _draw_case(draw, relation=word(Relation(ties[0].relation)))


def _trial_of(material: Material, draw: Draw) -> Trial | None:
    """Find how the account was tried in the decision that a draw carries out."""
    return material.payers.get((draw.of.decided, draw.person))


def _is_quota(trial: Trial) -> bool:
    return trial.purse.startswith("quota:")


@logic("grantor", "beneficiary", "day", "claim", "outside")
def scope_exceeded(ask: Ask) -> Iterator[Case]:
    """An account paid at a kind of place, or for a category, that is not open to it."""
    for draw in ask.material.draws:
        trial = _trial_of(ask.material, draw)
        if trial is None:
            continue
        used = {draw.of.place, *trial.categories.split()}
        outside = used - _allowed_by_area(ask, draw, trial)
        if draw.person != draw.beneficiary:
            permits = permits_at(ask.material, draw)
            outside |= used - set().union(*(_allowed_by(each, used) for each in permits))
            outside = outside if permits else set()  # then there is no authorization at all
        if outside:
            yield _draw_case(draw, outside=_in_words(outside))


def _in_words(outside: set[str]) -> Text:
    """Say places and categories in words."""
    said = [word(Place(each) if each in set(Place) else Category(each)) for each in sorted(outside)]
    return Text("、".join(each.zh for each in said), ", ".join(each.en for each in said))


def _allowed_by(permit: Permit, used: set[str]) -> set[str]:
    """Give what of a use an authorization allows; an empty list allows everything."""
    places, categories = permit.places.split(), permit.categories.split()
    in_place = {each for each in used & set(Place) if not places or each in places}
    of_kind = {each for each in used & set(Category) if not categories or each in categories}
    return in_place | of_kind


def _allowed_by_area(ask: Ask, draw: Draw, trial: Trial) -> set[str]:
    """Give all that an area opens to this kind of account; everything where it is not known."""
    rules: RuleSet | None = ask.rules(draw.of, trial.rule_set)
    if rules is None:
        return {draw.of.place, *trial.categories.split()}
    scope = rules.own if trial.pool is None else rules.pool
    allowed = {str(each) for each in (*scope.places, *scope.categories)}
    if _is_quota(trial):
        allowed |= {str(each) for each in (*rules.wallet.places, *rules.wallet.categories)}
    return allowed


@logic("who", "died_on", "day", "claim")
def use_after_death(ask: Ask) -> Iterator[Case]:
    """Care after the day on which the patient, or the owner of an account that paid, died.

    The death was recorded before the decision, or stands on an outside list.
    """
    listed = ask.lists.get("deaths", {})
    for payment, person in _involved(ask):
        days = [date.fromisoformat(listed[person])] if person in listed else []
        if known := _died(ask, person, payment.day, before=payment.decided):
            days.append(known)
        if days and min(days) < payment.day:
            yield _death_case(ask, payment, person, min(days))


@logic("who", "died_on", "day", "claim")
def death_known_later(ask: Ask) -> Iterator[Case]:
    """Care after a death that was recorded only after the decision."""
    for payment, person in _involved(ask):
        died = _died(ask, person, payment.day, before=None)
        if died and not _died(ask, person, payment.day, before=payment.decided):
            yield _death_case(ask, payment, person, died)


def _involved(ask: Ask) -> Iterator[tuple[Payment, str]]:
    """Give payments with a patient, or an owner of an account that paid, who may have died."""
    some = ask.material.not_always_covered | ask.lists.get("deaths", {}).keys()
    for payment in ask.payments:
        draws = ask.material.draws_of.get(payment.settlement, [])
        for person in sorted({payment.patient, *(draw.person for draw in draws)} & some):
            yield payment, person


def _died(ask: Ask, person: str, day: date, *, before: int | None) -> date | None:
    """Give the day of a death before a day; on the day of death itself someone was still alive."""
    cover = ask.material.cover(person, day, before=before)
    dead = cover is not None and cover.coverage == Coverage.DECEASED and cover.since < day
    return cover.since if cover and dead else None


def _death_case(ask: Ask, payment: Payment, person: str, died_on: date) -> Case:
    return case(
        f"person/{person}",
        [payment, *ask.material.draws_of.get(payment.settlement, [])],
        amount_fen=payment.own_fen,
        count=1,
        who=person,
        died_on=died_on,
        day=payment.day,
        claim=payment.claim,
    )


@logic("who", "day", "claim", "coverage")
def use_after_end(ask: Ask) -> Iterator[Case]:
    """Insurance was not in force on the day of care, by what was known at the decision."""
    for payment in ask.payments:
        draws = ask.material.draws_of.get(payment.settlement, [])
        involved = {payment.patient, *(draw.person for draw in draws)}
        if involved.isdisjoint(ask.material.not_always_covered):
            continue
        lapsed = {payment.patient: _lapsed(ask, payment.patient, payment.day, payment.decided)}
        for draw in draws:
            trial = _trial_of(ask.material, draw)
            rules = ask.rules(payment, trial.rule_set) if trial else None
            if draw.person != payment.patient and rules and rules.pool.grantor_covered:
                lapsed[draw.person] = _lapsed(ask, draw.person, payment.day, payment.decided)
        for person, coverage in lapsed.items():
            if coverage:
                yield case(
                    f"person/{person}",
                    [payment, *draws],
                    amount_fen=payment.own_fen,
                    count=1,
                    who=person,
                    day=payment.day,
                    claim=payment.claim,
                    coverage=word(Coverage(coverage)),
                )


def _lapsed(ask: Ask, person: str, day: date, before: int) -> str | None:
    """Give the state of someone whose insurance was not in force; deaths have their own rule."""
    cover = ask.material.cover(person, day, before=before)
    return cover.coverage if cover and cover.coverage in _LAPSED else None


_LAPSED = frozenset({Coverage.SUSPENDED, Coverage.ENDED})


@logic("claim", "earlier", "later")
def order_wrong(ask: Ask) -> Iterator[Case]:
    """An account paid a line that, by the trace, an account before it had left nothing of.

    Also an own account that was tried only after a relative had paid.
    """
    paid = defaultdict(list)
    for payment in ask.payments:
        paid[payment.decided].append(payment)
    for decided, payments in paid.items():
        wrong = _passed_over(ask.material.trials.get(decided, []))
        if wrong is not None:
            earlier, later = wrong
            yield case(
                f"claim/{payments[0].claim}",
                payments,
                amount_fen=later.gave_fen,
                claim=payments[0].claim,
                earlier=earlier.person,
                later=later.person,
            )


def _passed_over(trials: list[Trial]) -> tuple[Trial, Trial] | None:
    """Give an account that should have paid before, and the one that paid instead."""
    for place, trial in enumerate(trials):
        for later in trials[place + 1 :]:
            if later.pool is None and not later.purse and trial.pool is not None and trial.gave_fen:
                return later, trial
            shared = set(trial.lines.split(",")) & set(later.paid.split(",")) - {""}
            if trial.reason in _DONE and later.gave_fen and shared:
                return trial, later
    return None


_DONE = frozenset({Reason.NOTHING_LEFT_TO_PAY, Reason.PAID_THE_REST})
