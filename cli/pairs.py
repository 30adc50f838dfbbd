"""The ids that name a family pool and a relation in it, as arguments of commands."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from cli.params import argument
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

Pair = dict[str, Any]
"""Pool, grantor and beneficiary, as commands take them."""

POOL = argument("pool", metavar="POOL", about=Text("共济组编号", "Id of the pool."))
GRANTOR = argument("grantor", metavar="GRANTOR", about=Text("共济人", "Whose account pays."))
_BENEFICIARY = argument(
    "beneficiary", metavar="BENEFICIARY", about=Text("被共济人", "Who receives care.")
)


def by_pair(function: Callable[..., None]) -> Callable[..., None]:
    """Add the three ids that name a relation; the command gets them as `pair`."""

    @wraps(function)
    def call(*args: object, pool: str, grantor: str, beneficiary: str, **rest: object) -> None:
        pair = {"pool": pool, "grantor": grantor, "beneficiary": beneficiary}
        function(*args, pair=pair, **rest)

    return POOL(GRANTOR(_BENEFICIARY(call)))
