"""Breaking functions on purpose: an edit of the source, without the assertions in its way."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from functools import wraps
from textwrap import dedent
from typing import Any, NamedTuple

import pytest

from ledger.view import EVOLVE


class Edit(NamedTuple):
    """One change of one function's source. `before` must be there exactly once."""

    where: Any
    before: str = ""
    after: str = ""


class _WithoutAssertions(ast.NodeTransformer):
    def visit_Assert(self, _: ast.Assert) -> ast.Pass:  # the library's name
        return ast.Pass()


def plant(
    patch: pytest.MonkeyPatch, edit: Edit, *, ran: Callable[[], object] = lambda: None
) -> None:
    """Put an edited function in the place of the original, for as long as `patch` lasts.

    `ran` is called whenever the edited function is.
    """
    function: Any = edit.where
    name = function.__name__
    source = dedent(inspect.getsource(function))
    if edit.before:
        assert source.count(edit.before) == 1, f"{edit.before!r} is not once in {function}"
        source = source.replace(edit.before, edit.after)
    tree = ast.fix_missing_locations(_WithoutAssertions().visit(ast.parse(source)))
    made: dict[str, Any] = {}
    code = compile(tree, f"<planted {name}>", "exec")
    exec(code, function.__globals__, made)  # noqa: S102  # the source is this project's own

    @wraps(function)
    def edited(*arguments: object, **named: object) -> object:
        ran()
        return made[name](*arguments, **named)

    owners = [sys.modules[key] for key in sys.modules if key.startswith(("domain", "ledger"))]
    if "." in function.__qualname__:
        owners = [getattr(sys.modules[function.__module__], function.__qualname__.split(".")[0])]
    for owner in owners:
        if vars(owner).get(name) is function:
            patch.setattr(owner, name, edited)
    for kind, evolve in EVOLVE.items():
        if evolve is function:
            patch.setitem(EVOLVE, kind, edited)
