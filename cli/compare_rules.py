"""Which rules differ between two sets of them, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.render import Column
from domain.text import Text

if TYPE_CHECKING:
    from policies.overlay import Cell

CELLS = [
    Column("area", Text("统筹区", "area"), in_data=False),
    Column("region", Text("统筹区", "area"), for_people=False),
    Column("label", Text("规则", "rule"), in_data=False),
    Column("parameter", Text("参数", "parameter")),
    Column("from", Text("起", "from"), "date"),
    Column("to", Text("止", "to"), "date"),
    Column("before", Text("现行", "as it is")),
    Column("after", Text("假设", "as it might be")),
]


def rule_cell(cell: Cell) -> dict[str, object]:
    """Give a changed rule as a row of `CELLS`."""
    from cli.explanation import say_change
    from cli.sources import area, library

    parameter = library().parameters[cell.parameter]
    before, after = say_change(parameter, cell.before, cell.after)
    return {
        "area": area(cell.region),
        "region": cell.region,
        "label": parameter.label.text,
        "parameter": cell.parameter,
        "from": cell.start,
        "to": cell.end,
        "before": before or _NO_VALUE,
        "after": after or _NO_VALUE,
    }


_NO_VALUE = Text("没有规定", "none")
