"""Power is lost in a bulk run: whatever the disk then holds, the run goes on to the same log.

Runs write to a disk that remembers what was synchronized. At some step power is lost, and an image
is drawn of what the disk may hold: of what was written to a file since it was last synchronized
nothing, a beginning, all, or its length with zeros; of what happened to names since the folder
was, a beginning. On the image the run goes on, in half of the cases to lose power once more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from ledger.errors import StoreError
from simulation.bulk.log.disk import Bytes, Disk
from simulation.bulk.run.running import run as run_bulk
from simulation.bulk.states.state_files import digest
from tests.faults.recording import MEMORY
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.simulation.bulk import runs

COUNT = 2 * runs.SIZE  # claims: two segments
STEPS = 28  # of a run that nobody disturbs; fewer than that happen when it goes on
PART = 50  # images between two notes

TORN, LOST, ZEROS = "torn files", "lost files", "files of zeros"
RENAMES, AGAIN = "lost renames", "power lost again"


class PowerLoss(BaseException):
    """Nothing after this happened."""


class Kept:
    """A file: what it holds, and what of that is on the medium."""

    def __init__(self, content: bytes = b"", *, durable: bool = False) -> None:
        """Begin a file."""
        self.content = content
        self.durable = content if durable else b""


class Watched(Disk):
    """A disk that remembers what is on the medium, and fails at a step. Nothing really waits."""

    def __init__(self, folder: Path, *, fails_at: int, syncs: Callable[[str], bool]) -> None:
        """Take what is in the folder as durable; `syncs` tells of which files syncing does it."""
        super().__init__(folder)
        self._left = fails_at
        self._syncs = syncs
        files = (path for path in folder.iterdir() if path.is_file())
        self.names = {path.name: Kept(path.read_bytes(), durable=True) for path in files}
        self.durable_names = dict(self.names)
        self.renames: list[Callable[[dict[str, Kept]], object]] = []  # since the folder was synced

    def write(self, name: str, data: Bytes) -> None:
        """Write a file."""
        self._step()
        kept = self.names.get(name) or Kept()
        kept.content = bytes(data)
        self._name(lambda names: names.setdefault(name, kept))
        super().write(name, data)

    def append(self, name: str, data: Bytes) -> None:
        """Write at the end of a file."""
        self._step()
        kept = self.names.get(name) or Kept()
        kept.content += bytes(data)
        self._name(lambda names: names.setdefault(name, kept))
        super().append(name, data)

    def fsync(self, name: str) -> None:
        """Put a file on the medium."""
        self._step()
        if self._syncs(name):
            self.names[name].durable = self.names[name].content

    fdatasync = fsync

    def fsync_folder(self) -> None:
        """Put the names on the medium."""
        self._step()
        self.durable_names = dict(self.names)
        self.renames.clear()

    def rename(self, old: str, new: str) -> None:
        """Rename a file."""
        self._step()
        self._name(lambda names: names.update({new: names.pop(old)}))
        super().rename(old, new)

    def truncate(self, name: str, length: int) -> None:
        """Cut a file."""
        self._step()
        self.names[name].content = self.names[name].content[:length]
        super().truncate(name, length)

    def remove(self, name: str) -> None:
        """Take a file away."""
        self._step()
        self._name(lambda names: names.pop(name, None))
        super().remove(name)

    def image(self, random: Random, tally: Tally) -> dict[str, bytes]:
        """Draw what the medium may hold now."""
        names = dict(self.durable_names)
        kept = random.randint(0, len(self.renames))
        tally.counts[RENAMES] += kept < len(self.renames)
        for happened in self.renames[:kept]:
            happened(names)
        return {name: _drawn(file, random, tally) for name, file in names.items()}

    def _name(self, happens: Callable[[dict[str, Kept]], object]) -> None:
        happens(self.names)
        self.renames.append(happens)

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise PowerLoss


def _drawn(file: Kept, random: Random, tally: Tally) -> bytes:
    """Draw what the medium may hold of a file."""
    if file.content == file.durable:
        return file.durable
    if not file.content.startswith(file.durable):  # cut or written anew
        return random.choice((file.durable, file.content))
    written = len(file.content) - len(file.durable)
    kind = random.choice((LOST, TORN, ZEROS, ""))
    tally.counts[kind or "whole files"] += 1
    match kind:
        case "":
            return file.content
        case "torn files":
            return file.content[: len(file.durable) + random.randrange(written)]
        case "files of zeros":
            return file.durable + bytes(written)
    return file.durable


def run(profile: Profile) -> Line:
    """Lose power in bulk runs."""
    images = profile.times(short=150, long=6_000)
    tally = in_parts("bulk_power_loss", profile, lose_power, runs=images, part=PART)
    tally.demand(TORN, LOST, ZEROS, RENAMES, AGAIN)
    return tally.line("power loss in a bulk run", unit="images")


def lose_power(numbers: range, *, syncs: Callable[[str], bool] = lambda _: True) -> Tally:
    """Draw an image for each number and go on from it; `syncs` can leave syncing out."""
    tally = Tally()
    for number in numbers:
        tally.runs += 1
        try:
            wrong = _one(Random(f"bulk power loss/{number}"), tally, syncs)
        except StoreError as error:
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            tally.find(f"image {number}: {wrong}")
    return tally


def _one(random: Random, tally: Tally, syncs: Callable[[str], bool]) -> str:
    """Lose power once or twice, go on, and say what is not as without."""
    with tempfile.TemporaryDirectory(prefix="bulk-power-", dir=MEMORY) as folder:
        place = Path(folder, "log")
        place.mkdir()
        for again in range(random.choice((1, 2))):
            disk = _until_power_is_lost(place, random, syncs)
            tally.fired += disk is not None and not again
            tally.counts[AGAIN] += disk is not None and bool(again)
            if disk is not None:
                _lay_out(place, disk.image(random, tally))
        done = run_bulk(runs.job(runs.claims(count=COUNT)), place)
        found = (done.head, digest(done.state), _files(place))
    whole = _whole()
    for what, one, other in zip(("head", "state", "files"), found, whole, strict=True):
        if one != other:
            return f"another {what}"
    return ""


def _until_power_is_lost(
    place: Path, random: Random, syncs: Callable[[str], bool]
) -> Watched | None:
    """Run until power is lost; None if the run ended before."""
    disks: list[Watched] = []

    def disk_of(folder: Path) -> Disk:
        if folder != place:
            return _Parent(folder)
        disks.append(Watched(folder, fails_at=random.randrange(STEPS), syncs=syncs))
        return disks[-1]

    try:
        run_bulk(runs.job(runs.claims(count=COUNT)), place, disk_of=disk_of)
    except PowerLoss:
        return disks[-1]
    return None


class _Parent(Disk):
    """The folder around the log: it was synced, as far as anybody can tell."""

    def fsync_folder(self) -> None:
        """Do not wait."""


def _lay_out(place: Path, image: dict[str, bytes]) -> None:
    for path in place.iterdir():
        path.unlink()
    for name, content in image.items():
        (place / name).write_bytes(content)


@cache
def _whole() -> tuple[str, str, dict[str, bytes]]:
    """Give head, state and files of a run that nobody disturbed."""
    with tempfile.TemporaryDirectory(prefix="bulk-power-", dir=MEMORY) as folder:
        done = run_bulk(runs.job(runs.claims(count=COUNT)), Path(folder))
        return done.head, digest(done.state), _files(Path(folder))


def _files(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())}
