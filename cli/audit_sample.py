"""`gongji audit sample`: draw a sample that anybody can draw again, and evaluate it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.params import AREA, DAY, YUAN, choice_of, option
from cli.sample_options import Asked
from cli.texts import Command
from domain.codes import Place
from domain.text import Text
from projections.sampling.codes import Allotment, By, Method, Money, Over


@click.command(
    "sample",
    cls=Command,
    times=("as_known_at",),
    about=Text(
        "抽取审计样本：同一种子、同一总体必得同一样本。样本量直接给出，或由可信度、可容忍错报与"
        "预期错报算出。填好审定数后以 --evaluate 推断总体。",
        "Draw an audit sample; the same seed and frame give the same sample. Its size is given, "
        "or follows from confidence, tolerable and expected error. With the audited amounts "
        "filled in, --evaluate says what they mean for the frame.",
    ),
    examples=(
        "gongji audit sample --method money_unit --tolerable 5000 --seed 20261122 --out s.csv",
        "gongji audit sample --method stratified --by region --size 60 --out s.csv",
        "gongji audit sample --evaluate s.csv --redraw --tolerable 5000",
    ),
)
@option(
    "--of", "over", type=choice_of(Over), default=Over.SETTLEMENTS, about=Text("总体", "Frame.")
)
@option(
    "--money",
    type=choice_of(Money),
    default=Money.ACCOUNTS,
    about=Text(
        "结算以哪项金额计，扣除已退", "Which money of a settlement counts, less what went back."
    ),
)
@option(
    "--method", type=choice_of(Method), default=Method.SIMPLE, about=Text("抽样方法", "Method.")
)
@option(
    "--size", type=click.IntRange(min=1), metavar="NUMBER", about=Text("样本量", "How many items.")
)
@option(
    "--confidence",
    type=click.IntRange(50, 99),
    default=95,
    metavar="NUMBER",
    about=Text("可信度（%），默认 95", "Confidence in per cent; default 95."),
)
@option(
    "--tolerable", type=YUAN, metavar="YUAN", about=Text("可容忍错报", "Tolerable error in all.")
)
@option(
    "--expected",
    type=YUAN,
    default=0,
    metavar="YUAN",
    about=Text("预期错报，默认 0", "Error that is expected in all; default 0."),
)
@option(
    "--seed",
    metavar="TEXT",
    about=Text("随机种子，默认新取一个", "Seed of the draw; default a new one."),
)
@option("--by", type=choice_of(By), default=By.AMOUNT, about=Text("分层依据", "Strata by."))
@option(
    "--bands",
    default="",
    metavar="TEXT",
    about=Text("金额分界（元），如 100,1000", "Bounds of strata by amount, such as 100,1000."),
)
@option(
    "--allotment",
    type=choice_of(Allotment),
    default=Allotment.PROPORTIONAL,
    about=Text("各层样本量的分配", "How the sample is divided among strata."),
)
@option("--from", "first", type=DAY, metavar="DATE", about=Text("起日", "First day."))
@option("--to", "last", type=DAY, metavar="DATE", about=Text("止日", "Last day."))
@option("--person", metavar="PERSON", about=Text("只抽此参保人", "Only this person's."))
@option("--institution", metavar="INSTITUTION", about=Text("只抽此机构", "Only this one's."))
@option("--region", type=AREA, metavar="REGION", about=Text("只抽此统筹区", "Only this area's."))
@option("--place", type=choice_of(Place), about=Text("只抽此类场所", "Only this kind of place."))
@option("--at-least", type=YUAN, metavar="YUAN", about=Text("金额下限", "Least amount."))
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    about=Text("写成 CSV，供填写审定数", "Write a CSV to be filled in."),
)
@option(
    "--evaluate",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    about=Text("推断填好的样本", "Evaluate a sample that was filled in."),
)
@option(
    "--redraw",
    is_flag=True,
    about=Text(
        "推断前按文件所载再抽一遍，与账不符则退出码为 1",
        "Before evaluating draw the sample of the file again; exit code 1 if the books differ.",
    ),
)
@click.pass_context
def sample(
    ctx: click.Context,
    /,
    *,
    evaluate: Path | None,
    redraw: bool,
    **given: Any,  # noqa: ANN401  # click's own, taken apart by `Asked`
) -> None:
    """Draw or evaluate a sample."""
    if evaluate is None:
        from cli.sample_drawing import draw_sample

        draw_sample(ctx.obj, Asked(**given))
        return
    from cli.sample_evaluation import evaluate_sample
    from cli.sample_file import read_sample
    from cli.sample_redraw import check_redrawn

    paper = read_sample(evaluate, ctx.obj.lang)
    if redraw:
        check_redrawn(ctx.obj, paper)
    stated = ctx.get_parameter_source("confidence") is not click.core.ParameterSource.DEFAULT
    ctx.exit(
        evaluate_sample(
            ctx.obj,
            paper,
            tolerable_fen=given["tolerable"],
            confidence=given["confidence"] if stated else None,
        )
    )
