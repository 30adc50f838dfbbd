"""Every reason has its words, and every number of the waterfall its reason."""

from __future__ import annotations

from domain import waterfall
from domain.allocation import _PLAIN
from domain.reasons import REASONS, Reason

DECIDED_ELSEWHERE = {waterfall.BARRED, waterfall.CAPPED, waterfall.CAP_ZERO}


def test_reasons_stand_in_one_order_with_words_in_both_languages() -> None:
    assert list(REASONS) == list(Reason)
    for text in REASONS.values():
        assert text.say("zh") != text.say("en")


def test_every_number_of_the_waterfall_has_its_reason() -> None:
    numbers = {
        value for name, value in vars(waterfall).items() if name.isupper() and name[0] != "_"
    }
    assert set(_PLAIN) | DECIDED_ELSEWHERE == numbers
    assert not set(_PLAIN) & DECIDED_ELSEWHERE
