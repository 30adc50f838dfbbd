"""`README.txt`: what a package is and how it is checked, for whoever opens it years later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.text import Text

if TYPE_CHECKING:
    from domain.text import Lang
    from interchange.evidence.scopes import Scope

_SCOPES = {
    "all": Text("整本账", "the whole log"),
    "account": Text("一个账户：{person}", "one account: {person}"),
    "claim": Text("一张费用单：{claim}", "one claim: {claim}"),
    "period": Text("期间：{from_} 至 {to}（上海）", "a period: {from_} to {to} (Shanghai)"),
}

_README = Text(
    """证据包 gongji-evidence/1

日志：{origin}
范围：{scope}
大小：{size:,} 个条目

内容
  checkpoint.txt   签名文本：日志的大小与树根，信任由此而来
  entries.txt      条目，每条一段；sha256: 开头的行未公开，只留其哈希
  proofs/          每个条目在日志中的证明（整本账不需要）
  consistency/     日志由较早检查点延伸而来的证明
  rules/           裁定所依据的规则：取值、理由、来源
  state.json       期末余额，可由事件算出（仅整本账）
  keys/log.vkey    验证公钥，仅为方便：请用当初另行交给您的公钥

如何核验
  gongji-verify 本文件 --key 您自己的.vkey --kept 您留存的检查点.txt
  核验程序独立于账本程序，只需 Python 与 cryptography。
  手工核验：条目的叶 = SHA-256(00 ‖ 各行的 SHA-256)；叶以上为 RFC 9162 第 2.1 节的树；
  proofs/ 与 checkpoint.txt 为 C2SP 的 tlog-proof、tlog-checkpoint、signed-note 文本。

未证明的事项
  检查点交出之前，持有密钥者可以重写日志：请另处留存 checkpoint.txt，下次一并核验。
  被拒绝的请求不留痕迹；费用是否真实、身份与时钟是否正确，不在证明之内。
  裁定是否正确，须重新裁定：gongji audit redecide 本文件（仅整本账）。
""",
    """Evidence package gongji-evidence/1

Log:    {origin}
Scope:  {scope}
Size:   {size:,} entries

What is inside
  checkpoint.txt   signed note with size and root of the log: the root of trust
  entries.txt      the entries, a block each; a line that begins with sha256: is withheld,
                   and its hash stands for it
  proofs/          that each entry is in the log (not needed for the whole log)
  consistency/     that the log extends older checkpoints
  rules/           the rules on which decisions rest: values, reasons, sources
  state.json       balances at the end, which follow from the events (whole log only)
  keys/log.vkey    the verifier key, for convenience: use the one that was handed to you

How to verify it
  gongji-verify THIS-FILE --key YOUR-OWN.vkey --kept A-CHECKPOINT-YOU-KEPT.txt
  The verifier is apart from the ledger's program and needs Python and cryptography alone.
  By hand: leaf of an entry = SHA-256(00 || SHA-256 of each line); above the leaves the tree is
  that of RFC 9162, section 2.1; proofs/ and checkpoint.txt are texts in the forms tlog-proof,
  tlog-checkpoint and signed-note of C2SP.

What is not proven
  Until a checkpoint leaves the house, whoever holds the key can rewrite the log: keep
  checkpoint.txt elsewhere, and verify the next package against it.
  Refused requests leave no trace. Whether bills were real, people who they are said to be and
  the clock right is not shown here.
  Whether decisions were right is shown by deciding again: gongji audit redecide THIS-FILE (whole
  log only).
""",
)


def readme(scope: Scope, *, origin: str, size: int) -> bytes:
    """Write the README of a package, Chinese first."""

    def said(lang: Lang) -> str:
        return _README.say(lang, origin=origin, scope=name_of(scope).say(lang), size=size)

    return (said("zh") + "\n" + "-" * 80 + "\n\n" + said("en")).encode()


def name_of(scope: Scope) -> Text:
    """Say what a package is about."""
    described = scope.described()
    # `from` is a word of Python, so the place that it fills has another name.
    facts = {("from_" if name == "from" else name): said for name, said in described.items()}
    words = _SCOPES[described["kind"]]
    return Text(words.say("zh", **facts), words.say("en", **facts))
