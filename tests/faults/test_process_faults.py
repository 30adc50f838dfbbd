"""The faults of processes, in their short profile; `make faults` runs the long one."""

from __future__ import annotations

import pytest

from tests.faults.registry import find
from tests.faults.report import SHORT

FAULTS = (
    "second_writer",
    "newer_versions",
    "bad_commands",
    "cancelled_callers",
    "duplicate_keys",
    "double_cancellation",
    "settle_or_withdraw",
    "authorize_or_expire",
    "capture_or_release",
    "last_yuan",
    "full_disk",
    "kills",
    "bulk_kills",
    "bulk_power_loss",
    "bit_flips",
    "log_flips",
)


def run(name: str) -> None:
    line = find(name)(SHORT)
    print(line)  # noqa: T201  # pytest shows it where it fails, and with -s
    assert line.passed, line.detail


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_acknowledged_is_lost_doubled_or_wrong(name: str) -> None:
    run(name)
