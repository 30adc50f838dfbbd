"""Seals say what replaying gives, and a seal that does not is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.balance_tree import Totals, climb
from ledger import commands
from projections.balances import balances
from projections.checks import check
from projections.runner import run
from projections.sealing import moments, present, seals
from projections.wallets import wallets
from tests.ledger.tampering import reword
from tests.projections.histories import History
from tests.projections.history_of_everything import history_of_everything

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from ledger.store import Store


def _again(store: Store) -> History:
    """Go on with a history whose messages are numbered already."""
    history = History(store=store)
    history.sent = 1_000
    return history


def test_the_totals_are_those_of_the_read_models(engine: Engine) -> None:
    history = history_of_everything()
    run(history.store, engine)
    at, tree = present(history.store)
    known = balances(engine)
    assert at.position == history.store.recorder.last_position
    assert tree.root.totals.available_fen == sum(b.available.total_fen for b in known.values()) > 0
    assert tree.root.totals.held_fen == sum(b.held.total_fen for b in known.values())
    assert tree.root.totals.set_aside_fen == sum(b.set_aside.total_fen for b in known.values())
    for person, balance in known.items():
        holding, steps = tree.proof(person) or pytest.fail(person)
        assert (holding.available, holding.held, holding.set_aside) == balance
        assert climb(holding, steps) == tree.root


def test_a_seal_of_the_past_is_still_right_later(engine: Engine) -> None:
    history = history_of_everything()
    run(history.store, engine)
    (fact,) = seals(history.store)
    assert fact.persons > 0
    assert not check(history.store, engine, names=["seals"])
    history.credit("uncle", 1_00)
    run(history.store, engine)
    assert not check(history.store, engine, names=["seals"])


def test_trees_of_several_moments_come_from_one_pass() -> None:
    history = History()
    history.found_family()
    end = history.store.recorder.last_position
    found = dict(moments(history.store, (end, 0, 5)))
    assert list(found) == [0, 5, end]
    assert found[0].persons == 0
    assert found[end].root == present(history.store).tree.root


@pytest.mark.parametrize(
    ("totals", "root", "says"),
    [
        (Totals(1), "0" * 64, "replayed it is"),
        (None, "0" * 64, "the root does not"),
    ],
)
def test_a_wrong_seal_is_found(
    books: tuple[Store, Engine], totals: Totals | None, root: str, says: str
) -> None:
    store, engine = books
    history = _again(store)
    at, tree = present(store)
    history.must(commands.Seal(at=at, totals=totals or tree.root.totals, balances_root=root))
    run(store, engine)
    (finding,) = check(store, engine, names=["seals"])
    assert says in finding.says.en
    assert finding.place == f"seal #{at.position}"


def test_a_seal_of_another_entry_is_found(books: tuple[Store, Engine]) -> None:
    store, engine = books
    history = _again(store)
    at, tree = present(store)
    moved = type(at)(at.entries - 1, at.position, at.persons)
    root = tree.root
    history.must(commands.Seal(at=moved, totals=root.totals, balances_root=root.digest.hex()))
    run(store, engine)
    (finding,) = check(store, engine, names=["seals"])
    assert "ends at" in finding.says.en


def test_a_changed_history_does_not_lead_to_its_seal(books: tuple[Store, Engine]) -> None:
    store, engine = books
    history = _again(store)
    at, tree = present(store)
    root = tree.root
    history.must(commands.Seal(at=at, totals=root.totals, balances_root=root.digest.hex()))
    run(store, engine)
    assert not check(store, engine, names=["seals"])
    path: Path | None = store.path
    assert path is not None
    reword(path, "account.credited", '"amount":[', '"amount":[1', first=True)
    (finding,) = check(store, engine, names=["seals"])
    assert "cannot be replayed" in finding.says.en


def test_wallets_are_in_the_tree(engine: Engine) -> None:
    history = history_of_everything()
    run(history.store, engine)
    tree = present(history.store).tree
    kept = wallets(engine)
    assert sum(wallet.available_fen for wallet in kept) > 0
    for wallet in kept:
        holding, _ = tree.proof(wallet.person) or pytest.fail(wallet.person)
        whole_fen = wallet.available_fen + wallet.held_fen + wallet.pending_fen
        assert holding.wallet_fen == whole_fen
