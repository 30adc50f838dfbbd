"""gongji-verify: checks an evidence package of a gongji ledger, alone and offline.

It shares no code with the ledger. The key and the kept checkpoints are the auditor's own: nothing
is believed but what follows from a note that this key signed. From top to bottom: notes, trees,
lines, entries, money, checks. What facts move is in gongji_verify.txt, zip and report in the _cli.
"""

from __future__ import annotations

import gc
import json
import re
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PIECES = re.compile(rb"(?s).{1,4194304}.*?\n\n")  # whole entries that a process reads at a time
TABLE = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
FREE = "purse "  # free money lies in the purse that has no name
FACTS = {fact: moves for mark, fact, *moves in map(str.split, TABLE) if mark == "="}
MOVES = {fact: list(zip(*[iter(moves)] * 3, strict=True)) for fact, moves in FACTS.items()}


class Problem(Exception):  # noqa: N818  # not an error of this program: what it is there to find
    """What stands against a package: a code of the table, and facts. Checking ends with it."""


def need(holds: Any, code: str, *facts: object) -> Any:  # noqa: ANN401  # it gives what it got
    """Go on only if something holds, and give it."""
    if not holds:
        raise Problem(code, *facts)
    return holds


class Checkpoint(NamedTuple):
    """A signed note: with so many entries, the tree has this root."""

    size: int
    root: bytes
    note: str


NOTE = re.compile(  # origin, size, root; then signatures: dash, name of a key, its id and bytes
    "(\\S+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n\n((?:— \\S+ [A-Za-z0-9+/]{8,}=*\n)+)"
)
KEY = re.compile("(\\S+?)[+]([0-9a-f]{8})[+](A[Q-Za-f][A-Za-z0-9+/]{42})\\s*")


def open_note(name: str, raw: bytes, vkey: str) -> Checkpoint:
    """Read a checkpoint that the key signed. Signatures of others may stand beside its own."""
    origin, key_id, encoded = need(KEY.fullmatch(vkey), "key", vkey).groups()
    key = b64decode(encoded)  # 0x01 for Ed25519, and 32 bytes
    need(sha256(f"{origin}\n".encode() + key).hexdigest()[:8] == key_id, "key", vkey)
    note = raw.decode()
    said, size, root, signed = need(NOTE.fullmatch(note), "note", name).groups()
    need(said == origin, "origin", name, ascii(said))
    blobs = [b64decode(blob) for _, by, blob in map(str.split, signed.splitlines()) if by == said]
    ours = [blob[4:] for blob in blobs if blob[:4].hex() == key_id]
    for signature in need(ours, "unsigned", name):
        text = note[: note.index("\n\n") + 1].encode()
        Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, text)
    return Checkpoint(int(size), b64decode(root), note)


def node(left: bytes, right: bytes) -> bytes:
    """Give the hash above two hashes (RFC 9162, section 2.1)."""
    return sha256(b"\1" + left + right).digest()


def root_of(level: Sequence[bytes]) -> bytes:
    """Join neighbours level by level; the last one of an odd number goes up as it is."""
    while len(level) > 1:
        joined = [node(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = [*joined, *level[2 * len(joined) :]]
    return level[0] if level else sha256().digest()


def sides(index: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Tell of each hash of a proof whether it stands on the left (RFC 9162, section 2.1.3.2)."""
    for beside in proof:
        need(last, "proof", "too long")
        left = bool(index & 1) or index == last
        while left and index and not index & 1:
            index, last = index >> 1, last >> 1
        yield beside, left
        index, last = index >> 1, last >> 1
    need(not last, "proof", "too short")


def extends(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Tell whether a consistency proof leads to both roots (RFC 9162, section 2.1.4.2)."""
    if old.size in (0, new.size):
        return not proof and old.root == (new.root if old.size else root_of(()))
    index, last = old.size - 1, new.size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    was, *rest = proof if index else (old.root, *proof)
    now = was
    for beside, left in sides(index, last, rest):
        was, now = (node(beside, was), node(beside, now)) if left else (was, node(now, beside))
    return (was, now) == (old.root, new.root)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON, in which no name comes twice."""
    made = dict(pairs)
    need(len(made) == len(pairs), "malformed", "a name comes twice")
    return made


STRICT: Any = {"object_pairs_hook": once, "parse_float": int, "parse_constant": int}  # or refused
PLAIN = json.JSONDecoder(**STRICT)
CAREFUL = json.JSONDecoder(  # of whole numbers, those that floating point would not change
    **STRICT, parse_int=lambda digits: int(digits if abs(int(digits)) < 1 << 53 else "too large")
)
BLANK, ODD = (b" ", b"\\", b"\t", b"\r", b"\x7f"), (b":-", b"0" * 16)  # not in a plain line
NUMBERS = bytes.maketrans(b"123456789,[", b"000000000::")  # makes all signs and long numbers odd
Row = tuple[str, int, int, Any]  # stream, version, entry, what changes
INSTANT = re.compile(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]{6})?Z")
Entry = tuple[int, int, str, bytes, list[bool], list[Row], set[str]]


def json_of(line: bytes, *, plain: bool) -> Any:  # noqa: ANN401  # any JSON
    """Read JSON in its one form, as short as can be: written again, it gives the same text."""
    text = line.decode()  # plain: without blanks, escapes, signs, long numbers there is but one
    value, end = (PLAIN if plain else CAREFUL).raw_decode(text)
    again = text if plain else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    need(end == len(text) and again == text, "malformed", text)
    return value


def read_piece(piece: bytes) -> list[Entry]:
    """Read entries, each a block of lines; of a line that is withheld there is the hash."""
    gc.disable()  # nothing here has a cycle, and looking for them takes longer than reading
    entries, blank = [], [each for each in BLANK if each in piece]
    odd = any(each in piece.translate(NUMBERS) for each in ODD)  # most often not
    for block in piece.removesuffix(b"\n\n").split(b"\n\n"):
        plain = not any(map(block.__contains__, blank))
        plain = plain and not (odd and any(map(block.translate(NUMBERS).__contains__, ODD)))
        hashes, values = [], list[Any]()
        for line in block.split(b"\n"):
            hidden = re.fullmatch(rb"sha256:([0-9a-f]{64})", line) if line[:1] == b"s" else None
            hashes.append(bytes.fromhex(hidden[1].decode()) if hidden else sha256(line).digest())
            values.append(None if hidden else json_of(line, plain=plain))
        number, last, at = values[0]["entry"], values[0]["last"], values[0]["meta"]["recorded_at"]
        numbers = type(number) is type(last) is int and len(values) > 1
        need(numbers and INSTANT.fullmatch(at), "malformed", number)
        leaf = sha256(b"\0" + b"".join(hashes)).digest()
        shown = [each is not None for each in values]
        entries.append((number, last, at[:-1], leaf, shown, *book(number, values[2:])))
    return entries


def book(number: int, events: list[Any]) -> tuple[list[Row], set[str]]:
    """Give the rows of an entry and the rule sets it names; hold that its two sides are equal."""
    rows, rules = list[Row](), set[str]()
    said: dict[Any, int] = defaultdict(int)  # payments, as claims have them
    done: dict[Any, int] = defaultdict(int)  # and as accounts have them
    for event in filter(None, events):
        (kind, key), version, fact = event["stream"], event["version"], event["fact"]
        topic, change = fact["type"], None
        home = HOMES.get(topic.partition(".")[0])
        need(not home or (home == kind and topic in MOVES), "newer", topic, kind)
        need(type(version) is int, "malformed", version)
        if home == "person":
            change = of_account(key, fact, done)
        elif home:
            rules |= of_claim(key, fact, said)
        elif topic == "ledger.sealed":
            change = fact
        rows.append((f"{kind}/{key}", version, number, change))
    if said != done:
        for of in said.keys() & done.keys() if None in events else said.keys() | done.keys():
            need(said[of] == done[of] or (of == "heirs" and done[of] < 0), "double", number, of)
    return rows, rules


HOMES = {"account": "person", "wallet": "person", "claim": "claim"}  # streams of facts with money
ELSEWHERE = ("outside", "claim", "relatives", "heirs")
KEYS = {"purse": "purse", "held": "claim", "kept": "claim", "pending": "transfer"}
VIA = {"account": "relatives", "wallet": "wallet", "heir_account": "heirs", "inheritance": "heirs"}


def place(name: str, fact: dict[str, Any]) -> str:
    """Name a place of the table for one fact: "purse " is free money, "purse pool:F1" is not."""
    if name in KEYS:
        return f"{name} {fact.get(KEYS[name], '')}"
    way = VIA.get(fact[name], "outside") if name in ("origin", "payee", "kind") else name
    return FREE if name == "free" else way


def of_account(who: str, fact: dict[str, Any], done: dict[Any, int]) -> tuple[Any, ...]:
    """Give the moves of a fact, what it says is left, and whether a year or a purse ended."""
    topic, moves = fact["type"], []
    for name, source, target in MOVES[topic]:
        amount = 0 if name == "-" else fact[name]
        current, prior = amount if isinstance(amount, list) else (amount, 0)
        need(type(current) is type(prior) is int and min(current, prior) >= 0, "malformed", amount)
        here, there = place(source, fact), place(target, fact)
        moves.append((here, there, current, prior))
        for side, fen in ((here, -current - prior), (there, current + prior)):
            if side == "claim" or (name[:4] == "held" and fen > 0):
                done[fact["claim"], who, topic[0]] += fen
            elif side in ("relatives", "heirs"):
                done[side] += fen
    left = (fact["left_fen"], 0) if "left_fen" in fact else tuple(fact.get("left", ()))
    where = FREE if topic[0] == "a" else "wallet"
    return moves, where, left, fact.get("moved_fen"), fact.get("ended")


def of_claim(claim: str, fact: dict[str, Any], said: dict[Any, int]) -> set[str]:
    """Add up what accounts pay for a claim, which with cash is its own share, line by line."""
    topic, decision = fact["type"], fact.get("allocation", fact)
    back = topic in ("claim.cancelled", "claim.reversed")
    own: dict[Any, int] = defaultdict(int, fact.get("own_fen", ()))
    for line in fact["request"]["lines"] if "request" in fact else ():
        own[line["no"]] += line["total_fen"] - line.get("fund_fen", 0)
    legs = decision.get("legs", ())
    for no, fen in (*(leg[2:] for leg in legs), *decision.get("cash_fen", ())):
        need(fen >= 0, "double", claim, no)
        own[no] -= fen
    for account, segment, _, fen in legs if topic != "claim.offered" else ():
        said[claim, account, "w" if segment == "wallet" else "a"] += -fen if back else fen
    need(back or not any(own.values()), "double", claim)
    named = [decision.get("rule_set"), *(t[10] for t in decision.get("trials", ()) if t[10:])]
    return set(filter(None, named))


ACCOUNT = ("available_fen", "held_fen", "set_aside_fen")  # columns of a balance
WALLET = ("available_fen", "held_fen", "pending_fen")
SUMS = [*(("", name) for name in ACCOUNT), *(("wallet_", name) for name in WALLET)]
COLUMNS = dict(zip((FREE, "held", "purse", "wallet", "kept", "pending"), SUMS, strict=True))


class Books:
    """The log of a package, read in order, and everybody's money: (this year's, earlier) fen."""

    def __init__(self, scope: dict[str, str]) -> None:
        """Begin before the first entry."""
        self.scope, self.kind, self.counts = scope, scope["kind"], Counter[str]()
        self.heads, self.leaves, self.rules = [(0, 0, "", 0)], list[bytes](), set[str]()
        self.versions, self.parts = dict[str, int](), set[str]()  # of streams; which begin before
        self.people: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        self.sums = dict.fromkeys(map("".join, SUMS), 0)  # of all persons
        self.past: dict[int, tuple[int, ...]] = {0: (0,) * 4}  # the same after each entry

    def take(self, entry: Entry) -> None:
        """Take in an entry, which stands behind the one before it."""
        number, last, at, leaf, shown, rows, rules = entry
        before, position, instant, _ = self.heads[-1]
        some, position = self.kind in ("account", "claim"), position + len(shown) - 2
        day = str((datetime.fromisoformat(at) + timedelta(hours=8)).date())  # in Shanghai
        side = (day > self.scope.get("to", day)) - (day < self.scope.get("from", day))
        skips = number > before and (some or (self.kind == "period" and side < 0 == before))
        follows = last == position if number == before + 1 else skips and last >= position
        disclosed = some or (not side) == (False not in shown)
        need(follows and at >= instant and disclosed, "order", number)
        self.heads.append((number, last, at, side))
        self.leaves.append(leaf)
        self.rules |= rules
        self.counts.update(events=len(rows), withheld=shown.count(False), doubled=all(shown))
        for stream, version, _, change in rows:
            known, (kind, who) = self.versions.get(stream, 0), stream.split("/", 1)
            if version != known + 1:
                mine = who == self.scope.get(kind) or (kind == "claim" and self.kind == "account")
                must = self.kind == "all" or mine or (known and self.kind == "period")
                need(version > known and not must, "gap", stream, known, number)
                self.parts.add(stream)
            self.versions[stream] = version
            if isinstance(change, tuple) and stream not in self.parts:
                self.move(who, number, change)
            elif isinstance(change, dict) and self.kind == "all":  # of now, or of a past moment
                sums = tuple(change[name] for name in (*ACCOUNT, "wallet_fen"))
                need(sums == self.past.get(change["entries"]), "seal", number)
                self.counts["seals"] += 1
        *account, one, two, three = self.sums.values()  # a seal knows one sum of wallets
        self.past[number] = (*account, one + two + three)

    def move(self, who: str, number: int, change: tuple[Any, ...]) -> None:
        """Move money; hold that no balance falls below zero, and that what is left is as stated."""
        account, (moves, where, left, moved, ended) = self.people[who], change
        if moved is not None:  # a year ended: this year's money becomes earlier money
            mine = {name: fen for name, fen in account.items() if name[:5] in ("purse", "held ")}
            need(moved == sum(current for current, _ in mine.values()), "left", who, number)
            account |= {name: (0, sum(fen)) for name, fen in mine.items()}
        for *places, current, prior in moves:
            for name, sign in zip(places, (-1, 1), strict=True):
                if name not in ELSEWHERE:
                    had = account.get(name, (0, 0))
                    account[name] = had[0] + sign * current, had[1] + sign * prior
                    of, column = COLUMNS[name if name == FREE else name.partition(" ")[0]]
                    self.sums[of + column] += sign * (current + prior)
                    need(min(account[name]) >= 0, "overdrawn", who, name, number)
        for source, *_ in moves:  # what ends leaves nothing behind
            if ended or source.startswith(("held", "kept", "pending")):
                need(not any(account.pop(source, ())), "left", who, number, source)
        need(not left or account.get(where, (0, 0)) == left, "left", who, number)
        self.counts["balances"] += len(moves)

    def state(self) -> dict[str, Any]:
        """Give what everybody has, and the totals, as state.json has them."""
        rows: dict[str, Any] = {}
        for who, account in self.people.items():
            opened = {"current": ACCOUNT, "prior": ACCOUNT} if FREE in account else {}
            opened |= {"wallet": WALLET} if "wallet" in account else {}
            rows[who] = {part: dict.fromkeys(columns, 0) for part, columns in opened.items()}
            for name, amounts in account.items():
                of, column = COLUMNS[name if name == FREE else name.partition(" ")[0]]
                for part, fen in zip(("current", "prior"), amounts, strict=True):
                    rows[who]["wallet" if of else part][column] += fen
        return {"persons": rows, "totals": self.sums}


SCOPES = {"all": "kind", "account": "kind person", "claim": "claim kind", "period": "from kind to"}


def check_entries(books: Books, data: bytes) -> None:
    """Read all entries, in several processes if they are many."""
    pieces = PIECES.findall(data) if data.endswith(b"\n\n") else []  # else it would search long
    need(sum(map(len, pieces)) == len(data) > 0, "malformed", "entries.txt")
    with ProcessPoolExecutor() if len(pieces) > 1 else nullcontext() as pool:
        for entry in chain.from_iterable((pool.map if pool else map)(read_piece, pieces)):
            books.take(entry)


def check_log(books: Books, members: dict[str, bytes], notes: list[Checkpoint]) -> None:
    """Hold that the entries are in the signed tree of the first note, which extends the others."""
    new, *olds = notes
    heads, leaves = books.heads[1:], books.leaves
    if books.kind == "all":
        need(len(leaves) == new.size and root_of(leaves) == new.root, "root")
        for old in olds:
            need(root_of(leaves[: old.size]) == old.root, "rewritten", old.size, old.note, new.note)
        return
    for (number, *_), leaf in zip(heads, leaves, strict=True):
        proof, _, note = members[f"proofs/{number:09}.tlog-proof"].partition(b"\n\n")
        first, index, *path = proof.decode().split("\n")
        need((first, index) == ("c2sp.org/tlog-proof@v1", f"index {number - 1}"), "proof", number)
        need(note.decode() == new.note and number <= new.size, "proof", number)
        root, hashes = leaf, [b64decode(each, validate=True) for each in path]
        for beside, left in sides(number - 1, new.size - 1, hashes):
            root = node(beside, root) if left else node(root, beside)
        need(root == new.root, "proof", number)
    for old in olds:
        first, *way = members.get(f"consistency/{old.size}.txt", b"\n").decode().splitlines()
        need(first == f"{old.size} {new.size}" or old.size in (0, new.size), "no_proof", old.size)
        hashes = [b64decode(each, validate=True) for each in way]
        need(extends(old, new, hashes), "rewritten", old.size, old.note, new.note)
    end, *_, side = heads[-1]
    need(books.kind != "period" or side > 0 or end == new.size, "order", end)


def verify(members: dict[str, bytes], vkey: str, kept: dict[str, bytes]) -> dict[str, Any]:
    """Check a package; give what it is, what was checked and how often, and the window."""
    new = open_note("checkpoint.txt", members["checkpoint.txt"], vkey)
    olds = [open_note(name, note, vkey) for name, note in kept.items()]
    newest = max((old.size for old in olds), default=0)
    olds += [open_note(of, members[of], vkey) for of in members if of[:12] == "checkpoints/"]
    for old in olds:
        need(old.size <= new.size, "rolled_back", old.size, new.size, old.note, new.note)
        need(old.size < new.size or old.root == new.root, "fork", old.note, new.note)
    manifest = json.loads(members.pop("MANIFEST.json"))
    hashes = {name: sha256(data).hexdigest() for name, data in members.items()}
    need(manifest["format"] == "gongji-evidence/1", "newer", manifest["format"])
    need(manifest["members"] == hashes, "manifest", "members")
    need(SCOPES[manifest["scope"]["kind"]] == " ".join(sorted(manifest["scope"])), "newer")
    books = Books(manifest["scope"])
    check_entries(books, members["entries.txt"])
    check_log(books, members, [new, *olds])
    counts, last = books.counts, books.heads[-1]
    counts |= {"entries": len(books.leaves), "size": new.size}
    for name in ("size", "entries", "events", "withheld"):
        need(repr(counts[name]) == repr(manifest[name]), "manifest", name)  # 1 is not true, nor 1.0
    need(new.note.split("\n")[0] == manifest["origin"], "manifest", "origin")
    need(last[0] < new.size or last[1] == manifest["position"], "manifest", "position")
    rules = {name: data for name, data in members.items() if name.startswith("rules/")}
    named = {json.loads(data)["id"]: name for name, data in rules.items()}
    need(named == {each: f"rules/{each.replace(':', '-')}.json" for each in books.rules}, "rules")
    own = {f"{of}/{who}" for of, who in books.scope.items() if of in HOMES.values()}
    need(own <= books.versions.keys(), "gap", *own)
    need(("state.json" in members) == (books.kind == "all"), "state")
    if books.kind == "all":
        state = books.state() | {"format": "gongji-state/1", "position": last[1], "size": new.size}
        text = json.dumps(state, sort_keys=True, separators=(",", ":")).encode()
        need(text == members["state.json"], "state")
        counts["persons"] = len(state["persons"])
    behind = [at for number, _, at, _ in books.heads[1:] if number > newest]
    counts |= {"members": len(hashes), "checkpoints": len(olds), "rule_sets": len(rules)}
    counts |= {"kept": len(kept), "streams": len(books.versions) - len(books.parts)}
    window = {"after": newest, "entries": new.size - newest, "from": behind[:1], "to": behind[-1:]}
    return {"package": manifest, "checked": counts, "window": window, "note": new.note}
