"""`gongji check`: everything that must hold of a store, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from cli.errors import FOUND, failure
from cli.params import argument
from cli.progress import progress
from cli.render import Column, Table, show
from cli.session import reading, rule_book
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Engine

    from cli.settings import Settings
    from ledger.check import Problem
    from ledger.store import Store

    Work = Callable[[Collection[str]], Iterator["Outcome"]]

MOST = 20
"""So many findings of one check are shown to people; data has all of them."""

STORE, LOG, ANSWERS, READ_MODELS = "store", "log", "answers", "read_models"
REDECIDE = "redecide"
PERSONAL = "personal"


class Outcome(NamedTuple):
    """One check that was run: its name, what holds if it finds nothing, and what it found."""

    name: str
    holds: Text
    problems: Sequence[Problem]


_HOLDS = {
    STORE: Text(
        "事件齐全、有序、可读，均有答复",
        "events are complete, in order and readable; each has its answer",
    ),
    LOG: Text(
        "每笔的叶与树的节点均由其正文得出", "leaves and nodes of the log are those of the entries"
    ),
    ANSWERS: Text(
        "留存的答复与事件一致", "the answers kept for repeated messages say what the events say"
    ),
    PERSONAL: Text(
        "个人信息与承诺值相符，已删除的不留存",
        "personal details are what was committed to, and erased ones are gone",
    ),
    READ_MODELS: Text("读模型可由事件算出", "the read models can be made from the events"),
    REDECIDE: Text(
        "每笔结算按当时的规则重新裁定，结果相同",
        "every settlement decided again under its rules comes out the same",
    ),
}


@click.command(
    "check",
    cls=Command,
    about=Text(
        "核验账本：事件是否齐全、借贷是否相等、重放与读模型是否一致、每笔结算能否按当时规则重新裁定。\n\n"
        "全部通过退出码为 0，有发现为 1，账本损坏为 4。可只运行所列的检查。",
        "Prove that the books are right: events complete, debits equal credits, replay and read "
        "models agree, every settlement comes out the same when decided again.\n\n"
        "Exit code 0 if all is well, 1 if something was found, 4 if the store is damaged. "
        "Name checks to run only those.",
    ),
    examples=("gongji check", "gongji check store replay", "gongji check -O json"),
)
@argument("names", nargs=-1, required=False, metavar="NAME", about=Text("检查名", "Checks."))
@click.pass_context
def check(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Run checks and show what they found."""
    settings: Settings = ctx.obj
    known = check_names()
    for name in names:
        if name not in known:
            says = Text("没有检查“{name}”。", "There is no check {name!r}.").say(
                settings.lang, name=name
            )
            kind = "unknown_check"
            raise failure(kind, says, remedy=", ".join(known))
    with reading(settings, examining=True) as store:
        outcomes = list(_run(settings, store, names or known))
        position = store.recorder.last_position
    show(settings, _table(settings, outcomes, position=position))
    ctx.exit(_exit_code(outcomes))


def check_names() -> list[str]:
    """Give the names of all checks in order of running."""
    from projections.checks import CHECKS

    return [STORE, LOG, ANSWERS, PERSONAL, READ_MODELS, *CHECKS, REDECIDE]


def _exit_code(outcomes: Sequence[Outcome]) -> int:
    from ledger.errors import StoreDamaged

    found = {outcome.name for outcome in outcomes if outcome.problems}
    return StoreDamaged.exit_code if STORE in found else FOUND if found else 0


def _run(settings: Settings, store: Store, names: Collection[str]) -> Iterator[Outcome]:
    from ledger.check import check_store
    from ledger.check_log import log_problems
    from projections.answering import answer_problems

    if STORE in names:
        yield Outcome(STORE, _HOLDS[STORE], check_store(store))
    if LOG in names:
        yield Outcome(LOG, _HOLDS[LOG], list(log_problems(store)))
    if ANSWERS in names:
        yield Outcome(ANSWERS, _HOLDS[ANSWERS], list(answer_problems(store)))
    if PERSONAL in names:
        yield _personal(settings, store)
    yield from _read_model_checks(settings, store, names)
    if REDECIDE in names:
        yield _redecide(settings, store)


def _read_model_checks(
    settings: Settings, store: Store, names: Collection[str]
) -> Iterator[Outcome]:
    from projections import checks, runner

    chosen = [name for name in checks.CHECKS if name in names]
    if not chosen and READ_MODELS not in names:
        return
    engine = runner.open_views(settings.store)
    try:
        problems = _brought_up(settings, store, engine)
        if problems or READ_MODELS in names:
            yield Outcome(READ_MODELS, _HOLDS[READ_MODELS], problems)
        for name in chosen:
            if not problems or name == "replay":
                found = checks.problems_of(name, store, engine=engine)
                yield Outcome(name, checks.CHECKS[name].holds, found)
    finally:
        engine.dispose()


def _brought_up(settings: Settings, store: Store, engine: Engine) -> list[Problem]:
    """Bring the read models to the end of the store; give why that is not possible."""
    from sqlalchemy.exc import IntegrityError

    from ledger.check import Problem
    from ledger.errors import StoreError
    from projections import runner

    try:
        with progress(settings, Text("更新读模型", "bringing the read models up to date")) as tell:
            runner.run(store, engine, progress=tell)
    except StoreError as error:
        return [Problem(READ_MODELS, Text(error.says("zh"), error.says("en")))]
    except (AssertionError, LookupError, IntegrityError) as error:
        kind = type(error).__name__
        reached = min(runner.positions(engine).values())
        says = Text(f"此后的事件无法入账（{kind}）", f"the events after it do not add up ({kind})")
        return [Problem(f"#{reached}", says)]
    return []


def _personal(settings: Settings, store: Store) -> Outcome:
    from ledger.check import Problem
    from ledger.errors import StoreError
    from ledger.personal import Personal, personal_problems

    try:
        found = list(personal_problems(store, Personal(settings.store)))
    except StoreError as error:
        found = [Problem(PERSONAL, Text(error.says("zh"), error.says("en")))]
    return Outcome(PERSONAL, _HOLDS[PERSONAL], found)


def _redecide(settings: Settings, store: Store) -> Outcome:
    from projections.redeciding import redecide_problems

    with progress(settings, Text("重新裁定", "deciding again")) as tell:
        *problems, decided = redecide_problems(store, rule_book(), progress=tell)
    holds = _HOLDS[REDECIDE]
    counted = Text(f"{holds.zh}（{decided:,} 笔）", f"{holds.en} ({decided:,})")
    return Outcome(REDECIDE, counted, [each for each in problems if not isinstance(each, int)])


# ------------------------------------------------------------------------------------------ showing

_COLUMNS = [
    Column("check", Text("检查", "check")),
    Column("verdict", Text("结论", "verdict")),
    Column("holds", Text("应当成立", "what must hold")),
    Column("place", Text("何处", "where")),
    Column("says", Text("发现", "finding")),
]
_CLEAN_COLUMNS = _COLUMNS[:3]

_OK = Text("通过", "ok")
_FOUND = Text("{count:,} 处", "{count:,} found")
_MORE = Text(
    "……另有 {count:,} 处，用 -O csv 列出全部", "… and {count:,} more; -O csv gives all of them"
)


def _table(settings: Settings, outcomes: Sequence[Outcome], *, position: int) -> Table:
    total = sum(len(outcome.problems) for outcome in outcomes)
    rows = [row for outcome in outcomes for row in _rows(settings, outcome)]
    return Table(
        "check",
        _COLUMNS if total or not settings.for_people else _CLEAN_COLUMNS,
        rows,
        position=position,
        facts=[
            Text(f"{len(outcomes)} 项检查", f"{len(outcomes)} checks"),
            Text(f"{total:,} 处发现", f"{total:,} findings"),
        ],
        more={"checks": len(outcomes), "findings": total},
    )


def _rows(settings: Settings, outcome: Outcome) -> Iterator[Mapping[str, object]]:
    """Give one row for each finding; of a check without findings, one row that says so."""
    ok: Text | str = _OK if settings.for_people else "ok"
    head = {"check": outcome.name, "verdict": ok, "holds": outcome.holds}
    if not outcome.problems:
        yield head
        return
    count = len(outcome.problems)
    verdict = _FOUND.say(settings.lang, count=count) if settings.for_people else "found"
    shown = outcome.problems[:MOST] if settings.for_people else outcome.problems
    repeated = {} if settings.for_people else head
    for number, problem in enumerate(shown):
        start = head if number == 0 else repeated
        yield {**start, "verdict": verdict if start else "", **problem._asdict()}
    if count > len(shown):
        yield {"says": _MORE.say(settings.lang, count=count - len(shown))}
