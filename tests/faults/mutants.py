"""Mutation testing as one line of the long profile; `docs/mutants.md` tells what it is."""

from __future__ import annotations

import os

from tests import mutants
from tests.faults.report import Line, Profile


def run(_: Profile) -> Line:
    """Plant every fault that mutmut knows in domain/, one at a time.

    Bad are all that no test found, if they are more than the tenth that is allowed, and what is
    listed as equivalent and is not.
    """
    mutants.prepare()
    mutants.plant((), children=os.cpu_count() or 1)
    found, listed = mutants.results(), mutants.equivalents()
    wrong = mutants.unfounded(found, listed)
    killed = sum(mutant.status == mutants.KILLED for mutant in found)
    tried = sum(mutant.status != mutants.UNTRIED for mutant in found)
    possible = len(found) - len(listed)
    enough = 100 * killed >= mutants.GOAL * possible
    return Line(
        "small changes all over domain/",
        runs=len(found),
        fired=tried,
        bad=len(wrong) + (0 if enough else possible - killed),
        unit="mutants",
        detail=f"{killed:,} killed of {possible:,} that change an answer",
    )
