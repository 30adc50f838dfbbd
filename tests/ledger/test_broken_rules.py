"""A mistake in a region's file stops those who live there, and nobody else."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.ids import MessageId, PersonId, RegionCode
from ledger import commands
from ledger import store as stores
from ledger.application import Application
from ledger.writer import Receipt
from policies.documents import PolicyProblems
from policies.loader import SHIPPED, load
from tests.policies.conftest import plant

NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)
ENROLLED = date(2025, 1, 1)
IN_SHANXI, IN_BEIJING = PersonId("sun"), PersonId("bei")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give policy files with a mistake in those of Shanxi."""
    for path in SHIPPED.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    plant(tmp_path, "140000_shanxi.yaml", "value: 100000, cites", "value: 100001, cites")
    return tmp_path


def test_a_mistake_in_one_file_is_told_when_it_is_used_and_stops_nobody_else(folder: Path) -> None:
    with stores.memory() as store, Application(store, load(folder)) as application:

        def carry_out(command: commands.Command, key: str) -> object:
            return application.execute(command, key=MessageId(key), at=NOW, actor="till")

        for person, region in ((IN_SHANXI, "140000"), (IN_BEIJING, "110000")):
            enroll = commands.Enroll(person=person, region=RegionCode(region), on=ENROLLED)
            assert isinstance(carry_out(enroll, f"enroll-{person}"), Receipt)
        before = store.recorder.last_position
        open_there = commands.OpenAccount(person=IN_SHANXI, on=ENROLLED)
        for key in ("once", "again"):
            with pytest.raises(PolicyProblems, match=r"140000_shanxi.*says something else"):
                carry_out(open_there, key)
        assert store.recorder.last_position == before
        open_here = commands.OpenAccount(person=IN_BEIJING, on=ENROLLED)
        assert isinstance(carry_out(open_here, "open"), Receipt)
        assert application.person(IN_SHANXI) is not None
