"""The small parts of a scenario: amounts, days and names, each read from what people write.

Amounts are written in yuan and read into fen; names are held against what the file declares,
which `simulation.scenario_file` hands in as the context of validation.
"""

from __future__ import annotations

import re
from datetime import date, time
from fractions import Fraction
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from domain.ids import ClaimId, PersonId, PoolId
from domain.text import Text
from simulation.arithmetic import BadArithmetic, Names, compute, to_fen


class Known(NamedTuple):
    """What a file declares: figures by name, and the names that steps may refer to."""

    figures: Names
    people: frozenset[str]
    families: frozenset[str]
    claims: frozenset[str]


class Moment(NamedTuple):
    """A day, and the time of day in Shanghai where it matters."""

    day: date
    clock: time | None


def wrong(says: Text) -> PydanticCustomError:
    """Give the error by which a validator says what is wrong, in both languages."""
    return PydanticCustomError("said", "{en}", says._asdict())


_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}(?::\d{2})?))?")
_NO_MOMENT = Text(
    "应是日期或时间，如 2026-03-10 或 2026-03-10 21:59",
    "should be a day or a time like 2026-03-10 or 2026-03-10 21:59",
)
_NO_DAY = Text("应是日期，如 2026-03-10", "should be a day like 2026-03-10")
_NO_AMOUNT = Text(
    '应是金额，如 300、"12.50" 或 1300 * 70%',
    'should be an amount like 300, "12.50" or 1300 * 70%',
)
_PERSON = Text("没有名为 {name} 的人", "there is no person named {name}")
_FAMILY = Text("没有名为 {name} 的共济组", "there is no family named {name}")
_CLAIM = Text("没有名为 {name} 的费用单", "there is no claim named {name}")


def _moment(raw: object) -> Moment:
    match = _MOMENT.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        raise wrong(_NO_MOMENT)
    try:
        clock = time.fromisoformat(match[2]) if match[2] else None
        return Moment(date.fromisoformat(match[1]), clock)
    except ValueError:  # the form is right, but there is no such day or time
        raise wrong(_NO_MOMENT) from None


def _day(raw: object) -> date:
    day, clock = _moment(raw)
    if clock is not None:
        raise wrong(_NO_DAY)
    return day


def _exact(raw: object, info: ValidationInfo) -> Fraction:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise wrong(_NO_AMOUNT)
    try:
        return compute(raw, _known(info).figures)
    except BadArithmetic as bad:
        raise wrong(bad.says) from bad


def _fen(raw: object, info: ValidationInfo) -> int:
    try:
        return to_fen(_exact(raw, info))
    except BadArithmetic as bad:
        raise wrong(bad.says) from bad


def _known(info: ValidationInfo) -> Known:
    assert isinstance(info.context, Known)
    return info.context


def _hold_against(names: frozenset[str], name: str, says: Text) -> None:
    if name not in names:
        raise wrong(Text(says.say("zh", name=name), says.say("en", name=name)))


def _person(name: PersonId, info: ValidationInfo) -> PersonId:
    _hold_against(_known(info).people, name, _PERSON)
    return name


def _family(name: PoolId, info: ValidationInfo) -> PoolId:
    _hold_against(_known(info).families, name, _FAMILY)
    return name


def _claim(name: ClaimId, info: ValidationInfo) -> ClaimId:
    _hold_against(_known(info).claims, name, _CLAIM)
    return name


Words = Annotated[str, StringConstraints(min_length=1)]
Day = Annotated[date, BeforeValidator(_day)]
When = Annotated[Moment, BeforeValidator(_moment)]
Yuan = Annotated[int, BeforeValidator(_fen)]  # written in yuan, read into fen
Exact = Annotated[Fraction, BeforeValidator(_exact)]
Who = Annotated[PersonId, AfterValidator(_person)]
Family = Annotated[PoolId, AfterValidator(_family)]
ClaimName = Annotated[ClaimId, AfterValidator(_claim)]
