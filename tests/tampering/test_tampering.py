"""Every kind of tampering is caught where it must be; and the matrix notices when it is not."""

from __future__ import annotations

import pytest

from domain.text import Text
from tests.tampering.cases import Case
from tests.tampering.kinds import KINDS, Kind
from tests.tampering.matrix import clean, run

ALL = [pytest.param(kind, id=kind.name) for kind in KINDS]


def test_there_are_at_least_twenty_kinds_each_with_a_name_of_its_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 20


@pytest.mark.parametrize("kind", ALL)
def test_tampering_is_caught_where_it_must_be_and_only_there(kind: Kind) -> None:
    row = run(kind, trials=2, seed=70)
    assert row.as_expected, (row.caught, row.exits, row.not_fired)


def test_a_fork_is_told_from_other_tampering() -> None:
    (fork,) = [kind for kind in KINDS if kind.name == "fork"]
    assert run(fork, trials=1, seed=3).exits["with"] == {"fork": 1}


def test_honest_packages_are_accepted() -> None:
    assert clean(20, seed=40) == ["ok"] * 20


def test_a_tampering_that_changes_nothing_is_a_failure() -> None:
    nothing = Kind("nothing", Text("无", "nothing"), lambda case: case.honest, without=False)
    row = run(nothing, trials=1, seed=1)
    assert (row.trials, row.not_fired, row.as_expected) == (0, 1, False)


@pytest.mark.parametrize("expected", [{"with_kept": False}, {"without": False}])
def test_an_expectation_that_does_not_hold_is_a_failure(expected: dict[str, bool]) -> None:
    def cut(case: Case) -> bytes:
        return case.honest[:-1]

    assert not run(Kind("cut", Text("截", "cut"), cut, **expected), trials=1, seed=1).as_expected
    assert run(Kind("cut", Text("截", "cut"), cut), trials=1, seed=1).as_expected
