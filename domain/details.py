"""Personal details: names, birth dates and the like, of which only a commitment is ever recorded.

A commitment is a hash over a random salt and the value. Whoever is shown both sees that they are
what was recorded; once salt and value are destroyed, nobody can tell what it was, and the history
still proves (Personal Information Protection Law, 2021, article 47: the right to erasure).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from domain.codes import Detail
from domain.facts import Fact, recorded

SALT = 16
"""Bytes of a salt: too many to be guessed, whatever the value."""


@recorded
class DetailsCommitted(Fact, frozen=True, tag="person.details_committed"):
    """Details were taken in; each is known by its commitment, see `commitment`."""

    commitments: Mapping[Detail, str]


@recorded
class DetailsErased(Fact, frozen=True, tag="person.details_erased"):
    """Details were erased: salt and value are gone, the commitment remains and says nothing."""

    details: tuple[Detail, ...]


@recorded
class DetailsRevealed(Fact, frozen=True, tag="person.details_revealed"):
    """Details were shown in full to somebody; why stands in the event's note."""

    details: tuple[Detail, ...]
    receiver: str


Commitments = Mapping[Detail, str]
"""Hexadecimal commitments by detail."""


def commitment(detail: Detail, value: str, *, salt: bytes) -> str:
    """Give what is recorded of a value: SHA-256(salt ‖ detail ‖ 00 ‖ value), hexadecimal."""
    assert len(salt) == SALT, "a shorter salt could be guessed"
    return sha256(salt + detail.encode() + b"\0" + value.encode()).hexdigest()


def evolve_details(known: Commitments, fact: Fact) -> Commitments:
    """Apply one fact about details."""
    match fact:
        case DetailsCommitted():
            return {**known, **fact.commitments}
        case DetailsErased():
            assert set(fact.details) <= set(known), "what was never taken in is not erased"
            return {detail: kept for detail, kept in known.items() if detail not in fact.details}
        case _:
            assert isinstance(fact, DetailsRevealed), fact
            assert set(fact.details) <= set(known), "what is not there is not shown"
            return known
