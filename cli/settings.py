"""What holds for a whole call of the command line: language, output, store, point of view.

Nothing slow is imported here: `gongji --help` needs this file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from domain.text import Lang

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Output = Literal["table", "json", "jsonl", "csv"]
OUTPUTS: tuple[Output, ...] = ("table", "json", "jsonl", "csv")

DEFAULT_STORE = "gongji-store"
_LOCALE_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@dataclass
class Settings:
    """The global options. They may stand before the command and after it; the last one holds.

    `as_known_at` is an instant or a position; `at` is a fixed present for tests and the tour.
    """

    lang: Lang = "en"
    output: Output = "table"
    store: Path = field(default_factory=lambda: Path(os.environ.get("GONGJI_STORE", DEFAULT_STORE)))
    as_of: date | None = None
    as_known_at: datetime | int | None = None
    actor: str | None = field(default_factory=lambda: os.environ.get("GONGJI_ACTOR"))
    at: datetime | None = None
    quiet: bool = False
    color: bool = field(default_factory=lambda: not os.environ.get("NO_COLOR"))
    debug: bool = False

    @property
    def for_people(self) -> bool:
        """Tell whether a person reads the output."""
        return self.output == "table"


def choose_language(argv: Sequence[str], environ: Mapping[str, str]) -> Lang:
    """Find the language before click starts, since `--help` is answered before `--lang` is read.

    The last `--lang` of the line wins, then GONGJI_LANG, then the locale; else English.
    """
    given = [*_values_of("--lang", argv), environ.get("GONGJI_LANG", "")]
    for value in given:
        if value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    named = next((environ[name] for name in _LOCALE_VARIABLES if environ.get(name)), "")
    return "zh" if named.lower().startswith("zh") else "en"


def choose_output(argv: Sequence[str]) -> Output:
    """Find the output format where the line could not be read, so that errors come in it."""
    for value in (*_values_of("--output", argv), *_values_of("-O", argv)):
        for output in OUTPUTS:
            if value == output:
                return output
    return "table"


def _values_of(option: str, argv: Sequence[str]) -> list[str]:
    """Give the values of an option as they stand on the line, the last one first."""
    found = [following for word, following in pairwise(argv) if word == option] + [
        word.partition("=")[2] for word in argv if word.startswith(f"{option}=")
    ]
    if not option.startswith("--"):
        found += [word[2:] for word in argv if word.startswith(option) and len(word) > len(option)]
    return found[::-1]
