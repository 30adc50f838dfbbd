"""Progress of long work: on standard error, only on a terminal, and only after half a second."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.settings import Settings

COMPILING = Text(
    "正在为本机编译规则，仅首次需要，约半分钟……",
    "Compiling the rules for this machine; only the first time, about half a minute ...",
)
DELAY_MS = 500
_EVERY_MS = 100


@contextmanager
def progress(settings: Settings, what: Text) -> Iterator[Callable[[int, int], None]]:
    """Give a function to be told (done, total); the line disappears at the end.

    It shows what, done and total, how many a second, and the seconds left.
    """
    stream = sys.stderr
    shown = not settings.quiet and stream.isatty()
    line = _Line(what.say(settings.lang))

    def tell(done: int, total: int) -> None:
        if shown and (said := line.at(done, total)):
            stream.write(f"\r\x1b[K{said}")
            stream.flush()

    try:
        yield tell
    finally:
        if shown and line.written:
            stream.write("\r\x1b[K")
            stream.flush()


class _Line:
    """What to show, at most ten times a second."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.written = False
        self._begun_ms = self._last_ms = _now_ms()
        self._first: int | None = None

    def at(self, done: int, total: int) -> str:
        if self._first is None:
            self._first = done
        now_ms = _now_ms()
        since_ms = now_ms - self._begun_ms
        if since_ms < DELAY_MS or now_ms - self._last_ms < _EVERY_MS:
            return ""
        self._last_ms = now_ms
        self.written = True
        rate = max((done - self._first) * 1000 // since_ms, 1)
        return f"{self.what}  {done:,} / {total:,}  {rate:,}/s  {(total - done) // rate} s"


def _now_ms() -> int:
    return int(monotonic() * 1000)
