"""A short digest of everything that is recorded of an event, so that a later edit is noticed.

The audit trail reads what it says from the events themselves and keeps only the digests of what
it took in: where the two differ, an event was changed since.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from projections.projection import Page

_BYTES = 8


def digests(page: Page) -> list[str]:
    """Give the digest of each event of a page, over its stream, version, meta and fact."""
    return [blake2b(_write(event), digest_size=_BYTES).hexdigest() for _, event in page.events]


_write = msgspec.json.Encoder(order="deterministic").encode
