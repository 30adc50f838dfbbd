"""The commands about the review of findings, as data; see `ledger.commands`."""

from __future__ import annotations

from datetime import date

from domain.codes import Handling, Opinion
from domain.finding import Case
from domain.ids import FindingId, ReviewerId
from ledger.commands import Command


class RaiseFinding(Command, frozen=True, kw_only=True):
    """Put up for review what a rule found; `by` is who does."""

    case: Case
    by: ReviewerId


class _OfFinding(Command, frozen=True, kw_only=True):
    finding: FindingId
    by: ReviewerId


class FirstReview(_OfFinding, frozen=True, kw_only=True):
    """Give the first review of a finding."""

    opinion: Opinion


class SecondReview(_OfFinding, frozen=True, kw_only=True):
    """Give the second review, and say until which day an objection may come."""

    opinion: Opinion
    object_by: date | None = None


class ObjectToFinding(_OfFinding, frozen=True, kw_only=True):
    """Object to a finding; `by` is whom it is about, `note` says why."""


class VerifyFinding(_OfFinding, frozen=True, kw_only=True):
    """Say what looking into a finding came to."""

    opinion: Opinion


class DecideFinding(_OfFinding, frozen=True, kw_only=True):
    """Decide a finding; `recover_fen` are to be recovered, all where it is upheld."""

    handling: Handling
    recover_fen: int | None = None
