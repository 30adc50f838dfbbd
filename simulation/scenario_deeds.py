"""The shape of everything that can happen in a step of a scenario: one node for each kind.

What the keys mean to somebody who writes a scenario stands in docs/scenarios.md.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, StrictBool

from domain.codes import CreditKind, FilingKind, Origin, Payee, Relation, Segment
from domain.ids import MessageId, RegionCode, TransferId
from simulation.scenario_nodes import (
    LimitsNode,
    Node,
    RelationNode,
)
from simulation.scenario_values import ClaimName, Day, Family, When, Who, Yuan

OfAccount = Literal[Segment.CURRENT, Segment.PRIOR]


class WhoNode(Node):
    """Something that happens to a person, from the step's day or from an earlier one."""

    SHORT: ClassVar[str] = "person"

    person: Who
    since: Day | None = Field(default=None, alias="from")


class FileNode(WhoNode):
    """Care in another area that is filed; the stay, where somebody is in hospital already."""

    SHORT: ClassVar[str] = ""

    kind: FilingKind
    place: RegionCode
    admitted: Day | None = None
    discharged: Day | None = None


class UnfileNode(WhoNode):
    """The end of a filing."""

    SHORT: ClassVar[str] = ""

    filing: int = 1
    proof: StrictBool = False


class RefileNode(UnfileNode):
    """Another place for a filing."""

    place: RegionCode


class DeadlineNode(Node):
    """Until when a bill that was paid in full can be handed in."""

    person: Who
    service: Day
    paid: Day | None = None  # the day of the receipt; that of care unless given


class CreditNode(Node):
    """Money for an account."""

    person: Who
    amount_fen: Yuan = Field(alias="amount")
    segment: OfAccount = Segment.CURRENT
    kind: CreditKind = CreditKind.MONTHLY
    period: str = ""


class TakeBackNode(Node):
    """A credit that was not due."""

    person: Who
    amount_fen: Yuan = Field(alias="amount")
    segment: OfAccount = Segment.CURRENT


class MoveNode(WhoNode):
    """A move to another pooling area."""

    SHORT: ClassVar[str] = ""

    to: RegionCode


class CardNode(Node):
    """What became of a card."""

    person: Who
    status: Literal["lost", "expired", "replaced"]


class CloseNode(Node):
    """The end of an account."""

    person: Who
    payee: Payee
    heir: Who | None = None


class SwitchNode(Node):
    """Use of an account outside the home area, allowed by its owner or not."""

    person: Who
    allowed: StrictBool


class OpenNode(Node):
    """A new family."""

    family: Family
    opener: Who


class BindNode(RelationNode):
    """A new relation in a family."""

    family: Family


class PairNode(Node):
    """A relation in a family."""

    family: Family
    grantor: Who
    beneficiary: Who


class UnbindNode(PairNode):
    """The end of a relation, at the wish of one side: the grantor unless said."""

    asked_by: Who | None = None


class ReviewNode(PairNode):
    """What a reviewer said of a relation."""

    approved: StrictBool


class AuthorizeNode(LimitsNode):
    """A new authorization of a relation."""

    SHORT: ClassVar[str] = ""

    family: Family
    grantor: Who
    beneficiary: Who


class GiveNode(PairNode):
    """Money given to a relative at once and for good."""

    amount_fen: Yuan = Field(alias="amount")


class SendNode(Node):
    """Money sent to a relative's wallet."""

    sender: Who
    recipient: Who
    amount_fen: Yuan = Field(alias="amount")
    relation: Relation | None = None
    origin: Origin = Field(default=Origin.ACCOUNT, alias="from")


class AcceptNode(Node):
    """A transfer that its recipient accepts."""

    person: Who
    transfer: TransferId


class OrderNode(Node):
    """Another order of a beneficiary's grantors, first to pay first."""

    family: Family
    beneficiary: Who
    grantors: tuple[Who, ...]


class SetAsideNode(Node):
    """Money of a grantor's set aside for the family."""

    family: Family
    grantor: Who
    amount_fen: Yuan = Field(alias="amount")


class QuotaNode(PairNode):
    """The whole quota of a beneficiary from now on."""

    amount_fen: Yuan = Field(alias="amount")


class DivorceNode(Node):
    """A divorce."""

    family: Family
    spouses: tuple[Who, Who]


class HoldNode(Node):
    """Money set aside for a claim."""

    claim: ClaimName
    until: When


class PartNode(Node):
    """A part of one line of a claim."""

    no: int
    own_fen: Yuan | None = Field(default=None, alias="own")
    fund_fen: Yuan | None = Field(default=None, alias="fund")


class PartsNode(Node):
    """A claim, all of it or parts of its lines."""

    SHORT: ClassVar[str] = "claim"

    claim: ClaimName
    lines: tuple[PartNode, ...] = ()


class ReverseNode(Node):
    """A message whose outcome is not known; the patient, where it may never have arrived."""

    SHORT: ClassVar[str] = "message"

    message: MessageId
    patient: Who | None = None
