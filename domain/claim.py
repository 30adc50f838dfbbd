"""The claim: what was asked, what was decided, and what became of it.

quote writes nothing · authorize holds · capture, release and expiry end a hold once · settle pays
at once · cancel gives money back, wholly or in part · reverse undoes what a caller never heard of.
`domain.claim_fold` applies the facts to the state.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from domain.codes import Category, Credential, Place, Segment
from domain.facts import Fact, Kind, Stream, recorded
from domain.ids import (
    ClaimId,
    InstitutionId,
    PersonId,
    PoolId,
    RegionCode,
    RuleSetId,
    SettlementId,
)
from domain.purses import FREE
from domain.reasons import Reason
from domain.record import Instant, Record


class Institution(Record, frozen=True):
    """Where the claim comes from, as known at the till."""

    id: InstitutionId
    place: Place
    region: RegionCode
    designated: bool = True
    connected: bool = True


class ClaimLine(Record, frozen=True):
    """One line of a claim. The own share is `total_fen - fund_fen`."""

    no: int
    category: Category
    total_fen: int
    fund_fen: int = 0
    outside_catalogue: bool = False

    @property
    def own_fen(self) -> int:
        """Give what the pooled fund does not pay, in fen."""
        return self.total_fen - self.fund_fen


class ClaimRequest(Record, frozen=True, kw_only=True):
    """What an institution asks to be paid for one visit or purchase.

    `use_accounts` is the till's switch: without it everything left to the patient is cash.
    `emergency` says that the institution took the patient in as one.
    `aid_requested` says that the till was told to use relatives' accounts, which some areas demand.
    """

    claim: ClaimId
    patient: PersonId
    institution: Institution
    service_date: date
    credential: Credential = Credential.OWN
    use_accounts: bool = True
    emergency: bool = False
    aid_requested: bool = False
    lines: tuple[ClaimLine, ...]

    @property
    def own_fen(self) -> int:
        """Give the own share of all lines, in fen."""
        return sum(line.own_fen for line in self.lines)

    @property
    def fund_fen(self) -> int:
        """Give the pooled fund's part of all lines, in fen."""
        return sum(line.fund_fen for line in self.lines)


class Leg(Record, frozen=True, array_like=True):
    """One payment: this account paid this much of this line from this segment."""

    account: PersonId
    segment: Segment
    line: int
    amount_fen: int


class Trial(Record, frozen=True, array_like=True):
    """What one candidate account gave and why, zero included.

    `version` is the version of the candidate's stream when it was tried and `open_year` the
    account year that was open then; `account_year` is that of the service date by the owner's
    rules. `lines` names the claim lines that the account may pay; `rule` names the rule parameter
    and `bound_fen` the amount that decided, where there is one. `pool` is None for the own account,
    `rule_set` where the patient's rules, which the allocation names, are the owner's too. `purse`
    names the money set aside that it paid from, or the wallet; empty for available money.
    """

    account: PersonId
    pool: PoolId | None
    version: int
    account_year: int
    open_year: int | None
    lines: tuple[int, ...]
    gave_fen: int
    reason: Reason
    rule: str | None = None
    bound_fen: int | None = None
    rule_set: RuleSetId | None = None
    purse: str = FREE


class Allocation(Record, frozen=True):
    """The whole decision: legs in order of payment, cash by line, and the trace.

    `versions` names the pools consulted with their versions. Money in equals money out: own
    share = legs + cash, line by line.
    """

    region: RegionCode
    rule_set: RuleSetId
    dossier: str
    legs: tuple[Leg, ...]
    cash_fen: tuple[tuple[int, int], ...]  # (line, fen), every line
    trials: tuple[Trial, ...]
    patient_version: int
    pools: tuple[tuple[PoolId, int], ...]

    def rule_set_of(self, trial: Trial) -> RuleSetId:
        """Give the rule set under which a candidate was tried."""
        return trial.rule_set or self.rule_set

    @property
    def accounts_fen(self) -> int:
        """Give what all accounts pay, in fen."""
        return sum(leg.amount_fen for leg in self.legs)

    @property
    def total_cash_fen(self) -> int:
        """Give what is left to pay in cash, in fen."""
        return sum(fen for _, fen in self.cash_fen)


@recorded
class ClaimOffered(Fact, frozen=True, tag="claim.offered"):
    """Nothing was paid: relatives' accounts were offered, to be accepted before `expires_at`.

    `allocation` is what accepting at once would have paid. Accepting is decided anew.
    """

    request: ClaimRequest
    allocation: Allocation
    expires_at: Instant


@recorded
class ClaimSettled(Fact, frozen=True, tag="claim.settled"):
    """A claim was settled at once."""

    settlement: SettlementId
    request: ClaimRequest
    allocation: Allocation


@recorded
class ClaimAuthorized(Fact, frozen=True, tag="claim.authorized"):
    """The whole allocation of a quote was held until `expires_at`."""

    request: ClaimRequest
    allocation: Allocation
    expires_at: Instant


@recorded
class ClaimCaptured(Fact, frozen=True, tag="claim.captured"):
    """A held claim was settled for `own_fen`, at most what was authorized; the rest was released.

    `legs` name the segments that really paid; `own_fen` lists (line, fen), `cash_fen` too.
    """

    settlement: SettlementId
    own_fen: tuple[tuple[int, int], ...]
    legs: tuple[Leg, ...]
    cash_fen: tuple[tuple[int, int], ...]


@recorded
class ClaimReleased(Fact, frozen=True, tag="claim.released"):
    """A hold was given back without payment."""


@recorded
class ClaimExpired(Fact, frozen=True, tag="claim.expired"):
    """A hold ran out at its stated instant."""


@recorded
class ClaimCancelled(Fact, frozen=True, tag="claim.cancelled"):
    """A settlement was cancelled, wholly or in part.

    `legs` and `cash_fen` are what is given back now, in order of giving back.
    """

    settlement: SettlementId
    legs: tuple[Leg, ...]
    cash_fen: tuple[tuple[int, int], ...]
    fund_fen: tuple[tuple[int, int], ...]
    whole: bool


@recorded
class ClaimReversed(Fact, frozen=True, tag="claim.reversed"):
    """A call of unknown outcome was undone, as if it had never been made."""

    message: str
    legs: tuple[Leg, ...]
    cash_fen: tuple[tuple[int, int], ...]
    fund_fen: tuple[tuple[int, int], ...]


class Status(StrEnum):
    """Where a claim stands."""

    OFFERED = "offered"
    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"
    SETTLED = "settled"
    PARTLY_CANCELLED = "partly_cancelled"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


class Claim(Record, frozen=True):
    """State of a claim.

    `legs`, `cash_fen` and `fund_fen` are what stays paid after all cancellations, `settled_on` the
    day of booking. `attempt` counts how often the claim was offered, held or settled anew; an
    offer and what follows it are one attempt. `expires_at` is the end of a hold or of an offer.
    """

    request: ClaimRequest
    allocation: Allocation
    status: Status
    attempt: int
    expires_at: Instant | None = None
    settlement: SettlementId | None = None
    settled_on: date | None = None
    legs: tuple[Leg, ...] = ()
    cash_fen: tuple[tuple[int, int], ...] = ()
    fund_fen: tuple[tuple[int, int], ...] = ()

    @property
    def stream(self) -> Stream:
        """Give the claim's stream."""
        return claim_stream(self.request.claim)

    @property
    def is_paid(self) -> bool:
        """Tell whether something stays paid that could be cancelled."""
        return self.status in {Status.SETTLED, Status.PARTLY_CANCELLED}

    @property
    def stays_paid(self) -> bool:
        """Tell whether any fen of any line stays paid."""
        return any(leg.amount_fen for leg in self.legs) or any(
            fen for _, fen in (*self.cash_fen, *self.fund_fen)
        )

    def is_due(self, now: datetime) -> bool:
        """Tell whether something is held and its stated instant has come."""
        return self.status is Status.HELD and self.expires_at is not None and self.expires_at <= now

    @property
    def may_start(self) -> bool:
        """Tell whether nothing is held or stays paid, so that it may be held or settled anew."""
        return self.status in _MAY_START


_MAY_START = frozenset(Status) - {Status.HELD, Status.SETTLED, Status.PARTLY_CANCELLED}


def attempt_after(claim: Claim | None) -> int:
    """Give the number of the attempt that an offer, a hold or a settlement belongs to."""
    if claim is None:
        return 1
    return claim.attempt if claim.status is Status.OFFERED else claim.attempt + 1


def claim_stream(claim: ClaimId) -> Stream:
    """Give the stream of a claim."""
    return Stream(Kind.CLAIM, claim)


Decisive = ClaimOffered | ClaimSettled | ClaimAuthorized
"""The facts that carry a decision: a request and its whole allocation."""
