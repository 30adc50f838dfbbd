"""The differences between two states, put on the first one, give the second."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.bulk.arrays import State
from simulation.bulk.states.state_checks import CHANGING
from simulation.bulk.states.state_deltas import SCHEMA, USES, DeltaError, apply_delta, delta
from simulation.bulk.states.state_files import digest
from tests.simulation.bulk.states import small


def _copy(state: State) -> State:
    return State(*(array.copy() for array in state))


def test_nothing_changed_is_no_row() -> None:
    assert delta(small(), small()).num_rows == 0


def test_each_number_that_changed_is_one_row() -> None:
    after = small()
    after.current[1] = 12_00
    after.used[0] = 3_00
    after.open_year[1] = 2026
    found = delta(small(), after).to_pylist()
    named = [(CHANGING[row["array"]], row["place"], row["value"]) for row in found]
    assert named == [("current", 1, 12_00), ("used", 0, 3_00), ("open_year", 1, 2026)]


_FEN = st.lists(st.integers(0, 9), min_size=6, max_size=6)
_EDGES = st.lists(st.integers(0, 9), min_size=3, max_size=3)
_USES = st.dictionaries(st.integers(0, 4).map(lambda who: (who << 20) + 2025), st.integers(0, 3))


def _moment(fen: list[int], used: list[int], uses: dict[int, int]) -> State:
    free = 8 - len(uses)
    return small(
        current=fen,
        used=used,
        use_key=[*uses, *[-1] * free],
        use_fen=[*uses.values(), *[0] * free],
    )


@given(fen=_FEN, used=_EDGES, old=_USES, new=_USES)
def test_differences_put_on_the_first_state_give_the_second(
    fen: list[int], used: list[int], old: dict[int, int], new: dict[int, int]
) -> None:
    before, after = _moment([0] * 6, [1, 2, 3], old), _moment(fen, used, new)
    assert digest(apply_delta(_copy(before), delta(before, after))) == digest(after)


def test_uses_can_be_found_where_the_kernel_looks() -> None:
    from simulation.bulk.kernel.uses import looked_up

    many = {(edge << 20) + 2020 + edge % 7: edge + 1 for edge in range(300)}
    after = small(use_key=[*many, *[-1] * 212], use_fen=[*many.values(), *[0] * 212])
    found = apply_delta(small(), delta(small(), after))
    assert [looked_up(found, key >> 20, key & 0xFFFFF) for key in many] == list(many.values())
    assert looked_up(found, 301, 2020) == 0
    assert (found.use_key == -1).any()


def test_a_table_about_others_is_refused() -> None:
    table = delta(small(), small())
    with pytest.raises(DeltaError, match="columns"):
        apply_delta(small(), table.rename_columns(["a", "b", "c"]))
    beyond = type(table).from_pydict({"array": [0], "place": [6], "value": [1]}, schema=SCHEMA)
    with pytest.raises(DeltaError, match="place 6 of 6"):
        apply_delta(small(), beyond)
    assert USES == 5
