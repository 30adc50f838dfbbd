"""The state of one family at the beginning of a bulk run, as commands to a ledger.

The people first, then relations in order of filing, then money: what is set aside before what is
free, so that it comes from the right segment. Only commands that anybody could give are used; what
they cannot bring about is named and ends the loading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from domain import judging
from domain.codes import Card, Coverage, CreditKind, FilingKind, Insurance, Payee, Segment, Work
from domain.filing import is_away
from domain.ids import PersonId, RegionCode
from domain.refusals import Refusal
from domain.rules import RuleBook, RuleSet
from domain.text import Text
from domain.time import account_year
from ledger import commands as c
from ledger.commands import Command
from simulation.bulk.families.family import Bond, CannotLoad, Family, Member, Pot, filled, person_id


class Opening(NamedTuple):
    """A family before a run. `day` is the last day before it, `since` one before all that counts.

    Persons whose insurance never changed are enrolled on `since`.
    """

    family: Family
    book: RuleBook
    day: date
    since: date


def opening_of(family: Family, book: RuleBook, *, first_booked: date, first_care: date) -> Opening:
    """Prepare the opening of a family whose first row is booked, and for care, on given days."""
    days = [bond.active_from for bond in family.bonds]
    days += [first for member in family.members for _, first, _ in member.filings]
    earliest = min([first_care, first_booked, *days])
    since = date(max(1, earliest.year - 1), 1, 1)
    return Opening(family, book, first_booked - timedelta(days=1), since)


def commands_of(opening: Opening) -> Iterator[Command]:
    """Give the commands in order.

    Raises:
        CannotLoad: something of the state cannot be brought about by commands.
    """
    for member in opening.family.members:
        _check_member(member)
        yield from _person(member, opening)
    yield from _relations(opening)
    for member in opening.family.members:
        if member.account != judging.MISSING:
            yield from _money(member, opening)
    for member in opening.family.members:
        if member.account == judging.CLOSED:
            yield _close(member, opening)


# ------------------------------------------------------------------------------------- the people


def _check_member(member: Member) -> None:
    who = person_id(member.number)
    if any(map(_total, member.wallets)):
        says = Text(
            "{who} 的钱包在开始前已有钱：钱包的钱来自转账，状态中没有转账的记录",
            "the wallet of {who} held money before the run: it came by a transfer, of which the "
            "state knows nothing",
        )
        raise CannotLoad(filled(says, who=who))
    pots = [member.money, *member.purses]
    empty = not any(map(_total, pots))
    if member.account != judging.OPEN and not empty:
        says = Text("{who} 没有开立的账户却有钱", "{who} has money, but no open account")
        raise CannotLoad(filled(says, who=who))


def _person(member: Member, opening: Opening) -> Iterator[Command]:
    """Enrol somebody as far as that needs no relations and no money."""
    who = person_id(member.number)
    enrolled = member.spans[0][0] if member.spans else opening.since
    work = Work.NONE if member.insurance is Insurance.RESIDENT else Work.IN_SERVICE
    yield c.Enroll(
        person=who, region=member.home, insurance=member.insurance, work=work, on=enrolled
    )
    if member.account != judging.MISSING:
        yield from _account(member, opening, enrolled=enrolled)
    yield from _coverage(member, who)
    if member.card is not Card.ACTIVE:
        yield c.ReportCard(person=who, card=member.card, on=opening.day)
    if member.out_of_area and member.account != judging.MISSING:
        yield c.SwitchOutOfArea(person=who, to=True, on=opening.day)
    yield from _filings(member, opening)


def _account(member: Member, opening: Opening, *, enrolled: date) -> Iterator[Command]:
    """Open an account, and let years begin until the one is open that the state says.

    It is opened on a day on which the insurance is in force, before anything is known of what
    happens to it later.
    """
    who, wanted = person_id(member.number), member.open_year
    last = _day_in(wanted, member.home, opening)
    opened = max(enrolled, min(last, _rules_since(member.home, opening)))
    yield c.OpenAccount(person=who, on=opened)
    rules = _rules(opening.book, member.home, opened)
    if rules is None or account_year(opened, rules.account.year_start_month) < wanted:
        yield c.RollYear(person=who, on=last)


def _day_in(year: int, region: RegionCode, opening: Opening) -> date:
    """Give a day of an account year: the last one before the run where it lies in that year."""
    rules = _rules(opening.book, region, opening.day)
    for day in (opening.day, opening.day + timedelta(days=1)):
        if rules is not None and account_year(day, rules.account.year_start_month) == year:
            return day
    return date(year, 12, 31)  # lies in that account year whatever month it begins in


def _rules_since(region: RegionCode, opening: Opening) -> date:
    """Give the first day from `since` on, by months, on which a region has rules."""
    day = opening.since
    while day < opening.day and _rules(opening.book, region, day) is None:
        day = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return min(day, opening.day)


def _coverage(member: Member, who: PersonId) -> Iterator[Command]:
    """Let insurance change. The first span began with the enrolment, in force unless it says so."""
    before = judging.COVERED
    for day, state in member.spans:
        if state == before:
            continue
        yield c.ChangeCoverage(person=who, to=_COVERAGE[state], on=day)
        before = state


_COVERAGE = {
    judging.COVERED: Coverage.ACTIVE,
    judging.LAPSED: Coverage.SUSPENDED,
    judging.NEVER: Coverage.DECEASED,
}


def _filings(member: Member, opening: Opening) -> Iterator[Command]:
    """File care away from home, for long, and end what has a last day.

    What needs no filing on its first day is left out: the rules take none, and ask for none.
    """
    who, number = person_id(member.number), 0
    for place, first, last in member.filings:
        rules = _rules(opening.book, member.home, first)
        if rules is not None and not is_away(member.home, place, rules=rules.filing):
            continue
        number += 1
        yield c.RecordFiling(person=who, kind=FilingKind.LIVING_AWAY, place=place, on=first)
        if last < date.max:
            ends = last + timedelta(days=1)
            yield c.EndFiling(person=who, filing=number, on=ends, proof=True)


# -------------------------------------------------------------------------------------- relations


def _relations(opening: Opening) -> Iterator[Command]:
    """Bind everybody in one pool, in order of filing, and set each order when it is complete."""
    family = opening.family
    if not family.bonds:
        return
    _check_bonds(family.bonds)
    bonds = [(_bound_on(bond, opening), bond) for bond in family.bonds]
    bonds.sort(key=lambda each: (each[0], each[1].rank, each[1].edge))
    first_day = bonds[0][0]
    yield c.OpenPool(pool=family.pool, opener=_opener(opening, first_day), on=first_day)
    orders = _orders(family.bonds)
    bound: dict[int, set[int]] = {}
    for day, bond in bonds:
        yield from _bind(bond, opening, day=day)
        if bond.terms.standing == judging.ENDED:
            continue
        known = bound.setdefault(bond.beneficiary, set())
        known.add(bond.grantor)
        order = orders.get(bond.beneficiary)
        if order and known == set(order):
            yield _order(bond.beneficiary, orders.pop(bond.beneficiary), opening)
    for beneficiary in orders:
        says = Text(
            "{who} 设定的顺序没有包括按备案先后应当在内的共济人",
            "the order that {who} set leaves somebody out who was bound before",
        )
        raise CannotLoad(filled(says, who=person_id(beneficiary)))


def _check_bonds(bonds: Iterable[Bond]) -> None:
    """Stop where something was used before, or joint limits of a grantor differ."""
    joint: dict[int, int] = {}
    for bond in bonds:
        facts = {"grantor": person_id(bond.grantor), "who": person_id(bond.beneficiary)}
        if bond.used_fen:
            says = Text(
                "{who} 在开始前已用过 {grantor} 的账户：没有可以重演的结算",
                "{who} used the account of {grantor} before the run: there is no settlement of it "
                "to repeat",
            )
            raise CannotLoad(filled(says, **facts))
        if bond.terms.authorized and bond.terms.standing == judging.BOUND:
            limit = joint.setdefault(bond.grantor, bond.terms.joint_year)
            if limit != bond.terms.joint_year:
                says = Text(
                    "{grantor} 对各使用人写了不同的合计限额；一个共济组内只有一个",
                    "{grantor} stated joint limits that differ; within one pool there is one",
                )
                raise CannotLoad(filled(says, **facts))


def _bound_on(bond: Bond, opening: Opening) -> date:
    """Give the day of binding from which a relation is active on its first day."""
    rules = _rules(opening.book, opening.family.area, bond.active_from)
    waits = rules.pool.activation_days if rules else 0
    return bond.active_from - timedelta(days=waits)


def _orders(bonds: Iterable[Bond]) -> dict[int, list[int]]:
    """Give the grantors in the order that each beneficiary set."""
    chosen: dict[int, list[tuple[int, int]]] = {}
    for bond in bonds:
        if bond.chosen >= 0 and bond.terms.standing != judging.ENDED:
            chosen.setdefault(bond.beneficiary, []).append((bond.chosen, bond.grantor))
    return {who: [grantor for _, grantor in sorted(places)] for who, places in chosen.items()}


def _bind(bond: Bond, opening: Opening, *, day: date) -> Iterator[Command]:
    pool = opening.family.pool
    grantor, beneficiary = person_id(bond.grantor), person_id(bond.beneficiary)
    yield c.Bind(
        pool=pool, grantor=grantor, beneficiary=beneficiary, relation=bond.relation, on=day
    )
    if bond.terms.standing == judging.UNDER_REVIEW:
        return
    if _reviewed(opening, day):
        yield c.Review(pool=pool, grantor=grantor, beneficiary=beneficiary, approved=True, on=day)
    if bond.terms.standing == judging.ENDED:
        yield c.Unbind(pool=pool, grantor=grantor, beneficiary=beneficiary, on=day)
    elif (authorization := bond.authorization) is not None:
        yield c.AuthorizeUse(
            pool=pool,
            grantor=grantor,
            beneficiary=beneficiary,
            authorization=authorization,
            on=day,
        )


def _reviewed(opening: Opening, day: date) -> bool:
    """Tell whether a relation bound on a day waits for a reviewer, by the rules of the pool."""
    rules = _rules(opening.book, opening.family.area, day)
    return rules is not None and rules.pool.review


def _opener(opening: Opening, day: date) -> PersonId:
    """Give somebody of the pool's area who opens it: the first who is insured on the day."""
    living = [m for m in opening.family.members if m.home == opening.family.area]
    insured = [member for member in living if _is_covered(member, day)]
    return person_id((insured or living)[0].number)


def _is_covered(member: Member, day: date) -> bool:
    known = [state for since, state in member.spans if since <= day]
    return known[-1] == judging.COVERED if known else not member.spans


def _order(beneficiary: int, grantors: list[int], opening: Opening) -> Command:
    """Set an order on the last day before the run; when it was set makes no difference."""
    return c.SetOrder(
        pool=opening.family.pool,
        beneficiary=person_id(beneficiary),
        grantors=tuple(map(person_id, grantors)),
        on=opening.day,
    )


# ------------------------------------------------------------------------------------------ money


def _money(member: Member, opening: Opening) -> Iterator[Command]:
    """Credit an account: what is set aside first, so that it comes from the right segments.

    Some areas want money to stay when some is set aside: the free money of the segment that is
    drawn on last comes before, the rest only where that is too little.
    """
    who, free = person_id(member.number), member.money
    rules = _rules(opening.book, member.home, opening.day)
    last = _drawn_last(rules)
    parts = [free._replace(current_fen=0), free._replace(prior_fen=0)]
    before, behind = parts if last is Segment.PRIOR else parts[::-1]
    floor_fen = rules.pool.set_aside_floor if rules else 0
    early = [before] if _total(before) >= floor_fen else [before, behind]
    for pot in early:
        yield from _credits(who, pot, opening.day)
    for pot in member.purses:
        if _total(pot) or pot.quota_fen > 0:
            yield from _credits(who, pot, opening.day)
            yield _set_aside(pot, opening)
    if behind not in early:
        yield from _credits(who, behind, opening.day)


def _drawn_last(rules: RuleSet | None) -> Segment:
    """Give the segment from which money is set aside last, or not at all."""
    order = rules.pool.segments.segments if rules else (Segment.CURRENT,)
    return Segment.PRIOR if order[0] is Segment.CURRENT else Segment.CURRENT


def _total(pot: Pot) -> int:
    return pot.current_fen + pot.prior_fen


def _credits(who: PersonId, pot: Pot, day: date) -> Iterator[Command]:
    for segment, fen in ((Segment.CURRENT, pot.current_fen), (Segment.PRIOR, pot.prior_fen)):
        if fen:
            kind = CreditKind.TRANSFER_IN
            yield c.Credit(person=who, amount_fen=fen, segment=segment, kind=kind, on=day)


def _set_aside(pot: Pot, opening: Opening) -> Command:
    family, owner = opening.family, person_id(pot.owner)
    fen = _total(pot)
    served = [bond for bond in family.bonds if pot.number in (bond.family_pot, bond.quota_pot)]
    if not served:
        says = Text("{who} 划出的钱不属于任何共济关系", "what {who} set aside serves no relation")
        raise CannotLoad(filled(says, who=owner))
    if pot.quota_fen < 0:
        return c.SetAside(pool=family.pool, grantor=owner, amount_fen=fen, on=opening.day)
    if pot.quota_fen != fen:
        says = Text(
            "{who} 设定的共济额度在开始前已用过：没有可以重演的结算",
            "a quota of {who} was used before the run: there is no settlement of it to repeat",
        )
        raise CannotLoad(filled(says, who=owner))
    return c.SetQuota(
        pool=family.pool,
        grantor=owner,
        beneficiary=person_id(served[0].beneficiary),
        quota_fen=fen,
        on=opening.day,
    )


def _close(member: Member, opening: Opening) -> Command:
    died = any(state == judging.NEVER for _, state in member.spans)
    payee = Payee.POOLED_FUND if died else Payee.OWNER_CASH
    return c.CloseAccount(person=person_id(member.number), payee=payee, on=opening.day)


def _rules(book: RuleBook, region: RegionCode, day: date) -> RuleSet | None:
    rules = book.resolve(region, day)
    return None if isinstance(rules, Refusal) else rules
