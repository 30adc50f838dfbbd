"""Compiling the kernel with numba, from the very source that the single settlement interprets.

Copies of the modules are made whose functions are compiled; what one takes from another is
replaced by the compiled copy. The machine code is kept in a cache whose name is a digest of all
sources, so that a change to any of them is noticed.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

MODULES = (
    "domain.waterfall",
    "domain.judging",
    "simulation.bulk.kernel.calendar",
    "simulation.bulk.kernel.terms",
    "simulation.bulk.kernel.persons",
    "simulation.bulk.kernel.uses",
    "simulation.bulk.kernel.admitting",
    "simulation.bulk.kernel.asking",
    "simulation.bulk.kernel.paying",
    "simulation.bulk.kernel.rolling",
    "simulation.bulk.kernel.undoing",
    "simulation.bulk.kernel.loop",
)
"""The kernel's modules; each takes functions from earlier ones only."""


_ALSO = (
    "simulation.bulk.arrays",
    "simulation.bulk.kernel.desk",
    "simulation.bulk.frames",
    "simulation.bulk.entry",
)
"""Modules whose change means other machine code, too."""


_OPTIONS = {
    "cache": True,
    "nogil": True,
    "no_cfunc_wrapper": True,  # no code in C calls these
    "error_model": "numpy",  # nothing is divided by zero, so nothing need ask
}
_INLINED = (
    "domain.waterfall",
    "domain.judging",
    "simulation.bulk.kernel.calendar",
    "simulation.bulk.kernel.terms",
    "simulation.bulk.kernel.persons",
    "simulation.bulk.kernel.uses",
)
"""Modules whose functions become part of their callers: several times as fast as calls.

More of that is no faster and takes longer to compile.
"""


@cache
def compiled_copies(names: tuple[str, ...] = MODULES) -> dict[str, ModuleType]:
    """Give copies of modules whose functions are compiled when they are first called.

    They take frames and columns (`simulation.bulk.frames`) where the originals take tuples of
    memory views.
    """
    import numba  # noqa: PLC0415  # it takes half a second, and only those who compile need it

    numba.config.CACHE_DIR = str(_cache_folder(names))
    found: dict[Callable[..., Any], Any] = {}
    copies = {}
    for name in names:
        module = importlib.import_module(name)
        copy = _copy_of(module)
        for key, thing in list(vars(copy).items()):
            if isinstance(thing, FunctionType):
                original = getattr(module, key)
                if thing.__module__ == name:
                    found[original] = _once(
                        numba.njit(**_OPTIONS, forceinline=name in _INLINED)(thing)
                    )
                setattr(copy, key, found.get(original, thing))
        copies[name] = copy
    return copies


def _once(dispatcher: Any) -> Any:  # noqa: ANN401  # numba has no types
    """Have a function compiled once for all numbers, and not once more for each literal."""
    from numba import types  # noqa: PLC0415  # as above

    compile_for = dispatcher.get_call_template

    def get_call_template(args: tuple[Any, ...], kwargs: Any) -> Any:  # noqa: ANN401  # as above
        return compile_for(tuple(types.unliteral(each) for each in args), kwargs)

    dispatcher.get_call_template = get_call_template
    return dispatcher


def _copy_of(module: ModuleType) -> ModuleType:
    """Run a module's source once more, in a module of its own."""
    spec = module.__spec__
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


def _cache_folder(names: tuple[str, ...]) -> Path:
    """Give the folder for the machine code of these sources, by this interpreter."""
    digest = sha256(sys.version.encode())
    for source in _sources(names):
        digest.update(source)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "gongji" / f"kernel-{digest.hexdigest()[:16]}"


def _sources(names: tuple[str, ...]) -> Iterator[bytes]:
    for name in (*names, *_ALSO):
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        yield Path(spec.origin).read_bytes()
