"""A writer of evidence packages for those who tamper: any entries, any key, any members.

It shares no code with `interchange.evidence` and signs whatever it is given; the trees are written
down as RFC 6962 defines them, section 2.1, slowly and plainly.
"""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from zipfile import ZipFile, ZipInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.codes import ACCOUNT_SEGMENTS
from domain.facts import Kind
from domain.person import Person, evolve
from ledger.entries import StoredEntry
from ledger.mapper import LedgerMapper

Lines = tuple[bytes, ...]
"""An entry: head, answer, and a line an event."""
Members = dict[str, bytes]

MEMBERS = ("MANIFEST.json", "checkpoint.txt", "checkpoints", "entries.txt", "proofs")
MEMBERS += ("consistency", "rules", "state.json", "keys/log.vkey", "README.txt")
EVERYTHING: Mapping[str, str] = {"kind": "all"}
_MAPPER = LedgerMapper()


@dataclass(frozen=True)
class Signer:
    """A log's key, made of a word, under the log's name."""

    word: str
    origin: str

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sha256(self.word.encode()).digest())

    @property
    def _blob(self) -> bytes:
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return b"\x01" + public

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key."""
        return sha256(f"{self.origin}\n".encode() + self._blob).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as an auditor keeps it."""
        return f"{self.origin}+{self.key_id.hex()}+{base64(self._blob)}"

    def sign(self, size: int, root: bytes, *, origin: str = "") -> bytes:
        """Sign a checkpoint."""
        text = f"{origin or self.origin}\n{size}\n{base64(root)}\n"
        signature = base64(self.key_id + self._key.sign(text.encode()))
        return f"{text}\n— {self.origin} {signature}\n".encode()

    def checkpoint(self, entries: Sequence[Lines]) -> bytes:
        """Sign what these entries come to."""
        return self.sign(len(entries), root([leaf(each) for each in entries]))


def base64(data: bytes) -> str:
    """Write bytes in base64."""
    return b64encode(data).decode()


def canonical(value: object) -> bytes:
    """Write JSON of sorted names."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


# ---------------------------------------------------------------------------------------- trees


def leaf(lines: Lines) -> bytes:
    """Give the leaf of an entry."""
    return sha256(b"\0" + b"".join(line_hash(line) for line in lines)).digest()


def line_hash(line: bytes) -> bytes:
    """Give the hash of a line, which may be withheld."""
    if line.startswith(b"sha256:"):
        return bytes.fromhex(line.removeprefix(b"sha256:").decode())
    return sha256(line).digest()


def _left(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """Give the root (section 2.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    half = _left(len(leaves))
    return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Give an inclusion proof (section 2.1.1)."""
    if len(leaves) == 1:
        return []
    half = _left(len(leaves))
    if index < half:
        return [*path(index, leaves[:half]), root(leaves[half:])]
    return [*path(index - half, leaves[half:]), root(leaves[:half])]


def consistency(old: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """Give a consistency proof (section 2.1.2)."""
    if old in (0, len(leaves)):
        return [] if whole or not old else [root(leaves)]
    half = _left(len(leaves))
    if old <= half:
        return [*consistency(old, leaves[:half], whole=whole), root(leaves[half:])]
    return [*consistency(old - half, leaves[half:], whole=False), root(leaves[:half])]


# -------------------------------------------------------------------------------------- packages


def zipped(members: Mapping[str, bytes], infos: Mapping[str, ZipInfo] | None = None) -> bytes:
    """Write members as a package has them: stored, in their order, without times."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr((infos or {}).get(name) or plain(name), data)
    return file.getvalue()


def plain(name: str) -> ZipInfo:
    """Describe a member as a plain file of no time."""
    info = ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o100644 << 16
    return info


def ordered(members: Mapping[str, bytes]) -> Members:
    """Put members in the order of a package."""
    rank = {name: place for place, name in enumerate(MEMBERS)}

    def key(name: str) -> tuple[int, int, str]:
        folder = rank.get(name, rank.get(name.split("/", maxsplit=1)[0], len(rank)))
        return folder, len(name), name

    return {name: members[name] for name in sorted(members, key=key)}


def named_anew(members: Mapping[str, bytes]) -> Members:
    """Let the manifest name the members as they are now."""
    manifest = json.loads(members["MANIFEST.json"])
    rest = {name: data for name, data in members.items() if name != "MANIFEST.json"}
    manifest["members"] = {name: sha256(data).hexdigest() for name, data in rest.items()}
    return ordered({**rest, "MANIFEST.json": canonical(manifest)})


def members_of(
    entries: Sequence[Lines],
    signer: Signer,
    *,
    scope: Mapping[str, str] = EVERYTHING,
    kept: Iterable[int] = (),
    size: int | None = None,
) -> Members:
    """Give the members of a package over entries, whatever these are; `kept` are older sizes."""
    leaves = [leaf(lines) for lines in entries]
    carried = {number: lines for number, lines in enumerate(entries, 1)}
    if scope["kind"] == "account":
        carried = _of_account(entries, scope["person"])
    disclosed = [line for lines in carried.values() for line in lines[2:] if line[:1] == b"{"]
    note = signer.checkpoint(entries)
    members = {
        "checkpoint.txt": note,
        "entries.txt": b"".join(b"\n".join(lines) + b"\n\n" for lines in carried.values()),
        "keys/log.vkey": f"{signer.vkey}\n".encode(),
        "README.txt": "证据包 an evidence package\n".encode(),
        **rules_in(disclosed),
    }
    if scope == EVERYTHING:
        members["state.json"] = canonical(state(entries))
    else:
        for number in carried:
            hashes = "".join(f"{base64(each)}\n" for each in path(number - 1, leaves))
            text = f"c2sp.org/tlog-proof@v1\nindex {number - 1}\n{hashes}\n"
            members[f"proofs/{number:09}.tlog-proof"] = text.encode() + note
    for old in kept:
        lines = "".join(f"{base64(each)}\n" for each in consistency(old, leaves))
        members[f"consistency/{old}.txt"] = f"{old} {len(leaves)}\n{lines}".encode()
    manifest = {
        "format": "gongji-evidence/1",
        "origin": signer.origin,
        "scope": scope,
        "size": size or len(entries),
        "position": sum(len(lines) - 2 for lines in entries),
        "entries": len(carried),
        "events": len(disclosed),
        "withheld": sum(line[:1] != b"{" for lines in carried.values() for line in lines),
        "members": {},
        "made_with": "gongji tests",
        "made_at": "2026-11-22T12:00:00+00:00",
    }
    return named_anew({**members, "MANIFEST.json": canonical(manifest)})


def _of_account(entries: Sequence[Lines], person: str) -> dict[int, Lines]:
    """Give the entries with an event of a person or a claim of theirs, others' lines withheld."""
    events = [[json.loads(line) for line in lines[2:]] for lines in entries]
    mine = [["person", person]] + [
        event["stream"]
        for of_entry in events
        for event in of_entry
        if event["fact"].get("request", {}).get("patient") == person
    ]
    carried = {}
    for number, ((head, *rest), of_entry) in enumerate(zip(entries, events, strict=True), 1):
        shown = [event["stream"] in mine for event in of_entry]
        if any(shown):
            lines = zip(rest, [all(shown), *shown], strict=True)
            carried[number] = (head, *(line if show else withheld(line) for line, show in lines))
    return carried


def withheld(line: bytes) -> bytes:
    """Give what stands for a line that is not shown."""
    return b"sha256:" + sha256(line).hexdigest().encode()


def rules_in(lines: Iterable[bytes]) -> Members:
    """Give a file for each rule set that decisions in these lines name."""
    named: set[str] = set()
    for line in lines:
        allocation = json.loads(line)["fact"].get("allocation")
        if allocation:
            named |= {allocation["rule_set"], *(trial[10] for trial in allocation["trials"])}
    found = sorted(filter(None, named))
    return {f"rules/{each.replace(':', '-')}.json": canonical({"id": each}) for each in found}


def state(entries: Sequence[Lines]) -> dict[str, object]:
    """Fold the balances with the ledger's own functions; as they are where that fails."""
    persons: dict[str, Person] = {}
    position = 0
    for number, lines in enumerate(entries, 1):
        position += len(lines) - 2
        for event in _MAPPER.events_of(StoredEntry(number, position, b"\n".join(lines) + b"\n")):
            if event.stream.kind is Kind.PERSON:
                key = event.stream.key
                persons[key] = evolve(persons.get(key), event.fact)
    rows = {key: row for key, person in persons.items() if (row := _row(person))}
    names = ("available_fen", "held_fen", "set_aside_fen")
    names += ("wallet_available_fen", "wallet_held_fen", "wallet_pending_fen")
    totals = Counter(dict.fromkeys(names, 0))
    for row in rows.values():
        for part, amounts in row.items():
            of = "wallet_" if part == "wallet" else ""
            totals.update({of + name: fen for name, fen in amounts.items()})
    end = {"position": position, "size": len(entries)}
    return {"format": "gongji-state/1", "persons": rows, "totals": totals, **end}


def _row(person: Person) -> dict[str, dict[str, int]]:
    row = {}
    if (account := person.account) is not None:
        for segment in ACCOUNT_SEGMENTS:
            row[segment.value] = {
                "available_fen": account.available.of(segment),
                "held_fen": account.held.of(segment),
                "set_aside_fen": account.set_aside_amounts.of(segment),
            }
    if (wallet := person.wallet) is not None:
        names = ("available_fen", "held_fen", "pending_fen")
        row["wallet"] = {name: getattr(wallet, name) for name in names}
    return row
