"""Lines of `gongji policy` as tests give them."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from cli.main import root


def run(line: str, lang: str = "en") -> Result:
    """Run a line; blanks divide its words."""
    return CliRunner().invoke(root, ["policy", *line.split(), "--lang", lang])


def data(line: str) -> dict[str, Any]:
    """Give what a line answers as data."""
    result = run(f"{line} -O json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["schema"].startswith("gongji/policy")
    return found
