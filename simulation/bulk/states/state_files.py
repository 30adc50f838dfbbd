"""A state on disk: a folder with one `.npy` file for each array, and `state.json` about them.

`state.json` says how many persons there are, which regions their numbers stand for, the type,
length and SHA-256 of every array, and a digest of all of it. A folder appears complete or not at
all. Whatever else lies in it (`persons.parquet`, say) is nobody's concern here.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from domain.text import Text
from simulation.bulk.arrays import State
from simulation.bulk.states.state_checks import CHANGING, TYPES, Array, problems
from simulation.bulk.states.state_errors import StateDamaged, StateExists, StateMissing, StateNewer

FORMAT = "gongji-state/1"
ABOUT = "state.json"

_AT_ONCE = 2  # arrays that are hashed at the same time


class StateFile(NamedTuple):
    """A state with what its folder says about it.

    `regions` are codes by number, `about` is what its maker noted, `hashes` has the SHA-256 of
    each array, and `folder` is where it was read; None if it never was on disk.
    """

    state: State
    regions: tuple[str, ...]
    digest: str
    about: Mapping[str, Any]
    hashes: Mapping[str, str]
    folder: Path | None = None


def save(
    state: State,
    folder: Path,
    *,
    regions: Iterable[str],
    made: Mapping[str, Any] | None = None,
) -> str:
    """Write a state into a new folder and give its digest.

    `made` is noted as it is: how the state came to be. It must be something JSON can say.

    Raises:
        StateExists: the folder exists and is not empty.
        StateDamaged: the arrays do not hold together.
    """
    codes = tuple(regions)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StateExists(path=str(folder))
    _refuse_wrong(state, folder, regions=len(codes))
    hashes = array_hashes(state)
    about = {
        "format": FORMAT,
        "persons": len(state.home),
        "regions": codes,
        "digest": digest_of(hashes),
        "arrays": {
            name: {"type": TYPES[name], "length": len(array), "sha256": hashes[name]}
            for name, array in zip(State._fields, state, strict=True)
        },
        "made": dict(made or {}),
    }
    _publish(state, folder, about=json.dumps(about, ensure_ascii=False, indent=1) + "\n")
    return digest_of(hashes)


def load(folder: Path, *, mmap: bool = False, check: bool = False) -> StateFile:
    """Read a state; types, lengths, order and ranges are always looked at.

    With `mmap` pages are read when they are needed, and changes stay in memory: no run changes
    the state that it opened. With `check` the digest is computed again: some seconds for each
    10 GB.

    Raises:
        StateMissing: there is no state in the folder.
        StateNewer: its format is another one.
        StateDamaged: a file is missing, cut off, or holds what cannot be.
    """
    about = _about(folder)
    state = State(*(_read(folder, name, about["arrays"], mmap=mmap) for name in State._fields))
    regions = tuple(about["regions"])
    hashes = {name: about["arrays"][name]["sha256"] for name in State._fields}
    if check:
        _compare(folder, hashes, array_hashes(state))
    _refuse_wrong(state, folder, regions=len(regions))
    if digest_of(hashes) != about["digest"]:
        raise _damaged(folder / ABOUT, _DIGEST)
    return StateFile(state, regions, about["digest"], about["made"], hashes, folder)


def in_memory(state: State, *, regions: Iterable[str]) -> StateFile:
    """Give a state that was never on disk as if it had been read.

    Raises:
        StateDamaged: the arrays do not hold together.
    """
    codes = tuple(regions)
    _refuse_wrong(state, Path(), regions=len(codes))
    hashes = array_hashes(state)
    return StateFile(state, codes, digest_of(hashes), {}, hashes)


def moment(file: StateFile) -> State:
    """Give a state as it was read, which stays so whatever a run changes in it.

    It shares what no run changes. Of the rest a copy is made only if it was never on disk;
    otherwise its pages are read again when they are needed.
    """
    if file.folder is None:
        kept = {name: getattr(file.state, name).copy() for name in CHANGING}
    else:
        kept = {
            name: _opened(file.folder / f"{name}.npy", mode="r" if len(array) else None)
            for name, array in file.state._asdict().items()
            if name in CHANGING
        }
    return file.state._replace(**kept)


# ---------------------------------------------------------------------------------------- digests


def digest(state: State, *, known: Mapping[str, str] | None = None) -> str:
    """Give the digest of a state; `known` are hashes of arrays that need not be read again.

    It is the SHA-256 of one line for each array: name, type and SHA-256 of its content.
    """
    return digest_of(array_hashes(state, known=known))


def array_hashes(state: State, *, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the SHA-256 of each array's bytes; of the use in other years by its content alone.

    The table of uses is hashed as sorted keys and their fen, without what is zero: how large the
    table is, and in which order it was filled, makes no difference.
    """
    use_key, use_fen = uses(state)
    contents = state._replace(use_key=use_key, use_fen=use_fen)._asdict()
    found = {name: each for name, each in (known or {}).items() if name not in CHANGING}
    wanted = [name for name in contents if name not in found]
    with ThreadPoolExecutor(_AT_ONCE) as hands:  # hashing leaves the interpreter to others
        hashes = hands.map(lambda name: _hash(contents[name]), wanted)
        found |= dict(zip(wanted, hashes, strict=True))
    return {name: found[name] for name in contents}


def _hash(array: Array) -> str:
    return sha256(np.ascontiguousarray(array).data).hexdigest()


def digest_of(hashes: Mapping[str, str]) -> str:
    """Give the digest of a state whose arrays have these hashes."""
    lines = (f"{name} {TYPES[name]} {hashes[name]}\n" for name in State._fields)
    return sha256("".join(lines).encode()).hexdigest()


def uses(state: State) -> tuple[Array, Array]:
    """Give the use in other years and by day: keys in rising order, and fen, none of it zero."""
    key, fen = np.asarray(state.use_key), np.asarray(state.use_fen)
    kept = np.flatnonzero((key != -1) & (fen != 0))
    kept = kept[np.argsort(key[kept])]
    return key[kept], fen[kept]


def bytes_per_person(state: State) -> Fraction:
    """Give how many bytes all arrays take for each person."""
    return Fraction(sum(array.nbytes for array in state), max(len(state.home), 1))


# ------------------------------------------------------------------------------------------ files


def _publish(state: State, folder: Path, *, about: str) -> None:
    """Write everything beside the folder's place, then put it there in one step."""
    parent = folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    building = parent / f".{folder.name}.tmp"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    try:
        for name, array in zip(State._fields, state, strict=True):
            with (building / f"{name}.npy").open("wb") as file:
                np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
        with (building / ABOUT).open("w", encoding="utf-8") as file:
            file.write(about)
            file.flush()
            os.fsync(file.fileno())
        _fsync_folder(building)
        building.replace(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _fsync_folder(parent)


def _fsync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


_NO_JSON = Text("读不懂：{why}", "it cannot be understood: {why}")
_LACKS = Text("缺少或多出：{names}", "missing or unknown: {names}")
_DIGEST = Text("摘要与各数组不符", "its digest is not that of its arrays")
_HASH = Text("内容与 state.json 所记的摘要不符", "its content is not the one that state.json names")
_TYPE = Text("与 state.json 所记不符：{found}", "it is not what state.json says: {found}")


def _about(folder: Path) -> dict[str, Any]:
    path = folder / ABOUT
    try:
        about = json.loads(path.read_bytes())
        found = about["format"] if isinstance(about, dict) else None
    except FileNotFoundError:
        raise StateMissing(path=str(folder)) from None
    except (ValueError, KeyError) as error:
        raise _damaged(path, _NO_JSON, why=error) from None
    if found != FORMAT:
        raise StateNewer(path=str(folder), found=str(found), known=FORMAT)
    _refuse_shape(path, about)
    return dict(about)


def _refuse_shape(path: Path, about: dict[str, Any]) -> None:
    """Refuse a `state.json` that does not say what it must say."""
    arrays, regions = about.get("arrays"), about.get("regions")
    wanted = {"format", "persons", "regions", "digest", "arrays", "made"}
    if (
        about.keys() != wanted
        or not isinstance(arrays, dict)
        or not isinstance(about["made"], dict)
    ):
        raise _damaged(path, _LACKS, names=sorted(about.keys() ^ wanted) or ["arrays, made"])
    if arrays.keys() != set(State._fields):
        raise _damaged(path, _LACKS, names=sorted(arrays.keys() ^ set(State._fields)))
    for name, says in arrays.items():
        if not isinstance(says, dict) or says.keys() != {"type", "length", "sha256"}:
            raise _damaged(path, _LACKS, names=[name])
    if not isinstance(regions, list) or not all(isinstance(code, str) for code in regions):
        raise _damaged(path, _LACKS, names=["regions"])
    if arrays["use_key"]["length"] != arrays["use_fen"]["length"]:
        raise _damaged(path, _LACKS, names=["use_key, use_fen"])


def _read(folder: Path, name: str, arrays: Mapping[str, Any], *, mmap: bool) -> Array:
    path = folder / f"{name}.npy"
    says = arrays[name]
    try:
        array = _opened(path, mode="c" if mmap and says["length"] else None)
    except FileNotFoundError:
        raise _damaged(path, Text("没有这个文件", "there is no such file")) from None
    except (ValueError, EOFError, SyntaxError) as error:
        raise _damaged(path, _NO_JSON, why=str(error).partition("\n")[0]) from None
    if (array.dtype.str, array.shape) != (says["type"], (says["length"],)):
        raise _damaged(path, _TYPE, found=f"{array.dtype.str} {array.shape}")
    return array


def _opened(path: Path, *, mode: Literal["c", "r"] | None) -> Array:
    """Read an array, or map its file unless it is empty: an empty one cannot be mapped."""
    return np.asarray(np.load(path, mmap_mode=mode, allow_pickle=False))


def _compare(folder: Path, said: Mapping[str, str], found: Mapping[str, str]) -> None:
    for name in State._fields:
        if said[name] != found[name]:
            raise _damaged(folder / f"{name}.npy", _HASH)


def _refuse_wrong(state: State, folder: Path, *, regions: int) -> None:
    for wrong in problems(state, regions=regions):
        raise StateDamaged(path=str(folder / f"{wrong.array}.npy"), detail=wrong.detail)


def _damaged(path: Path, says: Text, **facts: object) -> StateDamaged:
    detail = Text(says.say("zh", **facts), says.say("en", **facts))
    return StateDamaged(path=str(path), detail=detail)
