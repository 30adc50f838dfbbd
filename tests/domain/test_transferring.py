"""Sending money to a relative's wallet: who may, when, how much, and what becomes of it.

The breakpoints are those of the published steps for the national wallet (2025).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import pytest

from domain import bookkeeping
from domain.amounts import Amounts
from domain.codes import Coverage, Insurance, Origin, Payee, Relation, Segment, WalletModel
from domain.facts import Outcome
from domain.money import MAX_FEN
from domain.refusals import Code
from domain.rules import SegmentOrder
from tests.auditor import audit
from tests.builders import DAY, NEXT_NOON, NOON, START, days, done, refused, rules, topics
from tests.world import World

PUBLISHED = {
    "wallet.model": WalletModel.TRANSFER,
    "wallet.per_transfer_cap": 2000_00,
    "wallet.transfers_per_day": 3,
    "wallet.opens_hour": 6,
    "wallet.closes_hour": 22,
    "wallet.returns_hour": 6,
    "wallet.one_pending": True,
}


def two(changes: Mapping[str, object] | None = None, *, fen: int = 9000_00) -> World:
    """Give a son with money and his mother in resident insurance, both with wallets."""
    world = World(rules(PUBLISHED | dict(changes or {})))
    world.enroll("son", current_fen=fen)
    world.enroll("mother", insurance=Insurance.RESIDENT)
    for person in ("son", "mother"):
        done(world.open_wallet(person))
    return world


def at(clock: str, day: date = DAY) -> datetime:
    """Give an instant by the clock in Shanghai."""
    return datetime.combine(day, time.fromisoformat(f"{clock}+08:00")).astimezone(UTC)


def in_wallet(world: World, who: str) -> tuple[int, int]:
    wallet = world[who].wallet
    assert wallet is not None
    return wallet.available_fen, wallet.pending_fen


# ---------------------------------------------------------------------------------------- opening


def test_a_wallet_is_opened_once_by_somebody_insured_where_wallets_send_money() -> None:
    world = two()
    refused(world.open_wallet("son"), Code.ALREADY_EXISTS)
    world.enroll("aunt")
    done(world.cover("aunt", Coverage.SUSPENDED, on=DAY))
    refused(world.open_wallet("aunt", on=DAY), Code.COVERAGE_NOT_ACTIVE)
    done(world.open_wallet("aunt"))
    audit(world)


@pytest.mark.parametrize("model", [WalletModel.CLOSED, WalletModel.QUOTA])
def test_elsewhere_no_wallet_is_opened_and_nothing_sent(model: WalletModel) -> None:
    world = two()
    world.rule_sets = {each: rules({"wallet.model": model}) for each in world.rule_sets}
    world.enroll("aunt")
    assert refused(world.open_wallet("aunt"), Code.WALLET_NOT_IN_FORCE).rule == "wallet.model"
    assert refused(world.send("son", "mother", 1), Code.WALLET_NOT_IN_FORCE).facts["model"] == model


# ---------------------------------------------------------------------------------------- sending


def test_money_leaves_the_account_and_waits() -> None:
    world = two()
    assert topics(world.send("son", "mother", 400_00)) == ["account.given", "wallet.sent"]
    assert world.left("son") == (8600_00, 0)
    assert (in_wallet(world, "son"), in_wallet(world, "mother")) == ((0, 400_00), (0, 0))
    audit(world)


def test_the_segments_that_relatives_may_use_give_in_their_order() -> None:
    world = two({"pool.segments": SegmentOrder.PRIOR_FIRST}, fen=0)
    for segment, fen in ((Segment.CURRENT, 50), (Segment.PRIOR, 30)):
        done(world.credit("son", fen, segment=segment))
    done(world.send("son", "mother", 40))
    assert world.left("son") == (40, 0)
    only = two({"pool.segments": SegmentOrder.PRIOR_ONLY})
    refusal = refused(only.send("son", "mother", 1), Code.TRANSFER_TOO_LARGE)
    assert refusal.facts["available_fen"] == 0


@pytest.mark.parametrize(
    ("clock", "open_"),
    [("05:59", False), ("06:00", True), ("21:59", True), ("22:00", False), ("00:00", False)],
)
def test_wallets_send_from_six_to_ten(clock: str, *, open_: bool) -> None:
    outcome = two().send("son", "mother", 1, now=at(clock))
    if open_:
        done(outcome)
    else:
        assert refused(outcome, Code.WALLET_CLOSED_NOW).rule == "wallet.closes_hour"


def test_the_fourth_transfer_of_a_day_is_refused_and_the_first_of_the_next_is_not() -> None:
    world = two()
    for number in (1, 2, 3):
        done(world.send("son", "mother", 1))
        done(world.accept("mother", "son", f"T-son-{number}"))
    refusal = refused(world.send("son", "mother", 1), Code.TOO_MANY_TRANSFERS)
    assert refusal.rule == "wallet.transfers_per_day"
    done(world.send("son", "mother", 1, now=NEXT_NOON))
    audit(world)


@pytest.mark.parametrize(("fen", "sent"), [(2000_00, True), (2000_01, False)])
def test_a_transfer_has_a_cap(fen: int, *, sent: bool) -> None:
    outcome = two().send("son", "mother", fen)
    if sent:
        done(outcome)
    else:
        assert refused(outcome, Code.ABOVE_TRANSFER_CAP).rule == "wallet.per_transfer_cap"


def test_a_day_may_have_a_cap_of_its_own() -> None:
    """The limit of 2000 yuan a day that one report names."""
    world = two({"wallet.per_day_cap": 2000_00})
    done(world.send("son", "mother", 1500_00))
    done(world.accept("mother", "son", "T-son-1"))
    refusal = refused(world.send("son", "mother", 500_01), Code.ABOVE_DAY_CAP)
    assert (refusal.rule, refusal.facts["sent_fen"]) == ("wallet.per_day_cap", 1500_00)
    done(world.send("son", "mother", 500_00))


def test_a_pending_transfer_blocks_its_sender_only_where_the_rule_says_so() -> None:
    world = two()
    done(world.send("son", "mother", 1))
    refusal = refused(world.send("son", "mother", 1), Code.TRANSFER_PENDING)
    assert (refusal.rule, refusal.facts["transfer"]) == ("wallet.one_pending", "T-son-1")
    free = two({"wallet.one_pending": False})
    for _ in range(2):
        done(free.send("son", "mother", 1))
    assert in_wallet(free, "son") == (0, 2)
    audit(free)


def test_the_relation_is_stated_and_near() -> None:
    world = two({"wallet.relations": frozenset({Relation.CHILD})})
    refusal = refused(world.send("son", "mother", 1, relation=None), Code.RELATION_NOT_STATED)
    assert refusal.rule == "wallet.relations"
    assert (
        refused(world.send("son", "mother", 1), Code.TRANSFER_RELATION).rule == "wallet.relations"
    )
    done(world.send("son", "mother", 1, relation=Relation.CHILD))


def test_both_need_a_wallet_and_insurance_and_nobody_sends_to_oneself() -> None:
    world = two()
    world.enroll("aunt", current_fen=5)
    assert refused(world.send("son", "aunt", 1), Code.NO_WALLET).facts["person"] == "aunt"
    assert refused(world.send("aunt", "son", 1), Code.NO_WALLET).facts["person"] == "aunt"
    refused(world.send("son", "son", 1), Code.SELF_TRANSFER)
    done(world.cover("mother", Coverage.SUSPENDED, on=DAY))
    refused(world.send("son", "mother", 1), Code.COVERAGE_NOT_ACTIVE)
    refused(world.send("mother", "son", 1, origin=Origin.WALLET), Code.COVERAGE_NOT_ACTIVE)


@pytest.mark.parametrize("fen", [0, -1, MAX_FEN + 1])
def test_an_amount_is_positive(fen: int) -> None:
    refused(two().send("son", "mother", fen), Code.AMOUNT_OUT_OF_RANGE)


def test_nobody_sends_more_than_there_is() -> None:
    world = two(fen=100)
    refused(world.send("son", "mother", 101), Code.TRANSFER_TOO_LARGE)
    refused(world.send("mother", "son", 1), Code.NO_ACCOUNT)
    done(world.send("son", "mother", 100))
    done(world.accept("mother", "son", "T-son-1"))
    refused(world.send("mother", "son", 101, origin=Origin.WALLET), Code.TRANSFER_TOO_LARGE)
    assert topics(world.send("mother", "son", 60, origin=Origin.WALLET)) == ["wallet.sent"]
    assert in_wallet(world, "mother") == (40, 60)
    audit(world)


def test_money_is_sent_on_only_where_the_rule_allows_it() -> None:
    world = two({"wallet.onward": False})
    refusal = refused(world.send("mother", "son", 1, origin=Origin.WALLET), Code.ONWARD_NOT_ALLOWED)
    assert refusal.rule == "wallet.onward"


def test_where_nobody_has_to_accept_money_arrives_at_once() -> None:
    world = two({"wallet.acceptance": False})
    assert topics(world.send("son", "mother", 7)) == [
        "account.given",
        "wallet.sent",
        "wallet.accepted",
        "wallet.received",
    ]
    assert (in_wallet(world, "son"), in_wallet(world, "mother")) == ((0, 0), (7, 0))
    audit(world)


# ---------------------------------------------------------------------- accepting, and coming back


def sent(fen: int = 400_00) -> World:
    world = two()
    done(world.send("son", "mother", fen, now=at("21:59")))
    return world


def test_until_six_a_transfer_is_accepted_and_from_six_it_comes_back() -> None:
    tomorrow = DAY + days(1)
    world = sent()
    refused(world.come_back("son", "T-son-1", now=at("05:59", tomorrow)), Code.TRANSFER_NOT_DUE)
    outcome = world.accept("mother", "son", "T-son-1", now=at("05:59", tomorrow))
    assert topics(outcome) == ["wallet.accepted", "wallet.received"]
    assert (in_wallet(world, "son"), in_wallet(world, "mother")) == ((0, 0), (400_00, 0))
    late = sent()
    six = at("06:00", tomorrow)
    refusal = refused(late.accept("mother", "son", "T-son-1", now=six), Code.ACCEPTED_TOO_LATE)
    assert refusal.rule == "wallet.returns_hour"
    outcome = late.come_back("son", "T-son-1", now=six)
    assert topics(outcome) == ["wallet.returned", "account.transfer_returned"]
    assert (late.left("son"), in_wallet(late, "son")) == ((9000_00, 0), (0, 0))
    for each in (world, late):
        audit(each)


def test_an_ended_transfer_says_how_it_ended() -> None:
    world = sent()
    done(world.accept("mother", "son", "T-son-1"))
    for outcome in (
        world.accept("mother", "son", "T-son-1"),
        world.come_back("son", "T-son-1"),
    ):
        refused(outcome, Code.TRANSFER_ACCEPTED)
    late = sent()
    done(late.come_back("son", "T-son-1"))
    for outcome in (late.accept("mother", "son", "T-son-1"), late.come_back("son", "T-son-1")):
        refused(outcome, Code.TRANSFER_RETURNED)


def test_only_the_recipient_accepts_and_only_while_insured() -> None:
    world = sent()
    world.enroll("aunt")
    refused(world.accept("aunt", "son", "T-son-1"), Code.NOT_THE_RECIPIENT)
    refused(world.accept("mother", "son", "T-son-2"), Code.UNKNOWN_TRANSFER)
    refused(world.accept("mother", "aunt", "T-aunt-1"), Code.UNKNOWN_TRANSFER)
    done(world.cover("mother", Coverage.ENDED, on=DAY))
    refused(world.accept("mother", "son", "T-son-1"), Code.COVERAGE_NOT_ACTIVE)


def test_a_transfer_runs_to_its_end_by_the_rules_under_which_it_was_sent() -> None:
    world = sent()
    world.rule_sets = {each: rules({"wallet.model": WalletModel.QUOTA}) for each in world.rule_sets}
    done(world.accept("mother", "son", "T-son-1"))


def test_money_that_comes_back_after_the_new_year_has_become_prior_money() -> None:
    world = two()
    eve = date(2026, 12, 31)
    done(world.send("son", "mother", 500, now=at("12:00", eve)))
    done(world.roll("son", on=eve + days(1)))
    done(world.come_back("son", "T-son-1", now=at("06:00", eve + days(1))))
    assert world.left("son") == (0, 9000_00)
    audit(world)


def test_money_sent_on_comes_back_to_the_wallet() -> None:
    world = two()
    done(world.send("son", "mother", 100))
    done(world.accept("mother", "son", "T-son-1"))
    done(world.send("mother", "son", 60, origin=Origin.WALLET))
    assert topics(world.come_back("mother", "T-mother-1")) == ["wallet.returned"]
    assert in_wallet(world, "mother") == (100, 0)
    audit(world)


def closed(world: World, who: str) -> Outcome:
    payee = Payee.OWNER_CASH
    return world.record(bookkeeping.close_account(world[who], payee=payee, heir=None, on=DAY))


def test_an_account_whose_money_waits_is_not_closed() -> None:
    world = two()
    done(world.send("son", "mother", 100))
    assert refused(closed(world, "son"), Code.TRANSFER_PENDING).facts["transfer"] == "T-son-1"
    done(world.accept("mother", "son", "T-son-1"))
    done(closed(world, "son"))
    refused(world.send("son", "mother", 1), Code.ACCOUNT_CLOSED)
    audit(world)


def test_money_that_the_wallet_sent_on_does_not_keep_an_account_open() -> None:
    world = two()
    world.enroll("aunt", current_fen=50)
    done(world.open_wallet("aunt"))
    done(world.send("aunt", "son", 50))
    done(world.accept("son", "aunt", "T-aunt-1"))
    done(world.send("son", "mother", 50, origin=Origin.WALLET))
    done(closed(world, "son"))
    done(world.come_back("son", "T-son-1"))
    assert in_wallet(world, "son") == (50, 0)


def test_what_is_taken_says_the_account_year() -> None:
    world = two()
    _, change = done(world.send("son", "mother", 100, now=NOON))
    assert change.fact.taken == Amounts(100, 0)  # type: ignore[attr-defined]  # `WalletSent`
    assert change.fact.account_year == START.year  # type: ignore[attr-defined]  # as above
