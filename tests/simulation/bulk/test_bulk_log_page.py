"""What the page about the log says is what the code does, and its examples run."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from simulation.bulk.log import manifest, segments
from simulation.bulk.log.disk import Disk
from simulation.bulk.log.manifest import AnyLine, Begin, CloseLine, Counts, SegmentLine, Sums
from simulation.bulk.log.merkle import LEG_RECORD, ROW_RECORD
from simulation.bulk.log.schema import LEGS, LINES, Column
from tests.simulation.bulk.made_up import made_up

PAGE = (Path(__file__).parents[3] / "docs" / "bulk-log.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```python (\w+)\n(.*?)```", PAGE, re.DOTALL))


def tables(heading: str) -> list[list[list[str]]]:
    """Give the tables of one section, as rows of cells without the head."""
    section = PAGE.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    found = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
        for table in found
    ]


@pytest.mark.parametrize(("heading", "columns"), [("`lines`", LINES), ("`legs`", LEGS)])
def test_the_page_lists_the_columns_as_they_are(heading: str, columns: tuple[Column, ...]) -> None:
    expected = [
        [
            f"`{column.name}`",
            str(column.arrow),
            column.unit,
            column.says.zh,
            column.says.en,
            " ".join(column.words) or "\N{EN DASH}",
        ]
        for column in columns
    ]
    assert tables(heading) == [expected]


def test_the_page_lists_the_records_as_they_are() -> None:
    expected = []
    for layout in (ROW_RECORD, LEG_RECORD):
        begins = [sum(size for _, size in layout[:place]) for place in range(len(layout))]
        expected.append(
            [
                [str(begin), str(size), f"`{name}`"]
                for begin, (name, size) in zip(begins, layout, strict=True)
            ]
        )
    assert tables("Merkle root and proofs") == expected


@pytest.mark.parametrize("kind", [Begin, SegmentLine, CloseLine])
def test_the_page_names_every_field_of_the_manifest(kind: type[AnyLine]) -> None:
    told = {name.strip("`"): text for name, text in tables("The manifest")[0]}
    line = told[str(kind.__struct_config__.tag)]
    common = {"previous", "head"}
    assert [f for f in kind.__struct_fields__ if f not in common and f"`{f}`" not in line] == []
    parts = (*Counts.__struct_fields__, *Sums.__struct_fields__)
    assert kind is not SegmentLine or [part for part in parts if part not in line] == []


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a log of two segments."""
    folder = tmp_path_factory.mktemp("log")
    begin = Begin(
        opening="", persons=9, regions=("110000",), rules="", rule_sets=("北京",), package=""
    )
    sealed: AnyLine = manifest.seal(begin, manifest.NOTHING)
    manifest.append(Disk(folder), sealed)
    first_seq = 0
    for number in (1, 2):
        rows, outcome = made_up(300, seed=number)
        line = segments.write(Disk(folder), number, first_seq=first_seq, rows=rows, outcome=outcome)
        sealed = manifest.seal(line, sealed.head)
        manifest.append(Disk(folder), sealed)
        first_seq = line.last_seq + 1
    return folder


def ran(example: str, folder: Path, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run an example of the page in a folder and give its names."""
    patch.chdir(folder)
    names: dict[str, Any] = {}
    exec(compile(EXAMPLES[example], f"bulk-log.md: {example}", "exec"), names)  # noqa: S102  # the page is our own
    return names


def sums(folder: Path) -> list[Sums]:
    return [line.sums for line in manifest.read(folder).segments]


def test_the_chain_can_be_held_as_the_page_says(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran("chain", log, monkeypatch)["head"] == manifest.read(log).head


def test_polars_reads_the_log(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("polars")
    names = ran("polars", log, monkeypatch)
    assert names["by_day"]["total"].sum() == sum(each.total for each in sums(log))
    given = sum(each.relatives - each.relatives_back for each in sums(log))
    assert names["by_relatives"] == given


def test_duckdb_reads_the_log(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb")
    names = ran("duckdb", log, monkeypatch)
    assert sum(total for _, total, _ in names["by_region"]) == sum(s.total for s in sums(log))
    assert sum(cash for _, _, cash in names["by_region"]) == sum(s.cash for s in sums(log))
    assert len(names["largest"]) == 10


@pytest.mark.skipif(not importlib.util.find_spec("pandas"), reason="pandas is not installed")
def test_pandas_reads_the_log(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_day = ran("pandas", log, monkeypatch)["by_day"]
    assert int(by_day["fund_paid"].sum()) == sum(each.fund for each in sums(log))
