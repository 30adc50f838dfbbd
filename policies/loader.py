"""The way in: a folder of policy files becomes a rule book, or a list of what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from domain.ids import RegionCode
from domain.rules import RuleBook, RuleSet
from policies.checks import check
from policies.documents import PolicyProblems
from policies.library import Library
from policies.linking import link
from policies.reading import read_frame, read_regions, region_files
from policies.resolve import Epoch, epochs, rule_set
from policies.shelf import Shelf

SHIPPED = Path(__file__).parent
"""The folder of the policy files that come with the project."""


def load(folder: Path | None = None) -> RuleBook:
    """Give the rule book of a folder; of the shipped one, once a process, if none is named.

    The files of a region are read and checked when its rules are first asked for. The book then
    raises `PolicyProblems`, everything wrong in them with file, line, zh and en, or `OSError`.
    """
    return _shipped() if folder is None else RuleBook(resolver=_Rules(Shelf(folder)))


def load_library(folder: Path = SHIPPED) -> Library:
    """Give all the files themselves, checked: claims, decisions and sources.

    Raises:
        PolicyProblems: everything wrong in the files.
        OSError: a file cannot be read.
    """
    library = read_library(folder)
    if problems := tuple(check(library)):
        raise PolicyProblems(problems)
    return library


def read_library(folder: Path) -> Library:
    """Give all the files themselves, before anything is checked that they say together.

    Raises:
        PolicyProblems: what is wrong with shapes, or where these are right, with names and values.
        OSError: a file cannot be read.
    """
    return link(read_frame(folder), read_regions(region_files(folder)))


@cache
def shelf() -> Shelf:
    """Give the shipped files, each read once a process when it is first needed."""
    return Shelf(SHIPPED)


@cache
def _shipped() -> RuleBook:
    return RuleBook(resolver=_Rules(shelf()))


class _Rules:
    """Resolves the rules of the regions on a shelf."""

    def __init__(self, files: Shelf) -> None:
        self._files = files
        self._epochs: dict[RegionCode, dict[date, Epoch]] = {}

    def regions(self) -> Sequence[RegionCode]:
        return list(self._files.signs)

    def first_days(self, region: RegionCode) -> Sequence[date]:
        if region not in self._files.signs:
            return ()
        library = self._files.chain(region)
        found = {each.since: each for each in epochs(library, library.regions[region])}
        self._epochs[region] = found
        return list(found)

    def rule_set(self, region: RegionCode, since: date) -> RuleSet:
        of_region = self._files.chain(region).regions[region]
        return rule_set(of_region, self._epochs[region][since])
