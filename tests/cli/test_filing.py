"""Filings on the command line: recorded, changed, ended, shown; deadlines of manual claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.books import call, data, done

LINE = (
    *("--claim", "C9", "--patient", "P", "--institution", "H1", "--place", "hospital"),
    *("--region", "310000", "--category", "outpatient", "--total", "100", "--fund", "60"),
    *("--date", "2026-03-01"),
)


def test_the_life_of_a_filing(family: Path) -> None:
    answer = data(family, "filing", "record", "P", "living_away", "310000")
    assert (answer["rows"][0]["command"], answer["rows"][0]["filing"]) == ("filing.record", 1)
    done(family, "filing", "change", "P", "1", "440000", "--on", "2026-03-05", "--proof")
    done(family, "filing", "end", "P", "1", "--on", "2026-03-08")
    (row,) = data(family, "filing", "show", "P", "--as-of", "2026-03-07")["rows"]
    assert (row["place"], row["first_day"], row["ended_on"]) == (
        "440000",
        "2026-03-01",
        "2026-03-08",
    )
    assert row["in_force"] is True
    assert row["places"] == [
        {"from": "2026-03-01", "place": "310000"},
        {"from": "2026-03-05", "place": "440000"},
    ]
    page = done(family, "--lang", "zh", "filing", "show", "P", "--as-of", "2026-03-08").stdout
    assert "异地长期居住人员" in page
    assert "否" in page
    trail = done(family, "--lang", "zh", "events", "list").stdout
    assert "P 备案异地就医" in trail
    assert "P 的第 1 号备案终止" in trail


def test_somebody_in_hospital_files_before_discharge(family: Path) -> None:
    words = ("filing", "record", "P", "referral", "310000", "--admitted", "2026-02-20")
    late = call(family, *words, "--discharged", "2026-02-28")
    assert late.exit_code == 1
    assert "E156" in late.stderr
    done(family, *words, "--discharged", "2026-03-01")
    (row,) = data(family, "filing", "show", "P")["rows"]
    assert (row["first_day"], row["last_day"]) == ("2026-02-20", "2026-09-01")


def test_nobody_has_filed_anything_yet(family: Path) -> None:
    assert "gongji filing record" in done(family, "filing", "show", "P").stdout
    assert call(family, "filing", "show", "nobody").exit_code == 1


def test_the_fund_pays_away_once_it_is_filed_or_in_an_emergency(family: Path) -> None:
    unfiled = call(family, "claim", "quote", *LINE)
    assert unfiled.exit_code == 1
    assert "E207" in unfiled.stderr
    assert "gongji filing record" in unfiled.stderr
    assert data(family, "claim", "quote", *LINE, "--emergency")["decision"]["fund_fen"] == 6000
    done(family, "filing", "record", "P", "other_temporary", "310000")
    assert data(family, "claim", "quote", *LINE)["decision"]["fund_fen"] == 6000


@pytest.mark.parametrize(
    ("words", "rule", "last"),
    [
        (("--region", "110000", "--service", "2025-12-31"), "day_of_next_year", "2026-01-20"),
        (
            ("--region", "320500", "--service", "2025-12-30", "--paid", "2026-01-01"),
            "end_of_next_year",
            "2027-12-31",
        ),
        (("--region", "CN", "--service", "2025-12-31"), "none", None),
    ],
)
def test_until_when_a_bill_can_be_handed_in(
    family: Path, words: tuple[str, ...], rule: str, last: str | None
) -> None:
    (row,) = data(family, "filing", "deadline", *words)["rows"]
    assert (row["rule"], row["last_day"]) == (rule, last)
    assert done(family, "filing", "deadline", *words).stdout.strip()


def test_a_deadline_of_an_area_without_rules_is_refused(family: Path) -> None:
    words = ("filing", "deadline", "--region", "990000", "--service", "2025-12-31")
    assert "E116" in call(family, *words).stderr
