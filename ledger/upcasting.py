"""Old forms of facts, lifted to the present form one version at a time.

An upcaster takes the JSON object of a fact as version n wrote it and gives the object that
version n + 1 would have written. It never changes what happened, only how it is written down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""By topic and the version that the upcaster reads. Empty: every fact still has version 1."""


def upcast(
    topic: str, fact: dict[str, Any], *, from_version: int, to_version: int
) -> dict[str, Any]:
    """Lift the JSON object of a fact from the version it was written in to the present one.

    Raises:
        KeyError: a version was raised without an upcaster, which is a bug.
    """
    for version in range(from_version, to_version):
        fact = UPCASTERS[topic, version](fact)
    return fact
