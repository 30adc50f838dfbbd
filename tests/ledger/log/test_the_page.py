"""The forty lines on the page `docs/log.md` verify what the ledger says, and nothing else."""

from __future__ import annotations

import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.log.notes import InclusionProof
from ledger.log.signing import new_key
from ledger.log.tree import leaf_hash
from ledger.store import Store
from tests.ledger.log.test_reading import grown

PAGE = (Path(__file__).parents[3] / "docs" / "log.md").read_text(encoding="utf-8")
KEY = new_key(bytes(32))


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """Give what the program on the page defines."""
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    counted = [line for line in program.splitlines() if line]
    assert len(counted) <= 40
    found: dict[str, Any] = {}
    exec(program, found)  # noqa: S102  # it is what the page tells auditors to run
    return found


def lines_of(body: bytes) -> list[bytes]:
    return body.rstrip(b"\n").split(b"\n")


def test_the_program_comes_to_the_same_leaves_and_roots(page: dict[str, Any], store: Store) -> None:
    grown(store.recorder, 300)
    entries = store.recorder.entries(0, limit=300)
    leaves = [page["leaf"](lines_of(entry.body)) for entry in entries]
    assert leaves == [entry.leaf for entry in entries]
    log = store.recorder.log()
    for size in range(301):
        assert page["root"](leaves[:size]) == log.root(size)


def test_the_program_takes_a_hash_for_a_line_that_is_withheld(page: dict[str, Any]) -> None:
    lines = [b'{"entry":1,"last":1}', b"{}", b'{"stream":1}']
    for n in range(3):
        shown = list(lines)
        shown[n] = b"sha256:" + sha256(lines[n]).hexdigest().encode()
        assert page["leaf"](shown) == leaf_hash(b"\n".join(lines) + b"\n")
        shown[n] = b"sha256:" + bytes(32).hex().encode()
        assert page["leaf"](shown) != leaf_hash(b"\n".join(lines) + b"\n")


def test_the_program_verifies_every_proof_and_no_other(page: dict[str, Any], store: Store) -> None:
    leaves = grown(store.recorder, 70)
    log = store.recorder.log()
    for size in (1, 2, 3, 7, 64, 65, 70):
        for number in range(1, size + 1):
            proof = log.inclusion(number, size=size)
            found = page["root_from"](leaves[number - 1], number - 1, size, proof)
            assert found == log.root(size)
            assert (
                page["root_from"](leaves[number - 1], number - 1, size, [*proof, bytes(32)]) is None
            )
            if number > 1:
                assert page["root_from"](leaves[number - 1], number - 2, size, proof) != found


def test_the_program_reads_checkpoints_and_proofs(page: dict[str, Any], store: Store) -> None:
    leaves = grown(store.recorder, 40)
    log = store.recorder.log()
    note = KEY.sign(size=40, root=log.root()).written
    written = InclusionProof(7, log.inclusion(8), note).written
    above, _, below = written.partition("\n\n")
    size, root = page["checkpoint"](below, KEY.verifier.written)
    hashes = [b64decode(line) for line in above.splitlines()[2:]]
    assert (size, root) == (40, log.root())
    assert page["root_from"](leaves[7], 7, size, hashes) == root
    for wrong in (
        note.replace("\n40\n", "\n41\n"),
        note.replace(KEY.name, "another"),
        new_key(b"x" * 32, name=KEY.name).sign(size=40, root=log.root()).written,
    ):
        with pytest.raises(Exception):  # noqa: B017, PT011  # whatever: it does not accept it
            page["checkpoint"](wrong, KEY.verifier.written)
