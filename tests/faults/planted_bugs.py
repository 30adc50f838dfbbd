"""Bugs planted in the ledger on purpose: each must be caught, by the check that is named for it.

A net is tested by what it catches. Every bug is an edit of one function's source, made at test
time; nothing in the ledger can be switched. A check that finds something where nothing is planted
is no check, so each is also run on the ledger as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from domain import account_fold, allocation, claim_fold, holding, judging, waterfall
from ledger.identity_map import IdentityMap
from ledger.sqlite_file import SqliteFile
from ledger.sqlite_recorder import SqliteRecorder
from ledger.workspace import Group, Workspace
from ledger.writer import Writer
from tests.faults import nets
from tests.faults.report import Line, Profile, Tally
from tests.properties.planting import Edit, plant


class Bug(NamedTuple):
    """What is wrong, by which edit, and the net that must catch it and what it must say.

    `disarm` takes assertions of the ledger itself, and whatever else is in its way, away.
    """

    name: str
    edit: Edit
    net: Callable[[], str]
    says: str
    disarm: tuple[Edit, ...] = ()


_SOUND = Edit(account_fold._assert_sound)

BUGS = (
    Bug(
        "a limit is skipped",
        Edit(waterfall.waterfall, "min(wanted, available, case.cap[a])", "min(wanted, available)"),
        nets.histories,
        "audit:",
    ),
    Bug(
        "< for <= in a last day",
        Edit(judging._judge_relation, "visit.day > asked.last", "visit.day >= asked.last"),
        nets.histories,
        "I12:",
    ),
    Bug(
        "< for <= in an amount",
        Edit(holding.capture, "0 <= fen <= final", "0 <= fen < final"),
        nets.histories,
        "audit:",
    ),
    Bug(
        "a refused command leaves what it had begun",
        Edit(
            Workspace.record,
            "self.changed[stream] = after",
            "self.changed[stream] = after; self._group.known.keep({stream: after})",
        ),
        nets.histories,
        "audit:",
    ),
    Bug(
        "an answer before the commit",
        Edit(
            Writer._process,
            "self._commit(group)",
            "[future.set_result(reply) for future, reply in replies]\n"
            "            replies.clear()\n"
            "            self._commit(group)",
        ),
        nets.failing_disk,
        "kept is None",
    ),
    Bug(
        "an answer before the disk has the commit",
        Edit(SqliteFile._open_for_writing, "synchronous = FULL", "synchronous = NORMAL"),
        nets.power_loss,
        "acknowledged events are missing",
    ),
    Bug(
        "the key is not looked up",
        Edit(Writer._decide, "kept = group.answer(job.key)", "kept = None"),
        nets.histories,
        "I6:",
    ),
    Bug(
        "a stale state after a commit",
        Edit(
            IdentityMap.keep,
            "known.pop(key, None)  # so that it goes to the young end\n"
            "        known[key] = versioned",
            "known.setdefault(key, versioned)",
        ),
        nets.histories,
        "I9:",
        (_SOUND,),
    ),
    Bug(
        "a cancellation does not give a used limit back",
        Edit(
            account_fold._pay,
            "used=_use(account, owner, fact, paid.total_fen)",
            "used=_use(account, owner, fact, max(0, paid.total_fen))",
        ),
        nets.histories,
        "I7:",
    ),
    Bug(
        "yuan in floating point",
        Edit(
            waterfall._pay,
            "need[line] -= amount",
            "need[line] = int((need[line] / 100 - amount / 100) * 100)",
        ),
        nets.histories,
        "audit:",
        (Edit(allocation.allocate), Edit(claim_fold._assert_balanced)),
    ),
    Bug(
        "the last event of an entry is not indexed",
        Edit(
            Group.join,
            "[place_of(*line.stream) for line in lines]",
            "[place_of(*line.stream) for line in lines[:-1]]",
        ),
        nets.check_of_the_store,
        "the index does not lead to its events",
    ),
    Bug(
        "a checksum is not compared",
        Edit(
            SqliteRecorder._rows,
            "if not typed or _checksum(number, last, leaf, body) != checksum:",
            "if False:",
        ),
        nets.flipped_digit,
        "another digit",
    ),
    Bug(
        "a hold is captured twice",
        Edit(
            holding._check_held,
            "if claim.status is not Status.HELD:",
            "if claim.status is Status.SETTLED:\n        return None\n"
            "    if claim.status is not Status.HELD:",
        ),
        nets.histories,
        "I6:",
        (
            _SOUND,
            Edit(claim_fold.evolve),
            Edit(
                holding._hold,
                "owner.account.holds[claim.request.claim]",
                "owner.account.holds.get(claim.request.claim) or Hold("
                "claim.request.claim, claim.request.patient, claim.request.service_date, 0, "
                "by_account(claim.allocation.legs)[owner.id], None)",
            ),
            Edit(
                account_fold._end_hold,
                "hold = account.holds[fact.claim]",
                "hold = account.holds.get(fact.claim) or Hold("
                "fact.claim, owner, fact.effective_on, 0, fact.returned, None)",
            ),
        ),
    ),
    Bug(
        "a group that was not committed keeps its states",
        Edit(
            Writer._commit,
            "self._end = self._recorder",
            "self._known.keep(group.states); self._end = self._recorder",
        ),
        nets.full_disk,
        "cancel is refused",
    ),
)


def run(_: Profile) -> Line:
    """Plant every bug once; the detail is the table of who caught which."""
    tally = Tally()
    table = [try_bug(bug, tally) for bug in BUGS]
    for net in dict.fromkeys(bug.net for bug in BUGS):
        try_without(net, tally)
    line = tally.line("planted bugs", unit="bugs")
    return line._replace(detail="\n    ".join([*table, *tally.findings]))


def try_bug(bug: Bug, tally: Tally) -> str:
    """Plant a bug, let its net look, and say who caught it."""
    ran = Tally()
    tally.runs += 1
    with pytest.MonkeyPatch.context() as patch:
        for edit in bug.disarm:
            plant(patch, edit)
        plant(patch, bug.edit, ran=lambda: ran.counts.update(["ran"]))
        try:
            found = bug.net()
        except Exception as error:  # noqa: BLE001  # who breaks off has not said what is wrong
            tally.fail(bug.name, error)
            found = ""
    tally.fired += ran.counts["ran"] > 0
    if bug.says in found:
        return f"{bug.name} → {bug.net.__name__}: {found[:80]}"
    tally.find(f"{bug.name}: {bug.net.__name__} does not say {bug.says!r} but {found!r}")
    return f"{bug.name} → nobody"


def try_without(net: Callable[[], str], tally: Tally) -> None:
    """Let a net look where no bug is."""
    if found := net():
        tally.find(f"{net.__name__} finds where nothing is planted: {found}")
