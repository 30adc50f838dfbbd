"""Commands about filings, through the front door: answers, facts, refusals, and the fund away."""

from __future__ import annotations

from datetime import date

import pytest

from domain.codes import FilingKind
from domain.filing import Stay
from domain.ids import PersonId, RegionCode
from domain.person import person_stream
from domain.refusals import Code
from ledger import commands
from ledger.commands import Command
from tests.builders import DAY, ELSEWHERE, institution, line, request, rules
from tests.ledger.till import Till

ANNE, NOBODY = PersonId("anne"), PersonId("nobody")
FARTHER = RegionCode("440100")


@pytest.fixture
def till() -> Till:
    """Give a till that knows Anne, in an area that locks long-term filings for six months."""
    till = Till(rules({"filing.change_lock_months": 6}))
    till.person("anne", 1_000)
    return till


def filing(**changes: object) -> Command:
    fields = {"person": ANNE, "kind": FilingKind.LIVING_AWAY, "place": ELSEWHERE, **changes}
    return commands.RecordFiling(**fields)  # type: ignore[arg-type]  # any field


def test_the_life_of_a_filing_in_commands(till: Till) -> None:
    answer = till.done(filing(stay=Stay(date(2026, 3, 1))))
    assert answer == {"command": "filing.record", "person": ANNE, "filing": 1}
    change = commands.ChangeFiling(person=ANNE, filing=1, place=FARTHER)
    assert till.refused(change, Code.FILING_LOCKED).facts["until"] == "2026-09-02"
    changed = commands.ChangeFiling(person=ANNE, filing=1, place=FARTHER, proof=True)
    assert till.done(changed)["filing"] == 1
    till.refused(commands.EndFiling(person=ANNE, filing=1), Code.FILING_LOCKED)
    answer = till.done(commands.EndFiling(person=ANNE, filing=1, on=date(2026, 9, 2)))
    assert answer == {"command": "filing.end", "person": ANNE, "filing": 1}
    anne = till.application.person(ANNE)
    assert anne is not None
    (kept,) = anne.filings
    assert kept.places == ((date(2026, 3, 1), ELSEWHERE), (DAY, FARTHER))
    assert kept.ended_on == date(2026, 9, 2)
    topics = [event.fact.TOPIC for event in till.store.stream(person_stream(ANNE))]
    assert topics[-3:] == ["filing.recorded", "filing.changed", "filing.ended"]


@pytest.mark.parametrize(
    "command",
    [
        filing(person=NOBODY),
        commands.ChangeFiling(person=NOBODY, filing=1, place=FARTHER),
        commands.EndFiling(person=NOBODY, filing=1),
    ],
)
def test_nobody_has_no_filings(till: Till, command: Command) -> None:
    till.refused(command, Code.UNKNOWN_PERSON)


def test_where_an_area_has_no_rules_nothing_is_filed_or_changed(till: Till) -> None:
    till.done(filing())
    long_ago = date(1999, 1, 1)
    till.refused(filing(on=long_ago), Code.NO_RULE)
    changed = commands.ChangeFiling(person=ANNE, filing=1, place=FARTHER, on=long_ago)
    till.refused(changed, Code.NO_RULE)


def test_the_fund_pays_away_once_it_is_filed(till: Till) -> None:
    there = institution(region=ELSEWHERE)
    asked = request("c1", ANNE, lines=[line(1, 400, fund_fen=600)], institution=there)
    till.refused(commands.Settle(request=asked), Code.NOT_FILED)
    till.done(filing())
    answer = till.done(commands.Settle(request=asked))
    assert (answer["fund_fen"], answer["own_account_fen"]) == (600, 400)


def test_an_emergency_is_settled_without_a_filing(till: Till) -> None:
    there = institution(region=ELSEWHERE)
    asked = request(
        "c1", ANNE, lines=[line(1, 400, fund_fen=600)], institution=there, emergency=True
    )
    assert till.done(commands.Settle(request=asked))["fund_fen"] == 600
