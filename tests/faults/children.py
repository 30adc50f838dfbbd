"""Child processes: forked from a server that has everything imported, so that a start is cheap.

The server is a fresh process without threads: what runs the tests may have some, and a fork
would copy their locks in whatever state they are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from time import monotonic
from typing import Any

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.victim"])

KILLED = -9


def start(
    target: Callable[..., object], *arguments: object, daemon: bool = True
) -> tuple[ForkServerProcess, Connection]:
    """Start a function in a process of its own; its last argument is a wire to its starter.

    A daemon ends with its starter; only who is none may have children.
    """
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=target, args=(*arguments, theirs), daemon=daemon)
    process.start()
    theirs.close()
    return process, ours


def call(target: Callable[..., object], *arguments: object, seconds: float = 120) -> Any:  # noqa: ANN401  # whatever the child sends
    """Run a function in a process of its own and give the one thing that it sends.

    Raises:
        RuntimeError: it ended without sending anything, or took too long.
    """
    process, wire = start(target, *arguments, daemon=False)
    try:
        if wire.poll(seconds):
            with suppress(EOFError):
                return wire.recv()
        process.kill()
        process.join()
        message = f"{target.__name__} sent nothing and ended with {process.exitcode}"
        raise RuntimeError(message)
    finally:
        wire.close()
        process.join()
        process.close()


def kill_after(
    process: ForkServerProcess, wire: Connection, *, messages: int, seconds: float
) -> list[bytes]:
    """Wait for so many messages and so long after them, kill the process, give all that it told."""
    told: list[bytes] = []
    with suppress(EOFError, ConnectionResetError):  # all that it told has been read
        while len(told) < messages:
            told.append(wire.recv_bytes())
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            if wire.poll(left):
                told.append(wire.recv_bytes())
        process.kill()
        while True:
            told.append(wire.recv_bytes())
    wire.close()
    process.join()
    return told
