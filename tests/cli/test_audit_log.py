"""`gongji audit key`, `checkpoint` and `prove`: what leaves the house, and what it shows."""

from __future__ import annotations

import stat
from base64 import b64decode
from pathlib import Path

import pytest

from ledger.log.notes import PUBLIC_KEY, read_key, read_proof
from ledger.log.proofs import verify_inclusion
from ledger.log.signing import KEY, verified
from ledger.log.tree import leaf_hash
from tests.cli.books import CLAIM, call, data, done
from tests.ledger.tampering import edit_events


@pytest.fixture
def signing(family: Path) -> Path:
    """Give the store of the family, with a key."""
    done(family, "audit", "key", "--origin", "example.cn/gongji/420100")
    return family


def settle(store: Path, folder: Path) -> str:
    """Settle the claim of the family and give the settlement's id."""
    path = folder / "claim.yaml"
    path.write_text(CLAIM, encoding="utf-8")
    (row,) = data(store, "claim", "settle", str(path))["rows"]
    return str(row["settlement"])


def test_a_key_is_made_once_and_shown_again(family: Path) -> None:
    (made,) = data(family, "audit", "key")["rows"]
    (again,) = data(family, "audit", "key")["rows"]
    assert (made["made"], again["made"]) == (True, False)
    assert {**made, "made": False} == again
    key = read_key((family / PUBLIC_KEY).read_text(encoding="utf-8"))
    assert (key.name, key.key_id.hex(), key.written) == (
        made["origin"],
        made["key_id"],
        made["vkey"],
    )
    assert stat.S_IMODE((family / KEY).stat().st_mode) == 0o600
    (family / PUBLIC_KEY).unlink()
    done(family, "audit", "key", "--origin", made["origin"])
    assert (family / PUBLIC_KEY).read_text(encoding="utf-8") == f"{made['vkey']}\n"


def test_two_stores_have_two_keys(family: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    done(other, "store", "init")
    keys = [data(store, "audit", "key")["rows"][0]["vkey"] for store in (family, other)]
    assert keys[0] != keys[1]


def test_a_log_keeps_its_name(signing: Path) -> None:
    result = call(signing, "audit", "key", "--origin", "example.cn/other")
    assert result.exit_code == 2
    assert "example.cn/gongji/420100" in result.stderr


def test_a_name_with_spaces_is_no_name(family: Path) -> None:
    result = call(family, "audit", "key", "--origin", "my log")
    assert result.exit_code == 2
    assert "no spaces" in result.stderr
    assert not (family / KEY).exists()


@pytest.mark.parametrize("command", [("checkpoint",), ("prove", "entry:1")])
def test_without_a_key_nothing_is_signed(family: Path, command: tuple[str, ...]) -> None:
    result = call(family, "audit", *command)
    assert result.exit_code == 2
    assert "gongji audit key" in result.stderr


@pytest.mark.parametrize("command", ["checkpoint", "prove entry:1", "evidence x.zip"])
def test_where_there_is_no_store_its_key_is_not_what_is_missing(
    tmp_path: Path, command: str
) -> None:
    result = call(tmp_path / "none", "audit", *command.split(), "--lang", "en")
    assert result.exit_code == 2
    assert "There is no store" in result.stderr


def test_a_checkpoint_that_was_kept_is_never_overwritten(signing: Path, tmp_path: Path) -> None:
    out = tmp_path / "march.txt"
    done(signing, "audit", "checkpoint", "--out", str(out))
    kept = out.read_bytes()
    done(signing, "account", "credit", "P", "10")
    result = call(signing, "audit", "checkpoint", "--out", str(out), "--lang", "en")
    assert result.exit_code == 2
    assert "choose another name" in result.stderr
    assert out.read_bytes() == kept


def test_a_checkpoint_is_the_root_of_everything_so_far(signing: Path, tmp_path: Path) -> None:
    out = tmp_path / "now.txt"
    (row,) = data(signing, "audit", "checkpoint", "--out", str(out))["rows"]
    key = read_key((signing / PUBLIC_KEY).read_text(encoding="utf-8"))
    found = verified(out.read_text(encoding="utf-8"), key)
    assert (found.origin, found.size, found.root) == (
        "example.cn/gongji/420100",
        row["size"],
        b64decode(row["root"]),
    )
    assert row["note"] == out.read_text(encoding="utf-8")
    assert (signing / "checkpoints" / f"{row['size']}.txt").read_bytes() == out.read_bytes()
    assert done(signing, "check", "log").exit_code == 0
    shown = done(signing, "audit", "checkpoint", "--lang", "en").stdout
    assert row["note"].rstrip("\n") in shown
    assert "outside the house" in shown


def test_a_later_checkpoint_extends_an_older_one(signing: Path, tmp_path: Path) -> None:
    out = tmp_path / "then.txt"
    (then,) = data(signing, "audit", "checkpoint", "--out", str(out))["rows"]
    (same,) = data(signing, "audit", "checkpoint", "--kept", str(out))["rows"]
    assert same["extension"] == "same"
    done(signing, "account", "credit", "P", "10")
    (later,) = data(signing, "audit", "checkpoint", "--kept", str(out))["rows"]
    assert (later["extension"], later["kept_size"]) == ("extends", then["size"])
    assert later["size"] == then["size"] + 1


def test_a_rewritten_history_is_a_fork_and_is_not_signed_over(
    signing: Path, tmp_path: Path
) -> None:
    out, new = tmp_path / "then.txt", tmp_path / "now.txt"
    done(signing, "audit", "checkpoint", "--out", str(out))
    edit_events(signing, "account.credited", lambda line: line["fact"].update(effective_on="x"))
    words = ("audit", "checkpoint", "--kept", str(out), "--out", str(new), "--lang", "en")
    result = call(signing, *words)
    assert result.exit_code == 1
    assert "a fork: history was rewritten" in result.stdout
    assert out.read_text(encoding="utf-8").rstrip("\n") in result.stdout
    assert "keep both" in result.stdout
    assert not new.exists()
    assert (signing / "checkpoints" / "20.txt").read_bytes() == out.read_bytes()
    assert call(signing, "check", "log").exit_code == 1


def test_a_checkpoint_of_another_log_is_not_compared(signing: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    done(other, "store", "init")
    done(other, "audit", "key", "--origin", "example.cn/gongji/420100")
    out = tmp_path / "other.txt"
    done(other, "audit", "checkpoint", "--out", str(out))
    for written in (out.read_bytes(), b"nothing", b"\xff"):
        out.write_bytes(written)
        result = call(signing, "audit", "checkpoint", "--kept", str(out))
        assert result.exit_code == 2
        assert str(out) in result.stderr


@pytest.mark.parametrize("subject", ["settlement", "claim", "entry"])
def test_a_proof_leads_from_the_lines_to_the_signed_root(
    signing: Path, tmp_path: Path, subject: str
) -> None:
    settlement = settle(signing, tmp_path)
    entry = data(signing, "audit", "prove", f"settlement:{settlement}")["rows"][0]["entry"]
    done(signing, "account", "credit", "P", "10")
    named = {"settlement": settlement, "claim": "C1", "entry": str(entry)}[subject]
    out, lines = tmp_path / "p.tlog-proof", tmp_path / "lines.txt"
    words = ("audit", "prove", f"{subject}:{named}", "--out", str(out), "--lines", str(lines))
    (row,) = data(signing, *words)["rows"]
    assert row["entry"] == entry
    assert row["proof"] == out.read_text(encoding="utf-8")
    proof = read_proof(row["proof"])
    key = read_key((signing / PUBLIC_KEY).read_text(encoding="utf-8"))
    checkpoint = verified(proof.note, key)
    assert settlement.encode() in lines.read_bytes()
    assert proof.leaf_index == entry - 1
    assert verify_inclusion(
        proof.hashes,
        leaf=leaf_hash(lines.read_bytes()),
        index=proof.leaf_index,
        size=checkpoint.size,
        root=checkpoint.root,
    )
    assert len(row["proof"]) < 2_000


def test_of_a_claim_the_newest_entry_is_proved(signing: Path, tmp_path: Path) -> None:
    settlement = settle(signing, tmp_path)
    done(signing, "claim", "cancel", settlement)
    first, last = (
        data(signing, "audit", "prove", subject)["rows"][0]["entry"]
        for subject in (f"settlement:{settlement}", "claim:C1")
    )
    assert last == first + 1
    shown = done(signing, "audit", "prove", "claim:C1", "--lang", "en").stdout
    assert "c2sp.org/tlog-proof@v1" in shown


@pytest.mark.parametrize(
    "subject",
    ["entry:0", "entry:999", "claim:C9", "settlement:S-C9-1", "entry:x", "person:P", "claim:", "x"],
)
def test_what_is_not_there_is_not_proved(signing: Path, subject: str) -> None:
    result = call(signing, "audit", "prove", subject)
    assert result.exit_code == 2
    assert subject in result.stderr


def test_another_settlement_of_a_claim_is_not_proved(signing: Path, tmp_path: Path) -> None:
    settle(signing, tmp_path)
    assert call(signing, "audit", "prove", "settlement:S-C1-7").exit_code == 2


def test_the_status_of_a_store_says_its_root(signing: Path) -> None:
    (row,) = data(signing, "audit", "checkpoint")["rows"]
    found = data(signing, "store", "status")
    assert found["log"] == {"origin": row["origin"], "size": row["size"], "root": row["root"]}
    shown = done(signing, "store", "status", "--lang", "en").stdout
    assert row["root"] in shown


def test_the_status_of_a_store_without_a_key_has_a_root_and_no_origin(family: Path) -> None:
    found = data(family, "store", "status")["log"]
    assert found["origin"] is None
    assert found["size"] == 20
    assert "the log has no key yet" in done(family, "store", "status", "--lang", "en").stdout
