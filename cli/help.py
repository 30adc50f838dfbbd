"""`gongji help`: pages about errors and words, and the help of every command."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.params import argument
from cli.render import Column, Table, show
from cli.terms import TERMS
from cli.texts import Command
from cli.words import WORDS
from domain.refusals import EXPLANATIONS, Code
from domain.text import Explanation, Text

if TYPE_CHECKING:
    from cli.settings import Settings

_ERRORS = [
    Column("number", Text("编号", "number")),
    Column("code", Text("代码", "code")),
    Column("says", Text("含义", "means")),
    Column("remedy", Text("可以", "what to do")),
]
_GLOSSARY = [
    Column("zh", Text("中文", "中文")),
    Column("en", Text("English", "English")),
    Column("code", Text("代码", "code")),
    Column("subject", Text("类别", "subject")),
]
_NO_TOPIC = Text("没有帮助页“{topic}”。", "There is no page {topic!r}.")
_CLOSE = Text("是否要写 {close}？", "Did you mean {close}?")
_PAGES = Text(
    "查看 gongji help errors、glossary、错误编号（E206）或命令名",
    "There are: gongji help errors, glossary, an error number (E206), or a command",
)


@click.command(
    "help",
    cls=Command,
    about=Text(
        "帮助页：一个错误（E206）、全部错误（errors）、词汇（glossary），或一条命令。",
        "Pages: one error (E206), all errors (errors), the words (glossary), or a command.",
    ),
    examples=("gongji help E206", "gongji help glossary", "gongji help claim settle"),
)
@argument(
    "topic",
    nargs=-1,
    required=False,
    metavar="TOPIC",
    about=Text("主题；不写则显示总帮助", "What about; the overview if left out."),
)
@click.pass_context
def help_command(ctx: click.Context, *, topic: tuple[str, ...]) -> None:
    """Show a page."""
    settings: Settings = ctx.obj
    if topic == ("errors",):
        _show_errors(settings, list(Code))
    elif topic == ("glossary",):
        _show_glossary(settings)
    elif len(topic) == 1 and (code := _find(topic[0])) is not None:
        _show_errors(settings, [code])
    else:
        _show_command(ctx, settings, topic)


def _find(topic: str) -> Code | None:
    """Find an error by its number, with or without E, or by its code."""
    wanted = topic.lower().removeprefix("e")
    for code in Code:
        if wanted == code.number[1:] or topic.lower() == code.value:
            return code
    return None


def _show_errors(settings: Settings, codes: list[Code]) -> None:
    rows = [_error_row(code, EXPLANATIONS[code]) for code in codes]
    show(settings, Table("errors", _ERRORS, rows, record=len(rows) == 1))


def _error_row(code: Code, explanation: Explanation) -> dict[str, object]:
    """Give an error's page; `{name}` marks where the facts of a case stand."""
    return {
        "number": code.number,
        "code": code.value,
        "says": explanation.says,
        "remedy": explanation.remedy,
    }


def _show_glossary(settings: Settings) -> None:
    rows: list[dict[str, object]] = [
        {"zh": term.word.zh, "en": term.word.en, "code": term.code, "subject": subject}
        for subject, terms in TERMS.items()
        for term in terms
    ]
    rows += [
        {"zh": word.zh, "en": word.en, "code": code, "subject": vocabulary}
        for vocabulary, words in WORDS.items()
        if vocabulary not in {"bool", "Command"}
        for code, word in words.items()
    ]
    show(settings, Table("glossary", _GLOSSARY, rows))


def _show_command(ctx: click.Context, settings: Settings, names: tuple[str, ...]) -> None:
    """Show the help of a command, however deep it stands."""
    place = ctx.find_root()
    for name in names:
        command = place.command
        found = command.get_command(place, name) if isinstance(command, click.Group) else None
        if found is None:
            raise _unknown(settings, place, name)
        place = found.context_class(found, info_name=name, parent=place)
    click.echo(place.get_help())


def _unknown(settings: Settings, place: click.Context, name: str) -> Exception:
    known = ["errors", "glossary", *(code.number for code in Code)]
    if isinstance(place.command, click.Group):
        known += place.command.list_commands(place)
    close = get_close_matches(name, known, n=3)
    remedy = _CLOSE.say(settings.lang, close=", ".join(close)) if close else ""
    code = "unknown_topic"
    says = _NO_TOPIC.say(settings.lang, topic=name)
    return failure(code, says, remedy=remedy or _PAGES.say(settings.lang))
