"""A store in a file: repetitions, contradictions, groups, failing disks and restarts."""

# ruff: noqa: D102  # the name of a rule is its sentence

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule
from msgspec.structs import replace

from domain.ids import MessageId, PersonId
from domain.refusals import Refusal
from ledger import commands
from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from ledger.commands import Command
from ledger.entries import End, Entry
from ledger.errors import StoreFailed, StoreFull
from ledger.writer import Receipt, Reply
from simulation.random_history import Played
from tests.properties.dumping import dump
from tests.properties.invariants import Watch
from tests.properties.machine import LedgerMachine

FEN = st.integers(0, 300)


class StoreMachine(LedgerMachine):
    """A ledger in a file that is closed, opened, filled up and interrupted."""

    def __init__(self) -> None:
        """Begin with people who have something to lose."""
        super().__init__("550100")
        self.application.close()
        self.path = Path(tempfile.mkdtemp(prefix="store-machine-"))
        stores.init(self.path)
        self.store = stores.open_writer(self.path)
        self.application = Application(self.store, self.book)
        self.watch = Watch(self.application)
        self.done: list[tuple[str, Command]] = []
        self.person("A", 200)

    def teardown(self) -> None:
        """Check the file, too, and throw it away."""
        try:
            assert check_store(self.store) == []
            super().teardown()
        finally:
            shutil.rmtree(self.path)

    @rule(fen=FEN)
    def credit(self, fen: int) -> None:
        self._keep(commands.Credit(person=PersonId("A"), amount_fen=fen))

    @rule(fen=FEN)
    def settle(self, fen: int) -> None:
        self._keep(commands.Settle(request=self.request(self.new_claim(), "A", fen)))

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        if self.done:
            key, command = data.draw(st.sampled_from(self.done))
            self.send(command, key=key)

    @rule(data=st.data())
    def contradict(self, data: st.DataObject) -> None:
        if self.done:
            key, command = data.draw(st.sampled_from(self.done))
            self.send(replace(command, note="another body"), key=key)

    @rule(fens=st.lists(FEN, min_size=2, max_size=5), twice=st.booleans())
    def send_together(self, fens: list[int], *, twice: bool) -> None:
        """Queue several commands at once, sometimes one of them twice."""
        asked = [commands.Credit(person=PersonId("A"), amount_fen=fen) for fen in fens]
        keys = [MessageId(f"T{self.steps}-{n}") for n in range(len(asked))]
        if twice:
            asked, keys = [*asked, asked[0]], [*keys, keys[0]]
        waiting = [
            self.application.submit(command, key=key, at=self.now, actor="machine")
            for command, key in zip(asked, keys, strict=True)
        ]
        replies = [future.result(timeout=60) for future in waiting]
        self.steps += 1
        self._restart(*map(self._played, asked, keys, replies))
        for command, key, reply in zip(asked, keys, replies, strict=True):
            again = self.send(command, key=key)
            if not isinstance(reply, Refusal):
                assert again == reply._replace(replayed=True)

    @rule(fen=st.integers(1, 300))
    def send_to_a_full_disk(self, fen: int) -> None:
        before = dump(self.store)
        command = commands.Credit(person=PersonId("A"), amount_fen=fen)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.store.recorder, "commit", _full)
            with pytest.raises(StoreFull):
                self.application.execute(
                    command, key=MessageId("FULL"), at=self.now, actor="machine"
                )
        assert dump(self.store) == before
        self._keep(command)

    @rule(fen=st.integers(1, 300))
    def lose_the_answer_of_a_commit(self, fen: int) -> None:
        """The commit succeeds but nobody hears of it: asking again gives the answer."""
        command = commands.Credit(person=PersonId("A"), amount_fen=fen)
        self.steps += 1
        key = MessageId(f"M{self.steps}")
        commit = self.store.recorder.commit

        def deaf(entries: Sequence[Entry], *, after: End) -> End:
            commit(entries, after=after)
            raise OSError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.store.recorder, "commit", deaf)
            with pytest.raises(StoreFailed):
                self.application.execute(command, key=key, at=self.now, actor="machine")
        kept = self.store.recorder.answer(key)
        assert kept is not None
        receipt = Receipt(key, kept.answer, kept.position, replayed=False)
        self._restart(self._played(command, key, receipt))
        assert self.send(command, key=key) == receipt._replace(replayed=True)

    @rule()
    def restart(self) -> None:
        self._restart()

    @rule(hours=st.integers(-30, 300))
    def let_the_clock_jump(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def _keep(self, command: Command) -> None:
        reply = self.send(command)
        if not isinstance(reply, Refusal):
            self.done.append((f"M{self.steps}", command))

    def _played(self, command: Command, key: MessageId, reply: Reply) -> Played:
        return Played(self.steps, type(command).__name__, command, key, self.now, reply)

    def _restart(self, *unseen: Played) -> None:
        """Close the file and open it again; what was known must come back from the bytes."""
        before = dump(self.store)
        self.application.close()
        self.store.close()
        self.store = stores.open_writer(self.path)
        self.application = Application(self.store, self.book)
        assert dump(self.store) == before
        self.watch.catch_up(self.application, unseen)


def _full(_: object, **__: object) -> End:
    raise StoreFull(path="events.sqlite")


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=12, stateful_step_count=25)
