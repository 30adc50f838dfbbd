"""Every command that changes the books, as data: what the command line and scenarios send.

A command says what is asked, never who asks or when: key, actor and instant come beside it. Days
that are left out mean the Shanghai day of the instant. Fields are checked here for form only;
whether the books allow it is decided in `domain`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from domain.balance_tree import Totals
from domain.claim import ClaimRequest
from domain.codes import (
    Card,
    Coverage,
    CreditKind,
    Detail,
    Evidence,
    FilingKind,
    Insurance,
    Origin,
    Payee,
    Relation,
    Segment,
    Work,
)
from domain.filing import Stay
from domain.ids import (
    ClaimId,
    MessageId,
    PersonId,
    PoolId,
    RegionCode,
    SettlementId,
    TransferId,
)
from domain.pool import Authorization
from domain.record import Instant, Record
from domain.sealing import Counted

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""A hash in hexadecimal digits."""


class Command(Record, frozen=True, kw_only=True):
    """Something asked of the ledger. `note` is the reason that a person gives."""

    on: date | None = None
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Enroll(Command, frozen=True, kw_only=True):
    """Enrol an insured person."""

    person: PersonId
    region: RegionCode
    insurance: Insurance = Insurance.EMPLOYEE
    work: Work = Work.IN_SERVICE


class ChangeCoverage(Command, frozen=True, kw_only=True):
    """Suspend, resume or end insurance, or record a death. Relations end where the area says."""

    person: PersonId
    to: Coverage


class Move(Command, frozen=True, kw_only=True):
    """Move the insurance relation to another pooling area."""

    person: PersonId
    to: RegionCode


class Retire(Command, frozen=True, kw_only=True):
    """Record a retirement."""

    person: PersonId


class ReportCard(Command, frozen=True, kw_only=True):
    """Report a card lost or expired."""

    person: PersonId
    card: Card


class ReplaceCard(Command, frozen=True, kw_only=True):
    """Issue a new card."""

    person: PersonId


class CommitDetails(Command, frozen=True, kw_only=True):
    """Take personal details in, as commitments; the values stay outside the history."""

    person: PersonId
    commitments: dict[Detail, Sha256]


class EraseDetails(Command, frozen=True, kw_only=True):
    """Erase personal details, all if none is named."""

    person: PersonId
    details: tuple[Detail, ...] = ()


class RevealDetails(Command, frozen=True, kw_only=True):
    """Record that personal details are shown to somebody, all if none is named."""

    person: PersonId
    receiver: str
    details: tuple[Detail, ...] = ()


class RecordFiling(Command, frozen=True, kw_only=True):
    """File care outside the home area; `stay` where somebody is in hospital already."""

    person: PersonId
    kind: FilingKind
    place: RegionCode
    stay: Stay | None = None


class ChangeFiling(Command, frozen=True, kw_only=True):
    """Change a filing to another place; `proof` of the need opens one that is locked."""

    person: PersonId
    filing: int
    place: RegionCode
    proof: bool = False


class EndFiling(Command, frozen=True, kw_only=True):
    """End a filing; the day is the first one without it."""

    person: PersonId
    filing: int
    proof: bool = False


class OpenAccount(Command, frozen=True, kw_only=True):
    """Open a personal account."""

    person: PersonId


class Credit(Command, frozen=True, kw_only=True):
    """Credit a personal account, fen."""

    person: PersonId
    amount_fen: int
    kind: CreditKind = CreditKind.MONTHLY
    segment: Segment = Segment.CURRENT
    period: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}(-\d{2})?)?$")] = ""


class TakeBack(Command, frozen=True, kw_only=True):
    """Take back a credit that was not due, fen."""

    person: PersonId
    amount_fen: int
    segment: Segment = Segment.CURRENT


class RollYear(Command, frozen=True, kw_only=True):
    """Begin the account year that the day belongs to."""

    person: PersonId


class SwitchOutOfArea(Command, frozen=True, kw_only=True):
    """Let the owner switch the use of the account outside the home area on or off."""

    person: PersonId
    to: bool


class CloseAccount(Command, frozen=True, kw_only=True):
    """Close an account and pay out its rest."""

    person: PersonId
    payee: Payee
    heir: PersonId | None = None


class OpenPool(Command, frozen=True, kw_only=True):
    """Open a family pool."""

    pool: PoolId
    opener: PersonId


class _Relation(Command, frozen=True, kw_only=True):
    pool: PoolId
    grantor: PersonId
    beneficiary: PersonId


class Bind(_Relation, frozen=True, kw_only=True):
    """Bind a grantor and a beneficiary."""

    relation: Relation
    evidence: Evidence = Evidence.COMMITMENT


class Review(_Relation, frozen=True, kw_only=True):
    """Approve or reject a relation under review."""

    approved: bool


class AuthorizeUse(_Relation, frozen=True, kw_only=True):
    """Let a beneficiary use a grantor's account."""

    authorization: Authorization


class WithdrawUse(_Relation, frozen=True, kw_only=True):
    """Withdraw an authorization."""


class Unbind(_Relation, frozen=True, kw_only=True):
    """End a relation. `asked_by` names the side that asks; without it the grantor does."""

    asked_by: PersonId | None = None


class Give(_Relation, frozen=True, kw_only=True):
    """Give money to a bound relative at once and for good, fen."""

    amount_fen: int


class OpenWallet(Command, frozen=True, kw_only=True):
    """Open a wallet."""

    person: PersonId


class Send(Command, frozen=True, kw_only=True):
    """Send money to a relative's wallet, fen. `relation` is what the recipient is to the sender."""

    sender: PersonId
    recipient: PersonId
    amount_fen: int
    relation: Relation | None = None
    origin: Origin = Origin.ACCOUNT


class Accept(Command, frozen=True, kw_only=True):
    """Accept a transfer; `person` is who does."""

    person: PersonId
    transfer: TransferId


class ReturnTransfer(Command, frozen=True, kw_only=True):
    """Let a transfer come back that nobody accepted in time."""

    transfer: TransferId


class SetOrder(Command, frozen=True, kw_only=True):
    """Put a beneficiary's grantors in another order."""

    pool: PoolId
    beneficiary: PersonId
    grantors: tuple[PersonId, ...]


class SetAside(Command, frozen=True, kw_only=True):
    """Set a grantor's money aside for the family, fen."""

    pool: PoolId
    grantor: PersonId
    amount_fen: int


class SetQuota(_Relation, frozen=True, kw_only=True):
    """Freeze a quota of a grantor's account for one beneficiary, or change it; the whole, fen."""

    quota_fen: int


class ReportDivorce(Command, frozen=True, kw_only=True):
    """Report the divorce of two members."""

    pool: PoolId
    spouses: tuple[PersonId, PersonId]


class Settle(Command, frozen=True, kw_only=True):
    """Settle a claim at once."""

    request: ClaimRequest


class AuthorizeClaim(Command, frozen=True, kw_only=True):
    """Hold what a claim would be paid until an instant."""

    request: ClaimRequest
    expires_at: Instant


class Capture(Command, frozen=True, kw_only=True):
    """Settle a held claim, for at most what was authorized: fen of own share by line number."""

    claim: ClaimId
    own_fen: dict[int, int] | None = None


class Release(Command, frozen=True, kw_only=True):
    """Give a hold back."""

    claim: ClaimId


class Expire(Command, frozen=True, kw_only=True):
    """Give back a hold that has run out."""

    claim: ClaimId


class Cancel(Command, frozen=True, kw_only=True):
    """Cancel a settlement: wholly, or the given fen of own share and fund part by line number."""

    settlement: SettlementId
    own_fen: dict[int, int] | None = None
    fund_fen: dict[int, int] | None = None


class Reverse(Command, frozen=True, kw_only=True):
    """Undo a message of unknown outcome. `patient` is needed where it may never have arrived."""

    message: MessageId
    patient: PersonId | None = None


class Seal(Command, frozen=True, kw_only=True):
    """State everybody's money at a past moment: its totals, and the root of its tree (hex)."""

    at: Counted
    totals: Totals
    balances_root: Sha256


class HandOver(Command, frozen=True, kw_only=True):
    """Record that a checkpoint of so many entries under this root (hex) was handed over."""

    receiver: str
    origin: str
    entries: int
    root: Sha256
