"""Packages of the ledger itself, of every scope, are accepted, and extend what was kept."""

from __future__ import annotations

from pathlib import Path

import gongji_verify
import pytest

from tests.interchange.packing import KEY, opened, sealed
from tests.interchange.told import SEEDS, history, scopes
from tests.tampering.kinds import KINDS

DOCS = Path(__file__).parents[2] / "docs" / "tampering.md"


@pytest.mark.parametrize("seed", SEEDS)
def test_packages_of_every_scope_are_accepted(seed: int, tmp_path: Path) -> None:
    told = history(seed)
    size = told.store.recorder.end.entries
    signed = sealed(told.store, older=[size // 3], since=[size // 2])
    kept = sealed(told.store, size=size // 2).note.encode()
    for scope in scopes(told):
        package = opened(tmp_path, told.store, scope, book=told.book, signed=signed)
        report = gongji_verify.verify(
            dict(package.members), KEY.verifier.written, {"kept.txt": kept}
        )
        counted = {name: report["checked"][name] for name in ("entries", "events", "withheld")}
        assert counted == {name: package.manifest[name] for name in counted}
        assert report["checked"]["checkpoints"] == 2
        assert report["window"]["entries"] == size - size // 2


def test_a_kept_checkpoint_without_its_proof_is_asked_for(tmp_path: Path) -> None:
    told = history(1)
    size = told.store.recorder.end.entries
    kept = sealed(told.store, size=size // 2).note.encode()
    scope = list(scopes(told))[1]
    package = opened(tmp_path, told.store, scope, book=told.book)
    with pytest.raises(gongji_verify.Problem, match="no_proof"):
        gongji_verify.verify(dict(package.members), KEY.verifier.written, {"kept.txt": kept})


def test_the_page_shows_a_row_for_each_kind_with_what_is_expected_of_it() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for kind in KINDS:
        caught = " | ".join("50/50" if must else "0/50" for must in (kind.with_kept, kind.without))
        assert f"| {kind.says.en} | {kind.says.zh} | {caught} |" in page
