"""A decision in facts: what every candidate account gave, why, and what that rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from cli.sources import area, parameter_of
from cli.tariff_words import percent, say_clauses, say_tariff
from cli.words import WORDS, YES_NO
from domain.codes import Funding
from domain.money import Ratio, format_yuan
from domain.purses import beneficiary_of
from domain.reasons import REASONS, Reason
from domain.rules import UNLIMITED, UNLIMITED_COUNT
from domain.text import Text
from domain.wallet import WALLET

if TYPE_CHECKING:
    from cli.deciding import Decided
    from domain.claim import Trial
    from domain.eligibility import Candidate
    from domain.rules import Citation, Source
    from policies.documents import ParameterNode

GRANTED = {
    "first_day": Text("授权起始日", "first day of the authorization"),
    "last_day": Text("授权截止日", "last day of the authorization"),
    "places": Text("授权场所", "authorized places"),
    "categories": Text("授权费用", "authorized categories"),
    "per_use_fen": Text("授权单次限额", "authorized for one use"),
    "per_day_fen": Text("授权单日限额", "authorized for one day"),
    "per_year_fen": Text("授权年度限额", "authorized for one account year"),
    "joint_year_fen": Text("授权合计年度限额", "authorized for all relatives in an account year"),
    "retained_fen": Text("授权保留额", "to stay in the account by the authorization"),
}
"""What a grantor may limit, by the field of the authorization."""

_WITHOUT_LIMIT = Text("不限", "no limit")


class Basis(NamedTuple):
    """The rule that decided: its name, label and value, and its citation where it is a law's."""

    parameter: str
    label: Text
    value: Text
    region: str = ""
    citation: Citation | None = None


class Step(NamedTuple):
    """One candidate account, in order of deduction."""

    trial: Trial
    who: Text
    reason: Text
    available: Text
    basis: Basis | None


def steps(decided: Decided) -> list[Step]:
    """Give every candidate account with what decided about it."""
    return [_step(trial, decided) for trial in decided.allocation.trials]


def _step(trial: Trial, decided: Decided) -> Step:
    candidate, own = decided.candidates[trial.account], decided.candidates[decided.request.patient]
    if trial.purse == WALLET:
        candidate = replace(candidate, own_wallet=True)
    return Step(
        trial,
        _who(candidate, home=own.rules.region),
        REASONS[trial.reason],
        _available(candidate, trial.purse),
        _basis(trial, candidate, own=own),
    )


def _who(candidate: Candidate, *, home: str) -> Text:
    """Say what the account is to the patient, and where it is kept if not in the same area."""
    if candidate.own_wallet:
        return Text("本人医保钱包", "own wallet")
    if candidate.pool is None or candidate.binding is None:
        return Text("本人账户", "own account")
    relation = WORDS["Relation"][candidate.binding.relation]
    standing = WORDS["Standing"][candidate.binding.standing]
    theirs = candidate.rules.region
    where = area(theirs) if theirs != home else None
    return Text(
        f"共济组 {candidate.pool.id}，就诊人是其{relation.zh}，{standing.zh}"
        + (f"，参保地 {where.zh}" if where else ""),
        f"family pool {candidate.pool.id}, the patient is their {relation.en}, {standing.en}"
        + (f", insured in {where.en}" if where else ""),
    )


def _available(candidate: Candidate, purse: str) -> Text:
    """Say what was there when the account was asked: available, or set aside for the patient."""
    if candidate.own_wallet and candidate.person.wallet is not None:
        yuan = format_yuan(candidate.person.wallet.available_fen)
        return Text(f"当时可用：{yuan}", f"available then: {yuan}")
    account = candidate.person.account
    if account is None:
        return Text("", "")
    current, prior = (format_yuan(fen) for fen in _segments(account.money_of(purse)))
    if purse:
        whom = beneficiary_of(purse)
        zh = f"为 {whom} 冻结的共济额度" if whom else "划拨给共济组的资金"
        en = f"the quota frozen for {whom}" if whom else "the money set aside for the family"
        return Text(
            f"动用的是事先{zh}，当时余：当年 {current}，历年 {prior}",
            f"it comes out of {en}, in which there was: current year {current}, "
            f"prior years {prior}",
        )
    return Text(
        f"当时可用：当年 {current}，历年 {prior}",
        f"available then: current year {current}, prior years {prior}",
    )


def _segments(available: Any) -> tuple[int, int]:  # noqa: ANN401 - Amounts
    return available.current_fen, available.prior_fen


def order_rules(decided: Decided) -> list[Basis]:
    """Give the rules of the patient's area that put the accounts in order."""
    own = decided.candidates[decided.request.patient]
    return [_of_region(name, own) for name in _BY_PATIENT]


def till_rule(decided: Decided) -> Basis:
    """Give the rule of the patient's area by which the till may use relatives' accounts."""
    return _of_region("claim.till", decided.candidates[decided.request.patient])


_BY_PATIENT = ("pool.order", "pool.own_first", "pool.fall_through")
_OF_PATIENTS_AREA = {*_BY_PATIENT, "claim.till"}
_BY_SEGMENTS = {Reason.GAVE_ALL_IT_HAD, Reason.PAID_THE_REST, Reason.EMPTY}


def _basis(trial: Trial, candidate: Candidate, *, own: Candidate) -> Basis | None:
    """Give the rule behind a reason; None where a recorded fact decided, not a rule.

    What an account had to give follows from the segments that its use is open to, and of money
    set aside from the rule that has it set aside.
    """
    parameter = trial.rule
    if trial.reason in _BY_SEGMENTS:
        parameter = _source_of_money(trial, candidate)
    if parameter is None:
        return None
    if parameter.startswith("authorization."):
        return _of_authorization(parameter, candidate)
    return _of_region(parameter, own if parameter in _OF_PATIENTS_AREA else candidate)


def _source_of_money(trial: Trial, candidate: Candidate) -> str:
    """Name the rule by which the account had this money to give."""
    if candidate.own_wallet:
        return "wallet.till"
    if candidate.is_own:
        return "own.segments"
    if trial.purse:
        own_way = candidate.rules.pool.funding is Funding.QUOTA or not beneficiary_of(trial.purse)
        return "pool.funding" if own_way else "wallet.model"
    return "pool.segments"


def _of_region(name: str, candidate: Candidate) -> Basis:
    rules = candidate.rules
    parameter = parameter_of(name)
    label = Text(parameter.label.zh, parameter.label.en)
    value = say_value(parameter, rules.value(name))
    return Basis(name, label, value, rules.region, rules.citations.get(name))


def _of_authorization(parameter: str, candidate: Candidate) -> Basis:
    name = parameter.partition(".")[2]
    authorization = candidate.binding and candidate.binding.authorization
    if name == "joint_year_fen" and candidate.pool is not None:
        value: object = candidate.pool.joint_year_fen.get(candidate.person.id, UNLIMITED)
    else:
        value = getattr(authorization, name)
    return Basis(parameter, GRANTED[name], _say_granted(name, value))


def _say_granted(name: str, value: object) -> Text:
    if isinstance(value, int):
        return _say_fen(value)
    if name in {"places", "categories"} and isinstance(value, frozenset):
        return _say_codes("Place" if name == "places" else "Category", value)
    return Text(str(value), str(value))


def say_value(parameter: ParameterNode, value: object) -> Text:
    """Say the value of a rule parameter in words."""
    match parameter.type:
        case "bool":
            return YES_NO["true" if value else "false"]
        case "set":
            assert isinstance(value, frozenset)
            return _say_codes(parameter.vocabulary, value)
        case "enum":
            return WORDS[parameter.vocabulary][str(value)]
        case "money":
            assert isinstance(value, int)
            return _say_fen(value)
        case "ratio":
            assert isinstance(value, Ratio)
            return _say_ratio(value)
        case "tariff":
            assert isinstance(value, tuple)
            return say_tariff(value)
        case _:
            unlimited = value == UNLIMITED_COUNT
            return _WITHOUT_LIMIT if unlimited else Text(str(value), str(value))


def say_change(
    parameter: ParameterNode, before: object, after: object
) -> tuple[Text | None, Text | None]:
    """Say two values that differ, None for none; of tariffs the clauses that only one has."""
    if isinstance(before, tuple) and isinstance(after, tuple) and parameter.type == "tariff":
        return (
            say_clauses([clause for clause in before if clause not in after]),
            say_clauses([clause for clause in after if clause not in before]),
        )
    said = [None if each is None else say_value(parameter, each) for each in (before, after)]
    return said[0], said[1]


def _say_ratio(ratio: Ratio) -> Text:
    said = percent(ratio)
    return Text(said, said)


def _say_fen(fen: int) -> Text:
    if fen >= UNLIMITED:
        return _WITHOUT_LIMIT
    return Text(f"{format_yuan(fen)} 元", f"{format_yuan(fen)} yuan")


def _say_codes(vocabulary: str, codes: frozenset[Any]) -> Text:
    """List words in the order of the glossary."""
    words = [word for code, word in WORDS[vocabulary].items() if code in codes]
    if not words:
        return Text("无", "none")
    return Text("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def data_of(basis: Basis | None) -> dict[str, object] | None:
    """Give a basis as data, with its sources whole."""
    if basis is None:
        return None
    rule: dict[str, object] = {
        "parameter": basis.parameter,
        "label": basis.label,
        "value": basis.value,
    }
    citation = basis.citation
    if citation is None:
        return rule
    return rule | {
        "region": basis.region,
        "decided_for": citation.region,
        "since": citation.since,
        "status": citation.status,
        "says": citation.says,
        "why": citation.why,
        "sources": [_source(source) for source in citation.sources],
        "contradicted_by": [_source(source) for source in citation.contradicted_by],
    }


def _source(source: Source) -> dict[str, str]:
    fields = ("key", "title", "issuer", "number", "published", "grade", "address")
    return {field: str(getattr(source, field)) for field in fields}
