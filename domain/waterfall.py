"""Deduction by priority: whole numbers and plain sequences, so that a compiler takes it as is.

Nothing here knows what an account, a rule or an event is. Sizes: `A` accounts in order of
priority, each with `S` segments, and `L` claim lines; two- and three-dimensional tables are laid
out flat, row by row.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

# Why an account gave what it gave. Plain numbers, because compiled code has no enumerations.
NOTHING_LEFT = 0  # nothing was left that it may pay
PAID_THE_REST = 1  # it paid all that was left of what it may pay
EMPTIED = 2  # it gave all the room it had
CAPPED = 3  # it gave up to its cap
EMPTY = 4  # it had no room
CAP_ZERO = 5  # its cap was used up before
BARRED = 6  # it may pay no line of this claim
OTHER_PAID = 7  # only one relative's account may pay, and one has
OWN_LEFT = 8  # the own account must be used up first, and is not


def sort_by_key(keys: Sequence[int], order: MutableSequence[int]) -> None:
    """Fill `order` with the indexes of `keys`, smallest key first; equal keys keep their places."""
    for i in range(len(keys)):
        j = i
        while j > 0 and keys[order[j - 1]] > keys[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i


class Case(NamedTuple):
    """One claim before its candidate accounts, in order of priority; the own account comes first.

    need: fen to pay by line, `L`; holds what is left unpaid afterwards.
    room: fen available by account and segment, `A * S`.
    cap: the most each account may give, `A` fen.
    may_pay: 1 where an account may pay a line, else 0, `A * L`.
    own: 1 where the account is the patient's own, else 0, `A`.
    fall_through: 0 where only one relative's account may pay.
    own_must_be_empty: 1 where relatives pay only when the own account has no room left.
    """

    need: MutableSequence[int]
    room: Sequence[int]
    cap: Sequence[int]
    may_pay: Sequence[int]
    own: Sequence[int]
    fall_through: int
    own_must_be_empty: int


def waterfall(case: Case, gave: MutableSequence[int], why: MutableSequence[int]) -> int:
    """Let accounts pay claim lines in order of priority.

    `gave` receives fen by account, segment and line, `A * S * L`; `why` one of the reasons above
    for each account. Returns the fen that no account paid.
    """
    need, room, may_pay = case.need, case.room, case.may_pay
    lines = len(need)
    segments = len(room) // max(1, len(case.cap))
    relative_paid = 0
    own_left = 0
    for a in range(len(case.cap)):
        wanted = 0  # what is left of the lines that the account may pay
        allowed = 0
        cell = a * lines
        for line in range(lines):
            if may_pay[cell + line] == 1:
                wanted += need[line]
                allowed = 1
        available = sum(room[a * segments : (a + 1) * segments])
        given = 0
        if allowed == 0:
            why[a] = BARRED
        elif wanted == 0:
            why[a] = NOTHING_LEFT
        elif case.own[a] == 0 and case.own_must_be_empty == 1 and own_left > 0:
            why[a] = OWN_LEFT
        elif case.own[a] == 0 and case.fall_through == 0 and relative_paid == 1:
            why[a] = OTHER_PAID
        elif available == 0:
            why[a] = EMPTY
        elif case.cap[a] == 0:
            why[a] = CAP_ZERO
        else:
            given = min(wanted, available, case.cap[a])
            _pay(case, a, given, gave)
            why[a] = PAID_THE_REST if given == wanted else EMPTIED if given == available else CAPPED
        if case.own[a] == 1:
            own_left += available - given
        elif given > 0:
            relative_paid = 1
    return sum(need)


def _pay(case: Case, a: int, given: int, gave: MutableSequence[int]) -> None:
    """Take `given` fen from one account, segment by segment and line by line."""
    need, may_pay = case.need, case.may_pay
    lines = len(need)
    segments = len(case.room) // len(case.cap)
    left = given
    for segment in range(a * segments, (a + 1) * segments):
        in_segment = min(case.room[segment], left)
        for line in range(lines):
            if in_segment == 0:
                break
            if need[line] > 0 and may_pay[a * lines + line] == 1:
                amount = min(need[line], in_segment)
                gave[segment * lines + line] = amount
                need[line] -= amount
                in_segment -= amount
                left -= amount
