"""SM3 by our own code gives the published hashes, and the same as OpenSSL where it has it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.bulk.log import hashing
from simulation.bulk.log.hashing import OwnSm3

# GB/T 32905-2016, annex A, examples 1 and 2.
PUBLISHED = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}


def own(*pieces: bytes) -> str:
    new = OwnSm3()
    for piece in pieces:
        new.update(piece)
    return new.hexdigest()


@pytest.mark.parametrize("message", PUBLISHED)
def test_own_sm3_gives_the_published_hashes(message: bytes) -> None:
    assert own(message) == PUBLISHED[message]


@pytest.mark.skipif(not hashing.openssl_has_sm3(), reason="this OpenSSL has no SM3")
@given(st.lists(st.binary(max_size=200), max_size=4))
def test_own_sm3_is_that_of_openssl_however_the_bytes_come(pieces: list[bytes]) -> None:
    assert own(*pieces) == hashlib.new("sm3", b"".join(pieces)).hexdigest()


def test_asking_for_a_hash_does_not_end_it() -> None:
    new = OwnSm3()
    new.update(b"a")
    assert new.hexdigest() == own(b"a")
    new.update(b"bc")
    assert new.hexdigest() == PUBLISHED[b"abc"]


def test_both_hashes_are_of_all_pieces() -> None:
    data = bytes(range(256)) * 1_500
    assert len(data) > 2 * hashing.CHUNK
    assert hashing.digests(data) == (hashlib.sha256(data).hexdigest(), own(data))


def test_sm3_is_our_own_where_openssl_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str, *_: object) -> object:
        raise ValueError(name)

    monkeypatch.setattr(hashlib, "new", unknown)
    hashing.openssl_has_sm3.cache_clear()
    try:
        assert isinstance(hashing.sm3(), OwnSm3)
        assert hashing.digests(b"abc").sm3 == PUBLISHED[b"abc"]
    finally:
        hashing.openssl_has_sm3.cache_clear()
