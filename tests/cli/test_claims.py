"""Claims on the command line: quoting, settling, holding, undoing and explaining."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import root
from tests.cli.books import CLAIM, NOW, call, data, done, found

LINE = (
    *("--claim", "C9", "--patient", "P", "--institution", "H1", "--place", "pharmacy"),
    *("--region", "420100", "--category", "药品", "--total", "100"),
)


def test_a_quote_says_who_would_pay_and_writes_nothing(family: Path, claim_file: str) -> None:
    before = found(family)
    quoted = data(family, "claim", "quote", claim_file)
    assert [(row["account"], row["gave_fen"]) for row in quoted["rows"]] == [
        ("P", 5000),
        ("C", 0),
        ("B", 2000),
        ("A", 13050),
    ]
    assert quoted["decision"]["cash_fen"] == 24950
    assert found(family) == before
    assert "nothing is written" in done(family, "claim", "quote", claim_file).stdout


def test_a_claim_of_one_line_can_be_given_by_options(family: Path) -> None:
    quoted = data(family, "claim", "quote", *LINE, "--fund", "10", "--date", "2026-02-28")
    assert quoted["request"]["service_date"] == "2026-02-28"
    assert quoted["decision"]["fund_fen"] == 1000
    declined = data(family, "claim", "quote", *LINE, "--no-accounts", "--outside-catalogue")
    assert declined["totals"]["gave_fen"] == 0
    assert declined["request"]["lines"][0]["outside_catalogue"] is True


def test_a_claim_can_come_from_standard_input(family: Path) -> None:
    result = CliRunner().invoke(
        root,
        ["--store", str(family), "claim", "quote", "-", "-O", "json"],
        input=CLAIM,
        env={"GONGJI_NOW": NOW},
    )
    assert json.loads(result.stdout)["request"]["claim"] == "C1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--claim"),
        (("--claim", "C9"), "--patient --institution"),
        (("nowhere.yaml",), "nowhere.yaml"),
        (("nowhere.yaml", "--claim", "C9"), "not both"),
    ],
)
def test_a_claim_that_is_not_there_or_not_whole_is_an_error(
    family: Path, words: tuple[str, ...], said: str
) -> None:
    result = call(family, "claim", "quote", *words)
    assert result.exit_code == 2
    assert said in result.stderr


BAD = """\
claim: C1
patient: P
institution: {id: H1, place: shop, region: "420100"}
service_date: 2026-13-01
extra: 1
lines:
  - {no: 1, category: outpatient, total_fen: much}
"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_wrong_in_a_file_is_told_with_its_line(
    family: Path, tmp_path: Path, lang: str
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(BAD, encoding="utf-8")
    result = call(family, "claim", "settle", str(bad), "--lang", lang)
    assert result.exit_code == 2
    for line in (3, 4, 5, 7):
        assert f"bad.yaml:{line}" in result.stderr
    assert "institution.place" in result.stderr
    problems = json.loads(call(family, "claim", "settle", str(bad), "-O", "json").stdout)
    assert [problem["code"] for problem in problems["problems"]] == ["claim_malformed"] * 4


def test_a_file_that_is_no_yaml_is_told_with_its_line(family: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("claim: C1\nclaim: C2\n", encoding="utf-8")
    result = call(family, "claim", "settle", str(bad))
    assert result.exit_code == 2
    assert "bad.yaml:2" in result.stderr


def test_a_claim_is_settled_once_and_cancelled_in_part(family: Path, claim_file: str) -> None:
    settled = done(family, "claim", "settle", claim_file, "--key", "K1")
    assert "S-C1-1" in settled.stdout
    again = data(family, "claim", "settle", claim_file, "--key", "K1")
    assert again["rows"][0]["replayed"] is True
    assert call(family, "claim", "settle", claim_file).exit_code == 1
    done(
        family, "claim", "cancel", "S-C1-1", "--own", "1=12.50", "--fund", "1=20", "--note", "退药"
    )
    (row,) = data(family, "claim", "list")["rows"]
    assert (row["status"], row["back_fen"]) == ("partly_cancelled", 3250)
    shown = data(family, "claim", "show", "C1")
    assert [event["topic"] for event in shown["history"]] == ["claim.settled", "claim.cancelled"]
    assert shown["totals"]["unpaid_fen"] == 3250
    done(family, "claim", "cancel", "S-C1-1")
    assert data(family, "claim", "list", "--status", "cancelled")["rows"]
    assert not data(family, "claim", "list", "--patient", "A")["rows"]


@pytest.mark.parametrize("pair", ["12.50", "x=12", "1=much", "=1"])
def test_parts_of_lines_have_a_form(family: Path, pair: str) -> None:
    assert call(family, "claim", "cancel", "S-C1-1", "--own", pair).exit_code == 2
    twice = call(family, "claim", "cancel", "S-C1-1", "--own", "1=1", "--own", "1=2")
    assert twice.exit_code == 2


def test_a_hold_is_seen_captured_and_released(family: Path, claim_file: str) -> None:
    until = ("--until", "2026-03-01T12:00:00+08:00")
    assert (
        "E212"
        in call(
            family, "claim", "authorize", claim_file, "--until", "2026-03-01T09:00:00+08:00"
        ).stderr
    )
    held = data(family, "claim", "authorize", claim_file, *until)
    assert held["rows"][0]["held_fen"] == 20050
    holds = data(family, "account", "holds")
    assert holds["totals"]["held_fen"] == 20050
    assert len(data(family, "account", "holds", "A")["rows"]) == 1
    shown = data(family, "claim", "show", "C1")
    assert shown["totals"]["mutual_aid_fen"] == 15050
    assert "E215" in call(family, "claim", "expire", "C1").stderr
    done(family, "claim", "capture", "C1", "--own", "1=300")
    assert data(family, "account", "holds")["rows"] == []
    assert "E213" in call(family, "claim", "release", "C1").stderr
    assert "No open holds" in done(family, "account", "holds").stdout


def test_a_hold_is_released_and_the_claim_settled_anew(family: Path, claim_file: str) -> None:
    until = ("--until", "2026-03-01T12:00:00+08:00")
    done(family, "claim", "authorize", claim_file, *until)
    done(family, "claim", "release", "C1")
    done(family, "claim", "settle", claim_file)
    assert "attempt 1" in done(family, "claim", "explain", "S-C1-1").stdout
    assert "Settlement S-C1-2" in done(family, "claim", "explain", "S-C1-2").stdout
    assert data(family, "claim", "explain", "C1")["decision"]["attempt"] == 2


def test_a_lost_answer_is_reversed_and_a_lost_request_made_void(
    family: Path, claim_file: str
) -> None:
    done(family, "claim", "settle", claim_file, "--key", "K1")
    done(family, "claim", "reverse", "K1")
    assert data(family, "claim", "show", "C1")["status"] == "reversed"
    assert "E114" in call(family, "claim", "reverse", "K2").stderr
    voided = done(family, "claim", "reverse", "K2", "--patient", "P")
    assert "voided message" in voided.stdout
    assert "E104" in call(family, "claim", "settle", claim_file, "--key", "K2").stderr


# ---------------------------------------------------------------------------------------- explain


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "zh",
            (
                "候选账户，按扣款顺序",
                "共济人未授权用于该类机构",
                "达到单次限额：此限额下最多 20.00 元",
                "授权单次限额 = 20.00 元（authorization.per_use_fen）",
                "可用余额已全部支付",
                "共济账户动用顺序 = 先当年后历年（pool.segments）",
                "后绑定先扣（pool.order）",
                "基金 600.00 + 本人账户 50.00 + 共济 150.50 + 现金 249.50 = 总额 1,050.00",
                "结果与所记一致",
            ),
        ),
        (
            "en",
            (
                "Candidate accounts, in order of deduction",
                "The grantor did not authorize this kind of institution",
                "Limit per use reached: at most 20.00 yuan under this limit",
                "authorized for one use = 20.00 yuan (authorization.per_use_fen)",
                "Gave all that was available",
                "current year first (pool.segments)",
                "last bound, first drawn (pool.order)",
                "fund 600.00 + own account 50.00 + mutual aid 150.50 + cash 249.50 = total",
                "the same comes out",
            ),
        ),
    ],
)
def test_an_explanation_says_for_every_account_why_by_which_rule_and_source(
    family: Path, claim_file: str, lang: str, sentences: tuple[str, ...]
) -> None:
    done(family, "claim", "settle", claim_file)
    page = done(family, "claim", "explain", "S-C1-1", "--lang", lang).stdout
    flat = " ".join(page.split())
    assert [sentence for sentence in sentences if sentence not in flat] == []
    assert "转述网站" in page  # the issuer of a source
    assert all(len(line) <= 110 for line in page.splitlines())


def test_an_explanation_as_data_has_rules_with_their_sources(family: Path, claim_file: str) -> None:
    done(family, "claim", "settle", claim_file)
    found = data(family, "claim", "explain", "C1")
    assert found["decided_again"] == "same"
    assert found["status"] == "settled"
    order = {rule["parameter"]: rule for rule in found["order"]}
    assert order["pool.order"]["sources"][0]["title"]
    assert order["pool.order"]["status"] in {"in_force", "observed", "contested"}
    assert [row["basis"]["parameter"] for row in found["rows"]] == [
        "own.segments",
        "authorization.places",
        "authorization.per_use_fen",
        "pool.segments",
    ]
    paid = sum(leg["amount_fen"] for leg in found["legs"])
    cash = sum(line["amount_fen"] for line in found["cash"])
    assert paid + cash + found["decision"]["fund_fen"] == 105000


def test_an_explanation_outlives_what_happened_later(family: Path, claim_file: str) -> None:
    done(family, "claim", "settle", claim_file)
    before = data(family, "claim", "explain", "C1")["rows"]
    done(family, "family", "unbind", "F", "A", "P")
    done(family, "claim", "cancel", "S-C1-1")
    after = data(family, "claim", "explain", "S-C1-1")
    assert after["rows"] == before
    assert (after["status"], after["decided_again"]) == ("cancelled", "same")


@pytest.mark.parametrize("which", ["C7", "S-C7-1", "S-C1-9"])
def test_what_was_never_decided_cannot_be_explained(
    family: Path, claim_file: str, which: str
) -> None:
    done(family, "claim", "settle", claim_file)
    result = call(family, "claim", "explain", which)
    assert result.exit_code == 1
    assert "E113" in result.stderr


def test_every_kind_of_reason_is_explained_in_words(family: Path) -> None:
    done(family, "person", "coverage", "C", "suspended", "--on", "2026-02-01")
    done(family, "family", "withdraw", "F", "A", "P")
    page = done(family, "claim", "quote", *LINE).stdout
    assert "not authorized, or withdrawn" in " ".join(page.split()).lower()
    assert "the first" in page  # the records are the source where no rule decided
