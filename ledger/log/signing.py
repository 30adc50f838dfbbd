"""The key of a log, what it signs, and whether it did: Ed25519 (RFC 8032).

The private key lies beside the events as `log.key`, readable by its owner only, in the form that
tools for signed notes use: `PRIVATE+KEY+name+id+key`. Whoever can read it can sign any history,
so a signature proves nothing against the house itself; a checkpoint that left the house does.
It needs the extra [signing]: nothing but what signs or verifies imports this module.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.text import Text
from ledger.errors import LogKeyMissing, StoreUnreachable
from ledger.log.notes import (
    ED25519,
    HASH,
    PUBLIC_KEY,
    BadNote,
    Checkpoint,
    Note,
    Signature,
    VerifierKey,
    from_base64,
    is_name,
    read_checkpoint,
    read_note,
    to_base64,
)

if TYPE_CHECKING:
    from pathlib import Path

KEY = "log.key"

_PRIVATE = "PRIVATE+KEY+"
_ORIGIN = "gongji-ledger/"


class LogKey(NamedTuple):
    """A log's own key: the name of the log, and the secret (32 bytes)."""

    name: str
    secret: bytes

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, _public(self.secret))

    @property
    def written(self) -> str:
        """The key as it is kept."""
        of = self.verifier.key_id.hex()
        return f"{_PRIVATE}{self.name}+{of}+{to_base64(ED25519 + self.secret)}"

    def sign(self, *, size: int, root: bytes) -> Note:
        """Sign the tree of this log at a size. The same tree gets the same note."""
        text = Checkpoint(self.name, size, root).text
        signed = Ed25519PrivateKey.from_private_bytes(self.secret).sign(text.encode())
        return Note(text, (Signature(self.name, self.verifier.key_id, signed),))


def new_key(secret: bytes, *, name: str = "") -> LogKey:
    """Make a key of 32 random bytes; a log without a name is called after its public key."""
    return LogKey(name or f"{_ORIGIN}{sha256(_public(secret)).hexdigest()[:8]}", secret)


def write_key(folder: Path, key: LogKey) -> None:
    """Keep a key in the folder of a store, with its public half beside it.

    Raises:
        FileExistsError: there is one already; a log keeps its key.
    """
    opened = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(f"{key.written}\n")
        file.flush()
        os.fsync(file.fileno())
    write_public_key(folder, key)


def write_public_key(folder: Path, key: LogKey) -> None:
    """Lay the public half of a key beside it, to be handed out."""
    (folder / PUBLIC_KEY).write_text(f"{key.verifier.written}\n", encoding="utf-8")


def read_own_key(folder: Path) -> LogKey:
    """Read the key that lies in the folder of a store.

    Raises:
        LogKeyMissing: there is none.
        StoreUnreachable: the system does not let us read it, or it is none.
    """
    path = folder / KEY
    try:
        written = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise LogKeyMissing(path=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise StoreUnreachable(path=str(path), detail=str(error)) from error
    name, _, rest = written.removeprefix(_PRIVATE).partition("+")
    try:
        key = LogKey(name, from_base64(rest.partition("+")[2], size=1 + HASH)[1:])
    except BadNote as error:
        raise StoreUnreachable(path=str(path), detail=_NO_KEY) from error
    if not is_name(name) or key.written != written:
        raise StoreUnreachable(path=str(path), detail=_NO_KEY)
    return key


def verified(written: str, key: VerifierKey) -> Checkpoint:
    """Read a signed checkpoint of the log with a key.

    Raises:
        BadNote: it is none, it is of another log, or its signature is not the key's.
    """
    note = read_note(written)
    ours = [each for each in note.signatures if each[:2] == (key.name, key.key_id)]
    if not ours:
        raise BadNote(_NOT_SIGNED)
    for signature in ours:
        try:
            public = Ed25519PublicKey.from_public_bytes(key.public)
            public.verify(signature.value, note.text.encode())
        except (InvalidSignature, ValueError) as error:
            raise BadNote(_FORGED) from error
    checkpoint = read_checkpoint(note.text)
    if checkpoint.origin != key.name:
        raise BadNote(_NOT_SIGNED)
    return checkpoint


def _public(secret: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


_NO_KEY = Text("不是日志私钥", "this is no private key of a log")
_NOT_SIGNED = Text("不是该日志签发的", "this log did not sign it")
_FORGED = Text("签名不符", "the signature does not fit")
