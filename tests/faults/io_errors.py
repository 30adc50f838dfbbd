"""The n-th call to the disk fails: for every n, every call, once or from then on.

Each scenario is played again and again on a copy of the same store, with the fault one call later
each time, until it comes to its end before the fault does. During the scenario `session` sees to
it that every error is clear and that the writer either goes on or has stopped. Afterwards the
store is opened without fault:

- what was acknowledged is there with its answer, and what was said not to be kept is not;
- every command has all its events or none, and `check_store` finds nothing;
- what a writer that goes on has in memory is what the events fold to;
- every command sent again gets the answer that is kept, or is carried out now, once.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from domain.ids import MessageId
from domain.refusals import Refusal
from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from ledger.store import Store
from ledger.writer import Receipt
from tests.faults.faulty_disk import KINDS, MORE_KINDS, Fault, FaultyDisk, Kind
from tests.faults.images import NOT_DURABLE
from tests.faults.indexing import indexed_often
from tests.faults.io_scenarios import SCENARIOS, Scenario
from tests.faults.recording import ACTOR, MEMORY, state_of
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.faults.session import Session, Wrong, insist
from tests.faults.traffic import BOOK

MOST = 2_000  # calls of one kind that a scenario may need
LONGEST = 4  # seconds that a run may take; waiting for a lock in vain takes five

Topics = Mapping[str, list[str]]
"""The topics of each command's events, in order, by its key."""


class Prepared(NamedTuple):
    """A scenario with the store on which it begins, and what it does without fault."""

    scenario: Scenario
    store: Path
    known: dict[MessageId, Receipt]
    topics: Topics


def run(profile: Profile) -> Line:
    """Let every call of every scenario fail; in a longer profile, also with rarer codes."""
    kinds = KINDS if profile.scale == 1 else KINDS + MORE_KINDS
    fail = partial(fail_calls, kinds=kinds)
    return report(in_parts("io_errors", profile, fail, runs=len(SCENARIOS), part=1))


def report(tally: Tally) -> Line:
    """Insist that every call failed and every end came about, and give the report line."""
    tally.demand(*sorted({f"failing {call}" for call, _ in KINDS}))
    tally.demand("stopped", "went on", "did not open")
    return tally.line("n-th I/O call", unit="runs")


def fail_calls(numbers: range, *, kinds: Iterable[Kind] = KINDS) -> Tally:
    """Play scenarios, by number, with every fault of these kinds."""
    tally = Tally()
    for number in numbers:
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder, indexed_often(in_turn=True):
            prepared = prepare(SCENARIOS[number], Path(folder))
            for call, code in kinds:
                for lasting in (False, True):
                    _fail_each(prepared, Fault(call, code, 0, lasting), tally)
    return tally


def _fail_each(prepared: Prepared, fault: Fault, tally: Tally) -> None:
    """Let the first call fail, then the second, until the fault no longer comes to pass."""
    for number in count(1):
        assert number < MOST, f"{prepared.scenario.name} does not come to its end"
        disk = FaultyDisk(fault._replace(number=number))
        wrong = play(prepared, disk, tally)
        if wrong:
            tally.find(f"{prepared.scenario.name}, {disk.fault}: {wrong}")
        if not disk.fired:
            return
        tally.runs += 1
        tally.fired += 1
        tally.counts[f"failing {fault.call}"] += 1


def play(prepared: Prepared, disk: FaultyDisk, tally: Tally) -> str:
    """Play a scenario on a disk and say what went wrong; "" if nothing."""
    path = prepared.store.with_name("run")
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(prepared.store, path)
    scenario = prepared.scenario
    session = Session(path, disk, known=prepared.known, pages=scenario.pages)
    begun = perf_counter()
    try:
        session.open()
        opened = session.is_open
        scenario.play(session)
        session.finish()
        session.abandon()
        insist("it took longer than", LONGEST, "s", true=perf_counter() - begun < LONGEST)
        tally.counts[_end_of(session, opened=opened)] += 1
        return examine(path, session, prepared.topics)
    except Wrong as wrong:
        return str(wrong)
    except Exception as error:  # noqa: BLE001  # whatever it is, it should not have come through
        return f"raw error: {error!r}"
    finally:
        session.abandon()


def _end_of(session: Session, *, opened: bool) -> str:
    if not opened:
        return "did not open"
    return "stopped" if session.stopped else "went on"


def prepare(scenario: Scenario, folder: Path) -> Prepared:
    """Make the store on which a scenario begins and play it once without fault."""
    path, known = folder / "begun", folder / "store"
    receipts: dict[MessageId, Receipt] = {}
    stores.init(path)
    with stores.open_writer(path) as store, Application(store, BOOK) as application:
        for command, key, at in scenario.before:
            reply = application.execute(command, key=key, at=at, actor=ACTOR)
            assert isinstance(reply, Receipt), reply
            receipts[key] = reply
        if scenario.crashed:
            shutil.copytree(path, known, ignore=_not_durable)
    if not scenario.crashed:
        shutil.copytree(path, known, ignore=_not_durable)
    prepared = Prepared(scenario, known, receipts, {})
    session = Session(path, FaultyDisk(None), known=receipts, pages=scenario.pages)
    try:
        session.open()
        scenario.play(session)
        session.finish()
    finally:
        session.abandon()
    with stores.open_reader(path) as store:
        return prepared._replace(topics=topics_in(store))


def _not_durable(_: str, names: list[str]) -> set[str]:
    return {name for name in names if name.endswith(NOT_DURABLE)}


def topics_in(store: Store) -> Topics:
    """Read what each command did."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, event in store.events():
        found[event.meta.cause].append(event.fact.TOPIC)
    return found


def examine(path: Path, session: Session, topics: Topics) -> str:
    """Open a store without fault after a session and say what is wrong; "" if nothing."""
    with stores.open_writer(path) as store, Application(store, BOOK) as application:
        last = store.recorder.last_position
        wrong = (
            _wrong_in_answers(store, session)
            or _wrong_in_history(store, topics)
            or _wrong_in_memory(application, session)
            or _wrong_when_repeated(application, session)
        )
        if not wrong and store.recorder.last_position != last:
            wrong = _wrong_in_history(store, topics)
    return wrong


def _wrong_in_history(store: Store, topics: Topics) -> str:
    problems = check_store(store)
    if problems:
        return f"unsound: {problems[0].place} {problems[0].says.en}"
    for key, found in topics_in(store).items():
        if found != topics.get(key):
            return f"{key} did {found} instead of {topics.get(key)}"
    return ""


def _wrong_in_answers(store: Store, session: Session) -> str:
    for key, receipt in session.receipts.items():
        kept = store.recorder.answer(key)
        if kept is None or (kept.answer, kept.position) != (receipt.answer, receipt.position):
            return f"{key} was answered {receipt}, kept is {kept}"
    for key in session.nothing_kept:
        if store.recorder.answer(key) is not None:
            return f"{key} is kept although an error said that it was not"
    return ""


def _wrong_in_memory(application: Application, session: Session) -> str:
    for stream, state in session.states.items():
        if state_of(application, stream) != state:
            return f"{stream} was another one in memory"
    return ""


def _wrong_when_repeated(application: Application, session: Session) -> str:
    for command, key, at in session.sent:
        kept = application.store.recorder.answer(key)
        reply = application.execute(command, key=key, at=at, actor=ACTOR)
        if kept is None:
            fine = isinstance(reply, Refusal) or not reply.replayed
        else:
            fine = reply == (key, kept.answer, kept.position, True)
        if not fine:
            return f"{key} now gets {reply}, kept was {kept}"
    return ""
