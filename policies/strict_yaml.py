"""YAML without surprises: what a file says is what is read, and every node knows its line.

YAML 1.1 turns `on` into true, `010` into 8 and `1:30` into 90. Here only `true`, `false` and
plain decimal integers are typed, all else is text; whatever could be read in two ways is an
error. The parser's events are used directly, so nothing is built before it has been checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, SupportsIndex, TypeAlias, TypeVar

import yaml

from domain.text import Lang, Text

if TYPE_CHECKING:
    # The stubs know the pure loader only; both have the same events.
    from yaml import SafeLoader as _Loader
else:
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 1 << 20
MAX_DEPTH = 32

_INTEGER = re.compile(r"-?[1-9][0-9]{0,18}|0")
_NUMBER_LIKE = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|nan)",
    re.IGNORECASE,
)
_FLOAT_SIGN = re.compile(r"[.eE]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(eq=False)
class YamlProblem(Exception):  # noqa: N818 - it is a problem in a file, not an error of ours
    """What is wrong in a file, and where. `path` is as the caller gave it, `line` counts from 1.

    `check` is the lasting name of the check that found it.
    """

    path: str
    line: int
    message: Text
    check: str = "yaml"

    def __str__(self) -> str:
        return self.says("en")

    def says(self, lang: Lang) -> str:
        """Give `path:line: sentence` in one language."""
        return f"{self.path}:{self.line}: {self.message.say(lang)}"


class YamlMapping(dict[str, "Value"]):
    """A mapping that knows the line it starts on and the line of each key."""

    def __init__(self, line: int) -> None:
        """Start empty; `line` counts from 1."""
        super().__init__()
        self.line = line
        self._lines: dict[str, int] = {}

    def put(self, key: str, value: Value, *, line: int) -> None:
        """Add a key that stands on a line."""
        self[key] = value
        self._lines[key] = line

    def line_of(self, key: str) -> int:
        """Give the line of a key; of the mapping itself where the key is missing."""
        return self._lines.get(key, self.line)


class YamlSequence(list["Value"]):
    """A list that knows the line it starts on and the line of each item."""

    def __init__(self, line: int) -> None:
        """Start empty; `line` counts from 1."""
        super().__init__()
        self.line = line
        self._lines: list[int] = []

    def put(self, value: Value, *, line: int) -> None:
        """Add an item that stands on a line."""
        self.append(value)
        self._lines.append(line)

    def line_of(self, index: SupportsIndex) -> int:
        """Give the line of an item; of the list itself where there is no such item."""
        try:
            return self._lines[index]
        except IndexError:
            return self.line


Value: TypeAlias = "str | int | bool | YamlMapping | YamlSequence"
_Answer = TypeVar("_Answer")


def read(path: Path, *, shown_as: str | None = None) -> YamlMapping:
    """Read a file whose top is a mapping; problems name it as `shown_as`, or by its path.

    Raises:
        YamlProblem: not UTF-8, too large, or anything `parse` refuses.
        OSError: the file cannot be read.
    """
    name = shown_as or str(path)
    return parse(_text(path, name), path=name)


def glance(path: Path, key: str, *, shown_as: str | None = None) -> Value | None:
    """Give what stands behind a key at the top of a file; the rest of the file is not read.

    Raises:
        YamlProblem: as `read`, for what stands above the key and behind it.
        OSError: the file cannot be read.
    """
    name = shown_as or str(path)
    reader = _Reader(name, yaml.parse(_text(path, name), Loader=_Loader))
    return _guarded(reader, lambda: reader.behind(key))


def _text(path: Path, name: str) -> str:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise YamlProblem(name, 1, _TOO_LARGE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlProblem(name, data.count(b"\n", 0, error.start) + 1, _NOT_UTF8) from error


def parse(text: str, *, path: str = "<text>") -> YamlMapping:
    """Read one document whose top is a mapping.

    Raises:
        YamlProblem: bad syntax, no or several documents, a top that is no mapping, a duplicate
            or non-text key, a float, an empty value, an anchor, an alias, a tag, or text that
            is too large or nested too deeply.
    """
    # Counted in characters first: a fourfold larger text need not be encoded to be refused.
    if len(text) > MAX_BYTES or len(text.encode()) > MAX_BYTES:
        raise YamlProblem(path, 1, _TOO_LARGE)
    reader = _Reader(path, yaml.parse(text, Loader=_Loader))
    top = _guarded(reader, reader.document, text=text)
    if not isinstance(top, YamlMapping):
        raise YamlProblem(path, 1, _TOP)
    return top


def _guarded(reader: _Reader, ask: Callable[[], _Answer], *, text: str = "") -> _Answer:
    """Ask a reader something; what the parser refuses becomes a problem with its line."""
    try:
        return ask()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise YamlProblem(reader.path, line, _syntax(error)) from error


class _Reader:
    """Builds nodes out of the events of one file."""

    def __init__(self, path: str, events: Iterator[yaml.Event]) -> None:
        self.path = path
        self.events = events

    def document(self) -> Value:
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise YamlProblem(self.path, 1, _EMPTY)
        value = self.node(next(self.events), 0)
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self.problem(after, _SEVERAL)
        return value

    def behind(self, key: str) -> Value | None:
        """Give the value of a key at the top; None where there is no such key."""
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise YamlProblem(self.path, 1, _EMPTY)
        top = next(self.events)
        if not isinstance(top, yaml.MappingStartEvent):
            raise self.problem(top, _TOP)
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            found = self.node(event, 1)
            value = self.node(next(self.events), 1)
            if found == key:
                return value
        return None

    def node(self, event: yaml.Event, depth: int) -> Value:
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            raise self.problem(event, _ALIAS)
        if event.anchor is not None:
            raise self.problem(event, _ANCHOR)
        if event.tag is not None:
            raise self.problem(event, _TAG)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if depth == MAX_DEPTH:
            raise self.problem(event, _TOO_DEEP)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event, depth + 1)
        return self.sequence(event, depth + 1)

    def mapping(self, start: yaml.Event, depth: int) -> YamlMapping:
        found = YamlMapping(_line(start))
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth)
            if not isinstance(key, str):
                raise self.problem(event, _KEY)
            if key in found:
                raise self.problem(event, _duplicate(key))
            found.put(key, self.node(next(self.events), depth), line=_line(event))
        return found

    def sequence(self, start: yaml.Event, depth: int) -> YamlSequence:
        found = YamlSequence(_line(start))
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.put(self.node(event, depth), line=_line(event))
        return found

    def scalar(self, event: yaml.ScalarEvent) -> str | int | bool:
        text: str = event.value
        if event.style:  # quoted or block text is text
            return text
        if text in _NULLS:
            raise self.problem(event, _NULL)
        if text in {"true", "false"}:
            return text == "true"
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER_LIKE.fullmatch(text) and _FLOAT_SIGN.search(text):
            raise self.problem(event, _float(text))
        return text

    def problem(self, event: yaml.Event, message: Text) -> YamlProblem:
        return YamlProblem(self.path, _line(event), message)


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return int(event.start_mark.line) + 1


def _syntax(error: yaml.YAMLError) -> Text:
    why = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    return Text(f"不是合法的 YAML：{why}", f"not valid YAML: {why}")


def _duplicate(key: str) -> Text:
    return Text(f"键“{key}”重复；请删去一个", f"duplicate key {key!r}; remove one of them")


def _float(text: str) -> Text:
    return Text(
        f"“{text}”是小数；金额请写整数分，其他文字请加引号",
        f"{text!r} is a float; write money as whole fen, or quote it if it is text",
    )


_TOO_LARGE = Text("文件超过 1 MiB；请拆分", "larger than 1 MiB; split the file")
_TOO_DEEP = Text(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep")
_NOT_UTF8 = Text("不是 UTF-8 文本；请另存为 UTF-8", "not UTF-8 text; save the file as UTF-8")
_EMPTY = Text("文件是空的", "the file is empty")
_SEVERAL = Text("一个文件只能有一个文档；请拆分", "several documents in one file; split them")
_TOP = Text("最外层应是键值映射", "the top of the file must be a mapping of keys to values")
_ALIAS = Text("不能使用别名 *；请写出内容", "aliases (*) are not allowed; write the content out")
_ANCHOR = Text("不能使用锚点 &；请写出内容", "anchors (&) are not allowed; write the content out")
_TAG = Text("不能使用标签 !；请删去", "tags (!) are not allowed; remove it")
_KEY = Text("键必须是文字；请加引号", "a key must be text; quote it")
_NULL = Text(
    '值是空的；请填写，空文字请写 ""', 'empty value; fill it in, or write "" for empty text'
)
