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

from domain import (
    account_fold,
    allocation,
    bookkeeping,
    claim_fold,
    judging,
    offering,
    purses,
    returning,
    unbinding,
    undoing,
    waterfall,
)
from ledger import identity_map, memory_recorder, writer
from ledger import store as stores
from ledger.application import Application
from projections.checks import check
from projections.runner import open_views, run
from projections.tables import BALANCES
from simulation import random_history
from simulation.random_history import generate, play
from tests.properties.dumping import dump
from tests.properties.invariants import Broken, Watch
from tests.properties.planting import Edit, plant
from tests.properties.rulebooks import rule_book

BOOK = rule_book()
SEEDS, OPERATIONS = 80, 250
NUMBERED = {f"I{n}" for n in range(1, 14)}


class Fault(NamedTuple):
    """What is broken, how, and which check must see it."""

    breaks: str
    name: str
    edit: Edit
    disarm: tuple[Edit, ...] = ()


_SOUND = (Edit(account_fold._assert_sound),)

FAULTS = (
    Fault(
        "I1",
        "a rollover loses a fen",
        Edit(
            account_fold._roll,
            "available=account.available.as_prior()",
            "available=Amounts(0, max(0, account.available.total_fen - 1))",
        ),
        _SOUND,
    ),
    Fault(
        "I1",
        "a captured hold becomes available again",
        Edit(
            account_fold._end_hold,
            "_put(account, fact.purse, fact.returned)",
            "_put(account, fact.purse, hold.held)",
        ),
        _SOUND,
    ),
    Fault(
        "I1",
        "money that is paid stays set aside",
        Edit(purses.put, "amount=kept.amount + amount", "amount=kept.amount"),
        _SOUND,
    ),
    Fault(
        "I3",
        "money set aside lands in the wrong segment",
        Edit(
            purses.filled,
            "amount_in(purses, fact.purse) + fact.amount",
            "amount_in(purses, fact.purse) + Amounts(fact.amount.total_fen, 0)",
        ),
        _SOUND,
    ),
    Fault(
        "audit",
        "what is set aside does not come back when the relation ends",
        Edit(returning.end_purses_of, "if not rules.pool.rest_returns:", "if True:"),
    ),
    Fault(
        "audit",
        "a refund goes to its owner while the relation stands",
        Edit(
            returning.way_back,
            "kept is not None and kept.takes_back(amount.total_fen)",
            "False",
        ),
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
            account_fold._apply,
            "available=account.available + fact.amount,\n                credited_fen",
            "available=account.available + Amounts(fact.amount.total_fen, 0),\n"
            "                credited_fen",
        ),
        _SOUND,
    ),
    Fault(
        "I4",
        "a hold remembers the wrong segment",
        Edit(
            account_fold._hold,
            "fact.account_year,\n        fact.held",
            "fact.account_year,\n        Amounts(fact.held.prior_fen, fact.held.current_fen)",
        ),
        (*_SOUND, Edit(account_fold._end_hold)),
    ),
    Fault(
        "I5",
        "a commit keeps the events and loses the answer",
        Edit(
            memory_recorder.MemoryRecorder._keep,
            "for place in dict.fromkeys(places):",
            "for place in dict.fromkeys(places[:-1]):",  # the last is that of the key
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
        Edit(claim_fold._give_back, "legs=legs,", "legs=claim.legs,"),
        (*_SOUND, Edit(claim_fold.evolve)),
    ),
    Fault(
        "I7",
        "a refund does not give used limits back",
        Edit(
            account_fold._pay,
            "used=_use(account, owner, fact, paid.total_fen)",
            "used=_use(account, owner, fact, max(0, paid.total_fen))",
        ),
    ),
    Fault(
        "I8",
        "a refusal is answered for ever",
        Edit(
            writer.Writer._decide,
            "if isinstance(decided, Refusal):",
            "if isinstance(decided, Refusal):\n"
            '        meta = Meta(recorded_at, job.actor, job.key, "")\n'
            '        group.join(Workspace(group), meta, answer=Answer(job.digest, Raw(b"{}")))',
        ),
    ),
    Fault(
        "I9",
        "the states at hand are not renewed after a commit",
        Edit(
            identity_map.IdentityMap.keep,
            "known.pop(key, None)  # so",
            "versioned = Versioned(known.pop(key, versioned).state, versioned.version)  # so",
        ),
    ),
    Fault(
        "I12",
        "the first grantor is passed over",
        Edit(allocation.in_order, "for i in order]", "for i in order[1:]]"),
    ),
    Fault(
        "I12",
        "accounts pay outside the time for which they were authorized",
        Edit(
            judging._judge_relation,
            "if visit.day > asked.last_day:",
            "if False:",
        ),
    ),
    Fault(
        "I13",
        "a decision looks at something that is not recorded",
        Edit(
            allocation._case,
            "return kernel.Case(",
            "kernel.asked = getattr(kernel, 'asked', 0) + 1\n"
            "    room[0] -= min(room[0], kernel.asked % 2 * 9**9)\n"
            "    return kernel.Case(",
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
    Fault(
        "audit",
        "the second tap is not waited for",
        Edit(offering.offer, "if rules.till is not Till.TWO_TAPS or", "if True or"),
    ),
    Fault(
        "audit",
        "another bill accepts an offer",
        Edit(offering._accepts, " or claim.request != request", ""),
    ),
    Fault(
        "audit",
        "an offer never ends",
        Edit(offering._accepts, "situation.now < claim.expires_at", "True"),
    ),
    Fault(
        "audit",
        "a grantor gets back what belongs to the patient in cash",
        Edit(undoing._restore, "if person in in_cash:", "if False:"),
    ),
    Fault(
        "I12",
        "relatives pay although the till was not told",
        Edit(judging.judge, "if asked.kind == RELATIVE and visit.aid_told == 0:", "if False:"),
    ),
    Fault(
        "I12",
        "a balance below the threshold pays",
        Edit(judging.judge, "if barred == MAY_PAY and asked", "if False and asked"),
    ),
    Fault(
        "audit",
        "anybody ends a relation",
        Edit(unbinding.unbind, "if asked_by is not None and", "if False and"),
    ),
)


def caught(*, redecide_all: bool) -> Broken | None:
    """Play histories until a check finds something."""
    for seed in range(SEEDS):
        with stores.memory() as store, Application(store, BOOK) as application:
            watch = Watch(application, redecide_all=redecide_all)
            try:
                for played in play(application, seed=seed, operations=OPERATIONS):
                    watch.after(played)
                watch.at_the_end()
            except Broken as broken:
                return broken
    return None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.breaks} {fault.name}")
def test_the_named_check_sees_a_planted_fault(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    for edit in (fault.edit, *fault.disarm):
        plant(monkeypatch, edit)
    broken = caught(redecide_all=fault.breaks == "I13")
    assert broken is not None, f"nobody noticed that {fault.name}"
    assert broken.name == fault.breaks, broken


def test_without_a_fault_nothing_is_found() -> None:
    with stores.memory() as store, Application(store, BOOK) as application:
        watch = Watch(application)
        for played in play(application, seed=0, operations=OPERATIONS):
            watch.after(played)
        watch.at_the_end()


def test_an_edited_row_of_a_projection_is_found(tmp_path: Path) -> None:
    """I10: a balance that is one fen off is not what the events give."""
    with stores.memory() as store, Application(store, BOOK) as application:
        generate(application, seed=1, operations=OPERATIONS)
        engine = open_views(tmp_path)
        run(store, engine)
        assert check(store, engine) == []
        with engine.begin() as connection:
            column = BALANCES.c.available_fen
            connection.execute(update(BALANCES).values(available_fen=column + 1))
        assert {"projections", "balances"} & {finding.check for finding in check(store, engine)}
        engine.dispose()


def test_a_history_that_is_not_drawn_from_its_seed_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """I11: the same seed no longer gives the same bytes."""
    monkeypatch.setattr(random_history, "Random", lambda _: random.Random())
    dumps = []
    for _ in range(2):
        with stores.memory() as store, Application(store, BOOK) as application:
            generate(application, seed=1, operations=100)
            dumps.append(dump(store))
    assert dumps[0] != dumps[1]


def test_every_invariant_that_histories_check_has_a_planted_fault() -> None:
    elsewhere = {"I10", "I11"}  # the two tests above
    assert {fault.breaks for fault in FAULTS} == NUMBERED - elsewhere | {"audit"}
