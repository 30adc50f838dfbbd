"""The data dictionary as a page: every view and column with its unit, meaning and source."""

from __future__ import annotations

from collections.abc import Iterator

from domain.text import Text
from projections.views.catalogue import VIEWS
from projections.views.fields import CODES, Unit, View

UNITS: dict[Unit, Text] = {
    Unit.YUAN: Text(
        "元，文本，两位小数，由整数运算写成",
        "yuan as text with two decimals, by whole numbers alone",
    ),
    Unit.FEN: Text("分，整数，可加总", "fen, a whole number: what to add up"),
    Unit.COUNT: Text("整数，如次数、年度、记账位置", "a whole number: a count, a year, a position"),
    Unit.DAY: Text("日期 2026-03-02 或月份 2026-03", "a day in Shanghai, or a month"),
    Unit.INSTANT: Text("北京时间，到秒", "Beijing time, to the second"),
    Unit.WORD: Text("代码的中文说法", "a code in Chinese words"),
    Unit.CODE: Text("代码本身", "the code itself"),
    Unit.ID: Text("编号", "an id"),
    Unit.TEXT: Text("文字", "a text"),
}
"""What each unit means."""

_HEAD = f"""\
# Data dictionary 数据字典

These views stand in `views.sqlite` in the store's folder, under names that an auditor in China \
reads. `gongji audit views` makes them and brings them up to date; any tool that opens SQLite \
3.38 or newer shows them without gongji. `gongji audit sql "SELECT …"` asks them with one command; \
`gongji audit export csv FOLDER` writes each as a file with control totals. This page is written \
by `gongji audit views --markdown`, and a test holds it and the views together.

以下视图位于账本目录的 `views.sqlite`，以中文命名。`gongji audit views` 生成并更新；\
能打开 SQLite 3.38 及以上的工具无须本系统即可查看。`gongji audit sql "SELECT …"` 一条命令查询，\
`gongji audit export csv 目录` 逐个导出并附控制总数。\
本页由 `gongji audit views --markdown` 写出，测试保证其与视图一致。

- Money stands twice: `_元` to be read, `_分` to be reckoned with. Sort and add fen, never yuan. \
金额并列两栏：`_元` 供阅读，`_分` 供计算；排序与加总请用分。
- A code stands twice: in words, and under the same name with `代码` behind. The words of all \
codes, Chinese and English, are in the table `{CODES}` (词表, 代码, 中文, 英文). \
代码并列两栏：中文与原代码；全部代码的中英文在 `{CODES}` 表。
- Views show what is recorded up to the position of the last `gongji audit views`, `sql` or \
`export csv`; for a past day, or for what was known then, use `--as-of` and `--as-known-at` of \
`gongji account` and `gongji audit trail`. 视图反映最近一次更新时的现状；\
历史时点请用 `gongji account` 与 `gongji audit trail` 的 `--as-of`、`--as-known-at`。
- The file keeps a log beside it while it is in use. From a medium that cannot be written to, open \
it as `file:views.sqlite?immutable=1`. 使用中另有日志文件；只读介质上请以 \
`file:views.sqlite?immutable=1` 打开。

## Units 单位

| unit 单位 | 含义 | meaning |
|---|---|---|
"""  # noqa: S608  # prose, no statement


def page() -> str:
    """Give the whole page."""
    units = "".join(f"| {unit} | {text.zh} | {text.en} |\n" for unit, text in UNITS.items())
    return _HEAD + units + "".join(part for view in VIEWS.values() for part in _of(view))


def _of(view: View) -> Iterator[str]:
    yield f"\n## {view.name}\n\n{_begun(view.says.en)}. {view.says.zh}。\n\n"
    yield f"Sorted by 排序：{view.order}\n\n"
    yield "| column 列 | unit 单位 | 含义 | meaning | source 来源 |\n|---|---|---|---|---|\n"
    for column in view.columns:
        zh, en = column.says
        yield f"| {column.name} | {column.unit} | {zh} | {en} | {column.source} |\n"


def _begun(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
