"""Clearing lists what areas owe each other, to the fen, and neither makes money nor loses any."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.account import AccountCaptured, AccountDebited, AccountRestored
from domain.claim import ClaimAuthorized, ClaimRequest, ClaimSettled
from domain.codes import Funding, Insurance, Relation, WalletModel
from domain.gifts import AccountGiven
from domain.ids import ClaimId, PersonId, PoolId, RegionCode, TransferId, settlement_id
from domain.person import Person, person_stream
from domain.wallet import WalletAccepted, WalletCaptured, WalletDebited, WalletRestored
from ledger import commands
from ledger.application import Application
from ledger.redecide import States
from ledger.store import memory
from policies.loader import load
from projections.clearing import (
    AID,
    FUND,
    OWN,
    TRANSFER,
    WALLET,
    Line,
    Owed,
    clearing_lines,
    net,
    owed,
)
from simulation.random_history import play
from tests.builders import ELSEWHERE, HERE, SAME_PROVINCE, institution, line, noon, request, rules
from tests.ledger.till import Till
from tests.properties.rulebooks import rule_book

ANNE, BEN = PersonId("anne"), PersonId("ben")
C1 = ClaimId("c1")
MARCH = "2026-03"


@pytest.fixture
def till() -> Till:
    """Give a till where Anne, of another city, pays for Ben."""
    till = Till(rules(), rules(region=SAME_PROVINCE), rules(region=ELSEWHERE))
    till.person(ANNE, 1_000, region=SAME_PROVINCE)
    till.person(BEN, 100)
    till.bind(ANNE, BEN)
    return till


def march(till: Till) -> list[Owed]:
    return owed(clearing_lines(till.store, MARCH))


def settle(till: Till, *, where: RegionCode = HERE) -> None:
    till.done(
        commands.Settle(
            request=request(
                "c1",
                BEN,
                lines=[line(1, 400, fund_fen=200)],
                institution=institution(region=where),
                emergency=where != HERE,  # so that the fund pays there without a filing
            )
        )
    )


def test_a_grantor_of_another_area_makes_that_area_owe(till: Till) -> None:
    settle(till)
    assert march(till) == [Owed(SAME_PROVINCE, HERE, "mutual_aid", 1, 300)]
    assert net(march(till)) == {HERE: 300, SAME_PROVINCE: -300}


def test_care_in_another_area_is_owed_by_the_area_of_each_payer(till: Till) -> None:
    settle(till, where=ELSEWHERE)
    assert march(till) == [
        Owed(HERE, ELSEWHERE, "fund", 1, 200),
        Owed(HERE, ELSEWHERE, "own_account", 1, 100),
        Owed(SAME_PROVINCE, ELSEWHERE, "mutual_aid", 1, 300),
    ]


def test_what_stays_within_an_area_is_not_cleared(till: Till) -> None:
    till.done(
        commands.Settle(
            request=request("c1", ANNE, own_fen=50, institution=institution(region=SAME_PROVINCE))
        )
    )
    assert march(till) == []


def test_what_is_given_back_is_owed_the_other_way(till: Till) -> None:
    settle(till)
    claim = till.application.claim(C1)
    assert claim is not None
    assert claim.settlement is not None
    till.done(commands.Cancel(settlement=claim.settlement))
    amounts = [each.amount_fen for each in clearing_lines(till.store, MARCH)]
    assert amounts == [300, -300]
    assert march(till) == [Owed(SAME_PROVINCE, HERE, "mutual_aid", 1, 0)]


def test_a_hold_is_cleared_when_it_is_captured(till: Till) -> None:
    asked = request(
        "c1",
        BEN,
        lines=[line(1, 400, fund_fen=200)],
        institution=institution(region=ELSEWHERE),
        emergency=True,
    )
    expires_at = datetime(2026, 3, 3, tzinfo=UTC)
    till.done(commands.AuthorizeClaim(request=asked, expires_at=expires_at))
    assert march(till) == []
    till.done(commands.Capture(claim=C1))
    assert [(each.kind, each.amount_fen) for each in march(till)] == [
        ("fund", 200),
        ("own_account", 100),
        ("mutual_aid", 300),
    ]


def test_an_attempt_that_stays_at_home_forgets_the_one_before(till: Till) -> None:
    asked = request("c1", BEN, own_fen=50, institution=institution(region=ELSEWHERE))
    expires_at = datetime(2026, 3, 3, tzinfo=UTC)
    till.done(commands.AuthorizeClaim(request=asked, expires_at=expires_at))
    till.done(commands.Release(claim=C1))
    till.done(commands.Settle(request=request("c1", BEN, own_fen=50)))
    assert march(till) == []


def test_the_area_is_that_of_the_day_of_care(till: Till) -> None:
    till.now = noon(date(2026, 3, 20))
    moved = commands.Move(person=BEN, to=ELSEWHERE, on=date(2026, 3, 10))
    till.done(moved)
    early = request("c1", BEN, own_fen=50, day=date(2026, 3, 9))
    late = request("c2", BEN, own_fen=50, day=date(2026, 3, 10))
    till.done(commands.Settle(request=early))
    till.done(commands.Settle(request=late))
    assert [(each.claim, each.debtor) for each in clearing_lines(till.store, MARCH)] == [
        ("c2", ELSEWHERE)
    ]


def test_a_month_holds_only_its_own_days(till: Till) -> None:
    settle(till)
    assert list(clearing_lines(till.store, "2026-02")) == []
    assert list(clearing_lines(till.store, "2026-0")) == []


def test_a_transfer_is_owed_by_the_area_of_its_sender_once_it_is_accepted() -> None:
    wallets = {"wallet.model": WalletModel.TRANSFER}
    till = Till(rules(wallets), rules(wallets, region=ELSEWHERE))
    till.person(ANNE, 1_000, region=ELSEWHERE)
    till.person(BEN, insurance=Insurance.RESIDENT)
    for person in (ANNE, BEN):
        till.done(commands.OpenWallet(person=person))
    sent: dict[str, Any] = {"sender": ANNE, "recipient": BEN, "relation": Relation.CHILD}
    till.done(commands.Send(**sent, amount_fen=400))
    till.done(commands.Send(**sent, amount_fen=50))
    assert march(till) == []
    till.done(commands.Accept(person=BEN, transfer=TransferId("T-anne-1")))
    till.done(commands.Accept(person=BEN, transfer=TransferId("T-anne-2")))
    assert march(till) == [Owed(ELSEWHERE, HERE, "transfer", 2, 450)]
    first, _ = clearing_lines(till.store, MARCH)
    assert (first.claim, first.account, first.recipient) == (None, ANNE, BEN)
    assert net(march(till)) == {HERE: 450, ELSEWHERE: -450}


def test_money_given_at_once_is_owed_by_the_area_of_its_giver() -> None:
    giving = {"pool.funding": Funding.TRANSFER}
    till = Till(rules(giving), rules(giving, region=SAME_PROVINCE))
    till.person(ANNE, 1_000, region=SAME_PROVINCE)
    till.person(BEN)
    till.person("carl", region=SAME_PROVINCE)
    for person in (BEN, PersonId("carl")):
        till.bind(ANNE, person, authorization=None)
        given: dict[str, Any] = {"pool": PoolId("family"), "grantor": ANNE, "beneficiary": person}
        till.done(commands.Give(**given, amount_fen=300))
    (only,) = clearing_lines(till.store, MARCH)
    assert only[2:] == (None, SAME_PROVINCE, HERE, "transfer", ANNE, 300, BEN)


def test_the_wallet_is_a_payer_of_its_own_and_its_area_that_of_the_patient() -> None:
    wallets = {"wallet.model": WalletModel.TRANSFER}
    till = Till(rules(wallets), rules(region=ELSEWHERE))
    till.person(ANNE, 1_000)
    till.person(BEN, 100)
    for person in (ANNE, BEN):
        till.done(commands.OpenWallet(person=person))
    sending = commands.Send(sender=ANNE, recipient=BEN, amount_fen=400, relation=Relation.CHILD)
    till.done(sending)
    till.done(commands.Accept(person=BEN, transfer=TransferId("T-anne-1")))
    till.bind(ANNE, BEN)
    asked = request("c1", BEN, own_fen=600, institution=institution(region=ELSEWHERE))
    till.done(commands.Settle(request=asked))
    paid = [
        Owed(HERE, ELSEWHERE, "mutual_aid", 1, 100),
        Owed(HERE, ELSEWHERE, "own_account", 1, 100),
        Owed(HERE, ELSEWHERE, "wallet", 1, 400),
    ]
    assert march(till) == paid
    till.done(commands.Cancel(settlement=settlement_id(C1, 1), own_fen={1: 300}))
    assert [each.amount_fen for each in march(till)] == [0, 100, 200]


def test_random_histories_clear_what_accounts_and_wallets_paid_across_areas() -> None:
    kinds = set[str]()
    for book, seeds in ((load(), range(8)), (rule_book(), range(30))):
        for seed in seeds:
            with memory() as store, Application(store, book) as application:
                for _ in play(application, seed=seed, operations=400):
                    pass
                months = {event.fact.effective_on.isoformat()[:7] for _, event in store.events()}
                lines = [each for month in months for each in clearing_lines(store, month)]
                assert _by_account(lines) == _paid_across_areas(application)
                assert sum(net(owed(lines)).values()) == 0
                kinds |= {line.kind for line in lines}
    assert kinds == {FUND, OWN, WALLET, AID, TRANSFER}, "what is not cleared proves nothing"


Sums = Counter[tuple[str, str, str, str]]
"""Fen by kind, account, debtor and creditor."""


def _by_account(lines: list[Line]) -> Sums:
    found = Sums()
    for each in lines:
        if each.account is not None:
            found[each.kind, each.account, each.debtor, each.creditor] += each.amount_fen
    return found


def _paid_across_areas(application: Application) -> Sums:
    """Sum what the facts of the accounts and wallets that gave say; clearing looks at others."""
    found = Sums()
    states = States()
    asked: dict[ClaimId, ClaimRequest] = {}
    homes: dict[tuple[ClaimId, PersonId], RegionCode] = {}
    for _, event in application.store.events():
        states.fold(event)
        fact, owner = event.fact, PersonId(event.stream.key)
        if isinstance(fact, ClaimSettled | ClaimAuthorized):
            asked[fact.request.claim] = fact.request
            for trial in fact.allocation.trials:
                home = _home(states, trial.account, fact.request.service_date)
                homes[fact.request.claim, trial.account] = home
        elif isinstance(fact, WalletAccepted) or (
            isinstance(fact, AccountGiven) and not fact.transfer
        ):
            fen = fact.amount_fen if isinstance(fact, WalletAccepted) else fact.amount.total_fen
            day = fact.effective_on
            home, theirs = (_home(states, who, day) for who in (owner, fact.recipient))
            found["transfer", owner, home, theirs] += fen
        elif isinstance(fact, _OF_ACCOUNTS | _OF_WALLETS):
            claim = asked[fact.claim]
            kind = "own_account" if owner == claim.patient else "mutual_aid"
            kind = "wallet" if isinstance(fact, _OF_WALLETS) else kind
            where = claim.institution.region
            found[kind, owner, homes[fact.claim, owner], where] += _paid_fen(fact)
    return Sums({key: fen for key, fen in found.items() if key[2] != key[3]})


_OF_ACCOUNTS = AccountDebited | AccountCaptured | AccountRestored
_OF_WALLETS = WalletDebited | WalletCaptured | WalletRestored


def _paid_fen(
    fact: AccountDebited
    | AccountCaptured
    | AccountRestored
    | WalletDebited
    | WalletCaptured
    | WalletRestored,
) -> int:
    """Give what an account or a wallet paid; below zero, what came back."""
    match fact:
        case AccountDebited() | AccountCaptured():
            return fact.taken.total_fen
        case AccountRestored():
            return -fact.returned.total_fen
        case WalletDebited() | WalletCaptured():
            return fact.taken_fen
        case WalletRestored():
            return -fact.returned_fen


def _home(states: States, person: PersonId, day: date) -> RegionCode:
    """Give the area that someone belonged to on a day, as known at this point of the history."""
    found = states.latest(person_stream(person))
    assert isinstance(found, Person)
    return found.region_on(day)
