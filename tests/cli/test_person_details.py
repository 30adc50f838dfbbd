"""`gongji person describe|details|erase`."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest

from cli import person_details, session
from ledger.personal import Personal
from tests.cli.books import call, data, done

if TYPE_CHECKING:
    from pathlib import Path

    from cli.session import Answer
    from cli.settings import Settings
    from ledger.commands import Command

WRITTEN = 'name: 张小明\nborn: "1970-01-02"\nphone: "13800000000"\n'


def _describe(family: Path, written: str = WRITTEN) -> str:
    file = family.parent / "details.yaml"
    file.write_text(written, encoding="utf-8")
    return str(file)


def _anywhere(family: Path, value: str) -> list[str]:
    files = [file for file in family.iterdir() if file.is_file()]
    return [file.name for file in files if value.encode() in file.read_bytes()]


def test_details_are_kept_apart_masked_shown_and_erased(family: Path) -> None:
    done(family, "person", "describe", "A", _describe(family), "-q")
    assert _anywhere(family, "13800000000") == ["personal.sqlite"]
    masked = done(family, "person", "details", "A").stdout
    assert "张**" in masked
    assert "13800000000" not in masked
    words = ("person", "details", "A", "--reveal", "--to", "bureau", "--note", "case 3", "-q")
    assert {row["value"] for row in data(family, *words)["rows"]} == {
        "张小明",
        "1970-01-02",
        "13800000000",
    }
    (seen,) = data(family, "events", "list", "type:person.details_revealed")["rows"]
    assert (seen["note"], "bureau" in seen["says"]) == ("case 3", True)
    done(family, "person", "erase", "A", "--detail", "phone", "-q")
    assert _anywhere(family, "13800000000") == []
    assert _anywhere(family, "张小明") == ["personal.sqlite"]
    done(family, "person", "erase", "A", "-q")
    assert _anywhere(family, "张小明") == []
    assert data(family, "check", "personal", "store", "replay")["findings"] == 0


def test_a_value_that_is_replaced_is_gone(family: Path) -> None:
    done(family, "person", "describe", "A", _describe(family), "-q")
    done(family, "person", "describe", "A", _describe(family, "name: 王五\n"), "-q")
    assert _anywhere(family, "张小明") == []
    assert len(data(family, "person", "details", "A")["rows"]) == 3
    assert data(family, "check", "personal")["findings"] == 0


def test_a_refused_command_leaves_no_value_behind(family: Path) -> None:
    result = call(family, "person", "describe", "nobody", _describe(family), "-q")
    assert result.exit_code == 1
    assert _anywhere(family, "张小明") == []


def test_what_is_not_said_rightly_is_refused(family: Path) -> None:
    bad = call(family, "person", "describe", "A", _describe(family, "nam: x\n"))
    assert bad.exit_code == 2
    assert "details.yaml:1" in bad.stderr
    assert "person describe --help" in bad.stderr
    empty = call(family, "person", "describe", "A", _describe(family, 'name: ""\n'))
    assert empty.exit_code == 2
    unexplained = call(family, "person", "details", "A", "--reveal", "--to", "bureau")
    assert unexplained.exit_code == 2
    assert "--note" in unexplained.stderr


def test_a_value_that_was_changed_behind_the_ledgers_back_is_found(family: Path) -> None:
    done(family, "person", "describe", "A", _describe(family), "-q")
    file = family / "personal.sqlite"
    file.write_bytes(file.read_bytes().replace("张小明".encode(), "张小红".encode()))
    found = call(family, "check", "personal")
    assert found.exit_code == 1
    assert "missing or changed" in found.stdout
    file.write_bytes(b"broken" * 1_000)
    assert call(family, "check", "personal").exit_code == 1


def test_an_erasure_that_was_interrupted_is_finished_by_the_next(
    family: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(family, "person", "describe", "A", _describe(family), "-q")
    with monkeypatch.context() as patch:
        patch.setattr(Personal, "drop", _killed)
        assert call(family, "person", "erase", "A", "-q").exit_code != 0
    assert _anywhere(family, "13800000000") == ["personal.sqlite"]
    assert "ought to be gone" in call(family, "check", "personal").stdout
    again = call(family, "person", "erase", "A", "-q")
    assert again.exit_code == 1  # nothing stands any more: refused, but the rest is done
    assert _anywhere(family, "13800000000") == []
    assert data(family, "check", "personal")["findings"] == 0


def _killed(_personal: Personal, _commitments: object) -> None:
    raise KeyboardInterrupt


def test_showing_again_is_recorded_again(family: Path) -> None:
    done(family, "person", "describe", "A", _describe(family), "-q")
    words = ("person", "details", "A", "--reveal", "--to", "bureau", "--note", "case 3")
    assert "张小明" in done(family, *words, "--key", "r1").stdout
    again = call(family, *words, "--key", "r1")
    assert (again.exit_code, "张小明" in again.stdout) == (2, False)
    assert "张小明" in done(family, *words, "--key", "r2").stdout
    assert len(data(family, "events", "list", "type:person.details_revealed")["rows"]) == 2


@pytest.mark.parametrize("words", [("describe", "A", "details.yaml"), ("erase", "A")])
def test_nobody_tidies_up_while_details_are_taken_in(
    family: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    done(family, "person", "describe", "A", _describe(family), "-q")
    monkeypatch.chdir(family.parent)
    held: list[bool] = []

    def carry_out(settings: Settings, command: Command, *, key: str | None) -> Answer:
        with (family / "personal.lock").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(True)
        return session.carry_out(settings, command, key=key)

    monkeypatch.setattr(person_details, "carry_out", carry_out)
    done(family, "person", *words, "-q")
    assert held == [True]
