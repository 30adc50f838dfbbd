"""Booking several facts to several persons in one decision, each seeing the ones before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from domain.account import Account, AccountCredited
from domain.amounts import Amounts
from domain.codes import CreditKind
from domain.facts import Change, Fact
from domain.ids import PersonId
from domain.person import Person, evolve
from domain.wallet import Wallet


class Booking:
    """Collects changes and keeps every touched person as they are after them."""

    def __init__(self, persons: Mapping[PersonId, Person]) -> None:
        """Start from the persons as they are now."""
        self._persons = dict(persons)
        self.changes: list[Change] = []

    def account(self, person: PersonId) -> Account:
        """Give a person's account after what was booked so far."""
        account = self._persons[person].account
        assert account is not None
        return account

    def wallet(self, person: PersonId) -> Wallet:
        """Give a person's wallet after what was booked so far."""
        wallet = self._persons[person].wallet
        assert wallet is not None
        return wallet

    def can_receive(self, person: PersonId) -> bool:
        """Tell whether a person is known and has an open account."""
        owner = self._persons.get(person)
        return owner is not None and owner.account is not None and owner.account.closed is None

    def book(self, person: PersonId, fact: Fact) -> None:
        """Add one fact to a person."""
        owner = self._persons[person]
        self._persons[person] = evolve(owner, fact)
        self.changes.append(Change(owner.stream, fact))

    def inherit(self, heir: PersonId, fen: int, *, today: date) -> None:
        """Credit an inheritance to the heir's current money."""
        amount = Amounts(fen, 0)
        left = self.account(heir).available + amount
        self.book(
            heir,
            AccountCredited(
                effective_on=today, kind=CreditKind.INHERITANCE, amount=amount, left=left
            ),
        )
