"""`gongji tour`: a guided run on a throw-away store. The commands it prints are really run."""

from __future__ import annotations

import io
import os
import shlex
import sys
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from subprocess import run
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

import click

from cli.errors import FOUND
from cli.params import option
from cli.render import console
from cli.texts import Command
from cli.tour_audit import VERIFIER, evidence
from cli.tour_population import population
from cli.tour_steps import (
    NEXT,
    OVERLAY,
    SCENARIO,
    STEPS,
    Change,
    File,
    Heading,
    Run,
    Say,
    Step,
    Tamper,
    Tool,
)
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.settings import Settings

BEGINS = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""The instant of the first command; each following one is a minute later."""

WIDEST = 100
"""No line is drawn longer than this, whatever the terminal."""

_WELCOME = Text(
    "导览：在临时账本上进行，约一分钟。以 $ 开头的命令都真的执行，可照抄。",
    "A tour on a throw-away store; it takes about a minute. Every command after $ is really run.",
)
_PLACE = Text("导览的时间固定为 2026-03-02。", "In the tour it is always 2 March 2026.")
_AS_EXPECTED = Text("（退出码 {code}，正应如此）", "(exit code {code}, as it should be)")
_WRONG = Text(
    "导览出错：退出码是 {code}，应为 {expected}。",
    "The tour failed: exit code {code}, not {expected}.",
)
_DONE = Text("导览完毕，用时 {seconds} 秒。接下来：", "That was the tour, {seconds} s. What next:")
_KEPT = Text("账本留在 {path}", "The store is kept in {path}")


@click.command(
    "tour",
    cls=Command,
    about=Text(
        "导览：在临时账本上走一遍登记、绑定、结算、说明、撤销、核验、查规则、比较和情景，"
        "再批量结算十万人的一天，最后带走证据包并识破伪造。\n\n"
        "每条命令先打印、再执行；结束后删除临时账本。",
        "A guided run: enrol, bind, settle, explain, undo, prove, ask the rules, compare, a "
        "scenario, a day of a hundred thousand people, and evidence taken away.\n\n"
        "Prints every command before running it on a throw-away store, which is removed at the "
        "end.",
    ),
    examples=("gongji tour", "gongji tour --lang zh --keep my-tour"),
)
@option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="PATH",
    about=Text("在此新目录中导览并保留", "Run in this new directory and keep it."),
)
@click.pass_context
def tour(ctx: click.Context, keep: Path | None) -> None:
    """Walk through the steps; a step that does not end as it should ends the tour."""
    settings: Settings = ctx.obj
    begun = monotonic()
    with _folder(keep) as folder, chdir(folder), _surroundings(settings):
        guide = _Guide(settings)
        guide.welcome()
        for number, step in enumerate((*STEPS, *population(), *evidence())):
            os.environ["GONGJI_NOW"] = (BEGINS + timedelta(minutes=number)).isoformat()
            if not guide.take(step):
                ctx.exit(FOUND)
        guide.farewell(int(monotonic() - begun), keep)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Give a folder with the files that come with the program: thrown away, or new and kept."""
    from cli.session import shipped

    with TemporaryDirectory(prefix="gongji-tour-") as temporary:
        folder = Path(temporary)
        if keep is not None:
            keep.mkdir(parents=True)
            folder = keep.resolve()
        for name, kind in ((SCENARIO, "scenarios"), (OVERLAY, "overlays")):
            copyfile(shipped(name, kind), folder / name)
        yield folder


@contextmanager
def _surroundings(settings: Settings) -> Iterator[None]:
    """Set the environment that the commands of the tour find, and put it back afterwards."""
    before = dict(os.environ)
    os.environ |= {
        "GONGJI_STORE": "books",
        "GONGJI_LANG": settings.lang,
        "GONGJI_ACTOR": "till-7",
    }
    if not settings.color:
        os.environ["NO_COLOR"] = "1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


class _Guide:
    """Shows one step after the other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._out = console(settings)
        self._last: Step | None = None

    def welcome(self) -> None:
        """Say what comes, and what to set so that the commands work when copied."""
        self._say(_WELCOME)
        self._say(_PLACE)
        self._out.print("$ export GONGJI_STORE=books", style="bold cyan")

    def take(self, step: Step) -> bool:
        """Show one step; tell whether it went as it should."""
        if not self._belongs_to_last(step):
            self._out.print()
        self._last = step
        match step:
            case Heading():
                self._rule(step.says.say(self._settings.lang))
            case Say():
                self._say(step.says)
            case File():
                Path(step.name).write_text(step.content, encoding="utf-8")
                self._type(f"cat {step.name}")
                self._out.print(step.content.rstrip())
            case Change():
                self._change(step)
            case Run():
                return self._run(step)
            case Tool():
                return self._use(step)
            case Tamper():
                self._tamper(step)
        return True

    def farewell(self, seconds: int, kept: Path | None) -> None:
        """Say what to do next."""
        self._out.print()
        self._rule()
        self._say(_DONE, seconds=seconds)
        for line, says in NEXT:
            self._out.print(f"  {line:<22}", style="bold cyan", end="")
            self._out.print(says.say(self._settings.lang))
        if kept is not None:
            self._say(_KEPT, path=kept)

    def _belongs_to_last(self, step: Step) -> bool:
        brief = isinstance(step, Run) and step.brief
        return brief and isinstance(self._last, Run) and self._last.brief

    def _say(self, says: Text, **facts: object) -> None:
        self._out.print(says.say(self._settings.lang, **facts))

    def _rule(self, title: str = "") -> None:
        from rich.rule import Rule

        self._out.print(Rule(title, style="bold"), width=min(self._out.width, WIDEST))

    def _type(self, line: str, end: str = "\n") -> None:
        self._out.print(f"$ {line}", style="bold cyan", end=end, soft_wrap=True)

    def _change(self, step: Change) -> None:
        old, new = step.old.strip(), step.new.strip()
        self._type(f"sed 's/{old}$/{new}/' {step.source} > {step.target}")
        text = Path(step.source).read_text(encoding="utf-8")
        assert text.count(step.old) == 1, "the scenario has changed; so must the tour"
        Path(step.target).write_text(text.replace(step.old, step.new), encoding="utf-8")

    def _tamper(self, step: Tamper) -> None:
        from cli.tour_tampering import tamper

        self._out.print()
        self._out.print(f"# {step.says.say(self._settings.lang)}", style="bold red")
        tamper(step.how, source=Path(step.source), target=Path(step.target), store=Path("books"))

    def _use(self, step: Tool) -> bool:
        """Run another program, in a process of its own."""
        self._type(step.line)
        program, *words = shlex.split(step.line)
        assert program == "gongji-verify", program
        sys.stdout.flush()
        line = [sys.executable, "-m", VERIFIER, *words]
        done = run(line, capture_output=True, check=False)  # noqa: S603  # a line of the tour
        sys.stdout.write((done.stdout + done.stderr).decode())
        return self._ended(done.returncode, step.exit_code)

    def _run(self, step: Run) -> bool:
        self._type(f"gongji {step.line}", end="" if step.brief else "\n")
        if step.brief:
            code, said = _quietly(step.line)
            self._out.print("  ✓" if code == step.exit_code else f"\n{said}", style="green")
        else:
            code = _run(step.line)
        return self._ended(code, step.exit_code)

    def _ended(self, code: int, expected: int) -> bool:
        if code != expected:
            self._say(_WRONG, code=code, expected=expected)
        elif code:
            self._say(_AS_EXPECTED, code=code)
        return code == expected


def _run(line: str) -> int:
    """Run a command line in this process, exactly as the program would."""
    from cli.main import root

    sys.stdout.flush()
    try:
        root.main(shlex.split(line))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _quietly(line: str) -> tuple[int, str]:
    """Run a command line and keep what it says."""
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(said), redirect_stderr(said):
        code = _run(line)
    said.seek(0)
    return code, said.read()
