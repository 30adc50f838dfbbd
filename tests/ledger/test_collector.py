"""The garbage collector while a ledger is served."""

from __future__ import annotations

import gc

import pytest

from ledger.collector import seldom_collecting


def test_the_collector_is_kept_away_for_a_block_and_is_as_before_after_it() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with seldom_collecting():
        assert gc.get_threshold()[0] > before[0]
        assert gc.get_threshold() != before
        assert gc.get_freeze_count() > frozen
        assert gc.isenabled()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_the_collector_is_as_before_after_an_error_too() -> None:
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_collecting():
        raise ZeroDivisionError
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
