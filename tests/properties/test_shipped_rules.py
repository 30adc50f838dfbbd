"""Random histories by the shipped rules: invariants hold, and no way of funding is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from domain.claim import ClaimOffered, ClaimSettled
from domain.codes import Funding, Till, WalletModel
from domain.facts import Fact
from domain.filed import FilingRecorded
from domain.gifts import AccountReceived
from domain.ids import PersonId, RegionCode
from domain.purses import AccountSetAside
from domain.refusals import Refusal
from domain.rules import RuleSet
from domain.wallet import WalletDebited, WalletReceived
from ledger import store as stores
from ledger.application import Application
from ledger.store import Store
from policies.loader import load
from projections.clearing import clearing_lines, net, owed
from tests.properties.watching import watch

SEEDS, OPERATIONS = range(24), 400
BOOK = load()
QUOTAS_SINCE = date(2026, 1, 9)  # the notice on sharing accounts across provinces

WAYS = {
    "pool money in Fujian",
    "pool money in Ningbo or Wenzhou",
    "a family's money pays",
    "a quota across provinces",
    "a quota pays",
    "a transfer through the wallet",
    "a wallet pays",
    "money given at once in Hangzhou",
    "an account is called for in every other area",
    "a first tap in Shandong",
    "a second tap in Shandong",
    "a filing",
}


def test_every_way_of_funding_is_taken_and_keeps_every_invariant() -> None:
    taken: Counter[str] = Counter()
    for seed in SEEDS:
        with stores.memory() as store:
            watch(store, BOOK, seed=seed, operations=OPERATIONS)
            taken.update(_ways(store))
            months = {event.fact.effective_on.isoformat()[:7] for _, event in store.events()}
            for month in months:
                assert sum(net(owed(clearing_lines(store, month))).values()) == 0
    assert taken.keys() == WAYS


def _ways(store: Store) -> Iterator[str]:
    """Name what happened in a history."""
    with Application(store, BOOK) as application:
        for _, event in store.events():
            fact = event.fact
            if isinstance(fact, ClaimSettled | ClaimOffered):
                yield from _ways_of_paying(fact)
            elif isinstance(fact, WalletReceived | WalletDebited | FilingRecorded):
                yield _PLAINLY[type(fact)]
            elif isinstance(fact, AccountSetAside | AccountReceived):
                owner = fact.giver if isinstance(fact, AccountReceived) else event.stream.key
                person = application.person(PersonId(owner))
                assert person is not None
                yield from _ways_of_setting_apart(fact, person.region_on(fact.effective_on))


_PLAINLY: dict[type[Fact], str] = {
    WalletReceived: "a transfer through the wallet",
    WalletDebited: "a wallet pays",
    FilingRecorded: "a filing",
}


def _ways_of_paying(fact: ClaimSettled | ClaimOffered) -> Iterator[str]:
    rules = _rules(fact.allocation.region, fact.request.service_date)
    aided = [each for each in fact.allocation.trials if each.pool and each.gave_fen]
    if isinstance(fact, ClaimOffered):
        assert rules.claim.till is Till.TWO_TAPS
        yield f"a first tap in {_PROVINCES[fact.allocation.region[:2]]}"
    elif aided and rules.claim.till is Till.TWO_TAPS:
        yield f"a second tap in {_PROVINCES[fact.allocation.region[:2]]}"
    elif any(not each.purse for each in aided):
        yield "an account is called for in every other area"
    if isinstance(fact, ClaimSettled):
        purses = {each.purse.partition(":")[0] for each in aided}
        yield from (_PAYING[purse] for purse in purses if purse)


_PROVINCES = {"33": "Zhejiang", "35": "Fujian", "37": "Shandong"}
_PAYING = {"pool": "a family's money pays", "quota": "a quota pays"}


def _ways_of_setting_apart(
    fact: AccountSetAside | AccountReceived, region: RegionCode
) -> Iterator[str]:
    rules = _rules(region, fact.effective_on)
    if isinstance(fact, AccountReceived):
        assert (region, rules.pool.funding) == ("330100", Funding.TRANSFER)
        yield "money given at once in Hangzhou"
    elif fact.purse.startswith("quota:"):
        assert rules.wallet.model is WalletModel.QUOTA
        assert fact.effective_on >= QUOTAS_SINCE
        yield "a quota across provinces"
    else:
        assert rules.pool.funding is Funding.POOL
        place = "Fujian" if region.startswith("35") else "Ningbo or Wenzhou"
        yield f"pool money in {place}"


def _rules(region: RegionCode, day: date) -> RuleSet:
    rules = BOOK.resolve(region, day)
    assert not isinstance(rules, Refusal)
    return rules
