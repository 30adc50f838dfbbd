"""The verifier: what it reads, what it says, and the exit codes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from random import Random
from typing import Any

import gongji_verify
import gongji_verify_cli
import pytest

from tests.projections.histories import random_history
from tests.tampering import pack
from tests.tampering.cases import FORGED, REAL, Case, compact, numbered
from tests.tampering.kinds import insider
from tests.tampering.matrix import verdict


@pytest.fixture(scope="module")
def case() -> Case:
    return Case(11, Random(11))


@pytest.fixture
def files(tmp_path: Path, case: Case) -> Path:
    """A folder with what an auditor has: the package, his key, and the checkpoint he kept."""
    (tmp_path / "all.zip").write_bytes(case.honest)
    (tmp_path / "log.vkey").write_text(f"{REAL.vkey}\n")
    (tmp_path / "kept.txt").write_bytes(case.kept)
    return tmp_path


Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def verify(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Verify:
    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.chdir(files)
        monkeypatch.setattr(sys, "argv", ["gongji-verify", *arguments])
        with pytest.raises(SystemExit) as ended:
            gongji_verify_cli.main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, capsys.readouterr().out

    return call


KEY = ("--key", "log.vkey")


def test_an_honest_package_is_accepted_and_the_page_says_what_was_not_checked(
    verify: Verify, case: Case
) -> None:
    code, page = verify("all.zip", *KEY, "--kept", "kept.txt")
    assert code == 0
    assert re.search(rf"\n +{len(case.entries)}  entries in the signed tree\n", page)
    assert "whether decisions, limits and rights are right" in page
    window = len(case.entries) - case.half
    assert f"Window: {window} entries since the checkpoint you kept (of {case.half})" in page


def test_without_a_kept_checkpoint_the_window_is_the_whole_log(verify: Verify, case: Case) -> None:
    code, page = verify("all.zip", *KEY, "--lang", "zh")
    assert code == 0
    assert "核验通过" in page
    assert f"未给出留存的检查点，全部 {len(case.entries)} 条皆可能" in page


def test_the_report_is_json_too(verify: Verify, case: Case) -> None:
    code, text = verify("all.zip", *KEY, "--kept", "kept.txt", "-O", "json")
    report = json.loads(text)
    assert (code, report["exit"], report["result"]) == (0, 0, "ok")
    assert report["checked"]["entries"] == report["package"]["size"] == len(case.entries)
    assert report["window"]["entries"] == len(case.entries) - case.half
    assert "window" in report["not_checked"]
    assert "rest" not in report["not_checked"]


def test_an_anchor_is_saved_only_from_a_good_package(
    verify: Verify, files: Path, case: Case
) -> None:
    assert verify("all.zip", *KEY, "--save", "anchor.txt")[0] == 0
    assert (files / "anchor.txt").read_bytes() == case.members["checkpoint.txt"]
    (files / "bad.zip").write_bytes(case.honest[:-1])
    assert verify("bad.zip", *KEY, "--save", "bad.txt")[0] == 2
    assert not (files / "bad.txt").exists()


def test_an_anchor_replaces_only_one_that_was_checked_against(
    verify: Verify, files: Path, case: Case
) -> None:
    old = (files / "kept.txt").read_bytes()
    assert verify("all.zip", *KEY, "--save", "kept.txt")[0] == 2
    assert (files / "kept.txt").read_bytes() == old
    assert verify("all.zip", *KEY, "--kept", "kept.txt", "--save", "./kept.txt")[0] == 0
    assert (files / "kept.txt").read_bytes() == case.members["checkpoint.txt"]
    assert not list(files.glob("*.new"))


@pytest.mark.parametrize("failure", [MemoryError(), BrokenProcessPool(), BlockingIOError()])
def test_a_check_that_could_not_run_to_its_end_is_no_verdict(
    verify: Verify, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(_piece: bytes) -> None:
        raise failure

    monkeypatch.setattr(gongji_verify, "read_piece", fail)
    code, text = verify("all.zip", *KEY, "-O", "json")
    assert (code, json.loads(text)["result"]) == (2, "file")


def test_a_fork_is_exit_3_and_both_notes_are_printed(
    verify: Verify, files: Path, case: Case
) -> None:
    entries = [*case.entries[:-1], numbered([*case.entries[:-1], case.entries[0]])[-1]]
    other = REAL.checkpoint(entries)
    (files / "other.txt").write_bytes(other)
    code, page = verify("all.zip", *KEY, "--kept", "other.txt")
    assert code == 3
    assert other.decode() in page
    assert case.members["checkpoint.txt"].decode() in page


def test_tampering_is_exit_1(verify: Verify, files: Path, case: Case) -> None:
    state = case.members["state.json"].replace(b'_fen":', b'_fen":1', 1)
    members = pack.named_anew({**case.members, "state.json": state})
    (files / "bad.zip").write_bytes(pack.zipped(members))
    code, page = verify("bad.zip", *KEY)
    assert (code, page.splitlines()[0]) == (
        1,
        "✗ bad.zip: state.json is not what the events come to",
    )


def test_nothing_in_a_package_moves_the_cursor(verify: Verify, files: Path, case: Case) -> None:
    def name(fact: dict[str, Any]) -> None:
        fact["type"] = "account.\x1b[2J"

    at = case.find(lambda fact: fact["type"].startswith("account."))
    (files / "bad.zip").write_bytes(insider(case, case.with_fact(at, name)))
    code, page = verify("bad.zip", *KEY)
    assert code == 2
    assert "account.\\x1b[2J" in page


@pytest.mark.parametrize(
    ("name", "content", "result"),
    [
        ("log.vkey", b"a+b+c", "key"),
        ("log.vkey", FORGED.vkey.encode(), "unsigned"),
        ("log.vkey", REAL.vkey.replace("+", "+0", 1).encode(), "key"),
        ("log.vkey", b"\xff", "file"),
        ("log.vkey", None, "file"),
        ("kept.txt", b"nothing\n", "not_kept"),
        ("kept.txt", b"\xff", "not_kept"),
        ("kept.txt", None, "file"),
        ("all.zip", b"PK", "zip"),
        ("all.zip", None, "file"),
    ],
)
def test_what_cannot_be_read_is_named(
    verify: Verify, files: Path, name: str, content: bytes | None, result: str
) -> None:
    (files / name).unlink()
    if content is not None:
        (files / name).write_bytes(content)
    code, text = verify("all.zip", *KEY, "--kept", "kept.txt", "-O", "json")
    assert json.loads(text)["result"] == result
    assert code == 2


def test_a_kept_file_of_the_auditors_that_was_damaged_is_named_and_accuses_nobody(
    verify: Verify, files: Path, case: Case
) -> None:
    size = str(case.half).encode()
    (files / "kept.txt").write_bytes(case.kept.replace(size, size + b"1", 1))
    code, page = verify("all.zip", *KEY, "--kept", "kept.txt")
    assert code == 2
    assert page == "✗ all.zip: your file is no checkpoint signed by that key\nkept.txt\n"


@pytest.mark.parametrize(
    ("does", "result"),
    [
        ("exit 0", "ok"),
        ("echo 1 difference; exit 1", "redecided"),
        ("exit 1", "no_gongji"),  # as a program that breaks does
        ("exit 2", "no_gongji"),
        (None, "no_gongji"),
    ],
)
def test_deciding_again_is_left_to_the_installed_ledger(
    verify: Verify,
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    does: str | None,
    result: str,
) -> None:
    if does is not None:
        program = files / "gongji"
        program.write_text(f'#!/bin/sh\n[ "$*" = "audit redecide all.zip" ] || exit 9\n{does}\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(files) if does is not None else "")
    code, text = verify("all.zip", *KEY, "--redecide", "-O", "json")
    report = json.loads(text)
    assert (report["result"], report["exit"]) == (result, code)
    assert ("decisions" in report.get("not_checked", ["decisions"])) == (result != "ok")


# ---------------------------------------------------------------------------- trees and lines


@pytest.mark.parametrize("size", range(1, 20))
def test_proofs_of_rfc_6962_lead_to_the_roots_and_changed_ones_do_not(size: int) -> None:
    leaves = [bytes([number]) * 32 for number in range(1, size + 1)]
    new = gongji_verify.Checkpoint(size, pack.root(leaves), "")
    assert gongji_verify.root_of(leaves) == new.root
    for old in range(size + 1):
        kept = gongji_verify.Checkpoint(old, pack.root(leaves[:old]), "")
        proof = pack.consistency(old, leaves)
        assert gongji_verify.extends(kept, new, proof)
        for wrong in ([*proof, bytes(32)], [bytes(32), *proof[1:]]):
            assert not _holds(kept, new, wrong)
        if old:
            assert not _holds(kept._replace(root=bytes(32)), new, proof)


def _holds(
    old: gongji_verify.Checkpoint, new: gongji_verify.Checkpoint, proof: list[bytes]
) -> bool:
    try:
        return gongji_verify.extends(old, new, proof)
    except gongji_verify.Problem:
        return False


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":1.0}',
        '{"a":1e2}',
        '{"a":-0}',
        '{"a":01}',
        '{"a":NaN}',
        '{"a":9007199254740992}',
        '{"a": 1}',
        '{"a":1}\t',
        '{"a":"\\u0041"}',
        '{"a":"\\/"}',
        '{"a":1}{"a":1}',
        "[" * 100_000,
    ],
)
def test_json_in_another_form_is_refused_whether_it_looks_plain_or_not(text: str) -> None:
    block = text.encode() + b"\n" + text.encode()
    with pytest.raises((gongji_verify.Problem, ValueError, RecursionError)):
        gongji_verify.read_piece(block + b"\n\n")


@pytest.mark.parametrize("text", ['{"a":-1}', '{"a":"a b \\" \\\\ 中"}', '{"a":9007199254740991}'])
def test_json_with_blanks_escapes_signs_and_long_numbers_is_read(text: str) -> None:
    assert gongji_verify.json_of(text.encode(), plain=False) == json.loads(text)


# --------------------------------------------------------------------------- money and seals


@pytest.mark.parametrize("seed", range(12))
def test_money_of_every_kind_is_followed(seed: int) -> None:
    stored = random_history(seed).store.recorder.entries(0, limit=10_000)
    entries = [tuple(each.body.rstrip(b"\n").split(b"\n")) for each in stored]
    # Rule sets made for tests have names that no zip may have, so this one is not zipped.
    report = gongji_verify.verify(pack.members_of(entries, REAL), REAL.vkey, {})
    assert report["checked"]["entries"] == len(entries)
    assert report["checked"]["balances"] > 50


def test_entries_are_read_in_pieces_by_several_processes(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gongji_verify, "PIECES", re.compile(rb"(?s).{1,20000}.*?\n\n"))
    assert verdict(case.honest, case.kept) == "ok"
    broken = case.members["entries.txt"].replace(b'"version":1,', b'"version":1.0,', 1)
    members = pack.named_anew({**case.members, "entries.txt": broken})
    assert verdict(pack.zipped(members), case.kept) == "malformed"


def _sealed(case: Case, **other: object) -> list[pack.Lines]:
    """Give the entries with a seal of all balances at the end."""
    totals: Any = pack.state(case.entries)["totals"]
    wallet = sum(totals[name] for name in totals if name.startswith("wallet"))
    names = ("available_fen", "held_fen", "set_aside_fen")
    fact = {
        "type": "ledger.sealed",
        "effective_on": "2040-01-01",
        "entries": len(case.entries),
        **{name: totals[name] for name in names},
        "wallet_fen": wallet,
        **other,
    }
    event = {"stream": ["ledger", "ledger"], "version": 1, "fact": fact}
    head = json.loads(case.entries[-1][0])
    head["meta"]["recorded_at"] = "2090-01-01T00:00:00Z"
    return numbered([*case.entries, (compact(head), case.entries[-1][1], compact(event))])


def _package(case: Case, entries: list[pack.Lines]) -> bytes:
    state = {**pack.state(case.entries), "size": len(entries)}
    state["position"] = sum(len(lines) - 2 for lines in entries)
    members = dict(case.members)
    members["entries.txt"] = b"".join(b"\n".join(lines) + b"\n\n" for lines in entries)
    members["checkpoint.txt"] = REAL.checkpoint(entries)
    members["state.json"] = pack.canonical(state)
    manifest = json.loads(members["MANIFEST.json"])
    manifest |= {"size": len(entries), "entries": len(entries), "position": state["position"]}
    manifest["events"] += 1
    members["MANIFEST.json"] = pack.canonical(manifest)
    return pack.zipped(pack.named_anew(members))


def test_a_seal_is_held_against_the_balances_before_it(case: Case) -> None:
    assert verdict(_package(case, _sealed(case)), case.kept) == "ok"
    assert verdict(_package(case, _sealed(case, held_fen=10**12)), case.kept) == "seal"


def test_a_fact_about_money_that_is_not_known_is_not_passed_over(case: Case) -> None:
    entries = _sealed(case, type="account.lent")
    assert verdict(_package(case, entries), None) == "newer"
