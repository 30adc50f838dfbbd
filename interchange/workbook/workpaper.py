"""A working paper 审计工作底稿: cover, lines, totals of them as formulas, and further tables.

What a paper has to hold: 审计机关审计工作底稿准则（试行）第四条. What is not known stays empty, and
is shaded so that one sees that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from domain.text import Text
from interchange.workbook.sheets import Book, Facts, Field, Kind, Table, open_book, put_text, yuan

COVER = Text("封面", "Cover")
LINES = Text("明细", "Lines")
SUMMARY = Text("汇总", "Summary")

PAYMENT, REFUND = Text("结算", "payment"), Text("退费", "refund")
_NET = Text("净额", "net")
_COUNT = Text("笔数", "lines")
_LEDGER = Text("程序按分所计净额", "net, counted in fen by the program")
_CHECK = Text("公式与其核对", "do formulas agree with it")
_WHOLE = Text("总额＝基金＋个人账户＋现金", "total = fund + accounts + cash")  # noqa: RUF001  # as printed in Chinese
_SAME, _OTHER = Text("相符", "agrees"), Text("不符", "differs")
_BY_GROUP = Text("按参保地、险种、清算类别（净额）", "by area, insurance and clearing kind (net)")
_EMPTY = Text("浅黄色为尚待填写的内容。", "Pale yellow: still to be filled in.")

MEASURES = (
    Text("总额", "total"),
    Text("基金支付", "pooled fund"),
    Text("个人账户", "all accounts"),
    Text("其中本人", "own account"),
    Text("其中共济", "mutual aid"),
    Text("现金", "cash"),
)
"""The amounts of a line, in the order of `projections.settlement_lines.MEASURES`."""

HEAD: tuple[tuple[Text, Kind], ...] = (
    (Text("位置", "position"), "int"),
    (Text("结算号", "settlement"), "text"),
    (Text("费用单", "claim"), "text"),
    (Text("类型", "type"), "text"),
    (Text("结算日", "day"), "day"),
    (Text("就诊人", "patient"), "text"),
    (Text("机构", "institution"), "text"),
    (Text("参保地", "area"), "text"),
    (Text("险种", "insurance"), "text"),
    (Text("清算类别", "clearing"), "text"),
    (Text("状态", "status"), "text"),
    *((measure, "yuan") for measure in MEASURES),
    (Text("规则集", "rule set"), "text"),
)
"""The columns of the lines; amounts are fen, written as yuan."""

_TYPE, _GROUPS, _FIRST_AMOUNT = 3, (7, 8, 9), 11


class Paper(NamedTuple):
    """What a working paper holds. `lines` are rows as `HEAD` says; `cover` labels and values."""

    facts: Facts
    cover: Sequence[tuple[str, str]]
    lines: Sequence[Sequence[object]]
    tables: Sequence[Table]


def write_paper(path: Path, paper: Paper) -> None:
    """Write a working paper.

    Raises:
        FileExistsError: there is such a file; it is left as it is.
    """
    lang = paper.facts.lang
    with open_book(path, paper.facts) as book:
        _cover(book, paper)
        fields = [Field(title.say(lang), kind) for title, kind in HEAD]
        book.table(Table(LINES.say(lang), fields, paper.lines))
        _Summary(book, paper).write()
        for table in paper.tables:
            book.table(table)


def _cover(book: Book, paper: Paper) -> None:
    lang = paper.facts.lang
    sheet = book.sheet(COVER.say(lang), landscape=False)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 76)
    put_text(sheet, (0, 0), text=paper.facts.title, style=book.style(bold=True, font_size=16))
    label = book.style(bold=True, border=1, bg_color="#F2F2F2", text_wrap=True)
    known = book.style(border=1, text_wrap=True)
    open_field = book.style(border=1, bg_color="#FFF9DB")
    for row, (name, value) in enumerate(paper.cover, start=2):
        put_text(sheet, (row, 0), text=name, style=label)
        if value:
            put_text(sheet, (row, 1), text=value, style=known)
        else:
            sheet.write_blank(row, 1, None, open_field)
    note = book.style(italic=True, font_color="#666666")
    put_text(sheet, (len(paper.cover) + 3, 0), text=_EMPTY.say(lang), style=note)


class _Summary:
    """Totals as formulas, each with what it comes to, for viewers that do not compute."""

    def __init__(self, book: Book, paper: Paper) -> None:
        self.book, self.lang = book, paper.facts.lang
        self.lines = paper.lines
        self.sheet = book.sheet(SUMMARY.say(self.lang))
        self.sheet.set_column(0, 0, 30)
        self.sheet.set_column(1, 2 + len(MEASURES) + 1, 16)
        self._number = book.style(num_format="#,##0.00")
        self._whole = book.style(num_format="#,##0")

    def write(self) -> None:
        """Write payments, refunds, net, the checks, and the groups."""
        put_text(self.sheet, (0, 0), text=SUMMARY.say(self.lang), style=self.book.style(bold=True))
        self._head(1, [""])
        for row, kind in ((2, PAYMENT), (3, REFUND)):
            self._of_kind(row, kind)
        self._net(4)
        self._checks(5)
        self._groups(9)
        self.sheet.freeze_panes(2, 1)

    def _head(self, row: int, titles: Sequence[str]) -> None:
        names = [*titles, _COUNT.say(self.lang), *(each.say(self.lang) for each in MEASURES)]
        for place, name in enumerate(names):
            style = self.book.head("yuan" if place >= len(titles) else "text")
            put_text(self.sheet, (row, place), text=name, style=style)

    def _range(self, place: int) -> str:
        column = xl_col_to_name(place, col_abs=True)
        last = max(len(self.lines), 1) + 1
        return f"'{LINES.say(self.lang)}'!{column}$2:{column}${last}"

    def _sum(self, rows: Sequence[Sequence[object]]) -> list[int]:
        """Give what the formulas come to: how many, and the fen of each amount."""
        amounts = [_added(rows, _FIRST_AMOUNT + place) for place in range(len(MEASURES))]
        return [len(rows), *amounts]

    def _write(self, cell: tuple[int, int], formula: str, comes_to: int, *, count: bool) -> None:
        value = comes_to if count else yuan(comes_to)
        style = self._whole if count else self._number
        self.sheet.write_formula(*cell, formula, style, value)

    def _of_kind(self, row: int, kind: Text) -> None:
        said = kind.say(self.lang)
        put_text(self.sheet, (row, 0), text=said, style=self.book.style())
        label = xl_rowcol_to_cell(row, 0, col_abs=True)
        comes_to = self._sum([line for line in self.lines if line[_TYPE] == said])
        formulas = [f"=COUNTIFS({self._range(_TYPE)},{label})"]
        formulas += [
            f"=ROUND(SUMIFS({self._range(place)},{self._range(_TYPE)},{label}),2)"
            for place in range(_FIRST_AMOUNT, _FIRST_AMOUNT + len(MEASURES))
        ]
        for place, formula in enumerate(formulas):
            self._write((row, 1 + place), formula, comes_to[place], count=place == 0)

    def _net(self, row: int) -> None:
        put_text(self.sheet, (row, 0), text=_NET.say(self.lang), style=self.book.style(bold=True))
        for place, comes_to in enumerate(self._sum(self.lines)):
            above, below = (xl_rowcol_to_cell(row - up, 1 + place) for up in (2, 1))
            formula = f"=ROUND({above}+{below},2)"
            self._write((row, 1 + place), formula, comes_to, count=place == 0)

    def _checks(self, row: int) -> None:
        """Put the ledger's own figures beside the formulas, and say whether they agree."""
        plain, right = self.book.style(), self.book.style(align="right")
        for place, title in enumerate((_LEDGER, _CHECK, _WHOLE)):
            put_text(self.sheet, (row + place, 0), text=title.say(self.lang), style=plain)
        same, other = _SAME.say(self.lang), _OTHER.say(self.lang)
        sums = self._sum(self.lines)
        for place, comes_to in enumerate(sums):
            value, style = (comes_to, self._whole) if place == 0 else (yuan(comes_to), self._number)
            self.sheet.write_number(row, 1 + place, value, style)
            net, own = (xl_rowcol_to_cell(row - 1 + down, 1 + place) for down in (0, 1))
            formula = f'=IF(ROUND({net}-{own},2)=0,"{same}","{other}")'
            self.sheet.write_formula(row + 1, 1 + place, formula, right, same)
        total, fund, account, cash = (xl_rowcol_to_cell(row - 1, place) for place in (2, 3, 4, 7))
        formula = f'=IF(ROUND({total}-{fund}-{account}-{cash},2)=0,"{same}","{other}")'
        whole = sums[1] == sums[2] + sums[3] + sums[6]
        self.sheet.write_formula(row + 2, 2, formula, right, same if whole else other)

    def _groups(self, row: int) -> None:
        put_text(
            self.sheet, (row, 0), text=_BY_GROUP.say(self.lang), style=self.book.style(bold=True)
        )
        titles = [HEAD[place][0].say(self.lang) for place in _GROUPS]
        self._head(row + 1, titles)
        groups: dict[tuple[str, ...], list[Sequence[object]]] = {}
        for line in self.lines:
            groups.setdefault(tuple(str(line[place]) for place in _GROUPS), []).append(line)
        for down, (group, lines) in enumerate(sorted(groups.items()), start=row + 2):
            self._of_group(down, group, self._sum(lines))

    def _of_group(self, row: int, group: Sequence[str], comes_to: Sequence[int]) -> None:
        conditions = []
        for place, (name, column) in enumerate(zip(group, _GROUPS, strict=True)):
            put_text(self.sheet, (row, place), text=name, style=self.book.style())
            label = xl_rowcol_to_cell(row, place, col_abs=True)
            conditions.append(f"{self._range(column)},{label}")
        those = ",".join(conditions)
        formulas = [f"=COUNTIFS({those})"]
        formulas += [
            f"=ROUND(SUMIFS({self._range(place)},{those}),2)"
            for place in range(_FIRST_AMOUNT, _FIRST_AMOUNT + len(MEASURES))
        ]
        for place, formula in enumerate(formulas):
            self._write((row, 3 + place), formula, comes_to[place], count=place == 0)


def _added(rows: Sequence[Sequence[object]], place: int) -> int:
    sums = 0
    for row in rows:
        fen: Any = row[place]
        sums += fen
    return sums
