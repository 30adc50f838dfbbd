"""The two ids: what changes them, and what must not."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import RegionCode
from domain.rules import RuleSet
from policies.loader import SHIPPED, load_library
from policies.resolve import rule_sets
from policies.strict_yaml import Value, YamlMapping, YamlSequence, read


def all_rule_sets(folder: Path = SHIPPED) -> dict[tuple[str, str], RuleSet]:
    found = rule_sets(load_library(folder))
    return {(rules.region, rules.since.isoformat()): rules for rules in found}


def ids(folder: Path = SHIPPED) -> dict[tuple[str, str], tuple[str, str]]:
    return {key: (rules.id, rules.dossier) for key, rules in all_rule_sets(folder).items()}


SHIPPED_IDS = ids()


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_ids_have_their_form() -> None:
    for rule_set, dossier in SHIPPED_IDS.values():
        assert re.fullmatch(r"rs1:[0-9a-f]{32}", rule_set)
        assert re.fullmatch(r"ds1:[0-9a-f]{32}", dossier)


def in_order(value: object) -> object:
    """Put the members of sets in order, however deep they stand."""
    match value:
        case frozenset():
            return sorted(value)
        case dict():
            return {name: in_order(each) for name, each in value.items()}
        case tuple():
            return [in_order(each) for each in value]
    return value


def test_same_values_have_one_id_and_other_values_another() -> None:
    by_id: dict[str, set[str]] = {}
    subjects = {parameter.split(".")[0] for parameter in load_library().deciding}
    for rules in all_rule_sets().values():
        body = rules.model_dump(include={"region", *subjects})
        by_id.setdefault(rules.id, set()).add(str(in_order(body)))
    assert all(len(bodies) == 1 for bodies in by_id.values())
    assert len(set.union(*by_id.values())) == len(by_id)


def test_no_two_epochs_share_a_dossier() -> None:
    dossiers = [dossier for _, dossier in SHIPPED_IDS.values()]
    assert len(set(dossiers)) == len(dossiers)


def written(node: Value, random: Random) -> str:
    """Write a node as flow YAML with its keys in a random order."""
    if isinstance(node, YamlMapping):
        keys = random.sample(sorted(node), len(node))
        return "{" + ", ".join(f'"{key}": {written(node[key], random)}' for key in keys) + "}"
    if isinstance(node, YamlSequence):
        return "[" + ", ".join(written(item, random) for item in node) + "]"
    if isinstance(node, bool):
        return str(node).lower()
    if isinstance(node, int):
        return str(node)
    return '"' + node.replace("\\", "\\\\").replace('"', '\\"') + '"'


@settings(max_examples=5)
@given(st.integers(0, 2**32))  # every order drawn one by one would be too much to draw
def test_key_order_and_style_do_not_change_ids(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("reordered")
    random = Random(seed)
    for path in SHIPPED.glob("*.yaml"):
        text = "# written anew\n" + written(read(path), random)
        (folder / path.name).write_text(text, encoding="utf-8")
    assert ids(folder) == SHIPPED_IDS


def test_comments_file_names_and_days_of_checking_do_not_change_ids(folder: Path) -> None:
    for path in folder.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace(
            "checked_on: 2026-11-21", "checked_on: 2026-11-22"
        )
        path.write_text(f"# a remark\n{text}\n# another\n", encoding="utf-8")
    (folder / "140000_shanxi.yaml").rename(folder / "140000_zz.yaml")
    (folder / "cn.yaml").rename(folder / "cn_nation.yaml")  # sorts after other files
    assert ids(folder) == SHIPPED_IDS


def test_order_of_citations_does_not_change_ids(folder: Path) -> None:
    change(
        folder,
        "310000_shanghai.yaml",
        "cites: [cn.wx-1227.relations, sh.w1.relations]",
        "cites: [sh.w1.relations, cn.wx-1227.relations]",
    )
    assert ids(folder) == SHIPPED_IDS


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("140000_shanxi.yaml", "en: 1000 yuan stay in", "en: 1000 yuan remain in"),
        ("140000_shanxi.yaml", "zh: 共济人账户须留存1000元", "zh: 共济人账户须保留1000元"),
        (
            "sources.yaml",
            "issuer: 转述网站, grade: C, published: 2022-06-29",
            "issuer: x, grade: C, published: 2022-06-29",
        ),
        ("sources.yaml", "grade: C, published: 2022-06-29", "grade: B, published: 2022-06-29"),
    ],
)
def test_other_reasons_change_the_dossier_only(folder: Path, file: str, old: str, new: str) -> None:
    change(folder, file, old, new)
    key = ("140000", "2026-01-09")
    rule_set, dossier = ids(folder)[key]
    assert rule_set == SHIPPED_IDS[key][0]
    assert dossier != SHIPPED_IDS[key][1]


def test_other_value_changes_both_ids_where_it_holds_and_nowhere_else(folder: Path) -> None:
    path = folder / "140000_shanxi.yaml"
    text = path.read_text(encoding="utf-8").replace("value: 100000,", "value: 100001,")
    path.write_text(text, encoding="utf-8")
    for key, (rule_set, dossier) in ids(folder).items():
        is_shanxi = key[0] in {"140000", "140100"}  # Taiyuan inherits it
        assert (rule_set != SHIPPED_IDS[key][0]) is is_shanxi
        assert (dossier != SHIPPED_IDS[key][1]) is is_shanxi


def test_parents_value_reaches_only_who_inherits_it(folder: Path) -> None:
    path = folder / "420000_hubei.yaml"
    text = path.read_text(encoding="utf-8").replace("value: 6, ", "value: 7, ")
    path.write_text(text, encoding="utf-8")
    changed = {key for key, both in ids(folder).items() if both[0] != SHIPPED_IDS[key][0]}
    assert {region for region, _ in changed} == {"420000"}  # Wuhan has a value of its own


def test_what_only_informs_is_in_neither_id(folder: Path) -> None:
    change(
        folder,
        "420000_hubei.yaml",
        "\nvalues:\n",
        "  hb.extra:\n    {param: account.elder_age, value: 70, says_from: 2024-11-26,\n"
        "     source: sh-2022, says: {zh: 虚构, en: invented}}\n"
        "\nvalues:\n  account.elder_age:\n"
        "    - {from: 2024-11-26, value: 70, cites: [hb.extra], status: observed,\n"
        "       from_basis: stated}\n",
    )
    library = load_library(folder)
    decided = library.regions[RegionCode("420000")].decisions["account.elder_age"]
    assert [each.value for each in decided] == [70]
    assert ids(folder) == SHIPPED_IDS


def test_claims_that_nothing_cites_and_remarks_on_sources_are_in_neither_id(folder: Path) -> None:
    change(
        folder,
        "310000_shanghai.yaml",
        "claims:\n",
        "claims:\n  sh.2022.idle:\n    {param: pool.review, value: false, says_from: 2022-07-01,\n"
        "     source: sh-2022, says: {zh: 又说一遍, en: said again}}\n",
    )
    change(folder, "sources.yaml", "note: the number of the notice was not found", "note: none")
    assert ids(folder) == SHIPPED_IDS
