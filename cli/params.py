"""Options and arguments with help in both languages, their types, and the global options."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.settings import Settings, choose_language
from cli.words import METAVARS, vocabulary
from domain.money import parse_yuan
from domain.text import Lang, Text
from domain.time import end_of_day, parse_instant

if TYPE_CHECKING:
    from datetime import datetime
    from enum import StrEnum

    from click.shell_completion import CompletionItem

_Function = TypeVar("_Function", bound=Callable[..., object])


def lang_of(ctx: click.Context | None = None) -> Lang:
    """Give the language of this call."""
    ctx = ctx or click.get_current_context(silent=True)
    settings = ctx.find_object(Settings) if ctx else None
    return settings.lang if settings else choose_language([], os.environ)


def _metavar(param: click.Parameter, ctx: click.Context, otherwise: str) -> str:
    """Say a placeholder in the reader's language: PERSON becomes 参保人."""
    name = param.metavar or otherwise
    word = METAVARS.get(name)
    return word.say(lang_of(ctx)) if word else name


class Option(click.Option):
    """An option whose help is a `Text`."""

    def __init__(self, *args: Any, about: Text, **attrs: Any) -> None:  # noqa: ANN401 - click's own
        """Take click's parameters and `about`."""
        self.about = about
        super().__init__(*args, **attrs)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Give the line of the help page, in the reader's language."""
        self.help = self.about.say(lang_of(ctx))
        if isinstance(self.type, Code):
            self.help = f"{self.help}\n{self.type.choices(lang_of(ctx))}"
        return super().get_help_record(ctx)

    def make_metavar(self, ctx: click.Context) -> str:
        """Give the placeholder of the value."""
        return _metavar(self, ctx, super().make_metavar(ctx))


class Argument(click.Argument):
    """An argument whose help is a `Text`."""

    def __init__(self, *args: Any, about: Text, **attrs: Any) -> None:  # noqa: ANN401 - click's own
        """Take click's parameters and `about`."""
        self.about = about
        super().__init__(*args, **attrs)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Give the line of the help page, in the reader's language."""
        said = self.about.say(lang_of(ctx))
        if isinstance(self.type, Code):
            said = f"{said}\n{self.type.choices(lang_of(ctx))}"
        return self.make_metavar(ctx), said

    def make_metavar(self, ctx: click.Context) -> str:
        """Give the placeholder, in brackets where it may be left out."""
        name = _metavar(self, ctx, self.name.upper())
        return f"{name if self.required else f'[{name}]'}{'...' if self.nargs != 1 else ''}"


def option(*names: str, about: Text, **attrs: Any) -> Callable[[_Function], _Function]:  # noqa: ANN401 - click's own
    """Add an option. `metavar` may be a word of `words.METAVARS`."""
    return click.option(*names, cls=Option, about=about, **attrs)


def argument(name: str, *, about: Text, **attrs: Any) -> Callable[[_Function], _Function]:  # noqa: ANN401 - click's own
    """Add an argument. `metavar` may be a word of `words.METAVARS`."""
    return click.argument(name, cls=Argument, about=about, **attrs)


# ------------------------------------------------------------------------------------------ types


class Day(click.ParamType[date]):
    """A day such as 2026-03-02."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read ISO 8601."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            wrong = Text("“{it}”不是日期，请写成 2026-03-02", "{it!r} is no day; write 2026-03-02")
            self.fail(wrong.say(lang_of(ctx), it=value), param, ctx)


class Instant(click.ParamType["datetime | int"]):
    """An instant with its offset, or where wanted a position or a day instead."""

    name = "instant"

    def __init__(self, *, or_position: bool = False) -> None:
        """Take positions too if `or_position`, and days, which stand for their end in Shanghai."""
        self.or_position = or_position

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | int:
        """Read ISO 8601 with an offset, a whole number, or a day."""
        text = str(value)
        if self.or_position and text.isdecimal():
            return int(text)
        try:
            if self.or_position and len(text) == _DAY:
                return end_of_day(date.fromisoformat(text))
            return parse_instant(text)
        except ValueError:
            wrong = _NO_MOMENT if self.or_position else _NO_INSTANT
            self.fail(wrong.say(lang_of(ctx), it=value), param, ctx)


_DAY = len("2026-03-02")
_NO_INSTANT = Text(
    "“{it}”不是带时区的时刻，请写成 2026-03-02T09:00:00+08:00",
    "{it!r} is no instant with an offset; write 2026-03-02T09:00:00+08:00",
)
_NO_MOMENT = Text(
    "“{it}”不是位置、日期，也不是带时区的时刻，请写成 120、2026-03-02 或 2026-03-02T09:00:00+08:00",
    "{it!r} is no position, no day and no instant with an offset; "
    "write 120, 2026-03-02 or 2026-03-02T09:00:00+08:00",
)


class Yuan(click.ParamType[int]):
    """An amount in yuan, read into fen."""

    name = "yuan"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read "1,234.5" into 123450."""
        if isinstance(value, int):
            return value
        try:
            return parse_yuan(str(value))
        except ValueError:
            wrong = Text(
                "“{it}”不是金额（元，至多两位小数），如 1234.50",
                "{it!r} is no amount in yuan with at most two decimals, such as 1234.50",
            )
            self.fail(wrong.say(lang_of(ctx), it=value), param, ctx)


class Written(click.ParamType[str]):
    """A text of a fixed form, such as the code of a pooling area."""

    name = "text"

    def __init__(self, pattern: str, wrong: Text) -> None:
        """Take what a pattern matches as a whole; `wrong` names what came as `it`."""
        self.form = re.compile(pattern, re.ASCII)
        self.wrong = wrong

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Give the text as it is."""
        if not self.form.fullmatch(str(value)):
            self.fail(self.wrong.say(lang_of(ctx), it=value), param, ctx)
        return str(value)


class Code(click.ParamType["StrEnum"]):
    """A word of the trade: its code (spouse), or its word in either language (配偶)."""

    name = "code"

    def __init__(self, codes: type[StrEnum], only: Iterable[StrEnum] | None = None) -> None:
        """Choose among the members of an enum of `domain.codes`, or only some of them."""
        self.codes = tuple(codes if only is None else only)
        self.words = vocabulary(codes.__name__)

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> StrEnum:
        """Find the member by code or word."""
        found = [code for code in self.codes if value in {code.value, *self.words[code.value]}]
        if not found:
            wrong = Text("没有“{it}”。{those}", "there is no {it!r}. {those}")
            lang = lang_of(ctx)
            self.fail(wrong.say(lang, it=value, those=self.choices(lang)), param, ctx)
        return found[0]

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Leave the list of choices to the help text."""
        del param
        return METAVARS["CODE"].say(lang_of(ctx))

    def choices(self, lang: Lang) -> str:
        """List the codes with their words."""
        pairs = (
            f"{code.value}（{self.words[code.value].zh}）" if lang == "zh" else code.value
            for code in self.codes
        )
        listed = Text("可选：{those}", "One of: {those}")
        return listed.say(lang, those=("、" if lang == "zh" else ", ").join(pairs))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the codes, each with its word."""
        from click.shell_completion import CompletionItem

        del param
        return [
            CompletionItem(code.value, help=self.words[code.value].say(lang_of(ctx)))
            for code in self.codes
            if code.value.startswith(incomplete)
        ]


DAY = Day()
INSTANT = Instant()
YUAN = Yuan()
AREA = Written(
    r"\d{6}",
    Text(
        "“{it}”不是统筹区代码（六位数字），如 310000；见 gongji policy list",
        "{it!r} is no code of a pooling area (six digits) such as 310000; see gongji policy list",
    ),
)
PERIOD = Written(
    r"(\d{4}(-\d{2})?)?",
    Text(
        "“{it}”不是所属期，请写成 2026 或 2026-03",
        "{it!r} is no period, write 2026 or 2026-03",
    ),
)


@dataclass(frozen=True)
class How:
    """What every command that changes the books takes beside its own parameters."""

    on: date | None
    note: str
    key: str | None

    @property
    def fields(self) -> dict[str, Any]:
        """Give the part that the ledger's command carries."""
        return {"on": self.on, "note": self.note}


def writes(function: Callable[..., None]) -> Callable[..., None]:
    """Add `--on`, `--note` and `--key`; the command gets them as `how`."""

    @wraps(function)
    def call(*args: object, on: date | None, note: str, key: str | None, **rest: object) -> None:
        function(*args, how=How(on, note, key), **rest)

    add_on = option(
        "--on",
        type=DAY,
        metavar="DATE",
        about=Text("生效日，默认今天（上海）", "Day of effect; default today in Shanghai."),
    )
    add_note = option("--note", default="", metavar="TEXT", about=Text("事由", "The reason."))
    add_key = option(
        "--key",
        metavar="KEY",
        about=Text(
            "报文号：同号同内容只办一次；默认新编一个",
            "Message id: the same one is carried out once; default a new one.",
        ),
    )
    return add_on(add_note(add_key(call)))


def choice_of(codes: type[StrEnum], *, only: Iterable[StrEnum] | None = None) -> Code:
    """Give the type of an option that takes one code of an enum, or of some of its members."""
    return Code(codes, only)
