"""The two sides of every settlement: what the claim says of an account, the account says too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from domain.account import (
    AccountCaptured,
    AccountDebited,
    AccountHeld,
    AccountRestored,
)
from domain.allocation import by_account, from_wallet
from domain.amounts import NOTHING, Amounts
from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimReversed,
    ClaimSettled,
)
from domain.codes import Segment
from domain.facts import Fact
from domain.ids import ClaimId, PersonId
from domain.money import format_yuan
from domain.text import Text
from domain.wallet import WALLET, WalletCaptured, WalletDebited, WalletHeld, WalletRestored
from ledger.check import Problem
from projections.reading import Recorded, readable
from projections.runner import positions

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ledger.store import Store

_CLAIM_SIDE = (ClaimSettled, ClaimAuthorized, ClaimCaptured, ClaimCancelled, ClaimReversed)
_ACCOUNT_SIDE = (AccountDebited, AccountHeld, AccountCaptured, AccountRestored)
_WALLET_SIDE = (WalletDebited, WalletHeld, WalletCaptured, WalletRestored)
_TOPICS = [fact.TOPIC for fact in (*_CLAIM_SIDE, *_ACCOUNT_SIDE, *_WALLET_SIDE)]


class _Key(NamedTuple):
    """What happened ("paid", "held", "back") to which account for which claim."""

    what: str
    claim: ClaimId
    settlement: str
    account: PersonId
    purse: str = ""


def settlement_problems(store: Store, engine: Engine) -> Iterator[Problem]:
    """Find commands in which claim and accounts do not tell the same."""
    found = readable(store, upto=max(positions(engine).values()), topics=_TOPICS)
    events = (each for each in found if isinstance(each, Recorded))
    for _, command in groupby(events, key=lambda each: each.event.meta.cause):
        yield from _command_problems(list(command))


def _command_problems(command: list[Recorded]) -> Iterator[Problem]:
    """Compare the two sides of one command: claims count up, accounts count down."""
    off: defaultdict[_Key, Amounts] = defaultdict(lambda: NOTHING)
    for _, event in command:
        fact = event.fact
        if isinstance(fact, _CLAIM_SIDE):
            for key, amount in _of_claim(ClaimId(event.stream.key), fact):
                off[key] += amount
        else:
            key, amount = _of_account(PersonId(event.stream.key), fact)
            off[key] -= amount
    position = command[0][0]
    for key, amount in off.items():
        if amount != NOTHING:
            yield _problem(position, key, amount=amount)


def _of_claim(claim: ClaimId, fact: Fact) -> Iterator[tuple[_Key, Amounts]]:
    settlement = ""  # only where both sides name it
    match fact:
        case ClaimSettled():
            what, settlement, legs = "paid", fact.settlement, fact.allocation.legs
        case ClaimAuthorized():
            what, legs = "held", fact.allocation.legs
        case ClaimCaptured():
            what, settlement, legs = "paid", fact.settlement, fact.legs
        case ClaimCancelled() | ClaimReversed():
            what, legs = "back", fact.legs
        case _:
            raise AssertionError(fact)
    for account, amount in by_account(legs).items():
        # A refund may go to another segment than it was paid from: money of a closed year.
        counted = amount.as_prior() if what == "back" else amount
        yield _Key(what, claim, settlement, account), counted
    patients = [leg.account for leg in legs if leg.segment is Segment.WALLET]
    if patients:
        yield _Key(what, claim, settlement, patients[0], WALLET), Amounts(0, from_wallet(legs))


def _of_account(owner: PersonId, fact: Fact) -> tuple[_Key, Amounts]:
    match fact:
        case AccountDebited() | AccountCaptured():
            return _Key("paid", fact.claim, fact.settlement, owner), fact.taken
        case AccountHeld():
            return _Key("held", fact.claim, "", owner), fact.held
        case AccountRestored():
            return _Key("back", fact.claim, "", owner), fact.returned.as_prior()
        case WalletDebited() | WalletCaptured():
            key = _Key("paid", fact.claim, fact.settlement, owner, WALLET)
            return key, Amounts(0, fact.taken_fen)
        case WalletHeld():
            return _Key("held", fact.claim, "", owner, WALLET), Amounts(0, fact.held_fen)
        case WalletRestored():
            return _Key("back", fact.claim, "", owner, WALLET), Amounts(0, fact.returned_fen)
        case _:
            raise AssertionError(fact)


_WHAT = {
    "paid": Text("支付", "paid"),
    "held": Text("冻结", "held"),
    "back": Text("退回", "given back"),
}


def _problem(position: int, key: _Key, *, amount: Amounts) -> Problem:
    what, yuan = _WHAT[key.what], format_yuan(amount.total_fen)
    return Problem(
        f"#{position} claim/{key.claim} person/{key.account}",
        Text(
            f"费用单与账户所记的{what.zh}金额不符，费用单多 {yuan} 元",
            f"claim and account differ in what was {what.en}: the claim says {yuan} yuan more",
        ),
    )
