"""The kinds of tampering: each makes a package that is not what the ledger would have given."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from domain.text import Text
from tests.tampering.cases import FORGED, ORIGIN, REAL, Case, NotFired, compact, history, numbered
from tests.tampering.pack import (
    Lines,
    Signer,
    members_of,
    named_anew,
    plain,
    rules_in,
    withheld,
    zipped,
)

Tamper = Callable[[Case], bytes]


class Kind(NamedTuple):
    """A kind of tampering, and whether it must be caught: with a kept checkpoint, and without.

    `newest`: the auditor kept the checkpoint of the honest package itself, not that of its half.
    """

    name: str
    says: Text
    tamper: Tamper
    with_kept: bool = True
    without: bool = True
    newest: bool = False


KINDS: list[Kind] = []


def kind(zh: str, en: str, **expected: bool) -> Callable[[Tamper], Tamper]:
    """Enter a kind of tampering in the list, under the name of its function."""

    def enter(tamper: Tamper) -> Tamper:
        KINDS.append(Kind(tamper.__name__, Text(zh, en), tamper, **expected))
        return tamper

    return enter


def _changed(case: Case, name: str, data: bytes) -> bytes:
    """Change a member, and let the manifest name it as it is now."""
    return zipped(named_anew({**case.members, name: data}))


def _unsigned(case: Case, entries: list[Lines]) -> bytes:
    """Put other entries under the old checkpoint, everything else made to fit."""
    members = members_of(entries, REAL, size=len(case.entries))
    return zipped(named_anew({**members, "checkpoint.txt": case.members["checkpoint.txt"]}))


# ------------------------------------------------------------------------------- without the key


@kind("翻转一位", "one bit of the file flipped")
def flipped_bit(case: Case) -> bytes:
    place = case.random.randrange(len(case.honest) * 8)
    data = bytearray(case.honest)
    data[place >> 3] ^= 1 << (place & 7)
    return bytes(data)


@kind("翻转条目一位，清单随改", "one bit of the entries flipped, the manifest adapted")
def flipped_bit_of_entries(case: Case) -> bytes:
    data = bytearray(case.members["entries.txt"])
    place = case.random.randrange(len(data) * 8)
    data[place >> 3] ^= 1 << (place & 7)
    return _changed(case, "entries.txt", bytes(data))


def _more(fact: dict[str, Any]) -> None:
    fact["left"][0] += 1


def _has_left(fact: dict[str, Any]) -> bool:
    return "left" in fact


@kind("改动金额", "an amount changed")
def changed_amount(case: Case) -> bytes:
    entries = case.with_fact(case.find(_has_left), _more)
    data = b"".join(b"\n".join(lines) + b"\n\n" for lines in entries)
    return _changed(case, "entries.txt", data)


@kind("删去中间一条", "an entry in the middle deleted")
def deleted_middle(case: Case) -> bytes:
    place = case.random.randrange(1, len(case.entries) - 1)
    return _blocks(case, case.entries[:place] + case.entries[place + 1 :])


def _blocks(case: Case, entries: list[Lines]) -> bytes:
    """Put blocks of entries into the honest package; manifest counts and hashes made to fit."""
    members = dict(case.members)
    members["entries.txt"] = b"".join(b"\n".join(lines) + b"\n\n" for lines in entries)
    manifest = json.loads(members["MANIFEST.json"])
    manifest["entries"] = len(entries)
    manifest["events"] = sum(len(lines) - 2 for lines in entries)
    members["MANIFEST.json"] = compact(manifest)
    return zipped(named_anew(members))


@kind("删去末尾", "the tail deleted")
def deleted_tail(case: Case) -> bytes:
    return _blocks(case, case.entries[: case.random.randrange(1, len(case.entries))])


@kind("插入一条", "an entry inserted")
def inserted(case: Case) -> bytes:
    place = case.random.randrange(len(case.entries))
    return _blocks(case, numbered([*case.entries[:place], *case.entries[place - 1 :]]))


@kind("对调两条", "two entries swapped")
def swapped(case: Case) -> bytes:
    place = case.random.randrange(len(case.entries) - 1)
    first, second = case.entries[place : place + 2]
    return _blocks(case, [*case.entries[:place], second, first, *case.entries[place + 2 :]])


@kind("删去一行事件", "one line of an entry removed")
def removed_line(case: Case) -> bytes:
    number, place = case.find(lambda _: True)
    lines = case.entries[number]
    fewer = (*lines[:place], *lines[place + 1 :])
    return _blocks(case, [*case.entries[:number], fewer, *case.entries[number + 1 :]])


@kind("改动检查点的大小", "the size in the checkpoint edited")
def edited_size(case: Case) -> bytes:
    size = str(len(case.entries)).encode()
    note = case.members["checkpoint.txt"]
    return _changed(case, "checkpoint.txt", note.replace(b"\n" + size, b"\n1" + size, 1))


@kind("去掉签名", "the signature stripped")
def stripped_signature(case: Case) -> bytes:
    note = case.members["checkpoint.txt"]
    return _changed(case, "checkpoint.txt", note[: note.index("—".encode())])


@kind("别的密钥重签", "rebuilt and signed with another key of the same name")
def other_key(case: Case) -> bytes:
    return zipped(members_of(case.entries, FORGED))


@kind("改动 state.json", "state.json changed")
def changed_state(case: Case) -> bytes:
    state = case.members["state.json"].decode()
    return _changed(case, "state.json", state.replace('_fen":', '_fen":1', 1).encode())


# -------------------------------------------------------------------------------- another ledger


@kind("别的账本的包", "the package of another ledger, with its own key")
def another_ledger(case: Case) -> bytes:
    other = Signer("other", "gongji-ledger/0ddba11")
    return zipped(members_of(history(case.seed + 1000), other))


@kind("别的账本，同一密钥", "another ledger signed with the same key", without=False)
def another_ledger_same_key(case: Case) -> bytes:
    return case.signed(history(case.seed + 1000))


@kind("来源换成别的名字", "rebuilt under another origin")
def another_origin(case: Case) -> bytes:
    return zipped(members_of(case.entries, Signer("real", "gongji-ledger/other")))


@kind("来源以形近字母冒充", "an origin of letters that look alike")
def homoglyph_origin(case: Case) -> bytes:
    return zipped(members_of(case.entries, Signer("real", ORIGIN.replace("o", "\u043e"))))


# ------------------------------------------------------------------- packages of a hostile form


@kind("成员次序颠倒", "members in another order")
def reordered_members(case: Case) -> bytes:
    return zipped(dict(reversed(case.members.items())))


@kind("同名成员两份", "a member twice")
def doubled_member(case: Case) -> bytes:
    from io import BytesIO
    from warnings import catch_warnings, simplefilter

    file = BytesIO()
    with catch_warnings(), ZipFile(file, "w") as archive:
        simplefilter("ignore")  # that it is there twice is the point
        for name, data in case.members.items():
            for _ in range(1 + (name == "entries.txt")):
                archive.writestr(plain(name), data)
    return file.getvalue()


@kind("路径穿越", "a member with a path that leads outside")
def path_trick(case: Case) -> bytes:
    name = case.random.choice(["../entries.txt", "/entries.txt", "rules/../../x", "C:\\x"])
    return zipped({**named_anew({**case.members}), name: b"x"})


@kind("压缩炸弹", "a member that unfolds into much more")
def bomb(case: Case) -> bytes:
    info = plain("README.txt")
    info.compress_type = ZIP_DEFLATED
    return zipped(named_anew({**case.members, "README.txt": bytes(1 << 22)}), {info.filename: info})


@kind("成员是链接", "a member that is a link")
def link(case: Case) -> bytes:
    info = plain("README.txt")
    info.external_attr = 0o120777 << 16
    return zipped(case.members, {info.filename: info})


@kind("成员之外夹带", "bytes behind the members")
def trailing_bytes(case: Case) -> bytes:
    return case.honest + b"\n"


@kind("成员头部夹带", "an extra field in the header of a member")
def extra_field(case: Case) -> bytes:
    info = ZipInfo("README.txt")
    info.extra = b"\x01\x23\x02\x00hi"
    return zipped(case.members, {info.filename: info})


# ------------------------------------------------------ signed with the real key, and not sound


@kind("透支，真密钥签名", "an overdraft on both sides, signed with the real key")
def overdraft(case: Case) -> bytes:
    more = 10**9

    def spend(fact: dict[str, Any]) -> None:
        fact["taken"][segment] += more
        fact["left"][segment] = max(0, fact["left"][segment] - more)

    def pay(fact: dict[str, Any]) -> None:
        leg = next(leg for leg in fact["allocation"]["legs"] if leg[0] == payer)
        leg[3] += more
        line = next(line for line in fact["request"]["lines"] if line["no"] == leg[2])
        line["total_fen"] += more

    number, place = case.find(lambda fact: fact["type"] == "account.debited" and "purse" not in fact)
    event = json.loads(case.entries[number][place])
    payer, segment = event["stream"][1], int(event["fact"]["taken"][1] > 0)
    entries = case.with_fact((number, place), spend)
    settled = json.loads(entries[number][2])
    pay(settled["fact"])
    entries[number] = (*entries[number][:2], compact(settled), *entries[number][3:])
    return _insider(case, entries)


def _insider(case: Case, entries: list[Lines]) -> bytes:
    """Sign entries that the ledger's own fold may refuse; the balances are those from before."""
    members = dict(case.members)
    note = REAL.checkpoint(entries)
    members["entries.txt"] = b"".join(b"\n".join(lines) + b"\n\n" for lines in entries)
    return zipped(named_anew({**members, "checkpoint.txt": note}))


@kind("费用单与账户两边不等，真密钥签名", "claim and accounts disagree, signed with the real key")
def one_sided(case: Case) -> bytes:
    def shift(fact: dict[str, Any]) -> None:
        leg = case.random.choice(fact["allocation"]["legs"])
        leg[3] += 1
        no = leg[2]
        for line in fact["request"]["lines"]:
            line["total_fen"] += line["no"] == no

    at = case.find(lambda fact: fact["type"] == "claim.settled" and fact["allocation"]["legs"])
    return _insider(case, case.with_fact(at, shift))


@kind("所述余额作假，真密钥签名", "a stated balance is false, signed with the real key")
def false_left(case: Case) -> bytes:
    return _insider(case, case.with_fact(case.find(_has_left), _more))


@kind("删旧条目而留缺口，真密钥签名", "an old entry dropped, its streams broken, real key")
def dropped_carelessly(case: Case) -> bytes:
    streams = Counter(stream for _, stream, _ in case.events())
    at = [at for at, stream, _ in case.events() if streams[stream] > 1 and at[0] < case.half]
    first = [at[0] for at, stream, _ in case.events() if streams[stream] > 1 and _is_not_last(case, at, stream)]
    if not at or not first:
        raise NotFired
    number = case.random.choice(first)
    return _insider(case, numbered(case.entries[:number] + case.entries[number + 1 :]))


def _is_not_last(case: Case, at: tuple[int, int], stream: tuple[str, str]) -> bool:
    return any(of == stream and where[0] > at[0] for where, of, _ in case.events())


@kind("时刻倒退，真密钥签名", "instants that run backwards, real key")
def backwards(case: Case) -> bytes:
    number = case.random.randrange(1, len(case.entries))
    head = json.loads(case.entries[number][0])
    head["meta"]["recorded_at"] = "2019-01-01T00:00:00Z"
    return _insider(case, case.with_line((number, 0), compact(head)))


@kind("JSON 重复键，真密钥签名", "a name twice in JSON, real key")
def doubled_name(case: Case) -> bytes:
    at = case.find(lambda _: True)
    line = case.entries[at[0]][at[1]].replace(b'"version":', b'"version":1,"version":', 1)
    return _insider(case, case.with_line(at, line))


@kind("数字写法不规范，真密钥签名", "numbers in another form, real key")
def odd_number(case: Case) -> bytes:
    at = case.find(lambda fact: fact["type"].startswith("claim."))
    event = json.loads(case.entries[at[0]][at[1]])
    other = case.random.choice(["{}.0", "{}e0", "0{}", "{}0000000000000000"])
    line = compact(event).replace(
        b'"version":%d' % event["version"], b'"version":' + other.format(event["version"]).encode()
    )
    return _insider(case, case.with_line(at, line))


@kind("JSON 带空格，真密钥签名", "blanks in JSON, real key")
def blanks(case: Case) -> bytes:
    at = case.find(lambda _: True)
    event = json.loads(case.entries[at[0]][at[1]])
    return _insider(case, case.with_line(at, json.dumps(event).encode()))


@kind("应公开而只给哈希", "a line of the whole log withheld")
def hidden_line(case: Case) -> bytes:
    number, place = case.find(lambda _: True)
    lines = list(case.entries[number])
    lines[place] = withheld(lines[place])
    return _blocks(case, [*case.entries[:number], tuple(lines), *case.entries[number + 1 :]])


# -------------------------------------------------------------------------------------- insiders


def _other_institution(fact: dict[str, Any]) -> None:
    fact["request"]["institution"]["id"] = "H-friend"


def _has_request(fact: dict[str, Any]) -> bool:
    return "request" in fact


@kind("内部人改写旧条目，重建并重签", "insider rewrites an old entry, rebuilds, signs", without=False)
def rewritten_before(case: Case) -> bytes:
    at = case.find(_has_request, among=(0, case.half))
    return case.signed(case.with_fact(at, _other_institution))


@kind("内部人抹去旧条目，重编号并重签", "insider drops an old entry, renumbers, signs", without=False)
def dropped_before(case: Case) -> bytes:
    last: dict[tuple[str, str], int] = {}
    money = {at[0] for at, (kind_, _), _ in case.events() if kind_ == "person"}
    for at, stream, _ in case.events():
        last[stream] = at[0]
    ends = [
        number
        for number in range(case.half)
        if number not in money
        and all(last[stream] == number for at, stream, _ in case.events() if at[0] == number)
    ]
    if not ends:
        raise NotFired
    number = case.random.choice(ends)
    return case.signed(numbered(case.entries[:number] + case.entries[number + 1 :]))


@kind("回退到留存检查点之前", "rolled back to before the kept checkpoint", without=False)
def rolled_back(case: Case) -> bytes:
    return case.signed(case.entries[: case.random.randrange(1, case.half)])


@kind("伪造一致性证明（一户之包）", "forged consistency proof (one account)", without=False)
def forged_consistency(case: Case) -> bytes:
    at = case.find(_has_request, among=(0, case.half))
    members = case.of_account(case.with_fact(at, _other_institution))
    name = f"consistency/{case.half}.txt"
    if case.random.randrange(2):
        members[name] = case.of_account()[name]  # that of the honest log
    return zipped(named_anew(members))


@kind("分叉：给两位审计人员看不同的账", "a fork shown to two auditors", without=False, newest=True)
def fork(case: Case) -> bytes:
    at = case.find(_has_request)
    return case.signed(case.with_fact(at, _other_institution))


@kind(
    "内部人改写留存检查点之后的条目",
    "insider rewrites after the kept checkpoint",
    with_kept=False,
    without=False,
)
def rewritten_after(case: Case) -> bytes:
    at = case.find(_has_request, among=(case.half, len(case.entries)))
    return case.signed(case.with_fact(at, _other_institution))


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
    return _changed(case, case.random.choice(names), other)


@kind("规则文件文字改动", "a text in a rule file edited", with_kept=False, without=False)
def edited_rules(case: Case) -> bytes:
    names = [name for name in case.members if name.startswith("rules/")]
    if not names:
        raise NotFired
    name = case.random.choice(names)
    return _changed(case, name, case.members[name].replace(b"}", b',"note":"edited"}'))


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
