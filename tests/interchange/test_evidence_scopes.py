"""What a scope shows and what it withholds, on random histories."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.claim import Decisive
from domain.ids import ClaimId, PersonId
from domain.time import parse_instant, service_date_of
from interchange.evidence.scopes import Account, Everything, OneClaim, Period
from tests.interchange.opened import Block, Opened, named_in
from tests.interchange.packing import opened
from tests.interchange.told import SEEDS, history, length, scopes


@pytest.mark.parametrize("seed", SEEDS)
def test_an_account_shows_its_own_stream_and_claims_whole_and_nobody_elses(
    seed: int, tmp_path: Path
) -> None:
    told = history(seed)
    for person in told.persons:
        package = opened(tmp_path, told.store, Account(PersonId(person)), book=told.book)
        mine = {("person", person)} | {
            ("claim", event.stream.key)
            for _, event in told.store.events()
            if isinstance(event.fact, Decisive) and event.fact.request.patient == person
        }
        assert package.versions == {
            stream: list(range(1, length(told.store, stream) + 1)) for stream in mine
        }
        for block in package.blocks:
            answered = not block.lines[1].startswith(b"sha256:")
            assert answered == (len(block.events) == len(block.lines) - 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_accounts_package_names_nobody_whom_its_own_events_do_not_name(
    seed: int, tmp_path: Path
) -> None:
    told = history(seed)
    hidden = 0
    for person in told.persons:
        package = opened(tmp_path, told.store, Account(PersonId(person)), book=told.book)
        parties = {person}
        for block in package.blocks:
            parties |= set(named_in(block.events))
            parties |= {block.head["meta"]["correlation"].removeprefix("person/")}
        others = set(told.persons) - parties
        hidden += len(others)
        leaked = [other for other in others if f'"{other}"'.encode() in _of_people(package)]
        assert not leaked, person
    assert hidden, "everybody had to do with everybody: nothing was tried"


def _of_people(package: Opened) -> bytes:
    """Give what is not a rule, in which a relative may be called as somebody here."""
    return b"\n".join(
        data for name, data in package.members.items() if not name.startswith("rules/")
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_is_withheld_stands_nowhere_in_the_package(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    lines = {
        line
        for block in opened(tmp_path, told.store, Everything(), book=told.book).blocks
        for line in block.lines
    }
    withheld = 0
    for scope in scopes(told):
        package = opened(tmp_path, told.store, scope, book=told.book)
        shown = {line for block in package.blocks for line in block.lines}
        withheld += len(lines - shown)
        assert not [line for line in lines - shown if line in _of_people(package)]
    assert withheld


@pytest.mark.parametrize("seed", SEEDS)
def test_a_claim_shows_its_stream_whole_and_every_payment_for_it(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    for claim in told.claims:
        package = opened(tmp_path, told.store, OneClaim(ClaimId(claim)), book=told.book)
        count = length(told.store, ("claim", claim))
        assert package.versions["claim", claim] == list(range(1, count + 1))
        shown = [event for block in package.blocks for event in block.events]
        of_others = {
            name
            for event in shown
            if (name := event["fact"].get("claim", claim)) != claim
            or (event["stream"][0] == "claim" and event["stream"][1] != claim)
        }
        assert not of_others
        naming = sum(
            getattr(event.fact, "claim", None) == claim for _, event in told.store.events()
        )
        assert sum(event["fact"].get("claim") == claim for event in shown) == naming


@pytest.mark.parametrize("seed", SEEDS)
def test_a_period_shows_its_days_whole_between_two_heads(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    size = told.store.recorder.end.entries
    everything = opened(tmp_path, told.store, Everything(), book=told.book).blocks
    for scope in (each for each in scopes(told) if isinstance(each, Period)):
        package = opened(tmp_path, told.store, scope, book=told.book)
        inside = [block.number for block in everything if _is_in(block, scope)]
        numbers = [block.number for block in package.blocks]
        first, last = max(inside[0] - 1, 1), min(inside[-1] + 1, size)
        assert numbers == list(range(first, last + 1))
        for block in package.blocks:
            lines = everything[block.number - 1].lines
            if block.number in inside:
                assert block.lines == lines
            else:
                assert (block.lines[0], block.withheld) == (lines[0], len(lines) - 1)


def _is_in(block: Block, period: Period) -> bool:
    day = service_date_of(parse_instant(block.head["meta"]["recorded_at"]))
    return period.first <= day <= period.last
