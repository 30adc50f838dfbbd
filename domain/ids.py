"""Ids: one type for each kind of thing, derived or given, never random inside a decision."""

from __future__ import annotations

import re
from typing import NewType
from uuid import UUID, uuid5

from domain.refusals import Code, Refusal, refuse

PersonId = NewType("PersonId", str)
PoolId = NewType("PoolId", str)
ClaimId = NewType("ClaimId", str)
SettlementId = NewType("SettlementId", str)
MessageId = NewType("MessageId", str)
TransferId = NewType("TransferId", str)
FindingId = NewType("FindingId", str)
ReviewerId = NewType("ReviewerId", str)
InstitutionId = NewType("InstitutionId", str)
RegionCode = NewType("RegionCode", str)
RuleSetId = NewType("RuleSetId", str)

NAMESPACE = UUID("6f6b6a69-676f-5e67-8a69-676f6e676a69")

_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_IDENTITY_NUMBER = 18  # characters


def stream_id(kind: str, key: str) -> UUID:
    """Derive the stream of a business key, so that a second use of the key meets the first."""
    return uuid5(NAMESPACE, f"{kind}/{key}")


def settlement_id(claim: ClaimId, attempt: int) -> SettlementId:
    """Derive the id of a claim's settlement; a claim undone and settled anew counts up."""
    return SettlementId(f"S-{claim}-{attempt}")


def claim_of(settlement: SettlementId) -> ClaimId:
    """Give the claim that a settlement id was derived from."""
    return ClaimId(settlement.removeprefix("S-").rpartition("-")[0])


def transfer_id(sender: PersonId, number: int) -> TransferId:
    """Derive the id of a transfer from the sender and the number of the sender's transfer."""
    return TransferId(f"T-{sender}-{number}")


def sender_of(transfer: TransferId) -> PersonId:
    """Give the sender that a transfer's id was derived from."""
    return PersonId(transfer.removeprefix("T-").rpartition("-")[0])


def is_well_formed(key: str) -> bool:
    """Tell whether a key has 1 to 64 plain characters."""
    return _FORM.fullmatch(key) is not None


def is_identity_number(key: str) -> bool:
    """Tell whether a key is a valid resident identity number (GB 11643, ISO 7064 MOD 11-2).

    Such a number must never reach an event; a keyed pseudonym stands for it.
    """
    if re.fullmatch(r"\d{17}[\dXx]", key) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(key[:17], _WEIGHTS, strict=True))
    return key[17].upper() == _CHECK[total % 11]


def check_id(key: str) -> Refusal | None:
    """Refuse a key that is malformed or is a real identity number."""
    if not is_well_formed(key):
        return refuse(Code.MALFORMED_ID, id=key[:64])
    if len(key) == _IDENTITY_NUMBER and is_identity_number(key):
        return refuse(Code.IDENTITY_NUMBER, id=f"{key[:3]}…{key[-2:]}")
    return None
