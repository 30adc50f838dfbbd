"""What somebody new runs into: mistyped words, refusals, files that come with the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.explanation import say_change, say_value
from cli.refusal_words import in_words
from cli.session import shipped
from cli.sources import library
from cli.tariff_words import say_clause, say_clauses
from domain.codes import Card, Category, Funding, Insurance, Level, Work
from domain.money import Ratio
from domain.refusals import Code, refuse
from domain.tariff import Clause, Step
from tests.cli.books import call, done

SHANGHAI = "benefit.tariff --region 310000 --on 2025-09-10"


def test_a_refusal_says_words_for_codes_and_leaves_ids_alone() -> None:
    refusal = refuse(Code.FUNDING_DIFFERS, funding=Funding.CALL, asked=Funding.POOL)
    assert "结算时即时调用" in in_words(refusal).zh
    assert "set aside for the family beforehand" in in_words(refusal).en
    named = refuse(Code.NO_ACCOUNT, person="resident", insurance=Insurance.RESIDENT)
    assert "resident" in in_words(named).zh
    assert "居民医保" in in_words(named).zh


def test_a_card_and_an_insurance_that_are_active_have_different_words() -> None:
    card = refuse(Code.CARD_CHANGE_IMPOSSIBLE, person="p", before=Card.ACTIVE, after=Card.ACTIVE)
    coverage = refuse(Code.COVERAGE_CHANGE_IMPOSSIBLE, person="p", before="active", after="active")
    assert "有效" in in_words(card).zh
    assert "正常参保" in in_words(coverage).zh


def test_a_refusal_about_a_wallet_names_the_source_of_its_rule(family: Path) -> None:
    refused = call(family, "wallet", "open", "P", "--lang", "en")
    assert refused.exit_code == 1
    assert re.search(r"Basis: wallet\.model: .*established news", refused.output)


@pytest.mark.parametrize(
    "line",
    [
        "person enroll X --region mars --on 2025-01-01",
        "filing record P living_away 31",
        "account credit A 5 --period 2026-3x",
    ],
)
def test_what_has_no_form_is_told_before_anything_is_recorded(family: Path, line: str) -> None:
    result = call(family, *line.split(), "--lang", "en")
    assert result.exit_code == 2
    assert "is no" in result.output
    assert "bug" not in result.output


def test_a_file_that_is_not_there_is_told_in_the_readers_language(family: Path) -> None:
    words = ("simulate", "compare", "hubei-last-bound-first.yaml", "none.yaml")
    result = call(family, *words, "--lang", "zh")
    assert result.exit_code == 2
    assert "没有这个文件或目录  [none.yaml]" in result.output


def test_shipped_files_go_by_their_name_and_own_files_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "hubei-filing-order.yaml"
    assert shipped(name, "overlays").is_file()
    Path(name).write_text("mine", encoding="utf-8")
    assert shipped(name, "overlays") == Path(name)
    assert shipped("nothing.yaml", "overlays") == Path("nothing.yaml")


def test_a_tariff_is_shown_clause_by_clause(family: Path) -> None:
    shown = done(family, "policy", "show", *SHANGHAI.split(), "--lang", "en").stdout
    assert "Clause(" not in shown
    assert "in service, inpatient care: pays 85%" in shown
    assert "ceiling 650,000.00 yuan, then 80%" in shown


def test_two_tariffs_differ_by_the_clauses_that_only_one_has() -> None:
    parameter = library().parameters["benefit.tariff"]
    same, old, new = (
        Clause(care=frozenset({Category.OUTPATIENT}), steps=(Step(0, Ratio(1, 2)),)),
        Clause(deductible_fen=500_00),
        Clause(deductible_fen=300_00),
    )
    before, after = say_change(parameter, (same, old), (same, new))
    assert before is not None
    assert after is not None
    assert (before.zh, after.en) == (
        "所有人：起付 500.00 元",
        "everybody: deductible 300.00 yuan",
    )
    assert say_change(parameter, None, (new,))[0] is None
    assert say_value(parameter, ()).en == "none"
    assert say_clauses((same, old, new, new)).zh == "4 条"


def test_a_clause_says_whom_it_speaks_of_and_what_it_sets() -> None:
    clause = Clause(
        insurance=frozenset({Insurance.EMPLOYEE}),
        work=frozenset({Work.RETIRED}),
        age_from=60,
        age_to=69,
        retired_to=2000,
        levels=frozenset({Level.TERTIARY}),
        deductible_fen=300_00,
        per_stay=True,
        later_deductible_fen=150_00,
        steps=(Step(0, Ratio(85, 100)), Step(10_000_00, Ratio(1, 3))),
        limit_fen=5_000_00,
        ceiling_fen=500_000_00,
    )
    assert say_clause(clause).en == (
        "employee insurance, retired, third-grade hospital, aged 60 to 69, retired in 2000 or "
        "less: deductible 300.00 yuan a stay, later deductible 150.00 yuan, pays 85%, pays 1/3 "
        "above 10,000.00 yuan, at most 5,000.00 yuan for this care, ceiling 500,000.00 yuan"
    )


def test_the_way_of_two_taps_is_explained_by_its_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, out = tmp_path / "books", ("--lang", "en")
    done(books, "store", "init")
    done(books, "simulate", "run", "shandong-two-taps.yaml", "--keep")
    shown = done(books, "claim", "explain", "in-time", *out).stdout
    assert "daughter" in shown
    monkeypatch.setenv("GONGJI_NOW", "2024-03-05T10:00:00+08:00")
    again = tmp_path / "again.yaml"
    again.write_text(AGAIN, encoding="utf-8")
    quoted = " ".join(done(books, "claim", "quote", str(again), *out).stdout.split())
    assert "a second one within 5 minutes pays as follows" in quoted
    assert "(claim.till)" in quoted


AGAIN = """\
claim: C9
patient: father
institution: {id: H1, place: pharmacy, region: "370000"}
service_date: 2024-03-05
lines: [{no: 1, category: drug, total_fen: 5000}]
"""


def test_a_quota_is_explained_by_the_wallet_and_the_other_area_is_named(tmp_path: Path) -> None:
    books = tmp_path / "books"
    done(books, "store", "init")
    done(books, "simulate", "run", "quota-cut-and-raised.yaml", "--keep")
    shown = " ".join(done(books, "claim", "explain", "visit", "--lang", "en").stdout.split())
    assert "insured in Hubei (420000)" in shown
    assert "out of the quota frozen for father, in which there was: current year 500.00" in shown
    assert "= quota (wallet.model) holds in China (CN) since 2026-01-09, contested" in shown
    assert "against" in shown
