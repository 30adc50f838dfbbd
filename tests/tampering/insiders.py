"""Tampering by those who have the real key: what does not add up, and what does."""

from __future__ import annotations

import json
from typing import Any

from tests.tampering.cases import Case, NotFired, compact, numbered
from tests.tampering.kinds import (
    has_left,
    has_request,
    insider,
    kind,
    more_left,
    other_institution,
)
from tests.tampering.pack import named_anew, zipped

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

    number, place = case.find(
        lambda fact: fact["type"] == "account.debited" and "purse" not in fact
    )
    event = json.loads(case.entries[number][place])
    payer, segment = event["stream"][1], int(event["fact"]["taken"][1] > 0)
    entries = case.with_fact((number, place), spend)
    lines = list(entries[number])
    for at, line in enumerate(lines[2:], 2):
        settled = json.loads(line)
        if settled["fact"].get("allocation") and settled["stream"][1] == event["fact"]["claim"]:
            pay(settled["fact"])
            lines[at] = compact(settled)
    entries[number] = tuple(lines)
    return insider(case, entries)


@kind("费用单与账户两边不等，真密钥签名", "claim and accounts disagree, signed with the real key")
def one_sided(case: Case) -> bytes:
    def shift(fact: dict[str, Any]) -> None:
        leg = case.random.choice(fact["allocation"]["legs"])
        leg[3] += 1
        no = leg[2]
        for line in fact["request"]["lines"]:
            line["total_fen"] += line["no"] == no

    at = case.find(lambda fact: fact["type"] == "claim.settled" and fact["allocation"]["legs"])
    return insider(case, case.with_fact(at, shift))


@kind("所述余额作假，真密钥签名", "a stated balance is false, signed with the real key")
def false_left(case: Case) -> bytes:
    return insider(case, case.with_fact(case.find(has_left), more_left))


@kind("删旧条目而留缺口，真密钥签名", "an old entry dropped, its streams broken, real key")
def dropped_carelessly(case: Case) -> bytes:
    last = {stream: at[0] for at, stream, _ in case.events()}
    goes_on = [at[0] for at, stream, _ in case.events() if at[0] < last[stream]]
    if not goes_on:
        raise NotFired
    number = case.random.choice(goes_on)
    return insider(case, numbered(case.entries[:number] + case.entries[number + 1 :]))


@kind("时刻倒退，真密钥签名", "instants that run backwards, real key")
def backwards(case: Case) -> bytes:
    number = case.random.randrange(1, len(case.entries))
    head = json.loads(case.entries[number][0])
    head["meta"]["recorded_at"] = "2019-01-01T00:00:00Z"
    return insider(case, case.with_line((number, 0), compact(head)))


@kind("JSON 重复键，真密钥签名", "a name twice in JSON, real key")
def doubled_name(case: Case) -> bytes:
    at = case.find(lambda _: True)
    line = case.entries[at[0]][at[1]].replace(b'"version":', b'"version":1,"version":', 1)
    return insider(case, case.with_line(at, line))


@kind("数字写法不规范，真密钥签名", "numbers in another form, real key")
def odd_number(case: Case) -> bytes:
    at = case.find(lambda fact: fact["type"].startswith("claim."))
    event = json.loads(case.entries[at[0]][at[1]])
    other = case.random.choice(["{}.0", "{}e0", "0{}", "{}0000000000000000"])
    line = compact(event).replace(
        b'"version":%d' % event["version"], b'"version":' + other.format(event["version"]).encode()
    )
    return insider(case, case.with_line(at, line))


@kind("JSON 带空格，真密钥签名", "blanks in JSON, real key")
def blanks(case: Case) -> bytes:
    at = case.find(lambda _: True)
    event = json.loads(case.entries[at[0]][at[1]])
    return insider(case, case.with_line(at, json.dumps(event).encode()))


# -------------------------------------------------------------------------------------- insiders


@kind(
    "内部人改写旧条目，重建并重签", "insider rewrites an old entry, rebuilds, signs", without=False
)
def rewritten_before(case: Case) -> bytes:
    at = case.find(has_request, among=(0, case.half))
    return case.signed(case.with_fact(at, other_institution))


@kind(
    "内部人抹去旧条目，重编号并重签", "insider drops an old entry, renumbers, signs", without=False
)
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
    at = case.find(has_request, among=(0, case.half))
    members = case.of_account(case.with_fact(at, other_institution))
    name = f"consistency/{case.half}.txt"
    if case.random.randrange(2):
        members[name] = case.of_account()[name]  # that of the honest log
    return zipped(named_anew(members))


@kind("分叉：给两位审计人员看不同的账", "a fork shown to two auditors", without=False, newest=True)
def fork(case: Case) -> bytes:
    at = case.find(has_request)
    return case.signed(case.with_fact(at, other_institution))


@kind(
    "内部人改写留存检查点之后的条目",
    "insider rewrites after the kept checkpoint",
    with_kept=False,
    without=False,
)
def rewritten_after(case: Case) -> bytes:
    at = case.find(has_request, among=(case.half, len(case.entries)))
    return case.signed(case.with_fact(at, other_institution))
