"""What the commands about suspicion rules share: their options, the rules chosen, the findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.params import option
from domain.text import Text

if TYPE_CHECKING:
    from cli.errors import Failure
    from cli.session import Views
    from cli.settings import Settings
    from projections.findings.rule import Finding, Rule

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True)
class Asked:
    """Which rules to ask, with which thresholds, and beside which outside lists."""

    folders: Sequence[Path] = ()
    thresholds: Sequence[str] = ()
    lists: Sequence[str] = ()
    names: Sequence[str] = field(default=())


def asks(function: Callable[..., None]) -> Callable[..., None]:
    """Add `--rules`, `--set` and `--list`; the command gets them as `asked`."""

    @wraps(function)
    def call(
        *args: object,
        folders: tuple[Path, ...],
        thresholds: tuple[str, ...],
        lists: tuple[str, ...],
        **rest: object,
    ) -> None:
        function(*args, asked=Asked(folders, thresholds, lists), **rest)

    add_folders = option(
        "--rules",
        "folders",
        multiple=True,
        type=_FOLDER,
        metavar="FOLDER",
        about=Text(
            "另加此目录中的规则；同号的取而代之", "Also the rules of this folder; same ids replace."
        ),
    )
    add_thresholds = option(
        "--set",
        "thresholds",
        multiple=True,
        metavar="RULE.PARAMETER=NUMBER",
        about=Text("改用此阈值，如 MA-10.holders=4", "Another threshold, as MA-10.holders=4."),
    )
    add_lists = option(
        "--list",
        "lists",
        multiple=True,
        metavar="LIST=FILE",
        about=Text(
            "外部名单：deaths=文件（person,died_on）或 addresses=文件（person,area）",
            "An outside list: deaths=FILE (person,died_on) or addresses=FILE (person,area).",
        ),
    )
    return add_folders(add_thresholds(add_lists(call)))


def rules_of(settings: Settings, asked: Asked, names: Sequence[str] = ()) -> dict[str, Rule]:
    """Give the rules with their thresholds: all, or those named."""
    from projections.findings.reading import UnknownThreshold, rules, with_thresholds

    try:
        known = with_thresholds(rules(*asked.folders), asked.thresholds)
    except UnknownThreshold as unknown:
        raise _missing(
            settings, "unknown_threshold", str(unknown), there="MA-10.holders=4"
        ) from None
    for name in names:
        if name not in known:
            raise _missing(settings, "unknown_rule", name, there=", ".join(known))
    return {name: rule for name, rule in known.items() if not names or name in names}


def found_in(
    current: Views, settings: Settings, asked: Asked, rules: dict[str, Rule]
) -> list[Finding]:
    """Ask rules of the read models, with the outside lists."""
    from cli.session import rule_book
    from projections.findings.running import find

    lists = dict(_list(settings, written) for written in asked.lists)
    return find(current.engine, rules.values(), book=rule_book(), lists=lists)


def _list(settings: Settings, written: str) -> tuple[str, dict[str, str]]:
    from projections.findings.lists import COLUMNS, read_list

    name, _, path = written.partition("=")
    if name not in COLUMNS or not path:
        forms = " ".join(f"{each}=FILE" for each in COLUMNS)
        raise _missing(settings, "unknown_list", written, there=forms)
    return name, read_list(name, Path(path))


def _missing(settings: Settings, code: str, written: str, *, there: str) -> Failure:
    """Say that something was named that there is not, and what there is."""
    return failure(code, _MISSING[code].say(settings.lang, it=written), remedy=there)


_MISSING = {
    "unknown_threshold": Text("没有阈值“{it}”", "there is no threshold {it!r}"),
    "unknown_rule": Text("没有规则“{it}”", "there is no rule {it!r}"),
    "unknown_list": Text("没有名单“{it}”", "there is no list {it!r}"),
}
