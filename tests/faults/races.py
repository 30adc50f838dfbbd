"""The races: pairs of commands of which one makes the other impossible, or leaves it less."""

from __future__ import annotations

from datetime import timedelta

from domain.claim import ClaimRequest, Status
from domain.ids import settlement_id
from domain.reasons import Reason
from domain.refusals import Code, Refusal
from ledger import commands
from ledger.commands import Command
from ledger.writer import Receipt, Reply
from tests.builders import NOON, request
from tests.faults.racing import YUAN, Family, Race, Side, run
from tests.faults.report import Line, Profile

HOUR = timedelta(hours=1)
DUE = NOON + HOUR

Replies = tuple[Reply, Reply]


def double_cancellation(profile: Profile) -> Line:
    """Cancel one settlement twice at once: it is given back once."""
    race = Race(
        "two cancellations of one settlement", _settled, _cancel_twice, _cancelled_once, _WHO
    )
    return run("double_cancellation", race, profile)


def settle_or_withdraw(profile: Profile) -> Line:
    """Settle while the grantor withdraws the authorization: mutual aid, or none at all."""
    words = ("settled before the withdrawal", "withdrawn before the settlement")
    race = Race("settlement against withdrawal", _nothing, _settle_and_withdraw, _in_order, words)
    return run("settle_or_withdraw", race, profile)


def authorize_or_expire(profile: Profile) -> Line:
    """Hold money that is set free at this instant while somebody lets the old hold expire."""
    words = ("expired with the new hold", "expired by command")
    race = Race("new hold against expiry", _held, _hold_and_expire, _expired_once, words)
    return run("authorize_or_expire", race, profile)


def capture_or_release(profile: Profile) -> Line:
    """Capture a hold while it is given back: the money goes one way."""
    words = ("captured", "released")
    race = Race("capture against release", _held, _capture_and_release, _ended_once, words)
    return run("capture_or_release", race, profile)


def last_yuan(profile: Profile) -> Line:
    """Settle two relatives' claims on the grantor's last yuan: one of them gets it."""
    race = Race("two relatives, one yuan", _nothing, _settle_both, _one_got_it, _WHO)
    return run("last_yuan", race, profile)


_WHO = ("won by the first", "won by the second")


# ------------------------------------------------------------------------------- before the start


def _nothing(_: Family) -> list[Command]:
    return []


def _settled(family: Family) -> list[Command]:
    return [commands.Settle(request=_claim_of(family, "one"))]


def _held(family: Family) -> list[Command]:
    return [commands.AuthorizeClaim(request=_claim_of(family, "one"), expires_at=DUE)]


def _claim_of(family: Family, role: str) -> ClaimRequest:
    """Give a relative's claim, which needs the whole yuan."""
    return request(family.claim_id(role), family.person(role), own_fen=YUAN)


# -------------------------------------------------------------------------------------- the sides


def _cancel_twice(family: Family) -> tuple[Side, Side]:
    cancel = Side(commands.Cancel(settlement=settlement_id(family.claim_id("one"), 1)))
    return cancel, cancel


def _settle_and_withdraw(family: Family) -> tuple[Side, Side]:
    withdraw = commands.WithdrawUse(**family.relation("one"))
    return Side(commands.Settle(request=_claim_of(family, "one"))), Side(withdraw)


def _hold_and_expire(family: Family) -> tuple[Side, Side]:
    asked = _claim_of(family, "other")
    hold = commands.AuthorizeClaim(request=asked, expires_at=DUE + HOUR)
    return Side(hold, DUE), Side(commands.Expire(claim=family.claim_id("one")), DUE)


def _capture_and_release(family: Family) -> tuple[Side, Side]:
    claim = family.claim_id("one")
    return Side(commands.Capture(claim=claim)), Side(commands.Release(claim=claim))


def _settle_both(family: Family) -> tuple[Side, Side]:
    one, other = (commands.Settle(request=_claim_of(family, role)) for role in ("one", "other"))
    return Side(one), Side(other)


# ------------------------------------------------------------------------------------- the judges


def _cancelled_once(family: Family, replies: Replies) -> int:
    winner = _only_winner(replies, Code.ALREADY_CANCELLED)
    assert family.claim("one").status is Status.CANCELLED
    assert family.grantor_has() == (YUAN, 0)
    return winner


def _in_order(family: Family, replies: Replies) -> int:
    settled, withdrawn = _positions(replies)
    paid = settled < withdrawn
    assert _aid(family, "one") == (YUAN if paid else 0)
    assert family.grantor_has() == (0 if paid else YUAN, 0)
    if not paid:
        assert _reason(family, "one") is Reason.NOT_AUTHORIZED
    return 0 if paid else 1


def _expired_once(family: Family, replies: Replies) -> int:
    hold, expiry = replies
    assert isinstance(hold, Receipt), hold
    assert family.claim("one").status is Status.EXPIRED
    assert family.claim("other").status is Status.HELD
    assert family.grantor_has() == (0, YUAN)
    if isinstance(expiry, Receipt):
        assert expiry.position < hold.position
        return 1
    assert expiry.code is Code.NOT_HELD, expiry
    return 0


def _ended_once(family: Family, replies: Replies) -> int:
    winner = _only_winner(replies, Code.NOT_HELD)
    status, left = ((Status.SETTLED, 0), (Status.RELEASED, YUAN))[winner]
    assert family.claim("one").status is status
    assert family.grantor_has() == (left, 0)
    return winner


def _one_got_it(family: Family, replies: Replies) -> int:
    first, second = _positions(replies)
    winner = 0 if first < second else 1
    roles = ("one", "other")
    assert _aid(family, roles[winner]) == YUAN
    assert _aid(family, roles[1 - winner]) == 0
    assert _reason(family, roles[1 - winner]) is Reason.EMPTY
    assert family.grantor_has() == (0, 0)
    return winner


def _only_winner(replies: Replies, code: Code) -> int:
    """Give the side that was accepted; the other one was refused with this code."""
    accepted = [n for n, reply in enumerate(replies) if isinstance(reply, Receipt)]
    refused = [reply.code for reply in replies if isinstance(reply, Refusal)]
    assert len(accepted) == 1, replies
    assert refused == [code], replies
    return accepted[0]


def _positions(replies: Replies) -> tuple[int, int]:
    first, second = replies
    assert isinstance(first, Receipt), first
    assert isinstance(second, Receipt), second
    return first.position, second.position


def _aid(family: Family, role: str) -> int:
    """Give what the grantor pays of a relative's claim, fen; the rest is cash."""
    claim = family.claim(role)
    aid = sum(leg.amount_fen for leg in claim.legs)
    assert all(leg.account == family.person("grantor") for leg in claim.legs)
    assert aid + sum(fen for _, fen in claim.cash_fen) == YUAN
    return aid


def _reason(family: Family, role: str) -> Reason:
    """Give why the grantor's account paid what it paid."""
    (trial,) = (
        trial
        for trial in family.claim(role).allocation.trials
        if trial.account == family.person("grantor")
    )
    return trial.reason
