"""What keeps a bulk run from beginning or going on: one class a cause, each with what to do."""

# ruff: noqa: N818  # as ledger/errors.py: the name says what is wrong

from __future__ import annotations

from domain.text import Text
from ledger.errors import StoreError


class LogBusy(StoreError):
    """Another process writes to the log. Facts: path."""

    SAYS = Text("日志 {path} 正由另一进程写入。", "Another process writes to the log {path}.")
    REMEDY = Text("请等它结束后再运行。", "Wait for it to end, then run again.")
    exit_code = 3


class LogElsewhere(StoreError):
    """The folder has files but no log. Facts: path."""

    SAYS = Text("此目录非空，且不是日志：{path}", "The folder {path} has files, but no log.")
    REMEDY = Text("请另选一个目录。", "Choose another folder.")


class LogDamaged(StoreError):
    """The manifest of the log is not what was written. Facts: path, detail."""

    SAYS = Text("日志 {path} 有误：{detail}", "The log {path} is wrong: {detail}")
    REMEDY = Text(
        "请勿继续写入：用 gongji simulate verify 查明范围，并从备份恢复。",
        "Do not write to it: find the extent with gongji simulate verify, then restore a copy.",
    )
    exit_code = 4


class LogDiffers(StoreError):
    """The log was begun on something else. Facts: path, what, then, now."""

    SAYS = Text(
        "日志 {path} 的{what}不同：原为 {then}，现为 {now}；未作任何更改。",
        "The log {path} was begun on another {what}: {then}, now {now}; nothing was changed.",
    )
    REMEDY = Text(
        "请用原来的{what}续跑，或另选一个 --out 目录。",
        "Go on with the same {what}, or choose another folder for --out.",
    )


class RegionsDiffer(StoreError):
    """The state was made when the rules had other pooling areas. Facts: state, rules (counts)."""

    SAYS = Text(
        "状态的统筹区与规则的不同：状态 {state} 个，规则 {rules} 个。",
        "The state has other pooling areas than the rules: {state} of them, the rules {rules}.",
    )
    REMEDY = Text(
        "请用当前规则重新生成状态，或用当时的版本运行。",
        "Make the state again with the present rules, or use the version that made it.",
    )


class LogHasClaims(StoreError):
    """The claims are in the log already, followed by others. Facts: path, closing."""

    SAYS = Text(
        "日志 {path} 已含此费用文件，见第 {closing} 次结账。",
        "The log {path} has these claims already: see its closing number {closing}.",
    )
    REMEDY = Text("请用下一日的费用文件。", "Take the claims of the next day.")


class ClaimsFallBack(StoreError):
    """A row is before what the log has: its day, or its claim number. Facts: what, then, now."""

    SAYS = Text(
        "费用文件从日志之前开始：{what}为 {now}，日志已到 {then}；未作任何更改。",
        "The claims begin before the end of the log: {what} {now}, the log has {then}; "
        "nothing was changed.",
    )
    REMEDY = Text(
        "续入的费用须晚于日志：入账日不早于、单号大于已有的。",
        "Claims that are added are later: no earlier day of booking, larger claim numbers.",
    )


class LogDecidesOtherwise(StoreError):
    """What the log has is not what is decided now. Facts: path, segment."""

    SAYS = Text(
        "日志 {path} 第 {segment} 段与现在的裁定不同，不能续跑。",
        "Segment {segment} of the log {path} is not what is decided now; it cannot go on.",
    )
    REMEDY = Text(
        "请用写成它的版本续跑；或用 gongji simulate verify --redecide 查明差异。",
        "Go on with the version that wrote it, or see gongji simulate verify --redecide.",
    )
    exit_code = 4
