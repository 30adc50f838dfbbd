"""The auditor's check of a log: nothing missing, nothing changed, and every fen accounted for.

One thread reads ahead and hashes, one decodes and counts; they begin while the opening state is
hashed. The caller's thread replays, and a fourth decides again where that is asked for. What cannot
be checked is said, not passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.text import Text
from simulation.bulk.arrays import State
from simulation.bulk.audit.audit_files import (
    Arrow,
    Page,
    cancelled_claims,
    decoded,
    hashed,
    sealed_bytes,
    strays,
    table_of,
)
from simulation.bulk.audit.audit_report import Finding, Report, Tally
from simulation.bulk.audit.faults import KINDS
from simulation.bulk.audit.redeciding import Redeciding
from simulation.bulk.audit.replaying import Found, Replay
from simulation.bulk.deciding import Decide
from simulation.bulk.log import manifest
from simulation.bulk.log.manifest import Begin, CloseLine, Manifest, SegmentLine
from simulation.bulk.log.schema import Batch
from simulation.bulk.rules import RuleTable
from simulation.bulk.states.state_checks import CHANGING, Array
from simulation.bulk.states.state_deltas import delta
from simulation.bulk.states.state_files import StateFile, array_hashes, digest_of, moment
from simulation.bulk.threads import ahead, behind

Tell = Callable[[int, int], None]
"""Is told (events done, events in all) after every segment."""

_REPLAYED = ("order", "bills", "payers", "balances", "mirrors", "credits", "rolls")
_BY_RULES = ("rules", "use", "state")
_AT_END = ("closing",)
_BEGIN_WITH = 2  # the first segment, and which claims are cancelled


class How(NamedTuple):
    """What an audit does beside replaying.

    `table` are the rules that the log names, for which use and rule sets are held, too; with
    `decide` every row is decided again. `head` is the one that the chain must end with, where it
    is known from elsewhere. `sm3` hashes every file a second time.
    """

    table: RuleTable | None = None
    decide: Decide | None = None
    head: str = ""
    sm3: bool = True


def verify(
    log: Path,
    *,
    opening: StateFile,
    how: How = How(),  # noqa: B008 - a tuple of constants
    tell: Tell = lambda _done, _total: None,
) -> Report:
    """Hold a log against itself and the state that it began with.

    The arrays of the opening state are changed in place.

    Raises:
        FileNotFoundError: there is no manifest.
    """
    audit = _Audit(log, manifest.read(log), opening=opening, how=how)
    audit.hold_manifest()
    audit.hold_folder()
    with closing(audit.pages()) as pages, ThreadPoolExecutor(_BEGIN_WITH) as hands:
        first = hands.submit(next, pages, None)
        audit.hold_opening(hands.submit(audit.cancelled))
        audit.hold_lines(chain([first.result()], pages), tell)
    return audit.report()


class _Audit:
    """One pass over a log."""

    def __init__(self, folder: Path, found: Manifest, *, opening: StateFile, how: How) -> None:
        self._folder, self._manifest, self._opening, self._how = folder, found, opening, how
        self._tally = Tally()
        self._before = moment(opening)
        self._hashes: Mapping[str, str] = {}
        self._replay: Replay | None = None
        self._redeciding: Redeciding | None = None
        self._decided_again = Tally()  # by the fourth thread
        self._replaying = True
        self._by_rules = False

    def report(self) -> Report:
        if self._replay is not None:
            for found in self._replay.found:
                self._tally.found(_of_row(found, self._manifest.segments[found.batch - 1]))
        return self._tally.report(self._manifest.head)

    def hold_manifest(self) -> None:
        """Hold the chain, its end, and that the run was finished."""
        found, tally = self._manifest, self._tally
        tally.looked("manifest", len(found.lines) + len(found.faults))
        for fault in found.faults:
            where = f"{fault.file}:{fault.line}" if fault.line else fault.file
            tally.found(Finding("manifest", where, fault.says))
        if found.torn:
            tally.found(Finding("manifest", manifest.NAME, _TORN, found=str(found.torn)))
        if not found.lines or not isinstance(found.lines[-1], CloseLine):
            tally.found(Finding("manifest", manifest.NAME, _OPEN))
        if self._how.head and self._how.head != found.head:
            wrong = Finding("manifest", manifest.NAME, _HEAD, -1, -1, self._how.head, found.head)
            tally.found(wrong)

    def hold_folder(self) -> None:
        """Hold that the folder has no file that nobody names."""
        for finding in strays(self._folder, self._manifest.lines):
            self._tally.found(finding)

    def pages(self) -> Generator[Page]:
        """Give the segments as they are read; the next ones are read in two threads meanwhile."""
        segments, sm3 = self._manifest.segments, self._how.sm3
        sealed = ahead(hashed(self._folder, line, sm3=sm3) for line in segments)
        return ahead(map(decoded, sealed))

    def cancelled(self) -> Array:
        """Give the claims that the log cancels, ascending."""
        return cancelled_claims(self._folder, self._manifest.segments)

    def hold_opening(self, cancelled: Future[Array]) -> None:
        """Hold the state against the one that the log began with, and get ready to replay."""
        begin = self._manifest.begin
        for line in self._manifest.segments:
            if begin is not None and begin.merkle and line.merkle is None:
                self._tally.found(Finding("merkle", line.lines.name, _ROOTLESS))
        self._hashes = array_hashes(self._opening.state)
        held = digest_of(self._hashes)
        self._tally.looked("opening")
        if begin is None or (held, self._opening.regions) != (begin.opening, begin.regions):
            wanted = begin.opening if begin else ""
            wrong = Finding("opening", manifest.NAME, _ELSE, expected=wanted, found=held)
            self._tally.found(wrong)
            self._tally.left_out((*_REPLAYED, *_BY_RULES, *_AT_END, "redecide"), _NO_STATE)
            return
        table = self._table_of(begin)
        wanted_claims = cancelled.result()
        if table is not None and self._how.decide is not None:
            again = self._opening.state._replace(
                **{name: getattr(self._opening.state, name).copy() for name in CHANGING}
            )
            self._redeciding = Redeciding(
                again, table, cancelled=wanted_claims, decide=self._how.decide
            )
        else:
            self._tally.left_out(["redecide"], _NOT_ASKED if table else _NO_RULES)
        rules = table.rules if table else None
        self._by_rules = table is not None
        self._replay = Replay(self._opening.state, wanted_claims, rules=rules)

    def _table_of(self, begin: Begin) -> RuleTable | None:
        """Give the rules if they are those that the log names."""
        table = self._how.table
        if table and (table.digest, table.regions) == (begin.rules, begin.regions):
            return table
        self._tally.left_out(_BY_RULES, _OTHER_RULES if table else _NO_RULES)
        return None

    # ------------------------------------------------------------------------------- the lines

    def hold_lines(self, pages: Iterator[Page | None], tell: Tell) -> None:
        """Go through segments and closings in their order."""
        total = sum(line.counts.events for line in self._manifest.segments)
        done = 0
        with behind(self._decide_again) as decide_again:
            for line in self._manifest.lines:
                if isinstance(line, SegmentLine):
                    page = next(pages)
                    assert page is not None, "there is a page for each segment"
                    if self._hold_segment(page) and self._redeciding is not None:
                        decide_again(page)
                    done += line.counts.events
                    tell(done, total)
                elif isinstance(line, CloseLine):
                    self._hold_closing(line)
        self._tally.include(self._decided_again)

    def _hold_segment(self, page: Page) -> bool:
        """Add what was found while a segment was read, and replay it; tell whether that worked."""
        tally = self._tally
        for check in page.looked:
            tally.looked(check)
        for finding in page.findings:
            tally.found(finding)
        if self._replay is None or not self._replaying:
            return False
        if page.batch is None or not self._replay.take(page.batch):
            self._stop(page.line)
            return False
        self._count(page.line, page.batch)
        return True

    def _stop(self, line: SegmentLine) -> None:
        """Replay no further; what was found until here stands."""
        self._replaying = False
        why = Text(f"自第 {line.number} 段起无法重放", f"segment {line.number} cannot be replayed")
        asked = ["redecide"] if self._redeciding else []
        self._tally.left_out((*_REPLAYED, *_BY_RULES, *_AT_END, *asked), why)

    def _count(self, line: SegmentLine, batch: Batch) -> None:
        """Count what a replay has looked at."""
        counts, legs = line.counts, len(batch.legs.pot)
        self._tally.events += len(batch.rows.kind) + legs
        looked = {
            "order": len(batch.rows.kind),
            "bills": counts.bills,
            "payers": legs,
            "balances": legs,
            "mirrors": counts.cancellations,
            "credits": counts.credits,
            "rolls": counts.rolls,
        }
        if self._by_rules:
            looked |= {"rules": counts.bills, "use": int(np.count_nonzero(batch.legs.edge >= 0))}
        for check, things in looked.items():
            self._tally.looked(check, things)

    def _decide_again(self, page: Page) -> None:
        batch, again, tally = page.batch, self._redeciding, self._decided_again
        assert batch is not None, "it was replayed"
        assert again is not None, "somebody asked"
        tally.looked("redecide", len(batch.rows.kind))
        for row, what, expected, found in again.take(batch):
            says = Text(f"重新裁定不同：{what}", f"is decided otherwise: {what}")
            seq, claim = batch.first_seq + row, int(batch.rows.claim[row])
            place = (page.line.lines.name, says, seq, claim, str(expected), str(found))
            tally.found(Finding("redecide", *place))

    def _hold_closing(self, line: CloseLine) -> None:
        """Hold what is said of the state at a closing against the state of the replay."""
        data, tally = b"", self._tally
        if line.delta is not None:
            data, wrong = sealed_bytes(self._folder, line.delta, sm3=self._how.sm3)
            tally.looked("files")
            for finding in wrong:
                tally.found(finding)
            if wrong:
                return
        if self._replay is None or not self._replaying:
            return
        with ThreadPoolExecutor(1) as hand:  # hashing leaves the interpreter to others
            state = self._replay.state
            hashes = hand.submit(array_hashes, state, known=self._hashes)
            self._hold_money(line, state, data)
            if self._by_rules:
                tally.looked("state")
                held = digest_of(hashes.result())
                if held != line.state:
                    tally.found(_at_close("state", line, _STATE, held, line.state))

    def _hold_money(self, line: CloseLine, state: State, data: bytes) -> None:
        """Hold the sums of a closing, and its differences."""
        self._tally.looked("closing")
        for says, wanted, pots in (
            (_CURRENT, line.current, state.current),
            (_PRIOR, line.prior, state.prior),
        ):
            got = int(np.sum(pots, dtype=np.int64))
            if got != wanted:
                self._tally.found(_at_close("closing", line, says, str(got), str(wanted)))
        if line.delta is not None and not self._is_delta(data, state):
            self._tally.found(_at_close("closing", line, _DELTA))

    def _is_delta(self, data: bytes, state: State) -> bool:
        """Tell whether a file has what differs from the opening state, in order and no more."""
        try:
            said = table_of(data)
        except (pa.ArrowException, OSError):
            return False
        found = delta(self._before, state)
        if said.schema != found.schema:
            return False
        if not self._by_rules:  # use is not known
            said, found = (_of_pots(table) for table in (said, found))
        return bool(said.equals(found))


def _of_pots(table: Arrow) -> Arrow:
    """Give what a table of differences says about money."""
    last = max(CHANGING.index("current"), CHANGING.index("prior"))
    return table.filter(pc.less_equal(table.column("array"), last))


def _at_close(
    check: str, line: CloseLine, says: Text, expected: str = "", found: str = ""
) -> Finding:
    file = line.delta.name if line.delta else manifest.NAME
    return Finding(check, file, says, -1, -1, expected, found)


def _of_row(found: Found, line: SegmentLine) -> Finding:
    """Say a fault of the replay with its place."""
    kind = KINDS[found.kind]
    file = line.lines.name if found.leg < 0 else line.legs.name
    return Finding(
        kind.check,
        file,
        kind.says,
        found.seq,
        found.claim,
        str(found.expected),
        str(found.found),
        found.times,
    )


_TORN = Text("末行不完整（字节数）", "the last line is cut off, bytes")
_OPEN = Text("末行不是结账行：未办完或被截断", "does not end with a closing: unfinished or cut off")
_ROOTLESS = Text("缺少默克尔根", "has no Merkle root")
_HEAD = Text("链值不是所给的链值", "does not end with the head that was given")
_ELSE = Text("期初状态不是日志所记的状态", "the state is not the one that the log began with")
_NO_STATE = Text("没有日志的期初状态", "the state that the log began with is not at hand")
_NO_RULES = Text("没有给出规则", "no rules were given")
_OTHER_RULES = Text("规则库与日志所记不同", "the rules at hand are not those that the log names")
_NOT_ASKED = Text("未要求重新裁定", "nobody asked to decide again")
_CURRENT = Text("当年余额合计不符", "the sum of current money differs")
_PRIOR = Text("历年余额合计不符", "the sum of prior money differs")
_DELTA = Text("变动与重放不符", "the differences are not those of the replay")
_STATE = Text("状态摘要与重放不符", "the digest is not that of the replay")
