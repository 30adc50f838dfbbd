"""`gongji audit review`: a finding is raised, reviewed twice, objected to, verified, decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.answers import show_answer
from cli.params import DAY, YUAN, How, argument, choice_of, option, writes
from cli.review_views import show_review, show_reviews
from cli.session import actor, carry_out
from cli.texts import group
from domain.codes import Handling, Opinion, ReviewStep, Suspicion
from domain.ids import FindingId, ReviewerId
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from cli.settings import Settings

review = group(
    "review",
    about=Text(
        "疑点审核：提出、初审、复审、申诉、核实、处理，每一环节都是一个事件。",
        "The review of findings: raise, first and second review, objection, verification and "
        "decision, each of them an event.",
    ),
    examples=(
        "gongji audit review raise --from finding.json",
        "gongji audit review first MA-01-0a1b2c3d4e5f stands --by wang",
        "gongji audit review list",
    ),
)

_FINDING = argument("number", metavar="FINDING", about=Text("疑点编号", "Id of the finding."))
_OPINION = argument("opinion", type=choice_of(Opinion), about=Text("意见", "Opinion."))
_BY = option(
    "--by", metavar="TEXT", about=Text("由谁办理，默认经办人", "Who does it; default the actor.")
)


@review.command(
    "raise",
    about=Text(
        "把疑点提交审核：取自 --from 文件（gongji audit findings -O json 的一行或全部输出），"
        "或逐项给出。编号由规则、对象与事件位置算出。",
        "Put a finding up for review: from a file (one row of gongji audit findings -O json, or "
        "all of its output), or field by field. The id follows from rule, subject and events.",
    ),
    examples=(
        "gongji audit review raise --from findings.json --id MA-01-0a1b2c3d4e5f",
        "gongji audit review raise --rule MA-10 --level suspicious --subject institution/H1 \
--positions 12,15 --amount 300 --says 'five cards in ten minutes'",
    ),
)
@option(
    "--from",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    about=Text("疑点文件，JSON", "Findings as JSON."),
)
@option("--id", "number", metavar="FINDING", about=Text("文件中的哪一个", "Which of the file."))
@option("--rule", metavar="TEXT", about=Text("规则编号", "Id of the rule."))
@option("--version", type=int, metavar="NUMBER", about=Text("规则版本", "Version of the rule."))
@option("--level", type=choice_of(Suspicion), about=Text("结果类型", "Grade."))
@option("--subject", metavar="TEXT", about=Text("对象，如 person/P4", "Subject (person/P4)."))
@option("--positions", metavar="TEXT", about=Text("事件位置，如 3,7", "Events, such as 3,7."))
@option("--amount", type=YUAN, metavar="YUAN", about=Text("所涉金额", "Money in question."))
@option("--says", metavar="TEXT", about=Text("说明", "What was found."))
@_BY
@writes
@click.pass_obj
def raise_finding(
    settings: Settings,
    /,
    *,
    file: Path | None,
    number: str | None,
    by: str | None,
    how: How,
    **own: object,
) -> None:
    """Put a finding up for review."""
    from cli.finding_file import read_case, read_finding
    from ledger.finding_commands import RaiseFinding

    fields = read_finding(file, number, lang=settings.lang) if file else {"id": number}
    fields |= {name: value for name, value in own.items() if value is not None}
    case = read_case(fields, lang=settings.lang)
    command = RaiseFinding(case=case, by=_who(settings, by), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@review.command(
    "first",
    about=Text("初审。", "Give the first review."),
    examples=("gongji audit review first MA-01-0a1b2c3d4e5f stands --by wang",),
)
@_FINDING
@_OPINION
@_BY
@writes
@click.pass_obj
def first(settings: Settings, *, number: str, opinion: Opinion, by: str | None, how: How) -> None:
    """Give the first review."""
    from ledger.finding_commands import FirstReview

    _do(settings, FirstReview, number=number, by=by, how=how, opinion=opinion)


@review.command(
    "second",
    about=Text(
        "复审，须由初审以外的人；疑点成立的可定申诉截止日。",
        "Give the second review, by another person than the first; where the finding stands, an "
        "objection may come until --object-by.",
    ),
    examples=(
        "gongji audit review second MA-01-0a1b2c3d4e5f stands --by li --object-by 2026-03-31",
    ),
)
@_FINDING
@_OPINION
@option(
    "--object-by",
    type=DAY,
    metavar="DATE",
    about=Text(
        "申诉截止日（含），不设则处理前均可申诉",
        "Last day for an objection; without it, until the next step.",
    ),
)
@_BY
@writes
@click.pass_obj
def second(  # one click command
    settings: Settings,
    *,
    number: str,
    opinion: Opinion,
    object_by: date | None,
    by: str | None,
    how: How,
) -> None:
    """Give the second review."""
    from ledger.finding_commands import SecondReview

    _do(settings, SecondReview, number=number, by=by, how=how, opinion=opinion, object_by=object_by)


@review.command(
    "object",
    about=Text(
        "记录申诉；--by 为申诉方，如机构编号，--note 为理由。",
        "Record an objection; --by is who objects, such as the institution, --note says why.",
    ),
    examples=("gongji audit review object MA-01-0a1b2c3d4e5f --by H1 --note 'see the invoice'",),
)
@_FINDING
@_BY
@writes
@click.pass_obj
def object_to(settings: Settings, *, number: str, by: str | None, how: How) -> None:
    """Record an objection."""
    from ledger.finding_commands import ObjectToFinding

    _do(settings, ObjectToFinding, number=number, by=by, how=how)


@review.command(
    "verify",
    about=Text("记录核实结果。", "Record what looking into it came to."),
    examples=("gongji audit review verify MA-01-0a1b2c3d4e5f cleared --by zhao",),
)
@_FINDING
@_OPINION
@_BY
@writes
@click.pass_obj
def verify(settings: Settings, *, number: str, opinion: Opinion, by: str | None, how: How) -> None:
    """Verify."""
    from ledger.finding_commands import VerifyFinding

    _do(settings, VerifyFinding, number=number, by=by, how=how, opinion=opinion)


@review.command(
    "decide",
    about=Text(
        "处理疑点，一次为限。只记录决定；追回须另行入账。",
        "Decide a finding, once. Only the decision is recorded; recovering money is another step.",
    ),
    examples=("gongji audit review decide MA-01-0a1b2c3d4e5f partly_upheld --recover 120",),
)
@_FINDING
@argument("handling", type=choice_of(Handling), about=Text("处理结果", "How it is decided."))
@option(
    "--recover",
    "recover_fen",
    type=YUAN,
    metavar="YUAN",
    about=Text(
        "应追回金额，默认：认定的为全部，其余为零",
        "Money to be recovered; default all where it is upheld, else nothing.",
    ),
)
@_BY
@writes
@click.pass_obj
def decide(  # one click command
    settings: Settings,
    *,
    number: str,
    handling: Handling,
    recover_fen: int | None,
    by: str | None,
    how: How,
) -> None:
    """Decide."""
    from ledger.finding_commands import DecideFinding

    more = {"handling": handling, "recover_fen": recover_fen}
    _do(settings, DecideFinding, number=number, by=by, how=how, **more)


@review.command(
    "list",
    about=Text("列出在审与已处理的疑点。", "List the findings that are or were under review."),
    examples=("gongji audit review list", "gongji audit review list --step second_review"),
)
@option("--rule", metavar="TEXT", about=Text("只列此规则", "Only this rule."))
@option("--subject", metavar="TEXT", about=Text("只列此对象", "Only this subject."))
@option("--step", type=choice_of(ReviewStep), about=Text("只列此环节", "Only at this step."))
@click.pass_obj
def list_reviews(
    settings: Settings, *, rule: str | None, subject: str | None, step: ReviewStep | None
) -> None:
    """List reviews."""
    show_reviews(settings, rule=rule, subject=subject, step=step)


@review.command(
    "show",
    about=Text("一个疑点的全部环节。", "All steps of one finding."),
    examples=("gongji audit review show MA-01-0a1b2c3d4e5f",),
)
@_FINDING
@click.pass_obj
def show(settings: Settings, *, number: str) -> None:
    """Show one review."""
    show_review(settings, FindingId(number))


def _do(
    settings: Settings,
    kind: Callable[..., Any],
    *,
    number: str,
    by: str | None,
    how: How,
    **more: object,
) -> None:
    """Take one step of a finding and show the answer."""
    command = kind(finding=FindingId(number), by=_who(settings, by), **more, **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


def _who(settings: Settings, by: str | None) -> ReviewerId:
    return ReviewerId(by or actor(settings))
