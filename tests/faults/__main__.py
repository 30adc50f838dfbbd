"""`python -m tests.faults`: run the faults and print one line for each."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import click

from tests.faults.notes import Notes
from tests.faults.registry import NAMES, find, names_in
from tests.faults.report import LONG, SHORT, Line, Profile


class Run(NamedTuple):
    """A finished fault. `kept`: it was finished by an earlier run that was interrupted."""

    name: str
    line: Line
    seconds: float
    kept: bool = False


@click.command()
@click.option("--profile", type=click.Choice(["short", "long"]), default="short", show_default=True)
@click.option("--only", multiple=True, metavar="NAME", help="Run this one; repeatable.")
@click.option(
    "--resume",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep notes in this JSON file, and go on with those of an interrupted run.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def main(profile: str, only: Sequence[str], resume: Path | None, *, as_json: bool) -> None:
    """Plant faults and look whether anything acknowledged is lost, doubled or wrong.

    Exit code 1 if anything was, or if a fault never happened.
    """
    for name in only:
        if name not in NAMES:
            message = f"{name}; there are {', '.join(NAMES)}"
            raise click.BadParameter(message, param_hint="--only")
    chosen = {each.name: each for each in (SHORT, LONG)}[profile]
    notes = None if resume is None else Notes(resume, chosen)
    chosen = chosen._replace(notes=notes)
    runs = []
    names = names_in(chosen)
    for name in only or names:
        runs.append(_run(name, chosen))
        click.echo(_data(runs[-1]) if as_json else _sentence(runs[-1]))
    if notes is not None and all(map(notes.line, names)):
        notes.complete()
    failed = sum(not run.line.passed for run in runs)
    click.echo(_summary(runs, failed=failed, as_json=as_json))
    sys.exit(1 if failed else 0)


def _run(name: str, profile: Profile) -> Run:
    if profile.notes is not None and (kept := profile.notes.line(name)) is not None:
        line, seconds = kept
        return Run(name, line, seconds, kept=True)
    begun = perf_counter()
    try:
        line = find(name)(profile)
    except Exception as error:  # noqa: BLE001  # the other faults are run all the same
        line = Line(name, 0, 0, 1, "runs", f"{type(error).__name__}: {error}")
        return Run(name, line, perf_counter() - begun)  # not kept: the next run tries again
    seconds = round(perf_counter() - begun, 1)
    if profile.notes is not None:
        profile.notes.keep_line(name, line, seconds=seconds)
    return Run(name, line, seconds)


def _sentence(run: Run) -> str:
    kept = "  (kept)" if run.kept else ""
    return f"{run.line}  {run.seconds:.1f} s{kept}\n    {run.line.detail}"


def _data(run: Run) -> str:
    return json.dumps({**run._asdict(), "line": run.line._asdict(), "passed": run.line.passed})


def _summary(runs: Sequence[Run], *, failed: int, as_json: bool) -> str:
    fired, seconds = sum(run.line.fired for run in runs), sum(run.seconds for run in runs)
    if as_json:
        return json.dumps({"faults": len(runs), "failed": failed, "fired": fired})
    verdict = f"{failed} FAILED" if failed else "ok"
    return f"{len(runs)} faults, {fired:,} fired  {verdict}  {seconds:.1f} s"


if __name__ == "__main__":
    main()
