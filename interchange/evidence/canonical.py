"""Canonical JSON: one value, one text. Keys sorted, no blanks, ASCII, no fractions."""

from __future__ import annotations

import json
from collections.abc import Mapping


def canonical(value: Mapping[str, object]) -> bytes:
    """Write a value of texts, whole numbers, lists and mappings."""
    return json.dumps(
        value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("ascii")
