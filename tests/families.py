"""People, families and the money that passes between them: the ground of `tests.world.World`."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

import msgspec

from domain import (
    binding,
    bookkeeping,
    claim_fold,
    giving,
    person,
    pool,
    setting_aside,
    transferring,
    unbinding,
)
from domain.claim import Claim
from domain.codes import Coverage, CreditKind, Evidence, Insurance, Origin, Relation, Segment, Work
from domain.facts import Fact, Kind, Outcome, Stream
from domain.ids import ClaimId, PersonId, PoolId, RegionCode, TransferId
from domain.parties import Parties
from domain.person import Person
from domain.pool import Authorization, Pool
from domain.refusals import Refusal
from domain.rules import RuleSet
from domain.transferring import Sending
from tests.builders import ANY_USE, DAY, HERE, NEXT_NOON, NOON, START, done, rules

FAMILY = "family"


class Families:
    """Everybody's state and history, and what happens to people, families and their money.

    A verb decides at an instant, records what was decided, and gives the outcome back.
    `done` insists on success, `refused` on a refusal.
    """

    def __init__(self, *rule_sets: RuleSet) -> None:
        """Start empty, with one rule set for each region; without any, all is allowed here."""
        self.rule_sets = {each.region: each for each in rule_sets or (rules(),)}
        self.people: dict[PersonId, Person] = {}
        self.pools: dict[PoolId, Pool] = {}
        self.claims: dict[ClaimId, Claim] = {}
        self.history: defaultdict[Stream, list[Fact]] = defaultdict(list)

    def record(self, outcome: Outcome) -> Outcome:
        """Apply what was decided, if it was not refused."""
        if not isinstance(outcome, Refusal):
            for stream, fact in outcome:
                self._apply(stream, fact)
        return outcome

    def _apply(self, stream: Stream, fact: Fact) -> None:
        written = msgspec.json.encode(fact)
        assert msgspec.json.decode(written, type=type(fact)) == fact, "what is kept can be read"
        match stream.kind:
            case Kind.PERSON:
                who = PersonId(stream.key)
                self.people[who] = person.evolve(self.people.get(who), fact)
            case Kind.POOL:
                family = PoolId(stream.key)
                self.pools[family] = pool.evolve(self.pools.get(family), fact)
            case Kind.CLAIM:
                number = ClaimId(stream.key)
                self.claims[number] = claim_fold.evolve(self.claims.get(number), fact)
        self.history[stream].append(fact)

    def version(self, stream: Stream) -> int:
        """Give how many facts a stream has."""
        return len(self.history[stream])

    # people

    def __getitem__(self, who: str) -> Person:
        return self.people[PersonId(who)]

    def left(self, who: str) -> tuple[int, int]:
        """Give a person's available current and prior money."""
        account = self[who].account
        assert account is not None
        return account.available.current_fen, account.available.prior_fen

    def enroll(
        self,
        who: str,
        *,
        current_fen: int = 0,
        prior_fen: int = 0,
        insurance: Insurance = Insurance.EMPLOYEE,
        region: RegionCode = HERE,
    ) -> PersonId:
        """Enrol someone on `START`; an employee gets an account with this much money."""
        work = Work.NONE if insurance is Insurance.RESIDENT else Work.IN_SERVICE
        known, key = self.people.get(PersonId(who)), PersonId(who)
        done(
            self.record(
                bookkeeping.enroll(
                    known, person=key, region=region, insurance=insurance, work=work, on=START
                )
            )
        )
        if insurance is Insurance.EMPLOYEE:
            rule_set = self.rule_sets[region]
            done(self.record(bookkeeping.open_account(self[who], rules=rule_set, on=START)))
        for segment, fen in ((Segment.CURRENT, current_fen), (Segment.PRIOR, prior_fen)):
            if fen:
                done(self.credit(who, fen, segment=segment))
        return key

    def credit(
        self,
        who: str,
        fen: int,
        *,
        segment: Segment = Segment.CURRENT,
        period: str = "",
        on: date = START,
    ) -> Outcome:
        """Credit money, monthly if a period is named."""
        kind = CreditKind.MONTHLY if period else CreditKind.TRANSFER_IN
        return self.record(
            bookkeeping.credit(
                self[who], kind=kind, segment=segment, amount_fen=fen, period=period, on=on
            )
        )

    def cover(self, who: str, to: Coverage, *, on: date) -> Outcome:
        """Change someone's coverage from a day on."""
        return self.record(bookkeeping.change_coverage(self[who], to=to, on=on))

    def roll(self, who: str, *, on: date) -> Outcome:
        """Begin the account year of a day."""
        rule_set = self.rule_sets[self[who].region]
        return self.record(bookkeeping.roll_year(self[who], rules=rule_set, on=on))

    # families

    def parties(self, grantor: str, beneficiary: str) -> Parties:
        """Give the two sides of a relation with every pool there is."""
        return Parties(self[grantor], self[beneficiary], tuple(self.pools.values()))

    def open_pool(self, family: str, opener: str) -> Pool:
        """Open a family pool, if it is not open yet."""
        key = PoolId(family)
        if key not in self.pools:
            done(self.record(binding.open_pool(None, pool=key, opener=self[opener], on=START)))
        return self.pools[key]

    def try_bind(
        self,
        grantor: str,
        beneficiary: str,
        *,
        relation: Relation = Relation.PARENT,
        on: date = START,
        family: str = FAMILY,
    ) -> Outcome:
        """Bind two people in a family, opening it where needed."""
        family_pool = self.open_pool(family, grantor)
        return self.record(
            binding.bind(
                family_pool,
                self.parties(grantor, beneficiary),
                relation=relation,
                evidence=Evidence.COMMITMENT,
                rules=self.rule_sets[family_pool.region],
                on=on,
            )
        )

    def authorize_use(
        self,
        grantor: str,
        beneficiary: str,
        authorization: Authorization = ANY_USE,
        *,
        family: str = FAMILY,
    ) -> Outcome:
        """Authorize a beneficiary."""
        family_pool = self.pools[PoolId(family)]
        return self.record(
            binding.authorize(
                family_pool,
                self.parties(grantor, beneficiary),
                authorization=authorization,
                rules=self.rule_sets[family_pool.region],
                on=START,
            )
        )

    def bind(
        self,
        grantor: str,
        beneficiary: str,
        *,
        on: date = START,
        authorization: Authorization = ANY_USE,
        family: str = FAMILY,
    ) -> None:
        """Bind a beneficiary as the grantor's parent, and authorize all use."""
        done(self.try_bind(grantor, beneficiary, on=on, family=family))
        done(self.authorize_use(grantor, beneficiary, authorization, family=family))

    def unbind(
        self,
        grantor: str,
        beneficiary: str,
        *,
        asked_by: str | None = None,
        family: str = FAMILY,
    ) -> Outcome:
        """End a relation at the wish of one side."""
        pool_left = self.pools[PoolId(family)]
        return self.record(
            unbinding.unbind(
                pool_left,
                self.parties(grantor, beneficiary),
                asked_by=PersonId(asked_by) if asked_by else None,
                rules=self.rule_sets[pool_left.region],
                on=DAY,
            )
        )

    def switch(self, who: str, *, to: bool) -> Outcome:
        """Switch the use of an account outside the home area."""
        return self.record(bookkeeping.switch_out_of_area(self[who], to=to, on=DAY))

    def set_aside(self, grantor: str, fen: int, *, on: date = DAY, family: str = FAMILY) -> Outcome:
        """Set money aside for a family."""
        owner = self[grantor]
        return self.record(
            setting_aside.set_aside(
                self.pools[PoolId(family)],
                owner,
                amount_fen=fen,
                members=self.people,
                rules=self.rule_sets[owner.region_on(on)],
                on=on,
            )
        )

    def set_quota(
        self, grantor: str, beneficiary: str, fen: int, *, on: date = DAY, family: str = FAMILY
    ) -> Outcome:
        """Freeze a quota for one beneficiary, or change it."""
        return self.record(
            setting_aside.set_quota(
                self.pools[PoolId(family)],
                self.parties(grantor, beneficiary),
                quota_fen=fen,
                rules=self.rule_sets[self[grantor].region_on(on)],
                on=on,
            )
        )

    def purse(self, who: str, name: str = f"pool:{FAMILY}") -> tuple[int, int] | None:
        """Give the current and prior money in a purse, None where it is not open."""
        account = self[who].account
        assert account is not None
        found = account.set_aside.get(name)
        return (found.amount.current_fen, found.amount.prior_fen) if found else None

    # money that passes to relatives

    def open_wallet(self, who: str, *, on: date = START) -> Outcome:
        """Open a wallet by the rules of the person's area."""
        rule_set = self.rule_sets[self[who].region_on(on)]
        return self.record(transferring.open_wallet(self[who], rules=rule_set, on=on))

    def send(
        self,
        sender: str,
        recipient: str,
        fen: int,
        *,
        relation: Relation | None = Relation.PARENT,
        origin: Origin = Origin.ACCOUNT,
        now: datetime = NOON,
    ) -> Outcome:
        """Send money from one wallet to another."""
        asked = Sending(fen, origin, relation)
        rule_set = self.rule_sets[self[sender].region]
        sent = transferring.send(
            self[sender], self[recipient], sending=asked, rules=rule_set, now=now
        )
        return self.record(sent)

    def accept(self, who: str, sender: str, transfer: str, *, now: datetime = NOON) -> Outcome:
        """Let somebody accept a transfer."""
        known = TransferId(transfer)
        outcome = transferring.accept(self[sender], self[who], transfer=known, now=now)
        return self.record(outcome)

    def come_back(self, sender: str, transfer: str, *, now: datetime = NEXT_NOON) -> Outcome:
        """Let a transfer come back that nobody accepted."""
        known = TransferId(transfer)
        return self.record(transferring.give_back(self[sender], transfer=known, now=now))

    def give(self, giver: str, recipient: str, fen: int, *, on: date = DAY) -> Outcome:
        """Give money at once, within the family."""
        family = self.pools.get(PoolId(FAMILY))
        bound = family.binding(self[giver].id, self[recipient].id) if family else None
        outcome = giving.give(
            self[giver],
            self[recipient],
            binding=bound,
            amount_fen=fen,
            rules=self.rule_sets[self[giver].region_on(on)],
            on=on,
        )
        return self.record(outcome)
