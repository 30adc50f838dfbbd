"""`gongji policy`: a reader of rules finds the answer, its sources and what contradicts them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import root
from policies.loader import load_library
from tests import house
from tests.cli.policy_lines import data, run

ROOT = Path(__file__).parents[2]
PHARMACY = "show pool.places --region 上海 --on 2023-08-01 --has pharmacy"


# -------------------------------------------------------------------------------------------- show


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "zh",
            [
                "是：药店在“共济可用场所”之内（上海市，2023-08-01）",
                "有争议",
                "2022-10-01",
                "上海市（310000）",
                "用于就医或购药（2022-08-01）",
                "B 《上海个人账户历年结余可家庭共济（三家日报报道）》",
                "https://www.chinanews.com/cj/2022/07-04/9795088.shtml",
                "不能用于药店购药（2025-03-25）",
                "D 《上海的医保卡如何和异地医保共济》",
                "来源较可靠者优先：三家日报（B）优先于一个无日期的网页（D）",
            ],
        ),
        (
            "en",
            [
                "Yes: pharmacy is among the places where relatives' accounts may pay (Shanghai, ",
                "contested",
                "2022-10-01",
                "Shanghai (310000)",
                "for care or for buying drugs (2022-08-01)",
                "B 上海个人账户历年结余可家庭共济（三家日报报道）",
                "https://www.chinanews.com/cj/2022/07-04/9795088.shtml",
                "not for buying drugs at pharmacies (2025-03-25)",
                "D 上海的医保卡如何和异地医保共济",
                "the better source: three dailies (B) against one undated page (D)",
            ],
        ),
    ],
)
def test_one_command_answers_with_sources_contradictions_and_resolution(
    lang: str, expected: list[str]
) -> None:
    result = run(PHARMACY, lang)
    assert result.exit_code == 0
    assert result.stdout.startswith(expected[0])
    places = [result.stdout.find(each) for each in expected]
    assert -1 not in places, expected[places.index(-1)]
    assert places[4:] == sorted(places[4:])


def test_the_answer_is_data_too() -> None:
    (row,) = data(PHARMACY)["rows"]
    assert (row["has"], row["status"], row["since"], row["until"]) == (
        *(True, "contested", "2022-10-01", None),
    )
    assert row["value"] == ["clinic", "hospital", "office", "pharmacy"]
    assert (row["decided_in"], row["inherited"], row["from_basis"]) == ("310000", False, "stated")
    assert [(it["claim"], it["source"]["grade"]) for it in row["contradicted_by"]] == [
        ("sh.w0.places", "D")
    ]
    assert all(it["source"]["title"] and it["says"] for it in row["cites"])
    assert row["resolution"]["rule"] == "grade"
    assert row["alone"] == []


def test_the_answer_changes_with_the_day() -> None:
    days = {"2022-07-31": False, "2022-08-01": True}
    for day, has in days.items():
        (row,) = data(f"show pool.places --region 上海 --on {day} --has 药店")["rows"]
        assert row["has"] is has
    assert run("show pool.places --region 上海 --on 2022-07-31 --has 药店", "zh").stdout.startswith(
        "否："
    )


@pytest.mark.parametrize("key", ["pool.order", "order", "共济人扣款顺序", "扣款顺序", "drawn on"])
@pytest.mark.parametrize("region", ["320600", "南通", "南通市", "Nantong", "nant"])
def test_a_rule_and_a_region_go_by_key_or_name(key: str, region: str) -> None:
    arguments = ["policy", "show", key, "--region", region, "-O", "json"]
    result = CliRunner().invoke(root, arguments)
    (row,) = json.loads(result.stdout)["rows"]
    assert (row["parameter"], row["region"]) == ("pool.order", "320600")
    assert (row["decided_in"], row["inherited"]) == ("CN", True)


def test_what_is_inherited_says_from_where_and_what_is_assumed_says_why() -> None:
    shown = run("show pool.order --region 南通", "zh").stdout
    assert "全国（CN），本地区沿用" in shown
    assert "推定" in shown
    assert "未查到全国性扣款顺序；取北京公布的顺序" in shown
    assert "gongji policy history pool.order --region 320600" in shown


def test_values_of_every_type_are_said() -> None:
    said = {
        "pool.retained_minimum": "1,000.00 yuan",
        "pool.fall_through": "no",
        "pool.max_pools": "no limit",
        "pool.own_first": "relatives pay only when the own account is used up",
        "account.year_start_month": "1",
        "filing.referral_cut": "%",
    }
    for key, words in said.items():
        (row,) = data(f"show {key} --region 山西 --on 2025-06-01")["rows"]
        assert words in row["says"], key
    (row,) = data("show pool.max_pools")["rows"]
    assert row["value"] == "unlimited"
    (row,) = data("show filing.referral_cut")["rows"]
    assert set(row["value"]) == {"num", "den"}


def test_what_no_text_tells_is_not_guessed() -> None:
    informing = next(
        name
        for name, node in load_library().parameters.items()
        if node.serves == "information"
        and not any(name in region.decisions for region in load_library().regions.values())
    )
    (row,) = data(f"show {informing} --region 北京")["rows"]
    assert (row["status"], row["value"], row["says"]) == ("unknown", None, "no text found")
    assert "未查到" in run(f"show {informing} --region 北京", "zh").stdout


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("show pool.plces", 2, "did you mean pool.places (places where"),
        ("show zzzz", 2, "look for it: gongji policy search zzzz"),
        ("show places", 2, "'places' may mean several parameters: own.places (places"),
        ("show pool.places --region 月球", 2, "list all of them: gongji policy list"),
        ("show pool.places --region beijng", 2, "did you mean 110000 (Beijing)"),
        ("show pool.places --region 3", 2, "no rules of a region '3'"),
        ("show pool.places --region 42", 2, "may mean several regions: 420000 (Hubei), 420100"),
        ("show pool.places --on 2023-02-30", 2, "is no day"),
        ("show pool.places --region 北京 --on 2020-01-01", 1, "E116"),
        ("show pool.places --has cinema", 2, "one of: hospital, clinic, pharmacy, office"),
        ("show pool.order --has filing", 2, "is not a set"),
        ("sources nowhere", 2, "list all of them: gongji policy sources"),
        ("sources 上海", 2, "may mean several sources"),
        ("diff 2024-01-01 yesterday", 2, "is no day"),
        ("lint --folder nowhere", 2, "nowhere"),
        ("show pool.places --as-of 2023-01-01", 2, "--as-of"),
    ],
)
def test_what_cannot_be_answered_says_why_and_what_to_do(line: str, code: int, says: str) -> None:
    result = run(line)
    assert result.exit_code == code
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert run(line, "zh").stderr != result.stderr


def test_an_answer_needs_neither_the_event_store_nor_the_read_models() -> None:
    line = ["gongji", "policy", "show", "pool.places", "--region", "310000"]
    program = f"import sys; sys.argv = {line}; from cli.main import main; main()"
    assert house.modules_loaded_by(program, {"eventsourcing", "sqlalchemy"}, root=ROOT) == []


# ------------------------------------------------------------------------------------------- lists


def test_regions_are_listed_with_how_sure_their_values_are() -> None:
    library = load_library()
    rows = {row["region"]: row for row in data("list --on 2026-02-01")["rows"]}
    assert sorted(rows) == sorted(library.regions)
    for row in rows.values():
        counted = sum(row[each] for each in ("in_force", "observed", "contested"))
        assert counted + row["unverified"] + row["assumed"] == len(library.deciding)
    shanghai = library.regions[load_library().claims["sh.w0.places"].region]
    assert rows["310000"]["own"] == len(shanghai.decisions)
    assert rows["310000"]["claims"] == sum(it.region == "310000" for it in library.claims.values())
    early = {row["region"]: row for row in data("list --on 2021-12-31")["rows"]}
    assert early["310000"]["assumed"] == 0  # there were no rules yet
    shown = run("list", "zh").stdout
    assert f"{len(library.regions)} 个地区" in shown
    assert "上海市" in shown


def test_parameters_are_listed_those_that_inform_too() -> None:
    library = load_library()
    rows = {row["parameter"]: row for row in data("list --parameters --on 2026-02-01")["rows"]}
    assert list(rows) == list(library.parameters)
    assert {row["serves"] for row in rows.values()} == {"decision", "information"}
    statuses = ("in_force", "observed", "contested", "unverified", "assumed")
    assert sum(rows["pool.order"][each] for each in statuses) == len(library.regions)


def test_a_search_finds_parameters_regions_claims_and_sources_in_both_languages() -> None:
    hits = data("search 药店")["rows"]
    found = {(row["kind"], row["key"]) for row in hits}
    assert {("parameter", "pool.places"), ("claim", "sh.w0.places")} <= found
    assert ("parameter", "pool.order") not in found
    english = {row["key"] for row in data("search drugs PHARMACIES not")["rows"]}
    assert "sh.w0.places" in english
    assert "gb2024-38" in {row["key"] for row in data("search 国办发 2024 38号")["rows"]}
    assert {row["kind"] for row in data("search 上海")["rows"]} >= {"region", "source"}
    nothing = run("search 月球")
    assert (nothing.exit_code, "Nothing says" in nothing.stdout) == (0, True)


def test_a_history_has_every_value_and_what_was_overruled() -> None:
    rows = data("history pool.places --region 上海")["rows"]
    here = [(row["from"], row["to"], row["region"]) for row in rows if row["holds"]]
    assert here == [
        ("2022-07-01", "2022-08-01", "310000"),
        ("2022-08-01", "2022-10-01", "310000"),
        ("2022-10-01", None, "310000"),
    ]
    assert {row["region"] for row in rows if not row["holds"]} == {"CN"}
    assert rows[1]["against"] == ["w0"]
    falls_back = data("history pool.places --region 北京")["rows"]
    assert [row["region"] for row in falls_back if row["holds"]] == ["110000", "110000", "CN"]
    assert "w0" in run("history pool.places --region 上海", "zh").stdout


def test_differences_of_two_days_are_those_of_the_region_and_what_it_inherits() -> None:
    rows = {it["parameter"]: it for it in data("diff 2024-01-01 2026-02-01 --region 北京")["rows"]}
    assert (rows["pool.area"]["before"], rows["pool.area"]["after"]) == (
        "same pooling area",
        "same province",
    )
    assert (rows["pool.area"]["kind"], rows["pool.area"]["decided_in"]) == ("value", "CN")
    assert rows["pool.order"]["kind"] == "status"
    everywhere = data("diff 2024-01-01 2026-02-01")["rows"]
    assert ("110000", "pool.area") not in {(it["region"], it["parameter"]) for it in everywhere}
    assert ("CN", "pool.area") in {(it["region"], it["parameter"]) for it in everywhere}
    reasons = data("diff 2024-11-25 2024-11-26 --region 上海")["rows"]
    assert ("pool.area", "reason") in [(it["parameter"], it["kind"]) for it in reasons]
    (began,) = [
        it
        for it in data("diff 2021-12-31 2026-02-01 --region 上海")["rows"]
        if it["parameter"] == "pool.order"
    ]
    assert (began["before"], began["before_status"]) == (None, None)
    assert "相同" in run("diff 2026-02-01 2026-02-02 --region 北京", "zh").stdout


def test_sources_are_listed_with_what_rests_on_them() -> None:
    library = load_library()
    rows = {row["key"]: row for row in data("sources")["rows"]}
    assert list(rows) == list(library.sources)
    said = sum(claim.source.key == "w0" for claim in library.claims.values())
    assert (rows["w0"]["grade"], rows["w0"]["values"], rows["w0"]["claims"]) == ("D", 0, said)
    assert rows["w0"]["against"] > 0
    one = data("sources w0")
    assert one["source"]["key"] == "w0"
    uses = {row["use"] for row in one["rows"]}
    assert uses == {"says", "against"}
    assert {row["use"] for row in data("sources 国务院常务会议")["rows"]} >= {"starts"}
    shown = run("sources sh-2022", "zh").stdout
    assert "新闻报道" in shown
    assert "作为依据" in shown


def test_what_was_not_checked_for_long_is_listed_longest_first() -> None:
    assert run("stale --days 400 --on 2026-12-01").exit_code == 0
    late = run("stale --days 30 --on 2027-03-01 -O json")
    assert late.exit_code == 1
    rows = json.loads(late.stdout)["rows"]
    assert {row["kind"] for row in rows} == {"source", "value"}
    assert all(row["days"] > 30 for row in rows)
    days = [row["checked_on"] for row in rows]
    assert days == sorted(days)


def test_every_contested_value_is_shown_with_both_sides_and_its_resolution() -> None:
    library = load_library()
    rows = data("contradictions")["rows"]
    named = [row for row in rows if row["standing"] == "named"]
    assert len(named) == sum(bool(it.contradicted_by) for it in library.decisions())
    for row in named:
        assert row["cites"]
        assert row["against"]
        assert row["resolution"]["why"]
    in_shanghai = data("contradictions --region 上海")["rows"]
    regions = {row["region"] for row in in_shanghai}
    assert regions == {"310000", "CN"}  # and what it inherits
    shown = run("contradictions --region 南通", "zh").stdout
    assert "跨省共济时，一人可与多人建立关系（2026-01-09）" in shown
    assert "较具体者优先" in shown
