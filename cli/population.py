"""`gongji simulate population`: people and claims made up from a seed."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from cli.errors import failure
from cli.extras import needs
from cli.params import AREA, DAY, option
from cli.progress import progress
from cli.render import Column, Table, show
from cli.session import rule_book
from cli.texts import Command
from domain.ids import RegionCode
from domain.money import format_yuan
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cli.settings import Settings
    from simulation.bulk.arrays import Rows, State
    from simulation.population.calibration import Measured, Tally
    from simulation.population.claims import Course
    from simulation.population.claims_files import Format
    from simulation.population.setting import Setting

_MOST = 1 << 30  # as simulation.population.people.MOST_PERSONS, which needs numpy
_SPRING = date(2026, 3, 1)

_COLUMNS = [
    Column("figure", Text("指标", "figure"), for_people=False),
    Column("says", Text("指标", "figure")),
    Column("unit", Text("单位", "unit"), for_people=False),
    Column("official", Text("官方", "official"), "int", for_people=False),
    Column("ours", Text("本次", "ours"), "int", for_people=False),
    Column("official_said", Text("官方", "official"), in_data=False),
    Column("ours_said", Text("本次", "ours"), in_data=False),
    Column("source", Text("来源", "source")),
]


@click.command(
    "population",
    cls=Command,
    about=Text(
        "按种子生成人群（家庭、账户、共济关系）和费用单，写入文件夹，并与官方统计对照。\n\n"
        "同一种子，字节相同。一年人均约 15 张费用单时，共济人次与账户支出接近官方数。"
        "各统筹区人数相同，家庭类型、备案、限额等没有官方数，均为假定。全为虚构。",
        "Make up people (families, accounts, relations) and claims from a seed, write them into "
        "a folder, and compare them with official figures.\n\n"
        "The same seed gives the same bytes. With about 15 bills a person and year, uses of "
        "mutual aid and spending come near the official figures. All pooling areas are equally "
        "large; kinds of families, filings, limits and the like are assumed. All of it is "
        "invented.",
    ),
    examples=(
        "gongji simulate population --persons 100000 --seed 7 --out people",
        "gongji simulate population --persons 1000000 --seed 7 --out people --claims 1000000",
        "gongji simulate population --persons 20000 --seed 7 --out year --claims 300000 --days 365",
    ),
)
@option(
    "--persons",
    type=click.IntRange(1, _MOST),
    required=True,
    metavar="NUMBER",
    about=Text("人数", "How many persons."),
)
@option(
    "--seed",
    type=click.IntRange(min=0),
    required=True,
    metavar="NUMBER",
    about=Text("种子", "Seed."),
)
@option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    about=Text("写入的文件夹，须不存在或为空", "Folder to write; it must be new or empty."),
)
@option(
    "--region",
    "regions",
    type=AREA,
    multiple=True,
    metavar="REGION",
    about=Text(
        "只在这些统筹区生成，可重复；默认规则库中的全部",
        "Let people live here only; may be repeated. Default: every area with rules.",
    ),
)
@option(
    "--claims",
    type=click.IntRange(min=0),
    default=0,
    metavar="NUMBER",
    about=Text("费用单张数，默认 0", "How many bills; default 0."),
)
@option(
    "--first",
    type=DAY,
    default=_SPRING,
    metavar="DATE",
    about=Text(
        f"人群的日期和费用单首日，默认 {_SPRING}",
        f"The day of the people and the first day of the claims; default {_SPRING}.",
    ),
)
@option(
    "--days",
    type=click.IntRange(1, 36_600),
    default=1,
    metavar="NUMBER",
    about=Text("费用单天数，默认 1", "Days of claims; default 1."),
)
@option(
    "--credits",
    "with_credits",
    is_flag=True,
    about=Text("每月一日划入账户", "Credit accounts on the first day of each month."),
)
@option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    about=Text("费用单文件格式，默认 parquet", "Format of the claims; default parquet."),
)
@option(
    "--settle",
    is_flag=True,
    about=Text(
        "在内存中结算费用单（撤销除外），对照共济支付；首次使用须编译约半分钟",
        "Settle the claims in memory, but for cancellations, and compare what mutual aid paid. "
        "The first time it compiles for half a minute.",
    ),
)
@option(
    "--no-persons-file",
    is_flag=True,
    about=Text("不写 persons.parquet", "Write no persons.parquet."),
)
@click.pass_obj
def population(settings: Settings, /, **given: object) -> None:
    """Make up a population."""
    asked = _Asked(**given)  # type: ignore[arg-type]  # click hands over what its types say
    _check_folder(asked.out)
    with needs(settings, "bulk"):
        from simulation.population.calibration import of_people
        from simulation.population.people import make

    where = _where(settings, asked)
    with progress(settings, _MAKING) as tell:
        state = make(asked.persons, seed=asked.seed, where=where, workers=_workers(), tell=tell)
    measured = of_people(state, seed=asked.seed, where=where)
    digest = _write(state, asked, where=where)
    counts: dict[str, object] = {
        "persons": asked.persons,
        "seed": asked.seed,
        "relations": len(state.grantor),
        "grantors": len(state.given),
        "state_bytes": sum(array.nbytes for array in state),
        "digest": digest,
        "claim_rows": 0,
        "folder": str(asked.out),
    }
    if asked.claims or asked.with_credits:
        counts["claim_rows"], tally = _claims(settings, state, asked, where=where)
        measured += tally.figures(settled=asked.settle)
    show(settings, _table(counts, measured))


class _Asked(NamedTuple):
    """What was asked for."""

    persons: int
    seed: int
    out: Path
    regions: tuple[str, ...]
    claims: int
    first: date
    days: int
    with_credits: bool
    form: Format
    settle: bool
    no_persons_file: bool

    @property
    def course(self) -> Course:
        """Give which claims to make."""
        from simulation.population.claims import Course

        return Course(self.first, self.days, self.claims, self.seed, credits=self.with_credits)


_MAKING = Text("生成人群", "making people")
_BILLING = Text("生成费用单", "making claims")
_NO_RULES = Text(
    "{day} 没有规则的统筹区：{which}", "no rules on {day} for these pooling areas: {which}"
)
_NO_RULES_AT_ALL = Text("{day} 没有任何统筹区有规则", "no pooling area has rules on {day}")
_NO_RULES_REMEDY = Text(
    "可选的统筹区见 gongji policy list", "see gongji policy list for the areas there are"
)


def _check_folder(folder: Path) -> None:
    """See that a folder may be written, before all the work is done."""
    from simulation.bulk.states.state_errors import StateExists

    if folder.exists() and any(folder.iterdir()):
        raise StateExists(path=str(folder))


def _where(settings: Settings, asked: _Asked) -> Setting:
    from simulation.population.setting import setting

    weights = dict.fromkeys(map(RegionCode, asked.regions), 1) or None
    try:
        return setting(rule_book(), asked.first, weights=weights)
    except ValueError as error:
        text = _NO_RULES if asked.regions else _NO_RULES_AT_ALL
        code, says = "no_rules", text.say(settings.lang, day=asked.first, which=error)
        raise failure(code, says, remedy=_NO_RULES_REMEDY.say(settings.lang)) from None


def _workers() -> int:
    """Give how many threads to use; the outcome is the same with any number."""
    return min(os.cpu_count() or 1, 8)


def _write(state: State, asked: _Asked, *, where: Setting) -> str:
    """Write the state and what else is known of people; give the digest of the state."""
    from simulation.bulk.states.state_files import save
    from simulation.population import lives

    made = {"persons": asked.persons, "seed": asked.seed, "day": asked.first.isoformat()}
    digest = save(state, asked.out, regions=where.regions, made=made)
    if not asked.no_persons_file:
        lives.write(state, asked.out, seed=asked.seed, where=where)
    return digest


def _claims(
    settings: Settings, state: State, asked: _Asked, *, where: Setting
) -> tuple[int, Tally]:
    """Write the claims file and count what is in it."""
    from simulation.bulk.rules import rule_table
    from simulation.population import claims_files
    from simulation.population.calibration import Tally, tallied
    from simulation.population.claims import batches

    rules = rule_table(rule_book(), regions=where.regions).rules if asked.settle else None
    tally = Tally(state, provinces=where.provinces)
    made = batches(state, asked.course, provinces=where.provinces)
    with progress(settings, _BILLING) as tell:

        def told() -> Iterator[Rows]:
            for rows in tallied(made, tally, state=state, rules=rules):
                tell(tally.bills, asked.claims)
                yield rows

        path = asked.out / f"claims.{asked.form}"
        return claims_files.write(told(), path, regions=where.regions, form=asked.form), tally


def _table(counts: Mapping[str, object], measured: Iterable[Measured]) -> Table:
    facts = [
        Text(f"{counts['persons']:,} 人", f"{counts['persons']:,} persons"),
        Text(f"{counts['relations']:,} 个共济关系", f"{counts['relations']:,} relations"),
        Text(f"{counts['claim_rows']:,} 行费用", f"{counts['claim_rows']:,} rows of claims"),
        Text(f"种子 {counts['seed']}", f"seed {counts['seed']}"),
        _INVENTED,
    ]
    rows = [_row(each) for each in measured]
    return Table("population", _COLUMNS, rows, facts=facts, more=counts)


_INVENTED = Text("虚构数据，不是预测", "invented data, not a forecast")


def _row(measured: Measured) -> dict[str, object]:
    figure = measured.figure
    return {
        "figure": figure.key,
        "says": figure.says,
        "unit": figure.unit,
        "official": figure.value,
        "ours": measured.ours,
        "official_said": _said(figure.value, figure.unit),
        "ours_said": "\N{EN DASH}" if measured.ours is None else _said(measured.ours, figure.unit),
        "source": figure.source,
    }


def _said(value: int, unit: str) -> str:
    if unit == "fen":
        return f"¥{format_yuan(value)}"
    whole, tenth = divmod(value, 10)
    return f"{whole}.{tenth} %"
