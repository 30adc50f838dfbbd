"""What the tour does to an evidence package behind the auditor's back, to show who notices.

Each way makes everything fit again as far as its doer can: whoever changed a byte or took an event
out also corrects the manifest; the insider has the log's key and signs the new history with it.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from ledger.log.tree import Edge, grow, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Members = dict[str, bytes]
"""The members of a package by name, in order."""

_ENTRIES, _CHECKPOINT, _MANIFEST = "entries.txt", "checkpoint.txt", "MANIFEST.json"


def tamper(how: str, *, source: Path, target: Path, store: Path) -> None:
    """Write a copy of a package in which something is not as it was."""
    with ZipFile(source) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    changed = _WAYS[how](members, store)
    assert changed != members, "what changes nothing shows nothing"
    digests = {name: sha256(data).hexdigest() for name, data in changed.items()}
    del digests[_MANIFEST]
    manifest = json.loads(changed[_MANIFEST]) | {"members": digests}
    changed[_MANIFEST] = _canonical(manifest)
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, data in changed.items():
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o100644 << 16
            archive.writestr(info, data)


def _change_a_byte(members: Members, _: Path) -> Members:
    """Change one digit of the first amount that was credited."""
    before, amount, after = members[_ENTRIES].partition(b'"amount":[')
    digit = b"9" if after[:1] != b"9" else b"8"
    return members | {_ENTRIES: before + amount + digit + after[1:]}


def _remove_an_event(members: Members, _: Path) -> Members:
    """Take the first debit out of the command that recorded it."""
    lines = members[_ENTRIES].split(b"\n")
    debit = next(n for n, line in enumerate(lines) if b'"type":"account.debited"' in line)
    return members | {_ENTRIES: b"\n".join(lines[:debit] + lines[debit + 1 :])}


def _sign_anew(members: Members, store: Path) -> Members:
    """Write another name over whoever settled the first claim, and sign the whole log anew."""
    from ledger.log.signing import read_own_key

    blocks = members[_ENTRIES].split(b"\n\n")
    first = next(n for n, block in enumerate(blocks) if b'"type":"claim.settled"' in block)
    blocks[first] = blocks[first].replace(b'"actor":"till-7"', b'"actor":"till-9"', 1)
    edge = Edge()
    signed = {int(name[12:-4]) for name in members if name.startswith("checkpoints/")}
    for number in range(len(blocks) - 1):  # behind the last one stands nothing
        if edge.size in signed:  # a hand-over names the old root: the insider thinks of it, too
            old = _root_in(members[f"checkpoints/{edge.size}.txt"])
            for later in range(number, len(blocks)):
                blocks[later] = blocks[later].replace(old, edge.root.hex().encode())
        edge = grow(edge, [leaf_hash(blocks[number])]).edge
    note = read_own_key(store).sign(size=edge.size, root=edge.root).written.encode()
    kept = {
        name: data
        for name, data in members.items()
        if not name.startswith(("checkpoints/", "consistency/"))
    }
    return kept | {_ENTRIES: b"\n\n".join(blocks), _CHECKPOINT: note}


def _root_in(note: bytes) -> bytes:
    """Give the root that a note names, as events write it."""
    from ledger.log.notes import read_checkpoint, read_note

    return read_checkpoint(read_note(note.decode()).text).root.hex().encode()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


_WAYS: dict[str, Callable[[Members, Path], Members]] = {
    "byte": _change_a_byte,
    "event": _remove_an_event,
    "signed": _sign_anew,
}
