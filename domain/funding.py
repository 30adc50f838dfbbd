"""How money gets from a grantor to a beneficiary, by the grantor's rules and their two areas."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from domain.codes import Area, EndReason, Funding, Relation, WalletModel
from domain.eligibility import Candidate, distance
from domain.ids import RegionCode
from domain.person import Person
from domain.rules import RuleSet


class Means(NamedTuple):
    """The funding of a relation, and whether the national wallet's rules decide about it."""

    funding: Funding
    by_wallet: bool

    @property
    def rule(self) -> str:
        """Name the parameter that says so."""
        return "wallet.model" if self.by_wallet else "pool.funding"


def means(rules: RuleSet, *, home: RegionCode, theirs: RegionCode) -> Means:
    """Ask the rules of the grantor's area: within a province its own, across provinces the wallet.

    Where the wallet is closed, the area's own rules say how far its accounts reach.
    """
    model = rules.wallet.model
    if model is _CLOSED or distance(home, theirs) is not _NATION:
        return Means(rules.pool.funding, by_wallet=False)
    return Means(_BY_WALLET[model], by_wallet=True)


def funded(candidate: Candidate, patient: Person, *, day: date) -> Candidate:
    """Say of a grantor where the money for this patient comes from."""
    rules = candidate.rules
    if rules.wallet.model is _CLOSED and rules.pool.funding is _CALL:
        return candidate
    home, theirs = candidate.person.region_on(day), patient.region_on(day)
    found = means(rules, home=home, theirs=theirs)
    if found.funding is _CALL:
        return candidate
    return replace(candidate, funding=found.funding, by_wallet=found.by_wallet)


def relations_of(rules: RuleSet, found: Means) -> tuple[frozenset[Relation], str]:
    """Give the relatives who may be helped, and the parameter that lists them."""
    if found == _WALLET_QUOTA:
        return rules.wallet.relations, "wallet.relations"
    return rules.pool.relations, "pool.relations"


def ended_by(rules: RuleSet, found: Means) -> frozenset[EndReason]:
    """Give what ends a relation by itself."""
    return rules.wallet.ended_by if found == _WALLET_QUOTA else rules.pool.ended_by


_BY_WALLET = {WalletModel.TRANSFER: Funding.TRANSFER, WalletModel.QUOTA: Funding.QUOTA}
_WALLET_QUOTA = Means(Funding.QUOTA, by_wallet=True)
_CLOSED = WalletModel.CLOSED
_NATION = Area.NATION
_CALL = Funding.CALL
