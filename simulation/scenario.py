"""Running a scenario: people, families and dated steps go in, a history and its proof come out.

A scenario is a YAML file that a reader of policies can write (docs/scenarios.md). Everything is
sent to a ledger as the command line would send it; what comes back is held against what the file
expects, to the fen. Nothing is random and no clock is read, so the same file gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from domain.claim import ClaimRequest
from domain.ids import ClaimId, MessageId, PersonId
from domain.refusals import Refusal
from domain.rules import RuleBook
from domain.text import Text
from domain.time import service_date_of
from ledger import store as stores
from ledger.application import Application
from ledger.commands import AuthorizeClaim, Command, Settle
from ledger.store import Store
from ledger.writer import Receipt
from simulation.scenario_commands import Setting, commands_of, instant, opening, request_of
from simulation.scenario_file import read_scenario
from simulation.scenario_outcome import (
    Finding,
    Outcome,
    of_outcome,
    of_state,
    quoted,
    standing,
    to_pay,
)
from simulation.scenario_pricing import Books, Unpriced, last_day_for
from simulation.scenario_proof import assert_balanced, assert_conserved, assert_repeatable
from simulation.scenario_report import Difference, Happening, Report
from simulation.scenario_steps import ExpectNode, ScenarioNode, StepNode
from simulation.scenario_values import Moment
from simulation.scenario_words import of_opening, of_step

ACTOR = "scenario"
_TICK = timedelta(seconds=1)  # between steps of one day


def run_file(path: Path, book: RuleBook, *, store: Store | None = None) -> Report:
    """Run the scenario of a file; a file with problems is reported and not run.

    Raises:
        OSError: the file cannot be read.
        StoreError: the machinery of the given store failed.
    """
    scenario = read_scenario(path)
    if isinstance(scenario, ScenarioNode):
        return run(scenario, book, name=str(path), store=store)
    return Report(str(path), Text(path.stem, path.stem), problems=scenario)


def run(scenario: ScenarioNode, book: RuleBook, *, name: str, store: Store | None = None) -> Report:
    """Run a scenario in a store of its own in memory, or in the given one.

    `name` is where the scenario comes from; message ids begin with its last part.
    """
    if store is None:
        with stores.memory() as own:
            return run(scenario, book, name=name, store=own)
    with Application(store, book) as app:
        start = instant(Moment(scenario.opening, None)) - _TICK
        course = _Course(scenario, app, name, _prefix(name), start)
        course.run()
        claims = [ClaimId(claim) for claim in scenario.claims]
        assert_conserved(app, map(PersonId, scenario.people))
        assert_balanced(app, claims)
        assert_repeatable(app, claims, book=book)
    return Report(
        name,
        scenario.title.text,
        happened=tuple(course.happened),
        differences=tuple(course.differences),
        checked=course.checked,
    )


def _prefix(name: str) -> str:
    """Make the beginning of message ids out of a name that may be in any script."""
    stem = Path(name).stem
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", stem)
    return stem if plain else f"scenario-{sha256(stem.encode()).hexdigest()[:16]}"


@dataclass
class _Course:
    """The walk through one scenario: the ledger, the time, and what was seen so far."""

    scenario: ScenarioNode
    app: Application
    name: str
    prefix: str
    now: datetime
    sent: int = 0
    happened: list[Happening] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    checked: int = 0

    def run(self) -> None:
        for part in opening(self.scenario):
            self.advance(instant(Moment(part.day, None)))
            outcome = self.send(part.commands, self.next_key())
            self.happened.append(of_opening(self.scenario, part))
            self.hold_against(of_outcome(ExpectNode(), outcome), *part.path)
        for place, step in enumerate(self.scenario.steps):
            self.take(place, step)
        if self.scenario.expect is not None:
            self.hold_against(of_state(self.scenario.expect, self.app), "expect")

    def take(self, place: int, step: StepNode) -> None:
        """Take one step and hold what came of it, and the books after it, against the file."""
        self.advance(instant(step.on) if step.on else self.now)
        books = Books(self.app.person, self.app.book.resolve)
        day = service_date_of(self.now)
        setting = Setting(self.scenario, day, self.app.claim, self.key, books)
        outcome = self.outcome_of(step, setting)
        self.happened.append(of_step(self.scenario, place, day=setting.day, outcome=outcome))
        expect = step.expect or ExpectNode()
        self.hold_against(of_outcome(expect, outcome), "steps", place, "expect")
        self.hold_against(of_state(expect, self.app), "steps", place, "expect")

    def outcome_of(self, step: StepNode, setting: Setting) -> Outcome:
        """Ask the ledger what a step asks, and gather what came of it."""
        if step.compute is not None:
            return Outcome(value=step.compute)
        try:
            if step.price is not None:
                return Outcome(payment=to_pay(request_of(step.price, setting)))
            if step.deadline is not None:
                return Outcome(last_day=last_day_for(step.deadline, books=setting.books))
            if step.quote is not None:
                return self.ask(request_of(step.quote, setting))
            commands = commands_of(step, setting)
        except Unpriced as unpriced:
            return Outcome(refusal=unpriced.refusal)
        key = self.key(step.message) if step.message else self.next_key()
        return self.send(commands, key)

    def ask(self, request: ClaimRequest) -> Outcome:
        """Quote a claim; nothing is written."""
        answer = self.app.quote(request, at=self.now)
        if isinstance(answer, Refusal):
            return Outcome(refusal=answer)
        return Outcome(payment=quoted(request, answer), trials=answer.trials)

    def send(self, commands: tuple[Command, ...], key: MessageId) -> Outcome:
        """Send commands one after the other, up to the first refusal."""
        outcome = Outcome()
        for part, command in enumerate(commands):
            part_key = MessageId(f"{key}.{part}") if part else key
            reply = self.app.execute(command, key=part_key, at=self.now, actor=ACTOR)
            if isinstance(reply, Refusal):
                return Outcome(refusal=reply)
            outcome = self.acknowledged(command, reply)
        return outcome

    def acknowledged(self, command: Command, receipt: Receipt) -> Outcome:
        """Gather what an accepted command brought about."""
        name = json.loads(receipt.answer).get("claim")
        claim = self.app.claim(name) if name else None
        if claim is None:
            return Outcome(replayed=receipt.replayed)
        decided = isinstance(command, Settle | AuthorizeClaim)
        return Outcome(
            replayed=receipt.replayed,
            payment=standing(claim),
            status=claim.status,
            trials=claim.allocation.trials if decided else (),
        )

    def hold_against(self, findings: Iterator[Finding], *above: str | int) -> None:
        """Count what was compared and keep what differs, with its line."""
        for finding in findings:
            self.checked += 1
            if finding.differs:
                line = self.scenario.line_of(*above, *finding.path)
                self.differences.append(
                    Difference(self.name, line, finding.what, finding.expected, finding.got)
                )

    def advance(self, to: datetime) -> None:
        """Let time pass; two steps never happen at the same instant."""
        self.now = max(to, self.now + _TICK)

    def next_key(self) -> MessageId:
        """Give the key of a message that the file does not name."""
        self.sent += 1
        return MessageId(f"{self.prefix}.{self.sent}")

    def key(self, message: str) -> MessageId:
        """Give the ledger's key for a message of this scenario."""
        return MessageId(f"{self.prefix}:{message}")
