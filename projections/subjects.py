"""Whom and what an event touches: persons, pools, claims and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from domain.account import (
    AccountCaptured,
    AccountClosed,
    AccountDebited,
    AccountHeld,
    AccountPaidOut,
    AccountPassedOn,
    AccountReleased,
    AccountRestored,
)
from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimOffered,
    ClaimReversed,
    ClaimSettled,
    Decisive,
    Leg,
)
from domain.facts import Fact, Kind
from domain.finding import (
    FindingDecided,
    FindingFirstReviewed,
    FindingObjected,
    FindingRaised,
    FindingSecondReviewed,
    FindingVerified,
)
from domain.gifts import AccountGiven, AccountReceived
from domain.person import PersonJoinedPool, PersonLeftPool
from domain.pool import (
    AuthorizationWithdrawn,
    OrderSet,
    PoolOpened,
    RelationBound,
    RelationEnded,
    RelationReviewed,
    UseAuthorized,
)
from domain.purses import AccountSetAside, AccountSetAsideReturned, beneficiary_of
from domain.wallet import (
    WalletAccepted,
    WalletCaptured,
    WalletDebited,
    WalletHeld,
    WalletReceived,
    WalletReleased,
    WalletRestored,
    WalletSent,
)
from ledger.recorded import RecordedEvent

Subject = tuple[Kind, str]
"""Kind and key, as in `Stream`."""


def subjects(event: RecordedEvent) -> Iterable[Subject]:
    """Give everything an event touches, some twice: its own stream, and what its fact names."""
    named = _NAMED.get(type(event.fact))
    return (event.stream,) if named is None else (event.stream, *named(event.fact))


_OfWallet = WalletDebited | WalletHeld | WalletCaptured | WalletReleased | WalletRestored


def _of_account(
    fact: AccountDebited | AccountHeld | AccountRestored | AccountPassedOn,
) -> Iterable[Subject]:
    return (Kind.PERSON, fact.beneficiary), (Kind.CLAIM, fact.claim)


def _for_family(fact: AccountSetAside | AccountSetAsideReturned) -> Iterable[Subject]:
    beneficiary = beneficiary_of(fact.purse)
    whom = ((Kind.PERSON, beneficiary),) if beneficiary else ()
    return (Kind.POOL, fact.pool), *whom


def _claim(fact: AccountCaptured | AccountReleased | _OfWallet) -> Iterable[Subject]:
    return ((Kind.CLAIM, fact.claim),)


def _heir(fact: AccountClosed | AccountPaidOut) -> Iterable[Subject]:
    return ((Kind.PERSON, fact.heir),) if fact.heir else ()


def _pool(fact: PersonJoinedPool | PersonLeftPool) -> Iterable[Subject]:
    return ((Kind.POOL, fact.pool),)


OfPair = RelationBound | RelationReviewed | UseAuthorized | AuthorizationWithdrawn | RelationEnded
"""The facts about one grantor and one beneficiary."""


def _pair(fact: OfPair) -> Iterable[Subject]:
    return (Kind.PERSON, fact.grantor), (Kind.PERSON, fact.beneficiary)


def _ordered(fact: OrderSet) -> Iterable[Subject]:
    return [(Kind.PERSON, person) for person in (fact.beneficiary, *fact.grantors)]


def _decided(fact: Decisive) -> Iterable[Subject]:
    pools = [(Kind.POOL, pool) for pool, _ in fact.allocation.pools]
    return (Kind.PERSON, fact.request.patient), *_payers(fact.allocation.legs), *pools


def _payers(legs: Iterable[Leg]) -> list[Subject]:
    return [(Kind.PERSON, leg.account) for leg in legs]


_OfFinding = (
    FindingFirstReviewed
    | FindingSecondReviewed
    | FindingObjected
    | FindingVerified
    | FindingDecided
)


def _suspected(fact: _OfFinding) -> Iterable[Subject]:
    return _written(fact.subject)


def _written(subject: str) -> Iterable[Subject]:
    """Read "person/P4"; an institution, say, has no stream and so no trail."""
    kind, _, key = subject.partition("/")
    return ((Kind(kind), key),) if key and kind in _KINDS else ()


_KINDS = frozenset(Kind)


_NAMED: dict[type[Fact], Callable[[Any], Iterable[Subject]]] = {
    AccountDebited: _of_account,
    AccountHeld: _of_account,
    AccountRestored: _of_account,
    AccountPassedOn: _of_account,
    AccountCaptured: _claim,
    AccountReleased: _claim,
    AccountGiven: lambda fact: ((Kind.PERSON, fact.recipient),),
    AccountReceived: lambda fact: ((Kind.PERSON, fact.giver),),
    WalletSent: lambda fact: ((Kind.PERSON, fact.recipient),),
    WalletAccepted: lambda fact: ((Kind.PERSON, fact.recipient),),
    WalletReceived: lambda fact: ((Kind.PERSON, fact.sender),),
    WalletDebited: _claim,
    WalletHeld: _claim,
    WalletCaptured: _claim,
    WalletReleased: _claim,
    WalletRestored: _claim,
    AccountSetAside: _for_family,
    AccountSetAsideReturned: _for_family,
    AccountClosed: _heir,
    AccountPaidOut: _heir,
    PersonJoinedPool: _pool,
    PersonLeftPool: _pool,
    PoolOpened: lambda fact: ((Kind.PERSON, fact.opened_by),),
    OrderSet: _ordered,
    RelationBound: _pair,
    RelationReviewed: _pair,
    UseAuthorized: _pair,
    AuthorizationWithdrawn: _pair,
    RelationEnded: _pair,
    ClaimSettled: _decided,
    ClaimAuthorized: _decided,
    ClaimOffered: _decided,
    ClaimCaptured: lambda fact: _payers(fact.legs),
    ClaimCancelled: lambda fact: _payers(fact.legs),
    ClaimReversed: lambda fact: _payers(fact.legs),
    FindingRaised: lambda fact: _written(fact.case.subject),
    FindingFirstReviewed: _suspected,
    FindingSecondReviewed: _suspected,
    FindingObjected: _suspected,
    FindingVerified: _suspected,
    FindingDecided: _suspected,
}
"""What facts name beside their own stream; others name nothing."""
