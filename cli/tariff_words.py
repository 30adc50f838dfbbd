"""Tariffs in words: how many clauses in a table, clause by clause on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.words import WORDS
from domain.money import format_yuan
from domain.tariff import LAST_YEAR, NOTHING, OLDEST
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.money import Ratio
    from domain.tariff import Clause


_MANY = 3
"""More clauses than this do not fit into a table."""


def say_tariff(clauses: Sequence[Clause]) -> Text:
    """Say how many clauses a tariff has; what they are stands in `clause_lines`."""
    count = len(clauses)
    return Text(f"{count} 条" if count else "无", f"clauses: {count}" if count else "none")


def say_clauses(clauses: Sequence[Clause]) -> Text:
    """Say some clauses one after the other; of many only how many."""
    if len(clauses) > _MANY:
        return say_tariff(clauses)
    lines = [say_clause(clause) for clause in clauses]
    return Text("；".join(each.zh for each in lines), "; ".join(each.en for each in lines))


def say_clause(clause: Clause) -> Text:
    """Say of whom and of what care a clause speaks, then what it sets."""
    whom, what = list(_whom(clause)), list(_what(clause))
    zh = "·".join(each.zh for each in whom) or "所有人"
    en = ", ".join(each.en for each in whom) or "everybody"
    return Text(
        f"{zh}：{'，'.join(each.zh for each in what)}",
        f"{en}: {', '.join(each.en for each in what)}",
    )


def _whom(clause: Clause) -> Iterator[Text]:
    for vocabulary, codes in (
        ("Insurance", clause.insurance),
        ("Work", clause.work),
        ("Category", clause.care),
        ("Level", clause.levels),
    ):
        words = [word for code, word in WORDS[vocabulary].items() if code in codes]
        if words:
            yield Text("、".join(w.zh for w in words), " or ".join(w.en for w in words))
    if (clause.age_from, clause.age_to) != (0, OLDEST):
        yield _span(clause.age_from, clause.age_to, most=OLDEST, of=Text("岁", "aged"))
    if clause.asks_for_retirement:
        of = Text("年退休", "retired in")
        yield _span(clause.retired_from, clause.retired_to, most=LAST_YEAR, of=of)


def _span(first: int, last: int, *, most: int, of: Text) -> Text:
    """Say a span that includes both ends, and may be open at either."""
    if last == most:
        return Text(f"{first}{of.zh}及以上", f"{of.en} {first} or more")
    if first == 0:
        return Text(f"{last}{of.zh}及以下", f"{of.en} {last} or less")
    return Text(f"{first}至{last}{of.zh}", f"{of.en} {first} to {last}")


def _what(clause: Clause) -> Iterator[Text]:
    if clause.deductible_fen is not None:
        yuan = format_yuan(clause.deductible_fen)
        stay = Text("每次", " a stay") if clause.per_stay else Text("", "")
        yield Text(f"{stay.zh}起付 {yuan} 元", f"deductible {yuan} yuan{stay.en}")
    if clause.later_deductible_fen is not None:
        yuan = format_yuan(clause.later_deductible_fen)
        yield Text(f"再次起付 {yuan} 元", f"later deductible {yuan} yuan")
    for step in clause.steps:
        paid = percent(step.ratio)
        yuan = format_yuan(step.from_fen)
        above = Text(f"{yuan} 元以上", f" above {yuan} yuan") if step.from_fen else Text("", "")
        yield Text(f"{above.zh}支付 {paid}", f"pays {paid}{above.en}")
    if clause.limit_fen is not None:
        yuan = format_yuan(clause.limit_fen)
        yield Text(f"此类最多支付 {yuan} 元", f"at most {yuan} yuan for this care")
    if clause.ceiling_fen is not None:
        yuan, paid = format_yuan(clause.ceiling_fen), percent(clause.above)
        beyond = (
            Text("", "") if clause.above == NOTHING else Text(f"，以上 {paid}", f", then {paid}")
        )
        yield Text(f"最高支付 {yuan} 元{beyond.zh}", f"ceiling {yuan} yuan{beyond.en}")


def percent(ratio: Ratio) -> str:
    """Say a ratio in percent where that is a whole number, else as a fraction."""
    whole, rest = divmod(ratio.num * 100, ratio.den)
    return f"{ratio.num}/{ratio.den}" if rest else f"{whole}%"
