"""The tables of the read models. Money is whole fen, days are dates in Shanghai, instants UTC.

Everything here can be dropped and rebuilt from the events. `position` is that of the last event
that changed the row. The checks on amounts are a second guard: the first is the domain itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.types import TypeEngine

METADATA = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored without offset in UTC, so that every database compares it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store an aware instant."""
        del dialect
        if value is None:
            return None
        offset = value.utcoffset()
        assert offset is not None, "an instant is aware"
        return value.replace(tzinfo=None) - offset

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read it back aware."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


# An event's place in the whole history. SQLite takes only INTEGER as the key of its own tree.
POSITION = BigInteger().with_variant(Integer, "sqlite")


def _key(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]] = String) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False)


def _fen(name: str) -> Column[int]:
    """Make a column of whole fen that is never below zero."""
    check = CheckConstraint(f"{name} >= 0", name=f"{name}_is_not_negative")
    return Column(name, BigInteger, check, nullable=False)


def _position() -> Column[int]:
    return Column("position", POSITION, nullable=False)


def _table(name: str, *parts: SchemaItem) -> Table:
    """Make a table that SQLite keeps in the order of its key, without a second tree."""
    return Table(name, METADATA, *parts, sqlite_with_rowid=False)


TRACKING = _table(
    "tracking",
    _key("projection"),
    Column("version", Integer, nullable=False),  # of the projection's tables and meaning
    Column("position", POSITION, nullable=False),  # of the last event that was taken in
)

# Double entry: the lines of one event add up to zero. docs/chart-of-accounts.md has the codes.
JOURNAL = _table(
    "journal",
    _key("position", POSITION),
    _key("line", Integer),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    _text("topic"),
    _text("code"),
    Column("person", String),  # owner of the personal account, on its lines
    Column("segment", String),
    Column("claim", String),
    Column("settlement", String),
    _fen("debit_fen"),
    _fen("credit_fen"),
    CheckConstraint("(debit_fen = 0) <> (credit_fen = 0)", name="one_side"),
    # Only lines of personal accounts have a segment; the others are not asked for by person.
    Index("journal_by_person", "person", sqlite_where=text("segment IS NOT NULL")),
    # All lines of an event are about the same claim, so the first is enough to find it.
    Index("journal_by_claim", "claim", sqlite_where=text("line = 1")),
)

# What the pooled fund would pay of a claim that is held: the fact of its capture does not say.
JOURNAL_HELD = _table("journal_held", _key("claim"), _fen("fund_fen"), _position())

BALANCES = _table(
    "balances",
    _key("person"),
    _key("segment"),
    _fen("available_fen"),
    _fen("held_fen"),
    _fen("set_aside_fen"),
    _position(),
)

# Open purses: money set aside for a family or, with a quota, for one beneficiary.
PURSES = _table(
    "purses",
    _key("person"),
    _key("purse"),
    _text("pool"),
    _fen("current_fen"),
    _fen("prior_fen"),
    Column("quota_fen", BigInteger),  # null: the family's
    _position(),
)

# Wallets; what is pending was sent and is still the sender's.
WALLETS = _table(
    "wallets",
    _key("person"),
    _fen("available_fen"),
    _fen("held_fen"),
    _fen("pending_fen"),
    _position(),
)

# Open holds of wallets, one for each claim that a wallet pays; an ended hold has no row.
WALLET_HOLDS = _table(
    "wallet_holds",
    _key("person"),
    _key("claim"),
    _fen("held_fen"),
    Column("expires_at", Instant, nullable=False),
    _position(),
)

# Transfers that wait to be accepted; one that ended has no row.
TRANSFERS = _table(
    "transfers",
    _key("sender"),
    _key("transfer"),
    _text("recipient"),
    _text("origin"),
    _fen("amount_fen"),
    Column("returns_at", Instant, nullable=False),
    _position(),
    Index("transfers_by_end", "returns_at"),
)

# Open holds, one for each claim and account that pays; an ended hold has no row.
HOLDS = _table(
    "holds",
    _key("person"),
    _key("claim"),
    _text("beneficiary"),
    Column("service_date", Date, nullable=False),
    Column("account_year", Integer, nullable=False),
    _fen("current_fen"),
    _fen("prior_fen"),
    Column("expires_at", Instant, nullable=False),
    _position(),
    Index("holds_by_end", "expires_at"),
)

# What a relative used of a grantor's account in an account year ("2026") or on a day of service.
USAGE = _table(
    "usage",
    _key("grantor"),
    _key("beneficiary"),
    _key("period"),
    _fen("used_fen"),
    _position(),
)

# One row for each attempt: a claim that was undone may be settled anew. Amounts are what was
# held (while `settlement` is null) or paid; `back_…` is what was given back of it since.
CLAIMS = _table(
    "claims",
    _key("claim"),
    _key("attempt", Integer),
    Column("settlement", String, unique=True),
    _text("patient"),
    _text("institution"),
    _text("place"),
    _text("region"),
    Column("service_date", Date, nullable=False),
    Column("settled_on", Date),
    Column("expires_at", Instant),
    _text("status"),
    _text("rule_set"),
    _fen("total_fen"),
    _fen("fund_fen"),
    _fen("own_fen"),
    _fen("own_account_fen"),
    _fen("wallet_fen"),
    _fen("mutual_aid_fen"),
    _fen("cash_fen"),
    _fen("back_fund_fen"),
    _fen("back_own_account_fen"),
    _fen("back_wallet_fen"),
    _fen("back_mutual_aid_fen"),
    _fen("back_cash_fen"),
    _position(),
    CheckConstraint("total_fen = fund_fen + own_fen", name="total_is_whole"),
    CheckConstraint(
        "own_fen = own_account_fen + wallet_fen + mutual_aid_fen + cash_fen", name="own_is_whole"
    ),
    CheckConstraint("back_fund_fen <= fund_fen", name="fund_back_at_most_once"),
    CheckConstraint("back_own_account_fen <= own_account_fen", name="own_back_at_most_once"),
    CheckConstraint("back_wallet_fen <= wallet_fen", name="wallet_back_at_most_once"),
    CheckConstraint("back_mutual_aid_fen <= mutual_aid_fen", name="aid_back_at_most_once"),
    CheckConstraint("back_cash_fen <= cash_fen", name="cash_back_at_most_once"),
    Index("claims_by_patient", "patient", "service_date"),
)

PERSONS = _table(
    "persons",
    _key("person"),
    _text("region"),
    _text("insurance"),
    _text("work"),
    _text("coverage"),
    _text("card"),
    Column("account_year", Integer),  # null: there is no personal account
    Column("account_closed_on", Date),
    _position(),
)

# The latest relation of two persons in a pool, as the pool itself remembers it. Limits are fen,
# null without limit; all columns from `first_day` on are null without authorization.
BINDINGS = _table(
    "bindings",
    _key("pool"),
    _key("grantor"),
    _key("beneficiary"),
    Column("filing_no", Integer, nullable=False),
    _text("relation"),
    _text("standing"),
    Column("bound_on", Date, nullable=False),
    Column("active_from", Date, nullable=False),
    Column("ended_by", String),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("places", String),  # sorted, separated by spaces; empty: all that the area allows
    Column("categories", String),
    Column("per_use_fen", BigInteger),
    Column("per_day_fen", BigInteger),
    Column("per_year_fen", BigInteger),
    Column("joint_year_fen", BigInteger),
    Column("retained_fen", BigInteger),
    _position(),
    Index("bindings_by_grantor", "grantor"),
    Index("bindings_by_beneficiary", "beneficiary"),
)

# Findings under review. `positions` are those of the events that they rest on, separated by
# spaces; `step` is the last one taken, `object_by` the last day on which an objection may come.
REVIEWS = _table(
    "reviews",
    _key("finding"),
    _text("rule"),
    Column("version", Integer, nullable=False),
    _text("level"),
    _text("subject"),
    _text("positions"),
    _fen("amount_fen"),
    _text("says_zh"),
    _text("says_en"),
    _text("step"),
    Column("object_by", Date),
    Column("handling", String),  # null: not decided
    _fen("recover_fen"),
    _position(),
    CheckConstraint("recover_fen <= amount_fen", name="recovered_at_most_once"),
    Index("reviews_by_subject", "subject"),
)

# The steps of each review, numbered from 1; `position` is that of the step's own event.
REVIEW_STEPS = _table(
    "review_steps",
    _key("finding"),
    _key("number", Integer),
    _text("step"),
    Column("taken_on", Date, nullable=False),
    _text("by"),
    Column("opinion", String),
    _position(),
)

# Every event by what it can be found by. What it says, and who did it and why, is read from the
# event itself; `digest` tells whether that is still the event that was taken in.
TRAIL = Table(
    "trail",
    METADATA,
    _key("position", POSITION),
    _text("topic"),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    _text("correlation"),
    _text("digest"),
    Index("trail_by_correlation", "correlation"),
)

BLOCK = 1 << 14  # positions; a matter of size alone, but of the tables' meaning all the same

# The events that touch a person, pool or claim. Events touch up to ten subjects each, so a row has
# all of a block of positions (position // BLOCK) as a list: ",12,13,17".
TRAIL_SUBJECTS = _table(
    "trail_subjects",
    _key("kind"),
    _key("subject"),
    _key("block", Integer),
    _text("positions"),
)

# The claims that were opened for a patient, listed in the same way as JSON texts: ",\"c1\",\"c2\"".
TRAIL_PATIENTS = _table(
    "trail_patients",
    _key("patient"),
    _key("block", Integer),
    _text("claims"),
)
