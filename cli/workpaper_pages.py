"""The tables of a working paper, made of what the ledger, the rules and other commands say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.explanation import GRANTED, say_value
from cli.reconcile_tables import detail_rows, sides_of
from cli.sources import area, cite, parameter_of, status_of
from cli.words import word
from domain.text import Text
from interchange.workbook.sheets import Field, Table
from interchange.workbook.workpaper import PAYMENT, REFUND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.ids import RuleSetId
    from domain.rules import RuleBook, RuleSet
    from domain.text import Lang
    from projections.audit_trail import Entry
    from projections.reconciliation import Reconciliation
    from projections.rules_cited import Cited
    from projections.settlement_lines import Line
    from projections.settlement_totals import Total

TRAIL = Text("轨迹", "Trail")
BASIS = Text("依据", "Basis")
SAMPLE = Text("抽样", "Sample")
FINDINGS = Text("疑点", "Findings")
SUMS = Text("对账总额", "Reconciled totals")
DIFFERENCES = Text("对账差异", "Differences")

_BASIS = (
    Text("规则集", "rule set"),
    Text("统筹区", "area"),
    Text("参数", "parameter"),
    Text("名称", "name"),
    Text("取值", "value"),
    Text("援引次数", "times"),
    Text("可靠程度", "how well founded"),
    Text("内容", "what it says"),
    Text("文件", "documents"),
    Text("网址", "addresses"),
)
_BY_GRANTOR = Text("共济人授权", "the grantor's authorization")
_NO_RULES = Text("规则库中没有此规则集", "the rule book does not hold this rule set")


def line_rows(lines: Sequence[Line], lang: Lang) -> list[tuple[object, ...]]:
    """Give settlement lines as `interchange.workbook.workpaper.HEAD` wants them."""
    return [
        (
            line.place,
            line.settlement,
            line.claim,
            (REFUND if line.refund else PAYMENT).say(lang),
            line.day,
            line.patient,
            line.institution,
            line.area,
            word("Insurance", line.insurance, lang) or "?",
            word("Clearing", line.clearing, lang) or "?",
            word("Status", line.status, lang),
            *line.fens,
            line.rule_set,
        )
        for line in lines
    ]


def trail_table(entries: Sequence[Entry], lang: Lang) -> Table:
    """Give the events of a subject."""
    titles = (
        (Text("位置", "position"), "int"),
        (Text("生效日", "holds from"), "day"),
        (Text("记录时刻", "recorded at"), "instant"),
        (Text("事件", "event"), "text"),
        (Text("流", "stream"), "text"),
        (Text("内容", "what happened"), "text"),
        (Text("经办人", "actor"), "text"),
        (Text("报文号", "message id"), "text"),
        (Text("说明", "note"), "text"),
    )
    rows = [
        (
            each.position,
            each.effective_on,
            each.recorded_at,
            each.topic,
            "/".join(each.stream),
            each.says.say(lang),
            each.actor,
            each.cause,
            each.note,
        )
        for each in entries
    ]
    fields = tuple(Field(title.say(lang), kind) for title, kind in titles)  # type: ignore[arg-type]  # the kinds are those of Field
    return Table(TRAIL.say(lang), fields, rows)


def basis_table(cited: Cited, book: RuleBook, lang: Lang) -> Table:
    """Give the rules that decided, with what each rests on."""
    fields = tuple(
        Field(title.say(lang), "int" if title.en == "times" else "text") for title in _BASIS
    )
    found: dict[str, RuleSet | None] = {}
    rows = []
    for (rule_set, parameter), times in sorted(cited.times.items()):
        if parameter:
            if rule_set not in found:
                found[rule_set] = _rules_of(rule_set, cited, book)
            rows.append(_basis_row(rule_set, parameter, times, found[rule_set], lang))
    return Table(BASIS.say(lang), fields, rows)


def _rules_of(rule_set: RuleSetId, cited: Cited, book: RuleBook) -> RuleSet | None:
    """Find a rule set where it was asked for first, else among all."""
    from domain.refusals import Refusal

    if rule_set in cited.where:
        rules = book.resolve(*cited.where[rule_set])
        if not isinstance(rules, Refusal) and rules.id == rule_set:
            return rules
    return book.by_id(rule_set)


def _basis_row(
    rule_set: str, parameter: str, times: int, rules: RuleSet | None, lang: Lang
) -> tuple[object, ...]:
    if parameter.startswith("authorization."):
        name = GRANTED[parameter.partition(".")[2]].say(lang)
        return (rule_set, "", parameter, name, "", times, "", _BY_GRANTOR.say(lang), "", "")
    node = parameter_of(parameter)
    label = Text(node.label.zh, node.label.en).say(lang)
    if rules is None:
        return (rule_set, "", parameter, label, "", times, "", _NO_RULES.say(lang), "", "")
    value = say_value(node, rules.value(parameter)).say(lang)
    head = (rule_set, area(rules.region).say(lang), parameter, label, value, times)
    citation = rules.citations.get(parameter)
    if citation is None:
        return (*head, "", "", "", "")
    says = citation.says.say(lang) or citation.why.say(lang)
    documents = "\n".join(cite(source).say(lang) for source in citation.sources)
    addresses = "\n".join(source.address for source in citation.sources if source.address)
    return (*head, status_of(citation).say(lang), says, documents, addresses)


def given_table(
    name: Text, columns: Sequence[str], rows: Sequence[Sequence[object]], lang: Lang
) -> Table:
    """Give a table that another command wrote, its columns as they are."""
    fields = []
    for place, column in enumerate(columns):
        whole = any(isinstance(row[place], int) for row in rows)
        kind: Any = "yuan" if column.endswith("_yuan") else "int" if whole else "text"
        fields.append(Field(column, kind))
    return Table(name.say(lang), tuple(fields), rows)


def sums_table(totals: Sequence[Total], measures: Sequence[str], lang: Lang) -> Table:
    """Give totals of both sides, and by how much they differ."""
    titles = (*_GROUP_TITLES, Text("口径", "part"), Text("方", "side"))
    fields = (
        *(Field(title.say(lang)) for title in titles),
        Field(Text("笔数", "lines").say(lang), "int"),
        *(Field(word("LineField", name, lang), "yuan") for name in measures),
    )
    rows = [
        (
            row.get("area", ""),
            word("Insurance", row.get("insurance", ""), lang),
            word("Clearing", row.get("clearing", ""), lang),
            word("Part", row["part"], lang),
            word("LedgerSide", row["side"], lang),
            row["lines"],
            *(row[f"{name}_fen"] for name in measures),
        )
        for total in totals
        for row in sides_of(total, measures)
    ]
    return Table(SUMS.say(lang), fields, rows)


_GROUP_TITLES = (Text("参保地", "area"), Text("险种", "insurance"), Text("清算类别", "clearing"))


def reconciliation_tables(found: Reconciliation, lang: Lang) -> Iterator[Table]:
    """Give the totals of both sides, of everything and by group, and every difference."""
    yield sums_table(found.totals, found.measures, lang)
    amounts = tuple(Field(word("LineField", name, lang), "yuan") for name in found.measures)
    keys = [f"{name}_fen" for name in found.measures]
    names = (
        Text("差异", "difference"),
        Text("结算号", "settlement"),
        Text("费用单", "claim"),
        Text("退费", "refund"),
        Text("位置", "position"),
        Text("文件行", "line in the file"),
        Text("本账 → 对方", "here → there"),
    )
    fields = (*(Field(title.say(lang)) for title in names), *amounts)
    differences = [
        (
            word("Difference", row["kind"], lang),
            row["settlement"],
            row["claim"],
            word("bool", row["refund"], lang),
            _listed(row["positions"]),
            _listed(row["file_lines"]),
            row["says"],
            *(row[key] for key in keys),
        )
        for row in detail_rows(found, lang)
    ]
    yield Table(DIFFERENCES.say(lang), fields, differences)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
