"""A section of the report: what it costs when all claims of all clients hit one family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.books import founded, serving
from benchmarks.clients import Run, Runs
from benchmarks.figures import cost_permille
from benchmarks.setting import MANY, Setting, Size
from benchmarks.workload import Family, families
from domain.text import Text


class Hot(NamedTuple):
    """Settlements of one family, and as many spread over families just like it."""

    family: Runs
    spread: Runs
    families: int  # that the others are spread over

    @property
    def cost_permille(self) -> int:
        """Give by how many thousandths the one family is slower; negative: it is faster."""
        return cost_permille(self.family.per_second, self.spread.per_second)


def measure(size: Size, setting: Setting) -> Hot:
    """Settle spread and hot in turn, so that both see the same machine."""
    known = families(size.persons)
    alike = alike_of(known)
    path = founded(setting, size.persons, name="hot")
    hot: list[Run] = []
    spread: list[Run] = []
    with serving(path, setting.book, known=known) as till:
        till.settle(size.settlements, clients=MANY, seconds=size.seconds, among=alike)  # to be warm
        for number in range(1, size.repeat + 1):
            setting.tell(Text(f"热点家庭，第 {number} 轮", f"a hot family, round {number}"))
            for among, runs in ((alike[1:], spread), (alike[:1], hot)):
                run = till.settle(size.settlements, clients=MANY, seconds=size.seconds, among=among)
                runs.append(run)
    return Hot(Runs(tuple(hot)), Runs(tuple(spread)), len(alike) - 1)


def alike_of(known: Sequence[Family]) -> list[Family]:
    """Give families of one shape in one region: their claims cost the same but for the heat."""
    first = known[0]
    found = [each for each in known if _likeness(each) == _likeness(first)]
    assert len(found) > 1, "too few families to spread claims over"
    return found


def _likeness(family: Family) -> tuple[str, int, int, int]:
    return family.region, len(family.children), len(family.parents), len(family.grantors)
