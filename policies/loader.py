"""The way in: a folder of policy files becomes a rule book, or a list of what is wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from domain.rules import RuleBook
from policies.checks import check
from policies.documents import PolicyProblems
from policies.library import Library
from policies.linking import link
from policies.reading import read_frame, read_regions, region_files
from policies.resolve import LazyRules
from policies.shelf import Shelf

SHIPPED = Path(__file__).parent
"""The folder of the policy files that come with the project."""


def load(folder: Path | None = None) -> RuleBook:
    """Give the rule book of a folder; of the shipped one, once a process, if none is named.

    The files of a region are read and checked when its rules are first asked for. The book then
    raises `PolicyProblems`, everything wrong in them with file, line, zh and en, or `OSError`.
    """
    return _shipped() if folder is None else _book(Shelf(folder))


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
    return _book(shelf())


def _book(files: Shelf) -> RuleBook:
    return RuleBook(resolver=LazyRules(lambda: files.signs, files.chain))
