"""The one way in: a folder of policy files becomes a rule book, or a list of what is wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from domain.rules import RuleBook
from policies.checks import check
from policies.documents import PolicyProblems
from policies.library import Library
from policies.linking import read_library
from policies.resolve import rule_sets

SHIPPED = Path(__file__).parent
"""The folder of the policy files that come with the project."""


def load(folder: Path | None = None) -> RuleBook:
    """Give the rule book of a folder; of the shipped one, read once a process, if none is named.

    Raises:
        PolicyProblems: everything wrong in the files, each with file, line, zh and en.
        OSError: a file cannot be read.
    """
    return _shipped() if folder is None else RuleBook(rule_sets(load_library(folder)))


def load_library(folder: Path = SHIPPED) -> Library:
    """Give the checked files themselves: claims, decisions and sources, for lists and searches.

    Raises:
        PolicyProblems: everything wrong in the files.
        OSError: a file cannot be read.
    """
    library = read_library(folder)
    problems = tuple(check(library))
    if problems:
        raise PolicyProblems(problems)
    return library


@cache
def _shipped() -> RuleBook:
    return RuleBook(rule_sets(load_library()))
