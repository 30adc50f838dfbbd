"""The two sides of a relation, and what is bound between them."""

from __future__ import annotations

from dataclasses import dataclass

from domain.ids import PersonId
from domain.person import Person
from domain.pool import Binding, Pool, Standing
from domain.refusals import Code, Refusal, refuse


@dataclass(frozen=True, slots=True)
class Parties:
    """The two sides of a relation, and every pool that either belongs to."""

    grantor: Person
    beneficiary: Person
    pools: tuple[Pool, ...]

    def open_bindings(self) -> list[Binding]:
        """Give every open relation in all these pools."""
        return [binding for pool in self.pools for binding in pool.open_bindings()]

    def by_id(self) -> dict[PersonId, Person]:
        """Give both sides by their ids."""
        return {person.id: person for person in (self.grantor, self.beneficiary)}


def bound(pool: Pool, parties: Parties) -> Binding | Refusal:
    """Give the relation of the parties if it is bound and not under review."""
    grantor, beneficiary = parties.grantor.id, parties.beneficiary.id
    return in_force(pool.binding(grantor, beneficiary), grantor=grantor, beneficiary=beneficiary)


def in_force(
    binding: Binding | None, *, grantor: PersonId, beneficiary: PersonId
) -> Binding | Refusal:
    """Give a relation back if there is one, and it is bound and not under review."""
    if binding is None or not binding.standing.is_open:
        return refuse(Code.NOT_BOUND, grantor=grantor, beneficiary=beneficiary)
    if binding.standing is Standing.UNDER_REVIEW:
        return refuse(Code.UNDER_REVIEW, grantor=grantor, beneficiary=beneficiary)
    return binding
