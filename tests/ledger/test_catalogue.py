"""The catalogue of facts is whole, whatever a command happens to import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import domain

ROOT = Path(__file__).parents[2]
LIST_FACTS = "from domain.facts import CATALOG; print(*sorted(CATALOG))"


def _facts_after(*modules: str) -> list[str]:
    """Give the facts that a fresh interpreter knows after importing modules."""
    done = subprocess.run(
        [sys.executable, "-c", f"import {', '.join(modules)}; {LIST_FACTS}"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "."},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().split()


def test_whoever_reads_the_history_knows_every_fact() -> None:
    everywhere = [f"domain.{path.stem}" for path in Path(domain.__path__[0]).glob("*.py")]
    known = _facts_after(*everywhere)
    assert {"finding.raised", "ledger.sealed", "claim.settled"} <= set(known)
    assert _facts_after("ledger.mapper") == known
