"""What a file hashes to: SHA-256, and SM3 (GB/T 32905-2016), in one pass over its bytes.

SM3 comes from OpenSSL where it has it, else from our own code, compiled. Both let other threads
run meanwhile.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.log.disk import Bytes
from simulation.bulk.machine_code import compiled, inlined

CHUNK = 1 << 17
"""Bytes that both hashes take in turn: a piece that stays in the processor's cache."""


class Digests(NamedTuple):
    """Two hashes of the same bytes, in hexadecimal."""

    sha256: str
    sm3: str


class Hash(Protocol):
    """A hash that takes its bytes piece by piece."""

    def update(self, data: Bytes, /) -> None:
        """Take some bytes more."""

    def hexdigest(self) -> str:
        """Give the hash of all bytes taken so far, in hexadecimal."""


def digests(data: Bytes) -> Digests:
    """Give both hashes of bytes in memory."""
    one, two = hashlib.sha256(), sm3()
    view = memoryview(data).cast("B")
    for start in range(0, len(view), CHUNK):
        piece = view[start : start + CHUNK]
        one.update(piece)
        two.update(piece)
    return Digests(one.hexdigest(), two.hexdigest())


def sm3() -> Hash:
    """Give a new SM3, the fastest that there is."""
    return hashlib.new("sm3") if openssl_has_sm3() else OwnSm3()


@cache
def openssl_has_sm3() -> bool:
    """Tell whether the OpenSSL of this Python knows SM3 and allows it."""
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


# ---------------------------------------------------------------------------------- our own SM3

BLOCK = 64  # bytes
ROUNDS, EARLY = 64, 16
_START = np.array(
    [
        *(0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600),
        *(0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E),
    ],
    np.uint32,
)
_FIRST, _LATER = 0x79CC4519, 0x7A879D8A  # constants of the first 16 rounds and of the others


class OwnSm3:
    """SM3 of bytes that come piece by piece."""

    def __init__(self) -> None:
        """Begin with no bytes."""
        self._state = _START.copy()
        self._rest = b""
        self._length = 0

    def update(self, data: Bytes, /) -> None:
        """Take some bytes more."""
        view = memoryview(data).cast("B").toreadonly()
        self._length += len(view)
        if self._rest:
            missing = BLOCK - len(self._rest)
            self._rest += view[:missing]
            view = view[missing:]
            if len(self._rest) < BLOCK:
                return
            _absorb(self._state, np.frombuffer(self._rest, np.uint8))
        whole = len(view) - len(view) % BLOCK
        _absorb(self._state, np.frombuffer(view[:whole], np.uint8))
        self._rest = bytes(view[whole:])

    def hexdigest(self) -> str:
        """Give the hash of all bytes taken so far, in hexadecimal."""
        state = self._state.copy()
        zeros = bytes((55 - self._length) % BLOCK)
        end = self._rest + b"\x80" + zeros + (8 * self._length).to_bytes(8, "big")
        _absorb(state, np.frombuffer(end, np.uint8))
        return state.astype(">u4").tobytes().hex()


@inlined
def _turned(word: np.uint32, bits: int) -> np.uint32:
    """Give a word turned to the left by 1 to 31 bits."""
    return np.uint32((word << np.uint32(bits)) | (word >> np.uint32(32 - bits)))


@compiled
def _absorb(state: NDArray[np.uint32], data: NDArray[np.uint8]) -> None:
    """Take whole blocks into the state; sections 5.3.2 and 5.3.3 of GB/T 32905-2016."""
    w = np.empty(68, np.uint32)
    for start in range(0, len(data), BLOCK):
        for t in range(16):
            at = start + 4 * t
            w[t] = (
                np.uint32(data[at]) << np.uint32(24)
                | np.uint32(data[at + 1]) << np.uint32(16)
                | np.uint32(data[at + 2]) << np.uint32(8)
                | np.uint32(data[at + 3])
            )
        for t in range(16, 68):
            x = w[t - 16] ^ w[t - 9] ^ _turned(w[t - 3], 15)
            x = x ^ _turned(x, 15) ^ _turned(x, 23)
            w[t] = x ^ _turned(w[t - 13], 7) ^ w[t - 6]
        _compress(state, w)


@inlined
def _compress(state: NDArray[np.uint32], w: NDArray[np.uint32]) -> None:
    a, b, c, d, e, f, g, h = state
    for t in range(ROUNDS):
        if t < EARLY:
            constant, ff, gg = np.uint32(_FIRST), a ^ b ^ c, e ^ f ^ g
        else:
            constant = np.uint32(_LATER)
            ff, gg = (a & b) | (a & c) | (b & c), (e & f) | (~e & g)
        shift = np.uint32(t % 32)
        turned = (constant << shift) | (constant >> (np.uint32(32) - shift) % np.uint32(32))
        a12 = _turned(a, 12)
        ss1 = _turned(np.uint32(a12 + e + turned), 7)
        tt1 = np.uint32(ff + d + (ss1 ^ a12) + (w[t] ^ w[t + 4]))
        tt2 = np.uint32(gg + h + ss1 + w[t])
        d, c, b, a = c, _turned(b, 9), a, tt1
        h, g, f, e = g, _turned(f, 19), e, tt2 ^ _turned(tt2, 9) ^ _turned(tt2, 17)
    state ^= np.array((a, b, c, d, e, f, g, h), np.uint32)
