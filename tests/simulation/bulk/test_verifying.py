"""A log is verified: what is held is counted, and whatever was changed in any file is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec
import pytest

from domain.text import Text
from simulation.bulk.audit.audit_report import CHECKS, KEPT, Finding, Tally
from simulation.bulk.audit.verifying import How, verify
from simulation.bulk.deciding import plain
from simulation.bulk.log import manifest
from simulation.bulk.log.manifest import AnyLine, SegmentLine
from simulation.bulk.states.state_files import in_memory
from tests.simulation.bulk import audits, runs, tampering
from tests.simulation.bulk.audits import audit, checks_of, copy

FLIPS = 6  # of each file


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a log that nobody may change."""
    return audits.write(tmp_path_factory.mktemp("log"))


def test_a_log_is_clean_and_every_check_looked_at_something(log: Path) -> None:
    report = audit(log, decide=plain())
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
        (lambda log: tampering.repeat_line(log, 1), {"manifest", "order"}),
        (_stray, {"files"}),
    ],
)
def test_what_is_missing_or_too_much_is_found(
    log: Path, tmp_path: Path, tamper: Callable[[Path], None], checks: set[str]
) -> None:
    folder = copy(log, tmp_path)
    tamper(folder)
    assert checks <= checks_of(audit(folder))


def test_a_log_cut_short_with_its_chain_done_again_is_found_by_its_head(
    log: Path, tmp_path: Path
) -> None:
    folder = copy(log, tmp_path)
    head = manifest.read(log).head
    assert audit(folder, head=head).is_clean
    (folder / "closing-00001.parquet").unlink()
    tampering.drop_last_line(folder)
    found = audit(folder, head=head).findings
    assert [finding.says.en for finding in found] == [
        "does not end with a closing: unfinished or cut off",
        "does not end with the head that was given",
    ]


def test_a_forgotten_segment_is_found_though_all_hashes_were_done_again(
    log: Path, tmp_path: Path
) -> None:
    folder = copy(log, tmp_path)
    tampering.forget_segment(folder, 2)
    assert {"manifest", "balances"} <= checks_of(audit(folder))


def test_another_state_is_not_replayed_on(log: Path) -> None:
    state = runs.street()
    state.current[0] += 1
    other = in_memory(state, regions=runs.table().regions)
    report = verify(log, opening=other, how=How(table=runs.table(), decide=plain()))
    assert checks_of(report) == {"opening"}
    assert {"balances", "closing", "state", "redecide"} <= {each.check for each in report.unheld}
    assert report.events == 0


def test_a_segment_that_cannot_be_read_ends_the_replay_and_this_is_said(
    log: Path, tmp_path: Path
) -> None:
    folder = copy(log, tmp_path)
    (folder / "00003.legs.parquet").unlink()
    report = audit(folder, decide=plain())
    assert checks_of(report) == {"files"}
    lines = manifest.read(log).segments
    assert report.events == sum(line.counts.events for line in lines[:2])
    assert {each.why.en for each in report.unheld} == {"segment 3 cannot be replayed"}
    assert {"redecide", "balances", "closing"} <= {each.check for each in report.unheld}


def test_sm3_is_compared_unless_it_is_left_out(log: Path, tmp_path: Path) -> None:
    folder = copy(log, tmp_path)

    def other_sm3(lines: list[AnyLine]) -> list[AnyLine]:
        first = lines[1]
        assert isinstance(first, SegmentLine)
        seal = msgspec.structs.replace(first.legs, sm3="0" * 64)
        return [lines[0], msgspec.structs.replace(first, legs=seal), *lines[2:]]

    tampering.chain_again(folder, other_sm3)
    assert [each.says.en for each in audit(folder).findings] == ["has another SM3"]
    assert audit(folder, sm3=False).is_clean


def test_progress_is_told_in_events(log: Path) -> None:
    told: list[tuple[int, int]] = []
    report = verify(log, opening=audits.opening(), tell=lambda *done: told.append(done))
    assert told[-1] == (report.events, report.events)
    assert len(told) == len(manifest.read(log).segments)


def test_rows_that_were_not_taken_may_lie_beside_the_log(log: Path, tmp_path: Path) -> None:
    folder = copy(log, tmp_path)
    (folder / "claims.csv.rejects.csv").write_text("line\n")
    assert audit(folder).is_clean


def test_of_many_findings_so_many_are_kept_and_the_rest_is_counted() -> None:
    tally = Tally()
    for claim in range(KEPT + 5):
        tally.found(Finding("redecide", "f", Text("不同", "differs"), claim=claim))
    found = tally.report("").findings
    assert len(found) == KEPT
    assert sum(each.times for each in found) == KEPT + 5
    assert found[-1].claim == KEPT - 1


def test_a_root_that_is_left_out_is_found(log: Path, tmp_path: Path) -> None:
    folder = copy(log, tmp_path)

    def rootless(lines: list[AnyLine]) -> list[AnyLine]:
        return [
            msgspec.structs.replace(line, merkle=None) if isinstance(line, SegmentLine) else line
            for line in lines
        ]

    tampering.chain_again(folder, rootless)
    found = audit(folder).findings
    assert {finding.says.en for finding in found} == {"has no Merkle root"}
    assert len(found) == len(manifest.read(log).segments)
