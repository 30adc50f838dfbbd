"""All that is checked, by name, and all that was found, for those who write the files.

What is checked while files are read comes as `PolicyProblems`; the rest needs a library. Errors
keep a file from being used; warnings are for whoever looks after the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from domain.text import Text
from policies.checks import CHECKS, Check
from policies.documents import PolicyProblems
from policies.library import Library, unnamed
from policies.linking import link
from policies.reading import SOURCES_FILE, read_frame, read_regions, region_files
from policies.region_checks import blame, inherited_doubted, parent_text_unnamed
from policies.strict_yaml import YamlProblem

Level = Literal["error", "warning"]

READING: dict[str, Text] = {
    "yaml": Text("文件只有一种读法", "a file can be read in one way only"),
    "shape": Text(
        "键都认识、齐全、类型正确，两种语言都有",
        "keys are known, complete and of their kind, in both languages",
    ),
    "registry": Text("登记的主题与词表都存在", "subjects and vocabularies of the registry exist"),
    "name_unknown": Text(
        "来源、参数、说法、上级都存在", "named sources, parameters, claims and parents exist"
    ),
    "name_twice": Text("地区与说法各只出现一次", "a region or a claim stands only once"),
    "file_name": Text("文件名以地区代码开头", "a file's name begins with its region's code"),
    "claim_elsewhere": Text("所引说法讲的是同一参数", "a cited claim is about the same parameter"),
    "claim_day": Text("说法都有日期", "every claim has a day"),
    "value_type": Text("值合乎参数的类型、词表与范围", "values are such as their parameter allows"),
}
"""What is checked while files are read."""


@dataclass(frozen=True, slots=True)
class Care:
    """When somebody must look again: sources and values not checked for `days` on the day `on`."""

    on: date
    days: int

    def overdue(self, checked_on: date) -> bool:
        """Tell whether something last checked on a day is due."""
        return (self.on - checked_on).days > self.days


class Outcome(NamedTuple):
    """One check: its name, what holds if it finds nothing, and what it found.

    `found` is None where the files could not be read so far.
    """

    name: str
    level: Level
    holds: Text
    found: Sequence[YamlProblem] | None


def lint(folder: Path, care: Care) -> list[Outcome]:
    """Run every check there is over a folder.

    Raises:
        OSError: a file cannot be read.
    """
    found: dict[str, list[YamlProblem]] = {name: [] for name in READING}
    library = None
    try:
        frame = read_frame(folder)
        library = link(frame, read_regions(region_files(folder)))
    except PolicyProblems as problems:
        for problem in problems.problems:
            found[problem.check].append(problem)
    outcomes = [Outcome(name, "error", READING[name], found[name]) for name in READING]
    for name, check in CHECKS.items():
        hits = None if library is None else list(check.problems(library))
        outcomes.append(Outcome(name, "error", check.holds, hits))
    for name, holds in WARNINGS.items():
        hits = None if library is None else list(_warn(name, library, care=care))
        outcomes.append(Outcome(name, "warning", holds, hits))
    return outcomes


WARNINGS: dict[str, Text] = {
    "parent_text_unnamed": Text(
        "上级采用而与此不符的说法都列为矛盾",
        "parents' texts that disagree and are followed there are named",
    ),
    "inherited_doubted": Text(
        "没有本地说法与沿用的值不符", "no text of a region disagrees with what it inherits"
    ),
    "source_unchecked": Text("来源近来核对过", "sources were checked not long ago"),
    "value_unchecked": Text("取值近来核对过", "values were checked not long ago"),
    "claim_idle": Text(
        "每条说法都被引用，或列为矛盾", "every claim is cited, or named as a contradiction"
    ),
    "source_idle": Text("每个来源都有用处", "something rests on every source"),
}
"""What is only told."""


def _warn(name: str, library: Library, *, care: Care) -> Iterator[YamlProblem]:
    match name:
        case "parent_text_unnamed":
            return Check(name, WARNINGS[name], parent_text_unnamed).problems(library)
        case "inherited_doubted":
            return Check(name, WARNINGS[name], inherited_doubted).problems(library)
        case "source_unchecked":
            return _sources(library, care)
        case "value_unchecked":
            return _values(library, care)
        case "claim_idle":
            return _idle_claims(library)
        case _:
            return _idle_sources(library)


def _sources(library: Library, care: Care) -> Iterator[YamlProblem]:
    for key, node in library.documents.items():
        if care.overdue(node.checked_on):
            zh, en = _unchecked(node.checked_on, care)
            says = Text(f"来源“{key}”{zh}", f"source {key!r} {en}")
            yield YamlProblem(SOURCES_FILE, node.line, says, check="source_unchecked")


def _values(library: Library, care: Care) -> Iterator[YamlProblem]:
    for decision in library.decisions():
        if care.overdue(decision.checked_on):
            problem = blame(decision, _unchecked(decision.checked_on, care))
            problem.check = "value_unchecked"
            yield problem


def _unchecked(checked_on: date, care: Care) -> Text:
    days = (care.on - checked_on).days
    return Text(
        f"上次核对为 {checked_on}，已过 {days} 天",
        f"was last checked on {checked_on}, {days} days ago",
    )


def _idle_claims(library: Library) -> Iterator[YamlProblem]:
    used = {claim.key for decision in library.decisions() for claim in decision.named}
    for region in library.regions.values():  # one that says otherwise has its own warning
        used |= {claim.key for _, claim in unnamed(library, region)}
    for key, claim in library.claims.items():
        if key not in used:
            says = Text(
                f"说法“{key}”未被引用，也未列为矛盾",
                f"claim {key!r} is neither cited nor named as a contradiction",
            )
            yield YamlProblem(claim.file, claim.line, says, check="claim_idle")


def _idle_sources(library: Library) -> Iterator[YamlProblem]:
    used = {claim.source.key for claim in library.claims.values()}
    used |= {key for region in library.regions.values() for key in region.starts_by}
    for key, node in library.documents.items():
        if key not in used:
            says = Text(f"没有内容出自来源“{key}”", f"nothing rests on source {key!r}")
            yield YamlProblem(SOURCES_FILE, node.line, says, check="source_idle")
