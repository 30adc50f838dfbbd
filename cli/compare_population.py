"""`gongji simulate compare BASE CHANGE --population …`: two sets of rules on the same claims."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from cli.compare_chart import Bar, can_write_chinese, check_format, draw
from cli.compare_rules import CELLS, rule_cell
from cli.compare_tables import PANELS, PAYERS, bars, payer_rows, sections, that_change
from cli.errors import FOUND, failure
from cli.extras import needs
from cli.progress import progress
from cli.render import Table, console, data_columns, safe_cell, show, talk, to_json
from cli.session import rule_book, shipped
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from cli.settings import Settings
    from domain.ids import RegionCode
    from domain.rules import RuleBook
    from policies.library import Library
    from policies.overlay import Overlay
    from simulation.bulk.arrays import Rows
    from simulation.bulk.comparison.comparing_sums import Comparison
    from simulation.bulk.reading.claims_file import ClaimsFile
    from simulation.bulk.states.state_files import StateFile

AS_THEY_ARE = ("rules", "现行")
"""Words for a BASE that is no overlay: the rules as they are."""

_INVENTED = Text("假设，不是预测", "a supposition, not a forecast")
_DECIDING = Text("按两套规则结算", "deciding by both sets of rules")
_AS_THEY_ARE = Text("现行规则", "the rules as they are")
_NO_FONT = Text(
    "这台机器没有中文字体，图中文字用英文；请安装一种（如 Noto Sans CJK SC），或改存为 .svg",
    "this machine has no font with Chinese, so the labels are in English; install one (such as "
    "Noto Sans CJK SC) or write an .svg",
)
_OTHER_REGIONS = Text(
    "人群的统筹区与规则库的不同，请重新生成人群",
    "the areas of the population are not those of the rules; make the population anew",
)
_LEFT_OUT = Text(
    "有 {rows} 行费用单无法结算，未计入；gongji simulate bulk 会逐行列出",
    "{rows} rows of the claims cannot be decided and are left out; gongji simulate bulk lists them",
)


class Asked(NamedTuple):
    """What is compared, and where pictures and their numbers go."""

    base: str
    change: str
    population: Path
    claims: Path
    chart: Path | None
    chart_data: Path | None


class Side(NamedTuple):
    """One set of rules: its overlay, None for the rules as they are."""

    overlay: Overlay | None
    library: Library
    book: RuleBook

    @property
    def title(self) -> Text:
        """Name it."""
        return self.overlay.title if self.overlay else _AS_THEY_ARE


class _Compared(NamedTuple):
    comparison: Comparison
    regions: tuple[RegionCode, ...]
    left_out: int  # rows that cannot be decided


def compare_population(settings: Settings, asked: Asked) -> int:
    """Compare two sets of rules on a population, show what differs, and give the exit code."""
    if asked.chart is not None:
        check_format(asked.chart, settings.lang)
        with needs(settings, "chart"):
            import altair  # noqa: F401, ICN001  # here, so that a missing one is said at once
            import vl_convert  # noqa: F401  # as above
    sides = _side(asked.base), _side(asked.change)
    found = _compared(settings, asked, sides)
    _show(settings, sides, found)
    if asked.chart_data is not None:
        drawn = bars(found.comparison, found.regions, lang=settings.lang)
        _write(asked.chart_data, list(drawn))
    if asked.chart is not None:
        _draw(settings, asked.chart, sides, found)
    return FOUND if found.left_out else 0


def _side(name: str) -> Side:
    """Give the rules as they are, or with an overlay on them."""
    from cli.sources import library
    from policies.overlay import hypothetical_book, overlaid, read_overlay

    as_they_are = library()
    if name in AS_THEY_ARE:
        return Side(None, as_they_are, rule_book())
    overlay = read_overlay(shipped(name, "overlays"), as_they_are)
    changed = overlaid(as_they_are, overlay)
    return Side(overlay, changed, hypothetical_book(changed))


# -------------------------------------------------------------------------------------- comparing


def _compared(settings: Settings, asked: Asked, sides: tuple[Side, Side]) -> _Compared:
    with needs(settings, "bulk"):
        import numba  # noqa: F401  # here, so that a missing one is said before anything is read

        from simulation.bulk.comparison.comparing import Claims, compare
        from simulation.bulk.deciding import compiled
        from simulation.bulk.reading.claims_file import open_claims
        from simulation.bulk.rules import rule_table
        from simulation.bulk.states import state_files

    opened = state_files.load(asked.population, mmap=True)
    before, after = (rule_table(side.book, regions=_codes(opened)) for side in sides)
    if not _codes(opened) == before.regions == after.regions:
        code = "other_regions"
        raise failure(code, _OTHER_REGIONS.say(settings.lang))
    persons = len(opened.state.home)
    claims = open_claims(asked.claims, persons=persons, regions=opened.regions)
    with progress(settings, _DECIDING) as tell:
        comparison = compare(
            opened.state,
            Claims(_told(claims, tell), len(claims.cancelled)),
            rules=(before.rules, after.rules),
            decide=compiled(),
            ages=_ages(opened),
        )
    return _Compared(comparison, before.regions, claims.rejected.rows)


def _codes(opened: StateFile) -> tuple[RegionCode, ...]:
    from domain.ids import RegionCode

    return tuple(map(RegionCode, opened.regions))


def _told(claims: ClaimsFile, tell: Callable[[int, int], None]) -> Iterator[Rows]:
    """Give the rows of a file, and tell how far it is read."""
    done = 0
    for rows in claims.batches():
        yield rows
        done += len(rows.kind)
        tell(done, claims.rows)


def _ages(opened: StateFile) -> NDArray[np.int8] | None:
    """Give everybody's band of age in the latest account year that is open."""
    from simulation.bulk.comparison.comparing_sums import AGES
    from simulation.bulk.comparison.persons_file import age_bands

    year = int(max(opened.state.open_year))
    return age_bands(opened.folder, len(opened.state.home), year=year, bands=AGES)


# ---------------------------------------------------------------------------------------- showing


def _show(settings: Settings, sides: tuple[Side, Side], found: _Compared) -> None:
    from policies.overlay import changed_cells

    if found.left_out:
        talk(settings, _LEFT_OUT, rows=found.left_out)
    cells = [rule_cell(cell) for cell in changed_cells(sides[0].library, sides[1].library)]
    rules = Table("rules", CELLS, cells)
    others = sections(found.comparison, found.regions)
    facts = list(_facts(found.comparison))
    if settings.for_people:
        out = console(settings)
        for side, what in zip(sides, _SIDES, strict=True):
            said = f"{what.say(settings.lang)}: {side.title.say(settings.lang)}"
            out.print(said, style="bold")
        for table in (rules, Table("payers", PAYERS, payer_rows(found.comparison))):
            show(settings, table)
        for key, table in others.items():
            shown = that_change(table) if key == "by_region" else table
            show(settings, replace(shown, facts=facts if key == "deciles" else ()))
        return
    more: dict[str, object] = {
        "base": sides[0].title,
        "change": sides[1].title,
        "says": _INVENTED,
        **_counts(found),
        **{key: _data(table) for key, table in {"rules": rules, **others}.items()},
    }
    rows = payer_rows(found.comparison)
    show(settings, Table("population-comparison", PAYERS, rows, more=more))


_SIDES = (Text("基准", "base"), Text("假设", "as it might be"))


def _data(table: Table) -> list[dict[str, object]]:
    keys = [column.key for column in data_columns(table)]
    return [{key: row.get(key) for key in keys} for row in table.rows]


def _counts(found: _Compared) -> dict[str, object]:
    comparison = found.comparison
    return {
        "bills": comparison.bills,
        "cancellations": comparison.cancellations,
        "changed_patients": comparison.changed,
        "settled_by_base_only": comparison.only_before,
        "settled_by_change_only": comparison.only_after,
        "rows_left_out": found.left_out,
    }


def _facts(comparison: Comparison) -> Iterator[Text]:
    bills, changed = comparison.bills, comparison.changed
    yield Text(f"费用单 {bills:,} 张", f"{bills:,} bills")
    yield Text(f"{changed:,} 人的现金有变化", f"cash changes for {changed:,} patients")
    if comparison.only_before or comparison.only_after:
        lost, won = comparison.only_before, comparison.only_after
        yield Text(
            f"只按基准结算 {lost:,} 张、只按假设结算 {won:,} 张，未计入分布",
            f"{lost:,} bills settled by the base alone and {won:,} by the change alone are not "
            "in the distributions",
        )
    yield _INVENTED


# ------------------------------------------------------------------------------------ the picture


def _draw(settings: Settings, path: Path, sides: tuple[Side, Side], found: _Compared) -> None:
    """Draw the picture; where its labels could not be read they are in English."""
    lang = settings.lang
    if lang == "zh" and path.suffix.lower() == ".png" and not can_write_chinese():
        talk(settings, _NO_FONT)
        lang = "en"
    between = Text("{change}（对照：{base}）", "{change}, against {base}")
    heading = between.say(lang, base=sides[0].title.say(lang), change=sides[1].title.say(lang))
    below = " · ".join(fact.say(lang) for fact in _facts(found.comparison))
    drawn = list(bars(found.comparison, found.regions, lang=lang))
    draw(path, drawn, panels=PANELS, heading=(heading, below), lang=lang)


def _write(path: Path, drawn: Sequence[Bar]) -> None:
    """Write the numbers of the picture as JSON, or as CSV where the name says so."""
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(Bar._fields)
            lines.writerows([safe_cell(cell) for cell in bar] for bar in drawn)
        return
    path.write_text(to_json([bar._asdict() for bar in drawn], indent=2) + "\n", encoding="utf-8")
