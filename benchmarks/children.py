"""Processes of our own: a module of this package in a fresh interpreter, JSON in and JSON out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any


class ChildFailed(Exception):  # noqa: N818 - the name says what is wrong
    """A process that measures, or is measured, did not do its part."""


def start(module: str, **asked: object) -> Popen[str]:
    """Start a module; it finds what is asked as JSON in its first argument.

    Its standard output is ours to read; what it has to complain about goes where ours goes.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", module, json.dumps(asked, default=str)]
    top = Path(__file__).parents[1]
    # Our own interpreter with a module of ours: nothing of it comes from outside.
    return Popen(command, stdout=PIPE, text=True, env=environment, cwd=top)  # noqa: S603  # see above


def asked() -> dict[str, Any]:
    """Give, inside the child, what is asked."""
    found: dict[str, Any] = json.loads(sys.argv[1])
    return found


def answered(process: Popen[str]) -> dict[str, Any]:
    """Wait for a child and give the one object that it printed.

    Raises:
        ChildFailed: it ended with an error.
    """
    output, _ = process.communicate()
    if process.returncode != 0:
        msg = f"{process.args!r} ended with {process.returncode}"
        raise ChildFailed(msg)
    found: dict[str, Any] = json.loads(output)
    return found
