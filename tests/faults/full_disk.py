"""A full disk: a clear error, nothing acknowledged lost, and on it goes when there is room.

A small file system is mounted where only the process that needs it sees it, which goes away with
that process. Where the machine does not allow that, the report says so; the other way, a limit on
the size of files, works everywhere and fails with another error of the system.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.faults import children
from tests.faults.filling import CLOSED, WENT_ON, fill_files
from tests.faults.report import Line, Profile, Tally, in_parts

ROOT = Path(__file__).parents[2]
SIZES = (1_536, 2_048, 3_072, 4_096, 8_192, 16_384)  # KiB; the short profile has the first three

PART = 5
_MOUNT = 'mount -t tmpfs -o size="$1"k tmpfs "$0" && shift && exec "$@"'


def run(profile: Profile) -> Line:
    """Fill 3 small file systems and 7 limits on files (long: 40 and 300), each of them 3 times."""
    mounts, limits = profile.times(short=3, long=40), profile.times(short=7, long=300)
    runs = mounts + limits

    def part(rounds: range) -> Tally:
        tally = Tally()
        for number in rounds:
            tally.add(_mounted(number) if number < mounts else _limited(number))
        return tally

    tally = in_parts("full_disk", profile, part, runs=runs, part=PART)
    reason = why_not()
    tally.demand("StoreFailed", CLOSED, *(() if reason else ("StoreFull", WENT_ON)))
    line = tally.line("full disk", unit="fillings")
    return line._replace(detail=f"{line.detail}; no file system: {reason}") if reason else line


@cache
def why_not() -> str:
    """Give why no file system can be mounted here; nothing if one can."""
    with TemporaryDirectory(prefix="full-disk-") as folder:
        try:
            tried = _with_file_system(folder, 64, "true")
        except OSError as error:
            return str(error)
    return "" if tried.returncode == 0 else tried.stderr.strip() or f"exit {tried.returncode}"


def _mounted(number: int) -> Tally:
    """Fill a small file system; where there is none, nothing is run."""
    if why_not():
        return Tally()
    size = SIZES[number] if number < 3 else Random(number).choice(SIZES)
    with TemporaryDirectory(prefix="full-disk-") as folder:
        program = (sys.executable, "-m", "tests.faults.filling", folder, str(number))
        done = _with_file_system(folder, size, *program)
    if done.returncode:
        tally = Tally(runs=1)
        tally.find(f"{size} KiB: {done.stderr.strip()[-300:]}")
        return tally
    return Tally.from_json(json.loads(done.stdout))


def _limited(number: int) -> Tally:
    return Tally.from_json(children.call(fill_files, number))


def _with_file_system(folder: str, size: int, *program: str) -> subprocess.CompletedProcess[str]:
    """Run a program that alone sees a file system of so many KiB in a folder."""
    alone = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    )
    return subprocess.run(
        [*alone, "sh", "-c", _MOUNT, folder, str(size), *program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
