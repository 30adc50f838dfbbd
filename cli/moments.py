"""Moments as they are typed: a position, an instant, a day, `now`, or a version of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from cli.params import Instant

if TYPE_CHECKING:
    from datetime import datetime

NOW = 2**62
"""Behind every position: as everything stands."""


class Version(NamedTuple):
    """A version of one stream; versions count from 1."""

    number: int


class Moment(Instant):
    """A position, an instant, a day, which stands for its end in Shanghai, or `now`."""

    name = "moment"

    def __init__(self) -> None:
        """Take positions and days, too."""
        super().__init__(or_position=True)

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | int:
        """Read a moment."""
        return NOW if value == "now" else super().convert(value, param, ctx)


class VersionOrMoment(click.ParamType["Version | datetime | int"]):
    """A moment, or a version of the stream in question: `@5`."""

    name = "version"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Version | datetime | int:
        """Read a version or a moment."""
        text = str(value)
        if text.startswith("@") and text[1:].isdecimal():
            return Version(int(text[1:]))
        return Moment().convert(value, param, ctx)
