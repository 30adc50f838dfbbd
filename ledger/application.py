"""The ledger's front door: commands in, events out, answers once and for all.

`execute` and `submit` take a command with its idempotency key, actor and instant. The same key
with the same command gives the same answer, byte for byte; with another command it is a
conflict. A refusal leaves the store as it was and is decided afresh when asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

import msgspec

from domain.claim import claim_stream
from domain.finding import finding_stream
from domain.ids import MessageId, is_well_formed
from domain.person import person_stream
from domain.pool import pool_stream
from domain.refusals import Code, Refusal, refuse
from domain.settlement import quote
from ledger import (
    claim_handlers,
    commands,
    details_handlers,
    filing_handlers,
    finding_commands,
    finding_handlers,
    person_handlers,
    pool_handlers,
    sealing_handlers,
    wallet_handlers,
)
from ledger.entries import digest_of
from ledger.errors import HypotheticalRules
from ledger.quoting import situation_in
from ledger.view import EVOLVE, Refused, Result, View
from ledger.writer import Decided, Job, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from datetime import datetime

    from domain.claim import Allocation, Claim, ClaimRequest
    from domain.facts import Stream
    from domain.finding import Finding
    from domain.ids import ClaimId, FindingId, PersonId, PoolId
    from domain.person import Person
    from domain.pool import Pool
    from domain.rules import RuleBook
    from ledger.commands import Command
    from ledger.store import Store
    from ledger.workspace import Workspace
    from ledger.writer import Reply

HANDLERS: Mapping[type[Command], tuple[str, Callable[[Any, View], Result]]] = {
    commands.Settle: ("claim.settle", claim_handlers.settle),
    commands.AuthorizeClaim: ("claim.authorize", claim_handlers.authorize),
    commands.Capture: ("claim.capture", claim_handlers.capture),
    commands.Release: ("claim.release", claim_handlers.release),
    commands.Expire: ("claim.expire", claim_handlers.expire),
    commands.Cancel: ("claim.cancel", claim_handlers.cancel),
    commands.Reverse: ("claim.reverse", claim_handlers.reverse),
    commands.Enroll: ("person.enroll", person_handlers.enroll),
    commands.ChangeCoverage: ("person.coverage", person_handlers.change_coverage),
    commands.Move: ("person.move", person_handlers.move),
    commands.Retire: ("person.retire", person_handlers.retire),
    commands.ReportCard: ("person.report_card", person_handlers.report_card),
    commands.ReplaceCard: ("person.replace_card", person_handlers.replace_card),
    commands.CommitDetails: ("person.describe", details_handlers.commit),
    commands.EraseDetails: ("person.erase", details_handlers.erase),
    commands.RevealDetails: ("person.reveal", details_handlers.reveal),
    commands.RecordFiling: ("filing.record", filing_handlers.record),
    commands.ChangeFiling: ("filing.change", filing_handlers.change),
    commands.EndFiling: ("filing.end", filing_handlers.end),
    commands.OpenAccount: ("account.open", person_handlers.open_account),
    commands.Credit: ("account.credit", person_handlers.credit),
    commands.TakeBack: ("account.take_back", person_handlers.take_back),
    commands.RollYear: ("account.roll_year", person_handlers.roll_year),
    commands.SwitchOutOfArea: ("account.out_of_area", person_handlers.switch_out_of_area),
    commands.CloseAccount: ("account.close", person_handlers.close_account),
    commands.OpenPool: ("family.open", pool_handlers.open_pool),
    commands.Bind: ("family.bind", pool_handlers.bind),
    commands.Review: ("family.review", pool_handlers.review),
    commands.AuthorizeUse: ("family.authorize", pool_handlers.authorize_use),
    commands.WithdrawUse: ("family.withdraw", pool_handlers.withdraw_use),
    commands.Unbind: ("family.unbind", pool_handlers.unbind),
    commands.Give: ("family.give", wallet_handlers.give),
    commands.SetOrder: ("family.order", pool_handlers.set_order),
    commands.SetAside: ("family.set_aside", pool_handlers.set_aside),
    commands.SetQuota: ("family.quota", pool_handlers.set_quota),
    commands.ReportDivorce: ("family.divorce", pool_handlers.report_divorce),
    commands.OpenWallet: ("wallet.open", wallet_handlers.open_wallet),
    commands.Send: ("wallet.send", wallet_handlers.send),
    commands.Accept: ("wallet.accept", wallet_handlers.accept),
    commands.ReturnTransfer: ("wallet.return", wallet_handlers.return_transfer),
    commands.Seal: ("ledger.seal", sealing_handlers.seal),
    commands.HandOver: ("ledger.hand_over", sealing_handlers.hand_over),
    finding_commands.RaiseFinding: ("finding.raise", finding_handlers.raise_finding),
    finding_commands.FirstReview: ("finding.first_review", finding_handlers.review_first),
    finding_commands.SecondReview: ("finding.second_review", finding_handlers.review_second),
    finding_commands.ObjectToFinding: ("finding.object", finding_handlers.object_to),
    finding_commands.VerifyFinding: ("finding.verify", finding_handlers.verify),
    finding_commands.DecideFinding: ("finding.decide", finding_handlers.decide),
}
"""The name and the handler of every command."""

_write = msgspec.json.Encoder(order="deterministic").encode
_READ = {kind: msgspec.json.Decoder(kind).decode for kind in HANDLERS}


class Application:
    """One ledger over one store and one rule book."""

    def __init__(self, store: Store, book: RuleBook) -> None:
        """Serve an open store; it stays the caller's to close.

        Raises:
            HypotheticalRules: an overlay's rules were to decide in a store on disk.
        """
        if book.hypothetical and store.path is not None:
            raise HypotheticalRules(path=str(store.path))
        self.store = store
        self.book = book
        self._writer = Writer(store, EVOLVE)

    def execute(self, command: Command, *, key: MessageId, at: datetime, actor: str) -> Reply:
        """Carry a command out in the calling thread and give its receipt or refusal.

        Raises:
            StoreError: the machinery failed; asking again with the same key tells the outcome.
        """
        return self._writer.execute(self._job(command, key, at, actor))

    def submit(
        self, command: Command, *, key: MessageId, at: datetime, actor: str
    ) -> Future[Reply]:
        """Queue a command among many; commands that wait together share one transaction."""
        return self._writer.submit(self._job(command, key, at, actor))

    def quote(self, request: ClaimRequest, *, at: datetime) -> Allocation | Refusal:
        """Decide what a claim would be paid. Nothing is written."""

        def ask(work: Workspace) -> Allocation | Refusal:
            situation = situation_in(work, request, book=self.book, at=at)
            return situation if isinstance(situation, Refusal) else quote(request, situation)

        return self._writer.look(ask)

    def person(self, person: PersonId) -> Person | None:
        """Give an insured person as of the last commit."""
        return cast("Person | None", self._state(person_stream(person)))

    def pool(self, pool: PoolId) -> Pool | None:
        """Give a family pool as of the last commit."""
        return cast("Pool | None", self._state(pool_stream(pool)))

    def claim(self, claim: ClaimId) -> Claim | None:
        """Give a claim as of the last commit."""
        return cast("Claim | None", self._state(claim_stream(claim)))

    def finding(self, finding: FindingId) -> Finding | None:
        """Give a finding under review as of the last commit."""
        return cast("Finding | None", self._state(finding_stream(finding)))

    def _state(self, stream: Stream) -> object:
        found = self._writer.look(lambda work: work.load(stream))
        return found.state if found else None

    def close(self) -> None:
        """Finish what is queued. The store stays open."""
        self._writer.close()

    def __enter__(self) -> Self:
        """Serve for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _job(self, command: Command, key: MessageId, at: datetime, actor: str) -> Job:
        """Write the command down, for its digest, and decide on what was written."""
        kind = type(command)
        name, handler = HANDLERS[kind]
        written = _written(command)
        asked = _READ[kind](written)

        def decide(work: Workspace, now: datetime) -> Decided | Refusal:
            if not is_well_formed(key):
                return refuse(Code.MALFORMED_KEY, key=key[:64])
            try:
                view = View(work, self.book, key=key, now=now)
                result = handler(asked, view)
            except Refused as refused:
                return refused.refusal
            answer = msgspec.json.encode({"command": name, **result.answer})
            return Decided(answer, result.correlation, asked.note)

        return Job(key, digest_of(name, written), at, actor, decide, _opens(asked))


def _written(command: Command) -> bytes:
    """Write a command down, the same one always the same way."""
    if type(command) in _WITH_NUMBERS_FOR_KEYS:  # which JSON does not have
        return _write(msgspec.to_builtins(command, str_keys=True))
    return _write(command)


def _opens(asked: Command) -> tuple[Stream, ...]:
    """Name the stream that a command may begin, so that a whole group is looked up at once."""
    if isinstance(asked, _BEGINNING_A_CLAIM):
        return (claim_stream(asked.request.claim),)
    return ()


_WITH_NUMBERS_FOR_KEYS = frozenset({commands.Capture, commands.Cancel})
_BEGINNING_A_CLAIM = (commands.Settle, commands.AuthorizeClaim)
