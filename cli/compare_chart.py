"""The picture of a comparison on a population: who pays more or less, as PNG or SVG.

Its numbers are those of the tables; money stays in fen and is written in yuan only on the axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cli.errors import failure
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from domain.text import Lang

FORMATS = (".png", ".svg")
FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC"),
    *("Microsoft YaHei", "WenQuanYi Micro Hei", "sans-serif"),
)
"""Tried in this order; the first that the machine has writes the labels."""

_LESS, _MORE, _ZERO = "#2b7a9b", "#d1702a", "#888888"
_WIDTH, _BAR = 330, 22  # pixels: of a panel, and for each bar
_LABEL, _BESIDE = 150, 80  # pixels: the longest label, and room for numbers beside the bars


class Bar(NamedTuple):
    """One bar: in which panel, what it stands for, and how long it is (fen, or persons)."""

    panel: str
    key: str
    label: str
    change: int


class Panel(NamedTuple):
    """A part of the picture. `unit` is "fen" or "persons"."""

    key: str
    title: Text
    unit: str


def check_format(path: Path, lang: Lang) -> None:
    """End the command if the file's name does not say which kind of picture is wanted."""
    if path.suffix.lower() not in FORMATS:
        says = Text(
            "图的文件名须以 .png 或 .svg 结尾：{path}", "a chart ends in .png or .svg: {path}"
        )
        code = "chart_format"
        raise failure(code, says.say(lang, path=path))


def draw(
    path: Path,
    bars: Sequence[Bar],
    *,
    panels: Sequence[Panel],
    heading: tuple[str, str],
    lang: Lang,
) -> None:
    """Draw the panels that have bars, one beside or below the other; `heading` has two lines."""
    import altair as alt

    drawn = [
        _panel(panel, [bar for bar in bars if bar.panel == panel.key], lang)
        for panel in panels
        if any(bar.panel == panel.key for bar in bars)
    ]
    title = alt.TitleParams(heading[0], subtitle=list(heading[1:]), anchor="start", offset=16)
    chart = alt.concat(*drawn, columns=2, title=title, spacing=36, background="white", padding=16)
    font = ", ".join(f'"{name}"' if " " in name else name for name in FONTS)
    chart = chart.configure(font=font).configure_view(stroke=None)
    chart.save(str(path), format=path.suffix.lower()[1:], scale_factor=2)


def _panel(panel: Panel, bars: Sequence[Bar], lang: Lang) -> Any:  # noqa: ANN401 - altair has no types
    """Lay out one panel: bars from zero to both sides, each with its number beside it."""
    import altair as alt

    order = list(dict.fromkeys(bar.label for bar in bars))
    yuan, persons = "format(datum.change / 100, '+,.0f')", "format(abs(datum.change), ',')"
    said = f"datum.change == 0 ? '0' : {yuan if panel.unit == 'fen' else persons}"
    data = alt.InlineData(values=[bar._asdict() for bar in bars])
    base = alt.Chart(data, title=alt.TitleParams(panel.title.say(lang), anchor="start"))
    base = base.transform_calculate(said=said, side="datum.change < 0 ? 'less' : 'more'")
    names = alt.Axis(labelLimit=_LABEL, ticks=False, domain=False, labelPadding=8)
    row = alt.Y("label:N", sort=order, title=None, axis=names)
    length = alt.X("change:Q", axis=None, scale=alt.Scale(padding=_BESIDE, nice=False))
    colours = alt.Scale(domain=["less", "more"], range=[_LESS, _MORE])
    drawn = base.mark_bar(height=_BAR - 8).encode(
        y=row, x=length, color=alt.Color("side:N", scale=colours, legend=None)
    )
    numbers = base.encode(y=row, x=length, text="said:N")
    left = numbers.transform_filter("datum.change < 0").mark_text(align="right", dx=-4)
    right = numbers.transform_filter("datum.change >= 0").mark_text(align="left", dx=4)
    zero = base.mark_rule(color=_ZERO).encode(x=alt.datum(0))
    return (drawn + left + right + zero).properties(width=_WIDTH, height=_BAR * len(order))


def can_write_chinese() -> bool:
    """Tell whether this machine has a font with Chinese: without one two characters look alike."""
    import vl_convert

    one, other = (
        vl_convert.svg_to_png(_SVG.format(fonts=", ".join(FONTS), it=it)) for it in "中文"
    )
    return bool(one != other)


_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
    '<text x="4" y="30" font-size="28" font-family="{fonts}">{it}</text></svg>'
)
