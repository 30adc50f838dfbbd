"""Populations: the same from the same seed, sound, and within the rules of their areas."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pytest

from domain.codes import Funding, Insurance, Relation, WalletModel
from domain.columns import number
from domain.ids import RegionCode
from domain.judging import MISSING, OPEN
from domain.rules import RuleSet
from policies.loader import load
from simulation.bulk import arrays
from simulation.bulk.arrays import State, Terms
from simulation.population import households
from simulation.population.people import MOST_PERSONS, make
from simulation.population.setting import Setting, setting

Array = np.ndarray[Any, Any]
SHANGHAI, WUHAN = RegionCode("310000"), RegionCode("420100")


def beneficiaries(state: State) -> Array:
    """Give the beneficiary of each relation."""
    return np.repeat(np.arange(len(state.home)), np.diff(state.first_edge))


def account_of(state: State) -> Array:
    found: Array = (np.asarray(state.flags) >> arrays.ACCOUNT) & 3
    return found


def relation_of(state: State) -> Array:
    rows = np.asarray(state.authorized).reshape(-1, len(Terms._fields))
    found: Array = rows[state.terms, Terms._fields.index("relation")]
    return found


def same(one: State, other: State) -> bool:
    return all(
        a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True)
    )


def test_the_same_seed_gives_the_same_bytes(where: Setting) -> None:
    one = make(5_000, seed=1, where=where)
    assert same(one, make(5_000, seed=1, where=where))
    assert not same(one, make(5_000, seed=2, where=where))


def test_neither_threads_nor_their_number_matter(
    where: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(households, "BLOCK", 500)
    assert same(make(9_000, seed=1, where=where), make(9_000, seed=1, where=where, workers=5))


def test_people_are_insured_alike_whatever_other_regions_there_are() -> None:
    day = date(2026, 2, 1)
    alone = make(600, seed=3, where=setting(load(), day, weights={WUHAN: 1}))
    both = make(1_200, seed=3, where=setting(load(), day, weights={SHANGHAI: 1, WUHAN: 1}))
    aside = ~arrays.HAS_PURSES  # what is put aside hangs on who moved where
    assert (alone.flags & aside).tolist() == (both.flags[600:] & aside).tolist()


def test_every_array_has_its_length_and_points_inside_another(state: State) -> None:
    persons, edges, purses = len(state.home), len(state.grantor), len(state.purse_owner)
    pots = persons + purses + len(state.wallet_owner)
    assert len(state.flags) == persons
    assert len(state.current) == len(state.prior) == pots
    assert state.first_edge[0] == 0
    assert state.first_edge[-1] == edges
    for numbers in (state.terms, state.used, state.giver, state.rank, state.chosen, state.aside):
        assert len(numbers) == edges
    for numbers, limit in (
        (state.grantor, persons),
        (state.giver, len(state.given)),
        (state.terms, len(state.authorized) // len(Terms._fields)),
        (state.purse_owner, persons),
        (state.wallet_owner, persons),
        (state.changed_person, persons),
        (state.filing_person, persons),
    ):
        assert numbers.min() >= 0
        assert numbers.max() < limit
    for purse in (state.aside_pool, state.aside_quota):
        assert set(purse[purse >= 0].tolist()) <= set(range(persons, persons + purses))
    assert state.aside.max() == len(state.aside_pool) - 1 == len(state.aside_quota) - 1


def test_nobody_owes_and_only_the_open_accounts_hold_money(state: State) -> None:
    assert min(state.current.min(), state.prior.min()) >= 0
    held = (state.current + state.prior)[: len(state.home)]
    assert held[account_of(state) != OPEN].sum() == 0
    assert held[account_of(state) == OPEN].min() > 0


def test_relations_are_in_order_and_of_two_different_persons(state: State) -> None:
    beneficiary = beneficiaries(state)
    assert (beneficiary != state.grantor).all()
    pairs = beneficiary.astype(np.int64) << 32 | state.grantor
    assert (np.diff(pairs) > 0).all()
    assert (account_of(state)[state.grantor] == OPEN).all()
    assert len(state.given) == len(set(state.grantor.tolist()))
    by_giver = dict(zip(state.giver.tolist(), state.grantor.tolist(), strict=True))
    assert [by_giver[giver] for giver in state.giver.tolist()] == state.grantor.tolist()


def test_places_by_filing_and_by_wish_are_permutations(state: State) -> None:
    first = state.first_edge.tolist()
    wished = 0
    for person in np.flatnonzero(np.diff(state.first_edge)).tolist():
        mine = slice(first[person], first[person + 1])
        count = mine.stop - mine.start
        assert sorted(state.rank[mine].tolist()) == list(range(count))
        chosen = sorted(state.chosen[mine].tolist())
        assert chosen in ([-1] * count, list(range(count)))
        wished += chosen[0] == 0
    assert wished > 20


def test_relations_are_such_as_the_areas_allow(state: State, where: Setting) -> None:
    book = load()
    rules = [book.resolve(region, where.day) for region in where.regions]
    beneficiary, relation = beneficiaries(state), relation_of(state)
    of_grantor: Counter[int] = Counter()
    by_kind: Counter[tuple[int, int]] = Counter()
    of_beneficiary, grantors = Counter(beneficiary.tolist()), set(state.grantor.tolist())
    for grantor, helped, bit in zip(
        state.grantor.tolist(), beneficiary.tolist(), relation.tolist(), strict=True
    ):
        mine = rules[state.home[grantor]]
        assert isinstance(mine, RuleSet)
        kind = list(Relation)[int(bit).bit_length() - 1]
        far = where.regions[state.home[grantor]][:2] != where.regions[state.home[helped]][:2]
        assert kind in (mine.wallet.relations if far else mine.pool.relations)
        of_grantor[grantor] += 1
        by_kind[grantor, number(kind)] += 1
        assert of_grantor[grantor] <= mine.pool.max_beneficiaries
        assert of_beneficiary[helped] <= mine.pool.max_grantors
        assert by_kind[grantor, number(Relation.SPOUSE)] <= mine.pool.max_spouses
        assert by_kind[grantor, number(Relation.PARENT)] <= mine.pool.max_parents
        assert by_kind[grantor, number(Relation.CHILD)] <= mine.pool.max_children
        if mine.pool.exclusive_roles:
            assert grantor not in of_beneficiary
            assert helped not in grantors
    assert len(set(relation.tolist())) >= 5


def test_purses_are_where_money_is_set_aside(state: State, where: Setting) -> None:
    book = load()
    persons, home = len(state.home), np.asarray(state.home)
    beneficiary = beneficiaries(state)
    bound = np.flatnonzero(state.aside >= 0)
    assert len(bound) > 20
    kinds = set()
    assert (state.current + state.prior)[persons:].min() > 0
    for edge in bound.tolist():
        row = state.aside[edge]
        pool, quota = int(state.aside_pool[row]), int(state.aside_quota[row])
        assert min(pool, quota) == -1
        purse = max(pool, quota) - persons
        grantor = int(state.grantor[edge])
        assert state.purse_owner[purse] == grantor
        assert state.flags[grantor] & arrays.HAS_PURSES
        mine = book.resolve(where.regions[home[grantor]], where.day)
        assert isinstance(mine, RuleSet)
        if pool >= 0:
            assert mine.pool.funding is Funding.POOL
            assert state.purse_quota[purse] == -1
        else:
            assert mine.wallet.model is WalletModel.QUOTA
            assert home[grantor] != home[beneficiary[edge]]
            held = state.current[persons + purse] + state.prior[persons + purse]
            assert state.purse_quota[purse] == held
        kinds.add(pool >= 0)
    assert kinds == {True, False}
    owners = np.flatnonzero(np.asarray(state.flags) & arrays.HAS_PURSES)
    assert owners.tolist() == sorted(set(state.purse_owner.tolist()))


def test_flags_say_who_has_spans_filings_and_a_wallet(state: State) -> None:
    for flag, listed in (
        (arrays.COVERAGE_CHANGES, state.changed_person),
        (arrays.HAS_FILINGS, state.filing_person),
        (arrays.HAS_WALLET, state.wallet_owner),
    ):
        flagged = np.flatnonzero(np.asarray(state.flags) & flag)
        assert len(flagged) > 50
        assert flagged.tolist() == sorted(set(listed.tolist()))
    spans = state.changed_person.astype(np.int64) << 32 | state.changed_day
    assert (np.diff(spans) > 0).all()
    assert (state.filing_last > state.filing_first).all()
    assert (np.diff(state.wallet_owner) > 0).all()


def test_residents_have_no_account_and_employees_mostly_do(state: State) -> None:
    insurance = np.asarray(state.flags) & 3
    resident = insurance == number(Insurance.RESIDENT)
    pool_only = insurance == number(Insurance.EMPLOYEE_POOL_ONLY)
    assert (account_of(state)[resident | pool_only] == MISSING).all()
    assert 0.9 < (account_of(state)[~resident] == OPEN).mean() < 0.95


def test_the_account_year_is_the_regions(state: State, where: Setting) -> None:
    years = dict(zip(where.regions, state.open_year.tolist(), strict=True))
    assert years[SHANGHAI] == 2025  # July to June
    assert years[WUHAN] == 2026


def test_regions_follow_each_other_and_most_members_are_insured_there(
    state: State, where: Setting
) -> None:
    counts = where.persons(len(state.home))
    expected = np.repeat(np.arange(len(where.regions)), counts)
    elsewhere = float((expected != state.home).mean())
    assert 0.02 < elsewhere < 0.06


@pytest.mark.parametrize("persons", [0, MOST_PERSONS + 1])
def test_too_few_or_too_many_persons_are_refused(persons: int, where: Setting) -> None:
    with pytest.raises(ValueError, match=str(persons)):
        make(persons, seed=1, where=where)


@pytest.mark.parametrize("persons", [1, 2, 3, 130])
def test_few_persons_are_a_population_too(persons: int, where: Setting) -> None:
    made = make(persons, seed=1, where=where)
    assert len(made.home) == persons
    assert len(made.first_edge) == persons + 1


def test_weights_decide_where_people_live() -> None:
    some = setting(load(), date(2026, 2, 1), weights={SHANGHAI: 3, WUHAN: 1})
    counts = dict(zip(some.regions, some.persons(1_001), strict=True))
    assert counts[SHANGHAI] == 751
    assert counts[WUHAN] == 250
    assert sum(counts.values()) == 1_001


@pytest.mark.parametrize("weights", [{"999999": 1}, {"310000": -1}, {}, {"310000": 0}])
def test_weights_of_nowhere_are_refused(weights: dict[Any, int]) -> None:
    with pytest.raises(ValueError, match=r"999999|310000|2026-02-01"):
        setting(load(), date(2026, 2, 1), weights=weights)
