"""`gongji audit trail`: one subject, all that touched it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.books import call, data

if TYPE_CHECKING:
    from pathlib import Path


def test_a_persons_trail_begins_with_the_enrolment_and_names_each_relation(family: Path) -> None:
    rows = data(family, "audit", "trail", "person:A")["rows"]
    assert rows[0]["topic"] == "person.enrolled"
    assert "pool.relation_bound" in {row["topic"] for row in rows}
    assert [row["position"] for row in rows] == sorted(row["position"] for row in rows)


def test_a_subject_of_no_kind_is_refused_with_the_kinds(family: Path) -> None:
    result = call(family, "audit", "trail", "house:A")
    assert result.exit_code == 2
    assert "person:…" in result.stderr
