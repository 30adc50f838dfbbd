"""A log is verified: what is held is counted, and whatever was changed in any file is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from simulation.bulk import manifest
from simulation.bulk.audit_report import CHECKS
from simulation.bulk.deciding import Decide
from tests.simulation.bulk import audits, runs, tampering
from tests.simulation.bulk.audits import audit, checks_of, copy

FLIPS = 24  # of each file


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory, decide: Decide) -> Path:
    """Give a log that nobody may change."""
    return audits.write(tmp_path_factory.mktemp("log"), decide=decide)


def test_a_log_is_clean_and_every_check_looked_at_something(log: Path, decide: Decide) -> None:
    report = audit(log, decide=decide)
    assert report.findings == ()
    assert report.unheld == ()
    assert [held.check for held in report.held] == list(CHECKS)
    assert all(held.things > 0 for held in report.held)
    segments = manifest.read(log).segments
    assert report.events == sum(line.counts.events for line in segments)
    assert report.head == manifest.read(log).head
    assert len(segments) >= 4


def test_what_was_not_checked_is_said(log: Path) -> None:
    report = audit(log)
    assert [each.check for each in report.unheld] == ["redecide"]
    report = audit(log, table=None)
    assert report.is_clean
    assert [each.check for each in report.unheld] == ["rules", "use", "state", "redecide"]
    report = audit(log, table=runs.table()._replace(digest="0" * 64))
    assert report.is_clean
    assert {each.why.en for each in report.unheld if each.check == "use"} == {
        "the rules at hand are not those that the log names"
    }


def test_every_file_of_the_log_is_found_changed_whichever_bit_flips(
    log: Path, tmp_path: Path
) -> None:
    folder = copy(log, tmp_path)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 2 * len(manifest.read(log).segments) + 2
    random = Random(1)
    for name in names:
        bits = 8 * (folder / name).stat().st_size
        for bit in [0, bits - 1, *random.sample(range(bits), FLIPS)]:
            tampering.flip(folder / name, bit)
            assert not audit(folder).is_clean, (name, bit)
            tampering.flip(folder / name, bit)
    assert audit(folder).is_clean


def _stray(folder: Path) -> None:
    (folder / "00009.lines.parquet").write_bytes(b"")


@pytest.mark.parametrize(
    ("tamper", "checks"),
    [
        (lambda log: tampering.remove_segment(log, 2), {"files"}),
        (lambda log: tampering.swap_segments(log, 1, 2), {"files"}),
        (lambda log: tampering.cut(log / "00001.legs.parquet", 100), {"files"}),
        (lambda log: tampering.cut(log / "00001.legs.parquet", 0), {"files"}),
        (lambda log: tampering.cut(log / manifest.NAME, 2000), {"manifest", "files"}),
        (tampering.drop_last_line, {"manifest", "files"}),
        (lambda log: tampering.repeat_line(log, 1), {"manifest", "counts"}),
        (_stray, {"files"}),
    ],
)
def test_what_is_missing_or_too_much_is_found(
    log: Path, tmp_path: Path, tamper: Callable[[Path], None], checks: set[str]
) -> None:
    folder = copy(log, tmp_path)
    tamper(folder)
    assert checks <= checks_of(audit(folder))
