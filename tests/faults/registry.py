"""Every fault by name, in order of running. Modules are imported when their fault is run."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tests.faults.report import LONGEST, Line, Profile

FAULTS: tuple[tuple[str, str], ...] = (
    ("planted_bugs", "tests.faults.planted_bugs:run"),
    ("second_writer", "tests.faults.second_writer:run"),
    ("newer_versions", "tests.faults.newer_versions:run"),
    ("bad_commands", "tests.faults.bad_commands:run"),
    ("cancelled_callers", "tests.faults.cancelled_callers:run"),
    ("duplicate_keys", "tests.faults.duplicate_keys:run"),
    ("double_cancellation", "tests.faults.races:double_cancellation"),
    ("settle_or_withdraw", "tests.faults.races:settle_or_withdraw"),
    ("authorize_or_expire", "tests.faults.races:authorize_or_expire"),
    ("capture_or_release", "tests.faults.races:capture_or_release"),
    ("last_yuan", "tests.faults.races:last_yuan"),
    ("full_disk", "tests.faults.full_disk:run"),
    ("kills", "tests.faults.kills:run"),
    ("bulk_kills", "tests.faults.bulk_kills:run"),
    ("bit_flips", "tests.faults.bit_flips:run"),
    ("log_flips", "tests.faults.bit_flips:in_log"),
    ("power_loss", "tests.faults.power_loss:run"),
    ("bulk_power_loss", "tests.faults.bulk_power_loss:run"),
    ("io_errors", "tests.faults.io_errors:run"),
    ("mutants", "tests.faults.mutants:run"),
)
"""The name of a fault, and its module with the function that runs it."""

NAMES = tuple(name for name, _ in FAULTS)

LONG_ONLY = frozenset({"mutants"})
"""What takes too long for any other profile than the long one."""


def names_in(profile: Profile) -> tuple[str, ...]:
    """Give the faults of a profile."""
    left_out = frozenset() if profile.scale == LONGEST else LONG_ONLY
    return tuple(name for name in NAMES if name not in left_out)


def find(name: str) -> Callable[[Profile], Line]:
    """Import a fault's module and give its function.

    Raises:
        ImportError: the module or something that it needs is not there.
    """
    module, _, function = dict(FAULTS)[name].partition(":")
    found: Callable[[Profile], Line] = getattr(import_module(module), function)
    return found
