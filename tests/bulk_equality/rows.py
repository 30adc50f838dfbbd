"""What happens, as rows for the kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from domain.codes import Segment
from domain.columns import number
from domain.ids import RegionCode
from simulation.bulk import arrays
from simulation.bulk.arrays import Memory, Rows
from simulation.bulk.deciding import empty_memory
from simulation.bulk.ledgers.intake import Intake
from tests.bulk_equality.happenings import Bill, Cancel, Credit, Happening, Roll

_KINDS = (
    *(np.int8, np.int64, np.int16, np.int32, np.int32, np.int32, np.int16),
    *(np.int8, np.int8, np.int16, np.int64, np.int64, np.int32),
)


class Laid(NamedTuple):
    """Rows, and for each happening the first of its rows and how many it has."""

    rows: Rows
    first: Sequence[int]
    length: Sequence[int]


class Layout:
    """Lays happenings out, with a slot for each bill that is ever cancelled."""

    def __init__(self, happenings: Sequence[Happening], regions: Sequence[RegionCode]) -> None:
        """Look for the bills that are cancelled; `regions` are those of the rule table."""
        self.cancelled = sorted({each.number for each in happenings if isinstance(each, Cancel)})
        self._slots = {claim: slot for slot, claim in enumerate(self.cancelled)}
        self._regions = {region: i for i, region in enumerate(regions)}

    def memory(self, *, relations: int) -> Memory:
        """Give an empty memory with room for all that is cancelled; `relations` of one patient."""
        slots = len(self._slots)
        return empty_memory(slots, lines=3 * slots, legs=3 * 2 * (relations + 2) * slots)

    def lay(self, happenings: Sequence[Happening], intake: Intake) -> Laid:
        """Lay happenings out in their order."""
        found = [list(self._rows(each, intake)) for each in happenings]
        cells = [row for each in found for row in each]
        columns = zip(*cells, strict=True) if cells else [()] * len(_KINDS)
        rows = Rows(*(np.array(c, k) for c, k in zip(columns, _KINDS, strict=True)))
        count = [len(each) for each in found]
        return Laid(rows, np.cumsum([0, *count[:-1]]).tolist(), count)

    def _rows(self, happening: Happening, intake: Intake) -> Iterator[tuple[int, ...]]:
        booked = happening.booked.toordinal()
        match happening:
            case Bill():
                yield from self._of_bill(happening, intake, booked)
            case Cancel(number=claim, lines=lines):
                slot = self._slots[claim]
                for line, own, fund in lines or ((0, 0, 0),):
                    flags = 0 if lines else arrays.WHOLE
                    money = (own + fund, fund, slot)
                    yield (arrays.CANCEL, claim, line, booked, booked, 0, 0, 0, 0, flags, *money)
            case Credit(person=person, segment=segment, fen=fen):
                who, flags = intake.numbers[person], 0
                if segment is Segment.PRIOR:
                    flags = arrays.TO_PRIOR
                yield (arrays.CREDIT, 0, 0, booked, booked, who, 0, 0, 0, flags, fen, 0, -1)
            case Roll(region=region):
                which = self._regions[region]
                yield (arrays.ROLL, 0, 0, booked, booked, which, 0, 0, 0, 0, 0, 0, -1)

    def _of_bill(self, bill: Bill, intake: Intake, booked: int) -> Iterator[tuple[int, ...]]:
        asked = bill.request
        flags = number(asked.credential) << arrays.CREDENTIAL
        told = (
            (not asked.use_accounts, arrays.NO_ACCOUNTS),
            (asked.aid_requested, arrays.AID_REQUESTED),
            (asked.emergency, arrays.EMERGENCY),
            (not asked.institution.designated, arrays.NOT_DESIGNATED),
            (not asked.institution.connected, arrays.NOT_CONNECTED),
        )
        flags |= sum(bit for holds, bit in told if holds)
        for line in asked.lines:
            yield (
                arrays.SETTLE,
                bill.number,
                line.no,
                booked,
                asked.service_date.toordinal(),
                intake.numbers[asked.patient],
                self._regions[asked.institution.region],
                number(asked.institution.place),
                number(line.category),
                flags | (arrays.OUTSIDE if line.outside_catalogue else 0),
                line.total_fen,
                line.fund_fen,
                self._slots.get(bill.number, -1),
            )
