"""What a view and its columns are, and the SQL that they become.

A view is an inner selection of stored values (fen, codes, days) and an outer one that says them as
people read them: yuan as exact text beside the fen, words beside codes.
"""

# ruff: noqa: S608  # statements are put together from this package's own names alone

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from domain.text import Text

CODES = "c_代码"
"""The table of words: 词表 (vocabulary), 代码 (code), 中文, 英文."""


class Unit(StrEnum):
    """What a column holds; docs/data-dictionary.md explains each."""

    YUAN = "元"
    FEN = "分"
    COUNT = "整数"
    DAY = "日期"
    INSTANT = "北京时间"
    WORD = "词"
    CODE = "代码"
    ID = "编号"
    TEXT = "文字"


class Field(NamedTuple):
    """One thing that a view tells: a column, or for money and codes two.

    `sql` gives the stored value inside the view's source; `source` names it for readers where
    `sql` is no plain column. `words` is the vocabulary of a code.
    """

    name: str
    sql: str
    unit: Unit
    says: Text
    source: str = ""
    words: str = ""


class Column(NamedTuple):
    """One column of a view as its readers see it."""

    name: str
    unit: Unit
    says: Text
    source: str


class View(NamedTuple):
    """A view: its name, what a row is, its columns, and the source that they are taken from."""

    name: str
    says: Text
    fields: tuple[Field, ...]
    source: str
    order: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """Give the columns in their order."""
        return tuple(column for field in self.fields for column in _columns(field))

    @property
    def fen(self) -> tuple[str, ...]:
        """Give the names of the columns in fen: what can be added up."""
        return tuple(column.name for column in self.columns if column.unit is Unit.FEN)

    def sql(self) -> str:
        """Give the statement that makes the view."""
        inner = ", ".join(f"{field.sql} AS {_stored(field)}" for field in self.fields)
        outer = ",\n  ".join(part for field in self.fields for part in _outer(field))
        return (
            f"CREATE VIEW {self.name} AS SELECT\n  {outer}\n"
            f"FROM (SELECT {inner}\nFROM {self.source})"
        )


def plain(name: str, sql: str, *, says: Text, unit: Unit = Unit.ID, source: str = "") -> Field:
    """Tell a stored value as it is."""
    return Field(name, sql, unit, says, source)


def money(name: str, sql: str, *, says: Text, source: str = "") -> Field:
    """Tell an amount, given in fen, in yuan and in fen."""
    return Field(name, sql, Unit.YUAN, says, source)


def coded(name: str, sql: str, *, says: Text, words: str, source: str = "") -> Field:
    """Tell a code in words and as it is."""
    return Field(name, sql, Unit.WORD, says, source, words)


def instant(name: str, column: str, *, says: Text, source: str = "") -> Field:
    """Tell an instant, stored in UTC, by the clocks of Beijing, to the second."""
    return Field(name, f"datetime({column}, '+8 hours')", Unit.INSTANT, says, source or column)


def listed(name: str, column: str, *, says: Text, words: str) -> Field:
    """Tell codes, separated by blanks, in words; nothing listed is all that the area allows."""
    array = f"'[\"' || replace({column}, ' ', '\",\"') || '\"]'"
    said = f"coalesce((SELECT 中文 FROM {CODES} WHERE 词表 = '{words}' AND 代码 = value), value)"
    every = f"(SELECT group_concat({said}, '、') FROM json_each({array}))"
    sql = f"CASE {column} WHEN '' THEN '不限' ELSE {every} END"
    return Field(name, sql, Unit.TEXT, says, column)


def _stored(field: Field) -> str:
    """Name the stored value of a field inside the view."""
    match field.unit:
        case Unit.YUAN:
            return f"{field.name}_分"
        case Unit.WORD:
            return f"{field.name}代码"
        case _:
            return field.name


def _outer(field: Field) -> list[str]:
    stored = _stored(field)
    match field.unit:
        case Unit.YUAN:
            return [f"{_yuan(stored)} AS {field.name}_元", stored]
        case Unit.WORD:
            return [f"{_word(stored, field.words)} AS {field.name}", stored]
        case _:
            return [stored]


def _yuan(fen: str) -> str:
    """Write fen as yuan in whole numbers alone; what there is not stays empty."""
    sign = f"CASE WHEN {fen} < 0 THEN '-' ELSE '' END"
    written = f"printf('%s%d.%02d', {sign}, abs({fen}) / 100, abs({fen}) % 100)"
    return f"CASE WHEN {fen} IS NOT NULL THEN {written} END"


def _word(code: str, words: str) -> str:
    found = f"SELECT 中文 FROM {CODES} WHERE 词表 = '{words}' AND 代码 = {code}"
    return f"coalesce(({found}), {code})"


def _columns(field: Field) -> list[Column]:
    source = field.source or field.sql
    assert re.fullmatch(r"[\w., ]+", source), f"name the source of {field.name}"
    match field.unit:
        case Unit.YUAN:
            return [
                Column(f"{field.name}_元", Unit.YUAN, field.says, source),
                Column(f"{field.name}_分", Unit.FEN, field.says, source),
            ]
        case Unit.WORD:
            of_words = f"{CODES} ({field.words})"
            return [
                Column(field.name, Unit.WORD, field.says, of_words),
                Column(f"{field.name}代码", Unit.CODE, field.says, source),
            ]
        case _:
            return [Column(field.name, field.unit, field.says, source)]
