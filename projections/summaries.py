"""A state in a few figures: what an auditor looks at first of a person, a pool or a claim.

Names that end in `_fen` are amounts; codes stay codes. The same figures serve the history of one
stream and the comparison of two moments.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.claim import Claim
from domain.finding import Finding
from domain.person import Person
from domain.pool import Binding, Pool
from domain.record import Record
from projections.expected import claim_row
from projections.register import NOT_AUTHORIZED, authorized

Figures = dict[str, Any]
"""Figures and codes by name."""


def summary(state: object) -> Figures:
    """Give the figures of a person, pool, claim or finding, or of another state its plain fields.

    There are none where there is nothing yet.
    """
    match state:
        case Person():
            return {**standing_of(state), **money_of(state)}
        case Pool():
            return _pool(state)
        case Claim():
            return claim_row(state)
        case Finding():
            return _finding(state)
        case Record():
            fields = ((name, getattr(state, name)) for name in state.__struct_fields__)
            return {name: value for name, value in fields if isinstance(value, _PLAIN)}
        case _:
            return {}


_PLAIN = (int, str, date)


def money_of(person: Person) -> Figures:
    """Give what a person's account and wallet hold, in fen; nothing of what there never was."""
    account, wallet = person.account, person.wallet
    figures: Figures = {}
    if account is not None:
        figures |= {
            "available_fen": account.available.total_fen,
            "held_fen": account.held.total_fen,
            "set_aside_fen": account.set_aside_amounts.total_fen,
        }
    if wallet is not None:
        figures |= {
            "wallet_fen": wallet.available_fen,
            "wallet_held_fen": wallet.held_fen,
            "wallet_pending_fen": wallet.pending_fen,
        }
    return figures


def standing_of(person: Person) -> Figures:
    """Give how a person is insured, and whether there is an account."""
    account = person.account
    return {
        "region": person.region,
        "insurance": person.insurance,
        "work": person.work,
        "coverage": person.coverage_now,
        "card": person.card,
        "account": "none" if account is None else "closed" if account.closed else "open",
    }


def relation_figures(pool: Pool, binding: Binding) -> Figures:
    """Give one relation, what is authorized, and its place in the order of deduction."""
    allowed = binding.authorization
    order = pool.orders.get(binding.beneficiary, ())
    return {
        "relation": binding.relation,
        "standing": binding.standing,
        "filing_no": binding.filing_no,
        "active_from": binding.active_from,
        "ended_by": binding.ended_by,
        **(authorized(allowed) if allowed else NOT_AUTHORIZED),
        "drawn": order.index(binding.grantor) + 1 if binding.grantor in order else None,
    }


def _finding(finding: Finding) -> Figures:
    return {
        "step": finding.status,
        "amount_fen": finding.case.amount_fen,
        "object_by": finding.object_by,
        "handling": finding.handling,
        "recover_fen": finding.recover_fen,
    }


def _pool(pool: Pool) -> Figures:
    relations = list(pool.open_bindings())
    sides = {side for it in relations for side in (it.grantor, it.beneficiary)}
    return {
        "members": len(sides),
        "relations": len(relations),
        "authorizations": sum(it.authorization is not None for it in relations),
    }
