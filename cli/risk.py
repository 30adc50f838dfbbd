"""`gongji policy risk` and `adjust`: what contested rules and rules learned late amount to."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import FOUND
from cli.params import option
from cli.progress import progress
from cli.render import Column, Table, show
from cli.session import reading, rule_book
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.settings import Settings
    from domain.rules import RuleBook
    from ledger.store import Store
    from policies.documents import ParameterNode
    from policies.library import Claim
    from policies.vocabulary import Meaning
    from simulation.adjusting import Proposal
    from simulation.risk import Risk

_RISKS = [
    Column("area", Text("统筹区", "area"), in_data=False),
    Column("region", Text("统筹区", "area"), for_people=False),
    Column("label", Text("规则", "rule"), in_data=False),
    Column("parameter", Text("参数", "parameter"), for_people=False),
    Column("from", Text("起", "from"), "date"),
    Column("to", Text("止", "to"), "date"),
    Column("value", Text("现取", "taken as")),
    Column("other", Text("另说", "others say")),
    Column("says", Text("另说来源", "their sources"), for_people=False),
    Column("reached", Text("涉及", "reached"), "int"),
    Column("changed", Text("改变", "changed"), "int"),
    Column("moved_fen", Text("涉及金额(元)", "money moved (yuan)"), "yuan"),
]
_PROPOSALS = [
    Column("claim", Text("费用单", "claim")),
    Column("settlement", Text("结算号", "settlement")),
    Column("service_date", Text("就诊日", "service date"), "date"),
    Column("region", Text("统筹区", "area")),
    Column("moved_fen", Text("涉及金额(元)", "money moved (yuan)"), "yuan"),
    Column("parameters", Text("不同的规则", "rules that differ")),
    Column("proposal", Text("建议", "proposal")),
    Column("rule_set", Text("当时规则", "rules then"), for_people=False),
    Column("rule_set_now", Text("现时规则", "rules now"), for_people=False),
    Column("payers", Text("各方增减", "differences"), "data", for_people=False),
    Column("refusal", Text("现会拒绝", "refused now")),
]
_PLAYING = Text("运行情景", "playing scenarios")
_LOOK = Text(
    "各条的来源与取舍：gongji policy contradictions",
    "the sources of each, and how it was resolved: gongji policy contradictions",
)
_NONE_CONTESTED = Text("没有争议规则。", "No rule is contested.")
_NO_PROPOSALS = Text("没有需要调整的结算。", "No settlement needs adjusting.")
_ALSO, _WITHOUT = Text("另含", "also"), Text("不含", "without")
_AGAIN = Text(
    "撤销后按现时规则重新结算：gongji claim cancel {settlement}，再 claim settle",
    "cancel and settle anew: gongji claim cancel {settlement}, then claim settle",
)


@click.command(
    "risk",
    cls=Command,
    about=Text(
        "争议规则的分量：若另一来源才对，会有多少结算、多少钱不同。\n\n"
        "默认以自带的全部情景计；--history 以 --store 的账本计（只读，逐笔重新裁定）。",
        "What contested rules amount to: how many settlements and how much money would be "
        "different if the other source is right.\n\n"
        "Counts the shipped scenarios; with --history the store of --store, claim by claim, "
        "reading only.",
    ),
    examples=("gongji policy risk", "gongji policy risk --history --reached"),
)
@option("--history", is_flag=True, about=Text("以账本的历史计", "Count the history of the store."))
@option(
    "--reached",
    is_flag=True,
    about=Text("只列有结算涉及的", "Only those that some settlement was decided by."),
)
@click.pass_obj
def risk(settings: Settings, *, history: bool, reached: bool) -> None:
    """Weigh every contested rule."""
    from cli.sources import library
    from simulation.risk import risks

    with _histories(settings, history=history) as stores:
        found = sorted(risks(library(), stores), key=lambda each: -each.moved_fen)
    rows = [_risk(each) for each in found if each.reached or not reached]
    facts = [Text(f"另说 {len(rows)} 项", f"other values: {len(rows)}")]
    notes = [_LOOK] if rows else []
    table = Table("risk", _RISKS, rows, notes=notes, facts=facts, empty=_NONE_CONTESTED)
    show(settings, table)


@contextmanager
def _histories(settings: Settings, *, history: bool) -> Iterator[list[Store]]:
    """Give the store of the reader, or one for each shipped scenario, played in memory."""
    if history:
        with reading(settings) as store:
            yield [store]
        return
    from ledger.store import memory
    from simulation.scenario import run_file
    from simulation.scenario_file import SHIPPED

    files = sorted(SHIPPED.glob("*.yaml"))
    with ExitStack() as kept, progress(settings, _PLAYING) as tell:
        stores = []
        for number, file in enumerate(files, start=1):
            store = kept.enter_context(memory())
            run_file(file, rule_book(), store=store)
            stores.append(store)
            tell(number, len(files))
        yield stores


def _risk(found: Risk) -> dict[str, object]:
    from cli.explanation import say_value
    from cli.sources import area, library

    decision, value, claims = found.alternative
    parameter = library().parameters[decision.parameter]
    return {
        "area": area(decision.region),
        "region": decision.region,
        "label": parameter.label.text,
        "parameter": decision.parameter,
        "from": decision.start,
        "to": decision.end,
        "value": say_value(parameter, decision.value),
        "other": _other(parameter, decision.value, value),
        "says": [_said(claim) for claim in claims],
        "reached": found.reached,
        "changed": len(found.changed),
        "moved_fen": found.moved_fen,
    }


def _other(parameter: ParameterNode, value: Meaning, other: Meaning) -> Text:
    """Say another value: of a set what is more and less in it, of a tariff its own clauses."""
    from cli.explanation import say_change, say_value

    if parameter.type == "tariff":
        return say_change(parameter, value, other)[1] or Text("", "")
    if not (isinstance(value, frozenset) and isinstance(other, frozenset)):
        return say_value(parameter, other)
    parts = [
        Text(f"{word.zh}{said.zh}", f"{word.en} {said.en}")
        for word, members in ((_ALSO, other - value), (_WITHOUT, value - other))
        if members
        for said in (say_value(parameter, members),)
    ]
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _said(claim: Claim) -> dict[str, object]:
    from cli.sources import cite

    return {"claim": claim.key, "says": claim.says, "source": cite(claim.source)}


@click.command(
    "adjust",
    cls=Command,
    about=Text(
        "规则知道得晚：把已入账的结算按现时规则重新裁定，列出需要调整的，只提建议，不改历史。\n\n"
        "--rules 指定另一套规则文件的目录，默认用自带的规则。有建议时退出码为 1。",
        "A rule learned late: decides recorded settlements again by the rules known now and "
        "lists those to adjust. Proposals only: nothing recorded is rewritten.\n\n"
        "--rules names a folder of policy files; by default the shipped ones. Exit code 1: "
        "there are proposals.",
    ),
    examples=("gongji policy adjust --rules my-policies",),
)
@option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="PATH",
    about=Text("规则文件目录", "Folder of policy files."),
)
@click.pass_context
def adjust(ctx: click.Context, *, rules: Path | None) -> None:
    """Propose adjustments for settlements that a rule learned late would have decided otherwise."""
    from simulation.adjusting import proposals

    settings: Settings = ctx.obj
    with reading(settings) as store:
        found = proposals(store, _book(rules))
        position = store.recorder.last_position
    rows = [_proposal(each) for each in found]
    totals = {"moved_fen": sum(each.changed.moved_fen for each in found)}
    show(
        settings,
        Table(
            "adjustments",
            _PROPOSALS,
            rows,
            totals=totals if rows else None,
            position=position,
            facts=[Text(f"建议 {len(rows)} 项", f"proposals: {len(rows)}")],
            empty=_NO_PROPOSALS,
        ),
    )
    ctx.exit(FOUND if rows else 0)


def _book(folder: Path | None) -> RuleBook:
    from policies.loader import load

    return load(folder)


def _proposal(found: Proposal) -> dict[str, object]:
    from cli.refusal_words import in_words
    from simulation.what_if import difference

    request, refusal = found.decision.request, found.changed.refusal
    moved = difference(found.changed.before, found.changed.after)
    return {
        "claim": request.claim,
        "settlement": found.settlement,
        "service_date": request.service_date,
        "region": found.decision.allocation.region,
        "moved_fen": found.changed.moved_fen,
        "parameters": list(found.parameters),
        "proposal": Text(
            _AGAIN.say("zh", settlement=found.settlement),
            _AGAIN.say("en", settlement=found.settlement),
        ),
        "rule_set": found.decision.allocation.rule_set,
        "rule_set_now": found.rule_set,
        "payers": [
            {"payer": payer.kind, "account": payer.account, "change_fen": fen}
            for payer, fen in moved.items()
        ],
        "refusal": in_words(refusal) if refusal else None,
    }
