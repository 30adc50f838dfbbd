"""The processes of `benchmarks.opening`: one settles until it is killed, one opens what is left.

The first writes the key of every acknowledged settlement on a line of its own, before its client
sends the next request. The second reads a balance, settles a claim, and tells when it had done so
by the clock that all processes of the machine share.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import Future
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from benchmarks.books import Till, serving
from benchmarks.children import asked
from benchmarks.clients import drive
from benchmarks.setting import ACTOR, MANY
from benchmarks.workload import Sent, endless, families, settlements
from domain.ids import ClaimId
from ledger import store as stores
from ledger.application import Application
from ledger.writer import Receipt
from policies import loader


def settle_until_killed(*, store: str, persons: int, first: int) -> None:
    """Settle claims without end."""
    with serving(Path(store), loader.load(), known=families(persons)) as till:
        drive(lambda sent: _noted(till, sent), endless(till.known, first=first), clients=MANY)


def _noted(till: Till, sent: Sent) -> Future[Any]:
    def note(done: Future[Any]) -> None:
        if isinstance(done.result(), Receipt):
            os.write(1, f"{sent.key}\n".encode())

    future = till.send(sent)
    future.add_done_callback(note)
    return future


def reopen(*, store: str, persons: int, family: int, unsure: list[str], fresh: int) -> None:
    """Open a store, read what a family's accounts have paid, settle a claim; print when.

    `unsure` names claims that were sent and never acknowledged: which of them are there is told,
    after the clock has stopped. `fresh` is the number of the new settlement.
    """
    known, book = families(persons), loader.load()
    (sent,) = settlements([known[family]], 1, first=fresh)
    begun_ns = perf_counter_ns()
    with stores.open_writer(Path(store)) as opened, Application(opened, book) as application:
        opened_ns = perf_counter_ns()
        paid_fen = Till(application, known, first=fresh).paid_fen([known[family]])
        read_ns = perf_counter_ns()
        reply = application.submit(sent.command, key=sent.key, at=sent.at, actor=ACTOR).result()
        settled_ns = perf_counter_ns()
        assert isinstance(reply, Receipt), reply
        kept = [claim for claim in unsure if application.claim(ClaimId(claim)) is not None]
    said = {
        "begun_ns": begun_ns,
        "opened_ns": opened_ns,
        "read_ns": read_ns,
        "settled_ns": settled_ns,
        "paid_fen": paid_fen,
        "kept": kept,
    }
    print(json.dumps(said))  # noqa: T201  # the parent reads it


if __name__ == "__main__":
    wanted = asked()
    (settle_until_killed if "first" in wanted else reopen)(**wanted)
