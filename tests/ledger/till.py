"""A till for tests: sends commands to a ledger in memory, a minute apart, each with its own key."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from domain.account import Account
from domain.codes import Insurance, Relation
from domain.ids import MessageId, PersonId, PoolId, RegionCode
from domain.pool import Authorization
from domain.refusals import Code, Refusal
from domain.rules import RuleBook, RuleSet
from ledger import commands
from ledger import store as stores
from ledger.application import Application
from ledger.commands import Command
from ledger.writer import Receipt
from tests.builders import ANY_USE, HERE, NOON, START, rules


class Till:
    """One application, a clock, and people who are easily enrolled."""

    def __init__(self, *rule_sets: RuleSet) -> None:
        """Begin with nobody, under these rules; without any, all is allowed here."""
        self.book = RuleBook(rule_sets or (rules(),))
        self.store = stores.memory()
        self.application = Application(self.store, self.book)
        self.now: datetime = NOON
        self.sent = 0

    def say(self, command: Command, *, key: str = "") -> Receipt | Refusal:
        """Send a command and give the reply."""
        self.sent += 1
        self.now += timedelta(minutes=1)
        message = MessageId(key or f"m{self.sent}")
        return self.application.execute(command, key=message, at=self.now, actor="till-7")

    def done(self, command: Command, *, key: str = "") -> dict[str, Any]:
        """Insist that a command is accepted, and give its answer."""
        reply = self.say(command, key=key)
        assert isinstance(reply, Receipt), reply
        answer: dict[str, Any] = json.loads(reply.answer)
        return answer

    def refused(self, command: Command, code: Code, *, key: str = "") -> Refusal:
        """Insist on a refusal that leaves nothing behind."""
        before = self.store.recorder.last_position
        reply = self.say(command, key=key)
        assert isinstance(reply, Refusal), reply
        assert reply.code is code
        assert self.store.recorder.last_position == before
        return reply

    def person(
        self,
        person: str,
        fen: int = 0,
        *,
        region: RegionCode = HERE,
        insurance: Insurance = Insurance.EMPLOYEE,
    ) -> PersonId:
        """Enrol somebody; an employee gets an account with this much current money."""
        who = PersonId(person)
        self.done(commands.Enroll(person=who, region=region, insurance=insurance, on=START))
        if insurance is Insurance.EMPLOYEE:
            self.done(commands.OpenAccount(person=who, on=START))
        if fen:
            self.done(commands.Credit(person=who, amount_fen=fen))
        return who

    def bind(
        self,
        grantor: str,
        beneficiary: str,
        *,
        pool: str = "family",
        relation: Relation = Relation.CHILD,
        authorization: Authorization | None = ANY_USE,
    ) -> None:
        """Bind two persons in a pool, which is opened where needed, and authorize."""
        family = PoolId(pool)
        if self.application.pool(family) is None:
            self.done(commands.OpenPool(pool=family, opener=PersonId(grantor)))
        pair: dict[str, Any] = {"pool": family, "grantor": grantor, "beneficiary": beneficiary}
        self.done(commands.Bind(**pair, relation=relation))
        if authorization is not None:
            self.done(commands.AuthorizeUse(**pair, authorization=authorization))

    def account(self, person: str) -> Account:
        """Give an account as it stands."""
        owner = self.application.person(PersonId(person))
        assert owner is not None
        assert owner.account is not None
        return owner.account

    def available(self, person: str) -> int:
        """Give what is available in an account, fen."""
        return self.account(person).available.total_fen

    def topics(self) -> list[str]:
        """Give the topics of the last command's events."""
        events = [event for _, event in self.store.events()]
        return [event.fact.TOPIC for event in events if event.meta == events[-1].meta]
