"""Every kind of mistake in a policy file, planted once and caught with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.documents import PolicyProblems
from policies.loader import load, load_library
from tests.policies.conftest import Spoil

SHANXI = "140000_shanxi.yaml"
SHANGHAI = "310000_shanghai.yaml"
YANGZHOU = "321000_yangzhou.yaml"
NANTONG = "320600_nantong.yaml"
MINIMUM = (
    "    - {from: 2022-07-01, value: 100000, cites: [sx.rule.minimum], status: observed, "
    "from_basis: stated}\n"
)
MINIMUM_CLAIM = (
    "{param: pool.retained_minimum, value: 100000, says_from: 2022-07-01, source: sx-rule,"
)
MINIMUM_SAYS = "{zh: 共济人账户须留存1000元, en: 1000 yuan stay in the grantor's account}"
EXCEPTION = (
    "{zh: 广东2023年的做法是地方例外, en: Guangdong's practice of 2023 was a local exception}"
)
NETS_FROM = "{zh: 自该日起可组建家庭共济网, en: family nets can be formed from this day}"
NO_MINIMUM = "{zh: 未查到全国性最低留存, en: no national minimum was found}"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        # The shape of the files.
        (SHANXI, "checked_on: 2026-11-21", "checkedon: 2026-11-21", "missing key checked_on"),
        (SHANXI, "checked_on: 2026-11-21", "checkedon: 2026-11-21", "unknown key checkedon"),
        (SHANXI, "starts: {day", "starts: {daytime: 1, day", "unknown key starts.daytime"),
        (SHANXI, "gongji-policy/1", "gongji-policy/2", "should be 'gongji-policy/1'"),
        (SHANXI, 'code: "140000"', "code: 140000", "should be text; quote numbers"),
        (SHANXI, 'code: "140000"', 'code: "14"', "region.code: String should match"),
        (SHANXI, "value: 100000, cites", "value: 1e5, cites", "is a float"),
        (SHANXI, "starts: {day: 2022-07-01", "starts: {day: 2022-02-30", "should be a day"),
        (SHANXI, "starts: {day: 2022-07-01", "starts: {day: 20220701", "should be a day"),
        (SHANXI, "sources: [sx-rule]", "sources: []", "starts.sources must not be empty"),
        (SHANXI, "sources: [sx-rule]", "sources: sx-rule", "should be a list"),
        (SHANXI, "zh: 山西省", 'zh: ""', "region.name.zh must not be empty"),
        (SHANXI, MINIMUM, "    []\n", "must not be empty"),
        (SHANXI, MINIMUM, "    - 5\n", "should be a mapping"),
        (SHANXI, MINIMUM, MINIMUM.replace("observed", "certain"), "should be 'in_force'"),
        ("sources.yaml", "  zzwb-2021:\n    {", "  zzwb-2021:\n    {x: 1, ", "unknown key"),
        ("registry.yaml", "schema: gongji-registry/1", "schema: other", "gongji-registry/1"),
        # Both languages, wherever people read a sentence.
        (
            SHANXI,
            MINIMUM_SAYS,
            "{zh: 共济人账户须留存1000元}",
            "missing key claims.sx.rule.minimum.says.en",
        ),
        (
            SHANXI,
            MINIMUM_SAYS,
            "{en: 1000 yuan stay}",
            "missing key claims.sx.rule.minimum.says.zh",
        ),
        (SHANXI, MINIMUM_SAYS, '{zh: "", en: 1000 yuan stay}', "says.zh must not be empty"),
        (SHANXI, MINIMUM_SAYS, "{zh: 留存, en: kept, fr: garde}", "minimum.says.fr; fix or"),
        (SHANXI, MINIMUM_SAYS, "1000 yuan stay", "sx.rule.minimum.says should be a mapping"),
        (
            "cn.yaml",
            NO_MINIMUM,
            "{zh: 未查到全国性最低留存}",
            "missing key values.pool.retained_minimum.0.why.en",
        ),
        ("cn.yaml", NO_MINIMUM, "{en: none found}", "retained_minimum.0.why.zh; add it"),
        ("cn.yaml", NO_MINIMUM, "none found", "retained_minimum.0.why should be a mapping"),
        ("cn.yaml", EXCEPTION, "{en: local}", "grantor_credential.0.resolution.why.zh; add"),
        ("cn.yaml", EXCEPTION, "{zh: 例外}", "grantor_credential.0.resolution.why.en; add"),
        (SHANGHAI, NETS_FROM, "{zh: 自该日起}", "missing key starts.why.en"),
        (SHANGHAI, NETS_FROM, "{en: from this day}", "missing key starts.why.zh"),
        (SHANGHAI, NETS_FROM, "from this day", "starts.why should be a mapping"),
        # Names.
        (SHANXI, "sources: [sx-rule]", "sources: [nowhere]", "unknown source 'nowhere'"),
        (SHANXI, MINIMUM_CLAIM, MINIMUM_CLAIM.replace("sx-rule", "sx"), "unknown source 'sx'"),
        (SHANXI, MINIMUM_CLAIM, MINIMUM_CLAIM.replace("ned_min", "d"), "unknown parameter"),
        (SHANXI, "  pool.retained_minimum:\n", "  pool.kept:\n", "unknown parameter 'pool.kept'"),
        (SHANXI, "[sx.rule.minimum]", "[sx.none]", "unknown claim 'sx.none'"),
        (SHANXI, "[sx.rule.minimum]", "[sx.rule.grantors]", "is about pool.max_grantors"),
        (SHANXI, 'parent: "CN"', 'parent: "999999"', "unknown parent '999999'"),
        (SHANXI, 'parent: "CN"', 'parent: "140000"', "unknown parent '140000'"),
        (SHANXI, 'code: "140000"', 'code: "140100"', "should begin with the region's code"),
        (SHANXI, 'code: "140000"', 'code: "310000"', "region '310000' stands twice"),
        (SHANXI, "  sx.rule.minimum:", "  bj.tab.year:", "claim 'bj.tab.year' stands twice"),
        (SHANXI, "[sx.rule.minimum]", "[hb.lifo.order]", "is about pool.order"),
        (NANTONG, "cites: [nt.pools]", "cites: [cn.xh-0109.pools]", "says something else"),
        # Values.
        (SHANXI, "value: 100000, cites", "value: plenty, cites", "is not of type money"),
        (SHANXI, "value: 100000, cites", "value: true, cites", "is not of type money"),
        (SHANXI, "value: 100000, cites", "value: -1, cites", "should lie between 0"),
        (SHANXI, "value: false, cites", "value: no, cites", "is not of type bool"),
        (SHANXI, "value: must_be_empty, cites", "value: empty, cites", "unknown value 'empty'"),
        (
            SHANXI,
            "value: [spouse, parent, child], cites",
            "value: [spouse, parent, friend], cites",
            "unknown value 'friend'",
        ),
        (
            SHANXI,
            "value: [spouse, parent, child], cites",
            "value: [spouse, parent, parent], cites",
            "a member named twice",
        ),
        (NANTONG, "value: 1, cites: [nt.pools]", "value: 0, cites: [nt.pools]", "between 1 and"),
        (NANTONG, "value: 1, cites: [nt.pools]", "value: x, cites: [nt.pools]", "of type count"),
        # Claims.
        (SHANXI, MINIMUM_CLAIM, MINIMUM_CLAIM.replace(" value: 100000,", ""), "a claim states"),
        (
            SHANXI,
            MINIMUM_CLAIM,
            MINIMUM_CLAIM.replace("value: 100000", "includes: [spouse]"),
            "a claim states",
        ),
        (
            SHANXI,
            MINIMUM_CLAIM,
            MINIMUM_CLAIM.replace(" says_from: 2022-07-01,", ""),
            "a claim needs its day",
        ),
        # Intervals.
        (SHANXI, MINIMUM, MINIMUM.replace("01, v", "01, to: 2022-07-01, v"), "not after `from`"),
        (SHANXI, MINIMUM, MINIMUM + MINIMUM.replace("2022", "2023"), "overlaps the one above"),
        (
            SHANXI,
            MINIMUM,
            MINIMUM.replace("2022-07-01, v", "2024-01-01, v")
            + MINIMUM.replace("01, v", "01, to: 2023-01-01, v"),
            "starts before the one above",
        ),
        (
            "cn.yaml",
            "  pool.retained_minimum:\n    - {from: 2021-04-09, value",
            "  pool.retained_minimum:\n    - {from: 2021-04-09, to: 2022-01-01, value",
            "pool.retained_minimum has no value from 2022-01-01",
        ),
        # Citations.
        (SHANXI, "cites: [sx.rule.minimum]", "cites: []", "cites nothing"),
        (SHANXI, MINIMUM, MINIMUM.replace("observed", "unverified"), "need a `why`"),
        (
            SHANXI,
            MINIMUM,
            "    - {from: 2022-07-01, value: 0, status: assumed, from_basis: stated}\n",
            "need a `why`",
        ),
        (SHANXI, "value: 100000, cites", "value: 100001, cites", "says something else"),
        (SHANXI, MINIMUM, MINIMUM.replace("observed", "in_force"), "needs a source of grade A"),
        (
            SHANXI,
            MINIMUM_CLAIM,
            MINIMUM_CLAIM.replace("sx-rule", "w0"),
            "rests on sources of grade D only",
        ),
        # Tariffs: every clause is read, cited, and better than hearsay.
        (
            SHANGHAI,
            "    source: sh-cap25\n",
            "    source: w0\n",
            "none may rest on a source of grade",
        ),
        (SHANGHAI, "ceiling_fen: 65000000", "ceiling_fen: -1", "a clause is wrong"),
        (SHANGHAI, "ceiling_fen: 65000000", "ceiling: 65000000", "a clause is wrong: ceiling"),
        (YANGZHOU, "      value: cited\n", "      value: []\n", "says something else"),
        (YANGZHOU, "      value: cited\n", "      value: said\n", "is not of type tariff"),
        (
            SHANXI,
            MINIMUM_CLAIM,
            MINIMUM_CLAIM.replace("says_from: 2022-07-01", "observed: 2022-07-02"),
            "the oldest text is later",
        ),
        (
            SHANXI,
            "value: [hospital, clinic, pharmacy], cites: [sx.2022.places]",
            "value: [hospital, clinic, pharmacy, office], cites: [sx.2022.places]",
            "no cited claim vouches for office",
        ),
        (
            SHANXI,
            "cites: [sx.2022.categories, cn.2024.categories]",
            "cites: [sx.2022.categories, nt.categories]",
            "belongs to 320600",
        ),
        # Contradictions.
        (
            SHANGHAI,
            "contradicted_by: [sh.w0.area]",
            "contradicted_by: []",
            "`contested` must name",
        ),
        (
            SHANGHAI,
            "cites: [sh.xsb.area]\n      status: contested",
            "cites: [sh.xsb.area]\n      status: unverified\n      why: {zh: 待查, en: x}",
            "contradicted, so it must be `contested`",
        ),
        (
            SHANGHAI,
            "        why: {zh: 有日期的指南（C）",
            "      why: {zh: 有日期的指南（C）",
            "not valid YAML",
        ),
        (
            SHANGHAI,
            "{param: pool.area, value: nation, observed",
            "{param: pool.area, value: same, observed",
            "does not contradict this value",
        ),
        # Departures from the parent.
        (
            NANTONG,
            "value: [end, move, death, divorce], cites: [nt.ended]",
            "value: [end, move], cites: [nt.ended]",
            "may only be wider",
        ),
        (
            "cn.yaml",
            "{from: 2024-08-07, value: [employee, employee_pool_only, resident],",
            "{from: 2024-08-07, value: [employee, resident],",
            "may only be narrower",
        ),
        # The registry.
        ("registry.yaml", "  pool.reorder:", "  purse.reorder:", "unknown subject"),
        ("registry.yaml", "vocabulary: OwnFirst", "vocabulary: Kin", "unknown vocabulary 'Kin'"),
        (
            "registry.yaml",
            "vocabulary: OwnFirst, unit: one of, selected_by: service, departs: override",
            "vocabulary: OwnFirst, unit: one of, selected_by: service, departs: narrow_only",
            "no narrower or wider",
        ),
    ],
)
def test_planted_mistake_is_caught(spoil: Spoil, file: str, old: str, new: str, says: str) -> None:
    problems = spoil(file, old, new)
    found = [problem for problem in problems if says in problem.message.en]
    assert found, [str(problem) for problem in problems]
    assert all(problem.says("zh") != problem.says("en") for problem in problems)


def test_contested_value_needs_its_resolution(spoil: Spoil) -> None:
    problems = spoil(
        SHANGHAI,
        "      contradicted_by: [sh.d-sh.grantors]\n      from_basis: first-seen\n"
        "      resolution:\n        rule: grade\n"
        "        why: {zh: 有日期的指南（C）优先于无日期的网页（D）, "
        "en: a dated guide (C) against an undated page (D)}\n"
        "        decided_on: 2026-11-21\n",
        "      contradicted_by: [sh.d-sh.grantors]\n      from_basis: first-seen\n",
    )
    assert [problem.message.en for problem in problems] == [
        "pool.max_grantors: `contested` needs a `resolution`"
    ]


def test_problem_names_file_and_line(spoil: Spoil, folder: Path) -> None:
    problems = spoil(SHANXI, "value: 100000, cites", "value: 100001, cites")
    lines = (folder / SHANXI).read_text(encoding="utf-8").splitlines()
    assert [problem.path for problem in problems] == [SHANXI]
    assert "value: 100001" in lines[problems[0].line - 1]
    assert str(problems[0]).startswith(f"{SHANXI}:{problems[0].line}: pool.retained_minimum: ")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_missing_language_is_named_with_file_and_line(
    spoil: Spoil, folder: Path, language: str
) -> None:
    problems = spoil(
        SHANXI, MINIMUM_SAYS, "{" + ("zh: 留存" if language == "en" else "en: x") + "}"
    )
    lines = (folder / SHANXI).read_text(encoding="utf-8").splitlines()
    (problem,) = problems
    assert "says: {" in lines[problem.line - 1]
    key = f"claims.sx.rule.minimum.says.{language}"
    assert problem.says("en") == f"{SHANXI}:{problem.line}: missing key {key}; add it"
    assert problem.says("zh") == f"{SHANXI}:{problem.line}: 缺少键 {key}；请补上"


def test_all_problems_of_all_files_come_at_once_and_without_an_echo(
    spoil: Spoil, folder: Path
) -> None:
    spoil(NANTONG, "cites: [nt.pools]", "cites: [nt.none]")
    problems = spoil(SHANXI, MINIMUM_CLAIM, MINIMUM_CLAIM.replace("100000", "plenty"))
    assert [(problem.path, problem.message.en.split(" ")[0]) for problem in problems] == [
        (SHANXI, "value"),
        (NANTONG, "unknown"),
    ]
    with pytest.raises(PolicyProblems, match=SHANXI):
        load(folder)


def test_yaml_mistake_in_a_region_file_is_a_policy_problem(spoil: Spoil) -> None:
    problems = spoil(SHANXI, "checked_on: 2026-11-21", "checked_on: 2026-11-21\nregion: {}")
    assert [each.message.en for each in problems] == ["duplicate key 'region'; remove one of them"]


def test_missing_registry_is_an_error_of_the_machine(folder: Path) -> None:
    (folder / "registry.yaml").unlink()
    with pytest.raises(FileNotFoundError):
        load_library(folder)
