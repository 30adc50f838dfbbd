"""From a log and the state that it began on to a store that holds one family, or to none at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from domain.ids import RegionCode
from domain.rules import RuleBook
from domain.text import Text
from ledger import store as stores
from ledger.application import Application
from ledger.errors import StoreExists
from simulation.bulk.comparison.persons_file import family_of_person
from simulation.bulk.families.family import CannotLoad, family_of, filled
from simulation.bulk.families.family_history import history_of
from simulation.bulk.families.family_loading import Course, Difference, load
from simulation.bulk.families.family_names import person_named
from simulation.bulk.log import manifest
from simulation.bulk.log.manifest import Begin, Manifest
from simulation.bulk.states.state_files import StateFile


def course_of(log: Path, opened: StateFile, *, name: str) -> Course:
    """Read one family's part of a log that began on a state.

    `name` is the id of a member, of one of their bills, or that of the family itself. Only the
    manifest's chain is checked here; `gongji simulate verify` checks the files.

    Raises:
        CannotLoad: the log is not whole or began on another state, or there is no such family.
        OSError: a file cannot be read.
    """
    read = manifest.read(log)
    begin = _begin(read, log)
    if begin.opening != opened.digest:
        says = Text(
            "日志 {log} 开始时的状态不是 {state}",
            "the log {log} began on another state than {state}",
        )
        raise CannotLoad(filled(says, log=log, state=opened.folder))
    regions = tuple(map(RegionCode, begin.regions))
    segments = [(segment.lines.name, segment.legs.name) for segment in read.segments]
    person = person_named(name, state=opened.folder, lines=[log / lines for lines, _ in segments])
    family = family_of(opened.state, person, regions=regions)
    pool = family_of_person(opened.folder, family.numbers[0])
    family = family._replace(pool=pool) if pool else family
    homes = {member.home for member in family.members}
    history = history_of(
        log,
        segments,
        persons=family.numbers,
        regions=[number for number, region in enumerate(regions) if region in homes],
    )
    return Course(family, history, regions, begin.rule_sets)


def _begin(read: Manifest, log: Path) -> Begin:
    for fault in read.faults:
        says = Text("{file} 第 {line} 行：{what}", "{file}, line {line}: {what}")
        where = {"file": log / fault.file, "line": fault.line}
        raise CannotLoad(
            Text(
                says.say("zh", what=fault.says.zh, **where),
                says.say("en", what=fault.says.en, **where),
            )
        )
    if read.begin is None:
        says = Text("{log} 中没有日志", "there is no log in {log}")
        raise CannotLoad(filled(says, log=log))
    return read.begin


def store_of(course: Course, path: Path, *, book: RuleBook) -> list[Difference]:
    """Build a store in its place if the ledger decides everything as the log says.

    It is built beside its place and moved there at the end; if anything differs, or anything goes
    wrong, nothing is left. The pool may lie in the area of any member: the first is taken whose
    rules allow the family.

    Raises:
        CannotLoad: the state cannot be brought about by commands.
        StoreExists: there is something in that place.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise StoreExists(path=str(path))
    failed: CannotLoad | None = None
    for area in course.family.areas:
        try:
            return _built(course._replace(family=course.family._replace(area=area)), path, book)
        except CannotLoad as cannot:
            failed = failed or cannot
    assert failed is not None, "every family has a member, and every member an area"
    raise failed


def _built(course: Course, path: Path, book: RuleBook) -> list[Difference]:
    parent = path.absolute().parent
    building = parent / f".{path.name}.{os.getpid()}.tmp"
    shutil.rmtree(building, ignore_errors=True)
    try:
        stores.init(building)
        with stores.open_writer(building) as store, Application(store, book) as app:
            differences = list(load(course, app))
        if not differences:
            building.replace(path)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return differences
