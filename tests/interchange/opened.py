"""A package as an outsider takes it apart: with zipfile, json and hashlib, nothing of ours."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

WITHHELD = b"sha256:"


@dataclass(frozen=True)
class Block:
    """One entry of `entries.txt`: its lines, shown or withheld."""

    lines: tuple[bytes, ...]

    @property
    def head(self) -> dict[str, Any]:
        """The first line, which is always shown."""
        head: dict[str, Any] = json.loads(self.lines[0])
        return head

    @property
    def number(self) -> int:
        """The number of the entry."""
        return int(self.head["entry"])

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that are shown."""
        return [json.loads(line) for line in self.lines[2:] if not line.startswith(WITHHELD)]

    @property
    def withheld(self) -> int:
        """So many lines are withheld."""
        return sum(line.startswith(WITHHELD) for line in self.lines)

    @property
    def leaf(self) -> bytes:
        """The leaf of the entry in the log."""
        return sha256(b"\0" + b"".join(map(_digest, self.lines))).digest()


def _digest(line: bytes) -> bytes:
    return bytes.fromhex(line[7:].decode()) if line.startswith(WITHHELD) else sha256(line).digest()


class Opened:
    """A package: its members by name, in order."""

    def __init__(self, path: Path) -> None:
        """Read everything."""
        self.raw = path.read_bytes()
        with ZipFile(path) as archive:
            self.infos = archive.infolist()
            self.members = {info.filename: archive.read(info) for info in self.infos}

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        manifest: dict[str, Any] = json.loads(self.members["MANIFEST.json"])
        return manifest

    @property
    def blocks(self) -> list[Block]:
        """The entries."""
        text = self.members["entries.txt"]
        assert text.endswith(b"\n\n")
        return [Block(tuple(block.split(b"\n"))) for block in text[:-2].split(b"\n\n")]

    def starting(self, folder: str) -> list[str]:
        """Name the members of a folder."""
        return [name for name in self.members if name.startswith(f"{folder}/")]

    @property
    def versions(self) -> dict[tuple[str, str], list[int]]:
        """The versions of each stream that are shown, in order."""
        found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for block in self.blocks:
            for event in block.events:
                kind, key = event["stream"]
                found[kind, key].append(event["version"])
        return dict(found)

    def rewritten(self, path: Path, **changed: bytes) -> Path:
        """Write the package again with other members, each named by its name without the dots."""
        with ZipFile(path, "w") as archive:
            for name, data in self.members.items():
                archive.writestr(name, changed.get(name.replace(".", "_"), data))
        return path


def named_in(value: object) -> Iterator[str]:
    """Give every text inside a value, keys of mappings included."""
    match value:
        case str():
            yield value
        case dict():
            for key, each in value.items():
                yield from named_in(key)
                yield from named_in(each)
        case list():
            for each in value:
                yield from named_in(each)
