"""Rule sets as numbers for the kernel: which one holds where and when, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from domain.codes import OwnFirst, RefundAfterEnd, Till
from domain.columns import number
from domain.ids import RegionCode, RuleSetId
from domain.rules import RuleBook, RuleSet
from simulation.bulk.arrays import Rules
from simulation.bulk.kernel import terms


class RuleTable(NamedTuple):
    """Rules as numbers, the regions and rule sets that the numbers stand for, and a digest.

    Where code is interpreted the numbers must be memory views; `deciding` sees to that.
    """

    rules: Rules
    regions: tuple[RegionCode, ...]
    ids: tuple[RuleSetId, ...]
    digest: str

    def number_of(self, region: RegionCode) -> int:
        """Give the number of a region.

        Raises:
            ValueError: the table does not know it.
        """
        return self.regions.index(region)


def rule_table(book: RuleBook, *, regions: Iterable[RegionCode] = ()) -> RuleTable:
    """Lay out all rules of a book for its regions and others, in order of code.

    The regions without rules are those where nobody is insured, but care is given. The days reach
    from the first rule set's first day to the last one's, so that nothing is ever guessed.
    """
    known = sorted({*regions, *book.regions()})
    spans = {region: list(_spans(book, region)) for region in known}
    days = [day for found in spans.values() for day, _ in found]
    first, last = min(days), max(days)
    ids: dict[RuleSetId, int] = {}
    cells: list[tuple[int, ...]] = []
    width = (last - first).days + 1
    index = np.full((len(known), width), -1, np.int16)
    for place, region in enumerate(known):
        for since, rules in spans[region]:
            if rules.id not in ids:
                ids[rules.id] = len(cells)
                cells.append(cells_of(rules))
            index[place, (since - first).days :] = ids[rules.id]
    table = Rules(
        first_day=first.toordinal(),
        days=width,
        index=index.reshape(-1),
        cells=np.array(cells, np.int64).reshape(-1),
        province=np.unique([region[:2] for region in known], return_inverse=True)[1].astype(
            np.int16
        ),
    )
    return RuleTable(table, tuple(known), tuple(ids), _digest(table, known, ids))


def _spans(book: RuleBook, region: RegionCode) -> Iterator[tuple[date, RuleSet]]:
    """Give the rule sets of a region with their first days."""
    for day in book.first_days(region):
        rules = book.resolve(region, day)
        assert isinstance(rules, RuleSet), "a rule set holds on its first day"
        yield day, rules


def _digest(table: Rules, regions: Iterable[str], ids: Iterable[str]) -> str:
    digest = sha256("\n".join([*regions, "", *ids]).encode())
    digest.update(table.first_day.to_bytes(4, "little"))
    for numbers in (table.index, table.cells, table.province):
        digest.update(numbers.tobytes())
    return digest.hexdigest()


def cells_of(rules: RuleSet) -> tuple[int, ...]:
    """Give what the kernel asks of a rule set, in the order of `simulation.bulk.kernel.terms`."""
    said = rules.compiled
    pool, claim, filing = rules.pool, rules.claim, rules.filing
    others = terms.Others(
        own_segments=number(rules.own.segments),
        pool_segments=number(pool.segments),
        own_must_be_empty=int(pool.own_first is OwnFirst.MUST_BE_EMPTY),
        order=number(pool.order),
        reorder=int(pool.reorder),
        fall_through=int(pool.fall_through),
        aid_by_itself=int(claim.till is not Till.ON_REQUEST),
        wallet_by_itself=int(rules.wallet.till is Till.AUTOMATIC),
        year_start_month=rules.account.year_start_month,
        funding=number(pool.funding),
        wallet_model=number(rules.wallet.model),
        proxy=int(claim.proxy),
        grantor_credential=int(claim.grantor_credential),
        within_province=int(filing.within_province),
        emergency_as_filed=int(filing.emergency_as_filed),
        unfiled_allowed=int(filing.unfiled_first_pay.num > 0),
        across_months=int(claim.cancel_across_months),
        across_years=number(claim.cancel_across_years),
        refund_in_cash=int(claim.refund_after_end is RefundAfterEnd.CASH),
    )
    return (*said.own, *said.wallet, *said.relative, *said.quota, *said.caps, *others)
