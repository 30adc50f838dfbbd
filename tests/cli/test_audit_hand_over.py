"""`gongji audit hand-over` and `gongji audit exposure`."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.cli.books import call, data, done

if TYPE_CHECKING:
    from pathlib import Path


def _signed(family: Path, name: str = "now.txt") -> str:
    if not (family / "log.key").exists():
        done(family, "audit", "key", "-q")
    file = str(family.parent / name)
    done(family, "audit", "checkpoint", "--out", file, "-q")
    return file


def test_before_the_first_hand_over_everything_is_exposed(family: Path) -> None:
    result = call(family, "audit", "exposure")
    assert result.exit_code == 1
    entries = len(data(family, "events", "list")["rows"])
    assert "No checkpoint was ever handed over" in result.stdout
    assert entries > 20


def test_what_comes_after_a_checkpoint_is_counted_for_each_receiver(family: Path) -> None:
    first = _signed(family)
    size = data(family, "audit", "checkpoint")["rows"][0]["size"]
    done(family, "audit", "hand-over", first, "--to", "bureau-7", "-q")
    done(family, "account", "credit", "A", "1", "-q")
    second = _signed(family, "later.txt")
    done(family, "audit", "hand-over", second, "--to", "clinic-9", "-q")
    later = data(family, "audit", "exposure")
    assert [row["receiver"] for row in later["rows"]] == ["clinic-9", "bureau-7"]
    clinic, bureau = later["rows"]
    assert bureau["entries"] == size
    assert (bureau["open_entries"], bureau["open_events"]) == (3, 3)
    assert (clinic["entries"], clinic["open_entries"]) == (size + 2, 1)
    assert later["open"] == {"entries": 1, "events": 1}
    done(family, "audit", "hand-over", first, "--to", "clinic-9", "-q")  # an older one
    assert data(family, "audit", "exposure")["rows"][0]["entries"] == size + 2
    (row,) = data(family, "events", "list", "type:ledger.checkpoint_handed_over")["rows"][:1]
    assert "bureau-7" in row["says"]


def test_a_checkpoint_that_the_history_does_not_extend_is_not_handed_over(family: Path) -> None:
    other = family.parent / "other"
    _signed(family)
    shutil.copytree(family, other)
    done(other, "account", "credit", "A", "2", "-q")
    forked = _signed(other, "forked.txt")
    done(family, "account", "credit", "A", "3", "-q")
    result = call(family, "audit", "hand-over", forked, "--to", "bureau-7", "-q")
    assert result.exit_code == 2
    assert "does not extend" in result.stderr
    assert call(family, "audit", "exposure").exit_code == 1


def test_a_receiver_is_an_id_and_a_checkpoint_is_signed(family: Path) -> None:
    file = _signed(family)
    named = call(family, "audit", "hand-over", file, "--to", "李 四", "-q")
    assert named.exit_code == 1
    bad = family.parent / "bad.txt"
    bad.write_text("no checkpoint", encoding="utf-8")
    assert call(family, "audit", "hand-over", str(bad), "--to", "bureau-7").exit_code == 2
