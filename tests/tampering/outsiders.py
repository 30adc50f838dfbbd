"""Tampering by those who have no key, with other ledgers, and with packages of a hostile form."""

from __future__ import annotations

from io import BytesIO
from warnings import catch_warnings, simplefilter
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tests.tampering.cases import FORGED, ORIGIN, Case, history, numbered
from tests.tampering.kinds import blocks, changed, has_left, kind, more_left
from tests.tampering.pack import Signer, members_of, named_anew, plain, withheld, zipped

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
    return changed(case, "entries.txt", bytes(data))


@kind("改动金额", "an amount changed")
def changed_amount(case: Case) -> bytes:
    entries = case.with_fact(case.find(has_left), more_left)
    data = b"".join(b"\n".join(lines) + b"\n\n" for lines in entries)
    return changed(case, "entries.txt", data)


@kind("删去中间一条", "an entry in the middle deleted")
def deleted_middle(case: Case) -> bytes:
    place = case.random.randrange(1, len(case.entries) - 1)
    return blocks(case, case.entries[:place] + case.entries[place + 1 :])


@kind("删去末尾", "the tail deleted")
def deleted_tail(case: Case) -> bytes:
    return blocks(case, case.entries[: case.random.randrange(1, len(case.entries))])


@kind("插入一条", "an entry inserted")
def inserted(case: Case) -> bytes:
    place = case.random.randrange(len(case.entries))
    return blocks(case, numbered([*case.entries[:place], *case.entries[place - 1 :]]))


@kind("对调两条", "two entries swapped")
def swapped(case: Case) -> bytes:
    place = case.random.randrange(len(case.entries) - 1)
    first, second = case.entries[place : place + 2]
    return blocks(case, [*case.entries[:place], second, first, *case.entries[place + 2 :]])


@kind("删去一行事件", "one line of an entry removed")
def removed_line(case: Case) -> bytes:
    number, place = case.find(lambda _: True)
    lines = case.entries[number]
    fewer = (*lines[:place], *lines[place + 1 :])
    return blocks(case, [*case.entries[:number], fewer, *case.entries[number + 1 :]])


@kind("改动检查点的大小", "the size in the checkpoint edited")
def edited_size(case: Case) -> bytes:
    size = str(len(case.entries)).encode()
    note = case.members["checkpoint.txt"]
    return changed(case, "checkpoint.txt", note.replace(b"\n" + size, b"\n1" + size, 1))


@kind("去掉签名", "the signature stripped")
def stripped_signature(case: Case) -> bytes:
    note = case.members["checkpoint.txt"]
    return changed(case, "checkpoint.txt", note[: note.index("—".encode())])


@kind("别的密钥重签", "rebuilt and signed with another key of the same name")
def other_key(case: Case) -> bytes:
    return zipped(members_of(case.entries, FORGED))


@kind("改动 state.json", "state.json changed")
def changed_state(case: Case) -> bytes:
    state = case.members["state.json"].decode()
    return changed(case, "state.json", state.replace('_fen":', '_fen":1', 1).encode())


@kind("应公开而只给哈希", "a line of the whole log withheld")
def hidden_line(case: Case) -> bytes:
    number, place = case.find(lambda _: True)
    lines = list(case.entries[number])
    lines[place] = withheld(lines[place])
    return blocks(case, [*case.entries[:number], tuple(lines), *case.entries[number + 1 :]])


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
