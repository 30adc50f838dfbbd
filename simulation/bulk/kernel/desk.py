"""What lies on the kernel's desk: a run's arrays and the scratch space of one bill."""

from __future__ import annotations

from typing import NamedTuple

from simulation.bulk.arrays import Decided, Int64, Legs, Memory, Numbers, Rows, Rules, State, Tried

# Places in `Work.at`: how far the growing arrays are filled, and where the bill at hand is from.
LEGS = 0  # in Legs
TRIED = 1  # in Tried
LINES = 2  # in the lines of Memory
KEPT = 3  # in the legs of Memory
USES = 4  # keys in the table of uses
WHERE = 5  # the region of the institution

SEGMENTS = 2  # of an account, or of a purse; a wallet uses the first only


class Work(NamedTuple):
    """Scratch space, sized for the longest bill and the patient with most relations.

    Accounts are asked in order: the own one, the wallet, then relatives'.
    """

    at: Int64  # see above
    need: Int64  # by line, fen
    place: Int64  # by relation: its place in the order, then the edge at that place
    key: Int64  # by relation: what it is ordered by
    # By account.
    edge: Int64  # -1 the own account, -2 the own wallet
    pot: Int64  # -1: nothing is set aside
    barred: Int64
    limit: Int64
    cap: Int64
    own: Int64
    why: Int64
    rule: Int64  # the rule set of its area
    # By account and segment; the segment of each room.
    room: Int64
    segment: Int64
    may_pay: Int64  # by account and line
    gave: Int64  # by account, segment and line; of a cancellation, by leg
    # Of a cancellation.
    cash: Int64  # by line, what goes back in cash
    back: Int64  # by leg, the pot that it goes back to


class Run(NamedTuple):
    """Everything that one pass works on."""

    state: State
    rules: Rules
    rows: Rows
    memory: Memory
    decided: Decided
    legs: Legs
    tried: Tried
    work: Work


OWN_ACCOUNT, OWN_WALLET = -1, -2


def fetch(numbers: Numbers, place: int) -> None:
    """Tell the memory that a place will be read soon; interpreted, it means nothing.

    Persons are met in no order, so that nearly every reading would wait for the memory.
    """
