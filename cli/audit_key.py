"""`gongji audit key`: the key with which the log signs, made once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.extras import needs
from cli.log_key import own_key
from cli.params import option
from cli.render import Column, Table, show
from cli.session import reading
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings

_KEY = [
    Column("origin", Text("日志名", "origin")),
    Column("key_id", Text("公钥编号", "key id")),
    Column("vkey", Text("公钥", "verifier key")),
    Column("file", Text("公钥文件", "file of the verifier key")),
    Column("made", Text("本次生成", "made now"), "code", words="bool"),
]
_NOTE = Text(
    "把公钥交给审计方，由其自行保管。私钥 log.key 只有本机所有者可读，凭它可签署任何历史。",
    "Give the verifier key to the auditor, who keeps it. The private key log.key can be read by "
    "its owner only; whoever has it can sign any history.",
)


@click.command(
    "key",
    cls=Command,
    about=Text(
        "生成日志的签名密钥，或显示已有的公钥。密钥只生成一次，不会被覆盖。",
        "Make the key with which the log signs its checkpoints, or show the one there is. "
        "A key is made once and never overwritten.",
    ),
    examples=("gongji audit key", "gongji audit key --origin example.cn/gongji/310000"),
)
@option(
    "--origin",
    metavar="NAME",
    about=Text(
        "日志名，写入每个检查点；默认由公钥得出",
        "Name of the log, written in every checkpoint; by default it comes from the key.",
    ),
)
@click.pass_obj
def key(settings: Settings, origin: str | None) -> None:
    """Make the log's key, or show its public half."""
    with needs(settings, "signing"):
        from ledger.errors import LogKeyMissing
        from ledger.log.notes import PUBLIC_KEY, is_name, public_key_in
        from ledger.log.signing import new_key, write_key, write_public_key

    with reading(settings, examining=True):  # it is a store of ours
        made = False
        try:
            known = own_key(settings)
        except LogKeyMissing:
            if origin is not None and not is_name(origin):
                says = Text("日志名不可用：{name}", "a log cannot be called {name}")
                hint = Text(
                    "不含空格与加号，例如 example.cn/gongji/310000",
                    "no spaces and no plus sign, such as example.cn/gongji/310000",
                )
                code, said = "bad_origin", says.say(settings.lang, name=repr(origin))
                raise failure(code, said, remedy=hint.say(settings.lang)) from None
            known = new_key(secrets.token_bytes(32), name=origin or "")
            write_key(settings.store, known)
            made = True
    if origin not in (None, known.name):
        says = Text("日志已名为 {name}，不能更改", "the log is called {name} and stays so")
        code = "other_origin"
        raise failure(code, says.say(settings.lang, name=known.name))
    if public_key_in(settings.store) != known.verifier:  # lost, or never written
        write_public_key(settings.store, known)
    row = {
        "origin": known.name,
        "key_id": known.verifier.key_id.hex(),
        "vkey": known.verifier.written,
        "file": str(settings.store / PUBLIC_KEY),
        "made": made,
    }
    show(settings, Table("log-key", _KEY, [row], record=True, notes=[_NOTE] if made else ()))
