"""What a tool's own way of writing has to give: heads, accounts, transactions and assertions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from domain.ids import PersonId
from domain.text import Text


class Head(NamedTuple):
    """What stands at the top: remarks, and the first day (None: there is nothing to tell)."""

    remarks: Sequence[str]
    first: date | None


class Account(NamedTuple):
    """An account to be declared: its name, its first day, what it is, and whose."""

    name: str
    first: date
    says: Text
    person: PersonId | None


class Amount(NamedTuple):
    """Fen on an account: debit above zero, credit below."""

    account: str
    fen: int


Tags = dict[str, str | int]
"""What a transaction or an account can be found by, under the name of each."""


class Entry(NamedTuple):
    """A transaction: `kind` says which event it is, `tags` what it can be found by."""

    day: date
    kind: str
    says: str
    tags: Tags
    amounts: Sequence[Amount]
    claim: str | None = None


class Assertion(NamedTuple):
    """What must stand on accounts at the end of a day."""

    day: date
    says: str
    amounts: Sequence[Amount]


class Dialect(NamedTuple):
    """How one tool writes; every function gives whole lines."""

    head: Callable[[Head], str]
    account: Callable[[Account], str]
    entry: Callable[[Entry], str]
    assertion: Callable[[Assertion], str]


def yuan(fen: int) -> str:
    """Write fen as yuan with two decimals and nothing between the figures."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d}"


def instant(at: datetime) -> str:
    """Write an aware instant in UTC ("2026-03-02T04:00:00Z")."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def postings(amounts: Sequence[Amount], *, indent: int) -> str:
    """Write one line an amount, names and amounts each below the other."""
    figures = [yuan(each.fen) for each in amounts]
    name, wide = max(len(each.account) for each in amounts), max(map(len, figures))
    return "".join(
        f"{'':{indent}}{each.account:<{name}}  {figure:>{wide}} CNY\n"
        for each, figure in zip(amounts, figures, strict=True)
    )
