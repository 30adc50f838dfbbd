"""What is said when something is wrong, and the exit code that goes with it."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import session, store
from cli.errors import Trouble, layout
from cli.main import root
from ledger import lock
from tests.cli.books import call, done, found

ROOT = Path(__file__).parents[2]


def test_0_is_done(family: Path) -> None:
    assert call(family, "account", "balance").exit_code == 0


def test_1_is_refused_and_says_what_why_and_what_to_do(family: Path) -> None:
    result = call(family, "family", "order", "F", "P", "C", "A", "B", "--lang", "zh")
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if not line.startswith("报文号")]
    assert lines[0].startswith("错误 E146：")
    assert [line.partition("：")[0] for line in lines[1:]] == ["依据", "可以", "详见"]


def test_1_in_json_is_an_envelope_with_the_problem(family: Path) -> None:
    result = call(family, "account", "balance", "X", "-O", "json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["code"], problem["number"]) == ("unknown_person", "E111")
    assert problem["remedy"]
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("acount", "balance"), "Did you mean 'account'?"),
        (("account", "balanc"), "Did you mean 'balance'?"),
        (("account", "balance", "--as-off", "2026-01-01"), "--as-of"),
        (("account", "credit", "P"), "Missing argument"),
        (("account", "credit", "P", "much"), "no amount in yuan"),
        (("account", "statement", "P", "--from", "today"), "no day"),
        (("account", "balance", "--as-known-at", "2026-01-01T09:00"), "no instant"),
        (("account", "balance", "--as-known-at", "2026-02-30"), "no day"),
        (("claim", "authorize", "claim.yaml", "--until", "2026-01-01"), "no instant"),
        (("family", "bind", "F", "A", "P", "--relation", "uncle"), "One of: spouse, parent"),
        (("store", "status", "--as-of", "2026-01-01"), "does not take --as-of"),
        (("account", "balance", "-O", "xml"), "json"),
        (("account", "statement", "P", "--period", "x"), "No such option"),
    ],
)
def test_2_is_a_line_that_cannot_be_run(family: Path, words: tuple[str, ...], said: str) -> None:
    result = call(family, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "--help" in result.stderr


def test_2_in_json_even_where_the_line_could_not_be_read(family: Path) -> None:
    result = call(family, "acount", "balance", "-O", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"][0]["code"] == "usage"


def test_2_is_a_store_that_is_not_there(tmp_path: Path) -> None:
    for lang, said in (("zh", "此处没有账本"), ("en", "There is no store")):
        result = call(tmp_path / "none", "account", "balance", "--lang", lang)
        assert result.exit_code == 2
        assert said in result.stderr
        assert "gongji store init" in result.stderr


def test_3_is_another_writer_and_reading_goes_on(family: Path) -> None:
    with lock.WriterLock(family):
        result = call(family, "account", "credit", "P", "1")
        assert result.exit_code == 3
        assert "Another writer" in result.stderr
        assert call(family, "account", "balance").exit_code == 0
        assert call(family, "claim", "quote", str(family.parent / "claim.yaml")).exit_code == 0


def test_4_is_a_damaged_store(family: Path) -> None:
    (family / "events.sqlite").write_bytes(b"this is no database, whatever its name says" * 200)
    result = call(family, "account", "balance")
    assert result.exit_code == 4
    assert "damaged" in result.stderr


def test_4_is_a_read_model_of_another_store(family: Path) -> None:
    done(family, "store", "project")
    with sqlite3.connect(family / "views.sqlite") as views:
        views.execute("UPDATE tracking SET position = 9999")
    views.close()
    result = call(family, "account", "balance")
    assert result.exit_code == 4
    assert "--rebuild" in result.stderr


def test_a_read_model_that_is_no_database_says_how_to_go_on(family: Path) -> None:
    (family / "views.sqlite").write_bytes(b"no database" * 500)
    result = call(family, "account", "balance")
    assert result.exit_code == 2
    assert "views.sqlite" in result.stderr


def test_130_is_an_interruption_and_the_store_is_as_it_was(
    family: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = found(family)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "actor", interrupt)
    result = call(family, "account", "credit", "P", "1", "--lang", "zh")
    assert result.exit_code == 130
    assert "已中断" in result.stderr
    assert found(family) == before


def test_a_bug_names_a_file_with_the_traceback_and_shows_none(
    family: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        msg = "a planted bug"
        raise RuntimeError(msg)

    monkeypatch.setattr(store, "reading", fail)
    result = call(family, "store", "status", "--lang", "zh")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    named = re.search(r"\S+gongji-bug-\S+\.txt", result.stderr.partition("：")[2])
    assert named is not None
    report = Path(named[0].rpartition("：")[2])
    assert "a planted bug" in report.read_text(encoding="utf-8")
    report.unlink()


def test_debug_shows_the_traceback(family: Path) -> None:
    assert "Traceback" in call(family, "account", "balance", "X", "--debug").stderr


def test_a_trouble_without_number_or_remedy_is_one_line() -> None:
    assert layout(Trouble("x", "it broke", where="a.yaml:3"), "en") == "Error: it broke  [a.yaml:3]"


def test_global_options_stand_before_or_after_the_command(family: Path) -> None:
    runner = CliRunner()
    before = runner.invoke(root, ["--store", str(family), "-O", "json", "account", "balance", "P"])
    after = runner.invoke(root, ["account", "balance", "P", "-O", "json", "--store", str(family)])
    between = runner.invoke(root, ["account", "-O", "json", "balance", "P", f"--store={family}"])
    assert before.exit_code == 0
    assert before.stdout == after.stdout == between.stdout


def test_a_group_without_command_says_what_it_has() -> None:
    result = CliRunner().invoke(root, ["account"])
    assert result.exit_code == 0
    assert "statement" in result.stdout


# ------------------------------------------------------------------------------- as a real process


def process(family: Path, *words: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from cli.main import main; main()", *words]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # passes options through
        [*command, "--store", str(family)], cwd=ROOT, capture_output=True, check=False, **more
    )


def test_a_process_returns_the_code_and_keeps_data_and_talk_apart(family: Path) -> None:
    done_ = process(family, "account", "credit", "P", "1", "-O", "json")
    assert done_.returncode == 0
    assert json.loads(done_.stdout)["rows"][0]["person"] == "P"
    assert b"--key" in done_.stderr
    assert process(family, "account", "balance", "X").returncode == 1


def test_output_is_utf_8_whatever_the_terminal_says(family: Path) -> None:
    environ = {"PYTHONIOENCODING": "ascii", "PATH": "", "GONGJI_LANG": "zh"}
    result = process(family, "account", "balance", env=environ)
    assert result.returncode == 0
    assert "参保人" in result.stdout.decode("utf-8")


def test_a_reader_that_goes_away_ends_it_quietly(family: Path) -> None:
    command = (
        f"{sys.executable} -c 'from cli.main import main; main()' --store {family} help glossary"
    )
    result = subprocess.run(  # noqa: S602 - the pipe is what is tried
        f"{command} -O jsonl | head -n 1",
        cwd=ROOT,
        capture_output=True,
        check=False,
        shell=True,
    )
    assert result.stderr == b""
    assert len(result.stdout.splitlines()) == 1
