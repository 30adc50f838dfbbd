"""What the comparison has found once, each by itself and as small as it can be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from domain.account import Account
from domain.amounts import Amounts
from domain.claim import ClaimLine, ClaimRequest, Institution
from domain.codes import (
    Category,
    Coverage,
    Funding,
    Insurance,
    Order,
    Place,
    RefundAfterEnd,
    Relation,
    Segment,
    Work,
)
from domain.ids import ClaimId, InstitutionId, PersonId, PoolId
from domain.person import Person
from domain.pool import Binding, Pool, Standing
from domain.purses import Purse, quota_purse
from domain.rules import RuleBook
from simulation.bulk import deciding
from simulation.bulk.deciding import Decide, compiled, plain
from simulation.bulk.ledgers.intake import take_in
from tests.builders import ANY_USE, HERE, START, rules
from tests.bulk_equality.areas import Areas
from tests.bulk_equality.comparing import Difference
from tests.bulk_equality.happenings import HUGE, Bill, Cancel, Credit, Happening
from tests.bulk_equality.people import closed
from tests.bulk_equality.playing import Desk, Playing
from tests.bulk_equality.rounds import with_cut_quotas
from tests.bulk_equality.rows import Layout
from tests.bulk_equality.singly import Books
from tests.bulk_equality.tally import Tally

TODAY = date(2026, 3, 2)
PATIENT, FIRST, SECOND = PersonId("p"), PersonId("g1"), PersonId("g2")


def someone(who: PersonId, fen: int, *, pools: str = "") -> Person:
    """Give somebody with an account."""
    return Person(
        id=who,
        region=HERE,
        insurance=Insurance.EMPLOYEE,
        work=Work.IN_SERVICE,
        coverage=((date(2000, 1, 1), Coverage.ACTIVE),),
        account=Account(2026, available=Amounts(fen, 0), credited_fen=fen),
        pools=frozenset(PoolId(each) for each in pools.split()),
    )


def family(name: str, grantor: PersonId, *, bound_on: date) -> Pool:
    """Give a family in which one grantor helps the patient, who put that one first."""
    binding = Binding(
        grantor=grantor,
        beneficiary=PATIENT,
        relation=Relation.CHILD,
        filing_no=1,
        bound_on=bound_on,
        active_from=bound_on,
        standing=Standing.BOUND,
        authorization=ANY_USE,
    )
    return Pool(
        PoolId(name),
        HERE,
        grantor,
        bindings={(grantor, PATIENT): binding},
        orders={PATIENT: (grantor,)},
        filed=1,
    )


def bill(number: int, fen: int) -> Bill:
    """Give a bill of one line."""
    request = ClaimRequest(
        claim=ClaimId(f"C{number}"),
        patient=PATIENT,
        institution=Institution(InstitutionId("H1"), Place.HOSPITAL, HERE),
        service_date=TODAY,
        lines=(ClaimLine(1, Category.OUTPATIENT, fen),),
    )
    return Bill(TODAY, number, request)


class Played:
    """Books and arrays of a patient with two grantors, one in each of two families."""

    def __init__(
        self, *stretches: list[Happening], decide: Decide | None = None, **values: object
    ) -> None:
        """Take the rules' values by their names, with _ for the dot."""
        changes = {name.replace("_", ".", 1): value for name, value in values.items()}
        book = RuleBook([rules(changes)])
        self.persons = {
            PATIENT: someone(PATIENT, 0, pools="F1 F2"),
            FIRST: someone(FIRST, 100, pools="F1"),
            SECOND: someone(SECOND, 100, pools="F2"),
        }
        later, earlier = START + timedelta(days=9), START + timedelta(days=3)
        pools = [family("F1", FIRST, bound_on=later), family("F2", SECOND, bound_on=earlier)]
        self.pools = {pool.id: pool for pool in pools}
        self.books = Books(self.persons, self.pools, book)
        self.tally = Tally()
        self.stretches = stretches
        areas = Areas("small", book, (HERE,), TODAY, 100)
        desk = Desk(decide or plain(), self.tally)
        self.playing = Playing(Random(0), areas, stretches=stretches, desk=desk)

    def play(self, part: int) -> list[Difference]:
        """Play a stretch."""
        return list(self.playing.stretch(self.stretches[part], self.books))


def test_equal_places_in_two_chosen_orders_go_by_day_of_binding() -> None:
    played = Played([bill(1, 60)], pool_order=Order.USER_SET)
    assert played.play(0) == []
    accounts = [played.books.person(who).account for who in (FIRST, SECOND)]
    assert [each.available.current_fen for each in accounts if each] == [100, 40]


def test_a_credit_and_an_unknown_claim_name_no_rule() -> None:
    asked: list[Happening] = [Credit(TODAY, FIRST, Segment.CURRENT, 5), Cancel(TODAY, 7, None)]
    assert Played(asked).play(0) == []


def test_a_refund_to_a_closed_account_is_left_to_the_single_settlement() -> None:
    """Also where the relation has ended, too, and the patient would get it in cash."""
    for standing in (Standing.BOUND, Standing.ENDED):
        cancel = Cancel(TODAY + timedelta(days=1), 1, None)
        played = Played([bill(1, 60)], [cancel], claim_refund_after_end=RefundAfterEnd.CASH)
        assert played.play(0) == []
        payer = played.books.person(SECOND)
        assert payer.account is not None
        played.books.put(replace(payer, account=closed(payer.account, TODAY)))
        pool = played.books.pools[PoolId("F2")]
        ended = {pair: replace(b, standing=standing) for pair, b in pool.bindings.items()}
        played.books.put(replace(pool, bindings=ended))
        assert played.play(1) == []
        assert played.playing.left == [cancel]


@pytest.mark.parametrize("kind", [plain, compiled])
def test_use_that_fits_nowhere_is_never_counted_wrongly(kind: Callable[[], Decide]) -> None:
    happenings: list[Happening] = []
    for number in (1, 2):
        happenings.append(Credit(TODAY, FIRST, Segment.CURRENT, HUGE - 1_000))
        happenings.append(bill(number, HUGE - 900))
    played = Played(happenings, decide=kind())
    with pytest.raises((OverflowError, ValueError), match=r"beyond|invalid value"):
        played.play(0)


def test_credits_that_follow_each_other_are_no_long_bill() -> None:
    asked: list[Happening] = [Credit(TODAY, FIRST, Segment.CURRENT, fen) for fen in range(1, 40)]
    played = Played(asked)
    table = played.playing.table
    intake = take_in(played.persons, played.pools, table=table)
    rows = Layout(asked, table.regions).lay(asked, intake).rows
    assert deciding._begins(rows).all()
    assert played.play(0) == []


@pytest.mark.parametrize("cut", [False, True])
def test_a_quota_takes_back_what_it_gave_unless_it_was_cut(cut: bool) -> None:  # noqa: FBT001  # drawn by pytest
    cancel: list[Happening] = [Cancel(TODAY, 1, None)]
    played = Played([bill(1, 60)], cancel, pool_funding=Funding.QUOTA)
    for grantor in (FIRST, SECOND):
        owner = played.books.person(grantor)
        assert owner.account is not None
        purses = {quota_purse(PATIENT): Purse(PoolId("F1"), Amounts(100, 0), 100)}
        account = replace(owner.account, set_aside=purses, credited_fen=200)
        played.books.put(replace(owner, account=account))
    assert played.play(0) == []
    payer = played.books.person(SECOND)
    assert payer.account is not None
    if cut:
        played.books.put(replace(payer, account=with_cut_quotas(payer.account)))
    assert played.play(1) == []
    account = played.books.person(SECOND).account or account
    assert account.available.total_fen == (160 if cut else 100)
    assert account.set_aside_amounts.total_fen == (40 if cut else 100)


def test_a_grantors_part_is_given_back_in_cash_once_the_relation_has_ended() -> None:
    cancel = Cancel(TODAY + timedelta(days=1), 1, ((1, 50, 0),))
    played = Played([bill(1, 60)], [cancel], claim_refund_after_end=RefundAfterEnd.CASH)
    assert played.play(0) == []
    pool = played.books.pools[PoolId("F2")]
    ended = {pair: replace(b, standing=Standing.ENDED) for pair, b in pool.bindings.items()}
    played.books.put(replace(pool, bindings=ended))
    assert played.play(1) == []
    assert played.tally.seen["cancelled: a grantor's part in cash"] == 1
