"""`gongji simulate compare`: the same claims by the rules as they are and as they might be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.compare_rules import CELLS, rule_cell
from cli.errors import Failure, Trouble
from cli.params import argument, option
from cli.render import Column, Table, console, show, talk
from cli.session import rule_book, shipped
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cli.settings import Settings
    from policies.library import Library
    from policies.overlay import Overlay
    from simulation.what_if import Changed, Comparison, Payer

_PAYERS = [
    Column("payer", Text("支付方", "payer"), "code", "Payer"),
    Column("account", Text("账户", "account")),
    Column("before_fen", Text("现行(元)", "as it is (yuan)"), "yuan"),
    Column("after_fen", Text("假设(元)", "as it might be (yuan)"), "yuan"),
    Column("change_fen", Text("增减(元)", "change (yuan)"), "yuan"),
]
_CLAIMS = [
    Column("claim", Text("费用单", "claim")),
    *_PAYERS,
    Column("refusal", Text("拒绝原因", "refused because")),
]
_ONE_BY_ONE = Text(
    "历史中的每张费用单各按当时的余额重新裁定，前一张的差异不带入后一张",
    "each claim of a history is decided with the balances of its own moment; "
    "nothing is carried over",
)
_INVENTED = Text("假设，不是预测", "a supposition, not a forecast")
_TOGETHER = Text(
    "--population 与 --claims 须同时给出，图由它们画成",
    "--population and --claims are given together; the chart is drawn from them",
)
_NOTHING = Text("没有费用单因此改变。", "No claim comes out differently.")


@click.command(
    "compare",
    cls=Command,
    about=Text(
        "比较现行规则与假设规则：哪些规则变了，哪些结算变了，钱由谁付。\n\n"
        "BASE 是情景文件（重新演一遍）或账本目录（逐笔重新裁定，只读）；"
        "CHANGE 是写明地区、参数、起止日与取值的假设文件。自带的情景与假设写文件名即可。"
        "什么都不改变的假设视为错误。\n\n"
        "加 --population 与 --claims 时，同一批费用单按两套规则在同一人群上结算：BASE 是假设文件，"
        "或写 rules（现行规则）；结果给出由谁支付，以及按统筹区、年龄、账单金额的分布。"
        "首次使用须编译约半分钟。",
        "Hold the rules as they are against rules as they might be: which rules differ, which "
        "settlements, and who pays.\n\n"
        "BASE is a scenario (played again) or the folder of a store (decided again claim by "
        "claim; nothing is written). CHANGE is an overlay: region, parameter, days, value. The "
        "name alone is enough for those that are shipped. An overlay that changes nothing is an "
        "error.\n\n"
        "With --population and --claims the same claims are settled on the same people by two "
        "sets of rules: BASE is an overlay, or the word rules for the rules as they are. Shown is "
        "who pays, and the distribution by area, age and cost of the bill. The first time it "
        "compiles for half a minute.",
    ),
    examples=(
        "gongji simulate compare hubei-last-bound-first.yaml hubei-filing-order.yaml",
        (
            "gongji simulate compare rules hubei-filing-order.yaml --population people "
            "--claims people/claims.parquet --chart hubei.svg"
        ),
    ),
)
@argument(
    "base",
    metavar="BASE",
    about=Text(
        "情景文件、账本目录；或假设文件、rules", "A scenario or a store; an overlay or rules."
    ),
)
@argument("change", metavar="CHANGE", about=Text("假设文件", "An overlay."))
@option(
    "--population",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    about=Text("人群的状态目录", "The state of a population."),
)
@option(
    "--claims",
    metavar="FILE",
    type=click.Path(path_type=Path),
    about=Text("费用单文件（CSV 或 Parquet）", "Claims, as CSV or Parquet."),
)
@option(
    "--chart",
    metavar="FILE",
    type=click.Path(path_type=Path),
    about=Text("把结果画成图：.png 或 .svg", "Draw the result: .png or .svg."),
)
@option(
    "--chart-data",
    metavar="FILE",
    type=click.Path(path_type=Path),
    about=Text("图中的数字：.json 或 .csv", "The numbers of the picture: .json or .csv."),
)
@click.pass_context
def compare(
    ctx: click.Context,
    *,
    base: str,
    change: str,
    population: Path | None,
    claims: Path | None,
    chart: Path | None,
    chart_data: Path | None,
) -> None:
    """Compare rules as they are with rules as they might be."""
    settings: Settings = ctx.obj
    if population is not None and claims is not None:
        from cli.compare_population import Asked, compare_population

        asked = Asked(base, change, population, claims, chart, chart_data)
        ctx.exit(compare_population(settings, asked))
    if population or claims or chart or chart_data:
        raise click.UsageError(_TOGETHER.say(settings.lang), ctx)
    from cli.sources import library
    from policies.overlay import changed_cells, overlaid, read_overlay

    before = library()
    overlay = read_overlay(shipped(change, "overlays"), before)
    after = overlaid(before, overlay)
    comparison = _compared(shipped(base, "scenarios"), settings, before_and_after=(before, after))
    cells = [rule_cell(cell) for cell in changed_cells(before, after)]
    payers = [_amounts(payer, was, now) for payer, (was, now) in comparison.by_payer().items()]
    if settings.for_people:
        _show_people(settings, overlay, cells, payers)
    facts = [
        Text(f"费用单 {comparison.decided} 张", f"claims: {comparison.decided}"),
        Text(f"改变 {len(comparison.changed)} 张", f"different: {len(comparison.changed)}"),
        _INVENTED,
    ]
    more = {
        "overlay": overlay.title,
        "decided": comparison.decided,
        "changed": len(comparison.changed),
        "rules": [
            {key: value for key, value in cell.items() if key not in {"area", "label"}}
            for cell in cells
        ],
        "payers": payers,
    }
    rows = [row for changed in comparison.changed for row in _rows(changed)]
    show(settings, Table("comparison", _CLAIMS, rows, more=more, facts=facts, empty=_NOTHING))


def _compared(
    base: Path, settings: Settings, *, before_and_after: tuple[Library, Library]
) -> Comparison:
    """Decide a history again, or play a scenario twice."""
    from ledger.store import open_reader
    from policies.overlay import hypothetical_book
    from simulation.scenario_file import read_scenario
    from simulation.scenario_steps import ScenarioNode
    from simulation.what_if import compare_history, compare_scenario

    book = hypothetical_book(before_and_after[1])
    if base.is_dir():
        talk(settings, _ONE_BY_ONE)
        with open_reader(base) as store:
            store.recorder.check_end()
            return compare_history(store, book)
    scenario = read_scenario(base)
    if not isinstance(scenario, ScenarioNode):
        says = (problem.says(settings.lang) for problem in scenario)
        raise Failure(*(Trouble("scenario", said) for said in says))
    return compare_scenario(scenario, before=rule_book(), after=book)


def _show_people(
    settings: Settings,
    overlay: Overlay,
    cells: Sequence[Mapping[str, object]],
    payers: Sequence[Mapping[str, object]],
) -> None:
    out = console(settings)
    out.print(overlay.title.say(settings.lang), style="bold")
    out.print(overlay.why.say(settings.lang))
    show(settings, Table("rules", CELLS, cells))
    if payers:
        show(settings, Table("payers", _PAYERS, payers))


def _amounts(payer: Payer, before: int, after: int) -> dict[str, object]:
    return {
        "payer": payer.kind,
        "account": payer.account,
        "before_fen": before,
        "after_fen": after,
        "change_fen": after - before,
    }


def _rows(changed: Changed) -> list[dict[str, object]]:
    """Give one row for each payer of a changed claim whose amount differs."""
    from cli.refusal_words import in_words
    from simulation.what_if import difference

    was, now = changed.before or {}, changed.after or {}
    refusal = changed.refusal
    because = in_words(refusal) if refusal else None
    return [
        {
            "claim": changed.claim,
            **_amounts(payer, was.get(payer, 0), now.get(payer, 0)),
            "refusal": because,
        }
        for payer in difference(was, now)
    ]
