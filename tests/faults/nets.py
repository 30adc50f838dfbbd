"""The nets that planted bugs have to be caught in: checks of this project, each by one name.

Each gives what it found first, "" if nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw

from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from simulation.random_history import generate, play
from tests.faults import bit_flips, io_errors, races, sample
from tests.faults import power_loss as power
from tests.faults.faulty_disk import Kind
from tests.faults.indexing import indexed_often
from tests.faults.io_scenarios import SCENARIOS
from tests.faults.report import Profile
from tests.properties.invariants import Broken, Watch
from tests.properties.rulebooks import rule_book

SEEDS, OPERATIONS = 24, 250
BOOK = rule_book()


def auditor() -> str:
    """Let the auditor count random histories out, coin by coin."""
    return _histories("audit")


def priority() -> str:
    """See that in random histories nobody who may pay is passed over (I12)."""
    return _histories("I12")


def replay() -> str:
    """Compare live states with what the events of random histories fold to (I9)."""
    return _histories("I9")


def keys() -> str:
    """See that in random histories a key happens once (I6)."""
    return _histories("I6")


def cancellations() -> str:
    """See that in random histories cancellations give back what was taken, limits too (I7)."""
    return _histories("I7")


def _histories(invariant: str) -> str:
    for seed in range(SEEDS):
        with stores.memory() as store, Application(store, BOOK) as application:
            watch = Watch(application)
            try:
                for played in play(application, seed=seed, operations=OPERATIONS):
                    watch.after(played)
                watch.at_the_end()
            except Broken as broken:
                return str(broken) if broken.name == invariant else ""
    return ""


def failing_disk() -> str:
    """Let every write of a cancellation fail (`io_errors`)."""
    return _failing(("xWrite", apsw.SQLITE_IOERR_WRITE))


def full_disk() -> str:
    """Let the disk be full at every write of a cancellation (`io_errors`)."""
    return _failing(("xWrite", apsw.SQLITE_FULL))


def _failing(kind: Kind) -> str:
    (number,) = (n for n, scenario in enumerate(SCENARIOS) if scenario.name == "cancel")
    tally = io_errors.fail_calls(range(number, number + 1), kinds=[kind])
    assert tally.fired, "no call has failed"
    return tally.findings[0] if tally.bad else ""


def power_loss() -> str:
    """Lose power (`power_loss`)."""
    tally = power.lose_power(range(100))
    assert tally.fired, "no write was lost"
    return tally.findings[0] if tally.bad else ""


def capture_or_release() -> str:
    """Let captures and releases of holds race (`capture_or_release`)."""
    line = races.capture_or_release(Profile("one part", 1))
    return "" if line.passed else line.detail


def check_of_the_store() -> str:
    """Examine a store in which much has happened (`check_store`)."""
    with TemporaryDirectory(prefix="nets-") as folder:
        path = Path(folder) / "store"
        stores.init(path)
        with (
            indexed_often(),
            stores.open_writer(path) as store,
            Application(store, BOOK) as application,
        ):
            generate(application, seed=1, operations=OPERATIONS // 4)
            problems = check_store(store)
    return f"{problems[0].place}: {problems[0].says.en}" if problems else ""


def flipped_digit() -> str:
    """Flip one bit, so that an amount has another digit: reading has to find it (`bit_flips`)."""
    with TemporaryDirectory(prefix="nets-") as folder:
        sound = sample.make(Path(folder) / "sound", seed=1, logged=False, viewed=False)
        data = bytearray(sound.files[stores.EVENTS])
        amount = re.search(rb'"amount":\[([0-9])', data)
        assert amount is not None
        data[amount.start(1)] ^= 1
        sample.write(Path(folder) / "flipped", {**sound.files, stores.EVENTS: bytes(data)})
        verdict, _ = bit_flips._judge(Path(folder) / "flipped", sound)
    return "" if verdict == bit_flips.READING else f"an amount with another digit is {verdict}"
