"""Leaves and nodes of a Merkle tree, many at once: SHA-256 (FIPS 180-4) in lanes, compiled.

Each lane hashes a message of its own. Word `t` of lane `l` stands at `t * LANES + l`, so that a
step does the same to `LANES` neighbours and the compiler can put it into wide registers. All of
it is in one file, since compiled code is kept until the file that it stands in changes.
"""

from __future__ import annotations

from itertools import count, islice
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.arrays import Decided, Legs, Rows
from simulation.bulk.log.schema import Array, Batch, leg_seq, read_only
from simulation.bulk.machine_code import compiled, inlined

if TYPE_CHECKING:
    from collections.abc import Iterator

Words = NDArray[np.uint32]
"""Words of 32 bits; of nodes an array of 8 words by so many nodes."""

LANES = 64
MESSAGE = 16  # words of a block
ROUNDS = 64
STATE = 8  # words of a digest
CHUNK = 512 * LANES  # messages that are filled in and hashed in one go
_END = 0x80  # the byte behind a message
_NODE = 0x01000000  # the domain of nodes as a big-endian word; that of leaves is 0

_word = np.uint32


def _primes() -> Iterator[int]:
    return (n for n in count(2) if all(n % divisor for divisor in range(2, isqrt(n) + 1)))


def _cube_root(number: int) -> int:
    root = 0
    for bit in range(number.bit_length() // 3, -1, -1):
        if (root | 1 << bit) ** 3 <= number:
            root |= 1 << bit
    return root


# Sections 4.2.2 and 5.3.3: the first 32 bits behind the point of the roots of the first primes.
_CONSTANTS = np.array([_cube_root(p << 96) % 2**32 for p in islice(_primes(), ROUNDS)], _word)
_START = np.array([isqrt(p << 64) % 2**32 for p in islice(_primes(), STATE)], _word)


# ---------------------------------------------------------------------------- rows, legs, pairs


def hash_leaves(batch: Batch) -> Words:
    """Hash the record of each row, then of each leg: 8 words by so many nodes.

    The layouts of the records are in `merkle`, which also holds that the numbers fit.
    """
    rows, legs, seq = len(batch.rows.kind), len(batch.legs.pot), leg_seq(batch)
    _, of_rows, decided, of_legs = read_only(batch)
    nodes = np.empty((STATE, rows + legs), np.uint32)
    words = np.zeros((CHUNK // LANES, 1, MESSAGE * LANES), np.uint32)
    for start in range(0, rows, CHUNK):
        stop = min(start + CHUNK, rows)
        _fill_rows(of_rows, decided, start, stop, words)
        _hash(words, nodes, start, stop)
    for start in range(0, legs, CHUNK):
        stop = min(start + CHUNK, legs)
        _fill_legs(seq, of_legs, start, stop, words)
        _hash(words, nodes, rows + start, rows + stop)
    return nodes


def hash_pairs(nodes: Words, count: int) -> int:
    """Hash pairs of the first `count` nodes into the first half of their places.

    An odd node at the end moves up as it is. Gives how many nodes there are now.
    """
    pairs = count // 2
    words = np.zeros((CHUNK // LANES, 2, MESSAGE * LANES), np.uint32)
    for start in range(0, pairs, CHUNK):
        stop = min(start + CHUNK, pairs)
        _fill_pairs(nodes, start, stop, words)
        _hash(words, nodes, start, stop)
    if count % 2:
        nodes[:, pairs] = nodes[:, count - 1]
    return pairs + count % 2


@compiled
def _fill_rows(rows: Rows, decided: Decided, start: int, stop: int, words: Words) -> None:
    """Put the records of some rows into blocks of little-endian words, and swap these."""
    for first in range(start, stop, LANES):
        w = words[(first - start) // LANES, 0]
        w[14 * LANES : 15 * LANES] = 0
        w[15 * LANES :] = 8 * 55
        lanes = min(LANES, stop - first)
        # Few arrays a loop: the compiler widens none in which too many might overlap.
        for lane in range(lanes):
            i = first + lane
            w[1 * LANES + lane] = _low(rows.claim[i])
            w[2 * LANES + lane] = _low(rows.claim[i] >> 32)
            w[3 * LANES + lane] = _low(rows.patient[i])
        for lane in range(lanes):
            i = first + lane
            kind_place = rows.kind[i] | rows.place[i] << 4
            w[4 * LANES + lane] = _low(rows.booked[i] | kind_place << 24)
            w[5 * LANES + lane] = _low(rows.booked[i] - rows.day[i] | rows.line[i] << 16)
        for lane in range(lanes):
            i = first + lane
            w[6 * LANES + lane] = _low(rows.where[i] & 0xFFFF | decided.rule[i] << 16)
            w[7 * LANES + lane] = _low(decided.legs[i] & 0xFFFF | rows.flags[i] << 16)
        for lane in range(lanes):
            i = first + lane
            chars = rows.category[i] & 0xFF | (decided.outcome[i] & 0xFF) << 8
            w[8 * LANES + lane] = _low(chars | decided.cash[i] << 16)
            w[9 * LANES + lane] = _low(decided.cash[i] >> 16)
        for lane in range(lanes):
            i = first + lane
            total, fund, paid = rows.total[i], rows.fund[i], decided.fund[i]
            w[10 * LANES + lane] = _low(total)
            w[11 * LANES + lane] = _low(total >> 32 & 0xFF | fund << 8)
            w[12 * LANES + lane] = _low(fund >> 24 & 0xFFFF | paid << 16)
            w[13 * LANES + lane] = _low(paid >> 16 & 0xFFFFFF | _END << 24)
        _swap(w)


@compiled
def _fill_legs(seq: Array, legs: Legs, start: int, stop: int, words: Words) -> None:
    """Put the records of some legs into blocks of little-endian words, and swap these."""
    for first in range(start, stop, LANES):
        w = words[(first - start) // LANES, 0]
        w[8 * LANES : 15 * LANES] = 0
        w[15 * LANES :] = 8 * 31
        lanes = min(LANES, stop - first)
        for lane in range(lanes):
            i = first + lane
            w[1 * LANES + lane] = _low(seq[i])
            w[2 * LANES + lane] = _low(seq[i] >> 32)
            w[3 * LANES + lane] = _low(legs.pot[i])
            w[4 * LANES + lane] = _low(legs.edge[i])
        for lane in range(lanes):
            i = first + lane
            segment = legs.segment[i] & 0xFF | _END << 8
            w[5 * LANES + lane] = _low(legs.amount[i])
            w[6 * LANES + lane] = _low(legs.after[i])
            w[7 * LANES + lane] = _low(legs.line[i] & 0xFFFF | segment << 16)
        _swap(w)


@compiled
def _fill_pairs(nodes: Words, start: int, stop: int, words: Words) -> None:
    """Put pairs of nodes into two blocks each; the second has the last word of the pair."""
    for first in range(start, stop, LANES):
        w, end = words[(first - start) // LANES]
        w[:LANES] = _NODE
        end[LANES : 2 * LANES] = _END << 24
        end[15 * LANES :] = 8 * 68
        lanes = min(LANES, stop - first)
        for i in range(STATE):
            for lane in range(lanes):
                w[(1 + i) * LANES + lane] = nodes[i, 2 * (first + lane)]
        for i in range(STATE - 1):
            for lane in range(lanes):
                w[(9 + i) * LANES + lane] = nodes[i, 2 * (first + lane) + 1]
        for lane in range(lanes):
            end[lane] = nodes[STATE - 1, 2 * (first + lane) + 1]


@inlined
def _low(number: np.int64) -> np.uint32:
    return _word(number & 0xFFFFFFFF)


@inlined
def _swap(w: Words) -> None:
    """Turn little-endian words as SHA-256 reads them, except the length and the domain, 0."""
    for i in range(LANES, 14 * LANES):
        word = w[i]
        outer = word << _word(24) | word >> _word(24)
        w[i] = _word(outer | (word >> _word(8) & 0xFF00) | (word & 0xFF00) << _word(8))


# ------------------------------------------------------------------------------------- SHA-256


@inlined
def _turned(word: np.uint32, bits: int) -> np.uint32:
    """Give a word turned to the right."""
    return _word((word >> _word(bits)) | (word << _word(32 - bits)))


@compiled
def _hash(words: Words, nodes: Words, start: int, stop: int) -> None:
    """Hash the messages of some lanes, of one block or two each, into nodes."""
    state, w = np.empty(STATE * LANES, np.uint32), np.empty(ROUNDS * LANES, np.uint32)
    for first in range(start, stop, LANES):
        for i in range(STATE):
            state[i * LANES : (i + 1) * LANES] = _START[i]
        for block in range(words.shape[1]):
            w[: MESSAGE * LANES] = words[(first - start) // LANES, block]
            _compress(state, w)
        for i in range(STATE):
            for lane in range(min(LANES, stop - first)):
                nodes[i, first + lane] = state[i * LANES + lane]


@compiled
def _compress(state: Words, w: Words) -> None:
    """Take one block of every lane into its state.

    `state` has 8 words a lane, `w` 64: the block is in the first 16, the others are overwritten.
    """
    v = state.copy()
    for t in range(MESSAGE, ROUNDS):
        for lane in range(LANES):
            i = t * LANES + lane
            x, y = w[i - 15 * LANES], w[i - 2 * LANES]
            low = _turned(x, 7) ^ _turned(x, 18) ^ (x >> _word(3))
            high = _turned(y, 17) ^ _turned(y, 19) ^ (y >> _word(10))
            w[i] = _word(w[i - 16 * LANES] + low + w[i - 7 * LANES] + high)
    for t in range(0, ROUNDS, STATE):
        _eight_rounds(v, w, t)
    for i in range(STATE * LANES):
        state[i] = _word(state[i] + v[i])


@inlined
def _eight_rounds(v: Words, w: Words, t: int) -> None:
    """Do eight rounds from `t` on, after which each word is again where it was."""
    for lane in range(LANES):
        a, b, c, d = v[lane], v[LANES + lane], v[2 * LANES + lane], v[3 * LANES + lane]
        e, f, g, h = (
            v[4 * LANES + lane],
            v[5 * LANES + lane],
            v[6 * LANES + lane],
            v[7 * LANES + lane],
        )
        i = t * LANES + lane
        d, h = _round((a, b, c, d, e, f, g, h), _word(_CONSTANTS[t] + w[i]))
        c, g = _round((h, a, b, c, d, e, f, g), _word(_CONSTANTS[t + 1] + w[i + LANES]))
        b, f = _round((g, h, a, b, c, d, e, f), _word(_CONSTANTS[t + 2] + w[i + 2 * LANES]))
        a, e = _round((f, g, h, a, b, c, d, e), _word(_CONSTANTS[t + 3] + w[i + 3 * LANES]))
        h, d = _round((e, f, g, h, a, b, c, d), _word(_CONSTANTS[t + 4] + w[i + 4 * LANES]))
        g, c = _round((d, e, f, g, h, a, b, c), _word(_CONSTANTS[t + 5] + w[i + 5 * LANES]))
        f, b = _round((c, d, e, f, g, h, a, b), _word(_CONSTANTS[t + 6] + w[i + 6 * LANES]))
        e, a = _round((b, c, d, e, f, g, h, a), _word(_CONSTANTS[t + 7] + w[i + 7 * LANES]))
        v[lane], v[LANES + lane], v[2 * LANES + lane], v[3 * LANES + lane] = a, b, c, d
        v[4 * LANES + lane], v[5 * LANES + lane] = e, f
        v[6 * LANES + lane], v[7 * LANES + lane] = g, h


@inlined
def _round(state: tuple[np.uint32, ...], constant: np.uint32) -> tuple[np.uint32, np.uint32]:
    """Give the words that a round makes anew: the fourth and the eighth."""
    a, b, c, d, e, f, g, h = state
    # Sums of 32-bit words are wider ones to the compiler until they are made words again.
    one = _word(
        h + (_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)) + (g ^ (e & (f ^ g))) + constant
    )
    two = _word((_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + ((a & b) | (c & (a | b))))
    return _word(d + one), _word(one + two)
