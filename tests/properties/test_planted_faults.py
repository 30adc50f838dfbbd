"""Each invariant broken on purpose: the edit, and the check that must see it.

A net is tested by what it catches. Every line plants one fault in the ledger (with the ledger's
own assertions taken out of its way) and plays random histories until something is found; it must
be the check named there, and a fault that nobody notices fails the test.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import update

from domain import account, bookkeeping, claim, eligibility, settlement, undoing, waterfall
from ledger import application, identity_map, memory_recorder, writer
from ledger import store as stores
from ledger.application import Application
from projections.checks import check
from projections.runner import open_views, run
from projections.tables import BALANCES
from simulation import random_history
from simulation.random_history import generate, play
from tests.properties.invariants import Broken, Watch, dump
from tests.properties.planting import Edit, plant
from tests.properties.rulebooks import rule_book

BOOK = rule_book()
SEEDS, OPERATIONS = 40, 250


class Fault(NamedTuple):
    """What is broken, how, and which check must see it."""

    breaks: str
    name: str
    edit: Edit
    disarm: tuple[Edit, ...] = ()


_SOUND = (Edit(account._assert_sound),)
_NOTHING_SPENT_TWICE = (*_SOUND, Edit(claim._give_back), Edit(claim.less))

FAULTS = (
    Fault(
        "I1",
        "a rollover loses a fen",
        Edit(
            account._roll,
            "available=account.available.as_prior()",
            "available=Amounts(0, max(0, account.available.total_fen - 1))",
        ),
        _SOUND,
    ),
    Fault(
        "I1",
        "a captured hold is paid without being counted as paid",
        Edit(account._end_hold, "paid_fen=account.paid_fen + taken.total_fen", "available=account.available + taken"),
        _SOUND,
    ),
    Fault(
        "I2",
        "money is taken back that is not there",
        Edit(bookkeeping.take_back, "if amount_fen > available_fen:", "if False:"),
        _SOUND,
    ),
    Fault(
        "I3",
        "credits land in the wrong segment",
        Edit(
            account._apply,
            "available=account.available + fact.amount",
            "available=account.available + Amounts(fact.amount.total_fen, 0)",
        ),
        _SOUND,
    ),
    Fault(
        "I4",
        "a rollover forgets money that is held",
        Edit(account._roll, "replace(hold, held=hold.held.as_prior())", "hold"),
        _SOUND,
    ),
    Fault(
        "I5",
        "a commit keeps the events and loses the answer",
        Edit(
            memory_recorder.MemoryRecorder.commit,
            "self._answers.update(new)",
            "self._answers.update({} if len(new) < 2 else new)",
        ),
    ),
    Fault(
        "I6",
        "the body behind a key is not compared",
        Edit(writer._repeated, "if kept.digest != job.digest:", "if False:"),
    ),
    Fault(
        "I6",
        "a repetition is answered with other words",
        Edit(writer._repeated, "kept.answer, kept", 'kept.answer + b" ", kept'),
    ),
    Fault(
        "I7",
        "a partial cancellation does not lower what stays paid",
        Edit(claim._give_back, "legs=legs,", "legs=claim.legs,"),
        _NOTHING_SPENT_TWICE[:1] + _NOTHING_SPENT_TWICE[2:],
    ),
    Fault(
        "I7",
        "a refund does not give used limits back",
        Edit(
            account._apply,
            "used=_use(account, owner, fact, -fact.returned.total_fen)",
            "used=account.used",
        ),
    ),
    Fault(
        "I8",
        "a refusal is answered for ever",
        Edit(
            writer.Writer._decide,
            "if isinstance(decided, Refusal):",
            "if isinstance(decided, Refusal):\n        position = group.last_position\n"
            '        answer = StoredAnswer(job.key, job.digest, b"", position)\n'
            "        self._recorder.commit((), (answer,))",
        ),
    ),
    Fault(
        "I9",
        "the states at hand are not renewed after a commit",
        Edit(
            identity_map.IdentityMap.keep,
            "self._states[stream] = versioned",
            "self._states[stream] = versioned._replace(state=was) if was else versioned",
        ),
    ),
    Fault(
        "I12",
        "grantors pay in the reverse order",
        Edit(settlement.in_order, "for i in order]", "for i in order[::-1]]"),
    ),
    Fault(
        "I12",
        "accounts of uninsured grantors pay",
        Edit(
            eligibility._relation_barrier, "if not candidate.person.is_covered(day):", "if False:"
        ),
    ),
    Fault(
        "I13",
        "a decision looks at something that is not recorded",
        Edit(
            settlement._case,
            "rules = candidates[0].rules.pool",
            "rules = candidates[0].rules.pool\n    room[0] -= min(room[0], id(object()) % 3)",
        ),
    ),
    Fault(
        "audit",
        "caps are ignored",
        Edit(waterfall.waterfall, "min(wanted, available, case.cap[a])", "min(wanted, available)"),
    ),
    Fault(
        "audit",
        "a refund goes to the account that paid first",
        Edit(undoing._give_back, "for leg in reversed(claim.legs):", "for leg in claim.legs:"),
    ),
)
