"""What a ledger may hold that the arrays of a bulk run cannot: found and named beforehand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.account import Account
from domain.ids import PersonId, PoolId
from domain.person import Person
from domain.pool import Pool
from domain.text import Text

MOST_FEN = 2**31 - 1
"""The largest amount that a balance, or the use of one relation, may reach in the arrays."""


class Obstacle(NamedTuple):
    """A person whose state does not fit into the arrays, and why."""

    person: PersonId
    says: Text


class NotForBulk(Exception):  # noqa: N818 - what the ledger holds is right, only not for arrays
    """Persons whose state the arrays cannot hold, all of them."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        """Take every obstacle that was found."""
        self.obstacles = tuple(obstacles)
        super().__init__("; ".join(f"{each.person}: {each.says.en}" for each in obstacles))


def obstacles(
    persons: Mapping[PersonId, Person],
    pools: Mapping[PoolId, Pool],
    *,
    regions: Collection[str],
) -> Iterator[Obstacle]:
    """Find everything that the arrays cannot hold, person by person.

    `regions` are those of the rule table.
    """
    years: dict[str, int] = {}
    for person in persons.values():
        said = [*_of_person(person, regions), *_of_families(person, persons, pools)]
        if person.wallet is not None:
            said += _of_wallet(person)
        if person.account is not None:
            said += _of_account(person.account)
            if person.account.closed is None:
                year = years.setdefault(person.region, person.account.account_year)
                said += [_OTHER_YEAR] if year != person.account.account_year else []
        yield from (Obstacle(person.id, each) for each in said)


def _of_person(person: Person, regions: Collection[str]) -> Iterator[Text]:
    if person.moves:
        yield _MOVED
    if person.region not in regions:
        yield _UNKNOWN_AREA


def _of_families(
    person: Person, persons: Mapping[PersonId, Person], pools: Mapping[PoolId, Pool]
) -> Iterator[Text]:
    """Ask whether all families and grantors of a person are there, and all relatives that used."""
    theirs = person.pools | person.former_pools
    if not theirs <= pools.keys():
        yield _FAMILY_MISSING
        return
    bound = [pair for pool in theirs for pair in pools[pool].bindings]
    if any(grantor not in persons for grantor, beneficiary in bound if beneficiary == person.id):
        yield _GRANTOR_MISSING
    helped = {beneficiary for grantor, beneficiary in bound if grantor == person.id}
    if person.account is not None and not person.account.used.keys() <= helped & persons.keys():
        yield _USED_BY_OTHERS


def _of_wallet(person: Person) -> Iterator[Text]:
    assert person.wallet is not None
    if person.wallet.holds:
        yield _HELD
    if person.wallet.pending:
        yield _PENDING
    if person.wallet.available_fen > MOST_FEN:
        yield _TOO_MUCH


def _of_account(account: Account) -> Iterator[Text]:
    if account.holds:
        yield _HELD
    if any(fen > MOST_FEN for fen in _amounts(account)):
        yield _TOO_MUCH


def _amounts(account: Account) -> Iterable[int]:
    """Give every amount of an account that has a place of its own in the arrays, fen."""
    for amount in (account.available, *(purse.amount for purse in account.set_aside.values())):
        yield amount.total_fen  # a rollover puts both segments into one
    for purse in account.set_aside.values():
        yield purse.quota_fen or 0
    for used in account.used.values():
        yield from used.values()
    for period in {period for used in account.used.values() for period in used}:
        yield account.used_by_all_fen(period)


_MOVED = Text("曾跨统筹区转移医保关系", "moved between pooling areas")
_UNKNOWN_AREA = Text("所在统筹区不在规则表中", "belongs to an area that the rule table lacks")
_FAMILY_MISSING = Text("所属共济组缺失", "belongs to a family pool that is missing")
_GRANTOR_MISSING = Text("授权人缺失", "has a grantor who is missing")
_USED_BY_OTHERS = Text("账户被无关系的人使用过", "was used by somebody without a relation")
_HELD = Text("有未结束的预授权", "holds money for an open claim")
_PENDING = Text("有待接收的转账", "has transfers that wait to be accepted")
_TOO_MUCH = Text("金额超出数组范围", "has amounts beyond what the arrays hold")
_OTHER_YEAR = Text("账户年度与本统筹区其他账户不同", "has another account year open than the area")
