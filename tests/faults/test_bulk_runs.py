"""The nets of the bulk run's faults hold a fish that is put into them."""

from __future__ import annotations

from tests.faults.bulk_power_loss import lose_power


def test_a_segment_that_is_not_synced_is_found() -> None:
    tally = lose_power(range(60), syncs=lambda name: not name.endswith(".tmp"))
    assert tally.bad > 0
    assert any("SegmentDamaged" in finding for finding in tally.findings), tally.findings


def test_a_manifest_that_is_not_synced_loses_lines_and_no_more() -> None:
    """A line that is not there yet is decided again: that a run acknowledges nothing is no loss."""
    assert lose_power(range(60), syncs=lambda name: name.endswith(".tmp")).findings == []
