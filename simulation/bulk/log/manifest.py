"""The manifest of a log: one line a fact about the run, chained by hashes, the last line commits.

The file is `manifest.jsonl`. Its first line says on what the run began (`Begin`), then come the
segments in order (`SegmentLine`, numbered from 1) and closings (`CloseLine`). Every line is
canonical JSON: UTF-8, keys sorted, no spaces, whole numbers. `head` is the SHA-256 of the line
without its `head`; `previous` is the head of the line before, of the first line `NOTHING`. So a
head that was noted elsewhere fixes every line, and by their hashes every file, before it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from domain.text import Text
from simulation.bulk.log.disk import Disk
from simulation.bulk.log.schema import DIGEST, FORMAT

NAME = "manifest.jsonl"
NOTHING = "0" * 64


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whole numbers and words, of which an unknown one is an error."""


class FileSeal(_Struct, frozen=True):
    """A file of the log and what it must hash to."""

    name: str
    bytes: int
    sha256: str
    sm3: str


class Counts(_Struct, frozen=True):
    """How many there are of everything in a segment."""

    rows: int
    legs: int
    bills: int  # to settle, refused ones included
    cancellations: int
    credits: int
    rolls: int
    refused: int  # of all four

    @property
    def events(self) -> int:
        """Give rows and legs together."""
        return self.rows + self.legs


class Sums(_Struct, frozen=True):
    """What was paid and given back in a segment, in fen; refused bills are left out."""

    total: int  # cost of the bills
    fund: int  # paid by the pooled fund
    own: int  # paid from pots by their owners
    relatives: int  # paid from pots by relations
    cash: int
    fund_back: int  # of cancellations: given back to the fund
    own_back: int
    relatives_back: int
    cash_back: int
    credited: int
    rolled: int  # current money that became prior

    @property
    def balanced(self) -> bool:
        """Tell whether what was paid is what it cost."""
        return self.total == self.fund + self.own + self.relatives + self.cash


class Line(_Struct, frozen=True, kw_only=True):
    """What every line has; both are empty until the line is sealed."""

    previous: str = ""
    head: str = ""


class Begin(Line, frozen=True, kw_only=True, tag_field="kind", tag="begin"):
    """On what a run began."""

    opening: str  # digest of the state before the first row
    persons: int
    regions: tuple[str, ...]  # codes, in order of their numbers
    rules: str  # digest of the rule table
    rule_sets: tuple[str, ...]  # ids, in order of their numbers
    package: str  # version of this package
    claims: str = ""  # SHA-256 of the file of claims, where it was one
    merkle: bool = False  # whether every segment gets a Merkle root
    format: str = FORMAT
    schema: str = DIGEST


class SegmentLine(Line, frozen=True, kw_only=True, tag_field="kind", tag="segment"):
    """A segment that is in the log: its files are on the medium before this line is."""

    number: int
    first_seq: int
    last_seq: int
    counts: Counts
    sums: Sums
    lines: FileSeal
    legs: FileSeal
    merkle: str | None = None  # root over the canonical records
    claims: str = ""  # SHA-256 of the file of claims that its rows come from
    taken: int = 0  # rows of that file up to the end of this segment, without rejected ones


class CloseLine(Line, frozen=True, kw_only=True, tag_field="kind", tag="close"):
    """What the state was after all segments before this line."""

    number: int  # of the closing, from 1
    state: str  # digest
    current: int  # fen in all pots
    prior: int
    delta: FileSeal | None = None  # what differs from the opening state (`state_deltas`)
    claims: str = ""  # SHA-256 of the file of claims that ends here
    taken: int = 0  # rows of that file, without rejected ones
    rejected: dict[str, int] = {}  # rejected rows by reason


AnyLine = Begin | SegmentLine | CloseLine
_Line = TypeVar("_Line", bound=Line)


# ------------------------------------------------------------------------------------ writing


def canonical(value: object) -> bytes:
    """Give canonical JSON."""
    return msgspec.json.encode(value, order="sorted")


def head_of(line: Line) -> str:
    """Give the hash of a line without its head."""
    fields = msgspec.to_builtins(line)
    del fields["head"]
    return hashlib.sha256(canonical(fields)).hexdigest()


def seal(line: _Line, previous: str) -> _Line:
    """Give a line chained to the head of the one before."""
    chained = msgspec.structs.replace(line, previous=previous, head="")
    return msgspec.structs.replace(chained, head=head_of(chained))


def append(disk: Disk, line: AnyLine) -> None:
    """Write a sealed line and wait for the medium: when this returns, the line holds.

    For the first line sync the folder, too: `disk.fsync_folder()`.
    """
    assert line.head == head_of(line), "a line is sealed before it is written"
    disk.append(NAME, canonical(line) + b"\n")
    disk.fdatasync(NAME)


# ------------------------------------------------------------------------------------ reading


class Fault(NamedTuple):
    """Something wrong with a file of a log."""

    file: str
    line: int  # from 1; 0: the file as a whole
    says: Text


class Manifest(NamedTuple):
    """What a manifest says.

    `lines` are those that could be read; they are to be trusted only if there are no faults.
    """

    lines: tuple[AnyLine, ...]
    faults: tuple[Fault, ...]
    length: int  # bytes of the whole lines
    torn: int  # bytes behind the last whole line: a line whose writing was cut short

    @property
    def begin(self) -> Begin | None:
        """Give the first line, if it can be read."""
        return next((line for line in self.lines if isinstance(line, Begin)), None)

    @property
    def segments(self) -> tuple[SegmentLine, ...]:
        """Give the segments in order."""
        return tuple(line for line in self.lines if isinstance(line, SegmentLine))

    @property
    def closings(self) -> tuple[CloseLine, ...]:
        """Give the closings in order."""
        return tuple(line for line in self.lines if isinstance(line, CloseLine))

    @property
    def head(self) -> str:
        """Give the head of the last whole line."""
        return self.lines[-1].head if self.lines else NOTHING


def read(folder: Path) -> Manifest:
    """Read a manifest and hold its lines together.

    What follows the last newline is a torn line, whatever it is: the newline is written last.
    Everything else that is not as written is a fault. Raises FileNotFoundError.
    """
    text = (folder / NAME).read_bytes()
    length = text.rfind(b"\n") + 1
    chain = _Chain()
    for number, raw in enumerate(text[:length].split(b"\n")[:-1], 1):
        chain.take(number, raw)
    return Manifest(tuple(chain.lines), tuple(chain.faults), length, len(text) - length)


class _Chain:
    """The lines read so far, and what each must be followed by."""

    def __init__(self) -> None:
        self.lines: list[AnyLine] = []
        self.faults: list[Fault] = []
        self._head: str | None = NOTHING  # None: the line before could not be read
        self._segment: int | None = 1  # number of the next segment, and its first row
        self._seq: int | None = 0
        self._closing: int | None = 1

    def take(self, number: int, raw: bytes) -> None:
        try:
            line = _decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._wrong(number, Text("无法读取", "cannot be read"), str(error))
            self._head = self._segment = self._seq = self._closing = None
            return
        if canonical(line) != raw:
            self._wrong(number, Text("不是规范的写法", "is not written canonically"))
        if line.head != head_of(line):
            self._wrong(number, Text("内容与链值不符", "does not hash to its head"))
        if self._head not in {None, line.previous}:
            self._wrong(number, Text("与上一行不相接", "does not follow the line before"))
        self._head = line.head
        self._order(number, line)
        self.lines.append(line)

    def _order(self, number: int, line: AnyLine) -> None:
        """Hold the place of a line among its like."""
        if isinstance(line, Begin) != (number == 1):
            self._wrong(number, Text("首行且仅首行为 begin", "begin is the first line alone"))
        if isinstance(line, Begin) and (line.format, line.schema) != (FORMAT, DIGEST):
            self._wrong(number, Text("格式不认识", "format is not known"), line.format)
        if isinstance(line, SegmentLine):
            if self._segment not in {None, line.number} or self._seq not in {None, line.first_seq}:
                self._wrong(number, Text("段号或行号不连续", "segment is out of turn"))
            if line.last_seq - line.first_seq + 1 != line.counts.rows:
                self._wrong(number, Text("行号与行数不符", "places and rows differ in number"))
            self._segment, self._seq = line.number + 1, line.last_seq + 1
        if isinstance(line, CloseLine):
            if self._closing not in {None, line.number}:
                self._wrong(number, Text("结账号不连续", "closing is out of turn"))
            self._closing = line.number + 1

    def _wrong(self, number: int, says: Text, detail: str = "") -> None:
        both = Text(f"{says.zh}：{detail}", f"{says.en}: {detail}") if detail else says
        self.faults.append(Fault(NAME, number, both))


_decoder = msgspec.json.Decoder(AnyLine)
