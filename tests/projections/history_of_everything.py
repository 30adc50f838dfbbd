"""One history in which everything happens once, told step by step: every kind of fact is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.codes import (
    Card,
    Coverage,
    Detail,
    FilingKind,
    Handling,
    Opinion,
    Payee,
    Relation,
    Segment,
    Suspicion,
)
from domain.finding import Case
from domain.ids import ClaimId, MessageId, PersonId, PoolId, RegionCode, ReviewerId
from domain.text import Text
from ledger import commands
from ledger import finding_commands as reviewing
from ledger.commands import Command
from projections.sealing import present
from tests.builders import (
    ANY_USE,
    ELSEWHERE,
    HERE,
    SAME_PROVINCE,
)
from tests.projections.histories import CHILD, FAMILY, POOLED, History
from tests.projections.passing_money import some_transfers


def history_of_everything() -> History:
    """Give a history with every kind of fact there is."""
    history = History()
    history.found_family()
    mother, father, aunt, son = map(PersonId, ("mother", "father", "aunt", "son"))
    pair: dict[str, Any] = {"pool": FAMILY, "grantor": aunt, "beneficiary": PersonId(CHILD)}
    everything: list[Command] = [
        commands.TakeBack(person=mother, amount_fen=5_00, segment=Segment.PRIOR),
        commands.ReportCard(person=mother, card=Card.LOST, note="reported by telephone"),
        commands.ReplaceCard(person=mother),
        commands.Retire(person=father),
        commands.CommitDetails(person=mother, commitments={Detail.NAME: "0" * 64}),
        commands.RevealDetails(person=mother, receiver="bureau"),
        commands.EraseDetails(person=mother),
        commands.RecordFiling(person=mother, kind=FilingKind.LIVING_AWAY, place=ELSEWHERE),
        commands.ChangeFiling(person=mother, filing=1, place=RegionCode("440000")),
        commands.EndFiling(person=mother, filing=1),
        commands.RecordFiling(person=mother, kind=FilingKind.REFERRAL, place=ELSEWHERE),
        commands.SetOrder(pool=FAMILY, beneficiary=son, grantors=(father, mother, aunt)),
        commands.WithdrawUse(**pair),
        commands.Unbind(**pair),
        commands.Reverse(message=MessageId("lost"), patient=son),
    ]
    for command in everything:
        history.must(command)
    _some_claims(history)
    some_transfers(history)
    _the_end_of_an_account(history)
    _a_family_under_review(history)
    _a_family_with_money_set_aside(history)
    _two_taps(history)
    _the_ledger_itself(history)
    _a_finding(history)
    return history


def _some_claims(history: History) -> None:
    assert history.settle("c1", "son", 600_00, fund_fen=70_00)
    assert history.cancel("c1", {1: 550_00})
    assert history.cancel("c1")
    assert history.hold("c2", "child", 100_00, fund_fen=10_00)
    history.must(commands.Capture(claim=ClaimId("c2"), own_fen={1: 60_00}))
    assert history.hold("c3", "child", 100_00)
    history.must(commands.Release(claim=ClaimId("c3")))
    assert history.hold("c4", "father", 100_00)
    history.must(commands.Reverse(message=MessageId(f"m{history.sent}")))
    assert history.hold("c4", "father", 100_00)
    history.wait(11)
    history.must(commands.Expire(claim=ClaimId("c4")))
    assert history.settle("c5", "child", 30_00)
    history.must(commands.Reverse(message=MessageId(f"m{history.sent}")))
    assert history.hold("c6", "daughter", 350_00)
    history.wait(364)
    history.must(commands.RollYear(person=PersonId("daughter")))


def _the_end_of_an_account(history: History) -> None:
    aunt = PersonId("aunt")
    assert history.settle("c7", "aunt", 80_00)
    history.must(commands.ChangeCoverage(person=aunt, to=Coverage.DECEASED))
    history.must(
        commands.CloseAccount(person=aunt, payee=Payee.HEIR_ACCOUNT, heir=PersonId("mother"))
    )
    assert history.cancel("c7")


def _a_family_under_review(history: History) -> None:
    husband, wife = PersonId("husband"), PersonId("wife")
    family = PoolId("far-away")
    for person in (husband, wife):
        history.must(commands.Enroll(person=person, region=HERE))
        history.must(commands.Move(person=person, to=ELSEWHERE))
    history.must(commands.OpenAccount(person=husband))
    history.must(commands.OpenPool(pool=family, opener=husband))
    pair: dict[str, Any] = {"pool": family, "grantor": husband, "beneficiary": wife}
    history.must(commands.Bind(**pair, relation=Relation.SPOUSE))
    history.must(commands.Review(**pair, approved=True))


def _a_family_with_money_set_aside(history: History) -> None:
    giver, taker = PersonId("giver"), PersonId("taker")
    family = PoolId("thrifty")
    for person in (giver, taker):
        history.must(commands.Enroll(person=person, region=POOLED))
    history.must(commands.OpenAccount(person=giver))
    history.credit("giver", 90_00)
    history.must(commands.OpenPool(pool=family, opener=giver))
    pair: dict[str, Any] = {"pool": family, "grantor": giver, "beneficiary": taker}
    history.must(commands.Bind(**pair, relation=Relation.SPOUSE))
    history.must(commands.AuthorizeUse(**pair, authorization=ANY_USE))
    history.must(commands.SetAside(pool=family, grantor=giver, amount_fen=60_00))
    assert history.settle("c8", "taker", 25_00)
    assert history.cancel("c8", {1: 5_00})
    history.must(commands.Unbind(**pair))


def _two_taps(history: History) -> None:
    uncle, niece = PersonId("uncle"), PersonId("niece")
    family = PoolId("next-door")
    for person in (uncle, niece):
        history.must(commands.Enroll(person=person, region=SAME_PROVINCE))
        history.must(commands.OpenAccount(person=person))
    history.credit("uncle", 90_00)
    history.must(commands.SwitchOutOfArea(person=niece, to=True))
    history.must(commands.OpenPool(pool=family, opener=uncle))
    pair: dict[str, Any] = {"pool": family, "grantor": uncle, "beneficiary": niece}
    history.must(commands.Bind(**pair, relation=Relation.CHILD))
    history.must(commands.AuthorizeUse(**pair, authorization=ANY_USE))
    assert history.settle("c9", "niece", 40_00)  # an offer
    assert history.settle("c9", "niece", 40_00)
    history.must(commands.Unbind(**pair, asked_by=niece))
    assert history.cancel("c9")


def _the_ledger_itself(history: History) -> None:
    at, tree = present(history.store)
    root = tree.root.digest.hex()
    history.must(commands.Seal(at=at, totals=tree.root.totals, balances_root=root))
    history.must(commands.HandOver(receiver="bureau", origin="here", entries=1, root="0" * 64))


def _a_finding(history: History) -> None:
    case = Case(
        rule="MA-12",
        level=Suspicion.SUSPICIOUS,
        subject="person/niece",
        positions=(*range(1, 7), history.store.recorder.last_position),
        amount_fen=40_00,
        says=Text("绑定后随即大额使用", "used as soon as it was bound"),
    )
    wang, li, shop = map(ReviewerId, ("wang", "li", "hospital"))
    history.must(reviewing.RaiseFinding(case=case, by=wang, note="from the monthly run"))
    history.must(reviewing.FirstReview(finding=case.id, by=wang, opinion=Opinion.STANDS))
    until, then = (history.today + timedelta(days=days) for days in (10, 3))
    history.must(
        reviewing.SecondReview(finding=case.id, by=li, opinion=Opinion.STANDS, object_by=until)
    )
    later: dict[str, Any] = {"finding": case.id, "on": then}
    history.must(reviewing.ObjectToFinding(**later, by=shop, note="see the invoice"))
    history.must(reviewing.VerifyFinding(**later, by=li, opinion=Opinion.STANDS))
    partly = Handling.PARTLY_UPHELD
    history.must(reviewing.DecideFinding(**later, by=li, handling=partly, recover_fen=12_00))
