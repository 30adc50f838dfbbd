"""The program that docs/evidence.md prints for auditors: it accepts packages, and no others."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from domain.ids import ClaimId, PersonId
from interchange.evidence.package import write
from interchange.evidence.scopes import Account, OneClaim, Period, Scope
from tests.builders import START
from tests.interchange.opened import Opened
from tests.interchange.packing import made, sealed
from tests.projections.histories import random_history

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
FAMILY = random_history(5, steps=60)


def _by_hand(package: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the printed program alone, where nothing of ours can be imported."""
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    script = folder / "by_hand.py"
    script.write_text(program, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(script), str(package)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "scope", [Account(PersonId("mother")), OneClaim(ClaimId("c1")), Period(START, START)]
)
def test_the_printed_program_accepts_a_package_and_finds_a_changed_line(
    scope: Scope, tmp_path: Path
) -> None:
    path, book = tmp_path / "package.zip", FAMILY.application.book
    write(path, FAMILY.store, scope=scope, sealed=sealed(FAMILY.store), made=made(book))
    accepted = _by_hand(path, tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    assert "every entry is in the log" in accepted.stdout
    package = Opened(path)
    changed = package.members["entries.txt"].replace(b'"actor":"till-7"', b'"actor":"till-8"', 1)
    package.rewritten(path, entries_txt=changed)
    refused = _by_hand(path, tmp_path)
    assert refused.returncode == 1
    assert "is not in the log" in refused.stderr
