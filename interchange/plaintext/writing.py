"""A book written down piece by piece, in the way of one tool, with assertions that it checks.

What must stand at the end is taken from the balances, which are kept apart from the journal: a
tool that accepts the text has compared the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Literal

from domain.text import Text
from interchange.plaintext.accounts import OPENING, account, opening_account
from interchange.plaintext.beancount import BEANCOUNT
from interchange.plaintext.dialect import (
    Account,
    Amount,
    Assertion,
    Dialect,
    Entry,
    Head,
    Tags,
    instant,
)
from interchange.plaintext.hledger import HLEDGER
from projections.booked import Standing, by_owner
from projections.chart import CHART, Code

if TYPE_CHECKING:
    from domain.text import Lang
    from projections.booked import Book, Transaction

DIALECTS = {"beancount": BEANCOUNT, "hledger": HLEDGER}
"""Every tool by name."""

Part = Literal["head", "account", "opening", "transaction", "assertion"]

_CLEARED = (Code.CLEARING, Code.TRANSFERS)
"""What stands at zero whenever a command is done: docs/chart-of-accounts.md."""

_TITLE = Text(
    "gongji 个人账户复式记账导出，记账位置 {position}",
    "gongji: double entry of personal accounts, exported at position {position}",
)
_ALL = Text("全部账户", "all accounts")
_ONE = Text("参保人 {person} 的账户", "accounts of {person}")
_PERIOD = Text("期间 {first} 至 {last}", "from {first} to {last}")
_SIGNS = Text(
    "借方为正，贷方为负；金额单位元，精确到分",
    "debit is above zero, credit below; yuan with two decimals, exact",
)
_BY_BALANCES = Text(
    "期末余额断言取自余额投影，不由分录加总得出",
    "closing balances are asserted from the balances, which are kept apart from the journal",
)
_BY_SUMS = Text(
    "期末余额断言由数据库按日汇总分录得出",
    "closing balances are asserted from sums of the journal by day",
)
_NOTHING = Text("此范围内没有分录", "nothing was entered in this extract")
_ASSERTED = Text("{day} 日终余额", "balances at the end of {day}")


def written(
    book: Book, dialect: Dialect, *, lang: Lang, monthly: bool = False
) -> Iterator[tuple[Part, str]]:
    """Write a book down. `monthly` also asserts what stood at the end of each month.

    Each piece comes with its kind; together the pieces are the text.
    """
    days = book.days()
    if days is None:
        yield "head", dialect.head(Head([*_remarks(book, lang), _NOTHING.say(lang)], None))
        return
    first, last = days
    yield "head", dialect.head(Head(_remarks(book, lang), first))
    for declared in _accounts(book, first, lang):
        yield "account", dialect.account(declared)
    since = book.extract.first
    if since is not None and since > first:
        before = since - timedelta(days=1)
        last = max(last, before)
        for entry in _openings(book, before, lang):
            yield "opening", dialect.entry(entry)
    ends = _month_ends(book, last, lang) if monthly else iter(())
    coming = next(ends, None)
    for transaction in book.transactions():
        while coming is not None and coming.day < transaction.effective_on:
            yield "assertion", dialect.assertion(coming)
            coming = next(ends, None)
        yield "transaction", dialect.entry(_entry(transaction, lang))
    if coming is not None:
        yield from (("assertion", dialect.assertion(each)) for each in chain((coming,), ends))
    for closing in _closing(book, last, lang):
        yield "assertion", dialect.assertion(closing)


def _remarks(book: Book, lang: Lang) -> list[str]:
    """Say what this is."""
    first, last, person = book.extract
    whose = _ONE.say(lang, person=person) if person else _ALL.say(lang)
    period = _PERIOD.say(lang, first=first or "…", last=last or "…")
    source = _BY_BALANCES if last is None else _BY_SUMS
    said = [_TITLE.say(lang, position=book.position), f"{whose}{_COMMA.say(lang)}{period}"]
    return [*said, _SIGNS.say(lang), source.say(lang)]


_COMMA = Text("，", ", ")


def _accounts(book: Book, first: date, lang: Lang) -> Iterator[Account]:
    for place in book.places():
        yield Account(account(place, lang), first, CHART[place.code], place.person)
    yield Account(opening_account(lang), first, OPENING, None)


def _openings(book: Book, day: date, lang: Lang) -> Iterator[Entry]:
    """Enter what stood there before the period, owner by owner, against the opening balances."""
    for group in by_owner(each for each in book.standing(day) if each.fen):
        amounts = _amounts(group, lang)
        against = Amount(opening_account(lang), -sum(each.fen for each in group))
        tags: Tags = {"event": "opening"}
        yield Entry(day, "opening", OPENING.say(lang), tags, [*amounts, against])


def _entry(it: Transaction, lang: Lang) -> Entry:
    named: dict[str, str | int | None] = {
        "position": it.position,
        "event": it.topic,
        "claim": it.claim,
        "settlement": it.settlement,
        "message": it.message,
        "recorded_at": instant(it.recorded_at),
    }
    tags: Tags = {name: value for name, value in named.items() if value is not None}
    amounts = _amounts(it.postings, lang)
    return Entry(it.effective_on, it.topic, it.says.say(lang), tags, amounts, it.claim)


def _month_ends(book: Book, last: date, lang: Lang) -> Iterator[Assertion]:
    """Assert the ends of months before the last day, which is asserted by itself."""
    for day, standings in book.month_ends():
        if day < last:
            for group in by_owner(standings):
                yield _assertion(day, group, lang)


def _closing(book: Book, last: date, lang: Lang) -> Iterator[Assertion]:
    """Assert what stands there in the end: every account, and nothing on the way."""
    whole = book.extract.person is None
    found = book.kept() if book.extract.last is None else _standing_apart(book.standing(last))
    for group in by_owner(found):
        yield _assertion(last, group, lang)
    if whole:
        cleared = [place for place in book.places() if place.code in _CLEARED]
        yield from (_assertion(last, [Standing(place, 0)], lang) for place in cleared)
        yield Assertion(last, _ASSERTED.say(lang, day=last), [Amount(opening_account(lang), 0)])


def _standing_apart(standings: Iterable[Standing]) -> Iterator[Standing]:
    """Leave out what must be zero and is asserted to be."""
    return (each for each in standings if each.place.code not in _CLEARED)


def _assertion(day: date, group: Sequence[Standing], lang: Lang) -> Assertion:
    return Assertion(day, _ASSERTED.say(lang, day=day), _amounts(group, lang))


def _amounts(group: Sequence[Standing], lang: Lang) -> list[Amount]:
    return [Amount(account(each.place, lang), each.fen) for each in group]
