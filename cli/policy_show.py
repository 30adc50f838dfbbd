"""The answer to one question about the rules: value, how sure, on what it rests, what contradicts.

For people a page whose first line answers; for programs one row with everything in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.explanation import say_value
from cli.policy_texts import claim_data, claim_lines, from_whom, say_resolution, status_of_value
from cli.render import Column, Table, console, show
from cli.tariff_words import say_clause
from cli.words import WORDS
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from enum import StrEnum

    from cli.settings import Settings
    from policies.documents import ParameterNode
    from policies.library import Claim, Decision, Region
    from policies.timeline import Segment


@dataclass(frozen=True)
class Asked:
    """A question and what was found: the span of days that the day lies in, and silent texts.

    `alone` are claims that say otherwise without being named against the value.
    """

    key: str
    node: ParameterNode
    region: Region
    day: date
    segment: Segment
    alone: tuple[Claim, ...]
    member: StrEnum | None = None

    @property
    def decision(self) -> Decision | None:
        """Give what was decided, if anything."""
        return self.segment.decision

    @property
    def has(self) -> bool | None:
        """Tell whether the member asked for is among the value; None if that is not known."""
        if self.member is None or self.decision is None:
            return None
        assert isinstance(self.decision.value, frozenset)
        return self.member in self.decision.value

    @property
    def value(self) -> Text:
        """Say the value."""
        if self.decision is None:
            return WORDS["PolicyStatus"]["unknown"]
        return say_value(self.node, self.decision.value)


def show_answer(settings: Settings, asked: Asked) -> None:
    """Show the answer."""
    if settings.for_people:
        _show_page(settings, asked)
    else:
        show(settings, _as_table(asked))


# -------------------------------------------------------------------------------------- for people


def _show_page(settings: Settings, asked: Asked) -> None:
    from policies.vocabulary import is_tariff

    lang = settings.lang
    out = console(settings)
    out.print(answer(asked).say(lang), style="bold", soft_wrap=True)
    decision = asked.decision
    row = _facts(asked)
    show(settings, Table("policy", [c for c in _FACTS if row.get(c.key)], [row], record=True))
    if decision is None:
        return
    if is_tariff(decision.value):
        out.print()
        out.print(_CLAUSES.say(lang), style="bold")
        for clause in decision.value:
            out.print(f"  {say_clause(clause).say(lang)}", soft_wrap=True)
    for title, claims in (
        (_RESTS_ON, decision.cites),
        (_AGAINST, decision.contradicted_by),
        (_ALONE, asked.alone),
    ):
        if claims:
            out.print()
            out.print(title.say(lang), style="bold")
            for line in claim_lines(claims, lang):
                out.print(line, soft_wrap=True)
    for title, said in _reasons(decision):
        out.print()
        out.print(title.say(lang), style="bold")
        out.print(f"  {said.say(lang)}", soft_wrap=True)
    out.print()
    out.print(_NEXT.say(lang, key=asked.key, region=asked.region.code), style="dim")


_CLAUSES = Text("条款，前面的先适用", "Clauses; the first that fits and speaks decides")
_RESTS_ON = Text("依据", "What it rests on")
_AGAINST = Text("与此矛盾", "What contradicts it")
_ALONE = Text("另有不同说法，未列为矛盾", "Other texts say otherwise and are not named against it")
_RESOLUTION = Text("取舍", "How that was resolved")
_WHY = Text("理由", "Why")
_NEXT = Text(
    "沿革：gongji policy history {key} --region {region}",
    "through time: gongji policy history {key} --region {region}",
)


def answer(asked: Asked) -> Text:
    """Answer in one line: yes or no where a member was asked for, else the value."""
    label, where = asked.node.label.text, asked.region.name.text
    zh, en = f"{where.zh}，{asked.day}", f"{where.en}, {asked.day}"
    if asked.member is None:
        value = asked.value
        return Text(f"{label.zh}：{value.zh}（{zh}）", f"{label.en}: {value.en} ({en})")
    said = _ANSWERS[asked.has]
    word = WORDS[asked.node.vocabulary][asked.member.value]
    return Text(
        f"{said.say('zh', member=word.zh, label=label.zh)}（{zh}）",
        f"{said.say('en', member=word.en, label=label.en)} ({en})",
    )


_ANSWERS = {
    True: Text("是：{member}在“{label}”之内", "Yes: {member} is among the {label}"),
    False: Text("否：{member}不在“{label}”之内", "No: {member} is not among the {label}"),
    None: Text(
        "未查到：{member}是否在“{label}”之内", "No text found on {member} among the {label}"
    ),
}


_FACTS = [
    Column("value", Text("取值", "value")),
    Column("status", Text("可靠程度", "how sure"), "code", "PolicyStatus"),
    Column("since", Text("起", "since"), "date"),
    Column("until", Text("止（不含）", "until"), "date"),
    Column("from_basis", Text("起期依据", "start rests on"), "code", "PolicyBasis"),
    Column("decided_in", Text("由何处规定", "decided by")),
    Column("checked_on", Text("核对日", "checked on"), "date"),
    Column("key", Text("参数", "parameter")),
    Column("serves", Text("用途", "use"), "code", "Serves"),
]


def _facts(asked: Asked) -> dict[str, object]:
    decision = asked.decision
    row: dict[str, object] = {
        "value": asked.value,
        "status": status_of_value(decision),
        "key": asked.key,
        "serves": asked.node.serves,
    }
    if decision is not None:
        row |= {
            "since": decision.start,
            "until": asked.segment.end,
            "from_basis": decision.from_basis,
            "decided_in": from_whom(asked.region, decision),
            "checked_on": decision.checked_on,
        }
    return row


def _reasons(decision: Decision) -> Iterator[tuple[Text, Text]]:
    if decision.resolution is not None:
        yield _RESOLUTION, say_resolution(decision.resolution)
    if decision.why is not None:
        yield _WHY, decision.why


# ---------------------------------------------------------------------------------------- for data

_COLUMNS = [
    Column("parameter", Text("参数", "parameter")),
    Column("label", Text("名称", "label")),
    Column("region", Text("地区", "region")),
    Column("region_name", Text("地区名", "name of the region")),
    Column("on", Text("日期", "on"), "date"),
    Column("member", Text("成员", "member")),
    Column("answer", Text("答", "answer")),
    Column("has", Text("含", "has")),
    Column("value", Text("取值", "value"), "data"),
    Column("says", Text("取值（文字）", "value in words")),
    Column("status", Text("可靠程度", "how sure")),
    Column("since", Text("起", "since"), "date"),
    Column("until", Text("止（不含）", "until"), "date"),
    Column("from_basis", Text("起期依据", "start rests on")),
    Column("decided_in", Text("由何处规定", "decided by")),
    Column("inherited", Text("继承", "inherited")),
    Column("checked_on", Text("核对日", "checked on"), "date"),
    Column("serves", Text("用途", "use")),
    Column("why", Text("理由", "why")),
    Column("cites", Text("依据", "rests on"), "data"),
    Column("contradicted_by", Text("矛盾说法", "contradicted by"), "data"),
    Column("resolution", Text("取舍", "resolution"), "data"),
    Column("alone", Text("未列为矛盾的不同说法", "others that say otherwise"), "data"),
]


def _as_table(asked: Asked) -> Table:
    from cli.policy_texts import resolution_data, value_data

    decision = asked.decision
    row: dict[str, object] = {
        "parameter": asked.key,
        "label": asked.node.label.text,
        "region": asked.region.code,
        "region_name": asked.region.name.text,
        "on": asked.day,
        "member": asked.member,
        "answer": answer(asked),
        "has": asked.has,
        "says": asked.value,
        "status": status_of_value(decision),
        "serves": asked.node.serves,
        "alone": [claim_data(claim) for claim in asked.alone],
    }
    if decision is not None:
        row |= {
            "value": value_data(asked.node, decision.value),
            "since": decision.start,
            "until": asked.segment.end,
            "from_basis": decision.from_basis,
            "decided_in": decision.region,
            "inherited": decision.region != asked.region.code,
            "checked_on": decision.checked_on,
            "why": decision.why,
            "cites": [claim_data(claim) for claim in decision.cites],
            "contradicted_by": [claim_data(claim) for claim in decision.contradicted_by],
            "resolution": resolution_data(decision.resolution),
        }
    return Table("policy", _COLUMNS, [row], record=True)
