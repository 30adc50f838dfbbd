"""What can be wrong with a state on disk: one class a cause, each with what to do."""

# ruff: noqa: N818  # as ledger/errors.py: the name says what is wrong

from __future__ import annotations

from domain.text import Text
from ledger.errors import StoreError


class StateMissing(StoreError):
    """There is no state in the folder. Facts: path."""

    SAYS = Text("此处没有人群的状态：{path}", "There is no state of a population at {path}.")
    REMEDY = Text(
        "请检查路径，或用 gongji simulate population 生成。",
        "Check the path, or make one with: gongji simulate population.",
    )


class StateExists(StoreError):
    """A state was to be written where something is already. Facts: path."""

    SAYS = Text("此处已有内容，未覆盖：{path}", "Something is already there, kept as it is: {path}")
    REMEDY = Text("请另选一个目录。", "Choose another folder.")


class StateNewer(StoreError):
    """The state has a format that this version does not know. Facts: path, found, known."""

    SAYS = Text(
        "状态的格式不认识：{path} 为 {found}，本版本认识 {known}。",
        "The format of the state at {path} is {found}; this version knows {known}.",
    )
    REMEDY = Text("请用写成它的版本打开，或升级。", "Use the version that wrote it, or upgrade.")
    exit_code = 4


class StateDamaged(StoreError):
    """A file of the state cannot be what was written. Facts: path, detail."""

    SAYS = Text("状态文件有误：{path}：{detail}", "A file of the state is wrong: {path}: {detail}")
    REMEDY = Text(
        "请用备份，或重新生成；请勿在其上结算。",
        "Take a copy of it, or make it again; do not settle claims on it.",
    )
    exit_code = 4
