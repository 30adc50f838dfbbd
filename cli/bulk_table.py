"""What a bulk run came to, as rows: bills, refusals by reason, who paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.refusal_words import in_general
from cli.render import Column, Table
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.bulk.log.summing import Summary
    from simulation.bulk.run.running import Written

_COLUMNS = [
    Column("item", Text("项目", "item"), for_people=False),
    Column("says", Text("项目", "item"), in_data=False),
    Column("count", Text("笔数", "number"), "int"),
    Column("amount_fen", Text("金额(元)", "amount (yuan)"), "yuan"),
]
_ITEMS: tuple[tuple[str, Text, str, str], ...] = (
    ("bills", Text("费用单", "bills"), "bills", "total"),
    ("fund", Text("基金支付", "the pooled fund"), "", "fund"),
    ("own", Text("本人账户", "own accounts"), "", "own"),
    ("relatives", Text("共济账户", "relatives' accounts"), "", "relatives"),
    ("cash", Text("现金", "cash"), "", "cash"),
    ("cancellations", Text("撤销", "cancellations"), "cancellations", ""),
    ("fund_back", Text("退回基金", "back to the fund"), "", "fund_back"),
    ("own_back", Text("退回本人账户", "back to own accounts"), "", "own_back"),
    ("relatives_back", Text("退回共济账户", "back to relatives"), "", "relatives_back"),
    ("cash_back", Text("退回现金", "back in cash"), "", "cash_back"),
    ("credits", Text("划入", "credits"), "credits", "credited"),
    ("rolls", Text("年度结转", "account years begun"), "rolls", "rolled"),
    ("refused", Text("其中拒绝", "of these refused"), "refused", ""),
)
"""Name, words, and the names of count and sum."""

_NOTHING_NEW = Text("日志已完整，未作更改", "the log was complete; nothing was changed")


def as_table(written: Written, summary: Summary, *, milliseconds: int) -> Table:
    """Lay out what is in the log of the claims at hand; how fast it was is about this run."""
    added = sum(line.counts.events for line in written.added)
    closing = written.closing
    a_second = added * 1000 // max(milliseconds, 1)
    segments = len(written.segments)
    facts = [
        Text(f"{segments} 段", f"{segments} segment{'s' * (segments != 1)}"),
        Text(f"{added:,} 个事件，每秒 {a_second:,}", f"{added:,} events, {a_second:,} a second")
        if added
        else _NOTHING_NEW,
    ]
    notes = [
        Text(f"链值 {written.head}", f"head {written.head}"),
        Text(f"状态 {closing.state}", f"state {closing.state}"),
    ]
    more = {
        "head": written.head,
        "state": closing.state,
        "merkle": written.begin.merkle,
        "segments": segments,
        "lines": summary.counts["rows"],
        "legs": summary.counts["legs"],
        "events": summary.events,
        "added_events": added,
        "milliseconds": milliseconds,
        "events_per_second": a_second,
        "rejected": closing.rejected,
        "current_fen": closing.current,
        "prior_fen": closing.prior,
    }
    rows = [*_rows(summary), *_refusals(summary)]
    return Table("bulk", _COLUMNS, rows, notes=notes, facts=facts, more=more)


def _rows(summary: Summary) -> Iterator[dict[str, object]]:
    for item, says, count, fen in _ITEMS:
        row: dict[str, object] = {"item": item, "says": says}
        if count:
            row["count"] = summary.counts[count]
        if fen:
            row["amount_fen"] = summary.sums[fen]
        yield row


def _refusals(summary: Summary) -> Iterator[dict[str, object]]:
    """Give one row a reason, in the order in which reasons are asked for."""
    from simulation.bulk.outcomes import REFUSALS, SINGLY

    for outcome, count in sorted(summary.refused.items()):
        if outcome in REFUSALS:
            code = REFUSALS[outcome][0]
            says = Text(*(f"  {it}" for it in in_general(code)))
            yield {"item": f"refused:{code.value}", "says": says, "count": count}
        else:
            says = Text(*(f"  {it}" for it in SINGLY[outcome]))
            yield {"item": f"refused:singly:{outcome}", "says": says, "count": count}
