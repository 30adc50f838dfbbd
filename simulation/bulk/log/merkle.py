"""A root over everything in a segment, and proofs that one row or one leg is under it.

Each row and each leg is a record of fixed length, its numbers little-endian, whatever the file
that keeps it. Leaves are the rows in order, then the legs in order. The tree has the shape of
RFC 6962 (section 2.1), with SHA-256 and four bytes before what is hashed instead of one:

    leaf = SHA-256(00 00 00 00 | record)        node = SHA-256(01 00 00 00 | left | right)

With its four bytes no record is longer than the 55 bytes that one block of SHA-256 takes.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from simulation.bulk.log.merkle_lanes import Words, hash_leaves, hash_pairs
from simulation.bulk.log.schema import Batch, leg_seq

LEAF = bytes((0, 0, 0, 0))
NODE = bytes((1, 0, 0, 0))

ROW_RECORD = (
    ("claim", 8),
    ("patient", 4),
    ("booked", 3),  # days from the year 1, as `date.toordinal` counts
    ("kind_place", 1),  # kind + 16 * place
    ("before", 2),  # days from the day of care to the day of booking
    ("line", 2),
    ("where", 2),
    ("rule", 2),
    ("legs", 2),
    ("flags", 2),
    ("category", 1),
    ("outcome", 1),
    ("cash", 6),
    ("total", 5),
    ("fund", 5),
    ("fund_paid", 5),
)
LEG_RECORD = (
    ("seq", 8),  # of the first row of its bill
    ("pot", 4),
    ("edge", 4),
    ("amount", 4),
    ("after", 4),
    ("line", 2),
    ("segment", 1),
)
_LONGEST = 51
assert sum(size for _, size in ROW_RECORD) == _LONGEST
"""The names and bytes of both records, in order. Numbers below zero are in two's complement."""


class Proof(NamedTuple):
    """That one leaf is under a root: its place, the number of leaves, and the way up."""

    place: int  # rows from 0, then legs
    leaves: int
    siblings: tuple[bytes, ...]  # from the leaf's neighbour upwards


def root_of(batch: Batch) -> str:
    """Give the root in hexadecimal. Raises ValueError where a number is too large for its record.

    Other threads run meanwhile. Takes 32 bytes of memory a leaf.
    """
    _hold(batch)
    nodes = hash_leaves(batch)
    count = nodes.shape[1]
    while count > 1:
        count = hash_pairs(nodes, count)
    return _node(nodes, 0).hex()


def prove(batch: Batch, index: int) -> Proof:
    """Give the proof of one leaf; `index` counts rows from 0, then legs. Raises as `root_of`."""
    _hold(batch)
    nodes = hash_leaves(batch)
    leaves = count = nodes.shape[1]
    if not 0 <= index < leaves:
        message = f"there is no leaf {index} among {leaves}"
        raise IndexError(message)
    place, siblings = index, []
    while count > 1:
        if place ^ 1 < count:
            siblings.append(_node(nodes, place ^ 1))
        count = hash_pairs(nodes, count)
        place //= 2
    return Proof(index, leaves, tuple(siblings))


def check(root: str, record: bytes, *, proof: Proof) -> bool:
    """Tell whether a record is the leaf under the root that the proof says. Needs hashlib alone."""
    place, count, left = proof.place, proof.leaves, list(proof.siblings)
    if not 0 <= place < count:
        return False
    digest = hashlib.sha256(LEAF + record).digest()
    while count > 1:
        if place ^ 1 < count:
            if not left:
                return False
            sibling = left.pop(0)
            pair = sibling + digest if place % 2 else digest + sibling
            digest = hashlib.sha256(NODE + pair).digest()
        place, count = place // 2, (count + 1) // 2
    return not left and digest.hex() == root


def record(batch: Batch, index: int) -> bytes:
    """Give the record of one leaf; `index` counts rows from 0, then legs."""
    rows = len(batch.rows.kind)
    if index < rows:
        fields = {
            name: int(array[index])
            for name, array in zip(
                (*batch.rows._fields, "outcome", "rule", "cash", "fund_paid", "legs"),
                (*batch.rows, *batch.decided),
                strict=True,
            )
        }
        fields["kind_place"] = fields["kind"] + 16 * fields["place"]
        fields["before"] = fields["booked"] - fields["day"]
        return _packed(fields, ROW_RECORD)
    leg = index - rows
    fields = {name: int(array[leg]) for name, array in batch.legs._asdict().items()}
    return _packed({"seq": int(leg_seq(batch)[leg]), **fields}, LEG_RECORD)


def _packed(fields: dict[str, int], layout: tuple[tuple[str, int], ...]) -> bytes:
    return b"".join(
        (fields[name] % (1 << 8 * size)).to_bytes(size, "little") for name, size in layout
    )


def _node(nodes: Words, place: int) -> bytes:
    return nodes[:, place].astype(">u4").tobytes()


def _hold(batch: Batch) -> None:
    """Hold that the numbers which a record shortens fit into it."""
    rows, decided = batch.rows, batch.decided
    shortened = {
        "total": (rows.total, -(1 << 39), 1 << 39),
        "fund": (rows.fund, -(1 << 39), 1 << 39),
        "fund_paid": (decided.fund, -(1 << 39), 1 << 39),
        "cash": (decided.cash, -(1 << 47), 1 << 47),
        "booked": (rows.booked, 0, 1 << 24),
        "day": (rows.booked - rows.day, 0, 1 << 16),
        "kind": (rows.kind, 0, 1 << 4),
        "place": (rows.place, 0, 1 << 4),
    }
    for name, (array, least, beyond) in shortened.items():
        if not (len(array) and least <= array.min() and array.max() < beyond):
            message = f"{name} does not fit into the record of a row"
            raise ValueError(message)
