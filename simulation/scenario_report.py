"""What came of a scenario: what happened, what differs from the expectation, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from domain.text import Lang, Text
from policies.strict_yaml import YamlProblem


class Happening(NamedTuple):
    """One step as sentences: what was done and what came of it, then one for each account."""

    line: int
    says: Text
    details: tuple[Text, ...] = ()


class Difference(NamedTuple):
    """Something that is not as expected, with its place in the file."""

    path: str
    line: int
    what: Text
    expected: Text
    got: Text

    def says(self, lang: Lang) -> str:
        """Give `path:line: what: expected …, got …` in one language."""
        sentence = _DIFFERS.say(
            lang,
            what=self.what.say(lang),
            expected=self.expected.say(lang),
            got=self.got.say(lang),
        )
        return f"{self.path}:{self.line}: {sentence}"


_DIFFERS = Text("{what}：预期 {expected}，实为 {got}", "{what}: expected {expected}, got {got}")


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one scenario; `checked` counts the expectations that were compared.

    A file with problems was not run.
    """

    path: str
    title: Text
    problems: tuple[YamlProblem, ...] = ()
    happened: tuple[Happening, ...] = ()
    differences: tuple[Difference, ...] = ()
    checked: int = 0

    @property
    def passed(self) -> bool:
        """Tell whether the scenario ran and everything was as expected."""
        return not self.problems and not self.differences
