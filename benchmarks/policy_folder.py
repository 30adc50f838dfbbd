"""A made-up folder of policy files of any size, on which reading and checking are measured.

Names, texts and values are invented; only the registry and the nation's file are the shipped
ones. What it gives passes every check, and the same sizes give the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from policies.documents import ParameterNode, RegionFile, RegistryFile, read_file
from policies.loader import SHIPPED
from policies.vocabulary import CITED, VOCABULARIES

CITIES = 4
"""So many cities has a province, as far as there are regions."""

_FIRST = date(2022, 1, 1)
_SPAN = timedelta(days=200)
_GRADES = "ABBCC"


class Size(NamedTuple):
    """How much there is beside the nation's own file."""

    regions: int = 40
    sources: int = 250
    claims: int = 1500


class _Place(NamedTuple):
    code: str
    parent: str
    level: str
    file: str


def write_folder(folder: Path, size: Size) -> list[str]:
    """Write a policy library of a size and give the codes of its made-up regions."""
    shutil.copy(SHIPPED / "registry.yaml", folder)
    shutil.copy(SHIPPED / "cn.yaml", folder)
    sources = (SHIPPED / "sources.yaml").read_text(encoding="utf-8")
    invented = "".join(_source(number) for number in range(size.sources))
    (folder / "sources.yaml").write_text(sources + invented, encoding="utf-8")
    registry = read_file(SHIPPED / "registry.yaml", RegistryFile).parameters
    spoken_of = {
        claim.param for claim in read_file(SHIPPED / "cn.yaml", RegionFile).claims.values()
    }
    free = {
        name: node
        for name, node in sorted(registry.items())
        if node.departs == "override" and name not in spoken_of
    }
    places = list(_places(size.regions))
    for number, place in enumerate(places):
        claims = size.claims * (number + 1) // len(places) - size.claims * number // len(places)
        text = "".join(_region(place, free, first=number * 7, claims=claims, sources=size.sources))
        (folder / place.file).write_text(text, encoding="utf-8")
    return [place.code for place in places]


def _places(count: int) -> Iterator[_Place]:
    for number in range(count):
        province, city = divmod(number, CITIES + 1)
        above = f"{71 + province}0000"
        code = f"{71 + province}{city:02}00"
        level, parent = ("city", above) if city else ("province", "CN")
        yield _Place(code, parent, level, f"{code}_place{number}.yaml")


def _source(number: int) -> str:
    return (
        f"  made-{number}:\n"
        f"    {{title: 虚构的第{number}号文件, issuer: 虚构的机关, grade: {_GRADES[number % 5]},\n"
        f"     published: 2022-01-01, basis: page date, checked_on: 2026-11-21,\n"
        f'     address: "https://example.org/{number}"}}\n'
    )


def _region(
    place: _Place, free: dict[str, ParameterNode], *, first: int, claims: int, sources: int
) -> Iterator[str]:
    """Give a file: its parameters have one, two or three values after each other.

    A parameter has the same ones everywhere, so that no parent's text contradicts them.
    """
    yield (
        "schema: gongji-policy/1\n"
        f'region: {{code: "{place.code}", name: {{zh: 虚构之地{place.code}, en: "Place '
        f'{place.code}"}}, level: {place.level}, parent: "{place.parent}"}}\n'
        "starts: {day: 2022-01-01, from_basis: stated, sources: [made-0]}\n"
        "checked_on: 2026-11-21\n\nclaims:\n"
    )
    names = list(free)
    values: dict[str, list[str]] = {}
    for number in range(claims):
        at = (first + number) % len(names)
        name = names[at]
        turn = number // len(names)
        since = _FIRST + _SPAN * turn + timedelta(days=at % 8 * 25)
        source = f"made-{(first + number) % sources}"
        key = f"p{place.code}.{source}.{number}"
        value = _value(free[name], turn)
        yield (
            f"  {key}:\n    {{param: {name}, value: {value}, says_from: {since},"
            f" source: {source},\n     says: {{zh: 虚构的说法, en: an invented statement}}}}\n"
        )
        decided = CITED if free[name].type == "tariff" else value
        values.setdefault(name, []).append(
            f"from: {since}, value: {decided}, cites: [{key}], status: observed, from_basis: stated"
        )
    yield "\nvalues:\n"
    for name, dated in values.items():
        yield f"  {name}:\n"
        ends = [after.split(",")[0].removeprefix("from: ") for after in dated[1:]]
        yield from (f"    - {{to: {end}, {it}}}\n" for it, end in zip(dated, ends, strict=False))
        yield f"    - {{{dated[-1]}}}\n"


def _value(node: ParameterNode, turn: int) -> str:
    """Give the text of one of a parameter's values; another turn, another value if there is one."""
    match node.type:
        case "bool":
            return "true" if turn % 2 else "false"
        case "ratio":
            return f"{{num: {turn % 10}, den: 10}}"
        case "tariff":
            return f"[{{limit_fen: {turn + 1}}}]"
        case "set":
            words = list(VOCABULARIES[node.vocabulary])
            return f"[{', '.join(words[: 1 + turn % len(words)])}]"
        case "enum":
            words = list(VOCABULARIES[node.vocabulary])
            return words[turn % len(words)]
        case _:
            most = node.at_most if node.at_most is not None else node.at_least + 10
            return str(node.at_least + turn % (1 + most - node.at_least))
