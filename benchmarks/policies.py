"""How long the rules take to read, check and resolve: `python -m benchmarks.policies`.

Twice: the shipped files, and a made-up library of the size that the whole country needs. One
region is measured as a command does it, all of them as `gongji policy lint` and the tests do.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import NamedTuple

from benchmarks.policy_folder import Size, write_folder
from domain.ids import RegionCode
from domain.rules import RuleSet
from policies.checks import check
from policies.library import Library
from policies.loader import SHIPPED, load, read_library
from policies.reading import read_frame
from policies.resolve import rule_sets

RUNS = 5
DAY = date(2026, 1, 15)

_SHOW = ("policy", "show", "pool.places", "--region", "310000", "--on", "2023-08-01")
_START = "from cli.main import main; main()"


class Timed(NamedTuple):
    """What was done, on how much, and the median of its runs."""

    name: str
    things: int
    microseconds: int


def measure(folder: Path, region: RegionCode, *, runs: int = RUNS) -> list[Timed]:
    """Time each step on a folder of policy files."""
    library = read_library(folder)

    def one_region() -> int:
        found = load(folder).resolve(region, DAY)
        assert isinstance(found, RuleSet)
        return len(found.chain)

    steps: dict[str, Callable[[], int]] = {
        "registry and sources": lambda: len(read_frame(folder).sources),
        "one region and its parents: read, check, resolve a day": one_region,
        "all regions: read": lambda: len(read_library(folder).regions),
        "all regions: check": lambda: _checked(library),
        "all regions: resolve every epoch": lambda: len(list(rule_sets(library))),
    }
    return [Timed(name, *_timed(step, runs)) for name, step in steps.items()]


def _checked(library: Library) -> int:
    assert not list(check(library))
    return len(library.claims)


def _timed(step: Callable[[], int], runs: int) -> tuple[int, int]:
    times, count = [], 0
    for _ in range(runs):
        begun = perf_counter_ns()
        count = step()
        times.append((perf_counter_ns() - begun) // 1000)
    return count, int(median(times))


def _whole_command() -> int:
    ran = subprocess.run(  # noqa: S603 - our own program, with fixed words
        [sys.executable, "-c", _START, *_SHOW], check=True, capture_output=True
    )
    return len(ran.stdout.splitlines())


def report(*, runs: int = RUNS) -> Iterator[str]:
    """Give the lines of the report."""
    with TemporaryDirectory() as temporary:
        whole_country = Path(temporary)
        codes = write_folder(whole_country, Size())
        folders = {
            "the shipped files": (SHIPPED, "310000"),
            f"a made-up library: {Size()}": (whole_country, codes[1]),
        }
        for name, (folder, region) in folders.items():
            yield name
            yield from map(_line, measure(folder, RegionCode(region), runs=runs))
    yield f"gongji {' '.join(_SHOW)}"
    yield _line(Timed("the whole command, lines", *_timed(_whole_command, runs)))


def _line(timed: Timed) -> str:
    tenths = timed.microseconds // 100
    return f"  {timed.name:<58} {timed.things:>6,} {tenths // 10:>8,}.{tenths % 10} ms"


if __name__ == "__main__":
    for line in report():
        sys.stdout.write(f"{line}\n")
