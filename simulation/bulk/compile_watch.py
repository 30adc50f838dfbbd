"""Noticing that numba compiles: it takes its time once, and no rate should count it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import event


@contextmanager
def compiling(begins: Callable[[], None]) -> Iterator[Callable[[], int]]:
    """Call `begins` before anything is compiled, once; give a function telling the milliseconds.

    What is read from the cache is not compiled: then nothing is called, and it took 0.
    """
    watch = _Watch(begins)
    with event.install_listener("numba:compile", watch):
        yield watch.milliseconds


class _Watch(event.TimingListener):  # type: ignore[misc]  # numba has no types
    """Adds up the time between outermost beginnings and ends, of all threads together.

    numba compiles in one thread at a time.
    """

    def __init__(self, begins: Callable[[], None]) -> None:
        super().__init__()
        self._begins = begins
        self._begun = False

    def on_start(self, event: Any) -> None:  # noqa: ANN401  # as above
        """Say so, the first time."""
        if not self._begun:
            self._begun = True
            self._begins()
        super().on_start(event)

    def milliseconds(self) -> int:
        """Give how long it took so far."""
        return int(self.duration * 1000) if self.done else 0
