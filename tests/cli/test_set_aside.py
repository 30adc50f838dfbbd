"""Setting money aside on the command line: a frozen amount is explained wherever it is missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.books import call, data, done

FUJIAN = "350000"
VISIT = """\
claim: C1
patient: P
institution: {id: H1, place: hospital, region: "350000"}
service_date: 2026-03-01
lines:
  - {no: 1, category: outpatient, total_fen: 10000}
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a family in Fujian: A has 2,600 yuan and may pay for P, who has nothing."""
    path = tmp_path / "books"
    done(path, "store", "init")
    for words in (
        *(f"person enroll {who} --region {FUJIAN} --on 2025-01-01" for who in "PA"),
        *(f"account open {who} --on 2025-01-01" for who in "PA"),
        "account credit A 2600",
        "family open F A --on 2026-01-01",
        "family bind F A P --relation parent --on 2026-01-01",
        "family authorize F A P --from 2026-01-01",
    ):
        done(path, *words.split())
    return path


def test_money_set_aside_is_named_by_balance_holds_family_and_person(store: Path) -> None:
    done(store, "family", "set-aside", "F", "A", "600")
    note = "A has 600.00 more, set aside for pool F: it is still the owner's"
    for words in (("account", "balance", "A"), ("account", "holds", "A"), ("family", "show", "F")):
        shown = done(store, *words, "--lang", "en").stdout
        assert note in " ".join(shown.split()), words
    assert "仍属本人，但仅供该组使用人" in done(store, "account", "holds", "--lang", "zh").stdout
    (row,) = data(store, "account", "balance", "A")["rows"]
    assert (row["available_fen"], row["set_aside_fen"]) == (2000_00, 600_00)
    (row,) = data(store, "person", "show", "A")["rows"]
    assert row["set_aside_fen"] == 600_00
    (purse,) = data(store, "family", "show", "F")["set_aside"]
    assert purse == data(store, "account", "holds", "A")["set_aside"][0]
    assert (purse["purse"], purse["beneficiary"], purse["quota_fen"]) == ("pool:F", None, None)


def test_a_statement_shows_what_is_set_aside_only_where_something_is(store: Path) -> None:
    assert "set aside" not in done(store, "account", "statement", "A", "--lang", "en").stdout
    done(store, "family", "set-aside", "F", "A", "600")
    found = data(store, "account", "statement", "A")
    assert found["rows"][-1]["set_aside_amount_fen"] == 600_00
    assert found["closing"]["set_aside_fen"] == 600_00
    assert "set aside" in done(store, "account", "statement", "A", "--lang", "en").stdout


def test_more_than_may_go_is_refused_with_what_may(store: Path) -> None:
    result = call(store, "family", "set-aside", "F", "A", "700", "--lang", "en")
    assert result.exit_code == 1
    assert "700.00 yuan asked, 600.00 may be set aside: 2,000.00 must stay" in result.output
    result = call(store, "family", "quota", "F", "A", "P", "100", "--lang", "en")
    assert result.exit_code == 1


def test_an_explanation_says_what_was_set_aside_then(store: Path, tmp_path: Path) -> None:
    claim = tmp_path / "visit.yaml"
    claim.write_text(VISIT, encoding="utf-8")
    nothing = done(store, "claim", "quote", str(claim), "--lang", "en").stdout
    assert "Nothing was set aside for it" in " ".join(nothing.split())
    done(store, "family", "set-aside", "F", "A", "600")
    done(store, "claim", "settle", str(claim))
    shown = done(store, "claim", "explain", "C1", "--lang", "en").stdout
    said = " ".join(shown.split())
    assert "the money set aside for the family, in which there was: current year 600.00" in said
    assert "set aside for the family beforehand (pool.funding) holds in Fujian (350000)" in said
    explained = data(store, "claim", "explain", "C1")
    assert [row["purse"] for row in explained["rows"]] == [None, "pool:F"]
    assert done(store, "check", "--lang", "en").exit_code == 0
