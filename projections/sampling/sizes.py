"""Confidence in exact arithmetic: Poisson factors, the normal quantile, and sizes of samples.

A factor is the upper limit of the mean of a Poisson distribution of which some number was seen:
AICPA, Audit Guide Audit Sampling, tables of confidence factors, as explained in T. R. Stewart's
Technical Notes on that guide (2008 edition). Every figure is rounded up at its fourth decimal,
which makes limits wider, never narrower.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from math import ceil

_PLACES = 10_000
_DIGITS = 60
_MOST_ERRORS = 400  # in a sample that is still planned by these factors


@cache
def factor(errors: int, confidence: Fraction) -> Fraction:
    """Give the mean above which so few errors or fewer are seen with chance 1 - confidence."""
    assert errors >= 0, errors
    assert 0 < confidence < 1, confidence

    def is_enough(mean: Decimal) -> bool:
        term = total = (-mean).exp()
        for number in range(1, errors + 1):
            term = term * mean / number
            total += term
        return total <= _decimal(1 - confidence)

    return _least(is_enough)


@cache
def quantile(confidence: Fraction) -> Fraction:
    """Give the one-sided quantile of the normal distribution, for a confidence from one half on.

    Its distribution function is 1/2 + φ(z) (z + z³/3 + z⁵/(3·5) + z⁷/(3·5·7) + …).
    """
    assert Fraction(1, 2) <= confidence < 1, confidence

    def is_enough(z: Decimal) -> bool:
        term = total = z
        odd = 1
        while term > Decimal(10) ** -_DIGITS:
            odd += 2
            term = term * z * z / odd
            total += term
        density = (-z * z / 2).exp() / (2 * _PI).sqrt()
        return Decimal("0.5") + density * total >= _decimal(confidence)

    return _least(is_enough)


_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def size_for(
    money_fen: int, *, confidence: Fraction, tolerable_fen: int, expected_fen: int = 0
) -> int | None:
    """Give the least number of items with which the expected error stays within the tolerable one.

    With n items, n × expected ÷ money errors of the whole amount are expected; the factor for
    them, between whole numbers on a straight line, must not exceed n × tolerable ÷ money. None:
    the expected error is too near the tolerable one for any sample to tell them apart.
    """
    assert expected_fen >= 0, expected_fen
    assert 0 < tolerable_fen <= money_fen, (tolerable_fen, money_fen)
    if expected_fen >= tolerable_fen:
        return None
    size, before = 1, 0
    while size != before:
        expected = Fraction(size * expected_fen, money_fen)
        if expected > _MOST_ERRORS:
            return None
        before, size = size, ceil(_between(expected, confidence) * money_fen / tolerable_fen)
    return size


def _between(errors: Fraction, confidence: Fraction) -> Fraction:
    """Give the factor for a number of errors that need not be whole."""
    whole = errors.numerator // errors.denominator
    low, high = factor(whole, confidence), factor(whole + 1, confidence)
    return low + (errors - whole) * (high - low)


def _least(is_enough: Callable[[Decimal], bool]) -> Fraction:
    """Find the least multiple of 1/10,000 that is enough; what is larger is enough, too."""
    with localcontext() as context:
        context.prec = _DIGITS
        low, high = -1, _PLACES
        while not is_enough(Decimal(high) / _PLACES):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            if is_enough(Decimal(middle) / _PLACES):
                high = middle
            else:
                low = middle
    return Fraction(high, _PLACES)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator
