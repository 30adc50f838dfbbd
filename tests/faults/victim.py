"""The process that is killed: opens a store, settles, closes, and again, until it is gone.

It tells what it is about to send (`? number`) before it sends it, and the answer only when it
has it (`! number position digest`), so that whoever listens knows what was acknowledged, what
was sent without an answer, and nothing else can have happened.
"""

from __future__ import annotations

from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from ledger import store as stores
from ledger.application import Application
from ledger.writer import Receipt
from tests.faults.street import BOOK, GROUP, WAIT, sent, submit


def settle_until_killed(path: Path, first: int, wire: Connection) -> None:
    """Send the commands from number `first` on, group by group, without end."""
    random, number = Random(first), first
    while True:
        with stores.open_writer(path) as store, Application(store, BOOK) as application:
            for _ in range(random.randint(1, 4)):  # then close and open again
                _settle_group(application, range(number, number + GROUP), first=first, wire=wire)
                number += GROUP


def digest(answer: bytes) -> str:
    """Give what two answers have in common only if they are the same."""
    return sha256(answer).hexdigest()


def _settle_group(
    application: Application, numbers: range, *, first: int, wire: Connection
) -> None:
    group = [sent(number, first=first) for number in numbers]
    for number in numbers:
        wire.send_bytes(f"? {number}".encode())
    waiting = [submit(application, each) for each in group]
    for number, future in zip(numbers, waiting, strict=True):
        reply = future.result(WAIT)
        assert isinstance(reply, Receipt), reply
        wire.send_bytes(f"! {number} {reply.position} {digest(reply.answer)}".encode())
