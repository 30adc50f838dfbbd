"""Checkpoints and proofs as texts that a person can read and any tool for such logs can check.

The forms are those of C2SP: `signed-note`, `tlog-checkpoint` and `tlog-proof` (c2sp.org, read
on 2026-11-22). Pure functions; signing and its library are in `ledger.log.signing`.

    gongji-ledger/1f0a9c3e          origin: which log, and the name of its key
    40                              size: so many entries
    CsUYapGGPo4dkMgIAUqom/Xajj7…=   root of the tree at that size, base64

    — gongji-ledger/1f0a9c3e Az3grlgtzPICa5OS8np…=
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PUBLIC_KEY = "log.vkey"
HASH = 32  # bytes
ED25519 = b"\x01"  # the kind of signature, before a public key
_DASH = "\N{EM DASH} "
_PROOF = "c2sp.org/tlog-proof@v1"
_MOST_SIGNATURES = 64
_MOST_DIGITS = 19  # of a number below 2 ** 63


class BadNote(ValueError):  # noqa: N818  # the name says what it is
    """A text is no note, no checkpoint, no proof or no key; `says` why in both languages."""

    def __init__(self, says: Text) -> None:
        """Carry the reason."""
        self.says = says
        super().__init__(says.en)


class Checkpoint(NamedTuple):
    """The tree of a log at a size, under one hash."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


class Signature(NamedTuple):
    """A line below a note: the name of a key, its id (4 bytes), and what it signed."""

    name: str
    key_id: bytes
    value: bytes


class Note(NamedTuple):
    """A text and who signed it; nothing is verified by reading it."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def written(self) -> str:
        """The note as it is kept and handed over."""
        lines = (f"{_DASH}{name} {to_base64(of + value)}\n" for name, of, value in self.signatures)
        return f"{self.text}\n{''.join(lines)}"


class VerifierKey(NamedTuple):
    """The public half of a log's key, under the log's name."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def written(self) -> str:
        """The key as an auditor keeps it: name, id and key, with plus signs between."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(ED25519 + self.public)}"


class InclusionProof(NamedTuple):
    """That an entry is in a log: leaf index (number - 1), hashes, and the checkpoint's note."""

    leaf_index: int
    hashes: Sequence[bytes]
    note: str

    @property
    def written(self) -> str:
        """The proof as a file."""
        hashes = "".join(f"{to_base64(each)}\n" for each in self.hashes)
        return f"{_PROOF}\nindex {self.leaf_index}\n{hashes}\n{self.note}"


def is_name(name: str) -> bool:
    """Tell whether a log, and so its key, may be called so."""
    fine = name.isprintable() and not any(letter.isspace() for letter in name)
    return bool(name) and fine and "+" not in name


def read_key(written: str) -> VerifierKey:
    """Read a verifier key.

    Raises:
        BadNote: it is none, or is no Ed25519 key.
    """
    name, *rest = written.strip().split("+", 2)
    if len(rest) != 2 or not is_name(name):  # noqa: PLR2004  # id and key
        raise BadNote(_NO_KEY)
    key = VerifierKey(name, from_base64(rest[1], size=1 + HASH)[1:])
    if written.strip() != key.written:
        raise BadNote(_NO_KEY)
    return key


def public_key_in(folder: Path) -> VerifierKey | None:
    """Give the verifier key that lies in the folder of a store; None where there is none."""
    try:
        return read_key((folder / PUBLIC_KEY).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadNote):
        return None


def read_note(written: str) -> Note:
    """Take a note apart. Its signatures are not verified.

    Raises:
        BadNote: it is none.
    """
    text, blank, below = written.rpartition("\n\n")
    lines = below.split("\n")
    whole = blank and lines.pop() == "" and 0 < len(lines) <= _MOST_SIGNATURES
    if not whole or any(letter < " " for letter in written if letter != "\n"):
        raise BadNote(_NO_NOTE)
    return Note(f"{text}\n", tuple(map(_read_signature, lines)))


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as a checkpoint.

    Raises:
        BadNote: it is none, or says more than a checkpoint of ours does.
    """
    origin, *rest = text.split("\n")
    if len(rest) != 3 or rest[2] or not is_name(origin):  # noqa: PLR2004  # size, root, end
        raise BadNote(_NO_CHECKPOINT)
    return Checkpoint(origin, _read_number(rest[0]), from_base64(rest[1], size=HASH))


def read_proof(written: str) -> InclusionProof:
    """Read an inclusion proof. Nothing is verified; extra data, which is not signed, is left out.

    Raises:
        BadNote: it is none.
    """
    above, _, note = written.partition("\n\n")
    lines = above.split("\n")
    if len(lines) > 1 and lines[1].startswith("extra "):
        del lines[1]
    if len(lines) < 2 or lines[0] != _PROOF or not lines[1].startswith("index "):  # noqa: PLR2004  # both lines
        raise BadNote(_NO_PROOF)
    index = _read_number(lines[1].removeprefix("index "))
    return InclusionProof(index, [from_base64(line, size=HASH) for line in lines[2:]], note)


def _read_signature(line: str) -> Signature:
    name, _, value = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_name(name):
        raise BadNote(_NO_NOTE)
    signed = from_base64(value)
    if len(signed) <= 4:  # noqa: PLR2004  # the key's id
        raise BadNote(_NO_NOTE)
    return Signature(name, signed[:4], signed[4:])


def _read_number(written: str) -> int:
    digits = written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS
    if not digits or str(int(written)) != written:
        raise BadNote(_NO_NUMBER)
    return int(written)


def to_base64(data: bytes) -> str:
    """Write bytes in base64 (RFC 4648, section 4)."""
    return b64encode(data).decode()


def from_base64(written: str, *, size: int | None = None) -> bytes:
    """Read base64 that is written in the one way in which it can be, of so many bytes.

    Raises:
        BadNote: it is not.
    """
    try:
        data = b64decode(written.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise BadNote(_NO_BASE64) from error
    if to_base64(data) != written or size not in (None, len(data)):
        raise BadNote(_NO_BASE64)
    return data


_NO_KEY = Text("不是日志公钥", "this is no verifier key of a log")
_NO_NOTE = Text("不是签名文本", "this is no signed note")
_NO_CHECKPOINT = Text("不是检查点", "this is no checkpoint")
_NO_PROOF = Text("不是包含证明", "this is no inclusion proof")
_NO_NUMBER = Text("数字写法有误", "a number is not written as one")
_NO_BASE64 = Text("base64 写法有误，或长度不符", "base64 is malformed, or of another length")
