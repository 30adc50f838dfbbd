"""Notes of a long run in a JSON file, so that an interrupted run goes on where it was.

The file is replaced as a whole, so that it is never half written. Notes of another profile or of
other sources are not gone on with, and neither are those of a run that came to its end.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.faults.report import Line, Profile

ROOT = Path(__file__).parents[2]
_SOURCES = ("domain", "ledger", "projections", "tests")


class Notes:
    """Finished lines with their seconds, and how far the faults under way have come."""

    def __init__(self, path: Path, profile: Profile) -> None:
        """Go on with the notes in a file, or begin new ones."""
        self._path = path
        head = {"profile": profile.name, "scale": profile.scale, "sources": _digest()}
        known = _read(path)
        same = not known.get("complete") and head.items() <= known.items()
        self._known: dict[str, Any] = known if same else {**head, "lines": {}, "progress": {}}

    def line(self, name: str) -> tuple[Line, float] | None:
        """Give the line of a fault that is finished, and the seconds it took."""
        kept = self._known["lines"].get(name)
        return None if kept is None else (Line(**kept["line"]), kept["seconds"])

    def keep_line(self, name: str, line: Line, *, seconds: float) -> None:
        """Note that a fault is finished; one that failed stays failed."""
        self._known["lines"][name] = {"line": line._asdict(), "seconds": seconds}
        self._known["progress"].pop(name, None)
        self._write()

    def progress(self, name: str) -> Any:  # noqa: ANN401  # whatever the fault has noted
        """Give what a fault under way noted last, None if nothing."""
        return self._known["progress"].get(name)

    def keep_progress(self, name: str, progress: object) -> None:
        """Note how far a fault has come: plain JSON values of its own choice."""
        self._known["progress"][name] = progress
        self._write()

    def complete(self) -> None:
        """Note that everything is done: the next run begins anew."""
        self._known["complete"] = True
        self._write()

    def _write(self) -> None:
        new = self._path.with_name(self._path.name + ".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(self._known, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)


def _read(path: Path) -> dict[str, Any]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _digest() -> str:
    digest = sha256()
    for folder in _SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
