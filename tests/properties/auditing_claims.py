"""The auditor's view of claims: whether they may be paid, held, captured and given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from domain.claim import ClaimRequest
from domain.codes import Card, Credential, RefundAfterEnd, RefundSegment, Segment, Till
from domain.money import MAX_FEN
from domain.refusals import Code
from domain.rules import RuleSet
from ledger import commands
from tests.properties.auditing_families import malformed
from tests.properties.auditing_filings import fund_objections
from tests.properties.auditing_payment import count_out, count_out_holds, payers
from tests.properties.auditing_people import rules_of, year_of
from tests.properties.books import (
    CANCELLED,
    EXPIRED,
    HELD,
    OFFERED,
    PARTLY,
    RELEASED,
    REVERSED,
    SETTLED,
    Bill,
    Books,
    Coin,
    today,
)

_STANDING = (HELD, SETTLED, PARTLY)


def request_objections(
    books: Books, request: ClaimRequest, now: datetime, key: str
) -> Iterator[Code]:
    """Object to a claim that may not be settled or held at all."""
    yield from malformed(request.claim)
    if request.service_date > today(now):
        yield Code.INVALID_PERIOD
    yield from _line_objections(request)
    patient = books.humans.get(request.patient)
    if patient is None:
        yield Code.UNKNOWN_PERSON
    else:
        if (request.patient, key) in books.voided:
            yield Code.MESSAGE_VOIDED
        if rules_of(books, patient, request.service_date) is None:
            yield Code.NO_RULE
        if patient.card is not Card.ACTIVE:
            yield Code.CARD_NOT_ACTIVE
        if not patient.covered(request.service_date):
            yield Code.COVERAGE_NOT_IN_FORCE
        rules = rules_of(books, patient, request.service_date)
        yield from fund_objections(patient, request, rules)
        yield from _till_objections(request, rules_of(books, patient, request.service_date))
    bill = books.bills.get(request.claim)
    if bill is not None and bill.status in _STANDING and not bill.is_due(now):
        yield Code.CLAIM_EXISTS


def hold_objections(
    books: Books, asked: commands.AuthorizeClaim, now: datetime, key: str
) -> Iterator[Code]:
    """Object to a claim that may not be held, or only until a past instant."""
    yield from request_objections(books, asked.request, now, key)
    if asked.expires_at <= now:
        yield Code.HOLD_END_PAST


def _line_objections(request: ClaimRequest) -> Iterator[Code]:
    numbers = [line.no for line in request.lines]
    fine = all(0 <= line.fund_fen <= line.total_fen <= MAX_FEN for line in request.lines)
    growing = all(a < b for a, b in pairwise(numbers))
    if not numbers or not fine or not growing:
        yield Code.LINES_MALFORMED


def _till_objections(request: ClaimRequest, rules: RuleSet | None) -> Iterator[Code]:
    if not request.institution.designated:
        yield Code.INSTITUTION_NOT_DESIGNATED
    if not request.institution.connected:
        yield Code.INSTITUTION_NOT_CONNECTED
    if request.credential is Credential.NONE:
        yield Code.CREDENTIAL_MISSING
    if rules is not None and (
        (request.credential is Credential.PROXY and not rules.claim.proxy)
        or (request.credential is Credential.GRANTOR and not rules.claim.grantor_credential)
    ):
        yield Code.CREDENTIAL_NOT_PATIENTS


def let_expire(books: Books, numbers: list[str]) -> None:
    """End holds that have run out."""
    for number in numbers:
        end_hold(books, number, EXPIRED)


def end_hold(books: Books, number: str, status: str) -> None:
    """Give everything back that a claim holds."""
    bill = books.bills[number]
    books.put_back(bill.coins, as_of_now=True)
    books.note_use(bill, bill.coins, -1)
    bill.coins, bill.status = [], status


def expire_before(books: Books, request: ClaimRequest, now: datetime) -> None:
    """End the holds that a decision about this claim finds run out."""
    owners = {request.patient} | books.grantors_seen(request.patient)
    let_expire(books, books.due(owners, now))
    bill = books.bills.get(request.claim)
    if bill is not None and bill.is_due(now):
        end_hold(books, request.claim, EXPIRED)


def start(books: Books, request: ClaimRequest, now: datetime, until: datetime | None) -> Bill:
    """Settle a claim, hold it until an instant, or only offer it."""
    expire_before(books, request, now)
    may = {payer.key: payer.lines for payer in payers(books, request)}
    coins = count_out(books, request)
    if _must_wait(books, request, coins, now):
        return _offer(books, request, now)
    for coin in coins:
        if coin.account is not None and coin.segment == Segment.WALLET:
            books.wallet(coin.account).fen -= 1
        elif coin.account is not None:
            books.purse(coin.account).fen[coin.segment] -= 1
    accounts = {coin.account for coin in coins if coin.account is not None}
    day = request.service_date
    bill = Bill(
        request=request,
        region=books.humans[request.patient].region_on(day),
        status=HELD if until else SETTLED,
        attempt=_attempt(books, request.claim),
        coins=coins,
        may=may,
        years={account: year_of(books, account, day) for account in accounts},
        until=until,
    )
    books.bills[request.claim] = bill
    books.note_use(bill, coins, +1)
    if until is None:
        _paid(bill, now)
    return bill


def _attempt(books: Books, claim: str) -> int:
    """Count attempts: an offer and the payment after it are one."""
    before = books.bills.get(claim)
    return 1 if before is None else before.attempt + (before.status != OFFERED)


def _must_wait(books: Books, request: ClaimRequest, coins: list[Coin], now: datetime) -> bool:
    """Tell whether a relative would pay and the card was not tapped before for this very bill."""
    rules = rules_of(books, books.humans[request.patient], request.service_date)
    assert rules is not None
    helped = {coin.account for coin in coins} - {None, request.patient}
    if not helped or rules.claim.till is not Till.TWO_TAPS:
        return False
    before = books.bills.get(request.claim)
    if before is None or before.status != OFFERED or before.until is None:
        return True
    return before.request != request or before.until <= now


def _offer(books: Books, request: ClaimRequest, now: datetime) -> Bill:
    """Write down that nothing was paid yet."""
    human = books.humans[request.patient]
    rules = rules_of(books, human, request.service_date)
    assert rules is not None
    bill = Bill(
        request=request,
        region=human.region_on(request.service_date),
        status=OFFERED,
        attempt=_attempt(books, request.claim),
        coins=[],
        may={},
        years={},
        until=now + timedelta(minutes=rules.claim.offer_minutes),
    )
    books.bills[request.claim] = bill
    return bill


def _paid(bill: Bill, now: datetime) -> None:
    bill.status = SETTLED
    bill.settlement = f"S-{bill.request.claim}-{bill.attempt}"
    bill.settled_on = today(now)
    for line in bill.request.lines:
        bill.fund[line.no] = line.fund_fen


def capture_objections(
    books: Books, asked: commands.Capture, now: datetime, key: str
) -> Iterator[Code]:
    """Object where nothing is held, it has run out, or too much is asked."""
    bill = books.bills.get(asked.claim)
    if bill is None:
        yield Code.UNKNOWN_CLAIM
        return
    yield from _voided(books, bill, key)
    if bill.status != HELD:
        yield Code.NOT_HELD
        return
    assert bill.until is not None
    if bill.until <= now:
        yield Code.HOLD_EXPIRED
    own = {line.no: line.total_fen - line.fund_fen for line in bill.request.lines}
    if any(not 0 <= fen <= own.get(line, -1) for line, fen in (asked.own_fen or {}).items()):
        yield Code.CAPTURE_EXCEEDS_HOLD


def _voided(books: Books, bill: Bill, key: str) -> Iterator[Code]:
    if (bill.request.patient, key) in books.voided:
        yield Code.MESSAGE_VOIDED


def capture(books: Books, asked: commands.Capture, now: datetime) -> Bill:
    """Pay what was asked from what is held, and give the rest back."""
    bill = books.bills[asked.claim]
    need = {line.no: line.total_fen - line.fund_fen for line in bill.request.lines}
    bill.coins, left = count_out_holds(bill, need | (asked.own_fen or {}))
    books.put_back(left, as_of_now=True)
    books.note_use(bill, left, -1)
    _paid(bill, now)
    return bill


def end_objections(
    books: Books, asked: commands.Release | commands.Expire, now: datetime, key: str
) -> Iterator[Code]:
    """Object where nothing is held, or where it has not run out."""
    bill = books.bills.get(asked.claim)
    if bill is None:
        yield Code.UNKNOWN_CLAIM
        return
    yield from _voided(books, bill, key)
    if bill.status != HELD:
        yield Code.NOT_HELD
    elif isinstance(asked, commands.Expire) and bill.until and now < bill.until:
        yield Code.HOLD_NOT_DUE


def finish(books: Books, asked: commands.Release | commands.Expire, _: datetime) -> Bill:
    """Give a hold back."""
    end_hold(books, asked.claim, RELEASED if isinstance(asked, commands.Release) else EXPIRED)
    return books.bills[asked.claim]


# ------------------------------------------------------------------------------------- giving back


def cancel_objections(
    books: Books, asked: commands.Cancel, now: datetime, key: str
) -> Iterator[Code]:
    """Object to what is not settled, not any more, too late, or too much."""
    claim = asked.settlement.removeprefix("S-").rpartition("-")[0]
    bill = books.bills.get(claim)
    if bill is None or bill.settlement not in {asked.settlement, None}:
        yield Code.UNKNOWN_CLAIM
        return
    yield from _voided(books, bill, key)
    rules = books.rules(bill.region, today(now))
    if rules is None:
        yield Code.NO_RULE
    if bill.status in {CANCELLED, REVERSED}:
        yield Code.ALREADY_CANCELLED
    elif bill.settled_on is None:
        yield Code.NOT_SETTLED
    elif rules is not None:
        yield from _too_late(bill, rules, now)
        if asked.own_fen is not None or asked.fund_fen is not None:
            yield from _too_much(bill, asked)


def _too_late(bill: Bill, rules: RuleSet, now: datetime) -> Iterator[Code]:
    then, day = bill.settled_on, today(now)
    assert then is not None
    start_month = rules.account.year_start_month
    if (then.year, then.month) != (day.year, day.month) and not rules.claim.cancel_across_months:
        yield Code.CANCEL_ACROSS_MONTHS
    years = {d.year - (d.month < start_month) for d in (then, day)}
    if len(years) > 1 and rules.claim.cancel_across_years is RefundSegment.REFUSED:
        yield Code.CANCEL_ACROSS_YEARS


def _too_much(bill: Bill, asked: commands.Cancel) -> Iterator[Code]:
    lines = {line.no for line in bill.request.lines}
    own = {line: sum(coin.line == line for coin in bill.coins) for line in lines}
    back = 0
    for wanted, paid in ((asked.own_fen or {}, own), (asked.fund_fen or {}, bill.fund)):
        for line, fen in wanted.items():
            back += abs(fen)
            if line not in lines or not 0 <= fen <= paid[line]:
                yield Code.CANCEL_EXCEEDS_PAID
    if not back:
        yield Code.CANCEL_EXCEEDS_PAID


def cancel(books: Books, asked: commands.Cancel, now: datetime) -> Bill:
    """Take coins back, last paid first."""
    bill = books.bills[asked.settlement.removeprefix("S-").rpartition("-")[0]]
    whole = asked.own_fen is None and asked.fund_fen is None
    rules = books.rules(bill.region, today(now))
    assert rules is not None
    own_fen = None if whole else asked.own_fen or {}
    as_of_now = rules.claim.cancel_across_years is not RefundSegment.ORIGINAL
    strangers = {coin.account for coin in bill.coins} - books.grantors_now(bill.request.patient)
    in_cash = strangers - {bill.request.patient}
    if rules.claim.refund_after_end is not RefundAfterEnd.CASH:
        in_cash = set()
    give_back(books, bill, own_fen, as_of_now=as_of_now, in_cash=in_cash)
    for line, fen in (dict(bill.fund) if whole else asked.fund_fen or {}).items():
        bill.fund[line] -= fen
    bill.status = PARTLY if bill.coins or any(bill.fund.values()) else CANCELLED
    return bill


def give_back(
    books: Books,
    bill: Bill,
    own_fen: dict[int, int] | None,
    *,
    as_of_now: bool,
    in_cash: set[str | None],
) -> None:
    """Take from the end of the row of coins, so many of each line; all if none are named.

    What was paid by those `in_cash` goes to the patient's pocket.
    """
    kept, back = [], []
    left = None if own_fen is None else dict(own_fen)
    for coin in reversed(bill.coins):
        if left is None or left.get(coin.line, 0) > 0:
            back.append(coin)
            if left is not None:
                left[coin.line] -= 1
        else:
            kept.append(coin)
    books.put_back([c for c in back if c.account not in in_cash], as_of_now=as_of_now)
    books.note_use(bill, back, -1)
    bill.coins = kept[::-1]


def reverse_objections(books: Books, asked: commands.Reverse) -> Iterator[Code]:
    """Object to what did not bring a claim to where it stands, or cannot be voided."""
    said = books.said.get(asked.message)
    if said is None:
        if Code.MALFORMED_ID in malformed(asked.message):
            yield Code.MALFORMED_KEY
        if asked.patient is None:
            yield Code.UNKNOWN_MESSAGE
        elif asked.patient not in books.humans:
            yield Code.UNKNOWN_PERSON
        return
    bill = books.bills.get(said.claim or "")
    fitting = {OFFERED: {OFFERED}, HELD: {HELD}, SETTLED: {SETTLED, PARTLY}}
    if (
        bill is None
        or (said.attempt, said.until) != (bill.attempt, bill.until)
        or bill.status not in fitting.get(said.status, set())
    ):
        yield Code.NOT_REVERSIBLE


def reverse(books: Books, asked: commands.Reverse) -> Bill | None:
    """Undo what a message brought about; remember one that never arrived."""
    said = books.said.get(asked.message)
    if said is None:
        assert asked.patient is not None
        books.voided.add((asked.patient, asked.message))
        return None
    assert said.claim is not None
    bill = books.bills[said.claim]
    if bill.status == HELD:
        end_hold(books, said.claim, REVERSED)
    else:
        give_back(books, bill, None, as_of_now=True, in_cash=set())
        bill.fund.clear()
        bill.status = REVERSED
    return bill
