"""The waterfall against a naive one, by property and by example, plain and compiled."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import waterfall as kernel
from domain.waterfall import Case
from tests.domain import naive
from tests.domain.naive import Payer, Terms

SEGMENTS = 2
Compiled = tuple[ModuleType, Callable[[list[int]], list[int]]]


def run(payers: list[Payer], terms: Terms) -> tuple[list[int], list[int], list[int]]:
    """Run the waterfall; give what was given (flat), why, and what is left by line."""
    case = case_of(payers, terms)
    gave = [0] * (len(payers) * SEGMENTS * len(terms.need))
    why = [-1] * len(payers)
    rest = kernel.waterfall(case, gave, why)
    assert rest == sum(case.need)
    return gave, why, list(case.need)


def case_of(payers: list[Payer], terms: Terms) -> Case:
    return Case(
        need=list(terms.need),
        room=[fen for payer in payers for fen in payer.room],
        cap=[payer.cap for payer in payers],
        may_pay=[int(j in payer.lines) for payer in payers for j in range(len(terms.need))],
        own=[int(payer.own) for payer in payers],
        fall_through=int(terms.fall_through),
        own_must_be_empty=int(terms.own_must_be_empty),
    )


def given_by(gave: list[int], a: int, lines: int) -> int:
    return sum(gave[a * SEGMENTS * lines : (a + 1) * SEGMENTS * lines])


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Payer], Terms]:
    """Draw an own account and up to four relatives before one to three lines."""
    lines = draw(st.integers(1, 3))
    fen = st.integers(0, 6)

    def payer(*, own: bool) -> Payer:
        room = (draw(fen), draw(fen))
        cap = sum(room) if own else draw(st.sampled_from([sum(room), draw(fen)]))
        return Payer(room, cap, draw(st.frozensets(st.integers(0, lines - 1))), own)

    payers = [payer(own=True), *(payer(own=False) for _ in range(draw(st.integers(0, 4))))]
    need = tuple(draw(fen) for _ in range(lines))
    return payers, Terms(need, draw(st.booleans()), draw(st.booleans()))


@given(cases())
def test_every_account_segment_and_line_gives_what_paying_fen_by_fen_gives(
    drawn: tuple[list[Payer], Terms],
) -> None:
    payers, terms = drawn
    gave, _, left = run(payers, terms)
    paid, naive_left = naive.pay(payers, terms)
    lines = len(terms.need)
    assert gave == [
        paid.count((a, s, line))
        for a in range(len(payers))
        for s in range(SEGMENTS)
        for line in range(lines)
    ]
    assert left == naive_left


@given(cases())
def test_what_is_given_and_what_is_left_add_up_line_by_line(
    drawn: tuple[list[Payer], Terms],
) -> None:
    payers, terms = drawn
    gave, _, left = run(payers, terms)
    lines = len(terms.need)
    for line, need in enumerate(terms.need):
        assert sum(gave[line::lines]) + left[line] == need
        assert left[line] >= 0


@given(cases())
def test_no_account_gives_less_than_nothing_or_more_than_room_and_cap(
    drawn: tuple[list[Payer], Terms],
) -> None:
    payers, terms = drawn
    gave, _, _ = run(payers, terms)
    lines = len(terms.need)
    assert all(fen >= 0 for fen in gave)
    for a, payer in enumerate(payers):
        assert given_by(gave, a, lines) <= payer.cap
        for s, room in enumerate(payer.room):
            start = (a * SEGMENTS + s) * lines
            assert sum(gave[start : start + lines]) <= room
        assert all(
            gave[(a * SEGMENTS + s) * lines + line] == 0
            for s in range(SEGMENTS)
            for line in set(range(lines)) - payer.lines
        )


@given(cases())
def test_nobody_pays_a_line_while_an_account_before_could_have_given_more_for_it(
    drawn: tuple[list[Payer], Terms],
) -> None:
    payers, terms = drawn
    gave, why, left = run(payers, terms)
    lines = len(terms.need)
    for a, payer in enumerate(payers):
        given = given_by(gave, a, lines)
        if why[a] in {kernel.OTHER_PAID, kernel.OWN_LEFT} or given == min(
            sum(payer.room), payer.cap
        ):
            continue
        after = gave[(a + 1) * SEGMENTS * lines :]
        for line in payer.lines:
            assert sum(after[line::lines]) + left[line] == 0, "I12"


@given(cases())
def test_without_fall_through_at_most_one_relative_pays(
    drawn: tuple[list[Payer], Terms],
) -> None:
    payers, terms = drawn
    gave, _, _ = run(payers, Terms(terms.need, fall_through=False, own_must_be_empty=False))
    paying = [a for a in range(1, len(payers)) if given_by(gave, a, len(terms.need))]
    assert len(paying) <= 1


@given(cases())
def test_relatives_wait_until_the_own_account_is_empty_where_it_must_be(
    drawn: tuple[list[Payer], Terms],
) -> None:
    payers, terms = drawn
    gave, _, _ = run(payers, Terms(terms.need, fall_through=True, own_must_be_empty=True))
    lines = len(terms.need)
    if given_by(gave, 0, lines) < sum(payers[0].room):
        assert sum(gave[SEGMENTS * lines :]) == 0


@given(cases())
def test_the_reason_of_every_account_fits_its_amounts(
    drawn: tuple[list[Payer], Terms],
) -> None:
    payers, terms = drawn
    gave, why, _ = run(payers, terms)
    lines = len(terms.need)
    for a, payer in enumerate(payers):
        given = given_by(gave, a, lines)
        before = gave[: a * SEGMENTS * lines]
        wanted = sum(terms.need[line] - sum(before[line::lines]) for line in payer.lines)
        fits = {
            kernel.NOTHING_LEFT: given == 0 == wanted,
            kernel.PAID_THE_REST: 0 < given == wanted,
            kernel.EMPTIED: 0 < given == sum(payer.room) < wanted,
            kernel.CAPPED: 0 < given == payer.cap < min(wanted, sum(payer.room)),
            kernel.EMPTY: given == 0 == sum(payer.room) < wanted,
            kernel.CAP_ZERO: given == 0 == payer.cap < min(wanted, sum(payer.room)),
            kernel.BARRED: given == 0 == len(payer.lines),
            kernel.OTHER_PAID: given == 0 and not payer.own and not terms.fall_through,
            kernel.OWN_LEFT: given == 0 and not payer.own and terms.own_must_be_empty,
        }
        assert fits[why[a]], (why[a], given, wanted, payer)


@pytest.mark.parametrize(
    ("relatives", "expected", "reasons"),
    [
        ([(300, 300), (300, 300)], [100, 300, 100], [kernel.EMPTIED, kernel.PAID_THE_REST]),
        ([(300, 200), (300, 300)], [100, 200, 200], [kernel.CAPPED, kernel.PAID_THE_REST]),
        ([(0, 0), (900, 900)], [100, 0, 400], [kernel.EMPTY, kernel.PAID_THE_REST]),
        ([(900, 0), (900, 900)], [100, 0, 400], [kernel.CAP_ZERO, kernel.PAID_THE_REST]),
        ([(200, 900), (0, 900)], [100, 200, 0], [kernel.EMPTIED, kernel.EMPTY]),
        ([(400, 400), (1, 1)], [100, 400, 0], [kernel.PAID_THE_REST, kernel.NOTHING_LEFT]),
    ],
)
def test_accounts_pay_in_order_up_to_their_caps_and_what_they_have(
    relatives: list[tuple[int, int]], expected: list[int], reasons: list[int]
) -> None:
    own = Payer((100, 0), 100, frozenset({0}), own=True)
    payers = [own, *(Payer((room, 0), cap, frozenset({0}), own=False) for room, cap in relatives)]
    gave, why, _ = run(payers, Terms((500,), fall_through=True, own_must_be_empty=False))
    assert [given_by(gave, a, 1) for a in range(3)] == expected
    assert why == [kernel.EMPTIED, *reasons]


def test_relatives_wait_for_all_own_money_and_not_for_the_last_account_alone() -> None:
    payers = [
        Payer((5, 0), 5, frozenset({0}), own=True),
        Payer((0, 0), 0, frozenset({0, 1}), own=True),
        Payer((9, 0), 9, frozenset({0, 1}), own=False),
    ]
    _, why, left = run(payers, Terms((2, 7), fall_through=True, own_must_be_empty=True))
    assert why == [kernel.PAID_THE_REST, kernel.EMPTY, kernel.OWN_LEFT]
    assert left == [0, 7]


def test_the_first_segment_pays_before_the_second() -> None:
    payer = Payer((3, 5), 8, frozenset({0, 1}), own=True)
    gave, why, left = run([payer], Terms((2, 4), fall_through=True, own_must_be_empty=False))
    assert gave == [2, 1, 0, 3]
    assert why == [kernel.PAID_THE_REST]
    assert left == [0, 0]


def test_one_relative_who_gives_a_single_fen_uses_up_the_turn() -> None:
    own = Payer((0, 0), 0, frozenset({0}), own=True)
    first = Payer((1, 0), 1, frozenset({0}), own=False)
    second = Payer((400, 0), 400, frozenset({0}), own=False)
    terms = Terms((300,), fall_through=False, own_must_be_empty=False)
    gave, why, left = run([own, first, second], terms)
    assert given_by(gave, 1, 1) == 1
    assert why == [kernel.EMPTY, kernel.EMPTIED, kernel.OTHER_PAID]
    assert left == [299]


@given(st.lists(st.integers(-5, 5)))
def test_sorting_puts_the_smallest_key_first_and_keeps_the_places_of_equal_ones(
    keys: list[int],
) -> None:
    order = [0] * len(keys)
    kernel.sort_by_key(keys, order)
    assert order == sorted(range(len(keys)), key=lambda i: keys[i])


# ---------------------------------------------------------------------------------- as compiled


@pytest.fixture(scope="module", params=["arrays", "typed lists"])
def compiled(request: pytest.FixtureRequest) -> Compiled:
    """Compile a copy of the module as it stands, and give it with a maker of sequences."""
    numba = pytest.importorskip("numba", reason="numba is not installed")
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    assert kernel.__spec__ is not None
    copy = importlib.util.module_from_spec(kernel.__spec__)
    assert kernel.__spec__.loader is not None
    kernel.__spec__.loader.exec_module(copy)
    for name in ("_pay", "waterfall", "sort_by_key"):
        setattr(copy, name, numba.njit(getattr(copy, name)))
    if request.param == "arrays":
        return copy, lambda values: numpy.array(values, dtype=numpy.int64)
    return copy, numba.typed.List


@given(drawn=cases())
def test_the_source_compiles_as_it_stands_and_gives_the_same(
    compiled: Compiled, drawn: tuple[list[Payer], Terms]
) -> None:
    module, sequence = compiled
    payers, terms = drawn
    plain = case_of(payers, terms)
    case = module.Case(*(sequence(f) if isinstance(f, list) else f for f in plain))
    gave = sequence([0] * (len(payers) * SEGMENTS * len(terms.need)))
    why = sequence([-1] * len(payers))
    rest = module.waterfall(case, gave, why)
    expected_gave, expected_why, left = run(payers, terms)
    assert (list(gave), list(why), list(case.need)) == (expected_gave, expected_why, left)
    assert rest == sum(left)
    order = sequence([0] * len(plain.room))
    module.sort_by_key(case.room, order)
    assert list(order) == sorted(range(len(plain.room)), key=lambda i: plain.room[i])
