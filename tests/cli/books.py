"""A small family with four accounts, made through the command line, for the tests of cli/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from cli.main import root

NOW = "2026-03-01T10:00:00+08:00"
AREA = "420100"

CLAIM = """\
claim: C1
patient: P
institution: {id: H1, place: hospital, region: "420100"}
service_date: 2026-03-01
lines:
  - {no: 1, category: outpatient, total_fen: 100000, fund_fen: 60000}
  - {no: 2, category: drug, total_fen: 5000, outside_catalogue: true}
"""

HISTORY = (
    *(f"person enroll {who} --region {AREA} --on 2025-01-01" for who in "PABC"),
    *(f"account open {who} --on 2025-01-01" for who in "PABC"),
    "account credit P 50 --period 2026-01",
    "account credit A 30.5",
    "account credit A 100 --segment prior",
    "account credit B 100",
    "account credit C 100",
    "family open F P --on 2026-01-01",
    "family bind F A P --relation parent --on 2026-01-01",
    "family bind F B P --relation spouse --on 2026-01-01",
    "family bind F C P --relation sibling --on 2026-01-01",
    "family authorize F A P --from 2026-01-01",
    "family authorize F B P --from 2026-01-01 --per-use 20 --place pharmacy --place hospital",
    "family authorize F C P --from 2026-01-01 --place pharmacy",
)


def call(store: Path, *words: str, env: dict[str, str] | None = None) -> Result:
    """Run one command line on a store, at a fixed instant."""
    surroundings = {"GONGJI_NOW": NOW, "GONGJI_ACTOR": "tester", "GONGJI_STORE": str(store)}
    return CliRunner().invoke(root, list(words), env=surroundings | (env or {}))


def done(store: Path, *words: str) -> Result:
    """Run a command that must succeed."""
    result = call(store, *words)
    assert result.exit_code == 0, (words, result.output)
    return result


def data(store: Path, *words: str) -> dict[str, Any]:
    """Run a command that must succeed and give its JSON."""
    answer: dict[str, Any] = json.loads(done(store, *words, "-O", "json").stdout)
    return answer


def found(family: Path) -> list[bytes]:
    """Give what holds the books, byte by byte: the file, and what is not yet moved into it."""
    parts = [family / "events.sqlite", family / "events.sqlite-wal"]
    return [part.read_bytes() if part.exists() else b"" for part in parts]


def make(folder: Path) -> Path:
    """Make the family's store and its claim file, and give the store."""
    store = folder / "books"
    done(store, "store", "init")
    for number, line in enumerate(HISTORY):
        done(store, *line.split(), "--key", f"H{number}", "-q")
    (folder / "claim.yaml").write_text(CLAIM, encoding="utf-8")
    return store
