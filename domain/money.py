"""Money: whole fen, exact. `Decimal` appears only where yuan are read or printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, NewType

Fen = NewType("Fen", int)

# Far above any account, far below 2**53, so that every JSON reader keeps it exact.
MAX_FEN = Fen(10**15)

_YUAN = re.compile(r"(-?)([0-9]{1,14}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,2}))?")


class Ratio(NamedTuple):
    """An exact ratio, such as 85/100; never a decimal."""

    num: int
    den: int


def parse_yuan(text: str) -> Fen:
    """Read yuan as people write them ("1,234.5") into fen.

    Raises:
        ValueError: not a number of yuan with at most two decimals, or beyond `MAX_FEN`.
    """
    match = _YUAN.fullmatch(text.strip())
    if match is None:
        msg = f"not an amount in yuan with at most two decimals: {text!r}"
        raise ValueError(msg)
    sign, yuan, cents = match.groups()
    fen = int(yuan.replace(",", "")) * 100 + int((cents or "").ljust(2, "0"))
    if fen > MAX_FEN:
        msg = f"beyond any real amount: {text!r}"
        raise ValueError(msg)
    return Fen(-fen if sign else fen)


def format_yuan(fen: int) -> str:
    """Write fen as yuan with separators and two decimals ("1,234.50")."""
    yuan, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{cents:02d}"


def split(total_fen: Fen, weights: Sequence[int]) -> list[Fen]:
    """Split fen in proportion to whole weights; the parts add up to the whole.

    Each part is rounded down; the residual fen go one each to the earliest parts with the
    largest remainders, so the same input always gives the same split.

    Raises:
        ValueError: no positive weight, a negative weight, or a negative total.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0 or total_fen < 0:
        msg = "split needs a total of at least 0 and weights of at least 0 with a positive sum"
        raise ValueError(msg)
    parts = [total_fen * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total_fen * weights[i] % whole), i))
    for i in by_remainder[: total_fen - sum(parts)]:
        parts[i] += 1
    assert sum(parts) == total_fen
    return [Fen(part) for part in parts]
