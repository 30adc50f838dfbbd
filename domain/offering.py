"""Whether relatives' accounts wait for a second tap at the till.

Where the area wants two taps, a bill that the patient's own money cannot cover is not paid at
first: the relatives' accounts are offered. The same bill sent again before the end of the offer
accepts it; another bill, or the same one later, is offered anew.
"""

from __future__ import annotations

from datetime import timedelta

from domain.allocation import Situation
from domain.claim import Allocation, ClaimOffered, ClaimRequest, Status
from domain.codes import Till
from domain.time import service_date_of


def offer(
    request: ClaimRequest, situation: Situation, *, allocation: Allocation
) -> ClaimOffered | None:
    """Give the offer that is to be made instead of paying, or None where the bill may be paid.

    The till is that of the patient's area. Whoever pays without relatives is never kept waiting.
    """
    rules = situation.patient.rules.claim
    aided = any(leg.account != request.patient for leg in allocation.legs)
    if rules.till is not Till.TWO_TAPS or not aided or _accepts(request, situation):
        return None
    return ClaimOffered(
        effective_on=service_date_of(situation.now),
        request=request,
        allocation=allocation,
        expires_at=situation.now + timedelta(minutes=rules.offer_minutes),
    )


def _accepts(request: ClaimRequest, situation: Situation) -> bool:
    """Tell whether this is the second tap: the same bill, before the offer has ended."""
    claim = situation.claim
    if claim is None or claim.status is not Status.OFFERED or claim.request != request:
        return False
    assert claim.expires_at is not None
    return situation.now < claim.expires_at
