"""Parameters and what their values mean: from the words of a file to typed values.

A source seldom states a whole set ("also at pharmacies"), so a claim may say what a set includes
or excludes instead of what it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeGuard

from pydantic import ValidationError

from domain import codes, rules
from domain.money import Ratio
from domain.tariff import Clause
from domain.text import Text
from policies.documents import ClaimNode, ParameterNode

Tariff: TypeAlias = tuple[Clause, ...]
Meaning: TypeAlias = bool | int | StrEnum | frozenset[StrEnum] | Ratio | Tariff

CITED = "cited"
"""Written as the value of a tariff: the clauses of the cited claims, one claim after the other."""

VOCABULARIES: dict[str, type[StrEnum]] = {
    words.__name__: words
    for words in (
        codes.Area,
        codes.Authentication,
        codes.Category,
        codes.Consent,
        codes.CreditTiming,
        codes.EndReason,
        codes.Evidence,
        codes.FilingKind,
        codes.Funding,
        codes.Insurance,
        codes.Interest,
        codes.ManualDeadline,
        codes.Order,
        codes.OwnFirst,
        codes.Payee,
        codes.Place,
        codes.RefundAfterEnd,
        codes.RefundSegment,
        codes.Relation,
        codes.Side,
        codes.Till,
        codes.WalletModel,
        rules.SegmentOrder,
    )
}


class Unreadable(Exception):  # noqa: N818 - a sentence about a file, caught by its reader
    """A value that its parameter does not allow."""

    def __init__(self, message: Text) -> None:
        """Keep the sentence in both languages."""
        super().__init__(message.en)
        self.message = message


def meaning(parameter: ParameterNode, raw: object) -> Meaning:
    """Give the typed value of a parameter.

    Money is whole fen; `unlimited` stands for no limit, of money and of counts.

    Raises:
        Unreadable: not a value of this type, not in the vocabulary, or out of bounds.
    """
    match parameter.type:
        case "bool" if isinstance(raw, bool):
            return raw
        case "set" if isinstance(raw, list):
            return members(parameter, raw)
        case "enum" if isinstance(raw, str):
            return _word(parameter, raw)
        case "money" if raw == "unlimited":
            return rules.UNLIMITED
        case "count" if raw == "unlimited":
            return rules.UNLIMITED_COUNT
        case "money" | "count" | "int" if isinstance(raw, int) and not isinstance(raw, bool):
            return _bounded(parameter, raw)
        case "ratio" if isinstance(raw, dict) and raw.keys() == {"num", "den"}:
            num, den = raw["num"], raw["den"]
            if isinstance(num, int) and isinstance(den, int) and 0 <= num <= den and den > 0:
                return Ratio(num, den)
        case "tariff" if isinstance(raw, list):
            return tuple(_clause(item) for item in raw)
    raise Unreadable(
        Text(
            f"值 {raw!r} 不是 {parameter.type}（{_HINTS[parameter.type].zh}）",
            f"value {raw!r} is not of type {parameter.type} ({_HINTS[parameter.type].en})",
        )
    )


def _clause(raw: object) -> Clause:
    # Only the JSON form is both strict about numbers and open to words and lists.
    try:
        return Clause.model_validate_json(json.dumps(raw), strict=True)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc']))} {each['msg']}".strip() for each in error.errors()
        )
        raise Unreadable(Text(f"待遇条款有误：{wrong}", f"a clause is wrong: {wrong}")) from error


def joined(states: Iterable[Statement]) -> Tariff:
    """Give the clauses that claims about a tariff state, one claim after the other."""
    return tuple(clause for said in states if is_tariff(said.whole) for clause in said.whole)


def members(parameter: ParameterNode, raw: list[object] | list[str]) -> frozenset[StrEnum]:
    """Give the members of a set.

    Raises:
        Unreadable: a member named twice or not in the vocabulary.
    """
    found = frozenset(_word(parameter, item) for item in raw)
    if len(found) < len(raw):
        raise Unreadable(Text(f"集合中有重复：{raw}", f"a member named twice: {raw}"))
    return found


def _word(parameter: ParameterNode, raw: object) -> StrEnum:
    words = VOCABULARIES[parameter.vocabulary]
    try:
        return words(str(raw))
    except ValueError:
        known = ", ".join(words)
        raise Unreadable(
            Text(f"未知的值 {raw!r}；可用：{known}", f"unknown value {raw!r}; there are: {known}")
        ) from None


def _bounded(parameter: ParameterNode, number: int) -> int:
    most = rules.UNLIMITED if parameter.at_most is None else parameter.at_most
    if not parameter.at_least <= number <= most:
        raise Unreadable(
            Text(
                f"值 {number} 应在 {parameter.at_least} 与 {most} 之间",
                f"value {number} should lie between {parameter.at_least} and {most}",
            )
        )
    return number


def is_tariff(value: Meaning | None) -> TypeGuard[Tariff]:
    """Tell a tariff from a ratio, which is a tuple too."""
    return isinstance(value, tuple) and not isinstance(value, Ratio)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a claim says: the whole value, or what a set includes and excludes."""

    whole: Meaning | None
    includes: frozenset[StrEnum]
    excludes: frozenset[StrEnum]

    def agrees(self, value: Meaning) -> bool:
        """Tell whether a value is as the claim says; a tariff, whether it has the same clauses."""
        if is_tariff(self.whole) and is_tariff(value):
            return all(clause in value for clause in self.whole)
        if self.whole is not None:
            return self.whole == value
        return isinstance(value, frozenset) and self.includes <= value and not self.excludes & value

    def members(self) -> frozenset[StrEnum]:
        """Give the members of a set for which the claim vouches."""
        return self.whole if isinstance(self.whole, frozenset) else self.includes


def statement(parameter: ParameterNode, claim: ClaimNode) -> Statement:
    """Give what a claim states about its parameter.

    Raises:
        Unreadable: says nothing, says whole and part at once, or values that are not allowed.
    """
    partial = bool(claim.includes or claim.excludes)
    if partial == (claim.value is not None) or (partial and parameter.type != "set"):
        raise Unreadable(_ONE_STATEMENT)
    return Statement(
        None if partial else meaning(parameter, claim.value),
        members(parameter, claim.includes),
        members(parameter, claim.excludes),
    )


def narrower(value: Meaning, than: Meaning) -> bool:
    """Tell whether a value allows no more than another: a subset, a smaller number, false."""
    if isinstance(value, frozenset) and isinstance(than, frozenset):
        return value <= than
    assert isinstance(value, int)
    assert isinstance(than, int)
    return value <= than


_ONE_STATEMENT = Text(
    "一条说法要么写 value，要么（仅集合）写 includes / excludes",
    "a claim states either `value` or, for sets only, `includes` and `excludes`",
)
_HINTS = {
    "bool": Text("true 或 false", "true or false"),
    "set": Text("列表，可为空", "a list, possibly empty"),
    "enum": Text("一个词", "one word"),
    "money": Text("整数分或 unlimited", "whole fen, or unlimited"),
    "count": Text("整数或 unlimited", "a whole number, or unlimited"),
    "int": Text("整数", "a whole number"),
    "ratio": Text("{num, den}，不大于一", "{num, den}, at most one"),
    "tariff": Text("条款列表；值也可写 cited", "a list of clauses; as a value also `cited`"),
}
