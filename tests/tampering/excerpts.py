"""Tampering with rule files, and with packages that carry a part of the log."""

from __future__ import annotations

import json

from tests.tampering.cases import Case, NotFired, compact
from tests.tampering.kinds import changed, kind
from tests.tampering.pack import named_anew, rules_in, withheld, zipped

# ---------------------------------------------------------------------------- rules and excerpts


@kind("规则文件缺失", "a rule file missing")
def missing_rules(case: Case) -> bytes:
    names = [name for name in case.members if name.startswith("rules/")]
    if not names:
        raise NotFired
    gone = case.random.choice(names)
    return zipped(named_anew({name: case.members[name] for name in case.members if name != gone}))


@kind("规则文件换成另一套", "a rule file with another one's content")
def wrong_rules(case: Case) -> bytes:
    names = [name for name in case.members if name.startswith("rules/")]
    if not names:
        raise NotFired
    other = compact({"id": "rs1:" + "0" * 32})
    return changed(case, case.random.choice(names), other)


@kind("规则文件文字改动", "a text in a rule file edited", with_kept=False, without=False)
def edited_rules(case: Case) -> bytes:
    names = [name for name in case.members if name.startswith("rules/")]
    if not names:
        raise NotFired
    name = case.random.choice(names)
    return changed(case, name, case.members[name].replace(b"}", b',"note":"edited"}'))


def _carried(case: Case) -> list[bytes]:
    return case.of_account()["entries.txt"].removesuffix(b"\n\n").split(b"\n\n")


def _excerpt(case: Case, blocks: list[bytes]) -> bytes:
    """Give the account's package with other blocks; proofs and manifest made to fit."""
    members = case.of_account()
    numbers = [json.loads(block.split(b"\n")[0])["entry"] for block in blocks]
    proofs = {f"proofs/{number:09}.tlog-proof" for number in numbers}
    members = {
        name: data
        for name, data in members.items()
        if not name.startswith("proofs/") or name in proofs
    }
    lines = [line for block in blocks for line in block.split(b"\n")]
    manifest = json.loads(members["MANIFEST.json"])
    manifest["entries"] = len(blocks)
    manifest["withheld"] = sum(line.startswith(b"sha256:") for line in lines)
    manifest["events"] = len(lines) - 2 * len(blocks) - manifest["withheld"]
    hidden_answers = sum(block.split(b"\n")[1].startswith(b"sha256:") for block in blocks)
    manifest["events"] += hidden_answers
    members["MANIFEST.json"] = compact(manifest)
    members["entries.txt"] = b"".join(block + b"\n\n" for block in blocks)
    disclosed = [line for line in lines if line.startswith(b'{"stream"')]
    named = rules_in(disclosed)
    members = {n: d for n, d in members.items() if not n.startswith("rules/") or n in named}
    return zipped(named_anew(members))


@kind("一户之包：隐去的行被换", "one account: a withheld line swapped")
def swapped_withheld(case: Case) -> bytes:
    members = case.of_account()
    data = members["entries.txt"]
    places = [place for place in range(len(data)) if data.startswith(b"sha256:", place)]
    if not places:
        raise NotFired
    place = case.random.choice(places)
    other = data[:place] + withheld(b"another") + data[place + 71 :]
    return zipped(named_anew({**members, "entries.txt": other}))


def _own(case: Case, blocks: list[bytes]) -> list[int]:
    """Give the places of the blocks with an event of the account itself."""
    stream = compact({"stream": ["person", case.scope["person"]]}).removesuffix(b"}")
    return [place for place, block in enumerate(blocks) if b"\n" + stream in block]


@kind("一户之包：漏去此户中间一条", "one account: an entry in the middle of it left out")
def left_out(case: Case) -> bytes:
    blocks = _carried(case)
    place = case.random.choice(_own(case, blocks)[:-1] or [-1])
    if place < 0:
        raise NotFired
    return _excerpt(case, blocks[:place] + blocks[place + 1 :])


@kind("一户之包：漏去末尾", "one account: its tail left out", with_kept=False, without=False)
def left_out_tail(case: Case) -> bytes:
    return _excerpt(case, _carried(case)[:-1])


@kind("一户之包：证明换成别条的", "one account: the proof of another entry")
def other_proof(case: Case) -> bytes:
    members = case.of_account()
    names = sorted(name for name in members if name.startswith("proofs/"))
    if len(names) < 2:
        raise NotFired
    first, second = case.random.sample(names, 2)
    return zipped(named_anew({**members, first: members[second]}))
