"""What the errors found in a sample say of its frame.

An error is what is recorded less what is right: above zero, too much was recorded. Money-unit
samples are evaluated by Stringer's bound (K. W. Stringer, Practical Aspects of Statistical Sampling
in Auditing, Proceedings of the Business and Economic Statistics Section, American Statistical
Association, 1963) with Poisson factors; the others by the difference and the (combined) ratio
estimator with the normal distribution (W. G. Cochran, Sampling Techniques, 3rd edition, 1977,
chapters 5 and 6). Limits are one-sided and rounded up to the fen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isqrt
from typing import NamedTuple

from projections.sampling.codes import Conclusion, Estimator
from projections.sampling.selecting import CERTAIN, Stratum
from projections.sampling.sizes import factor, quantile

_FINE = 10**12  # roots are exact to this part of a fen, and rounded up


class Examined(NamedTuple):
    """One item that was examined: its stratum, what is recorded and what is right, in fen."""

    stratum: str
    amount_fen: int
    audited_fen: int

    @property
    def error_fen(self) -> int:
        """Give by how much too much was recorded, in fen."""
        return self.amount_fen - self.audited_fen


@dataclass(frozen=True, slots=True)
class Estimate:
    """The error of the whole frame by one estimator, in fen.

    `upper_fen` is the one-sided upper limit, None where none follows: normal estimators know
    nothing of errors before they have seen one. `precision_fen` is what lies between.
    """

    estimator: Estimator
    likely_fen: int
    upper_fen: int | None

    @property
    def precision_fen(self) -> int | None:
        """Give how far the limit lies above the likely error."""
        return None if self.upper_fen is None else self.upper_fen - self.likely_fen


def stringer(
    examined: Sequence[Examined], *, interval_fen: int, rest_fen: int, confidence: Fraction
) -> Estimate:
    """Estimate overstatement from a money-unit sample.

    Errors of items that were certain to be examined count as they are. Each other error is a
    share of its item (its taint) and stands for that share of an interval; the limit adds the
    factor for no error, and for each taint, largest first, the step to the next factor.
    `rest_fen` is the money that was not certain to be examined. Understatements neither add to
    the error nor take from it.
    """
    certain_fen = sum(max(0, each.error_fen) for each in examined if each.stratum == CERTAIN)
    taints = sorted(
        (
            Fraction(each.error_fen, each.amount_fen)
            for each in examined
            if each.stratum != CERTAIN and each.error_fen > 0
        ),
        reverse=True,
    )
    likely = certain_fen + interval_fen * sum(taints, Fraction(0))
    bound = factor(0, confidence) if rest_fen else Fraction(0)
    for rank, taint in enumerate(taints, 1):
        bound += (factor(rank, confidence) - factor(rank - 1, confidence)) * taint
    upper = certain_fen + interval_fen * bound
    return Estimate(Estimator.STRINGER, _nearest(likely), ceil(upper))


def difference(
    examined: Sequence[Examined], strata: Sequence[Stratum], *, confidence: Fraction
) -> Estimate:
    """Estimate the error from the mean error of each stratum."""
    values = {part.name: _values(examined, part) for part in strata}
    errors = {name: [Fraction(each.error_fen) for each in found] for name, found in values.items()}
    likely = _carried(errors, strata)
    variance = _variance(errors, strata) if _is_telling(examined, strata) else None
    return _normal(Estimator.DIFFERENCE, likely, variance, confidence=confidence)


def ratio(
    examined: Sequence[Examined], strata: Sequence[Stratum], *, confidence: Fraction
) -> Estimate | None:
    """Estimate the error as a share of what is recorded; None where nothing is recorded."""
    values = {part.name: _values(examined, part) for part in strata}
    errors = {name: [Fraction(each.error_fen) for each in found] for name, found in values.items()}
    amounts = {name: [Fraction(each.amount_fen) for each in v] for name, v in values.items()}
    recorded = _carried(amounts, strata)
    if not recorded:
        return None
    share = _carried(errors, strata) / recorded
    residuals = {
        name: [each.error_fen - share * each.amount_fen for each in found]
        for name, found in values.items()
    }
    likely = share * sum(part.total_fen for part in strata)
    variance = _variance(residuals, strata) if _is_telling(examined, strata) else None
    return _normal(Estimator.RATIO, likely, variance, confidence=confidence)


def rate_limit(
    examined: Sequence[Examined], strata: Sequence[Stratum], *, confidence: Fraction
) -> int | None:
    """Give the most items of the frame that may be in error, by Poisson; None with strata.

    With strata items have different chances, and a common rate says nothing.
    """
    if len(strata) != 1 or not examined:
        return None
    errors = sum(bool(each.error_fen) for each in examined)
    most = factor(errors, confidence) / len(examined) * strata[0].items
    return min(strata[0].items, ceil(most))


def conclude(estimates: Sequence[Estimate], tolerable_fen: int) -> Conclusion:
    """Hold a tolerable error against the estimates: the least favourable one counts."""
    limits = [each.upper_fen for each in estimates]
    if any(each.likely_fen > tolerable_fen for each in estimates):
        return Conclusion.EXCEEDED
    known = [limit for limit in limits if limit is not None]
    if not known or len(known) < len(limits):
        return Conclusion.INCONCLUSIVE
    return Conclusion.ACCEPTABLE if max(known) <= tolerable_fen else Conclusion.NOT_SHOWN


def _values(examined: Sequence[Examined], part: Stratum) -> list[Examined]:
    found = [each for each in examined if each.stratum == part.name]
    assert len(found) == part.drawn, "every item that was drawn is examined"
    return found


def _is_telling(examined: Sequence[Examined], strata: Sequence[Stratum]) -> bool:
    """Tell whether normal estimators have anything to go by: an error, or all that there is."""
    complete = all(part.drawn == part.items for part in strata)
    return complete or any(each.error_fen for each in examined)


_Values = Mapping[str, Sequence[Fraction]]


def _carried(values: _Values, strata: Sequence[Stratum]) -> Fraction:
    """Carry the means of a sample over to all items."""
    return sum(
        (part.items * sum(values[part.name], Fraction(0)) / part.drawn for part in strata),
        Fraction(0),
    )


def _variance(values: _Values, strata: Sequence[Stratum]) -> Fraction | None:
    """Give the variance of what `_carried` gives; None where a stratum has too few items."""
    total = Fraction(0)
    for part in strata:
        if part.drawn == part.items:
            continue
        if part.drawn == 1:
            return None
        found = values[part.name]
        mean = sum(found, Fraction(0)) / part.drawn
        spread = sum(((each - mean) ** 2 for each in found), Fraction(0)) / (part.drawn - 1)
        total += part.items * (part.items - part.drawn) * spread / part.drawn
    return total


def _normal(
    estimator: Estimator, likely: Fraction, variance: Fraction | None, *, confidence: Fraction
) -> Estimate:
    """Add as many standard errors as the confidence asks for."""
    if variance is None:
        return Estimate(estimator, _nearest(likely), None)
    upper = likely + quantile(confidence) * _root(variance)
    return Estimate(estimator, _nearest(likely), ceil(upper))


def _root(value: Fraction) -> Fraction:
    """Give the square root, rounded up."""
    scaled = ceil(value * _FINE * _FINE)
    root = isqrt(scaled)
    return Fraction(root + (root * root < scaled), _FINE)


def _nearest(value: Fraction) -> int:
    """Round to the nearest fen, halves up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
