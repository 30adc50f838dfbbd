"""How the facts of a claim change its state: one outcome at a time, nothing given back twice."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from domain.claim import (
    Claim,
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimExpired,
    ClaimReleased,
    ClaimReversed,
    ClaimSettled,
    Decisive,
    Leg,
    Status,
    attempt_after,
)
from domain.facts import Fact


def evolve(claim: Claim | None, fact: Fact) -> Claim:
    """Apply one fact to a claim. An ended claim may be settled or held anew."""
    if isinstance(fact, Decisive):
        assert claim is None or claim.may_start, "one outcome at a time"
        own = [(line.no, line.own_fen) for line in fact.request.lines]
        _assert_balanced(own, fact.allocation.legs, fact.allocation.cash_fen)
        return _start(fact, attempt=attempt_after(claim))
    assert claim is not None, fact
    match fact:
        case ClaimCaptured():
            assert claim.status is Status.HELD
            _assert_balanced(fact.own_fen, fact.legs, fact.cash_fen)
            return replace(
                claim,
                status=Status.SETTLED,
                settlement=fact.settlement,
                settled_on=fact.effective_on,
                legs=fact.legs,
                cash_fen=fact.cash_fen,
                fund_fen=tuple((line.no, line.fund_fen) for line in claim.request.lines),
            )
        case ClaimReleased() | ClaimExpired():
            assert claim.status is Status.HELD
            released = isinstance(fact, ClaimReleased)
            return replace(claim, status=Status.RELEASED if released else Status.EXPIRED)
        case ClaimCancelled():
            assert claim.is_paid, claim.status
            status = Status.CANCELLED if fact.whole else Status.PARTLY_CANCELLED
            after = _give_back(claim, fact, status)
            assert fact.whole != after.stays_paid, fact
            return after
        case ClaimReversed():
            after = _give_back(claim, fact, Status.REVERSED)
            assert not after.stays_paid, fact
            return after
        case _:
            msg = f"not a fact of a claim: {fact!r}"
            raise AssertionError(msg)


def _start(fact: Decisive, *, attempt: int) -> Claim:
    if not isinstance(fact, ClaimSettled):
        status = Status.HELD if isinstance(fact, ClaimAuthorized) else Status.OFFERED
        return Claim(fact.request, fact.allocation, status, attempt, fact.expires_at)
    return Claim(
        fact.request,
        fact.allocation,
        Status.SETTLED,
        attempt,
        settlement=fact.settlement,
        settled_on=fact.effective_on,
        legs=fact.allocation.legs,
        cash_fen=fact.allocation.cash_fen,
        fund_fen=tuple((line.no, line.fund_fen) for line in fact.request.lines),
    )


def _assert_balanced(
    own_fen: Sequence[tuple[int, int]],
    legs: Sequence[Leg],
    cash_fen: Sequence[tuple[int, int]],
) -> None:
    """Hold money in = money out line by line, and that nothing is negative."""
    left = dict(own_fen)
    for line, fen in (*((leg.line, leg.amount_fen) for leg in legs), *cash_fen):
        assert fen >= 0, (line, fen)
        left[line] -= fen
    assert not any(left.values()), left


def _give_back(claim: Claim, fact: ClaimCancelled | ClaimReversed, status: Status) -> Claim:
    """Take what is given back off what stays paid; nothing can be given back twice."""
    unpaid = claim.status in {Status.HELD, Status.OFFERED}
    assert claim.is_paid or (unpaid and not fact.legs), claim.status
    back = {(leg.account, leg.segment, leg.line): leg.amount_fen for leg in fact.legs}
    assert len(back) == len(fact.legs), "one line of giving back for each leg"
    legs = tuple(
        replace(leg, amount_fen=leg.amount_fen - back.pop((leg.account, leg.segment, leg.line), 0))
        for leg in claim.legs
    )
    assert not back, "only what was paid is given back"
    assert all(leg.amount_fen >= 0 for leg in legs), "never more than was paid"
    return replace(
        claim,
        status=status,
        legs=legs,
        cash_fen=less(claim.cash_fen, fact.cash_fen),
        fund_fen=less(claim.fund_fen, fact.fund_fen),
    )


def less(
    paid: tuple[tuple[int, int], ...], back: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, int], ...]:
    """Take (line, fen) amounts off (line, fen) amounts; none may fall below zero."""
    off = dict(back)
    assert len(off) == len(back)
    left = tuple((line, fen - off.pop(line, 0)) for line, fen in paid)
    assert not off
    assert all(fen >= 0 for _, fen in left)
    return left
