"""Help pages: complete in both languages, with examples that the parser takes, and light."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cli import params
from cli.main import GROUPS, root
from cli.pages import cells, wrap
from cli.params import Argument, Option
from cli.settings import Settings, choose_language, choose_output
from cli.texts import Command, Group
from domain.refusals import Code
from domain.text import Text
from tests import house

ROOT = Path(__file__).parents[2]
SLOW = {"eventsourcing", "numba", "numpy", "pyarrow", "pydantic", "rich", "sqlalchemy", "yaml"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def commands() -> Iterator[tuple[str, Command | Group]]:
    """Give every command with its full name."""

    def below(name: str, command: click.Command) -> Iterator[tuple[str, Command | Group]]:
        assert isinstance(command, Command | Group), name
        yield name, command
        if isinstance(command, Group):
            ctx = click.Context(command)
            for each in command.list_commands(ctx):
                found = command.get_command(ctx, each)
                assert found is not None
                yield from below(f"{name} {each}", found)

    yield from below("gongji", root)


ALL = dict(commands())


def page(name: str, lang: str) -> Result:
    return CliRunner().invoke(root, [*name.split()[1:], "--help", "--lang", lang])


@pytest.mark.parametrize("name", ALL)
def test_help_is_complete_in_both_languages(name: str) -> None:
    command = ALL[name]
    texts = [command.about]
    for param in command.params:
        assert isinstance(param, Option | Argument), param
        texts.append(param.about)
    assert house.incomplete_texts(texts) == []


@pytest.mark.parametrize("name", ALL)
def test_help_has_an_example_that_the_parser_takes(name: str) -> None:
    command = ALL[name]
    assert command.examples
    for example in command.examples:
        words = shlex.split(example.partition("#")[0].replace('eval "$(', "").replace(')"', ""))
        assert words[0] == "gongji", example
        place = click.Context(root, info_name="gongji", obj=Settings())
        words = words[1 : words.index("|") if "|" in words else None]
        while isinstance(place.command, click.Group):
            if words and words[0].startswith("-"):
                words = words[2:]  # a global option with its value
            found = place.command.get_command(place, words.pop(0)) if words else None
            if found is None:
                break
            place = click.Context(found, info_name=found.name, parent=place)
        if not isinstance(place.command, click.Group):
            place.command.parse_args(place, words)


@pytest.mark.parametrize("name", ALL)
def test_help_in_chinese_has_no_english_sentence_and_no_line_too_wide(name: str) -> None:
    result = page(name, "zh")
    assert result.exit_code == 0
    assert result.stdout.startswith("用法")
    for line in result.stdout.splitlines():
        if not line.lstrip().startswith(("gongji", "eval", "-", "用法")):
            assert cells(line) <= 80, line
    for heading in ("Options", "Commands", "Usage", "Show this", "[required]", "[OPTIONS]"):
        assert heading not in result.stdout


@pytest.mark.parametrize("name", ALL)
def test_help_in_english_has_no_chinese_word(name: str) -> None:
    examples = "\n".join(ALL[name].examples)
    stray = set(CHINESE.findall(page(name, "en").stdout)) - set(examples)
    assert stray == set()


@pytest.mark.parametrize("name", ALL)
def test_help_says_what_each_argument_is_and_which_codes_it_takes(name: str) -> None:
    shown = "".join(page(name, "en").stdout.split())
    for param in ALL[name].params:
        if isinstance(param, Argument):
            assert "".join(param.about.en.split()) in shown
            if isinstance(param.type, params.Code):
                assert "".join(param.type.choices("en").split()) in shown


def test_the_root_lists_every_group_without_importing_it() -> None:
    program = "import sys; sys.argv = ['gongji', '--help']; from cli.main import main; main()"
    modules = {group.where.partition(":")[0] for group in GROUPS.values()}
    assert house.modules_loaded_by(program, SLOW | modules, root=ROOT) == []


@pytest.mark.parametrize("group", [name for name in GROUPS if name != "help"])
def test_the_help_of_a_group_loads_nothing_slow(group: str) -> None:
    program = (
        f"import sys; sys.argv = ['gongji', '{group}', '--help']; from cli.main import main; main()"
    )
    assert house.modules_loaded_by(program, SLOW, root=ROOT) == []


@pytest.mark.parametrize(
    ("argv", "environ", "lang"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "GONGJI_LANG": "en"}, "en"),
        (["--help", "--lang", "zh"], {"GONGJI_LANG": "en"}, "zh"),
        (["--lang=zh", "x", "--lang=en"], {}, "en"),
        (["--lang", "fr"], {}, "en"),
    ],
)
def test_the_language_is_chosen_before_click_starts(
    argv: list[str], environ: dict[str, str], lang: str
) -> None:
    assert choose_language(argv, environ) == lang


@pytest.mark.parametrize(
    ("argv", "output"),
    [
        ([], "table"),
        (["-O", "json"], "json"),
        (["-Ocsv"], "csv"),
        (["--output=jsonl"], "jsonl"),
        (["-O", "xml"], "table"),
    ],
)
def test_the_output_of_a_line_that_cannot_be_read_is_still_known(
    argv: list[str], output: str
) -> None:
    assert choose_output(argv) == output


def test_chinese_breaks_between_characters_and_keeps_marks_with_their_words() -> None:
    assert wrap("个人账户，家庭共济。", 9) == ["个人账", "户，家庭", "共济。"]
    assert wrap("see gongji help E206", 12) == ["see gongji", "help E206"]
    assert wrap("", 10) == [""]


# ------------------------------------------------------------------------------ gongji help, errors


@pytest.mark.parametrize("topic", ["E206", "e206", "206", "coverage_not_in_force"])
@pytest.mark.parametrize(("lang", "said"), [("zh", "未在保"), ("en", "not in force")])
def test_an_error_has_a_page(topic: str, lang: str, said: str) -> None:
    result = CliRunner().invoke(root, ["help", topic, "--lang", lang])
    assert result.exit_code == 0
    assert said in result.stdout
    assert "gongji person show" in result.stdout


def test_all_errors_and_words_are_listed() -> None:
    errors = CliRunner().invoke(root, ["help", "errors"]).stdout
    assert [code.number for code in Code if code.number not in errors] == []
    words = CliRunner().invoke(root, ["help", "glossary"]).stdout
    assert "家庭共济组" in words
    assert "family pool" in words


def test_help_of_a_command_is_the_page_of_that_command() -> None:
    asked = CliRunner().invoke(root, ["help", "claim", "settle", "--lang", "en"])
    assert asked.stdout == page("gongji claim settle", "en").stdout
    assert CliRunner().invoke(root, ["help"]).stdout.startswith("Usage: gongji ")


def test_an_unknown_page_is_an_error_that_suggests_one() -> None:
    result = CliRunner().invoke(root, ["help", "glosary"])
    assert result.exit_code == 2
    assert "glossary" in result.stderr
    assert "errors" in CliRunner().invoke(root, ["help", "zzz"]).stderr


def test_texts_of_the_root_are_complete() -> None:
    texts: list[Text] = [group.about for group in GROUPS.values()]
    assert house.incomplete_texts(texts) == []
