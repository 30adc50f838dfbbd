"""Shipped scenarios pass, notice one wrong fen, and run the same way wherever they run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.rules import RuleBook
from ledger import store as stores
from policies import loader
from policies.strict_yaml import YamlMapping, YamlSequence, read
from simulation import scenario_proof
from simulation.scenario import run, run_file
from simulation.scenario_file import SHIPPED, parse_scenario, read_scenario
from simulation.scenario_nodes import line_under
from simulation.scenario_report import Report
from simulation.scenario_steps import ScenarioNode

FILES = sorted(SHIPPED.glob("*.yaml"))
every_scenario = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)

_PAYMENT = {"wallet", "fund", "own_share", "own_account", "mutual_aid", "cash", "value"}
_PARTS = {"available", "pending", "total", "current", "prior", "held"}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return loader.load()


def report_of(text: str, book: RuleBook) -> Report:
    scenario = parse_scenario(text, path="changed.yaml")
    assert isinstance(scenario, ScenarioNode), scenario
    return run(scenario, book, name="changed.yaml")


class Amount(NamedTuple):
    """An expected amount of a file: the key before it and its line, from 1."""

    key: str
    line: int


def amounts(raw: YamlMapping) -> Iterator[Amount]:
    """Find every amount that a file expects."""
    steps = raw["steps"]
    assert isinstance(steps, YamlSequence)
    blocks: list[tuple[str | int, ...]] = [
        ("steps", place, "expect") for place in range(len(steps))
    ]
    for path in [*blocks, ("expect",)]:
        block = at(raw, path)
        if isinstance(block, YamlMapping):
            yield from (
                Amount(str(found[-1]), line_under(raw, (*path, *found)))
                for found in in_block(block)
            )


def at(raw: YamlMapping, path: tuple[str | int, ...]) -> object:
    node: object = raw
    for step in path:
        match node, step:
            case YamlMapping(), str():
                node = node.get(step)
            case YamlSequence(), int():
                node = node[step]
    return node


def in_block(block: YamlMapping) -> Iterator[tuple[str | int, ...]]:
    for key, value in block.items():
        if key in _PAYMENT:
            yield (key,)
        if key in {"paid", "balances", "wallets"} and isinstance(value, YamlMapping):
            for who, part in value.items():
                if isinstance(part, YamlMapping):
                    yield from ((key, who, name) for name in part if name in _PARTS)
                else:
                    yield (key, who)
        if key == "used" and isinstance(value, YamlSequence):
            yield from ((key, place, "amount") for place in range(len(value)))


def one_fen_more(text: str, amount: Amount) -> str:
    lines = text.splitlines()
    before = lines[amount.line - 1]
    after = re.sub(rf'(\b{amount.key}: "?)', r"\g<1>0.01 + ", before, count=1)
    assert after != before, before
    lines[amount.line - 1] = after
    return "\n".join(lines)


def test_there_are_scenarios_enough() -> None:
    assert len(FILES) >= 22


@every_scenario
def test_every_shipped_scenario_passes(path: Path, book: RuleBook) -> None:
    report = run_file(path, book)
    assert [problem.says("en") for problem in report.problems] == []
    assert [difference.says("en") for difference in report.differences] == []
    assert report.checked > 0


@every_scenario
def test_one_wrong_fen_anywhere_is_found_with_its_line(path: Path, book: RuleBook) -> None:
    text = path.read_text(encoding="utf-8")
    found = list(amounts(read(path)))
    assert found, "a scenario expects at least one amount"
    for amount in found:
        report = report_of(one_fen_more(text, amount), book)
        [difference] = report.differences
        assert not report.passed
        assert (difference.path, difference.line) == ("changed.yaml", amount.line)
        expected, got = (
            Fraction(side.en.replace(",", "")) for side in (difference.expected, difference.got)
        )
        assert expected - got == Fraction(1, 100)


@every_scenario
def test_every_shipped_scenario_speaks_both_languages(path: Path, book: RuleBook) -> None:
    report = run_file(path, book)
    assert report.title.zh != report.title.en
    for happening in report.happened:
        for text in (happening.says, *happening.details):
            assert re.search(r"[\u4e00-\u9fff]", text.zh), text
            assert "{" not in text.zh + text.en


@every_scenario
def test_sources_are_cited_as_the_policy_files_cite_them(path: Path) -> None:
    scenario = read_scenario(path)
    assert isinstance(scenario, ScenarioNode)
    known = loader.load_library().sources
    for source in scenario.sources:
        if source.tag in known:
            cited = known[source.tag]
            assert (source.grade, source.published) == (cited.grade, cited.published or "not known")


def test_a_scenario_runs_in_a_file_as_it_runs_in_memory(book: RuleBook, tmp_path: Path) -> None:
    path = SHIPPED / "cancel-in-parts.yaml"
    stores.init(tmp_path / "store")
    with stores.open_writer(tmp_path / "store") as store:
        assert run_file(path, book, store=store) == run_file(path, book)
        events = [event for _, event in store.events()]
    assert {event.meta.actor for event in events} == {"scenario"}
    assert events[0].meta.cause == "cancel-in-parts.1"


def test_the_same_scenario_writes_the_same_bytes(book: RuleBook) -> None:
    def stored() -> list[bytes]:
        with stores.memory() as store:
            run_file(SHIPPED / "hold-and-capture-less.yaml", book, store=store)
            return [notification.state for notification in store.notifications()]

    assert stored() == stored()


def test_a_name_in_another_script_still_gives_plain_message_ids(book: RuleBook) -> None:
    scenario = read_scenario(SHIPPED / "divorce.yaml")
    assert isinstance(scenario, ScenarioNode)
    with stores.memory() as store:
        assert run(scenario, book, name="离婚.yaml", store=store).passed
        causes = [event.meta.cause for _, event in store.events()]
    assert re.fullmatch(r"scenario-[0-9a-f]{16}\.1", causes[0])


def test_message_ids_of_the_file_never_meet_those_of_the_steps(book: RuleBook) -> None:
    text = (SHIPPED / "message-sent-twice.yaml").read_text(encoding="utf-8")
    changed = text.replace("message: till-1\n", 'message: "1"\n')
    assert report_of(changed, book).passed


def test_an_unexpected_refusal_is_a_difference(book: RuleBook) -> None:
    text = (SHIPPED / "hubei-order-is-fixed.yaml").read_text(encoding="utf-8")
    report = report_of(text.replace("    expect: {refused: order_fixed}\n", ""), book)
    [difference] = report.differences
    assert difference.says("en").endswith("outcome: expected done, got refused order_fixed")
    assert difference.line == line_of(text, "order: {family: home") - 1


def test_an_expected_refusal_that_does_not_come_is_a_difference(book: RuleBook) -> None:
    text = (SHIPPED / "divorce.yaml").read_text(encoding="utf-8")
    changed = text.replace("{mutual_aid: 100, cash: 0}", "{refused: no_rule}", 1)
    [difference] = report_of(changed, book).differences
    assert difference.says("en").endswith("outcome: expected refused no_rule, got done")
    assert difference.line == line_of(changed, "refused: no_rule")


def test_a_refusal_in_the_opening_is_a_difference(book: RuleBook) -> None:
    text = (SHIPPED / "divorce.yaml").read_text(encoding="utf-8")
    changed = text.replace("relation: spouse}", "relation: spouse_parent}")
    differences = report_of(changed, book).differences
    assert differences[0].got.en == "refused relation_not_allowed"
    assert differences[0].line == line_of(changed, "relation: spouse_parent")


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("paid: {B: 300, A: 400 - 300}", "paid: {A: 100, B: 300}", "expected A, B, got B, A"),
        ("paid: {B: 300, A: 400 - 300}", "paid: {B: 300}", "expected B, got B, A"),
        ("A: paid_the_rest}", "A: empty}", "reason for A: expected empty, got paid_the_rest"),
        ("claims: {visit: settled}", "claims: {visit: held}", "expected held, got settled"),
        ("balances: {A: 300 - 100", "balances: {mother: 0", "got no personal account"),
        ("balances: {A: 300 - 100", "balances: {A: {prior: 200}", "expected 200.00, got 0.00"),
        ("      fund: 600", "      replayed: true", "expected true, got false"),
        ("      fund: 600", "      status: held", "expected held, got settled"),
        ("      fund: 600", "      value: 600", "expected 600, got nothing"),
        (
            "  claims: {visit: settled}",
            "  relations: [{family: home, grantor: A, beneficiary: mother, is: ended, by: move}]",
            "end of relation A → mother: expected move, got nothing",
        ),
        (
            "  claims: {visit: settled}",
            "  used: [{grantor: mother, beneficiary: A, in: 2026, amount: 1}]",
            "expected 1.00, got no personal account",
        ),
    ],
)
def test_whatever_is_expected_wrongly_is_told(
    written: str, instead: str, says: str, book: RuleBook
) -> None:
    text = (SHIPPED / "hubei-last-bound-first.yaml").read_text(encoding="utf-8")
    assert written in text
    differences = report_of(text.replace(written, instead), book).differences
    assert says in differences[-1].says("en")


def test_an_amount_expected_where_nothing_is_paid_is_a_difference(book: RuleBook) -> None:
    text = (SHIPPED / "divorce.yaml").read_text(encoding="utf-8")
    text += "\n"
    changed = text.replace("      relations:\n", "      cash: 5\n      relations:\n")
    [difference] = report_of(changed, book).differences
    assert (
        difference.says("zh") == f"changed.yaml:{difference.line}: 现金：预期 5.00，实为 没有付款"
    )


def test_a_printed_figure_that_is_right_after_all_is_a_difference(book: RuleBook) -> None:
    text = (SHIPPED / "quzhou-products-printed-wrong.yaml").read_text(encoding="utf-8")
    [difference] = report_of(text.replace("printed: 550", "printed: 440"), book).differences
    assert difference.expected.en == "other than the printed 440"
    assert difference.got.en == "440"


def test_every_settlement_is_decided_again_after_the_run(
    book: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def remembered(*_: object, **__: object) -> None:
        asked.append("decided again")

    monkeypatch.setattr(scenario_proof, "redecide", remembered)
    with pytest.raises(AssertionError, match="visit"):
        run_file(SHIPPED / "hubei-last-bound-first.yaml", book)
    assert asked


def test_money_that_appears_from_nowhere_stops_the_run(
    book: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenario_proof, "_moved_fen", lambda _: 1)
    with pytest.raises(AssertionError):
        run_file(SHIPPED / "hubei-last-bound-first.yaml", book)


def line_of(text: str, part: str) -> int:
    """Give the line, from 1, on which a part of a text first stands."""
    return text[: text.index(part)].count("\n") + 1


def test_rules_of_the_day_of_care_decide(book: RuleBook) -> None:
    text = (SHIPPED / "shanghai-devices-at-pharmacy.yaml").read_text(encoding="utf-8")
    later = text.replace("  june:\n", f"  june:\n    date: {date(2023, 6, 29)}\n")
    assert report_of(later, book).passed
