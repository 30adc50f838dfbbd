"""`gongji audit seal` and `gongji audit balance-proof`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli.books import call, data, done


def _retyped(proof: dict[str, Any]) -> tuple[str, list[int]]:
    """Follow a proof with nothing but SHA-256, as docs/sealing.md says."""
    line = json.loads(proof["line"])
    digest = sha256(b"\0" + proof["line"].encode()).digest()
    totals = [sum(line[part]) for part in ("available", "held", "set_aside")] + [line["wallet"]]
    for step in proof["steps"]:
        here = digest + b"".join(fen.to_bytes(8, "big") for fen in totals)
        there = bytes.fromhex(step["sha256"])
        there += b"".join(fen.to_bytes(8, "big") for fen in step["totals"])
        both = there + here if step["side"] == "left" else here + there
        digest = sha256(b"\1" + both).digest()
        totals = [a + b for a, b in zip(totals, step["totals"], strict=True)]
    return digest.hex(), totals


def test_a_sealed_balance_is_proven_to_somebody_with_nothing_but_sha_256(family: Path) -> None:
    done(family, "audit", "seal", "-q")
    out = family.parent / "a.json"
    (row,) = data(family, "audit", "balance-proof", "A", "--out", str(out))["rows"]
    proof = json.loads(out.read_text(encoding="utf-8"))
    assert proof == row["proof"]
    assert json.loads(proof["line"])["available"] == [3_050, 10_000]
    (sealed,) = data(family, "events", "list", "type:ledger.sealed")["rows"]
    assert _by_the_page(proof, family.parent).startswith("True ")
    root, totals = _retyped(proof)
    assert root == row["balances_root"] == proof["balances_root"]
    assert totals[0] == row["all_available_fen"] == 38_050
    assert "380.50" in sealed["says"]
    assert '"P"' not in out.read_text(encoding="utf-8")  # nobody else is named


def _by_the_page(proof: dict[str, Any], folder: Path) -> str:
    """Run the lines of docs/sealing.md; give what they print, nothing if they refuse."""
    page = (Path(__file__).parents[2] / "docs/sealing.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    file = folder / "proof.json"
    file.write_text(json.dumps(proof), encoding="utf-8")
    ran = subprocess.run(  # the page's own lines
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False
    )
    return ran.stdout.strip()


@pytest.mark.parametrize(
    ("line", "accepted"),
    [
        ('{"available":[50,0],"held":[0,0],"set_aside":[0,0],"wallet":0}', True),
        ('{"available":[9,0],"available":[5,0],"held":[0,0],"set_aside":[0,0],"wallet":0}', False),
        ('{"available":[99999,-99949],"held":[0,0],"set_aside":[0,0],"wallet":0}', False),
        ('{"available":[50,0],"held":[0,0],"set_aside":[0,0], "wallet":0}', False),
    ],
)
def test_a_line_that_reads_as_more_than_it_counts_is_refused_by_hand(
    tmp_path: Path, line: str, *, accepted: bool
) -> None:
    root = sha256(b"\0" + line.encode()).hexdigest()
    proof: dict[str, Any] = {"line": line, "steps": [], "balances_root": root}
    said = _by_the_page(proof, tmp_path)
    assert said == ("True [50, 0, 0, 0]" if accepted else "")


def test_a_proof_needs_a_seal_and_a_person(family: Path) -> None:
    never = call(family, "audit", "balance-proof", "A")
    assert never.exit_code == 2
    assert "gongji audit seal" in never.stderr
    done(family, "audit", "seal", "-q")
    nobody = call(family, "audit", "balance-proof", "Z")
    assert nobody.exit_code == 2
    assert "Z" in nobody.stderr


def test_an_empty_store_has_nothing_to_seal(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    done(empty, "store", "init")
    result = call(empty, "audit", "seal", "--lang", "en")
    assert result.exit_code == 2
    assert "nothing has been recorded yet" in result.stderr
    assert data(empty, "events", "list")["rows"] == []


def test_seals_are_checked(family: Path) -> None:
    done(family, "audit", "seal", "-q")
    rows = data(family, "check", "seals")["rows"]
    assert [row["verdict"] for row in rows] == ["ok"]
