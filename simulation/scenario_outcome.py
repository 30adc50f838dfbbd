"""What came of one step, and holding it against what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from domain.allocation import by_account, from_wallet
from domain.amounts import NOTHING, Amounts
from domain.claim import Allocation, Claim, ClaimRequest, Leg, Status, Trial
from domain.ids import PersonId
from domain.money import format_yuan
from domain.refusals import Refusal
from domain.text import Text
from domain.wallet import WALLET
from ledger.application import Application
from simulation.arithmetic import show
from simulation.scenario_steps import ExpectNode, StateNode, SumNode, WalletNode

Path = tuple[str | int, ...]


class Payment(NamedTuple):
    """Who pays what of a claim: asked about, held, or as it stands paid."""

    patient: PersonId
    fund_fen: int
    legs: tuple[Leg, ...]
    cash_fen: int

    @property
    def own_account_fen(self) -> int:
        """Give what the patient's own account pays, in fen."""
        own_fen = sum(leg.amount_fen for leg in self.legs if leg.account == self.patient)
        return own_fen - self.wallet_fen

    @property
    def wallet_fen(self) -> int:
        """Give what the patient's wallet pays, in fen."""
        return from_wallet(self.legs)

    @property
    def mutual_aid_fen(self) -> int:
        """Give what grantors' accounts pay, in fen."""
        paid_fen = sum(leg.amount_fen for leg in self.legs)
        return paid_fen - self.own_account_fen - self.wallet_fen

    @property
    def own_share_fen(self) -> int:
        """Give what the pooled fund does not pay, in fen."""
        return sum(leg.amount_fen for leg in self.legs) + self.cash_fen

    def by_account(self) -> dict[PersonId, Amounts]:
        """Give what each account pays, in order of payment; accounts that pay nothing are out."""
        return {who: paid for who, paid in by_account(self.legs).items() if paid != NOTHING}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step."""

    refusal: Refusal | None = None
    replayed: bool = False
    payment: Payment | None = None
    status: Status | None = None
    trials: tuple[Trial, ...] = ()
    value: Fraction | None = None
    last_day: str = ""


class Finding(NamedTuple):
    """One expectation under its path in the `expect` block, as expected and as it came."""

    path: Path
    what: Text
    expected: Text
    got: Text

    @property
    def differs(self) -> bool:
        """Tell whether it came otherwise."""
        return self.expected != self.got


def quoted(request: ClaimRequest, allocation: Allocation) -> Payment:
    """Give the payment that a quote promises or a hold sets aside."""
    return Payment(request.patient, request.fund_fen, allocation.legs, allocation.total_cash_fen)


def to_pay(request: ClaimRequest) -> Payment:
    """Give what a price asks for, before anybody has paid: the own share stands as cash."""
    return Payment(request.patient, request.fund_fen, (), request.own_fen)


def standing(claim: Claim) -> Payment:
    """Give the payment of a claim as it stands."""
    if claim.status is Status.HELD:
        return quoted(claim.request, claim.allocation)
    return Payment(
        claim.request.patient,
        sum(fen for _, fen in claim.fund_fen),
        claim.legs,
        sum(fen for _, fen in claim.cash_fen),
    )


def of_outcome(expect: ExpectNode, outcome: Outcome) -> Iterator[Finding]:
    """Hold what came of a step against what was expected; an unexpected refusal always differs."""
    if expect.refused or outcome.refusal:
        yield Finding(
            ("refused",),
            Text("办理结果", "outcome"),
            _done_or_refused(expect.refused),
            _done_or_refused(outcome.refusal.code if outcome.refusal else None),
        )
    if expect.replayed is not None:
        what = Text("返回原答复", "first answer given again")
        yield Finding(("replayed",), what, _word(expect.replayed), _word(outcome.replayed))
    if expect.status is not None:
        what = Text("费用单状态", "status of the claim")
        yield Finding(("status",), what, _word(expect.status), _word(outcome.status))
    yield from _of_payment(expect, outcome.payment)
    reasons = {t.account: t.reason for t in outcome.trials if t.purse != WALLET}
    for who, reason in expect.why.items():
        what = Text(f"{who} 的原因", f"reason for {who}")
        yield Finding(("why", who), what, _word(reason), _word(reasons.get(who)))
    if expect.last_day is not None:
        what = Text("手工报销截止日", "last day for a manual claim")
        yield Finding(("last_day",), what, _word(expect.last_day), _word(outcome.last_day))
    if expect.why_wallet is not None:
        asked = [trial.reason for trial in outcome.trials if trial.purse == WALLET]
        what = Text("钱包的原因", "reason for the wallet")
        got = _word(asked[0] if asked else None)
        yield Finding(("why_wallet",), what, _word(expect.why_wallet), got)
    yield from _of_value(expect, outcome.value)


def _of_payment(expect: ExpectNode, payment: Payment | None) -> Iterator[Finding]:
    for name, what in AMOUNTS.items():
        expected = getattr(expect, f"{name}_fen")
        if expected is not None:
            got = _yuan(getattr(payment, f"{name}_fen")) if payment else _NOTHING_PAID
            yield Finding((name,), what, _yuan(expected), got)
    if expect.paid is not None:
        paid = payment.by_account() if payment else {}
        what = Text("付款账户及次序", "paying accounts in order")
        yield Finding(("paid",), what, _list(expect.paid), _list(paid))
        for who, expected in expect.paid.items():
            what = Text(f"{who} 支付", f"paid by {who}")
            yield from _of_sum(("paid", who), what, expected, got=paid.get(who, NOTHING))


def _of_value(expect: ExpectNode, value: Fraction | None) -> Iterator[Finding]:
    got = _word(None) if value is None else _same(show(value))
    if expect.value is not None:
        yield Finding(("value",), Text("算得", "computed"), _same(show(expect.value)), got)
    if expect.printed is not None:
        printed = show(expect.printed)
        other = Text(f"不同于原文的 {printed}", f"other than the printed {printed}")
        what = Text("与原文比较", "against the source")
        yield Finding(("printed",), what, other, other if value != expect.printed else got)


def of_state(expect: StateNode, app: Application) -> Iterator[Finding]:
    """Hold what the books say against what was expected."""
    for who, expected in expect.balances.items():
        person = app.person(who)
        account = person.account if person else None
        what = Text(f"{who} 的余额", f"balance of {who}")
        available = account.available if account else None
        apart = _Apart(account.held, account.set_aside_amounts) if account else _Apart()
        yield from _of_sum(("balances", who), what, expected, got=available, apart=apart)
    for who, wallet in expect.wallets.items():
        yield from _of_wallet(who, wallet, app)
    for place, used in enumerate(expect.used):
        grantor = app.person(used.grantor)
        account = grantor.account if grantor else None
        fen = account.used_fen(used.beneficiary, str(used.period)) if account else None
        what = Text(
            f"{used.beneficiary} 在 {used.period} 已用 {used.grantor} 的额度",
            f"used by {used.beneficiary} of {used.grantor} in {used.period}",
        )
        got = _NO_ACCOUNT if fen is None else _yuan(fen)
        yield Finding(("used", place, "amount"), what, _yuan(used.amount_fen), got)
    yield from _of_relations(expect, app)
    for claim, status in expect.claims.items():
        found = app.claim(claim)
        what = Text(f"费用单 {claim} 的状态", f"status of claim {claim}")
        yield Finding(
            ("claims", claim), what, _word(status), _word(found.status if found else None)
        )


def _of_wallet(who: PersonId, expected: WalletNode, app: Application) -> Iterator[Finding]:
    """Compare every part of a wallet that is expected."""
    person = app.person(who)
    wallet = person.wallet if person else None
    for name, part in _IN_WALLET.items():
        fen = getattr(expected, f"{name}_fen")
        if fen is not None:
            what = Text(f"{who} 的钱包{part.zh}", f"wallet of {who}{part.en}")
            got = _NO_WALLET if wallet is None else _yuan(getattr(wallet, f"{name}_fen"))
            yield Finding(("wallets", who, name), what, _yuan(fen), got)


def _of_relations(expect: StateNode, app: Application) -> Iterator[Finding]:
    for place, node in enumerate(expect.relations):
        pool = app.pool(node.family)
        binding = pool.binding(node.grantor, node.beneficiary) if pool else None
        pair = f"{node.grantor} → {node.beneficiary}"
        what = Text(f"关系 {pair}", f"relation {pair}")
        standing = binding.standing if binding else None
        yield Finding(("relations", place, "is"), what, _word(node.standing), _word(standing))
        if node.ended_by is not None:
            why = Text(f"关系 {pair} 终止原因", f"end of relation {pair}")
            got = _word(binding.ended_by if binding else None)
            yield Finding(("relations", place, "by"), why, _word(node.ended_by), got)


class _Apart(NamedTuple):
    """What an account has beside what is available."""

    held: Amounts = NOTHING
    set_aside: Amounts = NOTHING


def _of_sum(
    path: Path, what: Text, expected: SumNode, *, got: Amounts | None, apart: _Apart | None = None
) -> Iterator[Finding]:
    """Compare every part of an amount that is expected; None stands for "no account"."""
    found, beside = got or NOTHING, apart or _Apart()
    parts = {
        "total": (expected.total_fen, found.total_fen, _TOTAL),
        "current": (expected.current_fen, found.current_fen, _CURRENT),
        "prior": (expected.prior_fen, found.prior_fen, _PRIOR),
        "held": (expected.held_fen, beside.held.total_fen, _HELD),
        "set_aside": (expected.set_aside_fen, beside.set_aside.total_fen, _SET_ASIDE),
    }
    for key, (wanted, came, part) in parts.items():
        if wanted is not None:
            named = Text(what.zh + part.zh, what.en + part.en)
            yield Finding((*path, key), named, _yuan(wanted), _yuan(came) if got else _NO_ACCOUNT)


AMOUNTS = {
    "fund": Text("基金支付", "pooled fund"),
    "own_share": Text("个人负担", "own share"),
    "own_account": Text("本人账户支付", "own account"),
    "wallet": Text("钱包支付", "wallet"),
    "mutual_aid": Text("共济支付", "mutual aid"),
    "cash": Text("现金", "cash"),
}
"""The amounts of a payment by the key under which they are expected."""

_TOTAL = Text("", "")
_CURRENT = Text("（当年）", " (current)")
_PRIOR = Text("（历年）", " (prior)")
_HELD = Text("（冻结）", " (held)")
_PENDING = Text("（待接收）", " (pending)")
_IN_WALLET = {"available": _TOTAL, "held": _HELD, "pending": _PENDING}
_NO_WALLET = Text("没有钱包", "no wallet")
_SET_ASIDE = Text("（划拨）", " (set aside)")
_NO_ACCOUNT = Text("没有个人账户", "no personal account")
_NOTHING_PAID = Text("没有付款", "no payment")
_NOTHING = Text("无", "nothing")
_DONE = Text("办成", "done")


def _done_or_refused(code: str | None) -> Text:
    return Text(f"拒绝 {code}", f"refused {code}") if code else _DONE


def _same(text: str) -> Text:
    return Text(text, text)


def _word(value: object) -> Text:
    return _NOTHING if value is None else _same(str(value).lower())


def _yuan(fen: int) -> Text:
    return _same(format_yuan(fen))


def _list(names: Mapping[PersonId, object]) -> Text:
    return _same(", ".join(names)) if names else _NOTHING
