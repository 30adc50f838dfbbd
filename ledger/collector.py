"""Keeping Python's cyclic garbage collector out of the way of settlement.

States and facts hold no cycles and are freed the moment nobody needs them, so the collector finds
nothing among them. But with millions of them in memory each of its full rounds stops the world
for a good part of a second.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (20_000, 50, 1_000)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Let the collector look at new objects only, and not often, for a block.

    For the program that serves a ledger, around its serving; the setting is the whole process's.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
