"""Strict YAML: what is typed, what is refused, and on which line."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.strict_yaml import (
    MAX_BYTES,
    MAX_DEPTH,
    YamlMapping,
    YamlProblem,
    YamlSequence,
    parse,
    read,
)


def test_only_true_false_and_plain_integers_are_typed() -> None:
    text = """
    yes: [true, false, True, on, no]
    numbers: [0, 7, -7, 010, 1:30, +5, 0x1F, 1_000, -0]
    days: [2022-07-01, "2022", '7']
    words: [plain, "", 'x', a null b]
    """
    assert parse(text) == {
        "yes": [True, False, "True", "on", "no"],
        "numbers": [0, 7, -7, "010", "1:30", "+5", "0x1F", "1_000", "-0"],
        "days": ["2022-07-01", "2022", "7"],
        "words": ["plain", "", "x", "a null b"],
    }


def test_block_text_is_text() -> None:
    assert parse("a: |\n  1\nb: >\n  true\n") == {"a": "1\n", "b": "true\n"}


def test_every_key_and_item_knows_its_line() -> None:
    top = parse("# a remark\na: 1\nb:\n  - x\n  - c: {d: 2,\n         e: 3}\n")
    assert (top.line, top.line_of("a"), top.line_of("b"), top.line_of("none")) == (2, 2, 3, 2)
    items = top["b"]
    assert isinstance(items, YamlSequence)
    assert (items.line, items.line_of(0), items.line_of(1), items.line_of(9)) == (4, 4, 5, 4)
    item = items[1]
    assert isinstance(item, YamlMapping)
    inner = item["c"]
    assert isinstance(inner, YamlMapping)
    assert (inner.line_of("d"), inner.line_of("e")) == (5, 6)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\na: 2", 2, "duplicate key 'a'"),
        ("a: {b: 1,\n b: 2}", 2, "duplicate key 'b'"),
        ("a: 1\n2: x", 2, "a key must be text"),
        ("true: x", 1, "a key must be text"),
        ("[a]: x", 1, "a key must be text"),
        ("? {a: 1}\n: x", 1, "a key must be text"),
        ("1.5: x", 1, "is a float"),
        ("a: 1.5", 1, "is a float"),
        ("a: [1, .5]", 1, "is a float"),
        ("a: 1.", 1, "is a float"),
        ("a: 1e3", 1, "is a float"),
        ("a: -1E+3", 1, "is a float"),
        ("a: .inf", 1, "is a float"),
        ("a: -.INF", 1, "is a float"),
        ("a: .NaN", 1, "is a float"),
        ("a:\n  b:", 2, "empty value"),
        ("a: ~", 1, "empty value"),
        ("a: null", 1, "empty value"),
        ("a: NULL", 1, "empty value"),
        ("a: [x, ]\nb: [,]", 2, "not valid YAML"),
        ("{a, b}", 1, "empty value"),
        ("a: &here 1", 1, "anchors"),
        ("a: &here {b: 1}", 1, "anchors"),
        ("a: &here [1]", 1, "anchors"),
        ("a: *here", 1, "aliases"),
        ("a: !!str 1", 1, "tags"),
        ("a: !own {b: 1}", 1, "tags"),
        ("--- {a: 1}\n--- {b: 1}", 2, "several documents"),
        ("", 1, "empty"),
        ("# only a remark", 1, "empty"),
        ("[1, 2]", 1, "must be a mapping"),
        ("just text", 1, "must be a mapping"),
        ("a: 1\nb: [", 3, "not valid YAML"),
        ("a: 1\nb: \x07", 2, "not valid YAML"),
        ("a: " + "[" * (MAX_DEPTH + 1), 1, "levels deep"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: str, line: int, says: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        parse(text, path="rules.yaml")
    assert says in caught.value.message.en
    assert caught.value.line == line
    assert caught.value.says("en").startswith(f"rules.yaml:{line}: ")
    assert caught.value.says("zh") != caught.value.says("en")


def test_deepest_allowed_nesting_is_read() -> None:
    depth = MAX_DEPTH - 1  # the top mapping is one level
    assert parse("a: " + "[" * depth + "]" * depth)


def test_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("a: " + "x" * MAX_BYTES)
    with pytest.raises(YamlProblem, match="larger than 1 MiB"):
        read(path)
    with pytest.raises(YamlProblem, match="larger than 1 MiB"):
        parse("a: " + "共" * (MAX_BYTES // 2))


def test_file_is_utf8_with_or_without_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_bytes("a: 共济".encode("utf-8-sig"))
    assert read(path) == {"a": "共济"}
    path.write_bytes("a: 1\nb: 共济".encode("gb18030"))
    with pytest.raises(YamlProblem, match=r"words\.yaml:2: not UTF-8") as caught:
        read(path, shown_as="words.yaml")
    assert caught.value.path == "words.yaml"


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    with suppress(YamlProblem):
        assert isinstance(parse(text), YamlMapping)


@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_integers_are_read_as_written(number: int) -> None:
    assert parse(f"a: {number}") == {"a": number}
