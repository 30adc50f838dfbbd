"""The auditor's view of the commands about insured persons and accounts.

For each command, `…_objections` names every refusal that fits, and the other function enters the
command in the books.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from domain.codes import Card, Coverage, EndReason, Insurance, Origin, Payee, Segment, Work
from domain.money import MAX_FEN
from domain.refusals import Code
from domain.rules import RuleSet
from ledger import commands
from tests.properties.auditing_families import end_bonds, malformed
from tests.properties.books import (
    CLOSED_YEAR,
    HELD,
    Books,
    Coin,
    Human,
    Purse,
    day_of,
    in_words,
    pot,
)

_ENDS = {
    Coverage.SUSPENDED: EndReason.SUSPENSION,
    Coverage.ENDED: EndReason.END,
    Coverage.DECEASED: EndReason.DEATH,
}


def enroll_objections(books: Books, asked: commands.Enroll, _: datetime) -> Iterator[Code]:
    """Object to a known or malformed person."""
    yield from malformed(asked.person)
    if asked.person in books.humans:
        yield Code.ALREADY_EXISTS


def enroll(books: Books, asked: commands.Enroll, now: datetime) -> None:
    """Write a person down."""
    told = [(day_of(asked, now), Coverage.ACTIVE)]
    home = (day_of(asked, now), str(asked.region))
    books.humans[asked.person] = Human([home], asked.insurance, asked.work, told)


def coverage_objections(
    books: Books, asked: commands.ChangeCoverage, now: datetime
) -> Iterator[Code]:
    """Object to changes that change nothing, come from death, or lie before enrolment."""
    human = books.humans.get(asked.person)
    if human is None:
        yield Code.UNKNOWN_PERSON
        return
    before = human.told[-1][1]
    impossible = before is asked.to or before is Coverage.DECEASED
    sleeping = before is Coverage.ENDED and asked.to is Coverage.SUSPENDED
    if impossible or sleeping or day_of(asked, now) < human.told[0][0]:
        yield Code.COVERAGE_CHANGE_IMPOSSIBLE
    if asked.to in _ENDS:
        yield from _families_without_rules(books, asked.person, day_of(asked, now))


def change_coverage(books: Books, asked: commands.ChangeCoverage, now: datetime) -> None:
    """Write down what was told, and end relations."""
    day = day_of(asked, now)
    books.humans[asked.person].told.append((day, asked.to))
    if asked.to in _ENDS:
        end_bonds(books, asked.person, _ENDS[asked.to], day)


def move_objections(books: Books, asked: commands.Move, now: datetime) -> Iterator[Code]:
    """Object where somebody is not covered, or is there already."""
    human = books.humans.get(asked.person)
    if human is None:
        yield Code.UNKNOWN_PERSON
        return
    early = day_of(asked, now) < human.homes[-1][0]
    if human.told[-1][1] is not Coverage.ACTIVE or human.region == asked.to or early:
        yield Code.COVERAGE_CHANGE_IMPOSSIBLE
    yield from _families_without_rules(books, asked.person, day_of(asked, now))


def move(books: Books, asked: commands.Move, now: datetime) -> None:
    """End relations, by where everybody was until then, and change the area."""
    end_bonds(books, asked.person, EndReason.MOVE, day_of(asked, now))
    books.humans[asked.person].homes.append((day_of(asked, now), asked.to))


def _families_without_rules(books: Books, person: str, day: date) -> Iterator[Code]:
    for pool in books.families_of(person):
        if books.rules(books.pools[pool], day) is None:
            yield Code.NO_RULE


def retire_objections(books: Books, asked: commands.Retire, _: datetime) -> Iterator[Code]:
    """Object to those who do not work, or are dead."""
    human = books.humans.get(asked.person)
    if human is None:
        yield Code.UNKNOWN_PERSON
    elif human.work is not Work.IN_SERVICE or human.told[-1][1] is Coverage.DECEASED:
        yield Code.COVERAGE_CHANGE_IMPOSSIBLE


def retire(books: Books, asked: commands.Retire, _: datetime) -> None:
    """Write a retirement down."""
    books.humans[asked.person].work = Work.RETIRED


def report_card_objections(books: Books, asked: commands.ReportCard, _: datetime) -> Iterator[Code]:
    """Object to a card that is not in use, or to a report of nothing."""
    human = books.humans.get(asked.person)
    if human is None:
        yield Code.UNKNOWN_PERSON
    elif human.card is not Card.ACTIVE or asked.card is Card.ACTIVE:
        yield Code.CARD_CHANGE_IMPOSSIBLE


def report_card(books: Books, asked: commands.ReportCard, _: datetime) -> None:
    """Write the state of a card down."""
    books.humans[asked.person].card = asked.card


def replace_card_objections(
    books: Books, asked: commands.ReplaceCard, _: datetime
) -> Iterator[Code]:
    """Object where the card is in use."""
    human = books.humans.get(asked.person)
    if human is None:
        yield Code.UNKNOWN_PERSON
    elif human.card is Card.ACTIVE:
        yield Code.CARD_CHANGE_IMPOSSIBLE


def replace_card(books: Books, asked: commands.ReplaceCard, _: datetime) -> None:
    """Write a new card down."""
    books.humans[asked.person].card = Card.ACTIVE


def open_account_objections(
    books: Books, asked: commands.OpenAccount, now: datetime
) -> Iterator[Code]:
    """Object to those without a right to an account, with one, or without coverage."""
    human = books.humans.get(asked.person)
    if human is None:
        yield Code.UNKNOWN_PERSON
        return
    if rules_of(books, human, day_of(asked, now)) is None:
        yield Code.NO_RULE
    if human.purse is not None:
        yield Code.ALREADY_EXISTS
    if human.insurance is not Insurance.EMPLOYEE:
        yield Code.NO_ACCOUNT
    if not human.covered(day_of(asked, now)):
        yield Code.COVERAGE_NOT_ACTIVE


def open_account(books: Books, asked: commands.OpenAccount, now: datetime) -> None:
    """Put an empty purse on the table."""
    human = books.humans[asked.person]
    human.purse = Purse(year_of(books, asked.person, day_of(asked, now)))


def rules_of(books: Books, human: Human, day: date) -> RuleSet | None:
    """Give the rules of somebody's area on a day, if there are any."""
    return books.rules(human.region_on(day), day)


def year_of(books: Books, person: str, day: date) -> int:
    """Name the account year of a day by its owner's rules."""
    rules = rules_of(books, books.humans[person], day)
    assert rules is not None
    return day.year - (day.month < rules.account.year_start_month)


def purse_objections(human: Human | None) -> Iterator[Code]:
    """Object where there is no open account."""
    if human is None:
        yield Code.UNKNOWN_PERSON
    elif human.purse is None:
        yield Code.NO_ACCOUNT
    elif human.purse.closed is not None:
        yield Code.ACCOUNT_CLOSED


def _amount_objections(fen: int) -> Iterator[Code]:
    if not 0 < fen <= MAX_FEN:
        yield Code.AMOUNT_OUT_OF_RANGE


def credit_objections(books: Books, asked: commands.Credit, _: datetime) -> Iterator[Code]:
    """Object to strange amounts, missing accounts and a period that was credited."""
    human = books.humans.get(asked.person)
    yield from _amount_objections(asked.amount_fen)
    if asked.segment is Segment.WALLET:
        yield Code.NOT_OF_AN_ACCOUNT
    yield from purse_objections(human)
    if human and human.purse and (asked.period, asked.kind) in human.purse.periods:
        yield Code.ALREADY_CREDITED


def credit(books: Books, asked: commands.Credit, _: datetime) -> None:
    """Put money in."""
    purse = books.purse(asked.person)
    purse.fen[asked.segment] += asked.amount_fen
    if asked.period:
        purse.periods.add((asked.period, asked.kind))


def take_back_objections(books: Books, asked: commands.TakeBack, now: datetime) -> Iterator[Code]:
    """Object to taking more than is there, counting what due holds will give back."""
    human = books.humans.get(asked.person)
    yield from _amount_objections(asked.amount_fen)
    if asked.segment is Segment.WALLET:
        yield Code.NOT_OF_AN_ACCOUNT
    yield from purse_objections(human)
    if human and human.purse:
        purse = books.soon(asked.person, now)
        if asked.amount_fen > purse.fen[asked.segment]:
            yield Code.INSUFFICIENT


def take_back(books: Books, asked: commands.TakeBack, _: datetime) -> None:
    """Take money out."""
    books.purse(asked.person).fen[asked.segment] -= asked.amount_fen


def roll_objections(books: Books, asked: commands.RollYear, now: datetime) -> Iterator[Code]:
    """Object where the account year has begun already."""
    human = books.humans.get(asked.person)
    yield from purse_objections(human)
    if human is None:
        return
    day = day_of(asked, now)
    if rules_of(books, human, day) is None:
        yield Code.NO_RULE
    elif human.purse and year_of(books, asked.person, day) <= human.purse.year:
        yield Code.YEAR_ALREADY_ROLLED


def roll(books: Books, asked: commands.RollYear, now: datetime) -> None:
    """Turn this year's money into prior money, wherever it is."""
    person = asked.person
    purse = books.purse(person)
    purse.year = year_of(books, person, day_of(asked, now))
    for whom in ("", *purse.aside):
        purse.fen[pot(whom, Segment.PRIOR)] += purse.fen.pop(pot(whom, Segment.CURRENT), 0)
    for bill in books.bills.values():
        into = Segment.PRIOR if bill.status == HELD else CLOSED_YEAR
        bill.coins = [
            _rolled(coin, into) if coin.account == person else coin for coin in bill.coins
        ]


def _rolled(coin: Coin, into: str) -> Coin:
    whom, segment = in_words(coin.segment)
    return coin._replace(segment=pot(whom, into)) if segment == Segment.CURRENT else coin


def switch_objections(books: Books, asked: commands.SwitchOutOfArea, _: datetime) -> Iterator[Code]:
    """Object where the switch stands so already."""
    human = books.humans.get(asked.person)
    yield from purse_objections(human)
    if human and human.purse and human.purse.abroad is asked.to:
        yield Code.SWITCH_UNCHANGED


def switch(books: Books, asked: commands.SwitchOutOfArea, _: datetime) -> None:
    """Turn the switch."""
    books.purse(asked.person).abroad = asked.to


def close_objections(books: Books, asked: commands.CloseAccount, now: datetime) -> Iterator[Code]:
    """Object to open holds and to payees who cannot be."""
    human = books.humans.get(asked.person)
    heir = books.humans.get(asked.heir) if asked.heir else None
    yield from purse_objections(human)
    if asked.heir and heir is None:
        yield Code.UNKNOWN_PERSON
    if human is None:
        return
    due = books.due({asked.person}, now)
    held = {
        n
        for n, bill in books.held()
        if any(c.account == asked.person and c.segment != Segment.WALLET for c in bill.coins)
    }
    if held - set(due):
        yield Code.HOLDS_OPEN
    if human.wallet is not None and any(
        sent.origin is Origin.ACCOUNT and now < sent.until for sent in human.wallet.waiting.values()
    ):
        yield Code.TRANSFER_PENDING
    dead = human.told[-1][1] is Coverage.DECEASED
    no_heir = heir is None or asked.heir == asked.person
    nowhere = heir is None or heir.purse is None or heir.purse.closed is not None
    if (
        dead is (asked.payee is Payee.OWNER_CASH)
        or asked.heir == asked.person
        or (asked.payee in {Payee.HEIR_ACCOUNT, Payee.HEIR_CASH} and no_heir)
        or (asked.payee is Payee.HEIR_ACCOUNT and nowhere)
    ):
        yield Code.PAYEE_IMPOSSIBLE


def close(books: Books, asked: commands.CloseAccount, _: datetime) -> None:
    """Pay everything out."""
    purse = books.purse(asked.person)
    purse.closed = (asked.payee, asked.heir)
    if asked.payee is Payee.HEIR_ACCOUNT and asked.heir:
        books.purse(asked.heir).fen[Segment.CURRENT] += sum(purse.fen.values())
    purse.fen.clear()
    purse.aside.clear()
