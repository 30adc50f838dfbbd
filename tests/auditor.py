"""An independent, naive auditor: adds every fact up by hand and compares with the live states.

It reads facts as plain JSON and knows nothing of `evolve`. Each check names the invariant of
HOUSE.md that it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from domain import claim_fold, person, pool
from domain.account import Account
from domain.claim import Claim
from domain.codes import ACCOUNT_SEGMENTS
from domain.facts import Fact, Kind, Stream
from domain.wallet import Wallet
from tests.builders import as_data
from tests.world import World

Json = dict[str, Any]
_FOLD: dict[Kind, Callable[[Any, Fact], Any]] = {
    Kind.PERSON: person.evolve,
    Kind.POOL: pool.evolve,
    Kind.CLAIM: claim_fold.evolve,
}


def audit(world: World) -> None:
    """Hold I1, I2, I3, I4, I7, I9 and the double entry on a whole world."""
    for who, owner in world.people.items():
        book = _Book()
        for fact in world.history[owner.stream]:
            book.enter(fact.TOPIC, as_data(fact))
        if owner.account is not None:
            _check_account(owner.account, book)
        if owner.wallet is not None:
            _check_wallet(owner.wallet, book)
        assert owner.id == who
    for number, known in world.claims.items():
        _check_claim(world, number, known)
    _check_replay(world)


class _Book:
    """One account's columns, added up fact by fact."""

    def __init__(self) -> None:
        self.available: Counter[str] = Counter()
        self.aside: dict[str, Counter[str]] = {}
        self.held: dict[str, Counter[str]] = {}
        self.came_in = 0
        self.went_out = 0
        self.wallet: Counter[str] = Counter()  # available, held, pending; and what came and went

    def enter(self, topic: str, fact: Json) -> None:
        """Enter one fact of the owner's stream."""
        match topic:
            case "account.credited":
                self._in(fact["amount"])
                self.came_in += _sum(fact["amount"])
            case "account.taken_back":
                self._out(fact["amount"])
                self.came_in -= _sum(fact["amount"])
            case "account.restored":
                self._in(fact["returned"], fact["purse"])
                self.went_out -= _sum(fact["returned"])
            case "account.debited":
                self._out(fact["taken"], fact["purse"])
                self.went_out += _sum(fact["taken"])
            case "account.closed" | "account.paid_out" | "account.passed_on":
                self._out(fact["paid_out"])
                self.went_out += _sum(fact["paid_out"])
            case "account.held":
                self._out(fact["held"], fact["purse"])
                self.held[fact["claim"]] = Counter(fact["held"])
            case "account.captured" | "account.released":
                held = self.held.pop(fact["claim"])
                self._in(fact["returned"], fact["purse"])
                self.went_out += _sum(held) - _sum(fact["returned"])
            case "account.given":
                self._out(fact["amount"])
                self.went_out += _sum(fact["amount"])
            case "account.received":
                self._in(fact["amount"])
                self.came_in += _sum(fact["amount"])
            case "account.transfer_returned":
                self._in(fact["returned"])
                self.went_out -= _sum(fact["returned"])
            case "account.set_aside":
                self._out(fact["amount"])
                self.aside.setdefault(fact["purse"], Counter()).update(fact["amount"])
            case "account.set_aside_returned":
                self._in(fact["amount"])
                self.aside[fact["purse"]].subtract(fact["amount"])
                if fact["ended"]:
                    assert not any(self.aside.pop(fact["purse"]).values()), "I1"
            case "account.year_rolled":
                for column in (self.available, *self.aside.values(), *self.held.values()):
                    column["prior_fen"] += column["current_fen"]
                    column["current_fen"] = 0

        if topic.startswith("wallet."):
            self._enter_wallet(topic, fact)

    def _enter_wallet(self, topic: str, fact: Json) -> None:
        """Enter one fact of the wallet: each moves fen between two places, one of them outside."""
        own = fact.get("origin") == "wallet"
        moves = {
            "wallet.sent": [("available" if own else "outside", "pending", "amount_fen")],
            "wallet.accepted": [("pending", "outside", "amount_fen")],
            "wallet.returned": [("pending", "available" if own else "outside", "amount_fen")],
            "wallet.received": [("outside", "available", "amount_fen")],
            "wallet.debited": [("available", "outside", "taken_fen")],
            "wallet.held": [("available", "held", "held_fen")],
            "wallet.captured": [
                ("held", "outside", "taken_fen"),
                ("held", "available", "returned_fen"),
            ],
            "wallet.released": [("held", "available", "returned_fen")],
            "wallet.restored": [("outside", "available", "returned_fen")],
        }
        for source, target, name in moves.get(topic, ()):
            self.wallet[source] -= fact[name]
            self.wallet[target] += fact[name]

    def _in(self, amount: dict[str, int], purse: str = "") -> None:
        (self.aside[purse] if purse else self.available).update(amount)

    def _out(self, amount: dict[str, int], purse: str = "") -> None:
        (self.aside[purse] if purse else self.available).subtract(amount)


def _check_account(account: Account, book: _Book) -> None:
    for segment in ACCOUNT_SEGMENTS:
        column = f"{segment.value}_fen"
        assert account.available.of(segment) == book.available[column], "I3"
        assert book.available[column] >= 0, "I2"
        assert account.held.of(segment) == sum(c[column] for c in book.held.values()), "I4"
        assert all(c[column] >= 0 for c in book.held.values()), "I2"
        for purse, kept in book.aside.items():
            assert account.set_aside[purse].amount.of(segment) == kept[column] >= 0, "I2, I3"
    assert set(account.holds) == set(book.held), "I4"
    assert set(account.set_aside) == set(book.aside), "I3"
    apart = (*book.aside.values(), *book.held.values())
    inside = _sum(book.available) + sum(_sum(c) for c in apart)
    assert book.came_in - book.went_out == inside, "I1"
    assert account.credited_fen == book.came_in, "I1"
    assert account.paid_fen == book.went_out, "I1"


def _check_wallet(wallet: Wallet, book: _Book) -> None:
    parts = (wallet.available_fen, wallet.held_fen, wallet.pending_fen)
    booked = tuple(book.wallet[name] for name in ("available", "held", "pending"))
    assert parts == booked, "I3"
    assert min(parts) >= 0, "I2"
    assert wallet.came_in_fen - wallet.went_out_fen == -book.wallet["outside"], "I1"


def _check_claim(world: World, number: str, known: Claim) -> None:
    """Hold line by line conservation, and that the claim's side equals the accounts' side."""
    asked = {line.no: line.own_fen for line in known.request.lines}
    decided = Counter(dict(known.allocation.cash_fen))
    for leg in known.allocation.legs:
        assert leg.amount_fen > 0, "I2"
        decided[leg.line] += leg.amount_fen
    assert dict(decided) == asked, "I1"
    assert all(fen >= 0 for _, fen in (*known.cash_fen, *known.fund_fen)), "I7"
    assert all(leg.amount_fen >= 0 for leg in known.legs), "I7"
    paid: Counter[str] = Counter()
    for leg in known.legs:
        paid[leg.account] += leg.amount_fen
    booked = _booked(world, number)
    assert {k: v for k, v in paid.items() if v} == {k: v for k, v in booked.items() if v}


def _booked(world: World, number: str) -> Counter[str]:
    """Add up what each account paid for a claim, less what came back."""
    booked: Counter[str] = Counter()
    for who, owner in world.people.items():
        for fact in world.history[owner.stream]:
            body = as_data(fact)
            if body.get("claim") != number:
                continue
            match fact.TOPIC:
                case "account.debited" | "account.captured":
                    booked[who] += _sum(body["taken"])
                case "account.restored":
                    booked[who] -= _sum(body["returned"])
                case "wallet.debited" | "wallet.captured":
                    booked[who] += body["taken_fen"]
                case "wallet.restored":
                    booked[who] -= body["returned_fen"]
    return booked


def _check_replay(world: World) -> None:
    """Fold every stream again from zero (I9)."""
    live: dict[Stream, object] = {
        each.stream: each
        for states in (world.people, world.pools, world.claims)
        for each in states.values()
    }
    for stream, facts in world.history.items():
        state: Any = None
        for fact in facts:
            state = _FOLD[stream.kind](
                state, msgspec.json.decode(msgspec.json.encode(fact), type=type(fact))
            )
        assert state == live[stream], "I9"


def _sum(amount: dict[str, int]) -> int:
    return sum(amount.values())
