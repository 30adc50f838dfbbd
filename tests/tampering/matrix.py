"""The matrix: every kind of tampering so many times, verified with and without a kept checkpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

import gongji_verify_cli
from tests.tampering.cases import REAL, Case, NotFired, history
from tests.tampering.kinds import KINDS, Kind
from tests.tampering.pack import members_of, zipped

_MOST_TRIES = 20  # histories in which nothing fits, for one trial


@dataclass
class Row:
    """What became of one kind: trials, and how often it was caught and with which exit codes."""

    kind: Kind
    trials: int = 0
    not_fired: int = 0
    caught: Counter[str] = field(default_factory=Counter)
    exits: dict[str, Counter[str]] = field(
        default_factory=lambda: {"with": Counter(), "without": Counter()}
    )

    @property
    def as_expected(self) -> bool:
        """Tell whether all of it was caught where it must be, and none where it cannot be."""
        expected = {"with": self.kind.with_kept, "without": self.kind.without}
        right = all(self.caught[how] == self.trials * must for how, must in expected.items())
        return right and self.trials > 0 and not self.not_fired


def verdict(package: bytes, kept: bytes | None) -> str:
    """Give the code of what the verifier finds in a package; "ok" if nothing."""
    return str(gongji_verify_cli.judge(package, REAL.vkey, {"kept": kept} if kept else {})["result"])


def run(kind: Kind, *, trials: int, seed: int) -> Row:
    """Try one kind of tampering on random histories."""
    row = Row(kind)
    for trial in range(trials):
        tampered = _fired(kind, seed + trial)
        if tampered is None:
            row.not_fired += 1
            continue
        case, package = tampered
        row.trials += 1
        kept = case.members["checkpoint.txt"] if kind.newest else case.kept
        for how, anchor in (("with", kept), ("without", None)):
            found = verdict(package, anchor)
            row.caught[how] += found != "ok"
            row.exits[how][found] += 1
    return row


def _fired(kind: Kind, seed: int) -> tuple[Case, bytes] | None:
    """Give a case and its package once tampered with; a package that stayed the same is none."""
    for number in range(_MOST_TRIES):
        case = Case(seed, history(seed + 100 * number), Random(f"{kind.name}/{seed}/{number}"))
        try:
            package = kind.tamper(case)
        except NotFired:
            continue
        return (case, package) if package not in (case.honest, _account(case)) else None
    return None


def _account(case: Case) -> bytes:
    return zipped(case.of_account())


def clean(number: int, *, seed: int) -> list[str]:
    """Verify so many honest packages, of everything and of one account; give what was found."""
    found = []
    for each in range(seed, seed + (number + 1) // 2):
        case = Case(each, history(each), Random(each))
        for package in (case.honest, _account(case))[: number - len(found)]:
            found.append(verdict(package, case.kept))
    return found


def rows(*, trials: int, seed: int) -> Iterator[Row]:
    """Try every kind."""
    return (run(kind, trials=trials, seed=seed) for kind in KINDS)
