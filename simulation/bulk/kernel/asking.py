"""Laying the accounts out that a bill is put to: in which order, what bars and what limits each."""

from __future__ import annotations

from domain.judging import (
    COVERED,
    MAY_PAY,
    OPEN,
    OWN,
    RELATIVE,
    WALLET,
    Asked,
    Line,
    Scope,
    Use,
    Visit,
    judge,
    judge_line,
    tightest,
)
from domain.rules import UNLIMITED
from domain.waterfall import sort_by_key
from simulation.bulk.arrays import (
    AID_REQUESTED,
    NO_ACCOUNTS,
    OUT_OF_AREA,
    OUTSIDE,
)
from simulation.bulk.kernel import terms
from simulation.bulk.kernel.calendar import year_of
from simulation.bulk.kernel.desk import OWN_ACCOUNT, OWN_WALLET, SEGMENTS, WHERE, Run
from simulation.bulk.kernel.persons import (
    account_of,
    balance_of,
    coverage_on,
    insurance_of,
    wallet_of,
)
from simulation.bulk.kernel.terms import caps_of, distance, rule_of, said, scope_of, terms_of
from simulation.bulk.kernel.uses import given_in_year, used_in_year, used_on_day

_LAST_DAY = 3_652_059  # of the calendar
_FAR = 10**6  # beyond any place in an order
_FIRST = 10**15  # before any place that nobody chose
_NO_LIMIT = -1


def lay_out(run: Run, first: int, end: int, rule: int) -> int:
    """Lay all accounts out in `Work`, in order; give how many there are."""
    state, work = run.state, run.work
    patient = run.rows.patient[first]
    visit = _visit(run, first, end, rule)
    work.at[WHERE] = run.rows.where[first]
    _own_account(run, first, rule, visit)
    _lines(run, first, end, 0, scope_of(run.rules, rule, terms.OF_OWN), 0)
    count = 1
    wallet = wallet_of(state, patient)
    if wallet >= 0 and state.current[wallet] > 0:
        _own_wallet(run, rule, visit, wallet)
        _lines(run, first, end, 1, scope_of(run.rules, rule, terms.OF_WALLET), 0)
        count = 2
    for place in range(_in_order(run, patient, rule, visit.day)):
        _relative(run, count, work.place[place], rule, visit)
        _relatives_lines(run, first, end, count)
        count += 1
    return count


def _visit(run: Run, first: int, end: int, rule: int) -> Visit:
    rows = run.rows
    fund = 0
    for row in range(first, end):
        fund += rows.fund[row]
    flags = rows.flags[first]
    insurance = insurance_of(run.state, rows.patient[first])
    told = int(flags & AID_REQUESTED != 0)
    return Visit(
        rows.day[first] + 0,
        1 << rows.place[first],
        1 << insurance,
        int(insurance == terms.RESIDENT_INSURANCE),
        int(fund > 0),
        int(flags & NO_ACCOUNTS == 0),
        max(told, said(run.rules, rule, terms.AID_BY_ITSELF)),
        max(told, said(run.rules, rule, terms.WALLET_BY_ITSELF)),
    )


def _own_account(run: Run, row: int, rule: int, visit: Visit) -> None:
    """Lay out the patient's own account."""
    state, work, patient = run.state, run.work, run.rows.patient[row]
    away = int(run.rows.where[row] != state.home[patient])
    switched_on = int(state.flags[patient] & OUT_OF_AREA != 0)
    asked = _asked_own(OWN, account_of(state, patient), away, switched_on)
    work.edge[0] = OWN_ACCOUNT
    work.pot[0] = patient
    work.rule[0] = rule
    work.barred[0] = judge(scope_of(run.rules, rule, terms.OF_OWN), visit, asked)
    work.own[0] = 1
    work.limit[0] = _NO_LIMIT
    _room(run, 0, said(run.rules, rule, terms.OWN_SEGMENTS))
    work.cap[0] = work.room[0] + work.room[1] if work.barred[0] == MAY_PAY else 0


def _asked_own(kind: int, account: int, away: int, switched_on: int) -> Asked:
    """Lay an account of the patient before a bill; what matters of relatives only is 0."""
    return Asked(
        kind, account, 1, away, switched_on, COVERED, 0, 0, 0, 1, 0, _LAST_DAY, 0, 0, 0, 0, 0
    )


def _own_wallet(run: Run, rule: int, visit: Visit, wallet: int) -> None:
    """Lay out the patient's wallet; what is in a barred one does not stop relatives."""
    work = run.work
    asked = _asked_own(WALLET, OPEN, 0, 0)
    work.edge[1] = OWN_WALLET
    work.pot[1] = wallet
    work.rule[1] = rule
    work.barred[1] = judge(scope_of(run.rules, rule, terms.OF_WALLET), visit, asked)
    work.own[1] = 1
    work.limit[1] = _NO_LIMIT
    fen = run.state.current[wallet] if work.barred[1] == MAY_PAY else 0
    work.room[SEGMENTS] = fen
    work.room[SEGMENTS + 1] = 0
    work.segment[SEGMENTS] = terms.WALLET
    work.segment[SEGMENTS + 1] = terms.WALLET
    work.cap[1] = fen


def _room(run: Run, account: int, segments: int) -> None:
    """Lay out what a pot holds in the segments that pay, in order, padded with nothing."""
    state, work = run.state, run.work
    pot, at = work.pot[account], account * SEGMENTS
    current_first = segments == terms.CURRENT_FIRST
    work.segment[at] = terms.CURRENT if current_first else terms.PRIOR
    work.segment[at + 1] = terms.PRIOR if current_first else terms.CURRENT
    work.room[at] = 0
    work.room[at + 1] = 0
    if pot >= 0:
        work.room[at] = state.current[pot] if current_first else state.prior[pot]
        if segments != terms.PRIOR_ONLY:
            work.room[at + 1] = state.prior[pot] if current_first else state.current[pot]


def _lines(run: Run, first: int, end: int, account: int, scope: Scope, authorized: int) -> None:
    """Say which lines an account may pay, and keep the first line's bar where it may pay none."""
    rows, work = run.rows, run.work
    at = account * (end - first)
    bar = 0
    allowed = 0
    for row in range(first, end):
        verdict = work.barred[account]
        if verdict == MAY_PAY:
            line = Line(1 << rows.category[row], int(rows.flags[row] & OUTSIDE != 0))
            verdict = judge_line(scope, authorized, line)
        may_pay = int(verdict == MAY_PAY)
        work.may_pay[at + row - first] = may_pay
        allowed = max(allowed, may_pay)
        if bar == MAY_PAY:
            bar = verdict
    if allowed == 0:
        work.barred[account] = bar


def _relatives_lines(run: Run, first: int, end: int, account: int) -> None:
    edge, rule = run.work.edge[account], run.work.rule[account]
    quota = is_wallet_quota(run, edge, run.rows.patient[first], rule)
    scope = scope_of(run.rules, rule, terms.OF_QUOTA if quota else terms.OF_RELATIVE)
    _lines(run, first, end, account, scope, terms_of(run.state, edge).categories)


def _in_order(run: Run, patient: int, rule: int, day: int) -> int:
    """Put a patient's relations in the order of the area's rules; give how many there are.

    They lie in order of the grantors' ids, in which equal ones stay.
    """
    state, work = run.state, run.work
    begin = state.first_edge[patient]
    count = state.first_edge[patient + 1] - begin
    if count == 0:
        return 0
    for i in range(count):
        work.key[i] = _key(run, begin + i, patient, rule, day)
    sort_by_key(work.key[:count], work.place)
    for i in range(count):
        work.place[i] += begin
    return count


def _key(run: Run, edge: int, patient: int, rule: int, day: int) -> int:
    """Give the place of a relation as a whole number, smallest first to pay."""
    state, rules = run.state, run.rules
    order = said(rules, rule, terms.ORDER)
    chosen = state.chosen[edge]
    if chosen >= 0 and (order == terms.USER_SET or said(rules, rule, terms.REORDER)):
        return chosen * _FAR + state.rank[edge] - _FIRST
    if order == terms.LAST_BOUND:
        return -state.rank[edge]
    if order == terms.ARRIVAL:
        return 0
    home = state.home[state.grantor[edge]]
    if order == terms.LARGEST_BALANCE:
        theirs = rule_of(rules, home, day)
        theirs = rule if theirs < 0 else theirs
        pot = pot_of(run, edge, patient, theirs)
        return -_shareable(run, pot, said(rules, theirs, terms.POOL_SEGMENTS))
    far = order == terms.LOCAL_FIRST and home != state.home[patient]
    return state.rank[edge] + (_FAR if far and rule_of(rules, home, day) >= 0 else 0)


def funding_of(run: Run, edge: int, patient: int, rule: int) -> int:
    """Give how money gets to the patient by the grantor's rules, as `domain.funding` has it."""
    state, rules = run.state, run.rules
    model = said(rules, rule, terms.WALLET_MODEL)
    if model != terms.WALLET_CLOSED:
        home = state.home[state.grantor[edge]]
        if distance(rules, home, state.home[patient]) == 2:  # noqa: PLR2004  # other provinces
            return terms.TRANSFER if model == terms.WALLET_TRANSFER else terms.QUOTA
    return said(rules, rule, terms.FUNDING)


def is_wallet_quota(run: Run, edge: int, patient: int, rule: int) -> bool:
    """Tell whether the wallet's rules about relatives, places and categories hold."""
    state, rules = run.state, run.rules
    if said(rules, rule, terms.WALLET_MODEL) != terms.WALLET_QUOTA:
        return False
    home = state.home[state.grantor[edge]]
    return distance(rules, home, state.home[patient]) == 2  # noqa: PLR2004  # other provinces


def pot_of(run: Run, edge: int, patient: int, rule: int) -> int:
    """Give the pot that pays for a relation; -1: nothing is set aside for it."""
    state = run.state
    funding = funding_of(run, edge, patient, rule)
    if funding in (terms.CALL, terms.TRANSFER):
        return state.grantor[edge] + 0
    aside = state.aside[edge]
    if aside < 0:
        return -1
    return (state.aside_pool[aside] if funding == terms.POOL else state.aside_quota[aside]) + 0


def _shareable(run: Run, pot: int, segments: int) -> int:
    """Give what a pot holds in the segments that are open to relatives."""
    if pot < 0:
        return 0
    prior = run.state.prior[pot] + 0
    return prior if segments == terms.PRIOR_ONLY else prior + run.state.current[pot]


def _relative(run: Run, account: int, edge: int, patient_rule: int, visit: Visit) -> None:
    """Lay out a relative's account."""
    state, rules, work = run.state, run.rules, run.work
    grantor, patient = state.grantor[edge], work.pot[0]
    theirs = rule_of(rules, state.home[grantor], visit.day)
    ruled = int(theirs >= 0)
    rule = theirs if theirs >= 0 else patient_rule
    quota = is_wallet_quota(run, edge, patient, rule)
    scope = scope_of(rules, rule, terms.OF_QUOTA if quota else terms.OF_RELATIVE)
    funding = funding_of(run, edge, patient, rule)
    asked = _asked(run, edge, ruled, int(quota), int(funding == terms.TRANSFER), visit.day)
    work.edge[account] = edge
    work.pot[account] = pot_of(run, edge, patient, rule)
    work.rule[account] = rule
    work.barred[account] = judge(scope, visit, asked)
    work.own[account] = 0
    work.limit[account] = _NO_LIMIT
    work.cap[account] = 0
    _room(run, account, said(rules, rule, terms.POOL_SEGMENTS))
    if work.barred[account] == MAY_PAY:
        use = _use(run, account, edge, funding in (terms.POOL, terms.QUOTA), visit.day)
        fen, limit = tightest(caps_of(rules, rule), use)
        work.cap[account] = fen
        work.limit[account] = limit


def _asked(run: Run, edge: int, ruled: int, quota: int, sent: int, day: int) -> Asked:
    """Lay a relative's account before a bill."""
    state, work = run.state, run.work
    given = terms_of(state, edge)
    grantor = state.grantor[edge]
    home, theirs, where = state.home[grantor], state.home[work.pot[0]], work.at[WHERE]
    far = max(distance(run.rules, home, theirs), distance(run.rules, home, where))
    return Asked(
        RELATIVE,
        account_of(state, grantor),
        ruled,
        0,
        0,
        coverage_on(state, grantor, day),
        given.standing,
        given.active_from,
        given.relation,
        given.authorized,
        given.first_day,
        given.last_day,
        given.places,
        far,
        quota,
        sent,
        balance_of(state, grantor),
    )


def _use(run: Run, account: int, edge: int, aside: bool, day: int) -> Use:  # noqa: FBT001  # by position for the compiler
    """Lay out what is left and what was used of a relative's account."""
    state, rule = run.state, run.work.rule[account]
    given = terms_of(state, edge)
    year = year_of(day, said(run.rules, rule, terms.YEAR_START_MONTH))
    by_day = counts_days(run, edge, rule)
    room = account * SEGMENTS
    return Use(
        UNLIMITED if aside else run.work.room[room] + run.work.room[room + 1],
        given.retained,
        given.per_use,
        given.per_day,
        given.per_year,
        given.joint_year,
        used_on_day(state, edge, day) if by_day else 0,
        used_in_year(state, edge, year),
        given_in_year(state, edge, year),
    )


def counts_days(run: Run, edge: int, rule: int) -> bool:
    """Tell whether a limit per day can bind, so that use is kept by day."""
    cap = caps_of(run.rules, rule).per_day
    return min(cap, terms_of(run.state, edge).per_day) < UNLIMITED
