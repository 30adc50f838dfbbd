"""The check that every recorded decision comes out the same when it is made again (I13).

One pass over the history: when a decision comes by, the folded states are those it looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from domain.claim import Allocation
from domain.refusals import Refusal
from domain.text import Text
from ledger.check import Problem
from ledger.redecide import (
    Decision,
    NotThere,
    RulesMissing,
    States,
    decision_in,
    redecide_from,
)
from projections.reading import readable

if TYPE_CHECKING:
    from domain.rules import RuleBook
    from ledger.store import Store

Progress = Callable[[int, int], None]

_EVERY = 1_000  # events between two reports of progress
_WRONG_HISTORY = (AssertionError, LookupError, AttributeError, TypeError)


def redecide_problems(
    store: Store, book: RuleBook, *, progress: Progress | None = None
) -> Iterator[Problem | int]:
    """Decide every settlement and hold again; give what differs, and last how many there were."""
    states = States()
    decided = 0
    last = store.recorder.last_position
    for number, recorded in enumerate(readable(store, upto=last), start=1):
        if isinstance(recorded, Problem):
            continue  # the check of the store reports it
        decision = decision_in(recorded.event)
        if decision is not None:
            decided += 1
            says = _decide_again(states, decision, book)
            if says is not None:
                yield Problem(recorded.place, says)
        try:
            states.fold(recorded.event)
        except _WRONG_HISTORY:  # which `replay` reports
            states.skip(recorded.event)
        if progress is not None and number % _EVERY == 0:
            progress(number, last)
    yield decided


def _decide_again(states: States, decision: Decision, book: RuleBook) -> Text | None:
    """Give what is wrong with a recorded decision, None if it comes out the same."""
    try:
        again = redecide_from(states.state_at, decision, book=book)
    except RulesMissing as missing:
        rule_set = missing.rule_set
        return Text(
            f"规则库中没有当时的规则版本 {rule_set}",
            f"the rule book does not hold the rule set of that time, {rule_set}",
        )
    except NotThere as gone:
        return Text(f"所依据的 {gone} 已不在", f"what it looked at is not there: {gone}")
    except _WRONG_HISTORY as error:
        kind = type(error).__name__
        return Text(f"无法重新裁定（{kind}）", f"it cannot be decided again ({kind})")
    recorded = decision.allocation
    return None if again == recorded else _differs(recorded, again)


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
