"""What Beancount and hledger say of a text: complaints, and the balances that they reach."""

from __future__ import annotations

import csv
import io
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from shutil import which

import pytest
from beancount import loader
from beancount.core.data import Transaction
from sqlalchemy import Engine

from domain.text import Lang
from interchange.plaintext.writing import DIALECTS, written
from ledger.store import Store
from projections.booked import Extract, opened

ALL = Extract()
HLEDGER = which("hledger")

needs_hledger = pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")


def text(
    store: Store,
    engine: Engine,
    tool: str,
    *,
    extract: Extract = ALL,
    lang: Lang = "en",
    monthly: bool = False,
) -> str:
    """Write a store's journal down."""
    with opened(store, engine, extract=extract) as book:
        pieces = written(book, DIALECTS[tool], lang=lang, monthly=monthly)
        return "".join(piece for _, piece in pieces)


def complaints_of_beancount(journal: str) -> list[str]:
    """Give what `bean-check` would print."""
    _, errors, _ = loader.load_string(journal)
    return [error.message for error in errors]


def balances_by_beancount(journal: str) -> Counter[str]:
    """Give fen by account, by Beancount's own reading of the text."""
    entries, errors, _ = loader.load_string(journal)
    assert errors == []
    found: Counter[str] = Counter()
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                units = posting.units
                assert units is not None
                assert units.currency == "CNY"
                assert isinstance(units.number, Decimal)
                found[posting.account] += fen(units.number)
    return found


def complaints_of_hledger(journal: str, folder: Path) -> str:
    """Give what `hledger check --strict` prints, with dates in order."""
    return _hledger(journal, folder, "check", "--strict", "ordereddates").stderr


def balances_by_hledger(journal: str, folder: Path) -> Counter[str]:
    """Give fen by account, by `hledger balance`."""
    asked = ("balance", "--flat", "--empty", "--no-total", "-O", "csv")
    done = _hledger(journal, folder, *asked)
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader(io.StringIO(done.stdout)))[1:]
    return Counter({name: fen(Decimal(amount.split()[0])) for name, amount in rows})


def fen(yuan: Decimal) -> int:
    """Give whole fen; there is nothing smaller."""
    scaled = yuan.scaleb(2)
    assert scaled == scaled.to_integral_value()
    return int(scaled)


def _hledger(journal: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    assert HLEDGER is not None
    file = folder / "books.journal"
    file.write_text(journal, encoding="utf-8")
    surroundings = {"LANG": "C.UTF-8"}  # it reads files in the encoding of its surroundings
    return subprocess.run(
        [HLEDGER, "-f", str(file), *words],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings,
    )
