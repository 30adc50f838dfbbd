"""What can be wrong with a store: one class a cause, each with what to do, in both languages."""

# ruff: noqa: N818  # StoreFull says it; StoreFullError would not say more

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from domain.text import Text

if TYPE_CHECKING:
    from domain.text import Lang


class StoreError(Exception):
    """Missing, busy, damaged or broken machinery. `exit_code` is what the command line returns.

    `facts` fill the sentences; a fact that is a `Text` is said in the reader's language.
    """

    SAYS: ClassVar[Text]
    REMEDY: ClassVar[Text]
    exit_code: ClassVar[int] = 2

    def __init__(self, **facts: str | int | Text) -> None:
        """Take the facts that the sentences of the class name."""
        self.facts = facts
        super().__init__(self.says("en"))

    def says(self, lang: Lang) -> str:
        """Give what is wrong and where, as a sentence."""
        return self._fill(self.SAYS, lang)

    def remedy(self, lang: Lang) -> str:
        """Give what the reader can do."""
        return self._fill(self.REMEDY, lang)

    def _fill(self, sentence: Text, lang: Lang) -> str:
        said = {
            name: fact.say(lang) if isinstance(fact, Text) else fact
            for name, fact in self.facts.items()
        }
        return sentence.say(lang, **said)


class StoreMissing(StoreError):
    """There is no store at the path. Facts: path."""

    SAYS = Text("此处没有账本：{path}", "There is no store at {path}.")
    REMEDY = Text(
        "请检查路径，或用 gongji store init 新建账本。",
        "Check the path, or make a store with: gongji store init.",
    )


class StoreExists(StoreError):
    """A new store was asked for where one is already. Facts: path."""

    SAYS = Text("此处已有账本：{path}", "There is already a store at {path}.")
    REMEDY = Text(
        "请直接使用该账本，或另选一个路径；已有账本不会被覆盖。",
        "Use it, or choose another path; an existing store is never overwritten.",
    )


class HypotheticalRules(StoreError):
    """Rules that nobody made were to decide in a store on disk. Facts: path."""

    SAYS = Text(
        "假设的规则不能用于账本 {path}", "Hypothetical rules cannot serve the store {path}."
    )
    REMEDY = Text(
        "假设规则只用于比较：gongji simulate compare。",
        "They are for comparing only: gongji simulate compare.",
    )


class StoreLocked(StoreError):
    """Another writer holds the store. Facts: path, pid, host, since (an instant, ISO 8601)."""

    SAYS = Text(
        "账本 {path} 正由另一写入者占用：进程 {pid}，主机 {host}，自 {since} 起。",
        "Another writer holds the store {path}: process {pid} on {host}, since {since}.",
    )
    REMEDY = Text(
        "一个账本同时只有一个写入者。请等它结束，或把请求交给它；查询不受影响。",
        "A store has one writer at a time. Wait for it to end or send the request to it; "
        "reading is not affected.",
    )
    exit_code = 3


class StoreFull(StoreError):
    """The disk is full; the group of commands was rolled back. Facts: path."""

    SAYS = Text(
        "磁盘已满，本组请求未入账：{path}",
        "The disk is full; nothing of this group of requests was recorded: {path}",
    )
    REMEDY = Text(
        "请腾出空间后以同一报文编号重发；已确认的记录不受影响。",
        "Free some space and send the request again with the same message id; "
        "nothing acknowledged was lost.",
    )


class StoreNewer(StoreError):
    """A newer version of gongji wrote the store or an event. Facts: place, found, known."""

    SAYS = Text(
        "{place} 由更新的版本写成：遇到 {found}，本版本只认识 {known}。",
        "{place} was written by a newer version: found {found}, this version knows {known}.",
    )
    REMEDY = Text("请升级 gongji 后再打开。", "Upgrade gongji, then open it again.")
    exit_code = 4


class StoreDamaged(StoreError):
    """The file or an event cannot be what was written. Facts: place, detail."""

    SAYS = Text("账本损坏，位置 {place}：{detail}", "The store is damaged at {place}: {detail}")
    REMEDY = Text(
        "请勿继续写入：先保留原文件副本，再用 gongji check 查明范围，并从备份恢复。",
        "Do not write to it: keep a copy of the files, find the extent with gongji check, "
        "then restore a backup.",
    )
    exit_code = 4


class StoreUnreachable(StoreError):
    """The system does not let us at the file. Facts: path, detail."""

    SAYS = Text("无法读写账本文件 {path}：{detail}", "Cannot get at the store {path}: {detail}")
    REMEDY = Text(
        "请检查权限、磁盘与挂载，再重试；已确认的记录不受影响。",
        "Check permissions, disk and mount, then try again; nothing acknowledged was lost.",
    )


class LogKeyMissing(StoreError):
    """Something was to be signed, and the store has no key for that. Facts: path."""

    SAYS = Text("账本没有日志密钥：{path}", "The store has no log key: {path}")
    REMEDY = Text("请用 gongji audit key 生成一把。", "Make one with: gongji audit key.")


class StoreFailed(StoreError):
    """A commit failed and its outcome on disk is not known. Facts: detail."""

    SAYS = Text(
        "写入失败，结果未知，写入者已停止接单：{detail}",
        "A commit failed with unknown outcome; the writer takes no more work: {detail}",
    )
    REMEDY = Text(
        "请重新打开账本，再以同一报文编号重发：已入账则返回原答复，未入账则重新办理。",
        "Open the store again and send the request with the same message id: "
        "it is answered from the record if it was recorded, and decided afresh if not.",
    )


class StoreClosed(StoreError):
    """Work was handed to a store or a writer that has been closed. No facts."""

    SAYS = Text("账本已关闭。", "The store has been closed.")
    REMEDY = Text("请重新打开账本后重发。", "Open the store again and send the request again.")
