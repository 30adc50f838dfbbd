"""The smallest possible ledger: everybody's state in memory, and every fact by stream.

    world = World(rules({"pool.per_use_cap": 200_00}))
    world.enroll("father")
    world.enroll("daughter", current_fen=1_300_00)
    world.bind("daughter", "father")
    world.settle(request("c1", "father", own_fen=500_00))

Nothing here checks invariants: that is what `tests/auditor.py` is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain import (
    holding,
    pool,
    settlement,
    undoing,
)
from domain.allocation import Situation
from domain.claim import Allocation, Claim, ClaimRequest
from domain.eligibility import Candidate
from domain.facts import Outcome
from domain.ids import ClaimId, MessageId, PersonId
from domain.pool import Pool
from domain.refusals import Refusal
from domain.undoing import Undo
from tests.builders import NEXT_NOON, NOON
from tests.families import Families


class World(Families):
    """Families and their claims."""

    def situation(self, asked: ClaimRequest, *, now: datetime = NOON) -> Situation:
        """Read everything that a decision about a claim may look at."""
        relatives = [
            self._candidate(each.grantor, asked, in_pool=(family, each))
            for family in self.pools.values()
            for each in family.bindings.values()
            if each.beneficiary == asked.patient
        ]
        return Situation(
            patient=self._candidate(asked.patient, asked),
            relatives=tuple(relatives),
            pools=tuple(
                (family.id, self.version(family.stream))
                for family in self.pools.values()
                if any(each.beneficiary == asked.patient for each in family.bindings.values())
            ),
            claim=self.claims.get(asked.claim),
            now=now,
        )

    def _candidate(
        self,
        who: PersonId,
        asked: ClaimRequest,
        *,
        in_pool: tuple[Pool, pool.Binding] | tuple[None, None] = (None, None),
    ) -> Candidate:
        owner = self.people[who]
        rule_set = self.rule_sets[owner.region_on(asked.service_date)]
        return Candidate(owner, self.version(owner.stream), rule_set, *in_pool)

    def quote(self, asked: ClaimRequest, *, now: datetime = NOON) -> Allocation | Refusal:
        """Decide what would be paid."""
        return settlement.quote(asked, self.situation(asked, now=now))

    def settle(self, asked: ClaimRequest, *, now: datetime = NOON) -> Outcome:
        """Decide and pay at once."""
        return self.record(settlement.settle(asked, self.situation(asked, now=now)))

    def hold(
        self,
        asked: ClaimRequest,
        *,
        now: datetime = NOON,
        until: datetime = NEXT_NOON,
    ) -> Outcome:
        """Decide and hold, for a day unless said otherwise."""
        situation = self.situation(asked, now=now)
        return self.record(settlement.authorize(asked, situation, expires_at=until))

    def capture(
        self,
        number: str,
        own_fen: Mapping[int, int] | None = None,
        *,
        now: datetime = NOON,
    ) -> Outcome:
        """Settle a held claim."""
        held = self.claims[ClaimId(number)]
        return self.record(holding.capture(held, self.people, own_fen=own_fen, now=now))

    def release(self, number: str, *, now: datetime = NOON) -> Outcome:
        """Give a hold back."""
        return self.record(holding.release(self.claims[ClaimId(number)], self.people, now=now))

    def expire(self, number: str, *, now: datetime = NEXT_NOON) -> Outcome:
        """Give a hold back that is due."""
        return self.record(holding.expire(self.claims[ClaimId(number)], self.people, now=now))

    def cancel(self, number: str, undo: Undo | None = None, *, now: datetime = NOON) -> Outcome:
        """Cancel a settlement by the rules of the patient's area."""
        settled = self.claims[ClaimId(number)]
        rule_set = self.rule_sets[self.people[settled.request.patient].region]
        return self.record(
            undoing.cancel(
                settled,
                self.people,
                undo=undo,
                rules=rule_set,
                now=now,
                ended=self.ended(settled) - {settled.request.patient},
            )
        )

    def reverse(self, number: str, *, message: str = "m1", now: datetime = NOON) -> Outcome:
        """Undo a claim whose outcome nobody heard."""
        known = self.claims[ClaimId(number)]
        return self.record(undoing.reverse(known, self.people, message=MessageId(message), now=now))

    def ended(self, settled: Claim) -> set[PersonId]:
        """Give the grantors who are not bound to a claim's patient any more."""
        bonds = [b for family in self.pools.values() for b in family.open_bindings()]
        bound = {b.grantor for b in bonds if b.beneficiary == settled.request.patient}
        return set(self.people) - bound
