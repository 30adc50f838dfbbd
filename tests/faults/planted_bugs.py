"""Bugs planted in the ledger on purpose: each must be caught, by the check that is named for it.

A net is tested by what it catches. Every bug is an edit of one function's source, made at test
time; nothing in the ledger can be switched. A check that finds something where nothing is planted
is no check, so each is also run on the ledger as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from domain import account, allocation, claim, eligibility, holding, waterfall
from ledger.identity_map import IdentityMap
from ledger.sqlite_file import SqliteFile
from ledger.sqlite_recorder import SqliteRecorder
from ledger.workspace import Group, Workspace
from ledger.writer import Writer
from tests.faults import nets
from tests.faults.report import Line, Profile, Tally
from tests.properties.planting import Edit, plant


class Bug(NamedTuple):
    """What is wrong, by which edit, and the net that must catch it: it gives what it found.

    `disarm` takes assertions of the ledger itself, and whatever else is in its way, away.
    """

    name: str
    edit: Edit
    net: Callable[[], str]
    disarm: tuple[Edit, ...] = ()


_SOUND = Edit(account._assert_sound)

BUGS = (
    Bug(
        "a limit is skipped",
        Edit(waterfall.waterfall, "min(wanted, available, case.cap[a])", "min(wanted, available)"),
        nets.auditor,
    ),
    Bug(
        "< for <= in a last day",
        Edit(eligibility._relation_barrier, "day > authorization", "day >= authorization"),
        nets.priority,
    ),
    Bug(
        "< for <= in an amount",
        Edit(holding.capture, "0 <= fen <= final", "0 <= fen < final"),
        nets.auditor,
    ),
    Bug(
        "a refused command leaves what it had begun",
        Edit(
            Workspace.record,
            "self.changed[stream] = after",
            "self.changed[stream] = after; self._group.known.keep({stream: after})",
        ),
        nets.auditor,
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
    ),
    Bug(
        "an answer before the disk has the commit",
        Edit(SqliteFile._open_for_writing, "synchronous = FULL", "synchronous = NORMAL"),
        nets.power_loss,
    ),
    Bug(
        "the key is not looked up",
        Edit(Writer._decide, "kept = group.answer(job.key)", "kept = None"),
        nets.keys,
    ),
    Bug(
        "a stale state after a commit",
        Edit(
            IdentityMap.keep,
            "known.pop(key, None)  # so that it goes to the young end\n"
            "        known[key] = versioned",
            "known.setdefault(key, versioned)",
        ),
        nets.replay,
        (_SOUND,),
    ),
    Bug(
        "a cancellation does not give a used limit back",
        Edit(
            account._apply,
            "used=_use(account, owner, fact, -fact.returned.total_fen)",
            "used=account.used",
        ),
        nets.cancellations,
    ),
    Bug(
        "yuan in floating point",
        Edit(
            waterfall._pay,
            "need[line] -= amount",
            "need[line] = int((need[line] / 100 - amount / 100) * 100)",
        ),
        nets.auditor,
        (Edit(allocation.allocate), Edit(claim._assert_balanced)),
    ),
    Bug(
        "the last event of an entry is not indexed",
        Edit(
            Group.join,
            "[place_of(*line.stream) for line in lines]",
            "[place_of(*line.stream) for line in lines[:-1]]",
        ),
        nets.check_of_the_store,
    ),
    Bug(
        "a checksum is not compared",
        Edit(SqliteRecorder.entries, "if not typed or _checksum(number, last, body) != checksum:", "if False:"),
        nets.flipped_digit,
    ),
    Bug(
        "a hold is captured twice",
        Edit(holding._check_held, "if claim.status is not Status.HELD:", "if False:"),
        nets.keys,
        (
            _SOUND,
            Edit(claim.evolve),
            Edit(
                holding._hold,
                "owner.account.holds[claim.request.claim].held",
                "by_account(claim.allocation.legs)[owner.id]",
            ),
            Edit(
                account._end_hold,
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
    ),
)

NAMES = [bug.name for bug in BUGS]


def run(_: Profile) -> Line:
    """Plant every bug once; the detail is the table of who caught which."""
    tally, table = Tally(), []
    for bug in BUGS:
        table.append(try_bug(bug, tally))
    for net in dict.fromkeys(bug.net for bug in BUGS):
        if found := net():
            tally.find(f"{net.__name__} finds without any bug: {found}")
    line = tally.line("planted bugs", unit="bugs")
    return line._replace(detail="\n    ".join([*table, *tally.findings]))


def try_bug(bug: Bug, tally: Tally) -> str:
    """Plant a bug, let its net look, and say who caught it."""
    ran: list[None] = []
    tally.runs += 1
    with pytest.MonkeyPatch.context() as patch:
        for edit in bug.disarm:
            plant(patch, edit)
        plant(patch, bug.edit, ran=lambda: ran.append(None))
        try:
            found = bug.net()
        except Exception as error:  # noqa: BLE001  # whoever breaks off has not said what is wrong
            tally.fail(bug.name, error)
            return f"{bug.name} → nobody: {bug.net.__name__} broke off"
    tally.fired += bool(ran)
    if not found or not ran:
        tally.find(f"{bug.name}: not caught by {bug.net.__name__}")
        return f"{bug.name} → nobody"
    return f"{bug.name} → {bug.net.__name__}: {found[:100]}"
