"""The events added up by hand, read as plain JSON from the stored bytes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Key = tuple[str, str, int]


@dataclass
class Column:
    """One account: money by segment, open holds by claim, and what came in and went out."""

    available: Counter[str] = field(default_factory=Counter)
    aside: dict[str, Counter[str]] = field(default_factory=dict)
    holds: dict[str, Counter[str]] = field(default_factory=dict)
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    uses: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    came_in: int = 0
    went_out: int = 0

    @property
    def held(self) -> Counter[str]:
        """Add up the open holds."""
        return sum(self.holds.values(), Counter())

    def enter(self, fact: str, body: Json, owner: str) -> None:
        """Enter one fact of the account."""
        if fact == "year_rolled":
            for purse in (self.available, *self.aside.values(), *self.holds.values()):
                purse["prior_fen"] += purse.pop("current_fen", 0)
            return
        if fact in {"debited", "held"}:
            self.uses[body["claim"]] = (
                body["beneficiary"],
                str(body["account_year"]),
                body["service_date"],
            )
        sign, amount = self._moved(fact, body)
        waits_for = body.get("purse", "")
        if fact.startswith("set_aside"):
            self._set_aside(waits_for, -sign, amount)
            if body.get("ended", False):
                assert not any(self.aside.pop(waits_for).values()), "it ends empty"
            waits_for = ""
        purse = self.aside[waits_for] if waits_for else self.available
        for segment, fen in amount.items():
            purse[segment] += sign * fen
        if fact in {"debited", "held", "captured", "released", "restored"}:
            self._use(body["claim"], -sign * sum(amount.values()), owner)

    def _set_aside(self, waits_for: str, sign: int, amount: dict[str, int]) -> None:
        purse = self.aside.setdefault(waits_for, Counter())
        for segment, fen in amount.items():
            purse[segment] += sign * fen

    def _moved(self, fact: str, body: Json) -> tuple[int, dict[str, int]]:
        """Give the sign and the amount by which a fact changes what is available."""
        match fact:
            case "credited":
                self.came_in += sum(body["amount"].values())
                return 1, body["amount"]
            case "taken_back":
                self.came_in -= sum(body["amount"].values())
                return -1, body["amount"]
            case "debited":
                self.went_out += sum(body["taken"].values())
                return -1, body["taken"]
            case "closed" | "paid_out" | "passed_on":
                self.went_out += sum(body["paid_out"].values())
                return -1, body["paid_out"]
            case "held":
                assert body["claim"] not in self.holds
                self.holds[body["claim"]] = Counter(body["held"])
                return -1, body["held"]
            case "captured" | "released":
                del self.holds[body["claim"]]
                self.went_out += sum(body.get("taken", {}).values())
                return 1, body["returned"]
            case "given":
                self.went_out += sum(body["amount"].values())
                return -1, body["amount"]
            case "received":
                self.came_in += sum(body["amount"].values())
                return 1, body["amount"]
            case "transfer_returned":
                self.went_out -= sum(body["returned"].values())
                return 1, body["returned"]
            case "set_aside":
                return -1, body["amount"]
            case "set_aside_returned":
                return 1, body["amount"]
            case "restored":
                self.went_out -= sum(body["returned"].values())
                return 1, body["returned"]
            case _:
                return 1, {}

    def _use(self, claim: str, fen: int, owner: str) -> None:
        beneficiary, *periods = self.uses[claim]
        if beneficiary != owner:
            for period in periods:
                self.used[beneficiary, period] += fen


@dataclass
class WalletColumn:
    """One wallet: money, open holds by claim, what waits by transfer, and what came and went."""

    available: int = 0
    holds: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    came_in: int = 0
    went_out: int = 0

    def enter(self, fact: str, body: Json) -> None:
        """Enter one fact of the wallet."""
        match fact:
            case "sent":
                self.pending[body["transfer"]] = body["amount_fen"]
                if body["origin"] == "account":
                    self.came_in += body["amount_fen"]
                else:
                    self.available -= body["amount_fen"]
            case "accepted":
                self.went_out += self.pending.pop(body["transfer"])
            case "returned":
                fen = self.pending.pop(body["transfer"])
                if body["origin"] == "account":
                    self.went_out += fen
                else:
                    self.available += fen
            case "received":
                self.available += body["amount_fen"]
                self.came_in += body["amount_fen"]
            case "debited":
                self.available -= body["taken_fen"]
                self.went_out += body["taken_fen"]
            case "restored":
                self.available += body["returned_fen"]
                self.went_out -= body["returned_fen"]
            case "held":
                self.holds[body["claim"]] = body["held_fen"]
                self.available -= body["held_fen"]
            case "captured" | "released":
                self.went_out += self.holds.pop(body["claim"]) - body["returned_fen"]
                self.available += body["returned_fen"]


@dataclass
class Payment:
    """One settlement: what was paid by account and line, and what went back so far."""

    paid: Counter[Key]
    cash: Counter[int]
    fund: Counter[int]
    whole: int = 0


@dataclass
class Columns:
    """All accounts and all settlements."""

    accounts: defaultdict[str, Column] = field(default_factory=lambda: defaultdict(Column))
    wallets: defaultdict[str, WalletColumn] = field(
        default_factory=lambda: defaultdict(WalletColumn)
    )
    on_the_way: int = 0  # fen that left a relative and have not arrived
    regions: dict[str, str] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)  # the settlement of each claim
    twice: list[str] = field(default_factory=list)

    def enter(self, topic: str, state: bytes) -> tuple[str, str]:
        """Enter one stored event and give its stream."""
        _, _, line = state.partition(b"\n")
        body = json.loads(line)
        kind, key = body["stream"]
        fact = {name: _named(name, value) for name, value in body["fact"].items()}
        stream, _, name = topic.partition(".")
        if stream == "account":
            self.accounts[key].enter(name, fact, key)
            self.on_the_way += _PASSED.get(topic, 0) * _passed(fact)
        elif stream == "wallet":
            self.wallets[key].enter(name, fact)
            if topic not in {"wallet.sent", "wallet.returned"} or fact["origin"] == "account":
                self.on_the_way += _PASSED.get(topic, 0) * fact.get("amount_fen", 0)
        elif stream == "claim":
            self._claim(key, name, fact)
        elif topic == "person.enrolled":
            self.regions[key] = fact["region"]
        elif topic == "person.moved":
            self.regions[key] = fact["region_after"]
        return kind, key

    def _claim(self, claim: str, name: str, fact: Json) -> None:
        if name in {"offered", "settled", "authorized"}:
            self.asked = {**getattr(self, "asked", {}), claim: fact["request"]}
        if name in {"settled", "captured"}:
            paid = fact["allocation"] if name == "settled" else fact
            if fact["settlement"] in self.payments:
                self.twice.append(fact["settlement"])
            lines = self.asked[claim]["lines"]
            self.payments[fact["settlement"]] = Payment(
                _legs(paid["legs"]),
                Counter(dict(paid["cash_fen"])),
                Counter({line["no"]: line.get("fund_fen", 0) for line in lines}),
            )
            self.current[claim] = fact["settlement"]
        elif name in {"cancelled", "reversed"} and (
            fact["legs"] or fact["cash_fen"] or fact["fund_fen"]
        ):
            payment = self.payments[self.current[claim]]
            payment.paid.subtract(_legs(fact["legs"]))
            payment.cash.subtract(dict(fact["cash_fen"]))
            payment.fund.subtract(dict(fact["fund_fen"]))
            payment.whole += name == "reversed" or fact["whole"]


_PASSED = {
    "account.given": 1,
    "account.received": -1,
    "account.transfer_returned": -1,
    "wallet.sent": -1,
    "wallet.accepted": 1,
    "wallet.received": -1,
    "wallet.returned": 1,
}
"""Whether money sets out for a relative with a fact, or arrives with it."""


def _passed(fact: Json) -> int:
    return sum((fact.get("amount") or fact.get("returned") or {}).values())


_AMOUNTS = {"amount", "taken", "paid_out", "held", "returned"}


def _named(name: str, value: Any) -> Any:  # noqa: ANN401  # any value of a fact
    """Give amounts by segment, which are written in a row; everything else as it is."""
    if name not in _AMOUNTS:
        return value
    return dict(zip(("current_fen", "prior_fen"), value, strict=True))


def _legs(legs: list[tuple[str, str, int, int]]) -> Counter[Key]:
    sums: Counter[Key] = Counter()
    for account, segment, line, fen in legs:
        sums[account, segment, line] += fen
    return sums
