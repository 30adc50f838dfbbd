"""Examining a store from end to end: is everything there, in order, readable and found again?

What is found here is missing, cut off, out of order, unreadable, in the wrong place or not to be
found. An amount edited into another valid amount is not, if the checksum was made to fit:
comparing the replay with the books finds it.
"""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, NamedTuple
