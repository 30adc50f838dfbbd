"""A waterfall written for reading, fen by fen, to compare the compiled-style one with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Payer:
    """One account: room by segment, the most it may give, and the lines (by place) it may pay."""

    room: tuple[int, ...]
    cap: int
    lines: frozenset[int]
    own: bool


@dataclass(frozen=True)
class Terms:
    """The need by line, and how relatives take turns."""

    need: tuple[int, ...]
    fall_through: bool
    own_must_be_empty: bool


Payment = tuple[int, int, int]  # account, segment, line


def pay(payers: list[Payer], terms: Terms) -> tuple[list[Payment], list[int]]:
    """Give single fen in the order in which they are paid, and the need left by line."""
    left = list(terms.need)
    paid: list[Payment] = []
    while (fen := _next_fen(payers, terms, left, paid)) is not None:
        paid.append(fen)
        left[fen[2]] -= 1
    return paid, left


def _next_fen(
    payers: list[Payer], terms: Terms, left: list[int], paid: list[Payment]
) -> Payment | None:
    """Find who pays the next fen: the first account that may, from its first filled segment."""
    for a, payer in enumerate(payers):
        if not payer.own and not _has_its_turn(a, payers, terms=terms, paid=paid):
            continue
        if sum(account == a for account, _, _ in paid) >= payer.cap:
            continue
        for s in range(len(payer.room)):
            if rest(a, s, payers=payers, paid=paid) == 0:
                continue
            for line in sorted(payer.lines):
                if left[line]:
                    return a, s, line
    return None


def rest(a: int, s: int, *, payers: list[Payer], paid: list[Payment]) -> int:
    """Give what is left in one segment of one account."""
    return payers[a].room[s] - sum(fen[:2] == (a, s) for fen in paid)


def _has_its_turn(a: int, payers: list[Payer], *, terms: Terms, paid: list[Payment]) -> bool:
    """Tell whether a relative's account may pay at all at this point."""
    if terms.own_must_be_empty and any(
        rest(i, s, payers=payers, paid=paid)
        for i, payer in enumerate(payers)
        if payer.own
        for s in range(len(payer.room))
    ):
        return False
    others = {account for account, _, _ in paid if account != a and not payers[account].own}
    return terms.fall_through or not others
