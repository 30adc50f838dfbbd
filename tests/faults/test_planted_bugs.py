"""Every planted bug is caught by the check that is named for it; without one, nothing is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.planted_bugs import BUGS, Bug, try_bug, try_without
from tests.faults.report import Tally
from tests.properties.planting import Edit

LEAST = 12
"""So many bugs at least."""


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught_by_its_check(bug: Bug) -> None:
    tally = Tally()
    said = try_bug(bug, tally)
    assert not tally.findings
    assert tally.fired == tally.runs == 1
    assert said.startswith(f"{bug.name} → {bug.net.__name__}: ")


@pytest.mark.parametrize(
    "net", dict.fromkeys(bug.net for bug in BUGS), ids=lambda net: net.__name__
)
def test_a_check_finds_nothing_where_nothing_is_planted(net: Callable[[], str]) -> None:
    tally = Tally()
    try_without(net, tally)
    assert tally.findings == []


def test_there_are_enough_different_bugs() -> None:
    assert len({(bug.edit.where, bug.edit.before) for bug in BUGS}) == len(BUGS) >= LEAST


def test_a_bug_that_nobody_catches_is_bad() -> None:
    tally = Tally()
    harmless = Edit(BUGS[0].edit.where, BUGS[0].edit.before, BUGS[0].edit.before)
    said = try_bug(BUGS[0]._replace(edit=harmless, net=lambda: ""), tally)
    assert said.endswith("→ nobody")
    assert (tally.runs, tally.fired, tally.bad) == (1, 0, 1)


def test_a_check_that_breaks_off_has_not_caught_anything() -> None:
    def broken() -> str:
        raise LookupError(BUGS[0].says)

    tally = Tally()
    assert try_bug(BUGS[0]._replace(net=broken), tally).endswith("→ nobody")
    assert tally.bad == 2


def test_a_check_that_always_finds_something_is_bad() -> None:
    tally = Tally()
    try_without(lambda: "everything is wrong", tally)
    assert tally.bad == 1
