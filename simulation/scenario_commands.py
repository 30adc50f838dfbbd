"""From what a scenario says to what the ledger is asked: the opening and each step as commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from msgspec.structs import replace

from domain.benefit import Share
from domain.claim import Claim, ClaimLine, ClaimRequest, Institution
from domain.codes import Card, Coverage, CreditKind, Insurance, Segment
from domain.filing import Stay
from domain.ids import ClaimId, InstitutionId, MessageId, PersonId, PoolId, settlement_id
from domain.pool import Authorization
from domain.time import SHANGHAI
from ledger import commands as c
from ledger.commands import Command
from simulation.scenario_deeds import (
    AuthorizeNode,
    BindNode,
    CardNode,
    FileNode,
    HoldNode,
    PairNode,
    PartsNode,
    ReverseNode,
    UnbindNode,
)
from simulation.scenario_nodes import ClaimNode, LimitsNode, RelationNode
from simulation.scenario_pricing import Books, Visit, priced
from simulation.scenario_steps import ScenarioNode, StepNode
from simulation.scenario_values import Moment


class Setting(NamedTuple):
    """What the commands of one step depend on beside the step.

    `message` gives the ledger's key for a message that the scenario names.
    """

    scenario: ScenarioNode
    day: date
    claim_of: Callable[[ClaimId], Claim | None]
    message: Callable[[str], MessageId]
    books: Books


class Opening(NamedTuple):
    """One part of the opening: where it stands in the file, when it happens, what is asked."""

    path: tuple[str | int, ...]
    day: date
    commands: tuple[Command, ...]


def opening(scenario: ScenarioNode) -> list[Opening]:
    """Give the parts of the opening in order of time: people first, then families."""
    later = {step.enroll for step in scenario.steps}
    day = scenario.opening
    parts = [
        Opening(("people", person), day, tuple(enroll(scenario, PersonId(person))))
        for person in scenario.people
        if person not in later
    ]
    relations = []
    for family, bound in scenario.families.items():
        if bound:
            pool = c.OpenPool(pool=PoolId(family), opener=bound[0].grantor)
            parts.append(Opening(("families", family), day, (pool,)))
        for place, relation in enumerate(bound):
            since = relation.bound or day
            commands = tuple(_bind(PoolId(family), relation, since))
            relations.append(Opening(("families", family, place), since, commands))
    return parts + sorted(relations, key=lambda part: part.day)


def enroll(scenario: ScenarioNode, person: PersonId) -> Iterator[Command]:
    """Enrol a person; an employee gets an account with its balance as opening credits."""
    node = scenario.people[person]
    region = node.region or scenario.region
    yield c.Enroll(person=person, region=region, insurance=node.insurance, work=node.work)
    if node.insurance is Insurance.EMPLOYEE:
        yield c.OpenAccount(person=person)
    for segment, fen in (
        (Segment.CURRENT, node.balance.current_fen),
        (Segment.PRIOR, node.balance.prior_fen),
    ):
        if fen:
            yield c.Credit(
                person=person, amount_fen=fen, segment=segment, kind=CreditKind.TRANSFER_IN
            )


def commands_of(step: StepNode, setting: Setting) -> tuple[Command, ...]:
    """Give what the ledger is asked in a step; nothing where it is only asked a question."""
    make = _MAKE.get(step.verb)
    if make is None:
        return ()
    commands = tuple(make(getattr(step, step.verb), setting))
    return tuple(replace(command, note=step.note) for command in commands)


def request_of(claim: ClaimId, setting: Setting) -> ClaimRequest:
    """Give a claim as the institution would send it.

    Raises:
        Unpriced: its bill cannot be priced.
    """
    node = setting.scenario.claims[claim]
    place = node.institution
    return ClaimRequest(
        claim=claim,
        patient=node.patient,
        institution=Institution(
            id=place.id or InstitutionId(place.place),
            place=place.place,
            region=place.region or setting.scenario.region,
            designated=place.designated,
            connected=place.connected,
        ),
        service_date=node.service_date or setting.day,
        credential=node.credential,
        use_accounts=node.use_accounts,
        aid_requested=node.aid_requested,
        emergency=node.emergency,
        lines=share_of(node, setting).lines if node.bill else tuple(_lines(node)),
    )


def share_of(node: ClaimNode, setting: Setting) -> Share:
    """Price the bill of a claim.

    Raises:
        Unpriced: it cannot be priced.
    """
    assert node.bill is not None, "held by the reader of the file"
    return priced(
        node,
        node.bill,
        books=setting.books,
        visit=Visit(
            node.service_date or setting.day, node.institution.region or setting.scenario.region
        ),
        benefit=setting.scenario.benefit,
    )


def _lines(node: ClaimNode) -> Iterator[ClaimLine]:
    for no, line in enumerate(node.lines, start=1):
        yield ClaimLine(
            no=no,
            category=line.category,
            total_fen=line.total_fen,
            fund_fen=line.fund_fen,
            outside_catalogue=line.outside_catalogue,
        )


def instant(moment: Moment) -> datetime:
    """Give the instant of a moment in Shanghai: its time, or else the start of its day."""
    return datetime.combine(moment.day, moment.clock or time.min, SHANGHAI).astimezone(UTC)


def _bind(pool: PoolId, node: RelationNode, day: date) -> Iterator[Command]:
    grantor, beneficiary = node.grantor, node.beneficiary
    yield c.Bind(
        pool=pool,
        grantor=grantor,
        beneficiary=beneficiary,
        relation=node.relation,
        evidence=node.evidence,
    )
    if node.authorize.begins == "at_once":
        yield c.AuthorizeUse(
            pool=pool,
            grantor=grantor,
            beneficiary=beneficiary,
            authorization=_authorization(node.authorize, day),
        )


def _authorization(limits: LimitsNode, day: date) -> Authorization:
    return Authorization(
        first_day=limits.first_day or day,
        last_day=limits.last_day,
        places=limits.places,
        categories=limits.categories,
        per_use_fen=limits.per_use_fen,
        per_day_fen=limits.per_day_fen,
        per_year_fen=limits.per_year_fen,
        joint_year_fen=limits.joint_year_fen,
        retained_fen=limits.retained_fen,
    )


def _coverage(to: Coverage) -> _Make:
    return lambda node, _: [c.ChangeCoverage(person=node.person, to=to, on=node.since)]


def _withdraw(node: PairNode, _: Setting) -> list[Command]:
    return [c.WithdrawUse(pool=node.family, grantor=node.grantor, beneficiary=node.beneficiary)]


def _unbind(node: UnbindNode, _: Setting) -> list[Command]:
    return [
        c.Unbind(
            pool=node.family,
            grantor=node.grantor,
            beneficiary=node.beneficiary,
            asked_by=node.asked_by,
        )
    ]


def _card(node: CardNode, _: Setting) -> list[Command]:
    if node.status == "replaced":
        return [c.ReplaceCard(person=node.person)]
    return [c.ReportCard(person=node.person, card=Card(node.status))]


def _authorize(node: AuthorizeNode, setting: Setting) -> list[Command]:
    return [
        c.AuthorizeUse(
            pool=node.family,
            grantor=node.grantor,
            beneficiary=node.beneficiary,
            authorization=_authorization(node, setting.day),
        )
    ]


def _bind_step(node: BindNode, setting: Setting) -> Iterator[Command]:
    return _bind(node.family, node, setting.day)


def _hold(node: HoldNode, setting: Setting) -> list[Command]:
    request = request_of(node.claim, setting)
    return [c.AuthorizeClaim(request=request, expires_at=instant(node.until))]


def _capture(node: PartsNode, _: Setting) -> list[Command]:
    return [c.Capture(claim=node.claim, own_fen=_own(node))]


def _cancel(node: PartsNode, setting: Setting) -> list[Command]:
    claim = setting.claim_of(node.claim)
    settlement = settlement_id(node.claim, claim.attempt if claim else 1)
    fund = {line.no: line.fund_fen for line in node.lines if line.fund_fen is not None} or None
    return [c.Cancel(settlement=settlement, own_fen=_own(node), fund_fen=fund)]


def _file(node: FileNode, _: Setting) -> list[Command]:
    stay = Stay(node.admitted, node.discharged) if node.admitted else None
    return [
        c.RecordFiling(
            person=node.person, kind=node.kind, place=node.place, on=node.since, stay=stay
        )
    ]


def _own(node: PartsNode) -> dict[int, int] | None:
    return {line.no: line.own_fen for line in node.lines if line.own_fen is not None} or None


def _reverse(node: ReverseNode, setting: Setting) -> list[Command]:
    return [c.Reverse(message=setting.message(node.message), patient=node.patient)]


_Make = Callable[[Any, Setting], Iterable[Command]]

_MAKE: Mapping[str, _Make] = {
    "enroll": lambda person, setting: enroll(setting.scenario, person),
    "suspend": _coverage(Coverage.SUSPENDED),
    "resume": _coverage(Coverage.ACTIVE),
    "end": _coverage(Coverage.ENDED),
    "die": _coverage(Coverage.DECEASED),
    "move": lambda node, _: [c.Move(person=node.person, to=node.to, on=node.since)],
    "retire": lambda node, _: [c.Retire(person=node.person, on=node.since)],
    "card": _card,
    "file": _file,
    "refile": lambda node, _: [
        c.ChangeFiling(
            person=node.person,
            filing=node.filing,
            place=node.place,
            proof=node.proof,
            on=node.since,
        )
    ],
    "unfile": lambda node, _: [
        c.EndFiling(person=node.person, filing=node.filing, proof=node.proof, on=node.since)
    ],
    "credit": lambda node, _: [c.Credit(**dict(node))],
    "take_back": lambda node, _: [c.TakeBack(**dict(node))],
    "roll": lambda node, _: [c.RollYear(person=node.person, on=node.since)],
    "out_of_area": lambda node, _: [c.SwitchOutOfArea(person=node.person, to=node.allowed)],
    "close": lambda node, _: [c.CloseAccount(**dict(node))],
    "open": lambda node, _: [c.OpenPool(pool=node.family, opener=node.opener)],
    "bind": _bind_step,
    "review": lambda node, _: [
        c.Review(
            pool=node.family,
            grantor=node.grantor,
            beneficiary=node.beneficiary,
            approved=node.approved,
        )
    ],
    "authorize": _authorize,
    "withdraw": _withdraw,
    "order": lambda node, _: [
        c.SetOrder(pool=node.family, beneficiary=node.beneficiary, grantors=node.grantors)
    ],
    "set_aside": lambda node, _: [
        c.SetAside(pool=node.family, grantor=node.grantor, amount_fen=node.amount_fen)
    ],
    "quota": lambda node, _: [
        c.SetQuota(
            pool=node.family,
            grantor=node.grantor,
            beneficiary=node.beneficiary,
            quota_fen=node.amount_fen,
        )
    ],
    "unbind": _unbind,
    "give": lambda node, _: [
        c.Give(
            pool=node.family,
            grantor=node.grantor,
            beneficiary=node.beneficiary,
            amount_fen=node.amount_fen,
        )
    ],
    "open_wallet": lambda person, _: [c.OpenWallet(person=person)],
    "send": lambda node, _: [c.Send(**dict(node))],
    "accept": lambda node, _: [c.Accept(**dict(node))],
    "come_back": lambda transfer, _: [c.ReturnTransfer(transfer=transfer)],
    "divorce": lambda node, _: [c.ReportDivorce(pool=node.family, spouses=node.spouses)],
    "settle": lambda claim, setting: [c.Settle(request=request_of(claim, setting))],
    "hold": _hold,
    "capture": _capture,
    "release": lambda claim, _: [c.Release(claim=claim)],
    "expire": lambda claim, _: [c.Expire(claim=claim)],
    "cancel": _cancel,
    "reverse": _reverse,
}
"""The commands of every step that asks the ledger for a change."""
