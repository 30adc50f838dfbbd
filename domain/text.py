"""Words in both languages, side by side.

A sentence that a person reads is one `Text`: neither language can be forgotten, and whoever
edits one sees the other. There is no catalogue that could drift away from the code.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Lang = Literal["zh", "en"]


class Text(NamedTuple):
    """One sentence or word in Chinese and English; `{name}` places are filled by `say`."""

    zh: str
    en: str

    def say(self, lang: Lang, **facts: object) -> str:
        """Give the sentence in one language with its places filled."""
        template = self.zh if lang == "zh" else self.en
        return template.format(**facts) if facts else template


class Explanation(NamedTuple):
    """What a refusal says, what can be done about it, and its lasting number."""

    number: int
    says: Text
    remedy: Text
