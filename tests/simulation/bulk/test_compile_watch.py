"""What is compiled is noticed once, and what is not is not."""

from __future__ import annotations

import numba

from simulation.bulk.compile_watch import compiling


def test_compiling_is_said_once_and_timed() -> None:
    inner = numba.njit(lambda number: 2 * number)
    outer = numba.njit(lambda number: inner(number) + 1)
    begun: list[str] = []
    with compiling(lambda: begun.append("begun")) as took:
        assert took() == 0
        assert outer(20) == 41
        assert begun == ["begun"]
        first = took()
        assert first > 0
        assert outer(30) == 61
        assert (begun, took()) == (["begun"], first)


def test_nothing_is_said_of_what_was_compiled_before() -> None:
    double = numba.njit(lambda number: 2 * number)
    assert double(1) == 2
    begun: list[str] = []
    with compiling(lambda: begun.append("begun")) as took:
        assert double(2) == 4
    assert (begun, took()) == ([], 0)
