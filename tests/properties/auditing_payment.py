"""Who pays what of a claim: the auditor counts single fen, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from domain.claim import ClaimLine, ClaimRequest
from domain.codes import (
    Area,
    Coverage,
    Funding,
    Insurance,
    Order,
    OwnFirst,
    Segment,
    Till,
    WalletModel,
)
from domain.money import MAX_FEN
from domain.rules import RuleSet
from tests.properties.auditing_families import quota_of_the_wallet
from tests.properties.auditing_people import rules_of, year_of
from tests.properties.books import Bill, Bond, Books, Coin, Human, pot


@dataclass
class Payer:
    """Somebody who may pay: which lines, from which segments, and how much at most."""

    account: str
    lines: list[int]
    segments: list[str]
    room: dict[str, int]
    most: int
    own: bool

    @property
    def key(self) -> str:
        """Tell a wallet from the account of the same person."""
        return purse_of(self.account, *self.segments)


def purse_of(account: str, *segments: str) -> str:
    """Name the account, or the wallet of its owner."""
    return f"{account}|wallet" if segments == (Segment.WALLET,) else account


def payers(books: Books, request: ClaimRequest) -> list[Payer]:
    """Give everybody who may pay something of a claim, in order."""
    if not request.use_accounts:
        return []
    day = request.service_date
    rules = rules_of(books, books.humans[request.patient], day)
    assert rules is not None
    found = []
    purse = books.humans[request.patient].purse
    if purse is not None and purse.closed is None:
        lines = [
            line.no
            for line in request.lines
            if line.category in rules.own.categories
            and (rules.own.outside_catalogue or not line.outside_catalogue)
        ]
        segments = [segment.value for segment in rules.own.segments.segments]
        room = {segment: purse.fen[segment] for segment in segments}
        away = request.institution.region != books.humans[request.patient].region_on(day)
        locked = away and not rules.own.out_of_area and not purse.abroad
        if locked or request.institution.place not in rules.own.places:
            lines = []
        found.append(Payer(request.patient, lines, segments, room, MAX_FEN, own=True))
    wallet = books.humans[request.patient].wallet
    if wallet is not None and wallet.fen:
        found += _wallet_payers(request, rules, wallet.fen)
    silent = rules.claim.till is Till.ON_REQUEST and not request.aid_requested
    able = [bond for bond in books.bonds if not silent and may_pay(books, bond, request)]
    able.sort(key=lambda bond: (_place_of(books, bond, request, rules), bond.grantor))
    return found + [_relative(books, bond, request) for bond in able]


def _wallet_payers(request: ClaimRequest, rules: RuleSet, fen: int) -> list[Payer]:
    """Let the patient's wallet pay, where and when it may."""
    asked = rules.wallet.till is Till.AUTOMATIC or request.aid_requested
    if not asked or request.institution.place not in rules.wallet.places:
        return []
    lines = [
        line.no
        for line in request.lines
        if line.category in rules.wallet.categories
        and (rules.own.outside_catalogue or not line.outside_catalogue)
    ]
    name = Segment.WALLET.value
    return [Payer(request.patient, lines, [name], {name: fen}, MAX_FEN, own=True)]


def _place_of(books: Books, bond: Bond, request: ClaimRequest, rules: RuleSet) -> tuple[int, ...]:
    """Give a grantor's place in the order of the patient's area; equal ones stand by person id."""
    order = rules.pool.order
    day, number = bond.bound_on.toordinal(), bond.number
    chosen = books.orders.get((bond.pool, request.patient), [])
    if (rules.pool.reorder or order is Order.USER_SET) and bond.grantor in chosen:
        return 0, chosen.index(bond.grantor), day, number
    if order is Order.LAST_BOUND:
        return 1, -day, -number
    if order is Order.LARGEST_BALANCE:
        return 1, -_shareable(books, bond, request)
    if order is Order.ARRIVAL:
        return (1,)
    if order is Order.LOCAL_FIRST:
        where = request.service_date
        homes = {books.humans[who].region_on(where) for who in (bond.grantor, request.patient)}
        return 1, len(homes), day, number
    return 1, day, number


def _shareable(books: Books, bond: Bond, request: ClaimRequest) -> int:
    grantor = bond.grantor
    rules = rules_of(books, books.humans[grantor], request.service_date)
    purse = books.humans[grantor].purse
    if rules is None or purse is None:
        return 0
    whom = waits_for(books, bond, request, rules)
    return sum(purse.fen[pot(whom, segment)] for segment in rules.pool.segments.segments)


def waits_for(books: Books, bond: Bond, request: ClaimRequest, rules: RuleSet) -> str:
    """Give the name under which a grantor's money waits for this patient, "" if it need not."""
    day = request.service_date
    if quota_of_the_wallet(books, rules, bond, day) or rules.pool.funding is Funding.QUOTA:
        return f"quota:{bond.beneficiary}"
    return f"pool:{bond.pool}" if rules.pool.funding is Funding.POOL else ""


def may_pay(books: Books, bond: Bond, request: ClaimRequest) -> bool:
    """Tell whether a grantor's account may pay anything of this claim."""
    day, place = request.service_date, request.institution.place
    patient, grantor = books.humans[request.patient], books.humans[bond.grantor]
    rules = rules_of(books, grantor, day)
    given = bond.authorization
    if not bond.open or not bond.reviewed or bond.beneficiary != request.patient:
        return False
    if rules is None or given is None or grantor.purse is None or grantor.purse.closed is not None:
        return False
    by_wallet = quota_of_the_wallet(books, rules, bond, day)
    lapsed = grantor.told_of(day) in {Coverage.SUSPENDED, Coverage.ENDED}
    return (
        (grantor.covered(day) or (lapsed and not rules.pool.grantor_covered))
        and sum(grantor.purse.fen.values()) >= rules.pool.balance_at_least
        and bond.active_from <= day
        and bond.relation in (rules.wallet if by_wallet else rules.pool).relations
        and given.first_day <= day
        and (given.last_day is None or day <= given.last_day)
        and patient.insurance in rules.pool.beneficiary_insurance
        and (not given.places or place in given.places)
        and (
            place in rules.wallet.places
            if by_wallet
            else _area_lets(request, grantor, patient, rules)
        )
    )


def _area_lets(request: ClaimRequest, grantor: Human, patient: Human, rules: RuleSet) -> bool:
    """Tell whether the grantor's own area lets an account pay there."""
    day, place = request.service_date, request.institution.place
    home, theirs = grantor.region_on(day), patient.region_on(day)
    far = home[:2] != theirs[:2]
    sent = far and rules.wallet.model is WalletModel.TRANSFER
    given_away = rules.pool.funding is Funding.TRANSFER
    reach = min(rules.pool.area, rules.pool.direct_area, key=list(Area).index)
    return (
        not sent
        and not given_away
        and _near(home, theirs, reach)
        and _near(home, request.institution.region, reach)
        and (rules.pool.with_fund or all(line.fund_fen == 0 for line in request.lines))
        and place in rules.pool.places
        and (patient.insurance is not Insurance.RESIDENT or place in rules.pool.resident_places)
    )


def _near(one: str, other: str, area: Area) -> bool:
    same, province = one == other, one[:2] == other[:2]
    return same or area is Area.NATION or (area is Area.PROVINCE and province)


def _relative(books: Books, bond: Bond, request: ClaimRequest) -> Payer:
    """Write down how far a relative's account goes."""
    grantor = books.humans[bond.grantor]
    rules = rules_of(books, grantor, request.service_date)
    given, purse = bond.authorization, grantor.purse
    assert rules is not None
    assert given is not None
    assert purse is not None
    whom = waits_for(books, bond, request, rules)
    segments = [pot(whom, segment.value) for segment in rules.pool.segments.segments]
    room = {segment: purse.fen[segment] for segment in segments}
    to_stay = 0 if whom else max(rules.pool.retained_minimum, given.retained_fen)
    year = year_of(books, bond.grantor, request.service_date)
    in_year = books.used(bond.grantor, request.patient, year)
    on_day = books.used(bond.grantor, request.patient, request.service_date)
    by_all = books.used(bond.grantor, None, year)
    joint = books.joint_limits.get((bond.pool, bond.grantor), MAX_FEN)
    most = min(
        sum(room.values()) - to_stay,
        rules.pool.per_use_cap,
        given.per_use_fen,
        rules.pool.per_day_cap - on_day,
        given.per_day_fen - on_day,
        rules.pool.per_year_cap - in_year,
        given.per_year_fen - in_year,
        rules.pool.joint_year_cap - by_all,
        joint - by_all,
    )

    by_wallet = quota_of_the_wallet(books, rules, bond, request.service_date)

    def allowed(line: ClaimLine) -> bool:
        return (
            line.category in (rules.wallet if by_wallet else rules.pool).categories
            and (not given.categories or line.category in given.categories)
            and (rules.pool.outside_catalogue or not line.outside_catalogue)
        )

    lines = [line.no for line in request.lines if allowed(line)]
    return Payer(bond.grantor, lines, segments, room, max(0, most), own=False)


def count_out(books: Books, request: ClaimRequest) -> list[Coin]:
    """Pay a claim fen by fen: own account, relatives in order, and cash for the rest."""
    rules = rules_of(books, books.humans[request.patient], request.service_date)
    assert rules is not None
    need = {line.no: line.total_fen - line.fund_fen for line in request.lines}
    coins: list[Coin] = []
    relative_gave = own_has_left = False
    for payer in payers(books, request):
        if not payer.own and relative_gave and not rules.pool.fall_through:
            continue
        if not payer.own and own_has_left and rules.pool.own_first is OwnFirst.MUST_BE_EMPTY:
            continue
        gave = give(payer, need)
        coins += gave
        relative_gave = relative_gave or (not payer.own and bool(gave))
        own_has_left = own_has_left or (payer.own and any(payer.room.values()))
    return coins + in_cash(need)


def count_out_holds(bill: Bill, need: dict[int, int]) -> tuple[list[Coin], list[Coin]]:
    """Pay a final own share from what is held, in the same order; give coins paid and left over."""
    pots: dict[str, Payer] = {}
    for account, segment, _ in bill.coins:
        if account is not None:
            key = purse_of(account, segment)
            may = bill.may[key]
            pot = pots.setdefault(key, Payer(account, may, [], {}, MAX_FEN, own=False))
            if segment not in pot.segments:
                pot.segments.append(segment)
            pot.room[segment] = pot.room.get(segment, 0) + 1
    coins = [coin for pot in pots.values() for coin in give(pot, need)]
    left = [
        Coin(pot.account, segment, 0)
        for pot in pots.values()
        for segment, fen in pot.room.items()
        for _ in range(fen)
    ]
    return coins + in_cash(need), left


def in_cash(need: dict[int, int]) -> list[Coin]:
    """Pay what is left of each line in cash."""
    return [Coin(None, "", line) for line, fen in need.items() for _ in range(fen)]


def give(payer: Payer, need: dict[int, int]) -> list[Coin]:
    """Let one account pay one fen after the other; `need` and its room shrink."""
    gave: list[Coin] = []
    for segment in payer.segments:
        for line in payer.lines:
            while need[line] and payer.room[segment] and len(gave) < payer.most:
                need[line] -= 1
                payer.room[segment] -= 1
                gave.append(Coin(payer.account, segment, line))
    return gave
