"""Which parameter and which region somebody means, with what is close where there is none."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from cli.errors import failure
from cli.params import DAY, argument, lang_of, option
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import click
    from click.shell_completion import CompletionItem

    from cli.errors import Failure
    from domain.ids import RegionCode
    from domain.text import Lang

NATION = "CN"

_MOST = 12


class _Thing(NamedTuple):
    """What is said where a kind of thing is not found or not clear."""

    code: str
    none: Text
    several: Text
    remedy: Text


_PARAMETER = _Thing(
    "parameter",
    Text("没有参数“{asked}”。", "There is no parameter {asked!r}."),
    Text("“{asked}”可指多个参数：{those}", "{asked!r} may mean several parameters: {those}"),
    Text("查找：gongji policy search {asked}", "look for it: gongji policy search {asked}"),
)
_REGION = _Thing(
    "region",
    Text("没有地区“{asked}”的规则。", "There are no rules of a region {asked!r}."),
    Text("“{asked}”可指多个地区：{those}", "{asked!r} may mean several regions: {those}"),
    Text("列出全部：gongji policy list", "list all of them: gongji policy list"),
)
_SOURCE = _Thing(
    "source",
    Text("没有来源“{asked}”。", "There is no source {asked!r}."),
    Text("“{asked}”可指多个来源：{those}", "{asked!r} may mean several sources: {those}"),
    Text("列出全部：gongji policy sources", "list all of them: gongji policy sources"),
)
_CLOSE = Text("是否要写 {close}？", "did you mean {close}?")
_KEY_AND_NAME = Text("{key}（{name}）", "{key} ({name})")
_CHOOSE = Text("写全名，如 {first}", "write the whole name, such as {first}")


def parameter_named(lang: Lang, asked: str) -> str:
    """Give the one parameter that is meant by a key, a label, or a part of one.

    Raises:
        Failure: there is none, or several.
    """
    from policies.finding import parameters_named
    from policies.loader import shelf

    parameters = shelf().frame.parameters
    found = parameters_named(parameters, asked)
    if len(found) == 1:
        return found[0]
    names = {key: node.label.text for key, node in parameters.items()}
    raise _unclear(_PARAMETER, asked, found, names=names, lang=lang)


def region_named(lang: Lang, asked: str) -> RegionCode:
    """Give the one region that is meant by a code, a name, or a part of one.

    Raises:
        Failure: there is none, or several.
    """
    from policies.finding import regions_named
    from policies.loader import shelf

    signs = shelf().signs
    found = regions_named(signs, asked)
    if len(found) == 1:
        return found[0]
    raise _unclear(_REGION, asked, found, names=_region_names(), lang=lang)


def source_named(lang: Lang, asked: str) -> str:
    """Give the one document that is meant by a key or a part of its title.

    Raises:
        Failure: there is none, or several.
    """
    from policies.finding import sources_named
    from policies.loader import shelf

    found = sources_named(shelf().frame.sources, asked)
    if len(found) == 1:
        return found[0]
    raise _unclear(_SOURCE, asked, found, names=_source_names(), lang=lang)


def _source_names() -> dict[str, Text]:
    from policies.loader import shelf

    return {key: Text(it.title, it.title) for key, it in shelf().frame.sources.items()}


def _region_names() -> dict[str, Text]:
    from policies.loader import shelf

    return {code: sign.name or Text(code, code) for code, sign in shelf().signs.items()}


def _unclear(
    thing: _Thing, asked: str, found: Sequence[str], *, names: Mapping[str, Text], lang: Lang
) -> Failure:
    said = {key: _KEY_AND_NAME.say(lang, key=key, name=names[key].say(lang)) for key in names}
    if found:
        listed = ("、" if lang == "zh" else ", ").join(said[key] for key in found[:_MOST])
        more = " …" if len(found) > _MOST else ""
        says = thing.several.say(lang, asked=asked, those=f"{listed}{more}")
        remedy = _CHOOSE.say(lang, first=found[0])
        return failure(f"ambiguous_{thing.code}", says, remedy=remedy)
    by_word = {word.casefold(): key for key, name in names.items() for word in (key, *name)}
    by_word |= {key.partition(".")[2]: key for key in names if "." in key}
    close = [by_word[word] for word in get_close_matches(asked.casefold(), by_word, n=3)]
    remedy = thing.remedy.say(lang, asked=asked)
    if close:
        remedy = _CLOSE.say(lang, close=", ".join(said[key] for key in dict.fromkeys(close)))
    return failure(f"unknown_{thing.code}", thing.none.say(lang, asked=asked), remedy=remedy)


# ------------------------------------------------------------------------------------- completion


def _complete_parameter(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from policies.loader import shelf

    del param
    names = {key: node.label.text for key, node in shelf().frame.parameters.items()}
    return _items(names, incomplete, lang_of(ctx))


def _complete_region(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del param
    return _items(_region_names(), incomplete, lang_of(ctx))


def _complete_source(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del param
    return _items(_source_names(), incomplete, lang_of(ctx))


def _items(names: Mapping[str, Text], incomplete: str, lang: Lang) -> list[CompletionItem]:
    """Offer keys; who began to type a name gets the name."""
    from click.shell_completion import CompletionItem

    keys = [key for key in names if key.startswith(incomplete)]
    if keys:
        return [CompletionItem(key, help=names[key].say(lang)) for key in keys]
    return [
        CompletionItem(word, help=key)
        for key, name in names.items()
        for word in name
        if word.startswith(incomplete)
    ]


# --------------------------------------------------------------------------------------- options

KEY = argument(
    "key",
    metavar="PARAMETER",
    shell_complete=_complete_parameter,
    about=Text(
        "参数：代码（pool.places），或中英文名称的一部分",
        "The parameter: its key (pool.places), or a part of its name in Chinese or English.",
    ),
)
SOURCE = argument(
    "key",
    metavar="SOURCE",
    required=False,
    shell_complete=_complete_source,
    about=Text("来源的代码或标题的一部分", "Key of a document, or a part of its title."),
)
REGION = option(
    "--region",
    metavar="REGION",
    default=NATION,
    shell_complete=_complete_region,
    about=Text(
        "地区：代码、中文名或英文名，默认全国",
        "The region: code, or name in Chinese or English; default the nation.",
    ),
)
ANY_REGION = option(
    "--region",
    metavar="REGION",
    shell_complete=_complete_region,
    about=Text("只看此地区及其继承的", "Only this region, with what it inherits."),
)
ON = option(
    "--on",
    type=DAY,
    metavar="DATE",
    about=Text("哪一天，默认今天（上海）", "On which day; default today in Shanghai."),
)
