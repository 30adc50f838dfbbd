"""The rules of the house as checks: each takes a text or a value and gives what breaks the rule.

The checks know nothing of this checkout, so that `test_house.py` can try each of them on a
planted fault before trusting what it says about the real files.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from string import Formatter

from domain.text import Text

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_PARAMETERS = 6
MAX_POSITIONAL = 2

Check = Callable[[str], Iterable[str]]

_VAGUE = re.compile(r"utils?|helpers?|common|misc")
_TOPIC = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Not after a letter or a dot, where it is a part of an address on the web or of a relative path.
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp|mnt)/")
_BARE_EXCEPTION = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?"
    r"|type:\s*ignore(?:\[[\w, -]+\])?"
    r"|pragma:\s*no\s+(?:cover|branch))\s*$"
)
_BARE_RUFF_ENTRY = re.compile(r'^\s+"[A-Z]+\d+",?\s*$', re.MULTILINE)

_DOMAIN_MAY_IMPORT = sys.stdlib_module_names | {"domain", "msgspec", "pydantic", "pydantic_core"}
_DOORS = {
    *("asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"),
    *("shutil", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib"),
}
_DOOR_CALLS = {"input", "open", "print"}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


# ------------------------------------------------------------------------------ size and shape


def long_file(source: str) -> list[str]:
    """Find a file of more than 400 lines."""
    lines = len(source.splitlines())
    return [f"{lines} lines"] if lines > MAX_FILE_LINES else []


def long_functions(source: str) -> list[str]:
    """Find functions of more than 50 lines, from `def` to the last one."""
    return [
        f"line {function.lineno}: {function.name} has {lines} lines"
        for function in _functions(source)
        if (lines := _last_line(function) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]


def too_many_parameters(source: str) -> list[str]:
    """Find functions of more than six parameters; `self` and `cls` are not counted."""
    return [
        f"line {function.lineno}: {function.name} takes {count} parameters"
        for function in _functions(source)
        if (count := len(_positional(function)) + len(function.args.kwonlyargs)) > MAX_PARAMETERS
    ]


def too_many_positional(source: str) -> list[str]:
    """Find public functions that take more than two parameters by position.

    A function that is private to its module has its callers before its eyes, and Python itself
    fixes the parameters of methods such as `__exit__`; those are left alone.
    """
    return [
        f"line {function.lineno}: {function.name} takes {', '.join(names)} by position"
        for function in _functions(source)
        if len(names := _positional(function)) > MAX_POSITIONAL
        and (function.name == "__init__" or not function.name.startswith("_"))
    ]


def more_than_a_docstring(source: str) -> list[str]:
    """Find anything in an `__init__.py` beside its docstring, or a missing docstring."""
    body = ast.parse(source).body
    if ast.get_docstring(ast.parse(source)) is None:
        return ["no docstring"]
    return [f"line {statement.lineno}: more than a docstring" for statement in body[1:]]


def vague_names(path: str) -> list[str]:
    """Find folders and modules whose name says nothing: util, helper, common, misc."""
    words = [word for part in PurePosixPath(path).with_suffix("").parts for word in part.split("_")]
    return [f"the name says nothing: {word}" for word in words if _VAGUE.fullmatch(word)]


# ------------------------------------------------------------------------ what may not stand there


def floats(source: str) -> list[str]:
    """Find float literals and uses of the name `float`."""
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]


def true_divisions(source: str) -> list[str]:
    """Find `/`, which makes a float of two whole numbers."""
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    ]


def foreign_imports(source: str) -> list[str]:
    """Find imports of anything but the standard library, pydantic, msgspec and `domain` itself."""
    return [
        f"line {line}: imports {module}"
        for line, module in _imports(source)
        if module not in _DOMAIN_MAY_IMPORT
    ]


def imports_beyond(source: str, *, allowed: set[str]) -> list[str]:
    """Find imports of anything but the standard library and what is allowed."""
    return [
        f"line {line}: imports {module}"
        for line, module in _imports(source)
        if module not in sys.stdlib_module_names | allowed
    ]


def doors(source: str) -> list[str]:
    """Find ways out of pure functions: modules and calls for files, clocks, threads, chance."""
    imported = [
        f"line {line}: imports {module}" for line, module in _imports(source) if module in _DOORS
    ]
    called = [
        f"line {node.lineno}: calls {node.func.id}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _DOOR_CALLS
    ]
    return imported + called


def machine_paths(text: str) -> list[str]:
    """Find paths that exist on one machine only."""
    return [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), start=1)
        if _MACHINE_PATH.search(line)
    ]


def unexplained_exceptions(source: str) -> list[str]:
    """Find comments that silence a checker without saying why."""
    return [
        f"line {token.start[0]}: {token.string}"
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and _BARE_EXCEPTION.search(token.string)
    ]


def unexplained_ruff_entries(pyproject: str) -> list[str]:
    """Find ruff rules that pyproject.toml switches off without saying why."""
    return [entry.strip() for entry in _BARE_RUFF_ENTRY.findall(pyproject)]


# ----------------------------------------------------------------------- words, names and loading


def malformed_topics(topics: Iterable[str]) -> list[str]:
    """Find stored names that are not `stream.fact`."""
    return [topic for topic in topics if not _TOPIC.fullmatch(topic)]


def incomplete_texts(texts: Iterable[Text]) -> list[str]:
    """Find sentences that miss a language, or whose languages name different facts."""
    return [f"{problem}: {text}" for text in texts for problem in _problems_of(text)]


def modules_loaded_by(program: str, modules: Iterable[str], *, root: Path) -> list[str]:
    """Run a program in a fresh interpreter and find which of the modules it loaded."""
    report = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print('LOADED', *sorted({set(modules)!r} & set(sys.modules))))\n"
    )
    command = [sys.executable, "-c", report + program]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()[1:]


def _problems_of(text: Text) -> Iterator[str]:
    if not _CHINESE.search(text.zh):
        yield "no Chinese"
    if not text.en.strip() or _CHINESE.search(text.en):
        yield "no English"
    if _places(text.zh) != _places(text.en):
        yield "the languages name different facts"


def _places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


# --------------------------------------------------------------------------------- reading Python


def _functions(source: str) -> Iterator[_Function]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, _Function))


def _last_line(function: _Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno


def _positional(function: _Function) -> list[str]:
    names = [arg.arg for arg in [*function.args.posonlyargs, *function.args.args]]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _imports(source: str) -> Iterator[tuple[int, str]]:
    """Give line and top-level module of every import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or ".").split(".")[0]
