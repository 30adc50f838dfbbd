"""Decisions that end relations: at a wish, by a divorce, or by an event in one side's insurance.

What was set aside for a relation returns as it ends, and who has no other relation leaves the pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from domain.codes import EndReason, Relation, Side
from domain.facts import Change, Outcome
from domain.funding import ended_by, means
from domain.ids import PersonId
from domain.parties import Parties
from domain.person import Person, PersonLeftPool
from domain.pool import Binding, Pool, RelationEnded
from domain.refusals import Code, refuse
from domain.returning import end_purses_of
from domain.rules import RuleSet


def unbind(
    pool: Pool,
    parties: Parties,
    *,
    asked_by: PersonId | None,
    rules: RuleSet,
    on: date,
) -> Outcome:
    """End a relation at the wish of a side that may; nobody named stands for the grantor."""
    grantor, beneficiary = parties.grantor.id, parties.beneficiary.id
    binding = pool.binding(grantor, beneficiary)
    if binding is None or not binding.standing.is_open:
        return refuse(Code.NOT_BOUND, grantor=grantor, beneficiary=beneficiary)
    by_grantor = rules.pool.unbind_by is Side.GRANTOR
    entitled = {grantor} if by_grantor else {grantor, beneficiary}
    if asked_by is not None and asked_by not in entitled:
        return refuse(
            Code.NOT_ENTITLED_TO_UNBIND,
            rule="pool.unbind_by",
            asked_by=asked_by,
            grantor=grantor,
            beneficiary=beneficiary,
        )
    ending = _Ending(EndReason.UNBOUND, rules, on)
    ended, *left = _end(pool, [binding], parties.by_id(), ending)
    assert isinstance(ended.fact, RelationEnded)
    return (Change(ended.stream, replace(ended.fact, asked_by=asked_by)), *left)


def end_relations(
    pool: Pool,
    person: PersonId,
    *,
    members: Mapping[PersonId, Person],
    reason: EndReason,
    rules: RuleSet,
    on: date,
) -> tuple[Change, ...]:
    """End a person's relations in a pool where the area's rules let this event end them.

    `members` are as they were before the event: a move ends what there was until then.
    """
    ending = _Ending(reason, rules, on)
    return _end(pool, _that_end(pool.bindings_of(person), members, ending), members, ending)


def report_divorce(
    pool: Pool,
    spouses: tuple[PersonId, PersonId],
    *,
    members: Mapping[PersonId, Person],
    rules: RuleSet,
    on: date,
) -> Outcome:
    """End what rests on a marriage: between the spouses, and with the other's parents."""
    bindings = [
        b
        for b in pool.open_bindings()
        if {b.grantor, b.beneficiary} == set(spouses)
        or (b.relation is Relation.SPOUSE_PARENT and b.grantor in spouses)
    ]
    if not any(b.relation is Relation.SPOUSE for b in bindings):
        return refuse(Code.NOT_BOUND, grantor=spouses[0], beneficiary=spouses[1])
    ending = _Ending(EndReason.DIVORCE, rules, on)
    return _end(pool, _that_end(bindings, members, ending), members, ending)


class _Ending(NamedTuple):
    """Why relations end, by which rules, and when."""

    reason: EndReason
    rules: RuleSet
    on: date


def _that_end(
    bindings: list[Binding], members: Mapping[PersonId, Person], ending: _Ending
) -> list[Binding]:
    """Give the relations that this event ends, by where the two are insured."""

    def ends(binding: Binding) -> bool:
        home = members[binding.grantor].region_on(ending.on)
        theirs = members[binding.beneficiary].region_on(ending.on)
        found = means(ending.rules, home=home, theirs=theirs)
        return ending.reason in ended_by(ending.rules, found)

    return [binding for binding in bindings if ends(binding)]


def _end(
    pool: Pool, bindings: list[Binding], members: Mapping[PersonId, Person], ending: _Ending
) -> tuple[Change, ...]:
    """End relations, return what was set aside for them, and let members leave the pool."""
    ends = [
        RelationEnded(
            effective_on=ending.on,
            grantor=binding.grantor,
            beneficiary=binding.beneficiary,
            reason=ending.reason,
        )
        for binding in bindings
    ]
    back = end_purses_of(pool, bindings, members=members, rules=ending.rules, on=ending.on)
    left = leave(pool, bindings, members=members, on=ending.on)
    return (*(Change(pool.stream, end) for end in ends), *back, *left)


def leave(
    pool: Pool, ended: list[Binding], *, members: Mapping[PersonId, Person], on: date
) -> list[Change]:
    """Let those leave the pool whose last relation in it has ended."""
    gone = {(b.grantor, b.beneficiary) for b in ended}
    rest = [b for b in pool.open_bindings() if (b.grantor, b.beneficiary) not in gone]
    staying = {person for b in rest for person in (b.grantor, b.beneficiary)}
    leaving = sorted({person for pair in gone for person in pair} - staying)
    return [
        Change(members[person].stream, PersonLeftPool(effective_on=on, pool=pool.id))
        for person in leaving
    ]
