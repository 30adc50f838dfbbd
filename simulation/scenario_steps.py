"""The shape of a scenario: its steps, what is expected of them, and the whole file.

What the keys mean to somebody who writes a scenario stands in docs/scenarios.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StrictBool, model_validator

from domain.claim import Status
from domain.codes import EndReason
from domain.ids import MessageId, RegionCode, TransferId
from domain.pool import Standing
from domain.reasons import Reason
from domain.refusals import Code
from domain.text import Text
from simulation.scenario_deeds import (
    AcceptNode,
    AuthorizeNode,
    BindNode,
    CardNode,
    CloseNode,
    CreditNode,
    DeadlineNode,
    DivorceNode,
    FileNode,
    GiveNode,
    HoldNode,
    MoveNode,
    OpenNode,
    OrderNode,
    PairNode,
    PartsNode,
    QuotaNode,
    RefileNode,
    ReverseNode,
    ReviewNode,
    SendNode,
    SetAsideNode,
    SwitchNode,
    TakeBackNode,
    UnbindNode,
    UnfileNode,
    WhoNode,
)
from simulation.scenario_nodes import (
    Benefit,
    BoundNode,
    ClaimNode,
    Node,
    PersonNode,
    SourceNode,
    TitleNode,
)
from simulation.scenario_values import ClaimName, Day, Exact, When, Who, Words, Yuan, wrong


class SumNode(Node):
    """An amount of an account; a bare amount is all that is available, in both segments."""

    SHORT: ClassVar[str] = "total"

    total_fen: Yuan | None = Field(default=None, alias="total")
    current_fen: Yuan | None = Field(default=None, alias="current")
    prior_fen: Yuan | None = Field(default=None, alias="prior")
    held_fen: Yuan | None = Field(default=None, alias="held")
    set_aside_fen: Yuan | None = Field(default=None, alias="set_aside")


class WalletNode(Node):
    """What is in a wallet; a bare amount is what is available."""

    SHORT: ClassVar[str] = "available"

    available_fen: Yuan | None = Field(default=None, alias="available")
    held_fen: Yuan | None = Field(default=None, alias="held")
    pending_fen: Yuan | None = Field(default=None, alias="pending")


class UsedNode(Node):
    """How much of a limit a relative has used: in a day, or in an account year."""

    grantor: Who
    beneficiary: Who
    period: int | str = Field(alias="in")
    amount_fen: Yuan = Field(alias="amount")


class StandingNode(PairNode):
    """Where a relation stands, and why it ended."""

    standing: Standing = Field(alias="is")
    ended_by: EndReason | None = Field(default=None, alias="by")


class StateNode(Node):
    """What the books should say."""

    balances: Mapping[Who, SumNode] = {}
    wallets: Mapping[Who, WalletNode] = {}
    used: tuple[UsedNode, ...] = ()
    relations: tuple[StandingNode, ...] = ()
    claims: Mapping[ClaimName, Status] = {}


class ExpectNode(StateNode):
    """What a step should bring about, and what the books should say after it."""

    refused: Code | None = None
    replayed: StrictBool | None = None
    status: Status | None = None
    fund_fen: Yuan | None = Field(default=None, alias="fund")
    own_share_fen: Yuan | None = Field(default=None, alias="own_share")
    own_account_fen: Yuan | None = Field(default=None, alias="own_account")
    wallet_fen: Yuan | None = Field(default=None, alias="wallet")
    mutual_aid_fen: Yuan | None = Field(default=None, alias="mutual_aid")
    cash_fen: Yuan | None = Field(default=None, alias="cash")
    paid: Mapping[Who, SumNode] | None = None  # exactly these accounts, in this order
    why: Mapping[Who, Reason] = {}
    last_day: Literal["unknown"] | Day | None = None  # of `deadline`
    why_wallet: Reason | None = None
    value: Exact | None = None
    printed: Exact | None = None  # what the source printed and the arithmetic does not give


class StepNode(Node):
    """One thing that happens, or only a look at the books, and what is expected of it."""

    on: When | None = None
    message: MessageId = MessageId("")
    note: str = ""
    expect: ExpectNode | None = None

    enroll: Who | None = None
    suspend: WhoNode | None = None
    resume: WhoNode | None = None
    end: WhoNode | None = None
    die: WhoNode | None = None
    move: MoveNode | None = None
    retire: WhoNode | None = None
    card: CardNode | None = None
    file: FileNode | None = None
    refile: RefileNode | None = None
    unfile: UnfileNode | None = None
    deadline: DeadlineNode | None = None
    credit: CreditNode | None = None
    take_back: TakeBackNode | None = None
    roll: WhoNode | None = None
    out_of_area: SwitchNode | None = None
    close: CloseNode | None = None
    open: OpenNode | None = None
    bind: BindNode | None = None
    review: ReviewNode | None = None
    authorize: AuthorizeNode | None = None
    withdraw: PairNode | None = None
    order: OrderNode | None = None
    set_aside: SetAsideNode | None = None
    quota: QuotaNode | None = None
    unbind: UnbindNode | None = None
    divorce: DivorceNode | None = None
    price: ClaimName | None = None
    give: GiveNode | None = None
    open_wallet: Who | None = None
    send: SendNode | None = None
    accept: AcceptNode | None = None
    come_back: TransferId | None = None
    quote: ClaimName | None = None
    settle: ClaimName | None = None
    hold: HoldNode | None = None
    capture: PartsNode | None = None
    release: ClaimName | None = None
    expire: ClaimName | None = None
    cancel: PartsNode | None = None
    reverse: ReverseNode | None = None
    compute: Exact | None = None

    @property
    def verb(self) -> str:
        """Give the one key that says what happens, empty for a look at the books."""
        return next((verb for verb in VERBS if getattr(self, verb) is not None), "")

    @model_validator(mode="after")
    def _one_verb(self) -> Self:
        verbs = [verb for verb in VERBS if getattr(self, verb) is not None]
        if len(verbs) > 1:
            given = ", ".join(verbs)
            raise wrong(Text(f"一步只做一件事：{given}", f"one thing a step: {given}"))
        if not verbs and self.expect is None:
            raise wrong(Text("这一步没有动作，也没有预期", "a step without action or expectation"))
        return self


VERBS = tuple(
    name for name in StepNode.model_fields if name not in {"on", "message", "note", "expect"}
)


class ScenarioNode(Node):
    """A whole scenario."""

    format: Literal["gongji-scenario/1"] = Field(alias="schema")
    title: TitleNode
    shows: TitleNode
    sources: Annotated[tuple[SourceNode, ...], Field(min_length=1)]
    region: RegionCode
    opening: Day
    benefit: Benefit | None = None  # instead of the area's, where a source speaks of another
    figures: Mapping[Words, int | str] = {}
    people: Mapping[Words, PersonNode] = {}
    families: Mapping[Words, tuple[BoundNode, ...]] = {}
    claims: Mapping[Words, ClaimNode] = {}
    steps: tuple[StepNode, ...]
    expect: StateNode | None = None
