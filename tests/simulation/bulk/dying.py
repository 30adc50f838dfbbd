"""Kernels that workers get in tests: they leave notes, take their time, or die."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from simulation.bulk.deciding import Decide, compiled


def dying_once(folder: Path) -> Decide:
    """Give a kernel whose first call in all processes kills the process."""

    def decide(*args: Any, **rest: Any) -> Any:  # noqa: ANN401  # as the kernel
        try:
            (folder / "died").touch(exist_ok=False)
        except FileExistsError:
            return compiled()(*args, **rest)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    return decide


def noting(folder: Path, seconds: float) -> Decide:
    """Give a kernel that notes the node of each call, and dawdles until the node is robbed."""

    def decide(*args: Any, **rest: Any) -> Any:  # noqa: ANN401  # as the kernel
        import ray

        node = ray.get_runtime_context().get_node_id()
        (folder / f"{node}-{os.getpid()}-{time.monotonic_ns()}").touch()
        if not (folder / "robbed").exists():
            time.sleep(seconds)
        return compiled()(*args, **rest)

    return decide
