"""The front door: one key, one command, one answer."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.allocation import Situation
from domain.claim import Allocation
from domain.ids import ClaimId, MessageId, PersonId, PoolId
from domain.refusals import Code, Refusal
from domain.settlement import quote
from ledger import commands
from ledger.application import HANDLERS, Application
from ledger.errors import StoreClosed
from ledger.quoting import situation_now
from ledger.writer import Receipt
from tests.builders import request
from tests.ledger.till import Till

CREDIT = commands.Credit(person=PersonId("anne"), amount_fen=100)


@pytest.fixture
def till() -> Till:
    """Give a till that knows Anne, who has 1,000 fen."""
    till = Till()
    till.person("anne", 1_000)
    return till


def test_every_command_has_a_handler_and_a_name_of_its_own() -> None:
    def below(kind: type[commands.Command]) -> set[type[commands.Command]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    public = {kind for kind in below(commands.Command) if not kind.__name__.startswith("_")}
    assert HANDLERS.keys() == public - {commands.Command}
    assert len({name for name, _ in HANDLERS.values()}) == len(HANDLERS)


def test_the_same_key_and_command_get_the_same_answer_and_nothing_more_is_recorded(
    till: Till,
) -> None:
    first = till.say(CREDIT, key="k1")
    assert isinstance(first, Receipt)
    assert till.say(CREDIT, key="k1") == first._replace(replayed=True)
    assert till.available("anne") == 1_100


def test_the_same_key_with_another_command_is_a_conflict(till: Till) -> None:
    till.done(CREDIT, key="k1")
    till.refused(replace(CREDIT, amount_fen=101), Code.KEY_CONFLICT, key="k1")
    till.refused(commands.Retire(person=PersonId("anne")), Code.KEY_CONFLICT, key="k1")


def test_a_refused_command_is_decided_afresh_under_the_same_key(till: Till) -> None:
    take_back = commands.TakeBack(person=PersonId("anne"), amount_fen=1_500)
    till.refused(take_back, Code.INSUFFICIENT, key="k1")
    till.done(commands.Credit(person=PersonId("anne"), amount_fen=500))
    till.done(take_back, key="k1")


@pytest.mark.parametrize("key", [" ", "报文", "x" * 65, "-1", "\ud800"])
def test_a_malformed_key_is_refused_before_anything_is_looked_up(till: Till, key: str) -> None:
    unknown = commands.Retire(person=PersonId("nobody"))
    assert till.refused(unknown, Code.MALFORMED_KEY, key=key).facts["key"] == key[:64]


def test_an_answer_names_the_command_and_what_it_was_about(till: Till) -> None:
    assert till.done(CREDIT) == {"command": "account.credit", "person": "anne"}
    opened = till.done(commands.OpenPool(pool=PoolId("f"), opener=PersonId("anne")))
    assert opened == {"command": "family.open", "pool": "f"}


def test_a_note_actor_and_key_are_recorded_with_the_facts(till: Till) -> None:
    till.done(replace(CREDIT, note="补划"), key="k1")
    event = [event for _, event in till.store.events()][-1]
    assert (event.meta.note, event.meta.actor, event.meta.cause) == ("补划", "till-7", "k1")
    assert event.meta.correlation == "person/anne"
    assert event.meta.recorded_at == till.now


def test_commands_that_are_submitted_together_are_all_answered(till: Till) -> None:
    with till.application as application:
        waiting = [
            application.submit(CREDIT, key=MessageId(f"k{n}"), at=till.now, actor="till-7")
            for n in range(20)
        ]
        replies = [future.result(timeout=60) for future in waiting]
    assert all(isinstance(reply, Receipt) for reply in replies)
    assert till.available("anne") == 3_000


def test_a_closed_application_takes_no_more_commands(till: Till) -> None:
    till.application.close()
    with pytest.raises(StoreClosed):
        till.say(CREDIT)


def test_a_quote_writes_nothing_and_says_what_a_settlement_will_pay(till: Till) -> None:
    asked = request("c1", "anne", own_fen=300)
    before = till.store.recorder.last_position
    quoted = till.application.quote(asked, at=till.now)
    assert isinstance(quoted, Allocation)
    assert till.store.recorder.last_position == before
    assert till.available("anne") == 1_000
    till.done(commands.Settle(request=asked))
    settled = till.application.claim(ClaimId("c1"))
    assert settled is not None
    assert settled.allocation.legs == quoted.legs


def test_a_quote_sees_due_holds_as_free_and_leaves_them_alone(till: Till) -> None:
    held = request("c1", "anne", own_fen=900)
    till.done(commands.AuthorizeClaim(request=held, expires_at=till.now + timedelta(minutes=10)))
    later = till.now + timedelta(hours=1)
    quoted = till.application.quote(request("c2", "anne", own_fen=950), at=later)
    assert isinstance(quoted, Allocation)
    assert quoted.accounts_fen == 950
    assert till.account("anne").held.total_fen == 900


def test_a_quote_about_a_stranger_is_refused(till: Till) -> None:
    refusal = till.application.quote(request("c1", "nobody", own_fen=1), at=till.now)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.UNKNOWN_PERSON


def test_questions_are_never_void(till: Till) -> None:
    for message in ("question", "m0"):
        till.done(commands.Reverse(message=MessageId(message), patient=PersonId("anne")))
    asked = request("c1", "anne", own_fen=1)
    assert isinstance(till.application.quote(asked, at=till.now), Allocation)


def test_states_are_those_of_the_last_commit(till: Till) -> None:
    till.bind("anne", till.person("ben"))
    till.done(commands.Settle(request=request("c1", "ben", own_fen=10)))
    person = till.application.person(PersonId("anne"))
    pool = till.application.pool(PoolId("family"))
    claim = till.application.claim(ClaimId("c1"))
    assert person is not None
    assert pool is not None
    assert claim is not None
    assert (person.id, pool.id, claim.request.claim) == ("anne", "family", "c1")
    assert till.application.person(PersonId("nobody")) is None
    assert till.application.pool(PoolId("none")) is None
    assert till.application.claim(ClaimId("none")) is None


def test_a_second_application_over_the_same_store_knows_everything(till: Till) -> None:
    receipt = till.say(CREDIT, key="k1")
    assert isinstance(receipt, Receipt)
    again = Application(till.store, till.book)
    reply = again.execute(CREDIT, key=MessageId("k1"), at=till.now, actor="till-8")
    assert reply == receipt._replace(replayed=True)
    assert json.loads(receipt.answer)["person"] == "anne"


def test_a_store_that_is_only_read_can_be_asked_what_a_decision_would_see(till: Till) -> None:
    asked = request("c1", "anne", own_fen=1)
    seen = situation_now(till.store, asked, book=till.book, at=till.now)
    assert isinstance(seen, Situation)
    assert quote(asked, seen) == till.application.quote(asked, at=till.now)
    stranger = request("c1", "nobody", own_fen=1)
    refusal = situation_now(till.store, stranger, book=till.book, at=till.now)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.UNKNOWN_PERSON
