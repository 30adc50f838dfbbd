"""Reading a package of the whole log back into a store in memory, to decide everything again.

The verifier (`gongji-verify`) checks signatures and proofs. Here it only has to hold that the
entries are those of the manifest and come to the root of the checkpoint.
"""

from __future__ import annotations

from hashlib import sha256
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import msgspec

from domain.text import Text
from interchange.evidence.package import CHECKPOINT, ENTRIES, FORMAT, MANIFEST
from ledger import store as stores
from ledger.entries import End, Entry, StoredEntry, split, stands_where_it_says
from ledger.errors import StoreDamaged
from ledger.log.notes import read_checkpoint, read_note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.log.notes import Checkpoint
    from ledger.store import Store

PAGE = 1_000  # entries committed at once
_PIECE = 1 << 20


class BrokenPackage(Exception):  # noqa: N818 - the name says what is wrong
    """A file that is no package, or not one that can be decided again."""

    def __init__(self, says: Text) -> None:
        """Say what is wrong with it."""
        self.says = says
        super().__init__(says.en)


class Manifest(msgspec.Struct):
    """As much of a manifest as it takes to read the entries."""

    format: str
    origin: str
    scope: dict[str, str]
    size: int
    position: int
    members: dict[str, str]


def read(path: Path) -> tuple[Manifest, Store]:
    """Give the manifest of a package of the whole log, and its entries as a store in memory.

    Raises:
        BrokenPackage: it is none, it carries only a part, or its entries are not those it names.
        OSError: it cannot be read.
    """
    try:
        with ZipFile(path) as archive:
            manifest = _manifest(archive)
            if manifest.scope != {"kind": "all"}:
                raise BrokenPackage(_PART)
            _check_entries(archive, manifest)
            checkpoint = _checkpoint(archive)
            with archive.open(ENTRIES) as lines:
                store = _store(lines)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _broken(str(error)) from error
    end = store.recorder.end
    if end != (manifest.size, manifest.position):
        raise BrokenPackage(_OTHER_COUNTS)
    if checkpoint[1:] != (end.entries, store.recorder.log().root()):
        raise BrokenPackage(_OTHER_ROOT)
    return manifest, store


def _manifest(archive: ZipFile) -> Manifest:
    names = archive.namelist()
    if len(set(names)) < len(names):
        raise BrokenPackage(_TWICE)
    for name in (MANIFEST, CHECKPOINT, ENTRIES):
        if name not in names:
            raise BrokenPackage(Text(f"缺少 {name}", f"{name} is missing"))
    for info in archive.infolist():
        # Stored, a member is no longer than the file: nothing unfolds into more than there is.
        if info.compress_type != ZIP_STORED or info.file_size != info.compress_size:
            raise BrokenPackage(_COMPRESSED)
    manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    if manifest.format != FORMAT:
        raise BrokenPackage(_OTHER_FORMAT)
    return manifest


def _check_entries(archive: ZipFile, manifest: Manifest) -> None:
    digest = sha256()
    with archive.open(ENTRIES) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    if manifest.members.get(ENTRIES) != digest.hexdigest():
        raise BrokenPackage(_CHANGED)


def _checkpoint(archive: ZipFile) -> Checkpoint:
    """Read what was signed; who signed it is for the verifier to say."""
    note = read_note(archive.read(CHECKPOINT).decode())
    return read_checkpoint(note.text)


def _store(lines: IO[bytes]) -> Store:
    """Keep the entries in memory, in their order."""
    kept, end = stores.memory(), End(0, 0)
    page: list[Entry] = []
    for body in _blocks(lines):
        entry = _entry(body, after=end)
        end = End(end.entries + 1, end.events + entry.events)
        page.append(entry)
        if len(page) == PAGE:
            kept.recorder.commit(page, after=kept.recorder.end)
            page = []
    kept.recorder.commit(page, after=kept.recorder.end)
    return kept


def _blocks(lines: IO[bytes]) -> Iterator[bytes]:
    """Give the lines of one block after the other, without the empty line that ends it."""
    block: list[bytes] = []
    for line in lines:
        if line != b"\n":
            block.append(line)
            continue
        yield b"".join(block)
        block = []
    if block:
        raise BrokenPackage(_UNENDED)


def _entry(body: bytes, *, after: End) -> Entry:
    """Take over the lines of an entry, which says itself where it stands."""
    events = len(split(body).lines)
    entry = StoredEntry(after.entries + 1, after.events + events, body)
    try:
        sound = stands_where_it_says(entry)
    except StoreDamaged as damaged:
        raise BrokenPackage(Text(damaged.says("zh"), damaged.says("en"))) from damaged
    if not sound:
        place = f"entry {entry.number}"
        raise BrokenPackage(Text(f"{place} 不在其位", f"{place} does not stand where it says"))
    return Entry(body, events, ())


def _broken(detail: str) -> BrokenPackage:
    return BrokenPackage(
        Text(f"不是可读的证据包：{detail}", f"it cannot be read as a package: {detail}")
    )


_PART = Text(
    "只含一部分条目；重新裁定须用整本账的证据包",
    "it carries a part of the log; only a package of the whole log can be decided again",
)
_OTHER_FORMAT = Text(f"格式不是 {FORMAT}", f"its format is not {FORMAT}")
_TWICE = Text("有同名成员", "a member is there twice")
_COMPRESSED = Text("成员经过压缩", "a member is compressed")
_CHANGED = Text(
    "entries.txt 与清单所记的 SHA-256 不符", "entries.txt is not the one that the manifest names"
)
_OTHER_COUNTS = Text(
    "条目数或事件数与清单不符", "it has not as many entries or events as the manifest names"
)
_UNENDED = Text("entries.txt 末段不完整", "the last block of entries.txt has no end")
_OTHER_ROOT = Text(
    "条目与 checkpoint.txt 的树根不符", "the entries do not come to the root of checkpoint.txt"
)
