"""Every command that changes the books, as data: what the command line and scenarios send.

A command says what is asked, never who asks or when: key, actor and instant come beside it. Days
that are left out mean the Shanghai day of the instant. Fields are checked here for form only;
whether the books allow it is decided in `domain`.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.claim import ClaimRequest
from domain.codes import (
    Card,
    Coverage,
    CreditKind,
    Evidence,
    Insurance,
    Payee,
    Relation,
    Segment,
    Work,
)
from domain.ids import ClaimId, MessageId, PersonId, PoolId, RegionCode, SettlementId
from domain.pool import Authorization


class Command(BaseModel):
    """Something asked of the ledger. `note` is the reason that a person gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: date | None = None
    note: str = Field(default="", max_length=500)

    def digest(self) -> bytes:
        """Give what two requests have in common only if they ask the same (32 bytes)."""
        return sha256(f"{type(self).__name__}{self.model_dump_json()}".encode()).digest()


class Enroll(Command):
    """Enrol an insured person."""

    person: PersonId
    region: RegionCode
    insurance: Insurance = Insurance.EMPLOYEE
    work: Work = Work.IN_SERVICE


class ChangeCoverage(Command):
    """Suspend, resume or end insurance, or record a death. Relations end where the area says."""

    person: PersonId
    to: Coverage


class Move(Command):
    """Move the insurance relation to another pooling area."""

    person: PersonId
    to: RegionCode


class Retire(Command):
    """Record a retirement."""

    person: PersonId


class ReportCard(Command):
    """Report a card lost or expired."""

    person: PersonId
    card: Card


class ReplaceCard(Command):
    """Issue a new card."""

    person: PersonId


class OpenAccount(Command):
    """Open a personal account."""

    person: PersonId


class Credit(Command):
    """Credit a personal account, fen."""

    person: PersonId
    amount_fen: int
    kind: CreditKind = CreditKind.MONTHLY
    segment: Segment = Segment.CURRENT
    period: str = Field(default="", pattern=r"^(\d{4}(-\d{2})?)?$")


class TakeBack(Command):
    """Take back a credit that was not due, fen."""

    person: PersonId
    amount_fen: int
    segment: Segment = Segment.CURRENT


class RollYear(Command):
    """Begin the account year that the day belongs to."""

    person: PersonId


class CloseAccount(Command):
    """Close an account and pay out its rest."""

    person: PersonId
    payee: Payee
    heir: PersonId | None = None


class OpenPool(Command):
    """Open a family pool."""

    pool: PoolId
    opener: PersonId


class _Relation(Command):
    pool: PoolId
    grantor: PersonId
    beneficiary: PersonId


class Bind(_Relation):
    """Bind a grantor and a beneficiary."""

    relation: Relation
    evidence: Evidence = Evidence.COMMITMENT


class Review(_Relation):
    """Approve or reject a relation under review."""

    approved: bool


class AuthorizeUse(_Relation):
    """Let a beneficiary use a grantor's account."""

    authorization: Authorization


class WithdrawUse(_Relation):
    """Withdraw an authorization."""


class Unbind(_Relation):
    """End a relation."""


class SetOrder(Command):
    """Put a beneficiary's grantors in another order."""

    pool: PoolId
    beneficiary: PersonId
    grantors: tuple[PersonId, ...]


class ReportDivorce(Command):
    """Report the divorce of two members."""

    pool: PoolId
    spouses: tuple[PersonId, PersonId]


class Settle(Command):
    """Settle a claim at once."""

    request: ClaimRequest


class AuthorizeClaim(Command):
    """Hold what a claim would be paid until an instant."""

    request: ClaimRequest
    expires_at: AwareDatetime


class Capture(Command):
    """Settle a held claim, for at most what was authorized: fen of own share by line number."""

    claim: ClaimId
    own_fen: dict[int, int] | None = None


class Release(Command):
    """Give a hold back."""

    claim: ClaimId


class Expire(Command):
    """Give back a hold that has run out."""

    claim: ClaimId


class Cancel(Command):
    """Cancel a settlement: wholly, or the given fen of own share and fund part by line number."""

    settlement: SettlementId
    own_fen: dict[int, int] | None = None
    fund_fen: dict[int, int] | None = None


class Reverse(Command):
    """Undo a message of unknown outcome. `patient` is needed where it may never have arrived."""

    message: MessageId
    patient: PersonId | None = None
