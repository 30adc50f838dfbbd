"""Checkpoints, notes, keys and proofs as texts: written in one way, read in no other."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import Text
from ledger.log.notes import (
    BadNote,
    Checkpoint,
    InclusionProof,
    Note,
    Signature,
    VerifierKey,
    from_base64,
    is_name,
    read_checkpoint,
    read_key,
    read_note,
    read_proof,
)
from tests.house import incomplete_texts

KEY = VerifierKey("example.cn/gongji/310000", bytes(range(32)))
CHECKPOINT = Checkpoint(KEY.name, 1_000_000, bytes(32))
NOTE = Note(CHECKPOINT.text, (Signature(KEY.name, KEY.key_id, b"s" * 64),))
PROOF = InclusionProof(39, [b"a" * 32, b"b" * 32], NOTE.written)


def test_a_checkpoint_is_three_lines() -> None:
    assert CHECKPOINT.text == (
        f"example.cn/gongji/310000\n1000000\n{b64encode(bytes(32)).decode()}\n"
    )
    assert read_checkpoint(CHECKPOINT.text) == CHECKPOINT


def test_a_note_is_its_text_an_empty_line_and_signatures() -> None:
    signed = b64encode(KEY.key_id + b"s" * 64).decode()
    assert NOTE.written == f"{CHECKPOINT.text}\n— example.cn/gongji/310000 {signed}\n"
    assert read_note(NOTE.written) == NOTE


def test_a_note_of_somebody_else_is_read_with_all_its_signatures() -> None:
    """The example of the specification, c2sp.org/signed-note."""
    written = (
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera."
        "\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKO"
        "NrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    )
    note = read_note(written)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    ((name, key_id, value),) = note.signatures
    assert (name, key_id.hex(), len(value)) == ("quasimodo.example/salvatore", "367ba04b", 64)
    assert note.written == written


def test_a_proof_is_the_form_of_c2sp() -> None:
    hashes = [b64encode(letter * 32).decode() for letter in (b"a", b"b")]
    lines = ["c2sp.org/tlog-proof@v1", "index 39", *hashes, "", NOTE.written]
    assert PROOF.written == "\n".join(lines)
    assert read_proof(PROOF.written) == PROOF
    with_extra = PROOF.written.replace("index", "extra AAAA\nindex", 1)
    assert read_proof(with_extra) == PROOF
    assert read_proof(PROOF._replace(hashes=[]).written).hashes == []


def test_a_key_is_its_name_its_id_and_its_bytes() -> None:
    name, key_id, public = KEY.written.split("+", 2)
    assert (name, len(key_id)) == (KEY.name, 8)
    assert public == b64encode(b"\x01" + bytes(range(32))).decode()
    assert read_key(f"{KEY.written}\n") == KEY


def test_the_key_of_a_published_log_has_its_published_id() -> None:
    """The checksum database of Go, sum.golang.org, whose key comes with its tools."""
    written = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    key = read_key(written)
    assert key.key_id.hex() == "033de0ae"
    assert key.written == written


@pytest.mark.parametrize("name", ["a", "example.cn/log", "gongji-ledger/1f0a9c3e", "共济"])
def test_a_name_is_one_word(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\N{NO-BREAK SPACE}b", "a\x00"])
def test_what_has_spaces_or_a_plus_is_no_name(name: str) -> None:
    assert not is_name(name)


SIGNED = NOTE.written.splitlines()[-1]
BAD: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "note": (
        read_note,
        [
            "",
            "\n\n",
            CHECKPOINT.text,
            NOTE.written.rstrip("\n"),
            NOTE.written + "\n",
            NOTE.written.replace("\n\n", "\n"),
            NOTE.written.replace("— ", "- "),
            NOTE.written.replace("— example.cn/gongji/310000", "— "),
            NOTE.written.replace("— example.cn/gongji", "— a+b"),
            NOTE.written.replace("1000000", "10000\t00"),
            f"text\n\n{SIGNED[:-2]}\n",
            "text\n\n— name AAAAAA==\n",
            "text\n\n— name not base64\n",
            "text\n\n— name 中文\n",
            "text\n\n— name\n",
            "text\n\n" + f"{SIGNED}\n" * 65,
        ],
    ),
    "checkpoint": (
        read_checkpoint,
        [
            "",
            CHECKPOINT.text.rstrip("\n"),
            CHECKPOINT.text + "more\n",
            CHECKPOINT.text.replace("example.cn/gongji", "example cn"),
            CHECKPOINT.text.replace("1000000", "01000000"),
            CHECKPOINT.text.replace("1000000", "-1"),
            CHECKPOINT.text.replace("1000000", "１"),  # noqa: RUF001  # another digit
            CHECKPOINT.text.replace("1000000", "1e6"),
            CHECKPOINT.text.replace("=", ""),
            CHECKPOINT.text.replace("AAA=", "AAB="),
            f"{KEY.name}\n1\n{b64encode(bytes(31)).decode()}\n",
        ],
    ),
    "key": (
        read_key,
        [
            "",
            "name",
            "name+12345678",
            KEY.written.replace("example", "example two"),
            KEY.written.replace("example", "elsewhere"),
            KEY.written[:-4],
            KEY.written.replace("+AQ", "+BA"),
        ],
    ),
    "proof": (
        read_proof,
        [
            "",
            NOTE.written,
            PROOF.written.replace("@v1", "@v2"),
            PROOF.written.replace("index 39", "index 039"),
            PROOF.written.replace("index 39\n", ""),
            PROOF.written.replace("YWFh", "YWF", 1),
        ],
    ),
}


@pytest.mark.parametrize(
    ("read", "written"), [(read, each) for read, several in BAD.values() for each in several]
)
def test_what_is_written_otherwise_is_not_read(read: Callable[[str], object], written: str) -> None:
    with pytest.raises(BadNote) as bad:
        read(written)
    assert incomplete_texts([bad.value.says]) == []
    assert str(bad.value) == bad.value.says.en


@given(st.binary(max_size=70))
def test_base64_has_one_spelling(data: bytes) -> None:
    written = b64encode(data).decode()
    assert from_base64(written) == from_base64(written, size=len(data)) == data
    for wrong in (f"{written} ", f"{written}\n", f"{written}="):
        with pytest.raises(BadNote):
            from_base64(wrong)


def test_a_bad_note_says_why() -> None:
    assert BadNote(Text("错", "wrong")).says.zh == "错"
