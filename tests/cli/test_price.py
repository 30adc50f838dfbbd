"""Pricing a bill on the command line: shares with rule and source, and a claim that settles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.books import call, data, done

BILL = """\
claim: C7
patient: P
region: "{region}"
institution: {{id: H1, place: {place}, region: "{region}"}}
service_date: {day}
person: {{insurance: employee, work: in_service, age: 40}}
bill: {{total_fen: {total}, care: outpatient, level: tertiary{more}}}
current_fen: 1000
so_far: {{deductible_fen: 45000, in_scope_fen: 45000}}
"""


def written(folder: Path, **changes: object) -> str:
    fields: dict[str, object] = {
        "region": "310000",
        "place": "hospital",
        "day": "2025-09-10",
        "total": 10001,
        "more": "",
    }
    path = folder / "bill.yaml"
    path.write_text(BILL.format(**fields | changes), encoding="utf-8")
    return str(path)


def test_a_bill_is_split_with_rule_and_exact_amounts(family: Path) -> None:
    priced = data(family, "claim", "price", written(family.parent))
    assert [(row["stage"], row["amount_fen"], row["fund_fen"]) for row in priced["rows"]] == [
        ("account", 1000, 0),
        ("deductible", 5000, 0),
        ("ratio", 4001, "28007/10"),
    ]
    assert [row["rule"] for row in priced["rows"]] == [
        "benefit.account_first",
        "benefit.tariff",
        "benefit.tariff",
    ]
    assert (priced["fund_fen"], priced["own_fen"]) == (2801, 7200)
    assert priced["claim"]["lines"][2]["fund_fen"] == 2801
    assert priced["year_to_date"]["deductible_fen"] == 50000
    assert priced["rule_set"].startswith("rs1:")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("28.007", "70%", "上海市医疗保障局", "现行有效", "基金 28.01")),
        ("en", ("28.007", "70%", "上海市医疗保障局", "in force", "pooled fund 28.01")),
    ],
)
def test_people_read_the_sources_of_every_rule(
    family: Path, lang: str, said: tuple[str, ...]
) -> None:
    page = done(family, "--lang", lang, "claim", "price", written(family.parent)).stdout
    assert [each for each in said if each not in page] == []


def test_a_rule_that_is_assumed_says_why(family: Path) -> None:
    more = ", outside_fen: 1, class_b: [{amount_fen: 300, first: {num: 125, den: 1000}}]"
    page = done(family, "claim", "price", written(family.parent, more=more)).stdout
    assert "benefit.class_b_first" in page
    assert "the bill should say it" in page
    assert "bill" in page.split()


def test_the_claim_of_a_price_settles_to_the_fen(family: Path) -> None:
    out = family.parent / "priced.json"
    told = done(family, "claim", "price", written(family.parent), "--write", str(out))
    assert str(out) in told.stderr
    done(family, "person", "enroll", "P9", "--region", "310000", "--on", "2025-01-01")
    request = json.loads(out.read_text(encoding="utf-8"))
    out.write_text(json.dumps(request | {"patient": "P9"}), encoding="utf-8")
    settled = data(family, "claim", "settle", str(out))
    assert (settled["rows"][0]["fund_fen"], settled["rows"][0]["cash_fen"]) == (2801, 7200)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"region": "420100"}, "E232"),
        ({"region": "990000"}, "E116"),
        ({"total": 0}, "E231"),
    ],
)
def test_a_bill_that_cannot_be_priced_is_refused(
    family: Path, changes: dict[str, object], code: str
) -> None:
    result = call(family, "claim", "price", written(family.parent, **changes))
    assert result.exit_code == 1
    assert code in result.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [(", place: pharmacy", "bill.place"), (", unheard: 1", "unknown key bill.unheard")],
)
def test_a_bill_file_that_contradicts_itself_is_an_error(
    family: Path, more: str, said: str
) -> None:
    result = call(family, "claim", "price", written(family.parent, more=more))
    assert result.exit_code == 2
    assert said in result.stderr


AWAY = """\
claim: C7
patient: P
region: "350200"
institution: {{id: H1, place: hospital, region: "{where}"}}
service_date: 2025-06-01
person: {{insurance: employee, work: in_service, age: 40}}
bill: {{total_fen: 10000, care: outpatient, level: tertiary}}
{more}
"""


@pytest.mark.parametrize(
    ("where", "more"),
    [("440100", ""), ("440100", "filing: referral"), ("350200", "emergency: true")],
)
def test_an_area_without_a_tariff_prices_nothing_wherever_care_was(
    family: Path, where: str, more: str
) -> None:
    path = family.parent / "away.yaml"
    path.write_text(AWAY.format(where=where, more=more), encoding="utf-8")
    assert "E232" in call(family, "claim", "price", str(path)).stderr


def test_care_away_is_priced_by_what_was_filed(family: Path) -> None:
    path = family.parent / "away.yaml"
    text = AWAY.replace("350200", "110000").replace("2025-06-01", "2025-09-01")
    path.write_text(text.format(where="310000", more="filing: living_away"), encoding="utf-8")
    filed = data(family, "claim", "price", str(path))
    path.write_text(text.format(where="310000", more="emergency: true"), encoding="utf-8")
    emergency = data(family, "claim", "price", str(path))
    assert [row["stage"] for row in filed["rows"]] == ["deductible"]
    assert emergency["claim"]["emergency"] is True
    assert filed["fund_fen"] == emergency["fund_fen"] == 0
