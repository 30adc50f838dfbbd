"""Filter words such as `person:p1 type:account date:2026-03`, read into what is looked for."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from cli.errors import failure
from domain.text import Lang, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.errors import Failure
    from projections.search import Wanted

WORDS: dict[str, Text] = {
    "person": Text("涉及此参保人，含其费用单", "touches this insured person, claims included"),
    "pool": Text("涉及此共济组", "touches this family pool"),
    "claim": Text("涉及此费用单", "touches this claim"),
    "finding": Text("涉及此疑点", "touches this finding"),
    "settlement": Text("属于此次结算", "belongs to this settlement"),
    "type": Text("事件名或其首词，如 account", "name of the event or its first word (account)"),
    "date": Text(
        "生效日：2026、2026-03、2026-03-02 或 A..B，任一端可省",
        "day it holds: 2026, 2026-03, 2026-03-02 or A..B, either end may be left out",
    ),
    "late": Text(
        "迟录：记录日（上海）比生效日晚至少几天；不写天数即 1 天",
        "recorded late: so many days, at least, after the day it holds from; 1 if left out",
    ),
}
"""Every filter word with its meaning."""

_UNKNOWN = Text(
    "没有筛选词“{word}”{hint}。可用：{words}",
    "there is no filter word {word!r}{hint}. There are: {words}",
)
_NEAR = Text("，是否指 {near}:", "; did you mean {near}:")
_NO_DATE = Text("“{it}”不是日期或时段", "{it!r} is no day or span of days")
_NO_DAYS = Text("“{it}”不是天数，请写成 late:1", "{it!r} is no number of days, write late:1")
_NO_TYPE = Text(
    "没有名为“{it}”的事件；见 gongji events catalog",
    "no event is called {it!r}; see gongji events catalog",
)


class Span(NamedTuple):
    """A span of days, both included; None is open."""

    first: date | None
    last: date | None


def read_filters(words: Sequence[str], lang: Lang) -> Wanted:
    """Read filter words.

    Raises:
        Failure: a word is not known, or its value is no date or event; it lists the words.
    """
    from domain.claim import claim_stream
    from domain.finding import finding_stream
    from domain.ids import ClaimId, FindingId, PersonId, PoolId, SettlementId
    from domain.person import person_stream
    from domain.pool import pool_stream
    from projections.search import Wanted

    given = [_parted(word, lang) for word in words]
    streams = {
        "person": lambda key: person_stream(PersonId(key)),
        "pool": lambda key: pool_stream(PoolId(key)),
        "claim": lambda key: claim_stream(ClaimId(key)),
        "finding": lambda key: finding_stream(FindingId(key)),
    }
    spans = [_span(value, lang) for name, value in given if name == "date"]
    return Wanted(
        subjects=tuple(streams[name](value) for name, value in given if name in streams),
        settlements=tuple(SettlementId(value) for name, value in given if name == "settlement"),
        types=tuple(_type(value, lang) for name, value in given if name == "type"),
        first_day=max((span.first for span in spans if span.first), default=None),
        last_day=min((span.last for span in spans if span.last), default=None),
        late_days=max((_days(value, lang) for name, value in given if name == "late"), default=0),
    )


def _parted(word: str, lang: Lang) -> tuple[str, str]:
    name, _colon, value = word.partition(":")
    if name in WORDS and (value or word == "late:"):
        return name, value
    near = [] if name in WORDS else get_close_matches(name, WORDS, n=1)
    hint = _NEAR.say(lang, near=near[0]) if near else ""
    raise wrong(_UNKNOWN.say(lang, word=word, hint=hint, words=_listed(lang)))


def wrong(says: str) -> Failure:
    """Make the failure of a filter word that cannot be read."""
    return failure("filter_word", says)


def _listed(lang: Lang) -> str:
    pairs = (f"{name}:" for name in WORDS)
    return ("、" if lang == "zh" else ", ").join(pairs)


def _type(value: str, lang: Lang) -> str:
    from cli.catalogue import topics

    if any(topic == value or topic.startswith(f"{value}.") for topic in topics()):
        return value
    raise wrong(_NO_TYPE.say(lang, it=value))


def _days(value: str, lang: Lang) -> int:
    """Read how many days late: at least one, since 0 would find what is not late, too."""
    days = value or "1"
    if not (days.isdecimal() and days.isascii() and 0 < int(days) <= _MOST_DAYS):
        raise wrong(_NO_DAYS.say(lang, it=value))
    return int(days)


_MOST_DAYS = 99_999  # some 270 years


def _span(value: str, lang: Lang) -> Span:
    first, dots, last = value.partition("..")
    if value == "..":
        raise wrong(_NO_DATE.say(lang, it=value))
    try:
        if not dots:
            return _period(first)
        return Span(_period(first).first if first else None, _period(last).last if last else None)
    except ValueError:
        raise wrong(_NO_DATE.say(lang, it=value)) from None


def _period(text: str) -> Span:
    """Read a year, a month or a day."""
    match [int(part) for part in text.split("-")]:
        case [year]:
            return Span(date(year, 1, 1), date(year, 12, 31))
        case [year, month]:
            return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        case _:
            day = date.fromisoformat(text)
            return Span(day, day)
