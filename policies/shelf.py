"""A folder of policy files, each read when somebody needs it, and then kept.

A rule of one region needs the files of that region and of its parents, beside the registry and
the sources. Where the others stand is known from their first lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from domain.ids import RegionCode
from domain.text import Text
from policies.checks import check
from policies.documents import PolicyProblems, RegionFile, RegionNode
from policies.library import Library
from policies.linking import link
from policies.reading import Frame, read_frame, read_regions, region_files
from policies.strict_yaml import YamlMapping, YamlProblem, glance


class Sign(NamedTuple):
    """What the first lines of a region's file say; no name where they cannot be read."""

    code: RegionCode
    name: Text | None
    level: str
    parent: RegionCode
    files: tuple[Path, ...]  # more than one is a mistake that is told when the region is used


class Shelf:
    """The policy files of one folder. What is broken is told when it is used, not before."""

    def __init__(self, folder: Path) -> None:
        """Look into a folder when the first question comes."""
        self._folder = folder
        self._files: dict[str, RegionFile] = {}
        self._chains: dict[RegionCode, Library] = {}

    @cached_property
    def frame(self) -> Frame:
        """Give subjects, parameters and documents.

        Raises:
            PolicyProblems: what is wrong in the registry or the sources.
            OSError: one of the two cannot be read.
        """
        return read_frame(self._folder)

    @cached_property
    def signs(self) -> Mapping[RegionCode, Sign]:
        """Give the regions that have a file, in order of code."""
        found: dict[RegionCode, Sign] = {}
        for path in region_files(self._folder):
            sign = _sign(path)
            if twin := found.get(sign.code):
                sign = twin._replace(files=(*twin.files, path))
            found[sign.code] = sign
        return dict(sorted(found.items()))

    def chain(self, region: RegionCode) -> Library:
        """Give what a region inherits and decides: its own file and those of its parents.

        Raises:
            PolicyProblems: everything wrong in those files.
            KeyError: there is no such region.
        """
        if region not in self._chains:
            self._chains[region] = self._read(region)
        return self._chains[region]

    def _read(self, region: RegionCode) -> Library:
        paths: dict[str, Path] = {}
        sign: Sign | None = self.signs[region]
        while sign is not None and sign.files[0].name not in paths:
            paths.update({path.name: path for path in sign.files})
            sign = self.signs.get(sign.parent)
        missing = [path for name, path in paths.items() if name not in self._files]
        self._files.update(read_regions(missing))
        library = link(self.frame, {name: self._files[name] for name in paths})
        if problems := tuple(check(library)):
            raise PolicyProblems(problems)
        return library


def _sign(path: Path) -> Sign:
    try:
        top = glance(path, "region", shown_as=path.name)
        node = RegionNode.model_validate(top if isinstance(top, YamlMapping) else {})
    except (YamlProblem, ValidationError):
        code = path.stem.partition("_")[0].upper()
        return Sign(RegionCode(code), None, "", RegionCode(""), (path,))
    parent = RegionCode(node.parent)
    return Sign(RegionCode(node.code), node.name.text, node.level, parent, (path,))
