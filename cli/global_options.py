"""The options that every command takes, before or after its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.params import DAY, INSTANT, Instant, Option
from cli.settings import OUTPUTS, Settings
from domain.text import Text


def _set(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Keep a global option that was given; what was not given changes nothing."""
    settings = ctx.find_object(Settings)
    if settings is None or value is None or value is False:
        return
    match param.name:
        case "no_color":
            settings.color = False
        case "store":
            settings.store = Path(str(value))
        case name:
            setattr(settings, name, value)


def _show_version(ctx: click.Context, param: click.Parameter, value: object) -> None:
    del param
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"gongji {version('gongji')}")
    ctx.exit()


def _global(*names: str, about: Text, **attrs: Any) -> Option:  # noqa: ANN401 - click's own
    settings: dict[str, Any] = {"callback": _set, "expose_value": False, "is_eager": True}
    return Option([*names], about=about, **(settings | attrs))


def global_options(*, shown: bool) -> list[Option]:
    """Make the options that every command takes; only the root lists them on its help page."""
    made = [
        _global(
            "--store",
            metavar="PATH",
            about=Text(
                "账本目录（GONGJI_STORE，默认 ./gongji-store）",
                "Directory of the store (GONGJI_STORE; default ./gongji-store).",
            ),
        ),
        _global(
            "--lang",
            type=click.Choice(["zh", "en"]),
            about=Text(
                "语言（GONGJI_LANG，默认依系统）", "Language (GONGJI_LANG; else the locale)."
            ),
        ),
        _global(
            "-O",
            "--output",
            type=click.Choice(OUTPUTS),
            about=Text("输出格式，默认 table", "Format of the output; default table."),
        ),
        _global(
            "--as-of",
            type=DAY,
            metavar="DATE",
            about=Text("截至日：当日已生效的", "As of a day: what held on it."),
        ),
        _global(
            "--as-known-at",
            type=Instant(or_position=True),
            metavar="INSTANT|POSITION",
            about=Text(
                "按当时所知：该时刻或位置之前已记录的",
                "As known at an instant or a position: what had been recorded by then.",
            ),
        ),
        _global(
            "--actor",
            metavar="NAME",
            about=Text(
                "经办人，记入事件（GONGJI_ACTOR，默认登录名）",
                "Who acts, recorded with events (GONGJI_ACTOR; default the login name).",
            ),
        ),
        _global("-q", "--quiet", is_flag=True, about=Text("只输出数据", "Print data only.")),
        _global(
            "--no-color", is_flag=True, about=Text("不用颜色（NO_COLOR）", "No colour (NO_COLOR).")
        ),
        _global(
            "--debug", is_flag=True, about=Text("出错时显示调用栈", "Show tracebacks of errors.")
        ),
        _global(
            "--at",
            type=INSTANT,
            hidden=True,
            about=Text(
                "固定当前时刻（GONGJI_NOW），供测试", "Fix the present (GONGJI_NOW), for tests."
            ),
        ),
    ]
    if not shown:
        for each in made:
            each.hidden = True
    return made


def help_option() -> Option:
    """Make `--help`. Click's own is made once and would keep the language of that moment."""
    about = Text("显示本页后退出", "Show this page and exit.")
    return _global("-h", "--help", is_flag=True, callback=_show_help, about=about)


def _show_help(ctx: click.Context, param: click.Parameter, value: object) -> None:
    del param
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def version_option() -> Option:
    """Make `--version` of the root."""
    about = Text("显示版本后退出", "Show the version and exit.")
    return _global("--version", is_flag=True, callback=_show_version, about=about)
