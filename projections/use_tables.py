"""The tables of the read model `uses`: the history laid out for rules that look for misuse.

Nothing here is summed up or forgotten: rows are added, one for each event that matters, because a
rule asks what held at the position of a use, and not what holds now. Money is whole fen. Amounts
have no checks: what a damaged or forged history says must be able to stand here.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, text

from projections.tables import METADATA, POSITION, Instant

# One row for each hold, settlement and capture of a claim. `decided` is the position of the event
# with the decision: of a capture its hold, else the row's own.
USE_VISITS = Table(
    "use_visits",
    METADATA,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("claim", String, nullable=False),
    Column("decided", POSITION, nullable=False),
    Column("kind", String, nullable=False),  # held, settled, captured
    Column("settlement", String),
    Column("patient", String, nullable=False),
    Column("institution", String, nullable=False),
    Column("place", String, nullable=False),
    Column("area", String, nullable=False),  # where the institution is
    Column("rule_set", String, nullable=False),
    Column("service_date", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("categories", String, nullable=False),  # sorted, separated by spaces
    Column("lines", String, nullable=False),  # what was asked, comparable: "drug 2000 500;…"
    Column("own_fen", BigInteger, nullable=False),
    Column("own_account_fen", BigInteger, nullable=False),
    Column("wallet_fen", BigInteger, nullable=False),
    Column("aid_fen", BigInteger, nullable=False),
    Column("cash_fen", BigInteger, nullable=False),
    # A capture looks for its hold.
    Index("use_visits_held", "claim", sqlite_where=text("kind = 'held'")),
)

# One row for each cancellation and reversal; a reversal does not name what it undoes.
USE_UNDOINGS = Table(
    "use_undoings",
    METADATA,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("claim", String, nullable=False),
    Column("settlement", String),
    Column("whole", Integer, nullable=False),  # 1: nothing stays paid
    Column("back_fen", BigInteger, nullable=False),  # own share given back
    Column("recorded_at", Instant, nullable=False),
)

# The candidates of a decision that gave something or say that nothing was left to pay, and own
# accounts that were not the first to be tried; `paid` lists, after commas, the lines of each.
USE_TRIALS = Table(
    "use_trials",
    METADATA,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("person", String, nullable=False),
    Column("pool", String),  # null: the patient's own account or wallet
    Column("purse", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("rule_set", String, nullable=False),
    Column("gave_fen", BigInteger, nullable=False),
    Column("lines", String, nullable=False),  # that it may pay
    Column("paid", String, nullable=False),
    Column("categories", String, nullable=False),  # of the lines that it paid
    sqlite_with_rowid=False,
)

# One row for each event that moves money of an account or a wallet. `change_fen` is what it adds
# to the available money, `left_fen` what is then available by the event's own words.
USE_MOVES = Table(
    "use_moves",
    METADATA,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("person", String, nullable=False),
    Column("wallet", Integer, nullable=False),
    Column("topic", String, nullable=False),
    Column("claim", String),
    Column("settlement", String),
    Column("beneficiary", String),
    Column("service_date", Date),
    Column("account_year", Integer),
    Column("purse", String, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("returned_fen", BigInteger, nullable=False),  # of a capture: the rest that came back
    Column("change_fen", BigInteger, nullable=False),
    Column("left_fen", BigInteger),
    Column("expires_at", Instant),
    Column("recorded_at", Instant, nullable=False),
)

# Every relation that there ever was. It may be used from `usable_at` on: bound, or approved.
USE_TIES = Table(
    "use_ties",
    METADATA,
    Column("pool", String, primary_key=True),
    Column("filing_no", Integer, primary_key=True, autoincrement=False),
    Column("grantor", String, nullable=False),
    Column("beneficiary", String, nullable=False),
    Column("relation", String, nullable=False),
    Column("active_from", Date, nullable=False),
    Column("bound_at", POSITION, nullable=False),
    Column("bound_instant", Instant, nullable=False),
    Column("usable_at", POSITION),
    Column("ended_at", POSITION),
    Column("ended_instant", Instant),
    Column("ended_by", String),
    Index("use_ties_by_pair", "grantor", "beneficiary"),
    sqlite_with_rowid=False,
)

# Every authorization that there ever was, in force between two positions. Null: without limit.
USE_PERMITS = Table(
    "use_permits",
    METADATA,
    Column("pool", String, primary_key=True),
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("grantor", String, nullable=False),
    Column("beneficiary", String, nullable=False),
    Column("until", POSITION),
    Column("recorded_at", Instant, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date),
    Column("places", String, nullable=False),
    Column("categories", String, nullable=False),
    Column("per_use_fen", BigInteger),
    Column("per_day_fen", BigInteger),
    Column("per_year_fen", BigInteger),
    Column("joint_year_fen", BigInteger),
    Index("use_permits_by_pair", "grantor", "beneficiary"),
    sqlite_with_rowid=False,
)

# What was recorded of someone's insurance, and from which day on it is so.
USE_COVERS = Table(
    "use_covers",
    METADATA,
    Column("person", String, primary_key=True),
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("since", Date, nullable=False),
    Column("coverage", String, nullable=False),
    sqlite_with_rowid=False,
)
