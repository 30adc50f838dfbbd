"""Whom and what the numbers of a run stand for."""

from __future__ import annotations

from domain.ids import PersonId, RegionCode
from domain.wallet import WALLET
from simulation.bulk.ledgers.intake import Intake
from tests.bulk_equality.decisions import Pot
from tests.bulk_equality.people import Persons


class Names:
    """Pots and relations by name, and everybody's home."""

    def __init__(self, intake: Intake, persons: Persons) -> None:
        """Take the names of what was taken in."""
        pots = [Pot(person, "") for person in intake.numbers]
        pots += [Pot(purse.owner_id, purse.name) for purse in intake.purses]
        pots += [Pot(owner, WALLET) for owner in intake.wallets]
        self.pots = pots
        self.pot = {pot: i for i, pot in enumerate(pots)}
        self.edges = intake.families.edges
        self.edge = {(e.grantor, e.beneficiary): i for i, e in enumerate(self.edges)}
        self.home: dict[PersonId, RegionCode] = {p.id: p.region for p in persons.values()}

    def home_of_grantor(self, edge: int) -> RegionCode:
        """Give the home of a relation's grantor."""
        return self.home[self.edges[edge].grantor]
