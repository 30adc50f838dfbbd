"""What a filled-in sample shows: `gongji audit sample --evaluate FILE`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cli.errors import FOUND
from cli.render import Column, Table, show
from domain.text import Text
from projections.sampling.codes import Conclusion, Method

if TYPE_CHECKING:
    from cli.sample_file import Paper
    from cli.settings import Settings
    from projections.sampling.evaluating import Estimate, Examined

_COLUMNS = [
    Column("estimator", Text("推断方法", "estimator"), "code", "Estimator"),
    Column("likely_fen", Text("最可能错报(元)", "likely error (yuan)"), "yuan"),
    Column("precision_fen", Text("抽样风险准备(元)", "allowance (yuan)"), "yuan"),
    Column("upper_fen", Text("错报上限(元)", "upper limit (yuan)"), "yuan"),
    Column("tolerable_fen", Text("可容忍错报(元)", "tolerable (yuan)"), "yuan", if_any=True),
    Column("conclusion", Text("结论", "conclusion"), "code", "Conclusion", if_any=True),
]
_DEFAULT = Fraction(95, 100)
_FEW = 10
_ASSUMED = {
    Method.MONEY_UNIT: Text(
        "假设：任何一项的多记不超过其账面金额；少记另查，此法不计。上限偏保守。",
        "Assumed: no item is overstated by more than what is recorded. Understatements need other "
        "work and are not counted. The limit is on the safe side.",
    ),
    Method.SIMPLE: Text(
        "假设：样本均值近似正态，差错既不太少也不集中在少数大额项目。",
        "Assumed: means of samples are about normal; errors are neither too few nor gathered in "
        "a few large items.",
    ),
}
_LIKE_SIMPLE = Text(
    "系统抽样按简单随机推断：总体次序与差错无关时成立。",
    "Evaluated as if simple random, which holds where the order of the frame has nothing to do "
    "with errors.",
)
_FEW_ERRORS = Text(
    f"发现差错的项目不足 {_FEW} 个，正态上限只是粗略。",
    f"Fewer than {_FEW} items were in error; limits by the normal distribution are rough.",
)
_NO_ERRORS = Text(
    "未发现差错：差额与比率估计不能给出上限，只有差错项数的上限。",
    "No error was found: difference and ratio estimators give no limit, only the number of items "
    "in error has one.",
)


def evaluate_sample(
    settings: Settings, paper: Paper, *, tolerable_fen: int | None, confidence: int | None
) -> int:
    """Show what a sample says of its frame; 1 if the error is not shown to be tolerable.

    Tolerable error and confidence are those that the file was planned with, unless given.
    """
    from projections.sampling.evaluating import Examined, conclude, rate_limit

    if tolerable_fen is None:
        tolerable_fen = paper.fen("tolerable_fen")
    sure = Fraction(confidence, 100) if confidence else paper.confidence or _DEFAULT
    examined = [Examined(row.stratum, row.amount_fen, row.audited_fen) for row in paper.rows]
    estimates = _estimates(paper, examined, sure)
    conclusion = None if tolerable_fen is None else conclude(estimates, tolerable_fen)
    rate = None
    if paper.method is not Method.MONEY_UNIT:
        rate = rate_limit(examined, paper.strata, confidence=sure)
    errors = [each.error_fen for each in examined if each.error_fen]
    table = Table(
        "sample-evaluation",
        _COLUMNS,
        [
            {
                "estimator": each.estimator,
                "likely_fen": each.likely_fen,
                "precision_fen": each.precision_fen,
                "upper_fen": each.upper_fen,
                "tolerable_fen": tolerable_fen,
                "conclusion": conclusion,
            }
            for each in estimates
        ],
        facts=_facts(paper, errors, sure),
        notes=_notes(paper, errors, rate),
        more={
            "method": paper.method,
            "confidence_percent": int(sure * 100),
            "examined": len(examined),
            "in_error": len(errors),
            "overstated_fen": sum(fen for fen in errors if fen > 0),
            "understated_fen": -sum(fen for fen in errors if fen < 0),
            "items_in_error_at_most": rate,
            "frame": {name: paper.plan[f"frame_{name}"] for name in ("items", "fen", "digest")},
            "seed": paper.plan["seed"],
        },
    )
    show(settings, table)
    return 0 if conclusion in {None, Conclusion.ACCEPTABLE} else FOUND


def _estimates(paper: Paper, examined: list[Examined], confidence: Fraction) -> list[Estimate]:
    from projections.sampling.evaluating import difference, ratio, stringer
    from projections.sampling.selecting import CERTAIN

    if paper.method is Method.MONEY_UNIT:
        certain_fen = sum(part.total_fen for part in paper.strata if part.name == CERTAIN)
        rest_fen = (paper.fen("frame_fen") or 0) - certain_fen
        interval_fen = paper.fen("interval_fen") or 0
        return [
            stringer(examined, interval_fen=interval_fen, rest_fen=rest_fen, confidence=confidence)
        ]
    found = ratio(examined, paper.strata, confidence=confidence)
    first = difference(examined, paper.strata, confidence=confidence)
    return [first] if found is None else [first, found]


def _facts(paper: Paper, errors: list[int], confidence: Fraction) -> list[Text]:
    percent = int(confidence * 100)
    return [
        Text(f"检查 {len(paper.rows):,} 项", f"{len(paper.rows):,} items examined"),
        Text(f"差错 {len(errors):,} 项", f"{len(errors):,} in error"),
        Text(f"可信度 {percent}%", f"confidence {percent}%"),
        Text(f"种子 {paper.plan['seed']}", f"seed {paper.plan['seed']}"),
    ]


def _notes(paper: Paper, errors: list[int], rate: int | None) -> list[Text]:
    if paper.method is Method.MONEY_UNIT:
        return [_ASSUMED[Method.MONEY_UNIT]]
    notes = [_ASSUMED[Method.SIMPLE]]
    if paper.method is Method.SYSTEMATIC:
        notes.append(_LIKE_SIMPLE)
    if len(errors) < _FEW:
        notes.append(_FEW_ERRORS if errors else _NO_ERRORS)
    if rate is not None:
        total = int(paper.plan["frame_items"])
        notes.append(
            Text(
                f"差错项目至多 {rate:,} 个（总体 {total:,} 个，泊松）。",
                f"At most {rate:,} of {total:,} items are in error (Poisson).",
            )
        )
    return notes
