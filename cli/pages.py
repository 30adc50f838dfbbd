"""Help pages in columns that stay straight with Chinese characters, which are two cells wide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A wide character stands alone, together with the marks that must not begin or end a line.
_OPENING = "（“《「【"
_CLOSING = "，。、；：！？）”》」】…"
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60“”…"
_ATOM = re.compile(
    rf"[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*"  # a character, or a word
    rf"|[{_OPENING}{_CLOSING}]+"
    r"|\s+"
)


def cells(text: str) -> int:
    """Count the cells that a text takes on a terminal."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def wrap(text: str, width: int) -> list[str]:
    """Break a paragraph into lines of at most `width` cells; Chinese breaks between characters."""
    lines = [""]
    used = 0
    for atom in _ATOM.findall(text):
        wide = cells(atom)
        if used + wide > width and lines[-1] and not atom.isspace():
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            used = 0
        if atom.isspace() and not lines[-1]:
            continue
        lines[-1] += " " if atom.isspace() else atom
        used += 1 if atom.isspace() else wide
    return [line.rstrip() for line in lines]


class PageFormatter(click.HelpFormatter):
    """Click's formatter, counting cells instead of characters."""

    def write_text(self, text: str) -> None:
        """Write paragraphs at the present indent."""
        for line in self._paragraphs(text, self.width - self.current_indent):
            self.write(f"{'':{self.current_indent}}{line}".rstrip() + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms and what they mean in two columns."""
        rows = list(rows)
        widest = max((cells(term) for term, _ in rows), default=0)
        start = min(widest, col_max) + col_spacing
        margin = f"{'':{self.current_indent + start}}"
        for term, meaning in rows:
            lines = [*self._paragraphs(meaning, max(self.width - len(margin), 20))]
            head = f"{'':{self.current_indent}}{term}"
            if cells(term) <= start - col_spacing and lines:
                head += " " * (start - cells(term)) + lines.pop(0)
            self.write(head.rstrip() + "\n")
            for line in lines:
                self.write(f"{margin}{line}".rstrip() + "\n")

    @staticmethod
    def _paragraphs(text: str, width: int) -> Iterator[str]:
        for paragraph in text.split("\n"):
            indent = paragraph[: len(paragraph) - len(paragraph.lstrip(" "))]
            for line in wrap(paragraph, width - len(indent)):
                yield indent + line


class PageContext(click.Context):
    """A context whose help pages stay straight."""

    formatter_class = PageFormatter
