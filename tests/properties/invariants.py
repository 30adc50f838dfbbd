"""The invariants of HOUSE.md as checks of a running ledger, each under its name.

A `Watch` looks at a ledger after every step. It reads what is new in the store, adds it up by
hand (`columns`), lets the auditor (`model`) do its own sums, and compares both with the live
states. Whatever differs is raised as `Broken` with the name of the invariant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from itertools import groupby
from typing import Any

from domain.account import Account
from domain.amounts import Amounts
from domain.claim import Allocation, ClaimRequest, Decisive, Leg
from domain.codes import ACCOUNT_SEGMENTS, OwnFirst, Segment
from domain.facts import Fact, Kind, Stream
from domain.ids import ClaimId, PersonId
from domain.refusals import Code, Refusal
from domain.wallet import Wallet
from ledger.application import Application
from ledger.commands import Command
from ledger.redecide import decisions, redecide
from ledger.store import EVENTS, Store
from ledger.view import EVOLVE
from ledger.writer import Receipt
from simulation.random_history import Played
from tests.properties.auditing_payment import payers, purse_of
from tests.properties.books import CLOSED_YEAR, Bill, Coin, in_words, pot
from tests.properties.columns import Column, Columns, WalletColumn
from tests.properties.model import Auditor, expire_before

_ORDER = {code: place for place, code in enumerate(Code)}


class Broken(AssertionError):  # noqa: N818  # what is broken is not an error of the check
    """An invariant does not hold. `name` is I1 to I13, or "audit" for the auditor's sums."""

    def __init__(self, name: str, *what: object) -> None:
        """Name the invariant and show what differs."""
        self.name = name
        super().__init__(f"{name}: " + " · ".join(map(str, what)))


def hold(name: str, *what: object, true: bool) -> None:
    """Raise `Broken` unless something is true."""
    if not true:
        raise Broken(name, *what)


class Watch:
    """Checks every invariant after every step."""

    def __init__(self, application: Application, *, redecide_all: bool = False) -> None:
        """Watch a ledger from its first event."""
        self.application = application
        self.auditor = Auditor(application.book)
        self.columns = Columns()
        self.states: dict[Stream, Any] = {}
        self.receipts: dict[str, Receipt] = {}
        self.bodies: dict[str, Command | ClaimRequest] = {}
        self._position = 0
        self._fingerprint = fingerprint(application.store)
        self._redecide_all = redecide_all

    def after(self, played: Played) -> None:
        """Check everything after one step."""
        facts = self._read()
        self._check_once(played)
        self._check_trace(played, facts)
        self._check_states({stream for stream, _ in facts})
        self._check_sums({stream.key for stream, _ in facts if stream.kind is Kind.PERSON})
        self._check_cancellations({s.key for s, _ in facts if s.kind is Kind.CLAIM})
        if self._redecide_all:
            self._check_redecided(facts)
        self._check_priority(played, facts)
        self._check_verdict(played)
        if played.outcome == "accepted":
            self._enter(played)

    def catch_up(self, application: Application, unseen: Iterable[Played]) -> None:
        """Follow a ledger that was opened again, after steps nobody could watch one by one."""
        self.application = application
        for played in unseen:
            self._check_once(played)
            self._check_verdict(played)
            if played.outcome == "accepted":
                assert isinstance(played.asked, Command)
                self.auditor.enter(played.asked, key=played.key, at=played.at)
        streams = {stream for stream, _ in self._read()}
        self._check_states(streams | self.states.keys())
        self._check_sums({stream.key for stream in self.states if stream.kind is Kind.PERSON})
        self._fingerprint = fingerprint(application.store)

    def look(self) -> None:
        """Check what needs no auditor: the order may be unknown (I1 to I4, I6, I7, I9)."""
        streams = {stream for stream, _ in self._read()}
        self._check_states(streams)
        self._check_sums({stream.key for stream in streams if stream.kind is Kind.PERSON})
        self._check_cancellations({stream.key for stream in streams if stream.kind is Kind.CLAIM})
        hold("I6", "settled twice", self.columns.twice, true=not self.columns.twice)

    # --------------------------------------------------------------------- answers: I5, I6 and I8

    def _check_once(self, played: Played) -> None:
        """One key has one body and one answer, and leads to one settlement at most."""
        hold("I6", "settled twice", self.columns.twice, true=not self.columns.twice)
        first_time = self.receipts.get(played.key)
        if isinstance(played.reply, Receipt):
            repeated = first_time is not None
            hold("I6", played, first_time, true=played.reply.replayed is repeated)
            if first_time is None:
                self.receipts[played.key] = played.reply
                self.bodies[played.key] = played.asked
            else:
                hold("I6", played, true=first_time._replace(replayed=True) == played.reply)
                hold("I6", played, true=self.bodies[played.key] == played.asked)
        elif first_time is not None and isinstance(played.reply, Refusal):
            hold("I6", played, true=played.reply.code is Code.KEY_CONFLICT)
            hold("I6", played, true=self.bodies[played.key] != played.asked)

    def _check_trace(self, played: Played, facts: list[tuple[Stream, Fact]]) -> None:
        """What is acknowledged is kept; what is not accepted leaves the store byte-identical."""
        before, self._fingerprint = self._fingerprint, fingerprint(self.application.store)
        if played.outcome == "accepted" and isinstance(played.reply, Receipt):
            kept = self.application.store.recorder.answer(played.key)
            hold("I5", played, kept, true=self._fingerprint[1] == before[1] + 1)
            hold("I5", played, kept, true=kept is not None and kept.answer == played.reply.answer)
            hold("I5", played, true=played.reply.position == self._position)
        else:
            name = "I6" if played.outcome in {"repeated", "key_conflict"} else "I8"
            hold(name, played, facts, true=self._fingerprint == before)

    # ------------------------------------------------------------- events and states (I1 to I4, I9)

    def _read(self) -> list[tuple[Stream, Fact]]:
        """Read what is new from the store: bytes into columns, facts into replayed states."""
        store = self.application.store
        facts = []
        for stored in store.notifications(self._position):
            self._position = stored.id
            self.columns.enter(stored.topic, stored.state)
            event = store.mapper.to_domain_event(stored)
            evolve = EVOLVE[event.stream.kind]
            self.states[event.stream] = evolve(self.states.get(event.stream), event.fact)
            facts.append((event.stream, event.fact))
        return facts

    def _live(self, stream: Stream) -> Any:  # noqa: ANN401  # a state of any kind of stream
        find: Any = getattr(self.application, stream.kind)  # person, pool, claim or finding
        return find(stream.key)

    def _check_states(self, streams: set[Stream]) -> None:
        for stream in streams:
            live = self._live(stream)
            hold("I9", stream, live, self.states[stream], true=live == self.states[stream])

    def _check_sums(self, people: set[str]) -> None:
        for person in people:
            live = self._live(Stream(Kind.PERSON, person))
            if live.account is not None:
                _check_account(person, live.account, self.columns.accounts[person])
        sums: Counter[str] = Counter()
        for person, column in self.columns.accounts.items():
            live = self._live(Stream(Kind.PERSON, person)).account
            inside = (live.available + live.held + live.set_aside_amounts).total_fen
            sums[self.columns.regions[person]] += inside + column.went_out - column.came_in
        for person, in_wallet in self.columns.wallets.items():
            wallet = self._live(Stream(Kind.PERSON, person)).wallet
            _check_wallet(person, wallet, in_wallet)
            inside = wallet.available_fen + wallet.held_fen + wallet.pending_fen
            sums[self.columns.regions[person]] += inside + in_wallet.went_out - in_wallet.came_in
        hold("I1", self.columns.on_the_way, true=not self.columns.on_the_way)
        hold("I1", sums, true=not any(sums.values()) and not sum(sums.values()))

    # --------------------------------------------------------------- claims (I7, I12, I13)------

    def _check_cancellations(self, claims: set[str]) -> None:
        """Nothing is given back twice, line by line, and what stays paid is what is left."""
        for claim in claims:
            live = self._live(Stream(Kind.CLAIM, claim))
            if live.settlement is not None:
                payment = self.columns.payments[live.settlement]
                legs = {(x.account, x.segment, x.line): x.amount_fen for x in live.legs}
                hold("I7", live, payment, true=legs == dict(payment.paid))
                hold("I7", live, payment, true=dict(live.cash_fen) == dict(payment.cash))
        for settlement, payment in self.columns.payments.items():
            hold("I7", settlement, "cancelled twice", true=payment.whole <= 1)
            left = (*payment.paid.values(), *payment.cash.values(), *payment.fund.values())
            hold("I7", settlement, payment, true=min(left, default=0) >= 0)

    def _check_priority(self, played: Played, facts: list[tuple[Stream, Fact]]) -> None:
        """No account pays a line while one before it that may pay the line has room."""
        for _, fact in facts:
            if isinstance(fact, Decisive):
                self._check_order(fact.request, fact.allocation, played)

    def _check_order(self, request: ClaimRequest, decided: Allocation, played: Played) -> None:
        auditor = self.auditor
        expire_before(auditor.books, request, auditor.now(played.at))
        gave: Counter[str] = Counter()
        lines: dict[str, set[int]] = {}
        for leg in decided.legs:
            purse = purse_of(leg.account, leg.segment)
            gave[purse] += leg.amount_fen
            lines.setdefault(purse, set()).add(leg.line)
        in_cash = {no for no, fen in decided.cash_fen if fen}
        home = auditor.books.rules(decided.region, request.service_date)
        assert home is not None
        ranked = payers(auditor.books, request)
        own_left = any(sum(p.room.values()) > gave[p.key] for p in ranked if p.own)
        aided = any(gave[p.key] for p in ranked if not p.own)
        freely = (home.pool.fall_through or not aided) and (
            home.pool.own_first is OwnFirst.BEFORE_AID or not own_left
        )
        for place, payer in enumerate(ranked):
            left = min(sum(payer.room.values()), payer.most) - gave[payer.key]
            hold("audit", played, payer, "gave too much", true=left >= 0)
            behind = set[int]().union(*(lines.get(p.key, set()) for p in ranked[place + 1 :]))
            if payer.own or freely:
                behind |= in_cash
            hold("I12", played, payer, behind, true=not left or not behind & set(payer.lines))
        strangers = set(gave) - {payer.key for payer in ranked}
        hold("I12", played, strangers, true=not strangers)

    def _check_redecided(self, facts: list[tuple[Stream, Fact]]) -> None:
        for stream, fact in facts:
            if isinstance(fact, Decisive):
                self.redecide(stream)

    def redecide(self, stream: Stream) -> None:
        """Decide everything again that was decided about a claim (I13)."""
        store = self.application.store
        for decision in decisions(store, ClaimId(stream.key)):
            again = redecide(store, decision, book=self.application.book)
            hold("I13", decision, again, true=again == decision.allocation)

    # ---------------------------------------------------------------------- the auditor's own sums

    def _check_verdict(self, played: Played) -> None:
        """What was refused had to be, by the first refusal in the declared order that fits."""
        verdict = self.auditor.verdict(played.asked, key=played.key, at=played.at)
        reply = played.reply
        if verdict.refusals:
            first = min(verdict.refusals, key=_ORDER.__getitem__)
            right = isinstance(reply, Refusal) and reply.code is first
            hold("audit", played, "must be refused", first, verdict, true=right)
        else:
            hold("audit", played, "must be accepted", true=not isinstance(reply, Refusal))
        if isinstance(reply, Allocation):
            assert isinstance(played.asked, ClaimRequest)
            counted = self.auditor.quote(played.asked, at=played.at)
            hold("audit", played, true=_legs(counted) == list(reply.legs))

    def _enter(self, played: Played) -> None:
        """Let the auditor do a command, too, and compare."""
        if isinstance(played.asked, Command):
            bill = self.auditor.enter(played.asked, key=played.key, at=played.at)
            if bill is not None:
                self._check_bill(bill)
        for person in self.columns.accounts:
            self._check_purse(person)
        for person in self.columns.wallets:
            self._check_wallet_book(person)

    def _check_purse(self, person: str) -> None:
        account = self._live(Stream(Kind.PERSON, person)).account
        purse = self.auditor.books.purse(person)
        held = Counter(
            in_words(coin.segment)[1]
            for _, bill in self.auditor.books.held()
            for coin in bill.coins
            if coin.account == person
        )
        for segment in ACCOUNT_SEGMENTS:
            live = (account.available.of(segment), account.held.of(segment))
            counted = (purse.fen[segment], held[segment])
            hold("audit", person, segment, live, counted, true=live == counted)
        quotas = {name: kept.quota_fen for name, kept in account.set_aside.items()}
        hold("audit", person, quotas, purse.aside, true=quotas == purse.aside)
        for name, kept in account.set_aside.items():
            waiting = Amounts(*(purse.fen[pot(name, segment)] for segment in ACCOUNT_SEGMENTS))
            hold("audit", person, name, kept, waiting, true=kept.amount == waiting)
        same = (account.account_year, account.closed is None) == (purse.year, purse.closed is None)
        hold("audit", person, purse, true=same)

    def _check_wallet_book(self, person: str) -> None:
        wallet = self._live(Stream(Kind.PERSON, person)).wallet
        book = self.auditor.books.wallet(person)
        sent = {name: each.amount_fen for name, each in wallet.pending.items()}
        live = (wallet.available_fen, sent, wallet.returned)
        counted = (book.fen, {name: each.fen for name, each in book.waiting.items()}, book.returned)
        hold("audit", person, live, counted, true=live == counted)

    def _check_bill(self, bill: Bill) -> None:
        live = self.application.claim(bill.request.claim)
        assert live is not None
        paid = live.allocation.legs if bill.status == "held" else live.legs
        cash = live.allocation.cash_fen if bill.status == "held" else live.cash_fen
        hold("audit", live, bill.status, bill.attempt, true=live.status == bill.status)
        hold("audit", live, bill.attempt, true=live.attempt == bill.attempt)
        if bill.status == "offered":
            hold("audit", live, bill.until, true=live.expires_at == bill.until)
        if bill.status in {"offered", "held", "settled", "partly_cancelled", "cancelled"}:
            hold("audit", paid, bill.coins[:3], true=_legs(bill.coins) == _nonzero(paid))
            counted = Counter(coin.line for coin in bill.coins if coin.account is None)
            hold("audit", cash, counted, true=all(counted[no] == fen for no, fen in cash))
        if live.settlement is not None:
            fund = all(bill.fund[no] == fen for no, fen in live.fund_fen)
            hold("audit", live.fund_fen, bill.fund, true=fund)

    # ------------------------------------------------------------------------------- at the end

    def at_the_end(self) -> None:
        """Check what would be too slow after every step: everything from zero (I9, I13)."""
        states: dict[Stream, Any] = {}
        for _, event in self.application.store.events():
            evolve = EVOLVE[event.stream.kind]
            states[event.stream] = evolve(states.get(event.stream), event.fact)
        for stream, state in states.items():
            hold("I9", stream, state, true=state == self._live(stream))
        self._check_sums({stream.key for stream in states if stream.kind is Kind.PERSON})


def _check_account(person: str, account: Account, column: Column) -> None:
    """Compare one live account with its column: I2, I3, I4, I1, I7."""
    for segment in ACCOUNT_SEGMENTS:
        hold("I2", person, account, true=account.available.of(segment) >= 0)
        held = (hold_.held.of(segment) for hold_ in account.holds.values())
        hold("I2", person, account, true=min(held, default=0) >= 0)
    waiting = {name: kept.amount for name, kept in account.set_aside.items()}
    in_lines = {
        name: Amounts(kept["current_fen"], kept["prior_fen"]) for name, kept in column.aside.items()
    }
    hold("I2", person, account, true=all(amount.is_valid() for amount in waiting.values()))
    inside = (account.available + account.held + account.set_aside_amounts).total_fen
    hold("I1", person, account, column, true=column.came_in - column.went_out == inside)
    hold("I3", person, account, column, true=waiting == in_lines)
    hold("I4", person, account, column, true=account.holds.keys() == column.holds.keys())
    for segment in ACCOUNT_SEGMENTS:
        name = f"{segment}_fen"
        free, in_holds = column.available[name], column.held[name]
        hold("I3", person, account, column, true=account.available.of(segment) == free)
        hold("I4", person, account, column, true=account.held.of(segment) == in_holds)
    used = {
        (person, period): fen
        for person, periods in account.used.items()
        for period, fen in periods.items()
        if fen
    }
    oldest = str(account.account_year - 1)  # docs/decisions/0005
    counted = {
        (person, period): fen
        for (person, period), fen in column.used.items()
        if fen and (len(period) == len(oldest) or period[:4] >= oldest)
    }
    hold("I7", person, used, counted, true=used == counted)


def _check_wallet(person: str, wallet: Wallet, column: WalletColumn) -> None:
    """Compare one live wallet with its column: I2, I3, I4, I1."""
    parts = (wallet.available_fen, wallet.held_fen, wallet.pending_fen)
    hold("I2", person, wallet, true=min(parts) >= 0)
    hold("I1", person, wallet, true=column.came_in - column.went_out == sum(parts))
    hold("I3", person, wallet, column, true=wallet.available_fen == column.available)
    held = {claim: each.held_fen for claim, each in wallet.holds.items()}
    sent = {transfer: each.amount_fen for transfer, each in wallet.pending.items()}
    hold("I4", person, held, sent, column, true=(held, sent) == (column.holds, column.pending))


def fingerprint(store: Store) -> tuple[int, int, bytes]:
    """Give the last position, the number of answers and, of a file, the digest of its bytes."""
    entries, last = store.recorder.end
    files = sorted(store.path.glob(f"{EVENTS}*")) if store.path else []
    kept = [path for path in files if not path.name.endswith("-shm")]
    return last, entries, b"".join(sha256(path.read_bytes()).digest() for path in kept)


def _legs(coins: list[Coin]) -> list[Leg]:
    """Group coins into payments, in order of payment."""
    legs = []
    for coin, group in groupby(coins):
        if coin.account is not None:
            _, plain = in_words(coin.segment)
            segment = Segment.CURRENT if plain == CLOSED_YEAR else Segment(plain)
            account, fen = PersonId(coin.account), len(list(group))
            legs.append(Leg(account=account, segment=segment, line=coin.line, amount_fen=fen))
    return legs


def _nonzero(legs: tuple[Leg, ...]) -> list[Leg]:
    return [leg for leg in legs if leg.amount_fen]
