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


_SPECS: tuple[tuple[tuple[str, ...], Text, dict[str, Any]], ...] = (
    (
        ("--store",),
        Text(
            "账本目录（GONGJI_STORE，默认 ./gongji-store）",
            "Directory of the store (GONGJI_STORE; default ./gongji-store).",
        ),
        {"metavar": "PATH"},
    ),
    (
        ("--lang",),
        Text("语言（GONGJI_LANG，默认依系统）", "Language (GONGJI_LANG; else the locale)."),
        {"type": click.Choice(["zh", "en"])},
    ),
    (
        ("-O", "--output"),
        Text("输出格式，默认 table", "Format of the output; default table."),
        {"type": click.Choice(OUTPUTS)},
    ),
    (
        ("--as-of",),
        Text("截至日：当日已生效的", "As of a day: what held on it."),
        {"type": DAY, "metavar": "DATE"},
    ),
    (
        ("--as-known-at",),
        Text(
            "按当时所知：到该位置、该时刻或该日（上海）终了时已记录的",
            "As known at a position, an instant or the end of a day in Shanghai: "
            "what had been recorded by then.",
        ),
        {"type": Instant(or_position=True), "metavar": "POSITION|INSTANT|DATE"},
    ),
    (
        ("--actor",),
        Text(
            "经办人，记入事件（GONGJI_ACTOR，默认登录名）",
            "Who acts, recorded with events (GONGJI_ACTOR; default the login name).",
        ),
        {"metavar": "NAME"},
    ),
    (("-q", "--quiet"), Text("只输出数据", "Print data only."), {"is_flag": True}),
    (("--no-color",), Text("不用颜色（NO_COLOR）", "No colour (NO_COLOR)."), {"is_flag": True}),
    (("--debug",), Text("出错时显示调用栈", "Show tracebacks of errors."), {"is_flag": True}),
    (
        ("--at",),
        Text("固定当前时刻（GONGJI_NOW），供测试", "Fix the present (GONGJI_NOW), for tests."),
        {"type": INSTANT, "hidden": True},
    ),
)


def global_options(*, shown: bool) -> list[Option]:
    """Make the options that every command takes; only the root lists them on its help page."""
    return [
        _global(*names, about=about, **(attrs if shown else attrs | {"hidden": True}))
        for names, about, attrs in _SPECS
    ]


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
