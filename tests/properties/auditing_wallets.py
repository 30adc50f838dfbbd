"""The auditor's view of money that passes to relatives: wallets, and gifts at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from domain.codes import Area, Funding, Origin, Segment, WalletModel
from domain.money import MAX_FEN
from domain.refusals import Code
from domain.rules import RuleSet
from ledger import commands
from tests.properties.auditing_claims import let_expire
from tests.properties.auditing_people import rules_of
from tests.properties.books import Books, Human, Sent, WalletBook, day_of, today


def let_return(books: Books, owners: set[str], now: datetime) -> None:
    """Put back what these people sent and nobody accepted in time."""
    for owner in owners:
        human = books.humans.get(owner)
        if human is not None and human.wallet is not None:
            for name, sent in list(human.wallet.waiting.items()):
                if sent.until <= now:
                    come_back(human, name)


def settle_down(books: Books, owners: set[str], now: datetime) -> None:
    """Let holds run out and transfers come back."""
    known = {owner for owner in owners if owner in books.humans}
    let_expire(books, books.due(known, now))
    let_return(books, known, now)


def come_back(human: Human, name: str) -> None:
    """Put one transfer back where it came from."""
    assert human.wallet is not None
    sent = human.wallet.waiting.pop(name)
    human.wallet.returned.add(name)
    if sent.origin is Origin.WALLET:
        human.wallet.fen += sent.fen
        return
    assert human.purse is not None
    for segment, fen in sent.taken.items():
        same_year = human.purse.year == sent.year
        human.purse.fen[segment if same_year else Segment.PRIOR] += fen


def later(books: Books, owners: set[str], now: datetime) -> Books:
    """Give a copy of the books in which everything due of these people is back."""
    copied = replace(
        books,
        humans=deepcopy(books.humans),
        bills={number: replace(bill) for number, bill in books.bills.items()},
        uses=list(books.uses),
    )
    settle_down(copied, owners, now)
    return copied


def open_objections(books: Books, asked: commands.OpenWallet, now: datetime) -> Iterator[Code]:
    """Object to a second wallet, to those without coverage, and where there are no wallets."""
    human = books.humans.get(asked.person)
    if human is None:
        yield Code.UNKNOWN_PERSON
        return
    day = day_of(asked, now)
    yield from _model(rules_of(books, human, day))
    if human.wallet is not None:
        yield Code.ALREADY_EXISTS
    if not human.covered(day):
        yield Code.COVERAGE_NOT_ACTIVE


def _model(rules: RuleSet | None) -> Iterator[Code]:
    if rules is None:
        yield Code.NO_RULE
    elif rules.wallet.model is not WalletModel.TRANSFER:
        yield Code.WALLET_NOT_IN_FORCE


def open_wallet(books: Books, asked: commands.OpenWallet, _: datetime) -> None:
    """Put an empty wallet on the table."""
    books.humans[asked.person].wallet = WalletBook()


def send_objections(books: Books, asked: commands.Send, now: datetime) -> Iterator[Code]:
    """Object to strange amounts, people, hours and limits."""
    books = later(books, {asked.sender}, now)
    day = today(now)
    sender, recipient = books.humans.get(asked.sender), books.humans.get(asked.recipient)
    if not 0 < asked.amount_fen <= MAX_FEN:
        yield Code.AMOUNT_OUT_OF_RANGE
    if sender is None or recipient is None:
        yield Code.UNKNOWN_PERSON
        return
    rules = rules_of(books, sender, day)
    yield from _model(rules)
    if asked.origin is Origin.ACCOUNT:
        yield from _no_purse(sender)
    if not sender.covered(day) or not recipient.covered(day):
        yield Code.COVERAGE_NOT_ACTIVE
    if sender.wallet is None or recipient.wallet is None:
        yield Code.NO_WALLET
    if asked.sender == asked.recipient:
        yield Code.SELF_TRANSFER
    if rules is None:
        return
    if asked.relation is None:
        yield Code.RELATION_NOT_STATED
    elif asked.relation not in rules.wallet.relations:
        yield Code.TRANSFER_RELATION
    if asked.origin is Origin.WALLET and not rules.wallet.onward:
        yield Code.ONWARD_NOT_ALLOWED
    hour = (now + timedelta(hours=8)).hour
    if hour < rules.wallet.opens_hour or hour >= rules.wallet.closes_hour:
        yield Code.WALLET_CLOSED_NOW
    if sender.wallet is not None:
        yield from _limits(sender, sender.wallet, asked, rules, day)


def _no_purse(human: Human) -> Iterator[Code]:
    if human.purse is None:
        yield Code.NO_ACCOUNT
    elif human.purse.closed is not None:
        yield Code.ACCOUNT_CLOSED


def _limits(
    sender: Human, wallet: WalletBook, asked: commands.Send, rules: RuleSet, day: date
) -> Iterator[Code]:
    earlier = [fen for when, fen in wallet.log if when == day]
    if rules.wallet.one_pending and wallet.waiting:
        yield Code.TRANSFER_PENDING
    if len(earlier) + 1 > rules.wallet.transfers_per_day:
        yield Code.TOO_MANY_TRANSFERS
    if asked.amount_fen > rules.wallet.per_transfer_cap:
        yield Code.ABOVE_TRANSFER_CAP
    if sum(earlier) + asked.amount_fen > rules.wallet.per_day_cap:
        yield Code.ABOVE_DAY_CAP
    there = wallet.fen
    if asked.origin is Origin.ACCOUNT:
        purse, segments = sender.purse, rules.pool.segments.segments
        there = sum(purse.fen[segment] for segment in segments) if purse else 0
    if asked.amount_fen > there:
        yield Code.TRANSFER_TOO_LARGE


def send(books: Books, asked: commands.Send, now: datetime) -> None:
    """Take the money out, and let it wait or arrive."""
    settle_down(books, {asked.sender}, now)
    day = today(now)
    sender, recipient = books.humans[asked.sender], books.humans[asked.recipient]
    rules = rules_of(books, sender, day)
    assert rules is not None
    assert sender.wallet is not None
    assert recipient.wallet is not None
    taken: Counter[str] = Counter()
    year = 0
    if asked.origin is Origin.WALLET:
        sender.wallet.fen -= asked.amount_fen
    else:
        assert sender.purse is not None
        taken, year = _out_of(sender, rules, asked.amount_fen), sender.purse.year
    sender.wallet.log.append((day, asked.amount_fen))
    name = f"T-{asked.sender}-{len(sender.wallet.log)}"
    until = datetime.combine(day + timedelta(days=1), time(rules.wallet.returns_hour), now.tzinfo)
    until -= timedelta(hours=8)
    sender.wallet.waiting[name] = Sent(
        asked.recipient, asked.origin, asked.amount_fen, taken, year, until
    )
    if not rules.wallet.acceptance:
        _arrive(sender, recipient, name)


def _out_of(human: Human, rules: RuleSet, fen: int) -> Counter[str]:
    """Take money out of a purse, segment by segment."""
    assert human.purse is not None
    taken: Counter[str] = Counter()
    for segment in rules.pool.segments.segments:
        while fen and human.purse.fen[segment]:
            part = min(fen, human.purse.fen[segment])
            human.purse.fen[segment] -= part
            taken[segment] += part
            fen -= part
    return taken


def _arrive(sender: Human, recipient: Human, name: str) -> None:
    assert sender.wallet is not None
    assert recipient.wallet is not None
    recipient.wallet.fen += sender.wallet.waiting.pop(name).fen


def _sender(books: Books, transfer: str) -> Human | None:
    """Find who sent a transfer, waiting or ended."""
    for person, human in books.humans.items():
        if human.wallet is not None:
            names = {f"T-{person}-{number}" for number in range(1, len(human.wallet.log) + 1)}
            if transfer in names:
                return human
    return None


def _ended(human: Human, transfer: str) -> Iterator[Code]:
    assert human.wallet is not None
    if transfer in human.wallet.returned:
        yield Code.TRANSFER_RETURNED
    elif transfer not in human.wallet.waiting:
        yield Code.TRANSFER_ACCEPTED


def accept_objections(books: Books, asked: commands.Accept, now: datetime) -> Iterator[Code]:
    """Object to what does not wait any more, or waits for somebody else."""
    recipient, sender = books.humans.get(asked.person), _sender(books, asked.transfer)
    if recipient is None:
        yield Code.UNKNOWN_PERSON
    elif not recipient.covered(today(now)):
        yield Code.COVERAGE_NOT_ACTIVE
    if sender is None:
        yield Code.UNKNOWN_TRANSFER
        return
    yield from _ended(sender, asked.transfer)
    assert sender.wallet is not None
    waiting = sender.wallet.waiting.get(asked.transfer)
    if waiting is not None:
        if waiting.until <= now:
            yield Code.ACCEPTED_TOO_LATE
        if waiting.recipient != asked.person:
            yield Code.NOT_THE_RECIPIENT


def accept(books: Books, asked: commands.Accept, _: datetime) -> None:
    """Let the money arrive."""
    sender = _sender(books, asked.transfer)
    assert sender is not None
    _arrive(sender, books.humans[asked.person], asked.transfer)


def return_objections(
    books: Books, asked: commands.ReturnTransfer, now: datetime
) -> Iterator[Code]:
    """Object to what is not due, or does not wait any more."""
    sender = _sender(books, asked.transfer)
    if sender is None:
        yield Code.UNKNOWN_TRANSFER
        return
    yield from _ended(sender, asked.transfer)
    assert sender.wallet is not None
    waiting = sender.wallet.waiting.get(asked.transfer)
    if waiting is not None and now < waiting.until:
        yield Code.TRANSFER_NOT_DUE


def return_transfer(books: Books, asked: commands.ReturnTransfer, _: datetime) -> None:
    """Put it back."""
    sender = _sender(books, asked.transfer)
    assert sender is not None
    come_back(sender, asked.transfer)


def give_objections(books: Books, asked: commands.Give, now: datetime) -> Iterator[Code]:
    """Object to gifts where there are none, between strangers, and of what is not there."""
    books = later(books, {asked.grantor, asked.beneficiary}, now)
    day = day_of(asked, now)
    giver, taker = books.humans.get(asked.grantor), books.humans.get(asked.beneficiary)
    if not 0 < asked.amount_fen <= MAX_FEN:
        yield Code.AMOUNT_OUT_OF_RANGE
    if asked.pool not in books.pools:
        yield Code.UNKNOWN_POOL
    if giver is None or taker is None:
        yield Code.UNKNOWN_PERSON
        return
    rules = rules_of(books, giver, day)
    if rules is None:
        yield Code.NO_RULE
    for human in (giver, taker):
        yield from _no_purse(human)
        if not human.covered(day):
            yield Code.COVERAGE_NOT_ACTIVE
    bond = books.bond(asked.pool, asked.grantor, asked.beneficiary)
    if bond is None:
        yield Code.NOT_BOUND
    elif not bond.reviewed:
        yield Code.UNDER_REVIEW
    if bond is None or rules is None:
        return
    if rules.pool.funding is not Funding.TRANSFER:
        yield Code.GIVING_NOT_IN_FORCE
    if bond.relation not in rules.pool.relations:
        yield Code.TRANSFER_RELATION
    if day < bond.active_from:
        yield Code.RELATION_NOT_ACTIVE
    if not _near(giver.region_on(day), taker.region_on(day), rules.pool.area):
        yield Code.TRANSFER_TOO_FAR
    segments = rules.pool.segments.segments
    there = sum(giver.purse.fen[segment] for segment in segments) if giver.purse else 0
    if asked.amount_fen > there - rules.pool.retained_minimum:
        yield Code.TRANSFER_TOO_LARGE


def _near(one: str, other: str, area: Area) -> bool:
    return one == other or area is Area.NATION or (area is Area.PROVINCE and one[:2] == other[:2])


def give(books: Books, asked: commands.Give, now: datetime) -> None:
    """Move the money into the other's prior money."""
    settle_down(books, {asked.grantor, asked.beneficiary}, now)
    giver, taker = books.humans[asked.grantor], books.humans[asked.beneficiary]
    rules = rules_of(books, giver, day_of(asked, now))
    assert rules is not None
    assert taker.purse is not None
    taken = _out_of(giver, rules, asked.amount_fen)
    taker.purse.fen[Segment.PRIOR] += sum(taken.values())
