"""`python -m tests.tampering`: tamper with packages, and print what the verifier caught."""

from __future__ import annotations

import sys
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[2] / "gongji-verify"))  # it is not installed

from tests.tampering.matrix import Row, clean, rows  # noqa: E402  # the path comes first

_CLEAN = 200


@click.command()
@click.option("--trials", type=click.IntRange(1), default=50, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="en", show_default=True)
def main(trials: int, seed: int, lang: str) -> None:
    """Tamper with evidence packages in every way we know, and print what is caught.

    Exit code 1 if a row is not as expected, a tampering changed nothing, or an honest package is
    rejected.
    """
    wrong = 0
    click.echo("| tampering | with a kept checkpoint | without | found as |\n|---|---:|---:|---|")
    for row in rows(trials=trials, seed=seed):
        click.echo(_line(row, lang))
        wrong += not row.as_expected
    found = clean(_CLEAN, seed=seed)
    rejected = [code for code in found if code != "ok"]
    click.echo(f"\n{len(found) - len(rejected)} of {len(found)} honest packages accepted")
    click.echo("as expected" if not wrong and not rejected else f"NOT AS EXPECTED: {wrong} rows")
    sys.exit(1 if wrong or rejected else 0)


def _line(row: Row, lang: Lang) -> str:
    codes = ", ".join(sorted((set(row.exits["with"]) | set(row.exits["without"])) - {"ok"}))
    flag = "" if row.as_expected else f" **unexpected, {row.not_fired} not fired**"
    with_kept, without = (f"{row.caught[how]}/{row.trials}" for how in ("with", "without"))
    return f"| {row.kind.says.say(lang)}{flag} | {with_kept} | {without} | {codes} |"


if __name__ == "__main__":
    main()
