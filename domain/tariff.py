"""What the pooled fund pays of a bill, as plain data: a tariff is a list of clauses.

A clause speaks of some people, some kinds of care and some institutions (of all, where it names
none) and gives a deductible, ratios by amount, a limit or a ceiling. For each of these the first
clause that fits and speaks of it decides, so that what one text says stands in one clause.
"""

from __future__ import annotations

from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator

from domain.codes import Category, Insurance, Level, Work
from domain.money import MAX_FEN, Ratio
from domain.record import Record

NOTHING = Ratio(0, 1)

OLDEST = 200
"""An age that nobody exceeds."""

LAST_YEAR = 9999
"""A year that nobody retires after."""


class Insured(Record, frozen=True):
    """Whom a bill is about, by the facts of its day; a day of birth is never needed.

    `age` counts completed years, `retired_in` is the calendar year of retirement.
    """

    insurance: Insurance
    work: Work
    age: int
    retired_in: int | None = None


class Step(NamedTuple):
    """A ratio, from an amount on. The amount counts what is in scope over the year."""

    from_fen: int
    ratio: Ratio


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Clause(_Data):
    """One clause of a tariff. An empty set names everybody, every kind or every level.

    Ages and years of retirement include both ends. Amounts are fen, of one year:

    deductible_fen: borne before the fund pays; `per_stay` counts it anew with every stay, and
        `later_deductible_fen` is that of the second and later stays of a year.
    steps: the ratios of the fund, the first from 0.
    limit_fen: the most that the fund pays for this kind of care; nothing beyond.
    ceiling_fen: what the fund pays for all kinds of care; beyond it the ratio is `above`.

    Raises:
        ValueError: says nothing, or amounts, ages or ratios out of order.
    """

    insurance: frozenset[Insurance] = frozenset()
    work: frozenset[Work] = frozenset()
    age_from: int = 0
    age_to: int = OLDEST
    retired_from: int = 0
    retired_to: int = LAST_YEAR
    care: frozenset[Category] = frozenset()
    levels: frozenset[Level] = frozenset()
    deductible_fen: int | None = None
    per_stay: bool = False
    later_deductible_fen: int | None = None
    steps: tuple[Step, ...] = ()
    limit_fen: int | None = None
    ceiling_fen: int | None = None
    above: Ratio = NOTHING

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        amounts = (self.deductible_fen, self.later_deductible_fen, self.limit_fen, self.ceiling_fen)
        given = [fen for fen in amounts if fen is not None]
        starts = [step.from_fen for step in self.steps]
        if not given and not starts:
            raise ValueError(_SAYS_NOTHING)
        if starts and (starts[0] != 0 or starts != sorted(set(starts))):
            raise ValueError(_STEPS)
        if any(not 0 <= fen <= MAX_FEN for fen in given):
            raise ValueError(_AMOUNT)
        ratios = [self.above, *(step.ratio for step in self.steps)]
        if any(not 0 <= ratio.num <= ratio.den or ratio.den == 0 for ratio in ratios):
            raise ValueError(_RATIO)
        return self

    def fits(self, person: Insured, care: Category, *, level: Level) -> bool:
        """Tell whether the clause speaks of this person, kind of care and level.

        Somebody whose year of retirement is not known fits no clause that asks for it.
        """
        if self.asks_for_retirement and not (
            person.retired_in is not None
            and self.retired_from <= person.retired_in <= self.retired_to
        ):
            return False
        return (
            _names(self.insurance, person.insurance)
            and _names(self.work, person.work)
            and self.age_from <= person.age <= self.age_to
            and _names(self.care, care)
            and _names(self.levels, level)
        )

    @property
    def asks_for_retirement(self) -> bool:
        """Tell whether the year of retirement matters."""
        return (self.retired_from, self.retired_to) != (0, LAST_YEAR)


def _names(members: frozenset[Insurance | Work | Category | Level], one: object) -> bool:
    return not members or one in members


_SAYS_NOTHING = "a clause needs a deductible, steps, a limit or a ceiling"
_STEPS = "steps begin at 0 and rise"
_AMOUNT = "amounts are whole fen of at least 0"
_RATIO = "a ratio is at most one"


class Terms(NamedTuple):
    """What a tariff says of one person and one kind of care; amounts in fen.

    `steps` is empty where no ratio is known.
    """

    deductible_fen: int
    per_stay: bool
    later_deductible_fen: int
    steps: tuple[Step, ...]
    limit_fen: int
    ceiling_fen: int
    above: Ratio


class BenefitRules(_Data):
    """From a priced bill to the fund's part and the own share."""

    tariff: tuple[Clause, ...]  # empty: no rule is known
    class_b_first: Ratio  # of class B items, borne first where the bill names no ratio
    account_first: frozenset[Category]  # this year's money pays before the deductible
    e_prescription: bool  # drugs on a hospital's e-prescription count as bought there

    def terms(self, person: Insured, care: Category, *, level: Level) -> Terms:
        """Give what the tariff says of a person and a kind of care."""
        fitting = [clause for clause in self.tariff if clause.fits(person, care, level=level)]
        fitting.append(_SILENT)
        deductible = next(c for c in fitting if c.deductible_fen is not None)
        ceiling = next(c for c in fitting if c.ceiling_fen is not None)
        later_fen = deductible.later_deductible_fen
        return Terms(
            deductible_fen=deductible.deductible_fen or 0,
            per_stay=deductible.per_stay,
            later_deductible_fen=(
                deductible.deductible_fen or 0 if later_fen is None else later_fen
            ),
            steps=next((c.steps for c in fitting if c.steps), ()),
            limit_fen=next(c.limit_fen for c in fitting if c.limit_fen is not None),
            ceiling_fen=ceiling.ceiling_fen or 0,
            above=ceiling.above,
        )


_SILENT = Clause(deductible_fen=0, limit_fen=MAX_FEN, ceiling_fen=MAX_FEN)
"""What holds where a tariff does not speak: no deductible and no limit."""
