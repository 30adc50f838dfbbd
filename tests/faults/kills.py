"""kill -9 of a writing process, again and again: what was acknowledged is there, once.

The system keeps what the process has written, so this proves nothing about power loss; it proves
that at no instant of opening, settling and closing an interruption leaves half of anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from ledger.store import Store
from ledger.writer import Receipt, Reply
from tests.faults import children, street
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.faults.victim import digest, settle_until_killed
from tests.properties.invariants import Watch

PART = 25  # kills on one store
MESSAGES = 2 * 2 * street.GROUP  # at most so many are waited for: two groups and their answers
LONGEST = 0.03  # seconds, after the last one waited for
STEP = 100_000  # numbers of commands that one process may use

DURABLE = "unknown outcomes that were durable"
NEVER = "unknown outcomes that never happened"
ACKNOWLEDGED = "acknowledged"
EARLY = "kills before anything was sent"


def run(profile: Profile) -> Line:
    """Kill a writer 150 times (long: 10,000 times)."""
    runs = profile.times(short=150, long=10_000)
    tally = in_parts("kills", profile, _part, runs=runs, part=PART)
    tally.demand(DURABLE, NEVER, ACKNOWLEDGED, EARLY)
    return tally.line("kill -9 of the writer", unit="kills")


def _part(rounds: range) -> Tally:
    """Kill writers of one store, then examine all of it."""
    tally = Tally()
    with TemporaryDirectory(prefix="kills-") as folder:
        path = Path(folder) / "store"
        stores.init(path)
        with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
            street.found(application)
            seen = store.recorder.last_position
        for number in rounds:
            seen = _kill(path, number, seen=seen, tally=tally)
        with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
            problems: list[object] = list(check_store(store))
            try:
                Watch(application).look()
            except AssertionError as broken:
                problems.append(broken)
        if problems:
            tally.find(f"kills {rounds.start} to {rounds.stop - 1}: {problems[:3]}")
    return tally


def _kill(path: Path, number: int, *, seen: int, tally: Tally) -> int:
    """Kill one process and examine what it left behind; give the position of the last event."""
    random = Random(number)
    messages = max(0, random.randrange(-MESSAGES // 6, MESSAGES))
    seconds = random.choice((0, random.uniform(0, LONGEST)))
    process, wire = children.start(settle_until_killed, path, number * STEP)
    told = children.kill_after(process, wire, messages=messages, seconds=seconds)
    tally.runs += 1
    tally.fired += process.exitcode == children.KILLED
    try:
        assert process.exitcode == children.KILLED, f"it ended with {process.exitcode} by itself"
        with stores.open_writer(path) as store, Application(store, street.BOOK) as application:
            _resolve(store, application, told, seen=seen, tally=tally)
            return store.recorder.last_position
    except Exception as error:  # noqa: BLE001  # whatever it is, this kill was followed by it
        tally.fail(f"kill {number} after {messages} messages", error)
    finally:
        process.close()
    with stores.open_reader(path) as store:
        return store.recorder.last_position


def _resolve(
    store: Store, application: Application, told: list[bytes], *, seen: int, tally: Tally
) -> None:
    """Compare what is there with what was told, and ask for what was not answered."""
    sent, acknowledged = _read(told)
    unknown = [number for number in sent if number not in acknowledged]
    tally.counts[EARLY] += not sent
    tally.counts[ACKNOWLEDGED] += len(acknowledged)
    kept = _ask(application, list(acknowledged), first=sent[0] if sent else 0)
    for number, receipt in kept.items():
        assert receipt.replayed, f"acknowledged, and lost: {receipt}"
        assert acknowledged[number] == (receipt.position, digest(receipt.answer)), receipt
    asked = _ask(application, unknown, first=sent[0] if sent else 0)
    tally.counts[DURABLE] += sum(receipt.replayed for receipt in asked.values())
    tally.counts[NEVER] += sum(not receipt.replayed for receipt in asked.values())
    for number, again in _ask(application, unknown, first=sent[0] if sent else 0).items():
        assert again == asked[number]._replace(replayed=True), (again, asked[number])
    _check_tail(store, [*kept.values(), *asked.values()], after=seen)


def _read(told: list[bytes]) -> tuple[list[int], dict[int, tuple[int, str]]]:
    """Give what was sent, in order, and position and digest of what was acknowledged."""
    sent, acknowledged = [], {}
    for message in told:
        kind, number, *answer = message.decode().split()
        if kind == "?":
            sent.append(int(number))
        else:
            position, said = answer
            acknowledged[int(number)] = (int(position), said)
    assert acknowledged.keys() <= set(sent)
    return sent, acknowledged


def _ask(application: Application, numbers: list[int], *, first: int) -> dict[int, Receipt]:
    replies = street.answers(application, (street.sent(n, first=first) for n in numbers))
    return dict(zip(numbers, _receipts(replies), strict=True))


def _receipts(replies: list[Reply]) -> Iterator[Receipt]:
    for reply in replies:
        assert isinstance(reply, Receipt), reply
        yield reply


def _check_tail(store: Store, receipts: list[Receipt], *, after: int) -> None:
    """Since the kill before, each command has left one run of events, and nothing else is there."""
    ends: dict[str, int] = {}
    cause, position = "", after
    for position, event in store.events(after):  # the last one is compared below
        assert position == after + 1, f"after event {after} comes {position}"
        after = position
        if event.meta.cause != cause:
            cause = event.meta.cause
            assert cause not in ends, f"{cause} has happened twice"
        ends[cause] = position
    assert position == store.recorder.last_position
    assert ends == {str(receipt.key): receipt.position for receipt in receipts}
