"""Compiling a function when it is first called, for code that never runs interpreted.

What is compiled is kept until the file of the function changes. A function that calls a compiled
one of another file is not compiled again when only that file changes: keep them in one file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile a function; other threads run while it does."""
    return cast("_Function", numba.njit(nogil=True, cache=True)(function))


def inlined(function: _Function) -> _Function:
    """Compile a function as a part of those that call it."""
    return cast("_Function", numba.njit(inline="always")(function))
