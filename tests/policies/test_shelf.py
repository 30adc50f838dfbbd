"""Files are read when a region needs them: fast for one, the same as all at once, and no later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.policy_folder import Size, write_folder
from domain.ids import RegionCode
from domain.refusals import Refusal
from domain.rules import RuleSet
from policies import strict_yaml
from policies.documents import PolicyProblems
from policies.loader import load, load_library
from policies.resolve import rule_sets
from policies.shelf import Shelf
from policies.strict_yaml import YamlMapping
from tests.policies.conftest import plant

BEIJING, SHANXI, NANTONG = RegionCode("110000"), RegionCode("140000"), RegionCode("320600")
DAY = date(2025, 3, 1)


def test_rules_asked_for_one_by_one_are_those_of_all_files_together() -> None:
    book = load()
    for rules in rule_sets(load_library()):
        found = book.resolve(rules.region, rules.since)
        assert found == rules
        assert isinstance(found, RuleSet)
        assert found.dossier == rules.dossier
        assert book.by_id(rules.id) is not None


def test_only_the_files_of_a_region_and_its_parents_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def note(path: Path, *, shown_as: str) -> YamlMapping:
        read.append(path.name)
        return strict_yaml.read(path, shown_as=shown_as)

    monkeypatch.setattr("policies.documents.read", note)
    book = load(folder)
    book.resolve(NANTONG, DAY)
    book.resolve(NANTONG, date(2026, 3, 1))
    book.resolve(RegionCode("320000"), DAY)
    assert sorted(read) == [
        *("320000_jiangsu.yaml", "320600_nantong.yaml", "cn.yaml"),
        *("registry.yaml", "sources.yaml"),
    ]


def test_a_shelf_knows_names_and_parents_without_reading_on(folder: Path) -> None:
    path = folder / "320600_nantong.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("starts:")] + "broken: 1.5\n", encoding="utf-8")
    sign = Shelf(folder).signs[NANTONG]
    assert sign.name is not None
    assert (sign.name.zh, sign.name.en, sign.level, sign.parent) == (
        *("南通市", "Nantong", "city", "320000"),
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("value: 100000, cites", "value: 1e5, cites", "is a float"),
        ("schema: gongji-policy/1", "schema: ]", "not valid YAML"),
        ("schema: gongji-policy/1", "? [a]\n: b", "a key must be text"),
        ('parent: "CN"', "parent: 5", "region.parent should be text"),
        ("region: {", "place: {", "missing key region"),
        ("[sx.rule.minimum]", "[sx.none]", "unknown claim 'sx.none'"),
        ("cites: [sx.rule.minimum]", "cites: []", "cites nothing"),
        ('parent: "CN"', 'parent: "140000"', "unknown parent '140000'"),
        ('parent: "CN"', 'parent: "999999"', "unknown parent '999999'"),
    ],
)
def test_a_broken_file_is_told_when_it_is_used_and_not_before(
    folder: Path, old: str, new: str, says: str
) -> None:
    plant(folder, "140000_shanxi.yaml", old, new)
    book = load(folder)
    assert isinstance(book.resolve(BEIJING, DAY), RuleSet)
    for _ in range(2):  # not forgotten either
        with pytest.raises(PolicyProblems) as caught:
            book.resolve(SHANXI, DAY)
        assert [it for it in caught.value.problems if says in it.message.en], caught.value
        assert {it.path for it in caught.value.problems} == {"140000_shanxi.yaml"}


def test_an_empty_file_or_a_list_is_told_when_its_region_is_used(folder: Path) -> None:
    for content in ("", "- a list\n"):
        (folder / "140000_shanxi.yaml").write_text(content, encoding="utf-8")
        with pytest.raises(PolicyProblems):
            load(folder).resolve(SHANXI, DAY)
        assert isinstance(load(folder).resolve(BEIJING, DAY), RuleSet)


def test_two_files_of_one_region_are_told_when_it_is_used(folder: Path) -> None:
    text = (folder / "140000_shanxi.yaml").read_text(encoding="utf-8")
    (folder / "140000_twin.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyProblems, match="region '140000' stands twice"):
        load(folder).resolve(SHANXI, DAY)


def test_a_region_without_a_file_has_no_rule() -> None:
    assert isinstance(load().resolve(RegionCode("990000"), DAY), Refusal)
    with pytest.raises(KeyError):
        Shelf(Path()).chain(RegionCode("990000"))


def test_a_folder_that_is_not_there_is_an_error_and_no_book_without_rules(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nowhere").resolve(BEIJING, DAY)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nowhere").regions()


def test_a_made_up_library_passes_every_check_and_is_the_same_each_time(tmp_path: Path) -> None:
    from policies.lint import Care, lint

    folders = [tmp_path / "one", tmp_path / "two"]
    for each in folders:
        each.mkdir()
        assert len(write_folder(each, Size(regions=7, sources=20, claims=210))) == 7
    one, two = ({path.name: path.read_bytes() for path in each.iterdir()} for each in folders)
    assert one == two
    outcomes = lint(folders[0], Care(date(2026, 11, 22), 90))
    found = [
        str(it) for outcome in outcomes if outcome.level == "error" for it in outcome.found or ()
    ]
    assert found == []
    library = load_library(folders[0])
    nation = sum(claim.region == "CN" for claim in library.claims.values())
    assert (len(library.regions), len(library.claims) - nation) == (8, 210)
