"""Sealing balances, and proving that seals are right: the history is folded from nothing.

Nothing is taken from the read models, so a seal speaks of the events themselves. Folding takes
about a second a million events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from domain.account import Account
from domain.amounts import NOTHING
from domain.balance_tree import BalanceTree, Holding
from domain.facts import Kind
from domain.person import Person
from domain.person import evolve as evolve_person
from domain.sealing import LEDGER, Counted, StateSealed
from domain.text import Text
from ledger.check import Problem
from ledger.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ledger.recorded import RecordedEvent
    from ledger.store import Store

Progress = Callable[[int, int], None]

_EVERY = 10_000  # events between two reports of progress
_WRONG_HISTORY = (AssertionError, LookupError, AttributeError, TypeError, StoreError)


class Moment(NamedTuple):
    """A past moment, and the tree over what everybody held then."""

    at: Counted
    tree: BalanceTree


class _Persons:
    """Everybody's state and version, event by event."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Person, int]] = {}

    def fold(self, event: RecordedEvent) -> None:
        person = event.stream.key
        state, _ = self._known.get(person, (None, 0))
        self._known[person] = evolve_person(state, event.fact), event.originator_version

    def tree(self) -> BalanceTree:
        return BalanceTree(holding_of(*known) for known in self._known.values())


def holding_of(person: Person, version: int) -> Holding:
    """Give what a person holds."""
    account, wallet = person.account or Account(0), person.wallet
    return Holding(
        person.id,
        version,
        account.available,
        account.held,
        account.set_aside_amounts if account.set_aside else NOTHING,
        wallet.available_fen + wallet.held_fen + wallet.pending_fen if wallet else 0,
    )


def moments(
    store: Store, positions: Iterable[int], *, progress: Progress | None = None
) -> Iterator[tuple[int, BalanceTree]]:
    """Give the tree at each of some positions, in rising order, in one pass.

    Raises:
        AssertionError: the history contradicts itself.
    """
    wanted = sorted(set(positions))
    end = wanted[-1] if wanted else 0
    persons = _Persons()
    for position, event in store.events(upto=end):
        while wanted and position > wanted[0]:
            yield wanted.pop(0), persons.tree()
        if event.stream.kind is Kind.PERSON:
            persons.fold(event)
        if progress is not None and position % _EVERY == 0:
            progress(position, end)
    for position in wanted:
        yield position, persons.tree()


def present(store: Store, *, progress: Progress | None = None) -> Moment:
    """Give the tree at the end of the history."""
    end = store.recorder.end
    ((_, tree),) = moments(store, (end.events,), progress=progress)
    return Moment(Counted(end.entries, end.events, tree.persons), tree)


def seals(store: Store) -> list[StateSealed]:
    """Give every seal, oldest first."""
    facts = (event.fact for event in store.stream(LEDGER))
    return [fact for fact in facts if isinstance(fact, StateSealed)]


def seal_problems(store: Store, _: Engine) -> Iterator[Problem]:
    """Give the seals that the history does not lead to."""
    try:
        by_position = {fact.position: fact for fact in seals(store)}
        for position, tree in moments(store, by_position):
            yield from _compare(store, by_position[position], tree)
    except _WRONG_HISTORY as error:
        kind = type(error).__name__
        says = Text(
            f"无法重放到封存处（{kind}）", f"the history cannot be replayed to the seals ({kind})"
        )
        yield Problem("ledger", says)


def _compare(store: Store, fact: StateSealed, tree: BalanceTree) -> Iterator[Problem]:
    root, place = tree.root, f"seal #{fact.position}"
    stands = store.recorder.entry(fact.entries).last if fact.entries else 0
    if stands != fact.position:
        zh, en = (
            f"封存称第 {fact.entries} 笔止于位置 {fact.position}，实为 {stands}",
            f"the seal says that entry {fact.entries} ends at {fact.position}; it is {stands}",
        )
        yield Problem(place, Text(zh, en))
    sealed = (fact.persons, fact.available_fen, fact.held_fen, fact.set_aside_fen, fact.wallet_fen)
    replayed = (tree.persons, *root.totals)
    if sealed != replayed:
        zh, en = f"封存为 {sealed}，重放为 {replayed}", f"is {sealed}, replayed it is {replayed}"
        yield Problem(place, Text(zh, en))
    elif fact.balances_root != root.digest.hex():
        yield Problem(place, _ROOT)


_ROOT = Text(
    "合计相符，而余额树的根不符：个别余额不同",
    "the totals agree and the root does not: single balances differ",
)
