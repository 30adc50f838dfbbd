"""`gongji claim price`: a bill file becomes shares, each with its rule and source."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from cli.claim_file import from_file
from cli.errors import refused
from cli.render import Column, Table, plain, show, talk, to_json
from cli.session import rule_book
from cli.sources import area, basis, library, status_of
from domain.benefit import AT_HOME, BY_BILL, Away, Bill, Share, YearToDate, price
from domain.claim import ClaimRequest, Institution
from domain.codes import FilingKind
from domain.ids import ClaimId, PersonId, RegionCode
from domain.money import format_yuan
from domain.record import Record
from domain.refusals import Refusal
from domain.tariff import Insured
from domain.text import Text
from simulation.arithmetic import show as decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.settings import Settings
    from domain.benefit import Portion
    from domain.rules import Citation, FilingRules, RuleSet


class BillFile(Record, frozen=True, kw_only=True):
    """What a bill file says; amounts in whole fen.

    `region` is the patient's pooling area, whose rules apply. `so_far` is what was used up before
    in the year, `current_fen` this year's money in the patient's account. `filing` is what was
    filed for care away from home, if anything.
    """

    claim: ClaimId
    patient: PersonId
    region: RegionCode
    institution: Institution
    service_date: date
    person: Insured
    bill: Bill
    so_far: YearToDate = YearToDate()
    current_fen: int = 0
    filing: FilingKind | None = None
    emergency: bool = False


def show_price(settings: Settings, file: str, *, write: str | None) -> None:
    """Price the bill of a file, show who bears what, and write the claim where that is wanted.

    Raises:
        Failure: the file does not hold a bill, or it cannot be priced.
        UsageError: the bill names another place than its institution.
    """
    given = from_file(settings.lang, file, BillFile)
    place = given.institution.place
    if given.bill.place not in {place, Bill.place}:
        raise click.UsageError(_PLACE.say(settings.lang, place=place))
    rules = rule_book().resolve(given.region, given.service_date)
    if isinstance(rules, Refusal):
        raise refused(rules, settings.lang)
    share = price(
        replace(given.bill, place=place),
        given.person,
        rules=rules.benefit,
        so_far=given.so_far,
        current_fen=given.current_fen,
        away=_away(given, rules.filing),
    )
    if isinstance(share, Refusal):
        raise refused(share, settings.lang)
    show(settings, _table(given, share, rules))
    if write is not None:
        request = _request(given, share)
        Path(write).write_text(to_json(plain(request, settings.lang), indent=2) + "\n", "utf-8")
        talk(settings, _WRITTEN, path=write)


_PLACE = Text(
    "bill.place 与机构场所（{place}）不一致；不必写 bill.place",
    "bill.place differs from the institution's ({place}); it need not be written",
)
_WRITTEN = Text(
    "费用单已写入 {path}；结算：gongji claim settle {path}",
    "the claim is in {path}; settle it: gongji claim settle {path}",
)


def _away(given: BillFile, rules: FilingRules) -> Away:
    from domain.filing import effect_of, is_away

    if not is_away(given.region, given.institution.region, rules=rules):
        return AT_HOME
    return effect_of(given.filing, rules=rules, emergency=given.emergency)


def _request(given: BillFile, share: Share) -> ClaimRequest:
    return ClaimRequest(
        claim=given.claim,
        patient=given.patient,
        institution=given.institution,
        service_date=given.service_date,
        emergency=given.emergency,
        lines=share.lines,
    )


_COLUMNS = [
    Column("stage", Text("费用分段", "part of the bill"), "code", "Stage"),
    *(
        column
        for key, title in (
            ("left", Text("此前余额(元)", "left before")),
            ("amount", Text("金额(元)", "amount")),
            ("fund", Text("基金(元)", "fund")),
            ("own", Text("个人(元)", "own")),
        )
        for column in (
            Column(key, title, in_data=False),
            Column(f"{key}_fen", title, "data", for_people=False),
        )
    ),
    Column("ratio", Text("基金比例", "fund's ratio")),
    Column("rule", Text("规则", "rule")),
]


def _table(given: BillFile, share: Share, rules: RuleSet) -> Table:
    where, day = area(given.region), given.service_date
    paid = {"fund_fen": share.fund_fen, "own_fen": share.own_fen}
    return Table(
        "price",
        _COLUMNS,
        [_row(portion) for portion in share.portions],
        title=Text(
            f"计价 {given.claim} · {where.zh} · {day}（不写入账本）",
            f"price of {given.claim} · {where.en} · {day} (nothing is recorded)",
        ),
        notes=[_sum(given, share), *_reasons(share, rules)],
        more={
            **paid,
            "in_scope_fen": share.in_scope_fen,
            "deductible_fen": share.deductible_fen,
            "rule_set": rules.id,
            "claim": _request(given, share),
            "year_to_date": share.after,
        },
    )


def _row(portion: Portion) -> dict[str, Any]:
    exact = {
        "left": portion.left,
        "amount": portion.amount,
        "fund": portion.fund,
        "own": portion.amount - portion.fund,
    }
    return {
        "stage": portion.stage,
        "ratio": _percent(Fraction(*portion.ratio)),
        "rule": portion.rule,
        **{key: _yuan(fen) for key, fen in exact.items()},
        **{f"{key}_fen": _whole(fen) for key, fen in exact.items()},
    }


def _whole(fen: Fraction) -> int | str:
    """Give whole fen as a number, others as a fraction ("1818/5"): nothing is rounded here."""
    return fen.numerator if fen.denominator == 1 else str(fen)


def _yuan(fen: Fraction) -> str:
    return format_yuan(fen.numerator) if fen.denominator == 1 else decimal(fen / 100)


def _percent(ratio: Fraction) -> str:
    """Write a ratio as a percentage, with one decimal where it ends there."""
    tenths = ratio * 1000
    if tenths.denominator != 1:
        return f"{ratio * 100}%"
    whole, tenth = divmod(tenths.numerator, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def _sum(given: BillFile, share: Share) -> Text:
    total, fund, own = map(format_yuan, (given.bill.total_fen, share.fund_fen, share.own_fen))
    return Text(
        f"总额 {total} = 基金 {fund}（四舍五入到分） + 个人 {own}",
        f"total {total} = pooled fund {fund} (rounded half up) + own share {own}",
    )


def _reasons(share: Share, rules: RuleSet) -> Iterator[Text]:
    """Name the sources of every rule that decided, once."""
    for rule in dict.fromkeys(portion.rule for portion in share.portions):
        if rule != BY_BILL:
            yield _reason(rule, rules.citations[rule])


def _reason(rule: str, citation: Citation) -> Text:
    label, status = library().parameters[rule].label.text, status_of(citation)
    said = Text(basis(citation, "zh") or citation.why.zh, basis(citation, "en") or citation.why.en)
    return Text(
        f"{label.zh}（{rule}，{status.zh}）：{said.zh}",
        f"{label.en} ({rule}, {status.en}): {said.en}",
    )
