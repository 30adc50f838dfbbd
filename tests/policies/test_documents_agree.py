"""A document is the same wherever it is named: one day, one title, one grade."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
import yaml

import policies
import simulation

POLICIES = Path(policies.__file__).parent
SCENARIOS = sorted((Path(simulation.__file__).parent / "scenarios").glob("*.yaml"))


def read(path: Path) -> dict[str, object]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_a_document_without_a_day_is_seen_on_one_day() -> None:
    """Pages that name only a year or a season are dated once, in the nation as in the city."""
    days: dict[str, set[str]] = defaultdict(set)
    for path in POLICIES.glob("*.yaml"):
        claims = read(path).get("claims", {})
        assert isinstance(claims, dict)
        for claim in claims.values():
            if "observed" in claim:
                days[claim["source"]].add(str(claim["observed"]))
    assert len(days) > 50
    assert {source: seen for source, seen in days.items() if len(seen) > 1} == {}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_names_a_document_as_the_library_does(path: Path) -> None:
    library = read(POLICIES / "sources.yaml")["sources"]
    named = read(path)["sources"]
    assert isinstance(library, dict)
    assert isinstance(named, list)
    assert named
    for source in named:
        known = library.get(source["tag"])
        if known is not None:  # rules of computing and of the till rest on documents of their own
            for name in ("title", "issuer", "grade", "published"):
                assert str(source[name]) == str(known[name])
