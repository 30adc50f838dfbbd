"""The single settlement over states in memory: the ledger's own handlers, without a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace

from domain import bookkeeping, claim_fold, person, settlement
from domain.account import AccountPassedOn, AccountRestored, AccountYearRolled
from domain.claim import ClaimCancelled, ClaimOffered, ClaimSettled, Leg
from domain.codes import CreditKind, Segment
from domain.facts import Change, Fact, Kind, Stream
from domain.ids import ClaimId, MessageId, PersonId, PoolId, RegionCode
from domain.person import Person, person_stream
from domain.pool import Binding, Pool, pool_stream
from domain.refusals import Code, Refusal
from domain.rules import RuleBook, RuleSet
from domain.time import account_year
from domain.wallet import WALLET
from ledger import claim_handlers, commands
from ledger.identity_map import Versioned
from ledger.view import Refused, View
from tests.bulk_equality.decisions import Decision, OnlySingly, Paid, Pot
from tests.bulk_equality.happenings import HUGE, Bill, Cancel, Credit, Happening, Roll

if TYPE_CHECKING:
    from ledger.workspace import Workspace


class Books:
    """Everybody's state; the ledger's `View` loads from it and records into it."""

    def __init__(
        self, persons: Mapping[PersonId, Person], pools: Mapping[PoolId, Pool], book: RuleBook
    ) -> None:
        """Start from these states."""
        self.book = book
        self.states: dict[Stream, Versioned] = {}
        self.before: dict[Stream, Versioned | None] = {}  # what the last happening changed
        self.recorded: list[Fact] = []  # by the last happening, in order
        self.streams: list[Stream] = []  # of what was recorded
        self.years = open_years(persons.values())
        self._people = {who: one.stream for who, one in persons.items()}
        self._families = {name: pool.stream for name, pool in pools.items()}
        for one in persons.values():
            self.states[one.stream] = Versioned(one, 1)
        for pool in pools.values():
            self.states[pool.stream] = Versioned(pool, 1)

    # What a view asks of its workspace.

    def load(self, stream: Stream) -> Versioned | None:
        """Give a state."""
        return self.states.get(stream)

    def record(self, changes: Iterable[Change]) -> None:
        """Apply facts, and remember what they changed."""
        for stream, fact in changes:
            known = self.states.get(stream)
            self.before.setdefault(stream, known)
            self.recorded.append(fact)
            self.streams.append(stream)
            evolve: Any = claim_fold.evolve if stream.kind is Kind.CLAIM else person.evolve
            state = evolve(known.state if known else None, fact)
            self.states[stream] = Versioned(state, 1 + (known.version if known else 0))

    def person(self, who: PersonId) -> Person:
        """Give a person."""
        found: Person = self.states[person_stream(who)].state
        return found

    @property
    def persons(self) -> dict[PersonId, Person]:
        """Give everybody, as they were given."""
        return {who: self.states[stream].state for who, stream in self._people.items()}

    @property
    def pools(self) -> dict[PoolId, Pool]:
        """Give every family."""
        return {pool: self.states[stream].state for pool, stream in self._families.items()}

    def rules(self, region: RegionCode, day: date) -> RuleSet | None:
        """Give the rules of a region on a day, or None."""
        found = self.book.resolve(region, day)
        return None if isinstance(found, Refusal) else found

    def relation(self, grantor: PersonId, beneficiary: PersonId) -> Binding:
        """Give the relation by which a bill is paid."""
        patient = self.person(beneficiary)
        theirs = sorted(patient.pools | patient.former_pools)
        pools = [self.states[self._families[pool]].state for pool in theirs]
        found = claim_handlers.relations_to(beneficiary, pools)
        return next(binding for _, binding in found if binding.grantor == grantor)

    def put(self, state: Person | Pool) -> None:
        """Put a state in the place of the one before."""
        stream = state.stream if isinstance(state, Person) else pool_stream(state.id)
        self.states[stream] = Versioned(state, self.states[stream].version + 1)

    # What happens.

    def decide(self, happening: Happening) -> Decision:
        """Decide one happening and record what was decided.

        Raises:
            OnlySingly: a bulk run has to leave it undone; so it was left undone here.
        """
        self.before.clear()
        self.recorded.clear()
        self.streams.clear()
        noon = datetime.combine(happening.booked, time(4), UTC)
        view = View(cast("Workspace", self), self.book, key=MessageId("m"), now=noon)
        try:
            decision = self._decide(happening, view)
        except Refused as refused:
            return Decision(str(refused.refusal.code), refused.refusal.rule)
        if self._meets_closed_accounts() or not self._fits():
            for stream, known in self.before.items():
                assert known is not None, "a bill never overflows what it takes from"
                self.states[stream] = known
            raise OnlySingly
        return decision

    def _meets_closed_accounts(self) -> bool:
        """Tell whether money came back to a closed account, which would pass it on."""
        return any(
            isinstance(fact, AccountRestored) and _is_closed(self.person(PersonId(stream.key)))
            for stream, fact in zip(self.streams, self.recorded, strict=True)
        )

    def _fits(self) -> bool:
        """Tell whether all that was changed still fits into the arrays."""
        accounts = [
            self.person(PersonId(stream.key)).account
            for stream in self.before
            if stream.kind is Kind.PERSON
        ]
        return all(
            pot.total_fen <= HUGE
            for account in accounts
            if account is not None
            for pot in (account.available, *(purse.amount for purse in account.set_aside.values()))
        )

    def _decide(self, happening: Happening, view: View) -> Decision:
        match happening:
            case Bill():
                return self._settle(happening, view)
            case Cancel():
                return self._cancel(happening, view)
            case Credit():
                return self._credit(happening, view)
            case Roll():
                return self._roll(happening, view)

    def _settle(self, bill: Bill, view: View) -> Decision:
        """Settle a bill; where relatives' accounts are offered, a second tap accepts them."""
        request = bill.request
        situation = claim_handlers.situation(view, request)
        outcome = settlement.settle(request, situation)
        if isinstance(outcome, Refusal):
            rule_set = str(situation.patient.rules.id)
            return Decision(str(outcome.code), outcome.rule, rule_set)
        if isinstance(outcome[0].fact, ClaimOffered):
            view.do(outcome)
            outcome = settlement.settle(request, claim_handlers.situation(view, request))
            assert not isinstance(outcome, Refusal)
        settled = outcome[0].fact
        assert isinstance(settled, ClaimSettled)
        allocation = settled.allocation
        purses = {t.account: t.purse for t in allocation.trials if t.purse != WALLET}
        legs = self._paid([(leg, purses.get(leg.account, "")) for leg in allocation.legs])
        view.do(outcome)
        return Decision(
            "",
            None,
            str(allocation.rule_set),
            dict(allocation.cash_fen),
            {line.no: line.fund_fen for line in request.lines},
            legs,
            allocation.trials,
            patient=request.patient,
            rules=situation.patient.rules,
        )

    def _paid(self, legs: Iterable[tuple[Leg, str]]) -> tuple[Paid, ...]:
        """Follow what is in each pot, leg by leg, from what was there before."""
        inside: dict[tuple[Pot, Segment], int] = {}
        paid = []
        for leg, purse in legs:
            pot = Pot(leg.account, WALLET if leg.segment is Segment.WALLET else purse)
            before = inside.get((pot, leg.segment))
            if before is None:
                before = self._inside(pot, leg.segment)
            inside[pot, leg.segment] = before - leg.amount_fen
            paid.append(Paid(pot, leg.segment, leg.line, leg.amount_fen, before - leg.amount_fen))
        return tuple(paid)

    def _inside(self, pot: Pot, segment: Segment) -> int:
        """Give what was in a pot before this happening."""
        stream = person_stream(pot.owner)
        known = self.before.get(stream) or self.states[stream]
        owner: Person = known.state
        if pot.purse == WALLET:
            assert owner.wallet is not None
            return owner.wallet.available_fen
        assert owner.account is not None
        return owner.account.money_of(pot.purse).of(segment)

    def _cancel(self, cancel: Cancel, view: View) -> Decision:
        claim = view.claim(ClaimId(f"C{cancel.number}"))
        assert claim.settlement is not None
        undo = cancel.lines
        command = commands.Cancel(
            settlement=claim.settlement,
            own_fen=None if undo is None else {line: own for line, own, _ in undo},
            fund_fen=None if undo is None else {line: fund for line, _, fund in undo},
        )
        rules = view.rules(claim.allocation.region, cancel.booked)
        try:
            claim_handlers.cancel(command, view)
        except Refused as refused:
            code, rule = str(refused.refusal.code), refused.refusal.rule
            return Decision(code, rule, str(rules.id))
        cancelled = self.recorded[0]
        assert isinstance(cancelled, ClaimCancelled)
        legs = self._given_back(cancelled)
        return Decision(
            "",
            None,
            str(rules.id),
            {line: -fen for line, fen in cancelled.cash_fen},
            {line: -fen for line, fen in cancelled.fund_fen},
            legs,
            patient=claim.request.patient,
            rules=rules,
            since=claim.settled_on,
            became_prior=[leg.segment for leg in legs] != [leg.segment for leg in cancelled.legs],
        )

    def _given_back(self, cancelled: ClaimCancelled) -> tuple[Paid, ...]:
        """Follow each leg to where it came in, and out again where the patient got it in cash."""
        facts = list(zip(self.streams, self.recorded, strict=True))
        restored = {s.key: fact for s, fact in facts if isinstance(fact, AccountRestored)}
        in_cash = {s.key for s, fact in facts if isinstance(fact, AccountPassedOn)}
        legs = []
        for leg in cancelled.legs:
            purse, segment = "", leg.segment
            if segment is not Segment.WALLET:
                back = restored[leg.account]
                purse = back.purse
                if not back.returned.current_fen:
                    segment = Segment.PRIOR
            back_to = replace(leg, segment=segment, amount_fen=-leg.amount_fen)
            legs.append((back_to, purse))
            if leg.account in in_cash and leg.segment is not Segment.WALLET:
                legs.append((replace(back_to, amount_fen=leg.amount_fen), purse))
        return self._paid(legs)

    def _credit(self, credit: Credit, view: View) -> Decision:
        who = self.person(credit.person)
        outcome = bookkeeping.credit(
            who,
            kind=CreditKind.TRANSFER_IN,
            segment=credit.segment,
            amount_fen=credit.fen,
            period="",
            on=credit.booked,
        )
        if isinstance(outcome, Refusal):
            return Decision(str(outcome.code), outcome.rule)
        assert who.account is not None
        after = who.account.available.of(credit.segment) + credit.fen
        view.do(outcome)
        pot = Pot(credit.person, "")
        paid = Paid(pot, credit.segment, 0, -credit.fen, after)
        return Decision("", legs=(paid,), patient=credit.person)

    def _roll(self, roll: Roll, view: View) -> Decision:
        """Begin a year in all open accounts of a region."""
        rules = view.rules(roll.region, roll.booked)
        outcomes = [
            bookkeeping.roll_year(self.person(who), rules=rules, on=roll.booked)
            for who in self._owners(roll.region)
        ]
        year = account_year(roll.booked, rules.account.year_start_month)
        refused = {each.code for each in outcomes if isinstance(each, Refusal)}
        assert refused <= {Code.YEAR_ALREADY_ROLLED}
        assert len(refused) == 0 or len(outcomes) == sum(isinstance(o, Refusal) for o in outcomes)
        if year <= self.years.get(roll.region, 0):
            assert refused or not outcomes, "an area begins its year in all its accounts"
            return Decision(str(Code.YEAR_ALREADY_ROLLED), rule_set=str(rules.id))
        assert not refused, "an area begins its year in all its accounts"
        self.years[roll.region] = year
        moved = 0
        for outcome in outcomes:
            for _, fact in view.do(outcome):
                assert isinstance(fact, AccountYearRolled)
                moved += fact.moved_fen
        return Decision("", rule_set=str(rules.id), moved=moved)

    def _owners(self, region: RegionCode) -> list[PersonId]:
        """Give the owners of a region's open accounts."""
        return [
            who
            for who, one in self.persons.items()
            if one.region == region and one.account is not None and not _is_closed(one)
        ]


def _is_closed(person: Person) -> bool:
    return person.account is not None and person.account.closed is not None


def open_years(persons: Iterable[Person]) -> dict[RegionCode, int]:
    """Give the account year that is open in each region where anybody has an open account."""
    found = {}
    for one in persons:
        if one.account is not None and not _is_closed(one):
            found[one.region] = one.account.account_year
    return found
