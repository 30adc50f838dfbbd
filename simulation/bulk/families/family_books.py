"""A family's ledger in the words of a bulk log: pots, edges, segments, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from msgspec.structs import replace

from domain import judging
from domain.account import AccountCredited, AccountRestored
from domain.amounts import NOTHING, Amounts
from domain.claim import Allocation, ClaimCancelled, ClaimOffered, ClaimSettled, Leg
from domain.codes import ACCOUNT_SEGMENTS, Segment
from domain.columns import number
from domain.ids import MessageId, PersonId, claim_of
from domain.pool import Pool, Standing
from domain.purses import FREE, pool_purse, quota_purse
from domain.refusals import Code, Refusal
from domain.text import Text
from domain.wallet import WALLET
from ledger.application import Application
from ledger.commands import Command
from ledger.recorded import RecordedEvent
from simulation.bulk.families.family import Bond, Family, Member, filled, person_id
from simulation.bulk.families.family_history import LoggedLeg

ACTOR = "bulk"
_Pot = tuple[PersonId, str]
_Money = dict[tuple[int, int], int]


class Booked(NamedTuple):
    """What the ledger made of an entry, as the log would say it; fen by line number."""

    legs: tuple[LoggedLeg, ...] = ()
    cash: Mapping[int, int] = {}
    fund: Mapping[int, int] = {}
    refusal: Code | None = None
    rule_set: str = ""
    offered: bool = False


class Books:
    """The ledger of one family, with the numbers that a log has for what is in it."""

    def __init__(self, family: Family, app: Application) -> None:
        """Take a ledger that holds this family and nobody else."""
        self._app = app
        self._pots = pots_of(family)
        self._edges = {
            (person_id(bond.grantor), person_id(bond.beneficiary)): bond.edge
            for bond in family.bonds
        }
        self._position = app.store.recorder.last_position

    def send(self, command: Command, *, key: MessageId, at: datetime) -> Booked:
        """Carry a command out and say what came of it."""
        money = money_of(self._pots, self._app)
        reply = self._app.execute(command, key=key, at=at, actor=ACTOR)
        if isinstance(reply, Refusal):
            return Booked(refusal=reply.code)
        events = [event for _, event in self._app.store.events(self._position)]
        self._position = reply.position
        return self._told(events, money)

    def _told(self, events: list[RecordedEvent], money: _Money) -> Booked:
        for event in events:
            match event.fact:
                case ClaimOffered():
                    return Booked(offered=True)
                case ClaimSettled() as fact:
                    allocation = fact.allocation
                    legs = self._paid(fact.request.patient, allocation)
                    return Booked(
                        tuple(_after(legs, money)),
                        dict(allocation.cash_fen),
                        {line.no: line.fund_fen for line in fact.request.lines},
                        rule_set=allocation.rule_set,
                    )
                case ClaimCancelled() as fact:
                    legs = self._given_back(fact, events)
                    return Booked(
                        tuple(_after(legs, money)),
                        {line: -fen for line, fen in fact.cash_fen},
                        {line: -fen for line, fen in fact.fund_fen},
                    )
                case AccountCredited() as fact:
                    legs = self._credited(PersonId(event.stream.key), fact)
                    return Booked(tuple(_after(legs, money)))
        return Booked()

    def _paid(self, patient: PersonId, allocation: Allocation) -> Iterator[LoggedLeg]:
        purses = {t.account: t.purse for t in allocation.trials if t.purse != WALLET}
        for leg in allocation.legs:
            yield self._leg(leg, patient, purse=purses.get(leg.account, FREE), sign=1)

    def _given_back(
        self, fact: ClaimCancelled, events: Iterable[RecordedEvent]
    ) -> Iterator[LoggedLeg]:
        """Give legs with the purse and the segment that the money really went to."""
        claim = self._app.claim(claim_of(fact.settlement))
        assert claim is not None, "it has just been cancelled"
        restored = {
            event.stream.key: event.fact
            for event in events
            if isinstance(event.fact, AccountRestored)
        }
        for leg in fact.legs:
            back = None if leg.segment is Segment.WALLET else restored[leg.account]
            segment = leg.segment
            if back is not None and segment is Segment.CURRENT and not back.returned.current_fen:
                segment = Segment.PRIOR  # the year of the payment has closed
            yield self._leg(
                replace(leg, segment=segment),
                claim.request.patient,
                purse=back.purse if back else FREE,
                sign=-1,
            )

    def _credited(self, owner: PersonId, fact: AccountCredited) -> Iterator[LoggedLeg]:
        for segment in ACCOUNT_SEGMENTS:
            if fen := fact.amount.of(segment):
                yield self._leg(Leg(owner, segment, 0, fen), owner, purse=FREE, sign=-1)

    def _leg(self, leg: Leg, patient: PersonId, *, purse: str, sign: int) -> LoggedLeg:
        pot = self._pots[leg.account, WALLET if leg.segment is Segment.WALLET else purse]
        edge = -1 if leg.account == patient else self._edges[leg.account, patient]
        return LoggedLeg(pot, edge, number(leg.segment), leg.line, sign * leg.amount_fen, 0)


def _after(legs: Iterable[LoggedLeg], money: _Money) -> Iterator[LoggedLeg]:
    """Say of each leg what is then in the pot; `money` is what was there, and changes."""
    for leg in legs:
        cell = (leg.pot, leg.segment)
        money[cell] = money.get(cell, 0) - leg.amount_fen
        yield leg._replace(after_fen=money[cell])


# ------------------------------------------------------------------------------------------- pots


def pots_of(family: Family) -> dict[_Pot, int]:
    """Give the number of every pot by its owner and the name of its purse."""
    served = {bond.quota_pot: person_id(bond.beneficiary) for bond in family.bonds}
    pots: dict[_Pot, int] = {}
    for member in family.members:
        who = person_id(member.number)
        pots[who, FREE] = member.money.number
        for purse in member.purses:
            quota = served.get(purse.number) if purse.quota_fen >= 0 else None
            pots[who, quota_purse(quota) if quota else pool_purse(family.pool)] = purse.number
        for wallet in member.wallets:
            pots[who, WALLET] = wallet.number
    return pots


def money_of(pots: Mapping[_Pot, int], app: Application) -> _Money:
    """Give what is in every pot of a ledger, fen by pot and number of the segment."""
    money: _Money = {}
    for (who, purse), pot in pots.items():
        person = app.person(who)
        assert person is not None, who
        if purse == WALLET:
            money[pot, number(Segment.WALLET)] = person.wallet.available_fen if person.wallet else 0
        elif person.account is not None:
            for segment in ACCOUNT_SEGMENTS:
                money[pot, number(segment)] = person.account.money_of(purse).of(segment)
    return money


# ----------------------------------------------------------------------- is the state really there


def shortfalls(family: Family, app: Application) -> Iterator[Text]:
    """Say where a ledger that was just opened differs from the state that it was opened from."""
    for member in family.members:
        yield from _of_member(member, family, app)
    pool = app.pool(family.pool)
    if pool is not None:
        for bond in family.bonds:
            yield from _of_bond(bond, pool)
        yield from _of_ranks(family, pool)


def _of_member(member: Member, family: Family, app: Application) -> Iterator[Text]:
    who = person_id(member.number)
    person = app.person(who)
    assert person is not None, who
    pots = [(member.money, FREE)]
    names = {pot: purse for (owner, purse), pot in pots_of(family).items() if owner == who}
    pots += [(pot, names[pot.number]) for pot in member.purses]
    for pot, purse in pots:
        found = person.account.money_of(purse) if person.account else NOTHING
        wanted = Amounts(pot.current_fen, pot.prior_fen)
        if found != wanted:
            says = Text(
                "{who} 的钱（{purse}）应为当年 {wanted[0]}、历年 {wanted[1]} 分，"
                "用命令只能建立为 {found[0]}、{found[1]} 分",
                "money of {who} ({purse}): current {wanted[0]} and prior {wanted[1]} fen are "
                "wanted, commands bring about {found[0]} and {found[1]}",
            )
            facts = {"wanted": tuple(_pair(wanted)), "found": tuple(_pair(found))}
            yield filled(says, who=who, purse=purse or "-", **facts)
    opened = person.account is not None and person.account.closed is None
    if person.account is not None and opened and person.account.account_year != member.open_year:
        says = Text(
            "{who} 的账户年度应为 {wanted}，用命令只能建立为 {found}",
            "the open account year of {who} should be {wanted}, commands bring about {found}",
        )
        yield filled(says, who=who, wanted=member.open_year, found=person.account.account_year)


def _pair(amounts: Amounts) -> tuple[int, int]:
    return amounts.current_fen, amounts.prior_fen


def _of_bond(bond: Bond, pool: Pool) -> Iterator[Text]:
    grantor, beneficiary = person_id(bond.grantor), person_id(bond.beneficiary)
    binding = pool.bindings[grantor, beneficiary]
    names = {"grantor": grantor, "beneficiary": beneficiary}
    if _STANDING[binding.standing] != bond.terms.standing:
        says = Text(
            "{grantor} 与 {beneficiary} 的关系按规则只能是“{found}”",
            "by the rules the relation of {grantor} and {beneficiary} can only be {found}",
        )
        yield filled(says, **names, found=binding.standing.value)
    elif binding.active_from != bond.active_from:
        says = Text(
            "{grantor} 与 {beneficiary} 的关系应自 {wanted} 起可用，按规则为 {found}",
            "the relation of {grantor} and {beneficiary} should be active from {wanted}, by the "
            "rules it is from {found}",
        )
        yield filled(says, **names, wanted=bond.active_from, found=binding.active_from)


_STANDING = {
    Standing.BOUND: judging.BOUND,
    Standing.UNDER_REVIEW: judging.UNDER_REVIEW,
    Standing.REJECTED: judging.ENDED,
    Standing.ENDED: judging.ENDED,
}


def _of_ranks(family: Family, pool: Pool) -> Iterator[Text]:
    """Say whose relations would not stand in their order of filing."""
    by_beneficiary: dict[int, list[tuple[int, tuple[date, int]]]] = {}
    for bond in family.bonds:
        binding = pool.bindings[person_id(bond.grantor), person_id(bond.beneficiary)]
        filed = (binding.bound_on, binding.filing_no)
        by_beneficiary.setdefault(bond.beneficiary, []).append((bond.rank, filed))
    for beneficiary, places in by_beneficiary.items():
        ordered = [filed for _, filed in sorted(places)]
        if ordered != sorted(ordered):
            says = Text(
                "{who} 的共济关系：备案先后与生效日不一致",
                "relations of {who}: the order of filing and the first days contradict each other",
            )
            yield filled(says, who=person_id(beneficiary))
