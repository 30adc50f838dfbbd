"""Operations of a random history about claims: asked, paid, held, and given back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from msgspec.structs import replace

from domain.claim import ClaimRequest, Status
from domain.ids import MessageId, SettlementId
from ledger import commands
from ledger.commands import Command
from simulation.cast import Cast

_PAID = (Status.SETTLED, Status.PARTLY_CANCELLED)


def quote(cast: Cast) -> ClaimRequest:
    """Ask what a claim would be paid."""
    return cast.request()


def settle(cast: Cast) -> Command:
    """Settle a claim at once."""
    return commands.Settle(request=cast.request())


def tap_again(cast: Cast) -> Command:
    """Accept an offer, mostly in time; where there is none, settle something."""
    offered = [claim for claim in cast.known_claims() if claim.status is Status.OFFERED]
    if not offered:
        return settle(cast)
    in_time = [claim for claim in offered if claim.expires_at and cast.now < claim.expires_at]
    request = cast.one_of(in_time if in_time and not cast.rarely() else offered).request
    if cast.rarely(35):  # another bill under the same number accepts nothing
        request = replace(request, aid_requested=not request.aid_requested)
    if cast.rarely(20):
        until = cast.now + timedelta(minutes=60)
        return commands.AuthorizeClaim(request=request, expires_at=until)
    return commands.Settle(request=request)


def authorize_claim(cast: Cast) -> Command:
    """Hold what a claim would be paid, for minutes or days, rarely until a past instant."""
    minutes = cast.one_of((0, 5, 60, 1_440, 10_000, 500_000, 1_500_000))
    return commands.AuthorizeClaim(
        request=cast.request(), expires_at=cast.now + timedelta(minutes=minutes)
    )


def capture(cast: Cast) -> Command:
    """Capture a hold, whole or in part."""
    claim = cast.claim(Status.HELD)
    known = cast.application.claim(claim)
    own_fen = None
    if known is not None and cast.rarely(50):
        lines = {line.no: line.own_fen for line in known.request.lines}
        own_fen = {no: cast.one_of((0, fen, fen // 2)) for no, fen in lines.items()}
        if cast.rarely():
            own_fen[1] = own_fen.get(1, 0) + 1_000
    return commands.Capture(claim=claim, own_fen=own_fen)


def release(cast: Cast) -> Command:
    """Give a hold back."""
    return commands.Release(claim=cast.claim(Status.HELD))


def expire(cast: Cast) -> Command:
    """Let a hold run out, mostly one that is due."""
    due = [
        claim.request.claim
        for claim in cast.known_claims()
        if claim.status is Status.HELD and claim.expires_at and claim.expires_at <= cast.now
    ]
    return commands.Expire(claim=cast.one_of(due) if due else cast.claim(Status.HELD))


def cancel(cast: Cast) -> Command:
    """Cancel a settlement, whole or in part, rarely more than was paid.

    Often it is one for which somebody paid who has left the family since.
    """
    claim = cast.claim(*_PAID)
    left = cast.aided(lambda binding: not binding.standing.is_open)
    if left and cast.rarely(50):
        claim = cast.one_of(left)[0].request.claim
    known = cast.application.claim(claim)
    settlement = known.settlement if known and known.settlement else f"S-{claim}-1"
    if cast.rarely(3):
        settlement += "7"
    own_fen = fund_fen = None
    if known is not None and cast.rarely(60):
        own_fen = {no: cast.one_of((0, 1, fen, fen // 2)) for no, fen in known.cash_fen}
        for leg in known.legs:
            own_fen[leg.line] = own_fen.get(leg.line, 0) + cast.one_of((0, 1, leg.amount_fen))
        fund_fen = {no: cast.one_of((0, fen)) for no, fen in known.fund_fen}
    return commands.Cancel(settlement=SettlementId(settlement), own_fen=own_fen, fund_fen=fund_fen)


def reverse(cast: Cast) -> Command:
    """Undo a message: mostly one that changed a claim, sometimes one that never arrived."""
    wanted = (commands.Settle, commands.AuthorizeClaim, commands.Capture)
    about_claims = [sent for sent in cast.sent[-40:] if isinstance(sent.command, wanted)]
    if about_claims and cast.rarely(70):
        return commands.Reverse(message=cast.one_of(about_claims).key)
    if cast.sent and cast.rarely(30):
        return commands.Reverse(message=cast.one_of(cast.sent[-40:]).key)
    message = MessageId("no id" if cast.rarely(2) else f"L{len(cast.voided) + 1}")
    patient = cast.someone() if cast.rarely(80) else None
    if patient is not None:
        cast.voided.append(message)
    return commands.Reverse(message=message, patient=patient)


CLAIMS: Mapping[str, tuple[int, Callable[[Cast], Command | ClaimRequest]]] = {
    "quote": (15, quote),
    "settle": (120, settle),
    "tap again": (50, tap_again),
    "authorize claim": (60, authorize_claim),
    "capture": (35, capture),
    "release": (10, release),
    "expire": (15, expire),
    "cancel": (45, cancel),
    "reverse": (20, reverse),
}
"""The operations with their usual weights."""
