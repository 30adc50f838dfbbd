"""What was decided about one happening, in the words of the single settlement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from domain.claim import Trial
from domain.codes import Segment
from domain.ids import PersonId
from domain.rules import RuleSet

Lines = Mapping[int, int]
"""Fen by number of a line."""


class Pot(NamedTuple):
    """Where money lies: an account's available money, one of its purses, or a wallet."""

    owner: PersonId
    purse: str


class Paid(NamedTuple):
    """Money that left a pot, or, below zero, came into it, and what is then in the segment."""

    pot: Pot
    segment: Segment
    line: int
    fen: int
    after: int


class Decision(NamedTuple):
    """What was decided about one happening, in the words of the single settlement.

    `code` is empty where it was done. Cash and fund are below zero where they are given back;
    `moved` is what a rollover turned into prior money, fen. `rules` are those of the patient's
    area; of a cancellation `since` is the day of the settlement, and `became_prior` tells whether
    current money came back as prior money.
    """

    code: str
    rule: str | None = None
    rule_set: str | None = None
    cash: Lines = MappingProxyType({})
    fund: Lines = MappingProxyType({})
    legs: tuple[Paid, ...] = ()
    trials: tuple[Trial, ...] = ()
    moved: int = 0
    patient: PersonId = PersonId("")
    rules: RuleSet | None = None
    since: date | None = None
    became_prior: bool = False


class OnlySingly(Exception):  # noqa: N818 - nothing is wrong: arrays leave this to the ledger
    """The bulk run must leave this to the single settlement; nothing was changed."""
