"""`gongji policy lint` on broken files, the words of the rules, and completion of their names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem

from cli.policy_names import KEY, REGION, SOURCE
from cli.policy_words import POLICY_WORDS
from cli.settings import Settings
from domain.rules import STATUS_WORDS
from policies.loader import SHIPPED
from tests import house
from tests.cli.policy_lines import data, run
from tests.policies.conftest import plant

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in SHIPPED.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_every_check_is_listed_by_name_with_its_count() -> None:
    found = data("lint --on 2026-11-22")
    assert found["errors"] == 0
    assert found["checks"] == len({row["check"] for row in found["rows"]}) >= 30
    assert {row["verdict"] for row in found["rows"] if row["level"] == "error"} == {"ok"}
    assert f"{found['checks']} 项检查" in run("lint --on 2026-11-22", "zh").stdout


def test_lint_fails_for_errors_and_only_tells_warnings(folder: Path) -> None:
    line = f"lint --folder {folder} --on 2026-11-22"
    plant(folder, "310000_shanghai.yaml", "sh.w0.area, cn.xh-1126.area", "sh.w0.area")
    warned = run(f"{line} -O json")
    assert warned.exit_code == 0
    rows = [row for row in json.loads(warned.stdout)["rows"] if row["count"]]
    (row,) = [
        row
        for row in rows
        if row["place"].startswith("310000_shanghai.yaml:") and "cn.xh-1126.area" in row["says"]
    ]
    assert (row["check"], row["level"], row["verdict"]) == (
        *("parent_text_unnamed", "warning", "noted"),
    )
    plant(folder, "140000_shanxi.yaml", "value: 100000, cites", "value: 100001, cites")
    failed = run(line, "zh")
    assert failed.exit_code == 1
    assert "citation_differs" in failed.stdout
    plant(folder, "140000_shanxi.yaml", "value: 100001, cites", "value: 1e5, cites")
    broken = run(f"{line} -O json")
    assert broken.exit_code == 1
    verdicts = {row["check"]: row["verdict"] for row in json.loads(broken.stdout)["rows"]}
    assert (verdicts["yaml"], verdicts["departure"]) == ("failed", "not_run")


def test_many_findings_of_one_check_are_cut_short_for_people(folder: Path) -> None:
    line = f"lint --folder {folder} --on 2027-11-22"
    assert "-O csv gives all of them" in run(line).stdout
    assert len(data(line)["rows"]) > 100


# ------------------------------------------------------------------------------------------- words


def test_words_are_complete_and_those_of_the_rules() -> None:
    texts = [text for words in POLICY_WORDS.values() for text in words.values()]
    assert house.incomplete_texts(texts) == []
    known = {code: word for code, word in POLICY_WORDS["PolicyStatus"].items() if code != "unknown"}
    assert known == STATUS_WORDS


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_on_policies_has_every_word(lang: str) -> None:
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    for name in ("PolicyStatus", "ResolutionRule", "PolicyBasis"):
        for code, word in POLICY_WORDS[name].items():
            if code not in {"hypothetical", "withdrawn"}:
                assert f"`{code}`" in page, code
                assert word.say("zh" if lang == "zh" else "en") in page, code


@pytest.mark.parametrize(
    ("add", "typed", "offered"),
    [
        (KEY, "pool.ord", ["pool.order"]),
        (KEY, "共济人扣", ["共济人扣款顺序"]),
        (REGION, "31", ["310000"]),
        (REGION, "上", ["上海市"]),
        (REGION, "Shangh", ["Shanghai"]),
        (SOURCE, "gb2024", ["gb2024-38"]),
        (KEY, "no such", []),
    ],
)
def test_shells_complete_keys_and_names(
    add: Callable[[Callable[[], None]], Callable[[], None]], typed: str, offered: list[str]
) -> None:
    command = click.command("nothing")(add(lambda: None))
    ctx = click.Context(command, obj=Settings(lang="zh"))
    items: list[CompletionItem[str]] = command.params[0].shell_complete(ctx, typed)
    assert [item.value for item in items] == offered
    assert all(item.help for item in items)
