"""The check that every recorded decision comes out the same when it is made again (I13).

One pass over the history: when a decision comes by, the folded states are those it looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.claim import Allocation, Decisive
from domain.facts import Stream
from domain.refusals import Refusal
from domain.text import Text
from ledger.check import Problem
from ledger.identity_map import Versioned
from ledger.redecide import Decision, RulesMissing, redecide_from
from ledger.view import EVOLVE
from projections.reading import Recorded, readable

if TYPE_CHECKING:
    from domain.rules import RuleBook
    from ledger.store import Store

Progress = Callable[[int, int], None]

_EVERY = 1_000  # events between two reports of progress
_WRONG_HISTORY = (AssertionError, LookupError, AttributeError, TypeError)


class _NotThere(LookupError):  # noqa: N818 - the name says what is wrong
    """A decision names a version of a stream at which the stream did not stand."""


@dataclass(slots=True)
class Redeciding:
    """The states so far, and how many decisions were made again."""

    states: dict[Stream, Versioned] = field(default_factory=dict)
    decided: int = 0

    def state_at(self, stream: Stream, version: int) -> object:
        """Give the state of a stream if it stands at a version."""
        found = self.states.get(stream) or Versioned(None, 0)
        if found.version != version:
            place = f"{stream.kind}/{stream.key}@{version}"
            raise _NotThere(place)
        return found.state

    def fold(self, recorded: Recorded) -> None:
        """Take in an event; one that cannot follow leaves the state, which `replay` reports."""
        event = recorded.event
        before = self.states.get(event.stream) or Versioned(None, 0)
        state = before.state
        with suppress(*_WRONG_HISTORY):
            state = EVOLVE[event.stream.kind](state, event.fact)
        self.states[event.stream] = Versioned(state, event.originator_version)


def redecide_problems(
    store: Store, book: RuleBook, *, progress: Progress | None = None
) -> Iterator[Problem | int]:
    """Decide every settlement and hold again; give what differs, and last how many there were."""
    seen = Redeciding()
    last = store.recorder.last_position
    for number, recorded in enumerate(readable(store, upto=last), start=1):
        if isinstance(recorded, Problem):
            continue  # the check of the store reports it
        if isinstance(recorded.event.fact, Decisive):
            seen.decided += 1
            says = _decide_again(seen, recorded, book)
            if says is not None:
                yield Problem(recorded.place, says)
        seen.fold(recorded)
        if progress is not None and number % _EVERY == 0:
            progress(number, last)
    yield seen.decided


def _decide_again(seen: Redeciding, recorded: Recorded, book: RuleBook) -> Text | None:
    """Give what is wrong with a recorded decision, None if it comes out the same."""
    event = recorded.event
    fact = event.fact
    assert isinstance(fact, Decisive)
    decision = Decision(
        fact.request,
        fact.allocation,
        event.meta.recorded_at,
        event.originator_version,
        attempt=0,  # the decision itself does not ask
    )
    try:
        again = redecide_from(seen.state_at, decision, book=book)
    except RulesMissing as missing:
        rule_set = missing.rule_set
        return Text(
            f"规则库中没有当时的规则版本 {rule_set}",
            f"the rule book does not hold the rule set of that time, {rule_set}",
        )
    except _NotThere as gone:
        return Text(f"所依据的 {gone} 已不在", f"what it looked at is not there: {gone}")
    except _WRONG_HISTORY as error:
        kind = type(error).__name__
        return Text(f"无法重新裁定（{kind}）", f"it cannot be decided again ({kind})")
    return None if again == fact.allocation else _differs(fact.allocation, again)


def _differs(recorded: Allocation, again: Allocation | Refusal) -> Text:
    if isinstance(again, Refusal):
        return Text(
            f"重新裁定为拒绝：{again.says('zh')}",
            f"decided again it is refused: {again.says('en')}",
        )
    names = [
        name
        for name in Allocation.__struct_fields__
        if getattr(recorded, name) != getattr(again, name)
    ]
    differing = ", ".join(names)
    return Text(
        f"重新裁定结果不同：{differing}", f"decided again it comes out differently: {differing}"
    )
