"""The log's key: kept once, read back, and nothing but its own signature is believed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ledger.errors import LogKeyMissing, StoreUnreachable
from ledger.log.notes import (
    PUBLIC_KEY,
    BadNote,
    Checkpoint,
    Note,
    VerifierKey,
    public_key_in,
    read_key,
)
from ledger.log.signing import (
    KEY,
    LogKey,
    new_key,
    read_own_key,
    verified,
    write_key,
)

SECRET = bytes(range(32))
OURS = new_key(SECRET, name="example.cn/log")
OTHERS = new_key(bytes(32), name="example.cn/log")
SIGNED = OURS.sign(size=7, root=b"r" * 32)


def test_what_was_signed_is_verified() -> None:
    expected = Checkpoint("example.cn/log", 7, b"r" * 32)
    assert verified(SIGNED.written, OURS.verifier) == expected
    assert OURS.sign(size=7, root=b"r" * 32) == SIGNED


def test_a_key_of_the_standard_signs_as_the_standard_says() -> None:
    """RFC 8032, section 7.1, TEST 2: the public key of a secret key."""
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert new_key(seed).verifier.public.hex() == public


def test_a_log_without_a_name_is_called_after_its_key() -> None:
    key = new_key(SECRET)
    assert key.name.startswith("gongji-ledger/")
    assert len(key.name) == len("gongji-ledger/") + 8
    assert new_key(bytes(32)).name != key.name


def test_a_key_is_kept_for_its_owner_and_never_replaced(tmp_path: Path) -> None:
    write_key(tmp_path, OURS)
    assert read_own_key(tmp_path) == OURS
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600
    assert read_key((tmp_path / PUBLIC_KEY).read_text(encoding="utf-8")) == OURS.verifier
    assert public_key_in(tmp_path) == OURS.verifier
    with pytest.raises(FileExistsError):
        write_key(tmp_path, OTHERS)
    assert read_own_key(tmp_path) == OURS


def test_a_key_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LogKeyMissing, match=KEY):
        read_own_key(tmp_path)
    assert public_key_in(tmp_path) is None
    (tmp_path / PUBLIC_KEY).write_text("none", encoding="utf-8")
    assert public_key_in(tmp_path) is None


@pytest.mark.parametrize(
    "written",
    [
        "",
        "PRIVATE+KEY+",
        OURS.verifier.written,
        OURS.written.replace("example", "elsewhere"),
        OURS.written.replace("example.cn", "example cn"),
        OURS.written[:-4],
        OURS.written.removeprefix("PRIVATE+KEY+"),
        LogKey("a b", SECRET).written,
        "中文",
    ],
)
def test_what_is_no_key_is_not_signed_with(tmp_path: Path, written: str) -> None:
    (tmp_path / KEY).write_text(written, encoding="utf-8")
    with pytest.raises(StoreUnreachable, match="no private key of a log"):
        read_own_key(tmp_path)


def test_a_key_that_cannot_be_read_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / KEY).write_bytes(b"\xff")
    with pytest.raises(StoreUnreachable, match="utf-8"):
        read_own_key(tmp_path)
    (tmp_path / KEY).unlink()
    (tmp_path / KEY).mkdir()
    with pytest.raises(StoreUnreachable):
        read_own_key(tmp_path)


def test_every_flipped_bit_of_a_signature_or_a_text_is_noticed() -> None:
    (signature,) = SIGNED.signatures
    for bit in range(0, 512, 11):
        value = bytearray(signature.value)
        value[bit >> 3] ^= 1 << (bit & 7)
        forged = Note(SIGNED.text, (signature._replace(value=bytes(value)),))
        with pytest.raises(BadNote, match="does not fit"):
            verified(forged.written, OURS.verifier)
    for other in (SIGNED.text.replace("7", "8"), SIGNED.text.replace("cnJy", "cnJz", 1)):
        with pytest.raises(BadNote, match="does not fit"):
            verified(Note(other, SIGNED.signatures).written, OURS.verifier)


def test_a_note_of_another_log_or_key_is_not_ours() -> None:
    another = new_key(SECRET, name="example.cn/log2").sign(size=7, root=b"r" * 32)
    forged = Note(another.text, OURS.sign(size=7, root=b"r" * 32).signatures)
    for note in (OTHERS.sign(size=7, root=b"r" * 32), another):
        with pytest.raises(BadNote, match="did not sign"):
            verified(note.written, OURS.verifier)
    with pytest.raises(BadNote, match="does not fit"):
        verified(forged.written, OURS.verifier)


def test_a_checkpoint_of_another_origin_is_not_ours_though_our_key_signed_it() -> None:
    text = Checkpoint("example.cn/other", 7, b"r" * 32).text
    value = LogKey.sign(OURS._replace(name="example.cn/other"), size=7, root=b"r" * 32)
    (signature,) = value.signatures
    ours = signature._replace(name=OURS.name, key_id=OURS.verifier.key_id)
    with pytest.raises(BadNote, match="did not sign"):
        verified(Note(text, (ours,)).written, OURS.verifier)


def test_other_signatures_beside_ours_do_not_matter() -> None:
    both = Note(SIGNED.text, (*OTHERS.sign(size=7, root=b"r" * 32).signatures, *SIGNED.signatures))
    assert verified(both.written, OURS.verifier).size == 7


def test_a_key_that_is_no_point_verifies_nothing() -> None:
    wrong = VerifierKey(OURS.name, b"\xff" * 32)
    (signature,) = SIGNED.signatures
    note = Note(SIGNED.text, (signature._replace(key_id=wrong.key_id),))
    with pytest.raises(BadNote, match="does not fit"):
        verified(note.written, wrong)
