"""The compiled loops of an audit, entered as the kernel is (`simulation.bulk.entry`)."""

from __future__ import annotations

from typing import Any

import numba

from simulation.bulk.audit import auditing, faults, mirroring
from simulation.bulk.audit.auditing import Page, Pots, Ruled, Sizes, Ties
from simulation.bulk.compiling import compiled_copies
from simulation.bulk.frames import Frame, reader_of, table_of

_COPIES = compiled_copies((faults.__name__, auditing.__name__, mirroring.__name__))
_HOLD_ORDER = _COPIES[auditing.__name__].hold_order
_HOLD_AMOUNTS = _COPIES[auditing.__name__].hold_amounts
_HOLD_POINTERS = _COPIES[auditing.__name__].hold_pointers
_HOLD_PAYERS = _COPIES[auditing.__name__].hold_payers
_HOLD_BALANCES = _COPIES[auditing.__name__].hold_balances
_HOLD_RULES = _COPIES[auditing.__name__].hold_rules
hold_mirrors = _COPIES[mirroring.__name__].hold_mirrors
"""It takes tables row by row, as they are."""
_FRAMES = _PAGE, _SIZES, _TIES, _POTS, _RULED = tuple(map(Frame, (Page, Sizes, Ties, Pots, Ruled)))
_page_of, _sizes_of, _ties_of, _pots_of, _ruled_of = map(reader_of, _FRAMES)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # numba has no types
def _hold_order(page: Any) -> None:  # noqa: ANN401  # as above
    _HOLD_ORDER(_page_of(page))


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # as above
def _hold_amounts(page: Any) -> None:  # noqa: ANN401  # as above
    _HOLD_AMOUNTS(_page_of(page))


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # as above
def _hold_pointers(page: Any, sizes: Any) -> None:  # noqa: ANN401  # as above
    _HOLD_POINTERS(_page_of(page), _sizes_of(sizes))


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # as above
def _hold_payers(page: Any, ties: Any) -> None:  # noqa: ANN401  # as above
    _HOLD_PAYERS(_page_of(page), _ties_of(ties))


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # as above
def _hold_balances(page: Any, pots: Any) -> None:  # noqa: ANN401  # as above
    _HOLD_BALANCES(_page_of(page), _pots_of(pots))


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # as above
def _hold_rules(page: Any, ruled: Any) -> None:  # noqa: ANN401  # as above
    _HOLD_RULES(_page_of(page), _ruled_of(ruled))


def hold_order(page: Page) -> None:
    """See `simulation.bulk.audit.auditing`."""
    _hold_order(table_of(page, _PAGE))


def hold_amounts(page: Page) -> None:
    """See `simulation.bulk.audit.auditing`."""
    _hold_amounts(table_of(page, _PAGE))


def hold_pointers(page: Page, sizes: Sizes) -> None:
    """See `simulation.bulk.audit.auditing`."""
    _hold_pointers(table_of(page, _PAGE), table_of(sizes, _SIZES))


def hold_payers(page: Page, ties: Ties) -> None:
    """See `simulation.bulk.audit.auditing`."""
    _hold_payers(table_of(page, _PAGE), table_of(ties, _TIES))


def hold_balances(page: Page, pots: Pots) -> None:
    """See `simulation.bulk.audit.auditing`."""
    _hold_balances(table_of(page, _PAGE), table_of(pots, _POTS))


def hold_rules(page: Page, ruled: Ruled) -> None:
    """See `simulation.bulk.audit.auditing`."""
    _hold_rules(table_of(page, _PAGE), table_of(ruled, _RULED))
