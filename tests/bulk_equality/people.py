"""People and families for one round, drawn so that every reason and limit has its case."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from msgspec.structs import replace

from domain.account import Account, AccountClosed
from domain.amounts import NOTHING, Amounts
from domain.codes import (
    Card,
    Category,
    Coverage,
    FilingKind,
    Funding,
    Insurance,
    Payee,
    Place,
    Relation,
    WalletModel,
    Work,
)
from domain.filed import Filing
from domain.ids import PersonId, PoolId, RegionCode
from domain.person import Person
from domain.pool import Authorization, Binding, Pool, Standing
from domain.purses import Purse, pool_purse, quota_purse
from domain.rules import UNLIMITED
from domain.time import account_year
from domain.wallet import Wallet
from tests.bulk_equality.areas import Areas

Persons = dict[PersonId, Person]
Pools = dict[PoolId, Pool]

_STANDINGS = (
    *(Standing.BOUND,) * 60,
    Standing.UNDER_REVIEW,
    Standing.REJECTED,
    Standing.ENDED,
    Standing.ENDED,
)
_RELATIONS = (*(Relation.SPOUSE, Relation.PARENT, Relation.CHILD) * 5, *Relation)
_CARDS = (*(Card.ACTIVE,) * 60, Card.LOST, Card.EXPIRED)
_INSURANCE = (*(Insurance.EMPLOYEE,) * 3, *Insurance)


class Drawing:
    """Draws the people of a round."""

    def __init__(self, random: Random, areas: Areas) -> None:
        """Draw from a seeded source, for these areas."""
        self.random = random
        self.areas = areas
        self.persons: Persons = {}
        self.pools: Pools = {}
        self.years = {region: self._year(region) for region in areas.regions}

    def _year(self, region: RegionCode) -> int:
        """Give the account year that is open in a region; some have not begun theirs yet."""
        rules = self.areas.rules(region, self.areas.starts)
        month = rules.account.year_start_month if rules else 1
        return account_year(self.areas.starts, month) - (self.random.random() < 0.1)

    # --------------------------------------------------------------------------------- amounts

    def fen(self, most: int) -> int:
        """Draw an amount of at most so many units, often nothing and often a round one."""
        unit, kind = self.areas.unit, self.random.random()
        if kind < 0.12:
            return 0
        if kind < 0.3:
            return unit * self.random.randrange(most + 1)
        return self.random.randrange(unit * most + 1)

    def limit(self) -> int:
        """Draw a limit that somebody sets; mostly there is none."""
        return UNLIMITED if self.random.random() < 0.7 else self.fen(6)

    def day(self, before: int, after: int = 0) -> date:
        """Draw a day around the start."""
        return self.areas.starts + timedelta(days=self.random.randrange(-before, after + 1))

    # --------------------------------------------------------------------------------- persons

    def enroll(self, number: int) -> Person:
        """Draw somebody; ids do not sort as people are numbered."""
        random, regions = self.random, self.areas.regions
        region = regions[0] if random.random() < 0.85 else random.choice(regions)
        person = Person(
            id=PersonId(f"p{(number * 7919 + 13) % 1_000:03}"),
            region=region,
            insurance=random.choice(_INSURANCE),
            work=Work.IN_SERVICE,
            coverage=self._coverage(),
            card=random.choice(_CARDS),
            account=self._account(region, poor=number % 3 == 1) if random.random() < 0.95 else None,
            wallet=self._wallet() if random.random() < 0.25 else None,
            filings=tuple(self._filing(region, no) for no in range(1, random.choice((1, 1, 2, 3)))),
        )
        self.persons[person.id] = person
        return person

    def _coverage(self) -> tuple[tuple[date, Coverage], ...]:
        random = self.random
        spans = {self.day(900) if random.random() < 0.1 else date(2000, 1, 1): Coverage.ACTIVE}
        if random.random() < 0.1:
            later = random.choice(list(Coverage))
            since = self.day(300, 400)
            if since > next(iter(spans)):
                spans[since] = later
                if later is Coverage.SUSPENDED:
                    spans[since + timedelta(days=random.randrange(1, 200))] = Coverage.ACTIVE
        return tuple(spans.items())

    def _account(self, region: RegionCode, *, poor: bool) -> Account:
        """Draw an account; a third hold next to nothing, so that relatives are needed."""
        most = 1 if poor else self.random.choice((4, 12, 60))
        held = Amounts(self.fen(most), self.fen(most))
        year = self.years[region]
        account = Account(
            year,
            available=held,
            credited_fen=held.total_fen,
            out_of_area=self.random.random() < 0.5,
        )
        return closed(account, self.areas.starts) if self.random.random() < 0.04 else account

    def _wallet(self) -> Wallet:
        fen = self.fen(4)
        return Wallet(available_fen=fen, came_in_fen=fen)

    def _filing(self, home: RegionCode, no: int) -> Filing:
        random = self.random
        places = [*self.areas.regions, *(RegionCode(f"{r[:2]}0000") for r in self.areas.regions)]
        since = self.day(500, 300)
        spans = [(since, random.choice(places))]
        while random.random() < 0.3:
            since += timedelta(days=random.randrange(90))
            spans.append((since, random.choice(places)))
        return Filing(
            no=no,
            kind=random.choice(list(FilingKind)),
            home=home if random.random() < 0.9 else random.choice(self.areas.regions),
            places=tuple(spans),
            last_day=since + timedelta(days=random.randrange(300))
            if random.random() < 0.5
            else None,
            ended_on=since + timedelta(days=random.randrange(200))
            if random.random() < 0.3
            else None,
        )

    # -------------------------------------------------------------------------------- families

    def found(self, number: int, members: list[PersonId]) -> None:
        """Draw a family of these members; whoever has an account may be a grantor."""
        random = self.random
        pool = Pool(PoolId(f"F{number}"), self.persons[members[0]].region, members[0])
        pairs = [(g, b) for g in members for b in members if g != b]
        chosen = random.sample(
            pairs, min(len(pairs), random.randrange(len(members), 4 * len(members)))
        )
        bindings = {pair: self._bind(pair, no) for no, pair in enumerate(chosen, start=1)}
        orders = {b: self._order(b, bindings) for b in members if random.random() < 0.5}
        joint = {g: self.limit() for g in members if random.random() < 0.3}
        pool = replace(
            pool, bindings=bindings, orders=orders, joint_year_fen=joint, filed=len(bindings)
        )
        self.pools[pool.id] = pool
        for member in members:
            self._join(pool, member)
        for (grantor, beneficiary), binding in bindings.items():
            self._set_aside(pool, binding)
            self._use(grantor, beneficiary)

    def _bind(self, pair: tuple[PersonId, PersonId], no: int) -> Binding:
        random = self.random
        bound_on = self.day(random.choice((30, 300, 900)), random.choice((0, 0, 0, 0, 0, 150)))
        return Binding(
            grantor=pair[0],
            beneficiary=pair[1],
            relation=random.choice(_RELATIONS),
            filing_no=no if random.random() < 0.8 else 1,  # so that places in the order are shared
            bound_on=bound_on,
            active_from=bound_on + timedelta(days=random.choice((0, 0, 0, 0, 10, 40))),
            standing=random.choice(_STANDINGS),
            authorization=self._authorization() if random.random() < 0.96 else None,
        )

    def _authorization(self) -> Authorization:
        random = self.random
        return Authorization(
            first_day=self.day(700, random.choice((0, 0, 200))),
            last_day=self.day(0, 500) if random.random() < 0.12 else None,
            places=self._some(list(Place)),
            categories=self._some(list(Category)),
            per_use_fen=self.limit(),
            per_day_fen=self.limit(),
            per_year_fen=self.limit(),
            retained_fen=self.fen(2) if random.random() < 0.3 else 0,
        )

    def _some(self, words: list) -> frozenset:  # type: ignore[type-arg]  # of any vocabulary
        """Draw some words of a vocabulary; mostly none, which stand for all."""
        if self.random.random() < 0.75:
            return frozenset()
        return frozenset(word for word in words if self.random.random() < 0.7)

    def _order(
        self, beneficiary: PersonId, bindings: dict[tuple[PersonId, PersonId], Binding]
    ) -> tuple[PersonId, ...]:
        grantors = [g for g, b in bindings if b == beneficiary]
        self.random.shuffle(grantors)
        return tuple(grantors[: self.random.randrange(len(grantors) + 1)])

    def _join(self, pool: Pool, member: PersonId) -> None:
        person = self.persons[member]
        if pool.bindings_of(member):
            self.persons[member] = replace(person, pools=person.pools | {pool.id})
        elif any(member in pair for pair in pool.bindings):
            former = person.former_pools | {pool.id}
            self.persons[member] = replace(person, former_pools=former)

    def _set_aside(self, pool: Pool, binding: Binding) -> None:
        """Set money aside for a relation where the grantor's area may want it, rarely elsewhere."""
        owner = self.persons[binding.grantor]
        if owner.account is None or owner.account.closed is not None:
            return
        rules = self.areas.rules(owner.region, self.areas.starts)
        often = rules is not None and rules.pool.funding in {Funding.POOL, Funding.QUOTA}
        quota = rules is not None and rules.wallet.model is WalletModel.QUOTA
        for name, likely in (
            (pool_purse(pool.id), 0.8 if often else 0.08),
            (quota_purse(binding.beneficiary), 0.7 if often or quota else 0.08),
        ):
            if name not in owner.account.set_aside and self.random.random() < likely:
                owner = self._purse(owner, name, pool.id)
        self.persons[owner.id] = owner

    def _purse(self, owner: Person, name: str, pool: PoolId) -> Person:
        account = owner.account
        assert account is not None
        amount = Amounts(self.fen(15), self.fen(8))
        quota = amount.total_fen + self.fen(3) if name.startswith("quota") else None
        account = replace(
            account,
            set_aside={**account.set_aside, name: Purse(pool, amount, quota)},
            credited_fen=account.credited_fen + amount.total_fen,
        )
        return replace(owner, account=account)

    def _use(self, grantor: PersonId, beneficiary: PersonId) -> None:
        """Let a relative have used something before, in several years and on several days."""
        owner = self.persons[grantor]
        if owner.account is None or self.random.random() < 0.6:
            return
        used = dict(owner.account.used.get(beneficiary, {}))
        for year in range(self.years[owner.region] - 1, self.years[owner.region] + 2):
            used[str(year)] = self.fen(2)
        for _ in range(3):
            used[self.day(300).isoformat()] = self.fen(1)
        account = replace(owner.account, used={**owner.account.used, beneficiary: used})
        self.persons[grantor] = replace(owner, account=account)


def closed(account: Account, on: date) -> Account:
    """Close an account and pay out what is available."""
    fact = AccountClosed(effective_on=on, payee=Payee.OWNER_CASH, paid_out=account.available)
    paid_fen = account.paid_fen + account.available.total_fen
    return replace(account, available=NOTHING, paid_fen=paid_fen, closed=fact)


def people(random: Random, areas: Areas, *, families: int) -> tuple[Persons, Pools]:
    """Draw families of three to seven; some persons belong to a second one."""
    drawing = Drawing(random, areas)
    households: list[list[PersonId]] = []
    for _ in range(families):
        size = random.randrange(3, 8)
        households.append([drawing.enroll(len(drawing.persons)).id for _ in range(size)])
    for number, household in enumerate(households):
        drawing.found(2 * number, household)
        if random.random() < 0.4:
            others = random.choice(households)
            both = sorted({*random.sample(household, 2), *random.sample(others, 2)})
            drawing.found(2 * number + 1, both)
    return drawing.persons, drawing.pools
