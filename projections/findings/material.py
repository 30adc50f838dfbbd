"""What rules look at, read once for all of them: payments, draws, relations, authorizations."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from domain.codes import Coverage
from projections.use_tables import (
    USE_COVERS,
    USE_MOVES,
    USE_PERMITS,
    USE_TIES,
    USE_TRIALS,
    USE_UNDOINGS,
    USE_VISITS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Engine, Select, Table

    from domain.rules import RuleSet


class Payment(NamedTuple):
    """A hold, a settlement or the capture of a hold: columns as in `USE_VISITS`."""

    position: int
    decided: int
    kind: str
    claim: str
    settlement: str
    patient: str
    institution: str
    place: str
    area: str
    rule_set: str
    day: date
    at: datetime
    actor: str
    categories: str
    lines: str
    own_fen: int
    own_account_fen: int
    wallet_fen: int
    aid_fen: int
    cash_fen: int

    @property
    def accounts_fen(self) -> int:
        """Give what all accounts paid, in fen."""
        return self.own_account_fen + self.wallet_fen + self.aid_fen


class Draw(NamedTuple):
    """What one personal account paid of one settlement."""

    position: int
    person: str
    beneficiary: str
    day: date
    at: datetime
    fen: int
    left_fen: int
    purse: str
    of: Payment


class Move(NamedTuple):
    """An event that moved money of an account or a wallet: columns as in `USE_MOVES`."""

    position: int
    person: str
    wallet: int
    topic: str
    claim: str | None
    settlement: str | None
    beneficiary: str | None
    service_date: date | None
    account_year: int | None
    purse: str
    amount_fen: int
    returned_fen: int
    change_fen: int
    left_fen: int | None
    expires_at: datetime | None
    at: datetime

    @property
    def day(self) -> date:
        """Give the day of care, or else the day of recording."""
        return self.service_date or self.at.date()


class Undoing(NamedTuple):
    """A cancellation or a reversal of a settlement."""

    position: int
    claim: str
    settlement: str | None
    whole: int
    back_fen: int
    at: datetime


class Trial(NamedTuple):
    """A candidate of a decision: columns as in `USE_TRIALS`."""

    position: int
    place: int
    person: str
    pool: str | None
    purse: str
    reason: str
    rule_set: str
    gave_fen: int
    lines: str
    paid: str
    categories: str


class Tie(NamedTuple):
    """A relation: columns as in `USE_TIES`."""

    pool: str
    grantor: str
    beneficiary: str
    relation: str
    active_from: date
    bound_at: int
    bound_instant: datetime
    usable_at: int | None
    ended_at: int | None
    ended_instant: datetime | None
    ended_by: str | None


class Permit(NamedTuple):
    """An authorization: columns as in `USE_PERMITS`."""

    pool: str
    position: int
    grantor: str
    beneficiary: str
    until: int | None
    recorded_at: datetime
    first_day: date
    last_day: date | None
    places: str
    categories: str
    per_use_fen: int | None
    per_day_fen: int | None
    per_year_fen: int | None
    joint_year_fen: int | None

    def holds_at(self, position: int) -> bool:
        """Tell whether it was in force when the event at a position was decided."""
        return self.position < position and (self.until is None or position < self.until)


class Cover(NamedTuple):
    """What was recorded of someone's insurance: columns as in `USE_COVERS`."""

    position: int
    since: date
    coverage: str


Pair = tuple[str, str]
"""A grantor and a beneficiary."""


class Material:
    """The rows of the read model `uses`; each kind is read when a rule first asks for it."""

    def __init__(self, engine: Engine) -> None:
        """Read from an engine whose read models are up to date."""
        self.engine = engine
        self.rule_sets: dict[str, RuleSet | None] = {}
        """Rule sets that were asked for, by id; None where the rules at hand do not have one."""
        self.permits_at: dict[int, list[Permit]] = {}
        """Authorizations in force at draws that were asked for, by the draw's position."""

    def rows(self, statement: Select[Any]) -> Sequence[Any]:
        """Ask the read models something of one's own."""
        with self.engine.connect() as connection:
            return connection.execute(statement).all()

    def _all(self, kind: Any, table: Table, *names: str, by: Iterable[str]) -> list[Any]:  # noqa: ANN401  # a class of named tuples, and its objects
        columns = [table.c[name] for name in names]
        found = select(*columns).order_by(*(table.c[name] for name in by))
        return [kind._make(row) for row in self.rows(found)]

    @cached_property
    def visits(self) -> list[Payment]:
        """Every hold, settlement and capture, in order of position."""
        names = [_COLUMN.get(name, name) for name in Payment._fields]
        return self._all(Payment, USE_VISITS, *names, by=["position"])

    @cached_property
    def payments(self) -> list[Payment]:
        """Every settlement and capture, in order of position."""
        return [visit for visit in self.visits if visit.kind != "held"]

    @cached_property
    def by_settlement(self) -> dict[str, Payment]:
        """Every payment by its settlement."""
        return {payment.settlement: payment for payment in self.payments}

    @cached_property
    def moves(self) -> list[Move]:
        """Every movement of money, account by account, in order of position."""
        names = [_COLUMN.get(name, name) for name in Move._fields]
        return self._all(Move, USE_MOVES, *names, by=["person", "position"])

    @cached_property
    def draws(self) -> list[Draw]:
        """What personal accounts paid, in order of position."""
        found = []
        for move in self.moves:
            of = self.by_settlement.get(move.settlement or "") if move.topic in PAID else None
            if of is None or move.wallet:
                continue
            user = move.beneficiary or of.patient
            left_fen = move.left_fen or 0
            row = (move.position, move.person, user, of.day, move.at)
            found.append(Draw(*row, move.amount_fen, left_fen, move.purse, of))
        return sorted(found)

    @cached_property
    def aid(self) -> list[Draw]:
        """What relatives' accounts paid, in order of position."""
        return [draw for draw in self.draws if draw.person != draw.beneficiary]

    @cached_property
    def draws_of(self) -> dict[str, list[Draw]]:
        """What personal accounts paid, by settlement."""
        found: defaultdict[str, list[Draw]] = defaultdict(list)
        for draw in self.draws:
            found[draw.of.settlement].append(draw)
        return found

    @cached_property
    def undoings(self) -> list[Undoing]:
        """Every cancellation and reversal of a settlement, in order of position."""
        names = [_COLUMN.get(name, name) for name in Undoing._fields]
        found = self._all(Undoing, USE_UNDOINGS, *names, by=["position"])
        named = [each if each.settlement else self._named(each) for each in found]
        return [each for each in named if each.settlement]

    def _named(self, undoing: Undoing) -> Undoing:
        """Name what a reversal undid: the claim's last settlement; of a hold there is none."""
        before = [
            each for each in self.visits_of[undoing.claim] if each.position < undoing.position
        ]
        last = before[-1] if before else None
        return undoing._replace(settlement=last.settlement if last else None)

    @cached_property
    def visits_of(self) -> dict[str, list[Payment]]:
        """Every hold, settlement and capture by claim, in order of position."""
        found: defaultdict[str, list[Payment]] = defaultdict(list)
        for visit in self.visits:
            found[visit.claim].append(visit)
        return found

    @cached_property
    def undone(self) -> frozenset[str]:
        """Settlements of which nothing stays paid."""
        return frozenset(
            each.settlement for each in self.undoings if each.whole and each.settlement
        )

    @cached_property
    def trials(self) -> dict[int, list[Trial]]:
        """The candidates of every decision, in order, by its position."""
        found: defaultdict[int, list[Trial]] = defaultdict(list)
        for trial in self._all(Trial, USE_TRIALS, *Trial._fields, by=["position", "place"]):
            found[trial.position].append(trial)
        return found

    @cached_property
    def payers(self) -> dict[tuple[int, str], Trial]:
        """How each account that gives something was tried, by decision and person."""
        found: dict[tuple[int, str], Trial] = {}
        for position, tried in self.trials.items():
            for trial in tried:
                if trial.gave_fen:
                    found.setdefault((position, trial.person), trial)
        return found

    @cached_property
    def ties(self) -> list[Tie]:
        """Every relation that there ever was, in order of binding."""
        return self._all(Tie, USE_TIES, *Tie._fields, by=["bound_at"])

    @cached_property
    def ties_of(self) -> dict[Pair, list[Tie]]:
        """Relations by grantor and beneficiary."""
        found: defaultdict[Pair, list[Tie]] = defaultdict(list)
        for tie in self.ties:
            found[tie.grantor, tie.beneficiary].append(tie)
        return found

    @cached_property
    def permits_by_grantor(self) -> dict[str, list[Permit]]:
        """Authorizations by grantor."""
        found: defaultdict[str, list[Permit]] = defaultdict(list)
        for (grantor, _), permits in self.permits_of.items():
            found[grantor] += permits
        return found

    @cached_property
    def permits_of(self) -> dict[Pair, list[Permit]]:
        """Authorizations by grantor and beneficiary, in order of position."""
        found: defaultdict[Pair, list[Permit]] = defaultdict(list)
        for permit in self._all(Permit, USE_PERMITS, *Permit._fields, by=["position"]):
            found[permit.grantor, permit.beneficiary].append(permit)
        return found

    @cached_property
    def covers_of(self) -> dict[str, list[Cover]]:
        """What was recorded of everybody's insurance, in order of position."""
        columns = USE_COVERS.c
        found: defaultdict[str, list[Cover]] = defaultdict(list)
        asked = select(columns.person, columns.position, columns.since, columns.coverage)
        for person, *row in self.rows(asked.order_by(columns.position)):
            found[person].append(Cover(*row))
        return found

    @cached_property
    def not_always_covered(self) -> frozenset[str]:
        """Everybody of whom something else than active insurance was ever recorded."""
        return frozenset(
            person
            for person, covers in self.covers_of.items()
            if any(cover.coverage != Coverage.ACTIVE for cover in covers)
        )

    def cover(self, person: str, day: date, *, before: int | None = None) -> Cover | None:
        """Give what held of someone's insurance on a day, by what was recorded before a position.

        Without a position, by all that is known.
        """
        known = [
            each
            for each in self.covers_of.get(person, ())
            if (before is None or each.position < before) and each.since <= day
        ]
        return max(known, key=lambda each: (each.since, each.position)) if known else None

    @cached_property
    def by_decision(self) -> dict[int, Payment]:
        """Every hold and settlement by the position of its decision."""
        return {visit.decided: visit for visit in self.visits if visit.kind != "captured"}

    def decision_of(self, claim: str, position: int) -> int | None:
        """Give the position of the decision that an event about a claim carries out."""
        made = [
            visit.position
            for visit in self.visits_of.get(claim, ())
            if visit.kind != "captured" and visit.position <= position
        ]
        return made[-1] if made else None


_COLUMN = {"day": "service_date", "at": "recorded_at"}

PAID = frozenset({"account.debited", "account.captured", "wallet.debited", "wallet.captured"})
"""The topics of movements that pay."""
