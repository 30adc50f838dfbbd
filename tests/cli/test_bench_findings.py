"""The command that measures suspicion rules, in a small size."""

from __future__ import annotations

import json

from click.testing import CliRunner

from cli.main import root


def test_all_that_is_planted_is_found_and_nobody_honest_has_violated_anything() -> None:
    arguments = ["bench", "findings", "--settlements", "300", "-O", "json", "--quiet"]
    result = CliRunner().invoke(root, arguments)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    measured = {row["measure"]: row["value"] for row in answer["rows"]}
    assert measured["hit"] == measured["planted"] == measured["rules"]
    assert measured["near_misses"] == measured["planted"]
    assert measured["hit_near_misses"] == measured["false_violations"] == 0
    assert measured["settlements"] == 300
    assert measured["false_suspicions"] == sum(answer["false_by_rule"].values())
