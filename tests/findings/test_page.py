"""docs/findings.md says what the rules say."""

from __future__ import annotations

from tests.findings.page import PAGE, tables


def test_the_page_has_the_tables_of_rules_and_logics_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for table in tables():
        assert table in page
