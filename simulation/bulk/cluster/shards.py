"""Cutting one batch into shards that can be decided anywhere, and putting the answers back.

A shard is a small world of its own: the persons that its rows can touch, numbered from 0 in order
of first appearance, with all that they own, and the rows that are theirs, in their order. What
becomes of it depends on nothing else, so it can be decided again as often as machines fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from simulation.bulk.arrays import Decided, Legs, Memory, Numbers, Rows, Rules, State, Tried
from simulation.bulk.cluster.components import Dealt, Marks
from simulation.bulk.cluster.places import named, placed, ranges
from simulation.bulk.cluster.shard_memory import Slots, cut_memory, put_back_new, put_back_old
from simulation.bulk.cluster.shard_state import cut_state
from simulation.bulk.cluster.shard_uses import cut_uses, found_uses, put_back_uses
from simulation.bulk.deciding import Decide, Outcome


class Shard(NamedTuple):
    """What a worker gets: everything is numbered within the shard."""

    state: State
    rows: Rows
    memory: Memory


class Cut(NamedTuple):
    """What the numbers of a shard mean outside of it; stays with the driver."""

    pots: Numbers  # int64, for each pot of the shard; persons come first
    edges: Numbers  # int64, for each edge of the shard
    grantor: Numbers  # int32, for each edge the grantor's number in the shard
    rows: Numbers  # int64, for each row its place in the batch
    slots: Slots


class Answer(NamedTuple):
    """What a worker gives: the shard as it is afterwards, as far as it changes, and the outcome."""

    current: Numbers
    prior: Numbers
    used: Numbers
    given: Numbers
    use_key: Numbers  # without free places
    use_fen: Numbers
    memory: Memory
    outcome: Outcome


def cut(
    state: State, rows: Rows, *, rules: Rules, memory: Memory, dealt: Dealt, marks: Marks
) -> Callable[[int], tuple[Shard, Cut]]:
    """Give a function that cuts out one of the shards to which a batch was dealt."""

    def shard(number: int) -> tuple[Shard, Cut]:
        chosen = np.flatnonzero(dealt.shard == number)
        persons = dealt.persons[chosen].astype(np.int64)
        part, pots, edges = cut_state(state, persons, asking=dealt.asking[chosen], marks=marks)
        places = np.flatnonzero(dealt.row_shard == number)
        own = Rows(*(each[places] for each in rows))
        own = own._replace(patient=marks.pot[own.patient])
        kept, own, slots = cut_memory(memory, own, state=state, part=part, marks=marks)
        slots = slots._replace(settled_in=named(places, slots.settled_in))
        part = cut_uses(state, part, rules=rules, rows=own, memory=kept, edges=edges)
        marks.pot[pots] = -1
        return Shard(part, own, kept), Cut(pots, edges, part.grantor, places, slots)

    return shard


def decide_shard(shard: Shard, rules: Rules, *, decide: Decide, trace: bool) -> Answer:
    """Decide a shard: nothing that is given is changed, and equal shards get equal answers."""
    state = State(*map(np.copy, shard.state))
    memory = Memory(*map(np.copy, shard.memory))
    rows = Rows(*map(np.copy, shard.rows))
    rules = Rules(rules.first_day, rules.days, *map(np.copy, rules[2:]))
    state, outcome = decide(state, rules, rows=rows, memory=memory, trace=trace)
    keys, fens = found_uses(state)
    return Answer(
        current=state.current,
        prior=state.prior,
        used=state.used,
        given=state.given,
        use_key=keys,
        use_fen=fens,
        memory=memory,
        outcome=outcome,
    )


def put_back(state: State, memory: Memory, *, parts: list[tuple[Cut, Answer]]) -> State:
    """Write into the whole state and memory what all shards of a batch changed."""
    kept = []
    for cut, answer in parts:
        state.current[cut.pots] = answer.current
        state.prior[cut.pots] = answer.prior
        state.used[cut.edges] = answer.used
        givers = state.giver[cut.edges]
        state.given[givers] = answer.given[cut.grantor]
        giver = np.full(len(answer.given), -1, np.int32)
        giver[cut.grantor] = givers
        state = put_back_uses(
            state, answer.use_key, fens=answer.use_fen, edges=cut.edges, giver=giver
        )
        own = answer.memory
        put_back_old(memory, cut.slots, own=own)
        kept.append(
            (
                cut.slots,
                own._replace(
                    patient=named(cut.pots, own.patient),
                    pot=named(cut.pots, own.pot),
                    edge=named(cut.edges, own.edge),
                ),
            )
        )
    put_back_new(memory, kept)
    return state


def merged(parts: list[tuple[Cut, Answer]]) -> Outcome:
    """Give what was decided about a batch, in the order of its rows, from that of its shards."""
    outcomes = [(cut.rows, _outside(answer.outcome, cut)) for cut, answer in parts]
    rows = np.concatenate([places for places, _ in outcomes])
    decided = Decided(*_together(rows, [outcome.decided for _, outcome in outcomes]))
    starts = np.cumsum(decided.legs, dtype=np.int64) - decided.legs
    legs = Legs(
        *_together(
            np.concatenate(
                [ranges(starts[places], outcome.decided.legs) for places, outcome in outcomes]
            ),
            [outcome.legs for _, outcome in outcomes],
        )
    )
    tried = [np.concatenate(each) for each in zip(*(o.tried for _, o in outcomes), strict=True)]
    order = np.argsort(tried[0], kind="stable")
    return Outcome(decided, legs, Tried(*(each[order] for each in tried)))


def _together(places: Numbers, parts: list[Decided] | list[Legs]) -> list[Numbers]:
    """Give each array of all parts together, every element at its place."""
    return [placed(places, list(arrays)) for arrays in zip(*parts, strict=True)]


def _outside(outcome: Outcome, cut: Cut) -> Outcome:
    """Give an outcome with the numbers that hold outside of the shard."""
    legs, tried = outcome.legs, outcome.tried
    return Outcome(
        outcome.decided,
        legs._replace(pot=named(cut.pots, legs.pot), edge=named(cut.edges, legs.edge)),
        tried._replace(
            row=named(cut.rows, tried.row),
            edge=named(cut.edges, tried.edge),
            pot=named(cut.pots, tried.pot),
        ),
    )
