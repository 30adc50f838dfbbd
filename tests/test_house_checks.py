"""Every house check passes what is right and finds the fault planted for it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from domain.text import Text
from tests import house

ROOT = Path(__file__).parents[1]


def method(signature: str) -> str:
    return f"class A:\n    def {signature}: ..."


def lines_of_code(count: int) -> str:
    return "\n    x = 1" * count


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (house.long_file, "x = 1\n" * 400, "x = 1\n" * 401),
        (house.long_functions, "def f():" + lines_of_code(49), "def f():" + lines_of_code(50)),
        (house.long_functions, "x = 1", "async def f():" + lines_of_code(50)),
        (
            house.too_many_parameters,
            "def f(a, *, b, c, d, e, f): ...",
            "def f(a, b, c, d, e, f, g): ...",
        ),
        (
            house.too_many_parameters,
            method("f(self, a, b, c, d, e, f)"),
            method("f(cls, *, a, b, c, d, e, f, g)"),
        ),
        (house.too_many_positional, "def f(a, b, *, c): ...", "def f(a, b, c): ..."),
        (house.too_many_positional, method("f(self, a, b)"), method("__init__(self, a, b, c)")),
        (house.too_many_positional, "def _f(a, b, c): ...", "async def f(a, b, c): ..."),
        (house.too_many_positional, method("__exit__(self, a, b, c)"), "def f(a, b, /, c): ..."),
        (house.more_than_a_docstring, '"""Says."""', ""),
        (house.more_than_a_docstring, '"""Says."""\n# a comment', '"""Says."""\nimport re'),
        (house.vague_names, "domain/utility.py", "domain/utils.py"),
        (house.vague_names, "domain/commonwealth.py", "domain/common/money.py"),
        (house.vague_names, "tests/claim_help.py", "tests/claim_helpers.py"),
        (house.floats, "x: int = 1", "x = 1.0"),
        (house.floats, "x = '1.0'", "def f(x: float | None): ..."),
        (house.true_divisions, "x = 3 // 2", "x = 3 / 2"),
        (house.true_divisions, "x //= 2", "x /= 2"),
        (house.foreign_imports, "from domain.text import Text", "from ledger.writer import Writer"),
        (house.foreign_imports, "import re, pydantic", "def f():\n    import re, yaml"),
        (house.foreign_imports, "from datetime import date", "from . import text"),
        (
            partial(house.imports_beyond, allowed={"cryptography"}),
            "import re\nfrom cryptography import x509",
            "import domain.text",
        ),
        (house.doors, "from domain.time import account_year", "from time import monotonic"),
        (house.doors, "from datetime import date", "import os.path"),
        (house.doors, "door.open()", "open('x')"),
        (house.machine_paths, "see https://example.cn/work/1.htm", f"see /{'home'}/someone/x"),
        (house.unexplained_exceptions, "x = 1  # noqa: E741  # why", "x = 1  # noqa: E741, S101"),
        (house.unexplained_exceptions, "x = '# noqa'", "x = 1  # noqa"),
        (
            house.unexplained_exceptions,
            "x = 1  # type: ignore[a-b]  # why",
            "x = 1  # type: ignore[a-b]",
        ),
        (
            house.unexplained_exceptions,
            "x = 1  # pragma: no cover - why",
            "x = 1  # pragma: no cover",
        ),
        (house.unexplained_ruff_entries, '    "S101", # why', '    "S101",'),
    ],
)
def test_check_passes_what_is_right_and_finds_what_is_wrong(
    check: house.Check, *, right: str, wrong: str
) -> None:
    assert list(check(right)) == []
    assert len(list(check(wrong))) == 1


@pytest.mark.parametrize("topic", ["account", "Account.debited", "domain.person:Enrolled", "a.b."])
def test_topic_that_is_not_stream_and_fact_is_found(topic: str) -> None:
    assert house.malformed_topics(["account.year_rolled", topic]) == [topic]


@pytest.mark.parametrize(
    "text",
    [
        Text("", "closed"),
        Text("closed", "closed"),
        Text("已清退", " "),
        Text("已清退", "已清退"),
        Text("账户{person}已清退", "the account is closed"),
        Text("{person}已清退", "{account} is closed"),
    ],
)
def test_sentence_that_misses_a_language_or_a_fact_is_found(text: Text) -> None:
    assert house.incomplete_texts([Text("{person}已清退", "{person} is closed")]) == []
    assert len(house.incomplete_texts([text])) == 1


def test_library_is_found_when_a_program_loads_it() -> None:
    program = "import json, sys; sys.exit()"
    assert house.modules_loaded_by(program, {"json", "rich"}, root=ROOT) == ["json"]
