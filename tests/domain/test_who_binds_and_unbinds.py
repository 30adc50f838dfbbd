"""How many relatives of one kind a grantor may have, and who may end a relation."""

from __future__ import annotations

import pytest

from domain.codes import EndReason, Insurance, Relation, Side
from domain.facts import Outcome
from domain.pool import RelationEnded
from domain.refusals import Code
from domain.rules import RuleSet
from tests.auditor import audit
from tests.builders import done, refused, rules
from tests.world import World


def family(rule_set: RuleSet | None = None) -> World:
    """Give two possible grantors, a retired father and a child in resident insurance."""
    world = World(rule_set or rules())
    for who in ("ann", "bob", "dad"):
        world.enroll(who, current_fen=100_00)
    world.enroll("kid", insurance=Insurance.RESIDENT)
    return world


# -------------------------------------------------------------------- how many of each relation


KINDS = [
    (Relation.SPOUSE, "pool.max_spouses"),
    (Relation.PARENT, "pool.max_parents"),
    (Relation.CHILD, "pool.max_children"),
]


@pytest.mark.parametrize(("relation", "parameter"), KINDS)
def test_relatives_of_one_kind_are_counted_in_all_families_of_the_grantor(
    relation: Relation, parameter: str
) -> None:
    world = family(rules({parameter: 1}))
    done(world.try_bind("ann", "dad", relation=relation))
    refusal = refused(
        world.try_bind("ann", "kid", relation=relation, family="other"), Code.TOO_MANY_OF_RELATION
    )
    assert refusal.rule == parameter
    assert refusal.facts == {"person": "ann", "relation": relation, "most": 1}
    done(world.unbind("ann", "dad"))
    done(world.try_bind("ann", "kid", relation=relation, family="other"))


@pytest.mark.parametrize(("relation", "parameter"), KINDS)
def test_other_relations_and_other_grantors_do_not_count(
    relation: Relation, parameter: str
) -> None:
    world = family(rules({parameter: 1}))
    done(world.try_bind("ann", "dad", relation=relation))
    done(world.try_bind("bob", "dad", relation=relation))
    done(world.try_bind("ann", "kid", relation=Relation.SIBLING))
    others = [other for other, _ in KINDS if other is not relation]
    done(world.try_bind("ann", "bob", relation=others[0]))


# -------------------------------------------------------------------------------- who may unbind


def ended(outcome: Outcome) -> RelationEnded:
    fact = done(outcome)[0].fact
    assert isinstance(fact, RelationEnded)
    return fact


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("asked_by", ["ann", None])
def test_the_grantor_ends_a_relation_everywhere(side: Side, asked_by: str | None) -> None:
    world = family(rules({"pool.unbind_by": side}))
    world.bind("ann", "dad")
    fact = ended(world.unbind("ann", "dad", asked_by=asked_by))
    assert (fact.reason, fact.asked_by) == (EndReason.UNBOUND, asked_by)


def test_the_beneficiary_ends_a_relation_where_either_side_may() -> None:
    world = family()
    world.bind("ann", "dad")
    assert ended(world.unbind("ann", "dad", asked_by="dad")).asked_by == "dad"
    audit(world)


@pytest.mark.parametrize(
    ("side", "asked_by"), [(Side.GRANTOR, "dad"), (Side.GRANTOR, "bob"), (Side.EITHER, "bob")]
)
def test_nobody_else_ends_a_relation(side: Side, asked_by: str) -> None:
    world = family(rules({"pool.unbind_by": side}))
    world.bind("ann", "dad")
    refusal = refused(world.unbind("ann", "dad", asked_by=asked_by), Code.NOT_ENTITLED_TO_UNBIND)
    assert refusal.rule == "pool.unbind_by"
    assert refusal.facts == {"asked_by": asked_by, "grantor": "ann", "beneficiary": "dad"}
    refused(world.unbind("bob", "dad", asked_by="kid"), Code.NOT_BOUND)
