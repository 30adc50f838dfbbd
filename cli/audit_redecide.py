"""`gongji audit redecide`: the settlements of an evidence package, decided again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import FOUND, failure
from cli.params import argument
from cli.progress import progress
from cli.render import Column, Table, show
from cli.session import rule_book
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from ledger.check import Problem
    from ledger.store import Store

_COLUMNS = [
    Column("place", Text("何处", "where")),
    Column("says", Text("发现", "finding")),
]
_SAME = Text(
    "事件前后相承，每笔裁定重新裁定结果相同。",
    "Events follow from one another, and every decision comes out the same.",
)
_REPLAYING = Text("重放", "replaying")
_DECIDING = Text("重新裁定", "deciding again")
_CANNOT = Text("无法重新裁定（{kind}）", "it cannot be decided again ({kind})")


@click.command(
    "redecide",
    cls=Command,
    about=Text(
        "把整本账的证据包读入内存，重放全部事件，并按当时所记的规则重新裁定每笔结算与冻结。\n\n"
        "规则取自本程序，按裁定所记编号查得。不需要账本；签名与证明由 gongji-verify 核验。"
        "结果相同退出码为 0，有不同为 1，不是可读的证据包为 2。",
        "Read an evidence package of the whole log into memory, replay its events, and decide "
        "every settlement and hold again under the rules that it names.\n\n"
        "The rules are those of this program, by the ids that decisions name. No store is needed; "
        "signatures and proofs are for gongji-verify. Exit code 0 if all comes out the same, 1 "
        "if something differs, 2 if the file cannot be read as a package.",
    ),
    examples=(
        "gongji audit redecide all.gongji-evidence.zip",
        "gongji audit redecide all.gongji-evidence.zip -O json",
    ),
)
@argument(
    "package",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    about=Text("证据包（整本账）", "An evidence package of the whole log."),
)
@click.pass_context
def redecide(ctx: click.Context, package: Path) -> None:
    """Decide a package again."""
    from interchange.evidence.reading import BrokenPackage, read

    settings: Settings = ctx.obj
    try:
        manifest, store = read(package)
        problems, decided = _again(settings, store)
    except BrokenPackage as broken:
        code = "broken_package"
        raise failure(code, broken.says.say(settings.lang), where=str(package)) from None
    # A package comes from outside: values that no ledger writes may break the arithmetic itself.
    except (ValueError, ArithmeticError, RecursionError) as error:
        code, kind = "broken_package", type(error).__name__
        raise failure(code, _CANNOT.say(settings.lang, kind=kind), where=str(package)) from None
    table = Table(
        "redecided",
        _COLUMNS,
        [problem._asdict() for problem in problems],
        position=manifest.position,
        facts=[
            Text(f"{decided:,} 笔裁定", f"{decided:,} decisions"),
            Text(f"{len(problems):,} 处不同", f"{len(problems):,} differences"),
        ],
        more={
            "package": str(package),
            "origin": manifest.origin,
            "entries": manifest.size,
            "decided": decided,
            "differences": len(problems),
        },
        empty=_SAME,
    )
    show(settings, table)
    ctx.exit(FOUND if problems else 0)


def _again(settings: Settings, store: Store) -> tuple[list[Problem], int]:
    """Give whatever does not follow from what was before it, and how much was decided again."""
    from projections.folding import replay
    from projections.redeciding import redecide_problems

    with progress(settings, _REPLAYING) as tell:
        problems = replay(store, progress=tell).broken
    decided = 0
    with progress(settings, _DECIDING) as tell:
        for found in redecide_problems(store, rule_book(), progress=tell):
            if isinstance(found, int):
                decided = found
            else:
                problems.append(found)
    return problems, decided
