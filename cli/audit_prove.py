"""`gongji audit prove`: that one entry is in the log, without any of the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.log_key import own_key
from cli.params import argument, option
from cli.render import Column, Table, show
from cli.session import reading
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.settings import Settings
    from ledger.entries import StoredEntry
    from ledger.store import Store

_PROOF = [
    Column("subject", Text("所证", "subject")),
    Column("entry", Text("笔号", "entry"), "int"),
    Column("position", Text("末位置", "last position"), "int"),
    Column("leaf", Text("叶", "leaf")),
    Column("size", Text("日志笔数", "entries in the log"), "int"),
    Column("root", Text("树根", "root")),
    Column("hashes", Text("路径散列数", "hashes on the way"), "int"),
    Column("proof", Text("证明", "proof"), for_people=False),
]


@click.command(
    "prove",
    cls=Command,
    about=Text(
        "证明一笔在日志中：一个文本文件，内有路径上的散列值与签署的检查点，不含其他任何一笔。"
        "费用单取最近涉及它的一笔，结算号取结算的那一笔。",
        "Prove that one entry is in the log: a text with the hashes on the way up and a signed "
        "checkpoint, and nothing of any other entry. Of a claim it is the newest entry that "
        "touches it, of a settlement the one that settled.",
    ),
    examples=(
        "gongji audit prove settlement:S-c1-1 --out s.tlog-proof --lines s.txt",
        "gongji audit prove entry:40 -O json",
    ),
)
@argument(
    "subject",
    metavar="entry:NUMBER|claim:ID|settlement:ID",
    about=Text("证明哪一笔", "What to prove."),
)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    about=Text("把证明写入此文件（.tlog-proof）", "Write the proof to this file (.tlog-proof)."),
)
@option(
    "--lines",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    about=Text(
        "把该笔的各行写入此文件，验证时由其算出叶",
        "Write the lines of the entry to this file; the leaf is made from them.",
    ),
)
@click.pass_obj
def prove(settings: Settings, subject: str, out: Path | None, lines: Path | None) -> None:
    """Prove that an entry is in the log."""
    from ledger.log.notes import InclusionProof, to_base64

    key = own_key(settings)
    with reading(settings) as store:
        entry = _entry_of(settings, store, subject)
        log = store.recorder.log()
        hashes, root = log.inclusion(entry.number), log.root()
    note = key.sign(size=log.size, root=root).written
    proof = InclusionProof(entry.number - 1, hashes, note)
    if out is not None:
        out.write_text(proof.written, encoding="utf-8")
    if lines is not None:
        lines.write_bytes(entry.body)
    row = {
        "subject": subject,
        "entry": entry.number,
        "position": entry.last,
        "leaf": to_base64(entry.leaf),
        "size": log.size,
        "root": to_base64(root),
        "hashes": len(hashes),
        "proof": proof.written,
    }
    written = proof.written.rstrip("\n")
    shown = [Text(written, written)] if out is None else []
    show(settings, Table("inclusion-proof", _PROOF, [row], record=True, notes=shown))


def _entry_of(settings: Settings, store: Store, subject: str) -> StoredEntry:
    """Read `entry:40`, `claim:c1` or `settlement:S-c1-1`, and find its entry."""
    kind, colon, key = subject.partition(":")
    if kind == "entry" and key.isascii() and key.isdigit():
        if 1 <= int(key) <= store.recorder.end.entries:
            return store.recorder.entry(int(key))
    elif kind in {"claim", "settlement"} and colon and key:
        for entry in _entries(store, kind, key):
            return entry
    else:
        code, says = "bad_subject", Text("读不懂：{written}", "cannot be read: {written}")
        remedy = "entry:NUMBER | claim:ID | settlement:ID"
        raise failure(code, says.say(settings.lang, written=subject), remedy=remedy)
    code, says = "no_such_entry", Text("账本中没有：{subject}", "not in the store: {subject}")
    raise failure(code, says.say(settings.lang, subject=subject), remedy="gongji events list")


def _entries(store: Store, kind: str, key: str) -> Iterator[StoredEntry]:
    """Give the newest entry of a claim, or the entry that settled."""
    from domain.claim import claim_stream
    from domain.ids import ClaimId, SettlementId, claim_of
    from ledger.entries import place_of

    settles = kind == "settlement"
    stream = claim_stream(claim_of(SettlementId(key)) if settles else ClaimId(key))
    found = list(store.recorder.entries_at(place_of(*stream)))
    for entry in found if settles else reversed(found):
        facts = [each.fact for each in store.mapper.events_of(entry) if each.stream == stream]
        if facts and (not settles or any(getattr(f, "settlement", "") == key for f in facts)):
            yield entry
