"""What is not installed by itself: which extra a command needs, said once and in one place."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cli.errors import failure
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.settings import Settings

EXTRAS = {
    "bulk": ("numpy", "numba", "pyarrow"),
    "chart": ("altair", "vl_convert"),
    "cluster": ("ray",),
    "signing": ("cryptography",),
    "workbook": ("xlsxwriter", "python_calamine"),
}
"""The packages that each extra brings, by the names under which they are imported."""

_SAYS = Text(
    "此命令需要 {package}，尚未安装", "this command needs {package}, which is not installed"
)
_REMEDY = Text(
    "安装 gongji 的 [{extra}] 附加组件：pip install 'gongji[{extra}]'",
    "install the extra [{extra}] of gongji: pip install 'gongji[{extra}]'",
)


def missing(extra: str) -> list[str]:
    """Give the packages of an extra that are not installed."""
    return [package for package in EXTRAS[extra] if find_spec(package) is None]


def remedy(extra: str) -> Text:
    """Say how to install an extra."""
    return Text(_REMEDY.say("zh", extra=extra), _REMEDY.say("en", extra=extra))


@contextmanager
def needs(settings: Settings, extra: str) -> Iterator[None]:
    """Say which extra to install where an import between fails for want of one of its packages.

    Raises:
        Failure: a package of the extra is missing. What else is missing is raised as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS[extra]:
            raise
        code, says = "extra_missing", _SAYS.say(settings.lang, package=package)
        raise failure(code, says, remedy=remedy(extra).say(settings.lang)) from None
