"""The options of `gongji audit sample`, as they were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.errors import failure
from domain.money import parse_yuan
from domain.text import Text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from cli.settings import Settings
    from domain.codes import Place
    from projections.sampling.codes import Allotment, By, Method, Money, Over


@dataclass(frozen=True)
class Asked:
    """The options of the command, as given; amounts in fen."""

    over: Over
    money: Money
    method: Method
    size: int | None
    confidence: int
    tolerable: int | None
    expected: int
    seed: str | None
    by: By
    bands: str
    allotment: Allotment
    first: date | None
    last: date | None
    person: str | None
    institution: str | None
    region: str | None
    place: Place | None
    at_least: int | None
    out: Path | None

    def bounds(self, settings: Settings) -> tuple[int, ...]:
        """Read the bounds of strata by amount: "100,1000" yuan, ascending."""
        try:
            bounds = [int(parse_yuan(part)) for part in self.bands.split(",") if part.strip()]
        except ValueError:
            bounds = []
        if bounds != sorted(set(bounds)) or bool(bounds) != bool(self.bands):
            says = Text("“{it}”不是递增的金额", "{it!r} is no list of ascending amounts")
            code = "bad_bands"
            raise failure(code, says.say(settings.lang, it=self.bands))
        return tuple(bounds)
