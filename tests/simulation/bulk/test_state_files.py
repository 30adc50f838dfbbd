"""A state on disk is what was saved, or is said to be wrong, and where."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from simulation.bulk.arrays import State
from simulation.bulk.states import state_files
from simulation.bulk.states.state_checks import TYPES
from simulation.bulk.states.state_errors import StateDamaged, StateExists, StateMissing, StateNewer
from tests.simulation.bulk.states import REGIONS, small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    state_files.save(small(), tmp_path / "state", regions=REGIONS, made={"seed": 7})
    return tmp_path / "state"


@pytest.mark.parametrize("mmap", [False, True])
def test_what_was_saved_is_what_is_read(folder: Path, *, mmap: bool) -> None:
    read = state_files.load(folder, mmap=mmap, check=True)
    for name, wanted, found in zip(State._fields, small(), read.state, strict=True):
        assert found.dtype == wanted.dtype, name
        assert found.tolist() == wanted.tolist(), name
    assert read.regions == REGIONS
    assert read.about == {"seed": 7}
    assert read.digest == state_files.digest(small())


def test_the_types_are_those_of_the_fields() -> None:
    assert tuple(TYPES) == State._fields


def test_changes_of_a_mapped_state_stay_in_memory(folder: Path) -> None:
    read = state_files.load(folder, mmap=True)
    read.state.current[0] = 1
    assert state_files.load(folder, check=True).state.current[0] == 100_00


def test_a_state_without_people_is_a_state(tmp_path: Path) -> None:
    nothing: dict[str, list[int]] = {name: [] for name in State._fields}
    empty = small(**{**nothing, "first_edge": [0], "use_key": [-1], "use_fen": [0]})
    digest = state_files.save(empty, tmp_path / "empty", regions=())
    assert state_files.load(tmp_path / "empty", mmap=True, check=True).digest == digest
    assert state_files.bytes_per_person(empty) == 4 + 8 + 8


def test_the_digest_does_not_see_how_large_the_table_of_uses_is() -> None:
    key = small().use_key.tolist()
    fen = small().use_fen.tolist()
    larger = small(
        use_key=[key[3], -1, -1, key[1], -1, 77, -1, -1], use_fen=[1_00, 0, 0, 3_00, *[0] * 4]
    )
    assert state_files.digest(larger) == state_files.digest(small())
    other = small(use_key=key, use_fen=[*fen[:3], fen[3] + 1])
    assert state_files.digest(other) != state_files.digest(small())


@pytest.mark.parametrize("name", State._fields)
def test_the_digest_sees_every_array(name: str) -> None:
    changed = small()
    array = getattr(changed, name)
    array[-1] += 1
    assert state_files.digest(changed) != state_files.digest(small())


def test_known_hashes_of_what_a_run_cannot_change_are_not_computed_again(folder: Path) -> None:
    read = state_files.load(folder)
    read.state.current[0] -= 1
    whole = state_files.digest(read.state)
    assert state_files.digest(read.state, known=read.hashes) == whole != read.digest


def test_bytes_of_a_person_count_every_array() -> None:
    assert state_files.bytes_per_person(small()) * 4 == sum(array.nbytes for array in small())


def test_nothing_is_written_over(folder: Path) -> None:
    with pytest.raises(StateExists):
        state_files.save(small(), folder, regions=REGIONS)
    assert state_files.load(folder, check=True).about == {"seed": 7}


def test_a_missing_state_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StateMissing):
        state_files.load(tmp_path)


def test_a_newer_format_is_not_guessed_at(folder: Path) -> None:
    about = json.loads((folder / "state.json").read_text())
    (folder / "state.json").write_text(json.dumps({**about, "format": "gongji-state/9"}))
    with pytest.raises(StateNewer, match="gongji-state/9"):
        state_files.load(folder)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": "gongji-state/1"}'],
)
def test_a_description_that_says_too_little_is_refused(folder: Path, text: str) -> None:
    (folder / "state.json").write_text(text)
    with pytest.raises((StateDamaged, StateNewer), match=r"state"):
        state_files.load(folder)


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("left", [0, 60, 130])
def test_a_file_that_was_cut_off_is_named(folder: Path, left: int, *, mmap: bool) -> None:
    path = folder / "current.npy"
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(StateDamaged, match=r"current\.npy"):
        state_files.load(folder, mmap=mmap)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "rank.npy").unlink()
    with pytest.raises(StateDamaged, match=r"rank\.npy.*no such file"):
        state_files.load(folder)


def test_an_array_of_another_type_is_refused(folder: Path) -> None:
    np.save(folder / "rank.npy", np.zeros(3, np.int64))
    with pytest.raises(StateDamaged, match=r"rank\.npy"):
        state_files.load(folder)


@pytest.mark.parametrize("name", State._fields)
def test_a_flipped_bit_in_any_array_is_found_when_digests_are_checked(
    folder: Path, name: str
) -> None:
    path = folder / f"{name}.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(StateDamaged, match=name):
        state_files.load(folder, check=True)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"home": [0, 0, 1, 2]}, "home"),
        ({"flags": [5, 5, 5]}, "flags"),
        ({"first_edge": [0, 2, 1, 3, 3]}, "first_edge"),
        ({"first_edge": [0, 0, 2, 2, 2]}, "first_edge"),
        ({"current": [1, 2, 3, 4, 5]}, "current"),
        ({"prior": [-1, 0, 0, 0, 0, 0]}, "prior"),
        ({"grantor": [0, 4, 0]}, "grantor"),
        ({"terms": [0, 2, 0]}, "terms"),
        ({"giver": [0, 1, 2]}, "giver"),
        ({"aside": [1, -1, -1]}, "aside"),
        ({"aside_pool": [6]}, "aside_pool"),
        ({"authorized": [1, 2, 3]}, "authorized"),
        ({"changed_day": [738_100, 738_000, 738_000]}, "changed_day"),
        ({"wallet_owner": [4]}, "wallet_owner"),
        ({"filing_last": [737_000]}, "filing_last"),
        ({"open_year": [2025]}, "open_year"),
        ({"use_key": [-1, 5, -1], "use_fen": [0, 0, 0]}, "use_key"),
        ({"use_key": [5, 6], "use_fen": [0, 0]}, "use_key"),
    ],
)
def test_arrays_that_do_not_hold_together_are_refused(
    tmp_path: Path, other: dict[str, list[int]], named: str
) -> None:
    with pytest.raises(StateDamaged, match=rf"{named}\.npy"):
        state_files.save(small(**other), tmp_path / "state", regions=REGIONS)
    assert list(tmp_path.iterdir()) == []
