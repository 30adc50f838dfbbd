"""Packages of random histories, scope by scope: what they carry, and what they do not."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool

from domain.ids import ClaimId, PersonId, RegionCode
from domain.rules import RuleBook, RuleSet
from interchange.evidence.package import NothingInScope
from interchange.evidence.rule_files import plain
from interchange.evidence.scopes import Account, Everything, OneClaim, Period
from ledger.log.proofs import verify_consistency, verify_inclusion
from policies import loader
from projections.runner import run
from projections.tables import BALANCES, WALLETS
from tests.interchange.packing import opened, proof_in, sealed
from tests.interchange.told import SEEDS, history, scopes


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_carried_hashes_to_the_leaves_and_its_proofs_lead_to_the_root(
    seed: int, tmp_path: Path
) -> None:
    told = history(seed)
    log = told.store.recorder.log()
    for scope in scopes(told):
        package = opened(tmp_path, told.store, scope, book=told.book)
        for block in package.blocks:
            assert block.leaf == log.leaf(block.number)
            if isinstance(scope, Everything):
                continue
            index, hashes, note = proof_in(package, block.number)
            assert index == block.number - 1
            assert note.encode() == package.members["checkpoint.txt"]
            assert verify_inclusion(
                hashes, leaf=block.leaf, index=index, size=log.size, root=log.root()
            )
        proofs = [f"proofs/{block.number:09}.tlog-proof" for block in package.blocks]
        assert package.starting("proofs") == ([] if isinstance(scope, Everything) else proofs)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_manifest_counts_and_names_what_is_there(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    for scope in scopes(told):
        package = opened(tmp_path, told.store, scope, book=told.book)
        manifest, blocks = package.manifest, package.blocks
        assert manifest["scope"] == scope.described()
        assert manifest["size"] == told.store.recorder.end.entries
        assert manifest["position"] == told.store.recorder.end.events
        assert manifest["entries"] == len(blocks)
        assert manifest["events"] == sum(len(block.events) for block in blocks)
        assert manifest["withheld"] == sum(block.withheld for block in blocks)
        names = [name for name in package.members if name != "MANIFEST.json"]
        assert {name: sha256(package.members[name]).hexdigest() for name in names} == manifest[
            "members"
        ]
        numbers = [block.number for block in blocks]
        assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_log_is_carried_line_by_line(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    package = opened(tmp_path, told.store, Everything(), book=told.book)
    kept = told.store.recorder.entries(0, limit=told.store.recorder.end.entries)
    assert package.members["entries.txt"] == b"".join(entry.body + b"\n" for entry in kept)
    assert package.manifest["withheld"] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_balances_are_those_of_the_read_models(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    package = opened(tmp_path, told.store, Everything(), book=told.book)
    state = json.loads(package.members["state.json"])
    engine = create_engine("sqlite://", poolclass=StaticPool)
    run(told.store, engine, names=["balances", "wallets"])
    expected: dict[str, dict[str, dict[str, int]]] = {}
    totals: Counter[str] = Counter()
    with engine.connect() as connection:
        for row in map(dict, connection.execute(select(BALANCES)).mappings()):
            fen = {name: row[name] for name in ("available_fen", "held_fen", "set_aside_fen")}
            expected.setdefault(row["person"], {})[row["segment"]] = fen
            totals.update(fen)
        for row in map(dict, connection.execute(select(WALLETS)).mappings()):
            fen = {name: row[name] for name in ("available_fen", "held_fen", "pending_fen")}
            expected.setdefault(row["person"], {})["wallet"] = fen
            totals.update({f"wallet_{name}": amount for name, amount in fen.items()})
    engine.dispose()
    assert state["persons"] == expected
    assert Counter(state["totals"]) == totals
    assert (state["size"], state["position"]) == told.store.recorder.end
    assert package.members["state.json"] == _canonical(state)
    assert package.members["MANIFEST.json"] == _canonical(package.manifest)


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_rule_set_that_a_decision_names_is_there_with_its_reasons(
    seed: int, tmp_path: Path
) -> None:
    told = history(seed)
    for scope in scopes(told):
        package = opened(tmp_path, told.store, scope, book=told.book)
        named: set[str] = set()
        dossiers: dict[str, set[str]] = {}
        for block in package.blocks:
            for event in block.events:
                allocation = event["fact"].get("allocation")
                if allocation:
                    dossiers.setdefault(allocation["rule_set"], set()).add(allocation["dossier"])
                    named.add(allocation["rule_set"])
                    named |= {trial[10] for trial in allocation["trials"] if trial[10]}
        files = {f"rules/{each.replace(':', '-')}.json" for each in named}
        assert set(package.starting("rules")) == files
        for name in files:
            rules = json.loads(package.members[name])
            assert rules["found"]
            known = told.book.by_id(rules["id"])
            assert known is not None
            assert rules["values"]["pool.order"]["value"] == known.pool.order
            assert set(rules["dossiers"]) >= dossiers.get(rules["id"], set())
            assert all(rules["dossiers"].values())


def test_the_same_package_is_the_same_to_the_byte(tmp_path: Path) -> None:
    told = history(1)
    for scope in scopes(told):
        once, again = (opened(tmp_path, told.store, scope, book=told.book).raw for _ in range(2))
        assert once == again


def test_members_stand_in_their_order_stored_and_without_a_time(tmp_path: Path) -> None:
    told = history(1)
    account, signed = Account(PersonId(told.persons[0])), sealed(told.store, older=(2,))
    package = opened(tmp_path, told.store, account, book=told.book, signed=signed)
    folders = [name.partition("/")[0] for name in package.members]
    assert list(dict.fromkeys(folders)) == [
        "MANIFEST.json",
        "checkpoint.txt",
        "checkpoints",
        "entries.txt",
        "proofs",
        "consistency",
        *(["rules"] if package.starting("rules") else []),
        "keys",
        "README.txt",
    ]
    for info in package.infos:
        assert info.compress_size == info.file_size
        assert info.date_time == (1980, 1, 1, 0, 0, 0)
        assert not info.extra
        assert not info.comment


def test_older_checkpoints_are_extended(tmp_path: Path) -> None:
    told = history(1)
    log = told.store.recorder.log()
    signed = sealed(told.store, older=(1, 7), since=(9,))
    package = opened(tmp_path, told.store, Everything(), book=told.book, signed=signed)
    assert package.starting("checkpoints") == ["checkpoints/1.txt", "checkpoints/7.txt"]
    assert len(package.starting("consistency")) == 3
    for old in (1, 7, 9):
        head, *lines = package.members[f"consistency/{old}.txt"].decode().splitlines()
        assert head == f"{old} {log.size}"
        assert verify_consistency(
            [b64decode(line) for line in lines],
            old=old,
            old_root=log.root(old),
            new=log.size,
            new_root=log.root(),
        )


def test_a_package_speaks_of_the_size_that_was_signed_and_not_of_what_came_after(
    tmp_path: Path,
) -> None:
    told = history(1)
    size = told.store.recorder.end.entries // 2
    for scope in (Everything(), Account(PersonId(told.persons[0]))):
        signed = sealed(told.store, size=size)
        package = opened(tmp_path, told.store, scope, book=told.book, signed=signed)
        assert package.manifest["size"] == size
        assert package.blocks[-1].number <= size


def test_nothing_in_scope_leaves_no_file(tmp_path: Path) -> None:
    told = history(1)
    tomorrow = told.days[-1] + timedelta(days=1)
    for scope in (
        Account(PersonId("nobody")),
        OneClaim(ClaimId("nothing")),
        Period(tomorrow, tomorrow),
    ):
        with pytest.raises(NothingInScope):
            opened(tmp_path, told.store, scope, book=told.book)
    assert list(tmp_path.iterdir()) == []


def test_rules_that_the_rule_book_does_not_hold_are_named(tmp_path: Path) -> None:
    told = history(0)
    package = opened(tmp_path, told.store, Everything(), book=RuleBook())
    (name, *_) = package.starting("rules")
    rules = json.loads(package.members[name])
    assert not rules["found"]
    assert "values" not in rules
    assert set(rules["dossiers"].values()) == {None}


def test_a_tariff_is_written_clause_by_clause() -> None:
    rules = loader.load().resolve(RegionCode("310000"), date(2026, 3, 1))
    assert isinstance(rules, RuleSet)
    written = json.loads(json.dumps(plain(rules.benefit.tariff)))
    assert len(written) == len(rules.benefit.tariff)
    for said, clause in zip(written, rules.benefit.tariff, strict=True):
        assert said["care"] == sorted(clause.care)
        assert said["steps"] == [
            {"from_fen": step.from_fen, "ratio": {"num": step.ratio.num, "den": step.ratio.den}}
            for step in clause.steps
        ]
