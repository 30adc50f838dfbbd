"""Whatever is done to a file of claims, each of its rows is either given or told, never both."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import StoreError
from simulation.bulk.arrays import CREDIT
from simulation.bulk.reading import claims_csv
from simulation.bulk.reading.claims_file import open_claims
from tests.simulation.bulk.claim_tables import PERSONS, REGIONS, csv_of, line

_JUNK: tuple[str, ...] = (
    *("", " ", "-1", "0", "1", "2", "x", "99999999999", "0x10", "1e3", "true", "医保"),
    *("cancel", "credit", "settle", "2026-03-02", "2026-02-30", "2025-03-02", "110100"),
    *("prior", "drug"),
)


def damaged(seed: int) -> list[dict[str, object]]:
    """Give bills in order, some of whose cells are then overwritten, rows swapped or doubled."""
    random = Random(seed)
    lines: list[dict[str, object]] = []
    for claim in range(1, random.randrange(2, 30)):
        kind = random.choice(("settle", "settle", "settle", "cancel", "credit"))
        count = random.randrange(1, 4) if kind != "credit" else 1
        more = {"kind": kind, "credential": "own", "whole": "false", "segment": "current"}
        lines += [line(claim, **more, line=number) for number in range(1, count + 1)]
    for _ in range(random.randrange(len(lines))):
        at = random.randrange(len(lines))
        what = random.random()
        if what < 0.8:
            lines[at] = {**lines[at], random.choice(list(lines[at])): random.choice(_JUNK)}
        elif what < 0.9:
            lines[at - 1], lines[at] = lines[at], lines[at - 1]
        else:
            lines.insert(at, lines[at])
    return lines


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32), block=st.sampled_from([1 << 9, 1 << 24]))
def test_each_row_is_given_or_told(seed: int, block: int) -> None:
    lines = damaged(seed)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims_csv, "BLOCK", block)
        path, rejects = Path(folder) / "claims.csv", Path(folder) / "rejects.csv"
        path.write_text(csv_of(lines), encoding="utf-8")
        claims = open_claims(path, persons=PERSONS, regions=REGIONS, rejects=rejects)
        batches = list(claims.batches(size=7))
        told = set()
        if rejects.exists():
            with rejects.open(encoding="utf-8-sig", newline="") as file:
                told = {int(record["line"]) - 2 for record in csv.DictReader(file)}
    assert claims.rows == len(lines)
    assert len(told) == claims.rejected.rows
    given_keys = [
        key for rows in batches for key in zip(rows.claim.tolist(), rows.line.tolist(), strict=True)
    ]
    untold = [each for at, each in enumerate(lines) if at not in told]
    assert given_keys == [(_number(each["claim"]), _number(each["line"] or 1)) for each in untold]


def _number(value: object) -> int:
    return int(str(value).strip() or 0)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_what_is_given_is_in_order(seed: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "claims.csv"
        path.write_text(csv_of(damaged(seed)), encoding="utf-8")
        claims = open_claims(path, persons=PERSONS, regions=REGIONS)
        for rows in claims.batches():
            assert (np.diff(rows.booked) >= 0).all()
            settled = rows.claim[rows.kind == 0]
            assert (np.diff(settled) >= 0).all()
            together = (np.diff(rows.claim) == 0) & (np.diff(rows.kind) == 0)
            together &= rows.kind[1:] != CREDIT
            assert (np.diff(rows.line)[together] > 0).all()
            assert (np.diff(rows.patient)[together] == 0).all()
            assert ((rows.fund >= 0) & (rows.fund <= rows.total)).all()
            assert (rows.day <= rows.booked).all()
            cancelled = rows.claim[rows.kind == 1]
            assert set(cancelled.tolist()) <= set(claims.cancelled.tolist())


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_broken_bytes_are_refused_or_read_and_nothing_else(seed: int) -> None:
    random = Random(seed)
    text = bytearray(csv_of([line(claim) for claim in range(1, 9)]).encode())
    for _ in range(random.randrange(1, 6)):
        text[random.randrange(len(text))] = random.choice((0, 10, 13, 34, 44, 48, 128, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "claims.csv"
        path.write_bytes(bytes(text))
        try:
            claims = open_claims(path, persons=PERSONS, regions=REGIONS)
        except StoreError:
            return
        accepted = sum(len(rows.kind) for rows in claims.batches())
        assert accepted + claims.rejected.rows == claims.rows
