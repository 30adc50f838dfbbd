"""Reading a finding: a row of `gongji audit findings -O json`, or options of the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cli.errors import failure
from domain.codes import Suspicion
from domain.finding import Case
from domain.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from cli.errors import Failure
    from domain.text import Lang

_FIELDS = ("rule", "level", "subject", "positions", "amount_fen", "says")
_NO_JSON = Text("{file} 不是疑点的 JSON", "{file} is no JSON of findings")
_WHICH = Text(
    "{file} 中编号合适的疑点有 {count} 个，须恰为一个",
    "{count} findings of {file} fit and one must",
)
_MISSING = Text("缺少：{names}", "missing: {names}")
_UNREADABLE = Text("“{name}”读不懂：{value}", "{name} cannot be read: {value}")
_OTHER_ID = Text(
    "编号应为 {id}，却写作 {given}：规则、对象或事件位置被改过",
    "the id should be {id} and is {given}: rule, subject or positions were changed",
)


def read_finding(file: Path, number: str | None, *, lang: Lang) -> dict[str, Any]:
    """Give the fields of the one finding in a file, or of the one with this id.

    The file has one row, a list of rows, or everything that `-O json` printed.

    Raises:
        Failure: no JSON of findings, or none or several of them fit.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError:
        found = None
    if isinstance(found, dict):
        found = found.get("rows", [found])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise _bad(_NO_JSON.say(lang, file=file))
    rows = [row for row in found if number in (None, row.get("id"))]
    if len(rows) != 1:
        raise _bad(_WHICH.say(lang, file=file, count=len(rows)), remedy="--id FINDING")
    return dict(rows[0])


def read_case(fields: dict[str, Any], *, lang: Lang) -> Case:
    """Make what is put up for review from its fields; an id that is given must be its own.

    Raises:
        Failure: a field is missing or cannot be read, or the id is another finding's.
    """
    given = dict(fields)
    if "amount" in given:
        given["amount_fen"] = given.pop("amount")
    if missing := [name for name in _FIELDS if given.get(name) is None]:
        names = ", ".join(f"--{name.removesuffix('_fen')}" for name in missing)
        remedy = "gongji audit review raise --from FILE --id FINDING"
        raise _bad(_MISSING.say(lang, names=names), remedy=remedy)
    case = Case(
        rule=str(given["rule"]),
        level=_level(given["level"], lang),
        subject=str(given["subject"]),
        positions=_positions(given["positions"], lang),
        amount_fen=_whole("amount_fen", given["amount_fen"], lang),
        says=_says(given["says"]),
        version=_whole("version", given.get("version") or 1, lang),
    )
    number = given.get("id")
    if number is not None and number != case.id:
        raise _bad(_OTHER_ID.say(lang, id=case.id, given=number))
    return case


def _level(value: object, lang: Lang) -> Suspicion:
    try:
        return Suspicion(str(value))
    except ValueError:
        raise _unreadable(value, lang, name="level") from None


def _positions(value: object, lang: Lang) -> tuple[int, ...]:
    """Read [3, 7] or "3,7"."""
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise _unreadable(value, lang, name="positions")
    return tuple(_whole("positions", part, lang) for part in parts)


def _whole(name: str, value: object, lang: Lang) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unreadable(value, lang, name=name)
    return value


def _says(value: object) -> Text:
    """Read a sentence in both languages, or one that stands for both."""
    if isinstance(value, dict):
        return Text(str(value.get("zh", "")), str(value.get("en", "")))
    return Text(str(value), str(value))


def _unreadable(value: object, lang: Lang, *, name: str) -> Failure:
    return _bad(_UNREADABLE.say(lang, name=name, value=value))


def _bad(says: str, *, remedy: str = "") -> Failure:
    return failure("bad_finding", says, remedy=remedy)
