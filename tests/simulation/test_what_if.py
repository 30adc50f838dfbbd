"""The same claims by other rules: who pays, what is at risk, what would have to be adjusted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.codes import Order, RefundAfterEnd, Relation, WalletModel
from domain.codes import Till as Tapping
from domain.ids import ClaimId, PersonId, TransferId
from domain.rules import Citation, RuleBook
from domain.text import Text
from ledger import commands
from ledger.application import Application
from ledger.errors import HypotheticalRules
from ledger.store import init, memory, open_writer
from policies.loader import load, load_library
from simulation.adjusting import proposals
from simulation.risk import risks
from simulation.scenario import run
from simulation.scenario_file import SHIPPED, read_scenario
from simulation.scenario_steps import ScenarioNode
from simulation.what_if import (
    AID,
    CASH,
    OWN,
    WALLET,
    Payer,
    compare_history,
    compare_scenario,
    difference,
)
from tests.builders import HERE, SAME_PROVINCE, request, rules
from tests.ledger.till import Till

ANNE, BEN, CARL = PersonId("anne"), PersonId("ben"), PersonId("carl")
FILED, LAST = {"pool.order": Order.FILING}, {"pool.order": Order.LAST_BOUND}


@pytest.fixture
def till() -> Till:
    """Give a till where Ben may use the accounts of Anne, bound first, and Carl."""
    till = Till(rules(FILED))
    till.person(ANNE, 300)
    till.person(CARL, 300)
    till.person(BEN)
    till.bind(ANNE, BEN)
    till.bind(CARL, BEN)
    till.done(commands.Settle(request=request("c1", BEN, own_fen=400)))
    return till


def test_a_history_is_decided_again_with_the_balances_of_its_moments(till: Till) -> None:
    comparison = compare_history(till.store, RuleBook([rules(LAST)]))
    assert comparison.decided == 1
    (changed,) = comparison.changed
    assert difference(changed.before, changed.after) == {
        Payer(AID, ANNE): -200,
        Payer(AID, CARL): 200,
    }
    assert changed.moved_fen == 200
    assert comparison.by_payer() == {Payer(AID, ANNE): (300, 100), Payer(AID, CARL): (100, 300)}


def test_the_same_rules_change_nothing(till: Till) -> None:
    assert compare_history(till.store, RuleBook([rules(FILED)])) == (1, ())


def test_a_claim_that_would_be_refused_keeps_its_reason(till: Till) -> None:
    comparison = compare_history(till.store, RuleBook([rules(FILED, region="990000")]))
    (changed,) = comparison.changed
    assert changed.after is None
    assert changed.refusal is not None
    assert changed.refusal.code == "no_rule"
    assert changed.moved_fen == 400


def test_a_settlement_that_a_late_rule_changes_is_proposed_for_adjustment(till: Till) -> None:
    (proposal,) = proposals(till.store, RuleBook([rules(LAST)]))
    assert proposal.decision.request.claim == "c1"
    assert proposal.changed.moved_fen == 200
    assert proposal.parameters == ()  # the recorded rule set is not in the book
    assert proposals(till.store, RuleBook([rules(FILED)])) == []


def test_the_rules_that_differ_are_named_where_both_are_known(till: Till) -> None:
    before = rules(FILED)
    why = Citation(HERE, "2026-02-01", "assumed", Text("", ""), (), (), Text("", ""))
    changed = {"since": date(2026, 2, 1), "citations": {"pool.order": why}}
    now = rules(LAST).model_copy(update=changed)
    (proposal,) = proposals(till.store, RuleBook([before, now]))
    assert proposal.parameters == ("pool.order",)
    assert proposal.rule_set == now.id


def test_what_was_cancelled_needs_no_adjustment(till: Till) -> None:
    claim = till.application.claim(ClaimId("c1"))
    assert claim is not None
    assert claim.settlement is not None
    till.done(commands.Cancel(settlement=claim.settlement))
    assert proposals(till.store, RuleBook([rules(LAST)])) == []


def test_a_settlement_whose_area_has_no_rules_now_is_proposed_too(till: Till) -> None:
    (proposal,) = proposals(till.store, RuleBook([rules(FILED, region="990000")]))
    assert proposal.rule_set is None


def test_a_relative_whose_area_lost_its_rules_pays_nothing() -> None:
    till = Till(rules(), rules(region=SAME_PROVINCE))
    till.person(ANNE, 300, region=SAME_PROVINCE)
    till.person(BEN)
    till.bind(ANNE, BEN)
    till.done(commands.Settle(request=request("c1", BEN, own_fen=200)))
    (changed,) = compare_history(till.store, RuleBook([rules()])).changed
    assert difference(changed.before, changed.after) == {
        Payer("cash"): 200,
        Payer(AID, ANNE): -200,
    }


def test_the_wallet_is_a_payer_of_its_own() -> None:
    wallets = {"wallet.model": WalletModel.TRANSFER}
    till = Till(rules(wallets))
    till.person(ANNE, 1_000)
    till.person(BEN, 100)
    for person in (ANNE, BEN):
        till.done(commands.OpenWallet(person=person))
    till.done(commands.Send(sender=ANNE, recipient=BEN, amount_fen=400, relation=Relation.CHILD))
    till.done(commands.Accept(person=BEN, transfer=TransferId("T-anne-1")))
    till.done(commands.Settle(request=request("c1", BEN, own_fen=450)))
    asking = RuleBook([rules(wallets | {"wallet.till": Tapping.ON_REQUEST})])
    (changed,) = compare_history(till.store, asking).changed
    assert changed.before == {Payer(OWN): 100, Payer(WALLET): 350}
    assert difference(changed.before, changed.after) == {Payer(CASH): 350, Payer(WALLET): -350}
    assert changed.moved_fen == 350


def scenario(name: str) -> ScenarioNode:
    found = read_scenario(SHIPPED / f"{name}.yaml")
    assert isinstance(found, ScenarioNode)
    return found


def test_a_scenario_is_played_again_so_that_differences_have_consequences() -> None:
    hubei = scenario("hubei-last-bound-first")
    book = load()
    assert compare_scenario(hubei, before=book, after=book).changed == ()
    without_rules = compare_scenario(hubei, before=book, after=RuleBook([])).changed
    assert [(each.claim, each.after) for each in without_rules] == [("visit", None)]


def test_a_scenario_may_be_played_where_the_patient_is_refunded_in_cash() -> None:
    rule = {"pool.order": Order.LAST_BOUND, "claim.refund_after_end": RefundAfterEnd.CASH}
    book = RuleBook([rules(rule, region="420000")])
    report = run(scenario("hubei-refund-after-unbinding"), book, name="cash")
    found = [(each.what.en, each.expected.en, each.got.en) for each in report.differences]
    assert found == [("balance of A", "300.00", "200.00")]


def test_what_hangs_on_a_contested_rule_is_counted() -> None:
    with memory() as store:
        run(scenario("shanghai-devices-at-pharmacy"), load(), name="devices", store=store)
        found = risks(load_library(), [store])
    pharmacy = [
        risk
        for risk in found
        if risk.alternative.decision.parameter == "pool.places" and risk.changed
    ]
    assert pharmacy
    assert all(risk.moved_fen > 0 and risk.reached >= len(risk.changed) for risk in pharmacy)
    assert any(not risk.reached for risk in found)


def test_no_store_on_disk_takes_rules_that_nobody_made(tmp_path: Path) -> None:
    book = RuleBook([rules()], hypothetical=True)
    init(tmp_path)
    before = (tmp_path / "events.sqlite").read_bytes()
    with open_writer(tmp_path) as store, pytest.raises(HypotheticalRules) as caught:
        Application(store, book)
    assert str(tmp_path) in caught.value.says("zh")
    assert (tmp_path / "events.sqlite").read_bytes() == before
    with memory() as store, Application(store, book) as application:
        assert application.book.hypothetical


def test_an_offer_and_its_acceptance_count_once() -> None:
    till = Till(rules({"claim.till": Tapping.TWO_TAPS, **FILED}))
    till.person(ANNE, 300)
    till.person(BEN)
    till.bind(ANNE, BEN)
    asked = commands.Settle(request=request("c1", BEN, own_fen=200))
    assert till.done(asked)["status"] == "offered"
    assert compare_history(till.store, RuleBook([rules({"pool.per_use_cap": 50})])) == (0, ())
    assert till.done(asked)["status"] == "settled"
    comparison = compare_history(till.store, RuleBook([rules({"pool.per_use_cap": 50})]))
    assert (comparison.decided, len(comparison.changed)) == (1, 1)
