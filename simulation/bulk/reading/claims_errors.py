"""What keeps a whole claims file from being read: one class a cause, each with what to do."""

# ruff: noqa: N818  # as ledger/errors.py: the name says what is wrong

from __future__ import annotations

from domain.text import Text
from ledger.errors import StoreError


class ClaimsEmpty(StoreError):
    """There is no header in the first line. Facts: path."""

    SAYS = Text("费用文件的首行没有表头：{path}", "The first line of {path} is no header.")
    REMEDY = Text("第一行须为列名。", "Its first line must name the columns.")


class ClaimsNotText(StoreError):
    """The file is no text in UTF-8. Facts: path, line."""

    SAYS = Text("费用文件第 {line} 行不是 UTF-8：{path}", "Line {line} of {path} is not UTF-8.")
    REMEDY = Text(
        "请另存为“CSV UTF-8”，或写成 Parquet。", "Save it as CSV in UTF-8, or write Parquet."
    )


class ClaimsRagged(StoreError):
    """A line has more or fewer values than the header has names.

    Facts: path, line, found, wants.
    """

    SAYS = Text(
        "费用文件第 {line} 行有 {found} 个值，表头有 {wants} 列：{path}",
        "Line {line} of {path} has {found} values, the header has {wants} columns.",
    )
    REMEDY = Text(
        "请检查该行的逗号、引号与换行；文件须完整，未读入任何一行。",
        "See its commas, quotes and line ends; nothing of the file was read.",
    )


class ClaimsColumns(StoreError):
    """Columns are missing, unknown or named twice. Facts: path, detail (Text)."""

    SAYS = Text("费用文件的列有误：{path}：{detail}", "The columns of {path} are wrong: {detail}.")
    REMEDY = Text("列名见 docs/claims-files.md。", "docs/claims-files.md lists the columns.")


class ClaimsColumnType(StoreError):
    """A Parquet column has a type that cannot be read exactly.

    Facts: path, column, found, wants (Text).
    """

    SAYS = Text(
        "{path} 的列 {column} 类型为 {found}，须为{wants}。",
        "Column {column} of {path} is {found}; it must be {wants}.",
    )
    REMEDY = Text(
        "请转换类型后重写；金额以分为单位的整数，不用小数。",
        "Convert it and write the file again; amounts are whole fen, never decimals.",
    )


class ClaimsUnreadable(StoreError):
    """The bytes are not what the format promises. Facts: path, detail."""

    SAYS = Text("费用文件无法读取：{path}：{detail}", "{path} cannot be read: {detail}")
    REMEDY = Text(
        "请重新取得该文件；支持 CSV（UTF-8，可为 .gz）与 Parquet。",
        "Fetch it again; CSV in UTF-8 (also .gz) and Parquet are read.",
    )
