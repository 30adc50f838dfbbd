"""What every value of the trade is made of: frozen records with typed fields."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A frozen value of typed fields, cheap to make, to compare and to write down.

    Read from outside it is checked against the types of its fields; what our own code makes is
    checked by the type checker. No record holds a cycle, so the garbage collector skips them all.
    """


Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware instant."""
