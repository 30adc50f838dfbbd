"""Forgeries not about hashes: what a package leaves out, pretends, or shows on a screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import gongji_verify_cli
import pytest

from domain.time import parse_instant, service_date_of
from tests.tampering.cases import REAL, Case, compact, numbered
from tests.tampering.matrix import verdict
from tests.tampering.pack import (
    Lines,
    Members,
    base64,
    leaf,
    members_of,
    named_anew,
    path,
    rules_in,
    withheld,
    zipped,
)


@pytest.fixture(scope="module")
def case() -> Case:
    return Case(11, Random(11))


def _day(lines: Lines) -> str:
    recorded_at = json.loads(lines[0])["meta"]["recorded_at"]
    return service_date_of(parse_instant(recorded_at)).isoformat()


def _part(case: Case, scope: Mapping[str, str], carried: dict[int, Lines]) -> Members:
    """Give a package of a part with just these entries, all else made to fit."""
    leaves = [leaf(lines) for lines in case.entries]
    members = members_of(case.entries, REAL)
    del members["state.json"]
    members = {name: data for name, data in members.items() if not name.startswith("rules/")}
    shown = [line for lines in carried.values() for line in lines[2:] if line[:1] == b"{"]
    members |= rules_in(shown)
    members["entries.txt"] = b"".join(b"\n".join(lines) + b"\n\n" for lines in carried.values())
    for number in carried:
        hashes = "".join(f"{base64(each)}\n" for each in path(number - 1, leaves))
        text = f"c2sp.org/tlog-proof@v1\nindex {number - 1}\n{hashes}\n".encode()
        members[f"proofs/{number:09}.tlog-proof"] = text + members["checkpoint.txt"]
    hidden = sum(line[:1] == b"s" for lines in carried.values() for line in lines)
    counts = {"entries": len(carried), "events": len(shown), "withheld": hidden}
    manifest = json.loads(members["MANIFEST.json"]) | counts | {"scope": scope}
    return named_anew(members | {"MANIFEST.json": compact(manifest)})


def _head(lines: Lines) -> Lines:
    return (lines[0], *map(withheld, lines[1:]))


# ------------------------------------------------------------------------------------- a period


def _period(case: Case) -> tuple[dict[str, str], dict[int, Lines]]:
    """Give the days from the middle on, and what an honest package of them carries."""
    numbers = dict(enumerate(case.entries, 1))
    first = _day(case.entries[len(case.entries) // 2])
    scope = {"kind": "period", "from": first, "to": _day(case.entries[-1])}
    inside = {number: lines for number, lines in numbers.items() if _day(lines) >= first}
    before = min(inside) - 1
    return scope, {before: _head(numbers[before]), **inside}


def test_a_whole_period_is_accepted_and_one_that_lacks_something_is_not(case: Case) -> None:
    scope, carried = _period(case)
    newest, (before, first, *_) = len(case.entries), carried
    assert verdict(zipped(_part(case, scope, carried)), None) == "ok"
    left_out = {
        "all but the last": {newest: carried[newest]},
        "the first": {number: carried[number] for number in carried if number > first},
        "the neighbour before": {number: carried[number] for number in carried if number > before},
        "the last": {number: carried[number] for number in carried if number < newest},
        "everything": {before: carried[before]},
        "one in between": {n: carried[n] for n in carried if n != (first + newest) // 2},
    }
    found = {what: verdict(zipped(_part(case, scope, of)), None) for what, of in left_out.items()}
    assert found == dict.fromkeys(left_out, "order")


def test_a_period_at_the_beginning_ends_with_a_neighbour_behind_it(case: Case) -> None:
    last = _day(case.entries[len(case.entries) // 2])
    scope = {"kind": "period", "from": _day(case.entries[0]), "to": last}
    numbers = dict(enumerate(case.entries, 1))
    inside = {number: lines for number, lines in numbers.items() if _day(lines) <= last}
    behind = max(inside) + 1
    whole = {**inside, behind: _head(numbers[behind])}
    assert verdict(zipped(_part(case, scope, whole)), None) == "ok"
    assert verdict(zipped(_part(case, scope, inside)), None) == "order"
    assert verdict(zipped(_part(case, scope, {1: inside[1]})), None) == "order"


# ------------------------------------------------------------------------ an account, a claim, all


def test_a_package_is_of_the_account_or_claim_that_it_says(case: Case) -> None:
    assert verdict(zipped(case.of_account()), case.kept) == "ok"
    for scope in ({"kind": "account", "person": "nobody"}, {"kind": "claim", "claim": "C-none"}):
        members = case.of_account()
        manifest = json.loads(members["MANIFEST.json"]) | {"scope": scope}
        forged = zipped(named_anew(members | {"MANIFEST.json": compact(manifest)}))
        assert verdict(forged, case.kept) == "gap"


def test_a_package_of_a_part_has_no_balances_that_nobody_recomputes(case: Case) -> None:
    rich = json.loads(case.members["state.json"])
    rich["totals"]["available_fen"] += 10**9
    forged = named_anew(case.of_account() | {"state.json": compact(rich)})
    assert verdict(zipped(forged), case.kept) == "state"


def test_nothing_is_withheld_from_a_package_of_everything_whatever_the_year(case: Case) -> None:
    *before, (head, *rest) = case.entries
    late = json.loads(head)
    late["meta"]["recorded_at"] = "9300-01-01T00:00:00Z"
    entries = [*before, (compact(late), *rest)]
    honest = members_of(entries, REAL)
    assert verdict(zipped(honest), case.kept) == "ok"
    hidden = [*before, _head(entries[-1])]
    shown = [line for lines in before for line in lines[2:]]
    members = honest | {"entries.txt": b"".join(b"\n".join(each) + b"\n\n" for each in hidden)}
    members = {name: data for name, data in members.items() if not name.startswith("rules/")}
    manifest = json.loads(members["MANIFEST.json"])
    manifest |= {"events": len(shown), "withheld": len(rest)}
    members |= rules_in(shown) | {"MANIFEST.json": compact(manifest)}
    assert verdict(zipped(named_anew(members)), case.kept) == "order"


def test_a_manifest_has_its_own_names_whole_numbers_and_an_origin_of_one_line(case: Case) -> None:
    size = len(case.entries)
    lies: list[dict[str, Any]] = [
        {"size": float(size)},
        {"entries": str(size)},
        {"withheld": False},
        {"origin": f"{REAL.origin}\n{size}"},
        {"result": "ok"},
    ]
    for lie in lies:
        manifest = json.loads(case.members["MANIFEST.json"]) | lie
        forged = named_anew(case.members | {"MANIFEST.json": compact(manifest)})
        assert verdict(zipped(forged), case.kept) == "manifest", lie


@pytest.mark.parametrize(
    ("entries", "more", "result"), [(0, 0, "ok"), (9, 0, "ok"), (9, 1, "seal")]
)
def test_a_seal_of_a_past_moment_is_recomputed(
    case: Case, entries: int, more: int, result: str
) -> None:
    past = members_of(case.entries[:entries], REAL)["state.json"]
    totals = json.loads(past)["totals"]
    fact = {"type": "ledger.sealed", "effective_on": "2040-01-01", "entries": entries}
    fact |= {name: totals[name] for name in ("available_fen", "held_fen", "set_aside_fen")}
    fact["wallet_fen"] = more + sum(totals[name] for name in totals if name.startswith("wallet"))
    head = json.loads(case.entries[-1][0])
    event = compact({"stream": ["ledger", "ledger"], "version": 1, "fact": fact})
    sealed = numbered([*case.entries, (compact(head), case.entries[-1][1], event)])
    members = members_of(case.entries, REAL)
    state = json.loads(members["state.json"])
    position = state["position"] + 1
    state |= {"size": len(sealed), "position": position}
    manifest = json.loads(members["MANIFEST.json"])
    manifest |= {"size": len(sealed), "entries": len(sealed), "position": position}
    manifest["events"] += 1
    members |= {
        "entries.txt": b"".join(b"\n".join(lines) + b"\n\n" for lines in sealed),
        "checkpoint.txt": REAL.checkpoint(sealed),
        "state.json": json.dumps(state, sort_keys=True, separators=(",", ":")).encode(),
        "MANIFEST.json": compact(manifest),
    }
    assert verdict(zipped(named_anew(members)), case.kept) == result


# --------------------------------------------------------------------------- time, and the screen


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n\n", b"x"])
def test_lines_without_an_end_take_no_long_search(case: Case, end: bytes) -> None:
    long = b'{"entry":1,"pad":"' + b"x" * 3_000_000 + b'"}' + end
    forged = named_anew(case.members | {"entries.txt": long})
    assert verdict(zipped(forged), None) == "malformed"


@pytest.mark.parametrize(
    "written",
    ["\x1b[2A\x1b[2K✓ all.zip: verified", "x\n✓ all.zip: verified", "\u202edeifirev", "\ud800"],
)
def test_what_a_forger_wrote_cannot_pass_for_a_verdict(case: Case, written: str) -> None:
    *lines, last = case.entries[0]
    event = json.loads(last)
    event |= {"stream": ["person", written], "version": 7}
    forged_line = json.dumps(event, separators=(",", ":")).encode()
    entries = [(*lines, forged_line), *case.entries[1:]]
    data = b"".join(b"\n".join(each) + b"\n\n" for each in entries)
    report = gongji_verify_cli.judge(
        zipped(named_anew(case.members | {"entries.txt": data})), REAL.vkey, {}
    )
    assert report["result"] in ("gap", "malformed")
    page = list(gongji_verify_cli.page(report | {"exit": 1, "file": "bad.zip"}, 2))
    assert len(page) == 1 + len(report["facts"])
    assert all(line.isprintable() for line in page)
    assert all(line.encode() for line in page)
