"""Exact arithmetic as people write it in a scenario: `(1260.92 - 0) * 70%`, `round(x / 3)`.

Numbers are fractions, so nothing is lost on the way; only `round` loses, and says so. Grammar:

    sum     = product {("+" | "-") product}
    product = signed {("*" | "/") signed}
    signed  = {"-"} atom {"%"}
    atom    = number | name | name "(" sum {"," sum} ")" | "(" sum ")"

Functions: `round(x)` to whole fen, half up; `min(x, …)`; `max(x, …)`. Signs as a Chinese keyboard
gives them are read as their plain forms.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from domain.text import Text

MAX_LENGTH = 200
MAX_DEPTH = 20

Names = Mapping[str, Fraction]
"""Figures that were given names, by name."""

_PLAIN = str.maketrans("（）×÷，％－＋", "()*/,%-+")  # noqa: RUF001  # the wide signs are meant
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([a-z][a-z0-9_]*)|([-+*/%(),]))")


class BadArithmetic(Exception):  # noqa: N818 - a problem in a file, not an error of ours
    """Why an expression cannot be computed, in both languages."""

    def __init__(self, says: Text) -> None:
        """Keep the sentence."""
        super().__init__(says.en)
        self.says = says


def compute(text: str | int, names: Names | None = None) -> Fraction:
    """Give the exact value of an expression; `names` stand for figures computed before.

    Raises:
        BadArithmetic: not readable, an unknown name, a division by zero.
    """
    if isinstance(text, int):
        return Fraction(text)
    if len(text) > MAX_LENGTH:
        raise _bad(_TOO_LONG)
    return _Reader(_tokens(text.translate(_PLAIN)), names or {}).all()


def to_fen(yuan: Fraction) -> int:
    """Give whole fen for an exact number of yuan.

    Raises:
        BadArithmetic: a part of a fen is left; `round(…)` must say that it may go.
    """
    fen = yuan * 100
    if fen.denominator != 1:
        raise _bad(_INEXACT, result=show(yuan))
    return fen.numerator


def show(value: Fraction) -> str:
    """Write a fraction as a decimal number where it ends, else as a fraction ("1/3")."""
    for places in range(13):
        scaled = value * 10**places
        if scaled.denominator == 1:
            sign = "-" if scaled < 0 else ""
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            whole = digits[: len(digits) - places]
            return f"{sign}{whole}.{digits[-places:]}" if places else f"{sign}{whole}"
    return str(value)


def _round(values: Sequence[Fraction]) -> Fraction:
    if len(values) != 1:
        raise _bad(_ROUND_ONE)
    fen = abs(values[0]) * 100
    whole = math.floor(fen + Fraction(1, 2))
    return Fraction(whole if values[0] >= 0 else -whole, 100)


_FUNCTIONS: Mapping[str, Callable[[Sequence[Fraction]], Fraction]] = {
    "round": _round,
    "min": min,
    "max": max,
}


def _bad(says: Text, **facts: str) -> BadArithmetic:
    return BadArithmetic(Text(says.say("zh", **facts), says.say("en", **facts)))


def _tokens(text: str) -> list[str]:
    tokens = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            rest = text[at:].strip()[:20]
            raise _bad(_UNREADABLE, rest=rest)
        tokens.append(match[match.lastindex or 0])
        at = match.end()
    return tokens


class _Reader:
    """Walks over the tokens of one expression and computes as it goes."""

    def __init__(self, tokens: list[str], names: Names) -> None:
        self.tokens = tokens
        self.names = names
        self.at = 0
        self.depth = 0

    def all(self) -> Fraction:
        value = self.sum()
        if self.at < len(self.tokens):
            raise _bad(_TOO_MUCH, sign=self.next)
        return value

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def takes(self, *signs: str) -> str:
        """Step over the next token if it is one of the signs, and give it."""
        if self.next not in signs:
            return ""
        self.at += 1
        return self.tokens[self.at - 1]

    def sum(self) -> Fraction:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _bad(_TOO_DEEP)
        value = self.product()
        while sign := self.takes("+", "-"):
            other = self.product()
            value = value + other if sign == "+" else value - other
        self.depth -= 1
        return value

    def product(self) -> Fraction:
        value = self.signed()
        while sign := self.takes("*", "/"):
            other = self.signed()
            if sign == "/" and not other:
                raise _bad(_BY_ZERO)
            value = value * other if sign == "*" else value / other
        return value

    def signed(self) -> Fraction:
        negative = False
        while self.takes("-"):
            negative = not negative
        value = self.atom()
        while self.takes("%"):
            value /= 100
        return -value if negative else value

    def atom(self) -> Fraction:
        sign = self.next
        if not sign or sign in "+*/%),":
            raise _bad(_MISSING, sign=sign or "…")
        self.at += 1
        if sign == "(":
            return self.arguments(most=1)[0]
        if sign[0].isdigit():
            return Fraction(sign)
        if sign in _FUNCTIONS:
            if not self.takes("("):
                raise _bad(_NO_BRACKETS, name=sign)
            return _FUNCTIONS[sign](self.arguments())
        if sign not in self.names:
            raise _bad(_NO_FIGURE, name=sign)
        return self.names[sign]

    def arguments(self, *, most: int | None = None) -> list[Fraction]:
        """Read what stands in brackets, after the opening one."""
        values = [self.sum()]
        while (most is None or len(values) < most) and self.takes(","):
            values.append(self.sum())
        if not self.takes(")"):
            raise _bad(_NOT_CLOSED)
        return values


_TOO_LONG = Text(f"算式超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters")
_TOO_DEEP = Text(f"括号超过 {MAX_DEPTH} 层", f"more than {MAX_DEPTH} brackets deep")
_INEXACT = Text(
    "结果 {result} 不是整数分；请写 round(…)",
    "{result} is not a whole number of fen; write round(…)",
)
_ROUND_ONE = Text("round 只取一个数", "round takes one number")
_UNREADABLE = Text("看不懂“{rest}”", "cannot read {rest}")
_TOO_MUCH = Text("多出“{sign}”", "{sign} is too much")
_MISSING = Text("“{sign}”处缺少一个数", "a number is missing at {sign}")
_NO_BRACKETS = Text("{name} 后缺少括号", "brackets are missing after {name}")
_NO_FIGURE = Text("没有名为 {name} 的数", "there is no figure named {name}")
_BY_ZERO = Text("除数为零", "division by zero")
_NOT_CLOSED = Text("括号没有配对", "a bracket is not closed")
