"""Handlers of the commands about claims, and the gathering of what a decision looks at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from domain import holding, settlement, undoing
from domain.account import AccountPassedOn
from domain.allocation import Situation, from_wallet
from domain.claim import Status
from domain.eligibility import Candidate
from domain.facts import Kind
from domain.ids import claim_of, is_well_formed
from domain.pool import pool_stream
from domain.refusals import Code, refuse
from domain.time import service_date_of
from domain.undoing import Undo
from ledger import commands
from ledger.view import Refused, Result

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from domain.claim import Claim, ClaimRequest
    from domain.facts import Change
    from domain.ids import ClaimId, MessageId, PersonId
    from domain.person import Person
    from domain.pool import Binding, Pool
    from domain.rules import RuleSet
    from ledger.view import View


def situation(view: View, request: ClaimRequest) -> Situation:
    """Gather patient, grantors, pools and rules for a decision at the view's instant."""
    patient = view.person(request.patient)
    if view.key in patient.voided:
        raise Refused(refuse(Code.MESSAGE_VOIDED, message=view.key))
    pools = [view.pool(pool) for pool in sorted(patient.pools | patient.former_pools)]
    relations = relations_to(patient.id, pools)
    view.expire_if_due(request.claim)
    day = request.service_date
    own, version = _owner(view, patient.id)
    rules = view.rules(own.region_on(day), day)
    return Situation(
        patient=Candidate(own, version, rules),
        relatives=tuple(
            [_grantor(view, pool, binding, day=day, patients=rules) for pool, binding in relations]
        ),
        pools=tuple([(pool.id, view.version(pool_stream(pool.id))) for pool in pools]),
        claim=view.find_claim(request.claim),
        now=view.now,
    )


def _owner(view: View, person: PersonId) -> tuple[Person, int]:
    """Give the owner of an account, once what has run out of holds and transfers is back."""
    owner, version = view.person_at(person)
    if owner.wallet is None and (owner.account is None or not owner.account.holds):
        return owner, version
    view.expire_due((person,))
    return view.person_at(person)


def relations_to(patient: PersonId, pools: Iterable[Pool]) -> list[tuple[Pool, Binding]]:
    """Give one relation for each grantor of a patient: the open one, else the last one filed."""
    found: dict[PersonId, tuple[Pool, Binding]] = {}
    for pool in pools:
        for binding in pool.bindings.values():
            if binding.beneficiary != patient:
                continue
            other = found.get(binding.grantor)
            if other is None or binding.standing.is_open or not other[1].standing.is_open:
                found[binding.grantor] = (pool, binding)
    return list(found.values())


def _grantor(
    view: View, pool: Pool, binding: Binding, *, day: date, patients: RuleSet
) -> Candidate:
    """Make a candidate of a grantor; an area without rules closes that one account only."""
    person, version = _owner(view, binding.grantor)
    region = person.region_on(day)
    rules = patients if region == patients.region else view.find_rules(region, day)
    return Candidate(person, version, rules or patients, pool, binding, ruled=rules is not None)


def settle(command: commands.Settle, view: View) -> Result:
    """Settle a claim at once."""
    outcome = settlement.settle(command.request, situation(view, command.request))
    return _of_claim(view, command.request.claim, view.do(outcome))


def authorize(command: commands.AuthorizeClaim, view: View) -> Result:
    """Hold what a claim would be paid."""
    outcome = settlement.authorize(
        command.request, situation(view, command.request), expires_at=command.expires_at
    )
    return _of_claim(view, command.request.claim, view.do(outcome))


def capture(command: commands.Capture, view: View) -> Result:
    """Settle a held claim."""
    claim = _known(view, command.claim)
    outcome = holding.capture(claim, view.payers(claim), own_fen=command.own_fen, now=view.now)
    return _of_claim(view, command.claim, view.do(outcome))


def release(command: commands.Release, view: View) -> Result:
    """Give a hold back."""
    claim = _known(view, command.claim)
    outcome = holding.release(claim, view.payers(claim), now=view.now)
    return _of_claim(view, command.claim, view.do(outcome))


def expire(command: commands.Expire, view: View) -> Result:
    """Give back a hold that has run out."""
    claim = _known(view, command.claim)
    outcome = holding.expire(claim, view.payers(claim), now=view.now)
    return _of_claim(view, command.claim, view.do(outcome))


def cancel(command: commands.Cancel, view: View) -> Result:
    """Cancel a settlement, wholly or in part."""
    claim = _known(view, claim_of(command.settlement))
    if claim.settlement not in {command.settlement, None}:
        raise Refused(refuse(Code.UNKNOWN_CLAIM, claim=command.settlement))
    whole = command.own_fen is None and command.fund_fen is None
    outcome = undoing.cancel(
        claim,
        _reachable(view, claim),
        undo=None if whole else Undo(command.own_fen or {}, command.fund_fen or {}),
        rules=view.rules(claim.allocation.region, service_date_of(view.now)),
        now=view.now,
        ended=_ended(view, claim),
    )
    return _of_claim(view, claim.request.claim, view.do(outcome))


def reverse(command: commands.Reverse, view: View) -> Result:
    """Undo a message of unknown outcome; one that never arrived is made void."""
    message = command.message
    kept = view.answer(message)
    if kept is None:
        return _void(view, message, command.patient)
    answer = json.loads(kept)
    if "attempt" not in answer:
        raise Refused(refuse(Code.NOT_REVERSIBLE, message=message, status=answer["command"]))
    claim = view.claim(answer["claim"])
    undoable = _UNDOABLE.get(answer["status"], ())
    same = claim.attempt == answer["attempt"] and claim.status in undoable
    if not same or (claim.status is Status.OFFERED and _until(claim) != answer["expires_at"]):
        raise Refused(refuse(Code.NOT_REVERSIBLE, message=message, status=claim.status))
    outcome = undoing.reverse(claim, _reachable(view, claim), message=message, now=view.now)
    return _of_claim(view, claim.request.claim, view.do(outcome))


_UNDOABLE: dict[str, set[Status]] = {
    Status.OFFERED: {Status.OFFERED},
    Status.HELD: {Status.HELD},
    Status.SETTLED: {Status.SETTLED, Status.PARTLY_CANCELLED},
}
"""By what a message brought about: where the claim must stand for that to be undone."""


def _void(view: View, message: MessageId, patient: PersonId | None) -> Result:
    if not is_well_formed(message):
        raise Refused(refuse(Code.MALFORMED_KEY, key=message[:64]))
    if patient is None:
        raise Refused(refuse(Code.UNKNOWN_MESSAGE, message=message))
    person = view.person(patient)
    view.do(undoing.void(person, message=message, now=view.now))
    return Result(f"person/{patient}", {"person": patient, "voided": message})


def _known(view: View, claim: ClaimId) -> Claim:
    """Give a claim, unless the message that asks for it was made void."""
    known = view.claim(claim)
    if view.key in view.person(known.request.patient).voided:
        raise Refused(refuse(Code.MESSAGE_VOIDED, message=view.key))
    return known


def _reachable(view: View, claim: Claim) -> dict[PersonId, Person]:
    """Give the owners of the accounts a refund goes to, and their heirs."""
    owners = view.payers(claim)
    return owners | {heir: view.person(heir) for heir in undoing.heirs_of(owners)}


def _ended(view: View, claim: Claim) -> set[PersonId]:
    """Give the grantors who paid and have no relation to the patient any more, in no pool."""
    patient = view.person(claim.request.patient)
    bound = {
        binding.grantor
        for pool in map(view.pool, patient.pools)
        for binding in pool.open_bindings()
        if binding.beneficiary == patient.id
    }
    return {leg.account for leg in claim.legs} - bound - {patient.id}


def _until(claim: Claim) -> str:
    """Say when an offer ends, as its answer does."""
    assert claim.expires_at is not None
    return claim.expires_at.isoformat()


def _of_claim(view: View, claim: ClaimId, changes: tuple[Change, ...]) -> Result:
    """Give what the till wants to know: who pays how much, and where the claim stands now."""
    state = view.claim(claim)
    wallet = from_wallet(state.legs)
    own = sum(leg.amount_fen for leg in state.legs if leg.account == state.request.patient) - wallet
    answer: dict[str, object] = {
        "claim": claim,
        "attempt": state.attempt,
        "status": state.status,
        "settlement": state.settlement,
        "patient": state.request.patient,
        "fund_fen": sum(fen for _, fen in state.fund_fen),
        "own_account_fen": own,
        **({"wallet_fen": wallet} if wallet else {}),
        "mutual_aid_fen": sum(leg.amount_fen for leg in state.legs) - own - wallet,
        "cash_fen": sum(fen for _, fen in state.cash_fen),
        "held_fen": state.allocation.accounts_fen if state.status is Status.HELD else 0,
        "left_fen": {
            stream.key: left.total_fen
            for stream, fact in changes
            if stream.kind is Kind.PERSON and (left := getattr(fact, "left", None)) is not None
        },
    }
    if state.status is Status.OFFERED:
        answer["expires_at"] = _until(state)
    if back := _passed_on(changes):
        answer["refund_cash_fen"] = back
    return Result(f"claim/{claim}", answer)


def _passed_on(changes: tuple[Change, ...]) -> int:
    """Add up what of grantors' money is to be handed to the patient in cash, in fen."""
    passed_on = [fact for _, fact in changes if isinstance(fact, AccountPassedOn)]
    return sum(fact.paid_out.total_fen for fact in passed_on)
