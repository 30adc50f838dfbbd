"""An index that is written after every few entries, so that faults meet it at work.

The ledger writes it by the thousand, which no short run would ever see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from ledger import stream_index

ENTRIES = 2


class InTurn(ThreadPoolExecutor):
    """Does what it is handed at once, so that the n-th call is the same one in every run."""

    def submit(  # type: ignore[override]  # as it is used here: without keywords
        self, do: Callable[..., Any], *arguments: object
    ) -> Future[Any]:
        """Do it, and give what came of it."""
        future: Future[Any] = Future()
        try:
            future.set_result(do(*arguments))
        except BaseException as error:  # noqa: BLE001  # as an executor does
            future.set_exception(error)
        return future


@contextmanager
def indexed_often(*, in_turn: bool = False) -> Iterator[None]:
    """Let indexes of stores opened in a block be written after every few entries.

    `in_turn`: by the thread that commits, between two commits.
    """
    executor = InTurn if in_turn else ThreadPoolExecutor
    with (
        patch.object(stream_index, "AT_ONCE", ENTRIES),
        patch.object(stream_index, "_MOST_WAITING", 8 * ENTRIES),
        patch.object(stream_index, "ThreadPoolExecutor", executor),
    ):
        yield
