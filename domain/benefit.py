"""From a bill to the fund's part and the own share: pure, exact, and with its trace.

total − outside the catalogue − above the limit price − borne first (class B) = in scope;
of that this year's account money where the area says so, then the deductible, then the shared
stage, in which the fund pays its ratios up to its limits. Fractions are exact until the end; the
fund's part is rounded half up to whole fen and the residual is the patient's.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from domain.claim import ClaimLine
from domain.codes import Category, Level, Place
from domain.money import MAX_FEN, Ratio
from domain.record import Record
from domain.refusals import Code, Refusal, refuse
from domain.tariff import NOTHING, BenefitRules, Insured, Terms


class ClassB(Record, frozen=True):
    """Items of class B 乙类. `first` of them is borne first; by the rules where not given."""

    amount_fen: int
    first: Ratio | None = None


class Bill(Record, frozen=True, kw_only=True):
    """What one visit or purchase costs before anybody has paid, in fen.

    `care` chooses the tariff, `level` is that of the institution (with an e-prescription, of the
    hospital that wrote it). What is left after the named parts is in scope in full (class A).
    """

    total_fen: int
    care: Category
    level: Level
    place: Place = Place.HOSPITAL
    outside_fen: int = 0  # 全自费
    over_limit_fen: int = 0  # 超限价
    class_b: tuple[ClassB, ...] = ()
    e_prescription: bool = False

    @property
    def is_well_formed(self) -> bool:
        """Tell whether the parts fit into the whole and no ratio is beyond one."""
        parts = [self.outside_fen, self.over_limit_fen, *(b.amount_fen for b in self.class_b)]
        return (
            0 < self.total_fen <= MAX_FEN
            and min(parts) >= 0
            and sum(parts) <= self.total_fen
            and all(0 <= b.first.num <= b.first.den > 0 for b in self.class_b if b.first)
        )


class YearToDate(Record, frozen=True):
    """What was used up before in the same year, of one kind of care; amounts in fen.

    `in_scope_fen` is what the ratios were counted on, the deductible included; `all_fund_fen` is
    what the fund paid for every kind of care.
    """

    deductible_fen: int = 0
    in_scope_fen: int = 0
    fund_fen: int = 0
    all_fund_fen: int = 0
    stays: int = 0


class Away(Record, frozen=True):
    """What care outside the home area changes, by `domain.filing`.

    `cut` comes off every ratio of the fund, `first_pay` of what is in scope is borne first; `rules`
    name the parameters of both.
    """

    cut: Ratio = NOTHING
    first_pay: Ratio = NOTHING
    rules: tuple[str, str] = ("filing.referral_cut", "filing.unfiled_first_pay")


AT_HOME = Away()


class Stage(StrEnum):
    """What becomes of a part of a bill, in order 费用分段."""

    OUTSIDE = "outside"  # outside the catalogue 全自费
    OVER_LIMIT = "over_limit"  # above the limit price 超限价
    CLASS_B = "class_b"  # borne first 乙类先行自付
    UNFILED = "unfiled"  # borne first without a filing 未备案先行自付
    ACCOUNT = "account"  # this year's account money 账户段
    DEDUCTIBLE = "deductible"  # 起付线
    RATIO = "ratio"  # shared by a ratio 按比例
    ABOVE_CEILING = "above_ceiling"  # 封顶线以上
    ABOVE_LIMIT = "above_limit"  # beyond what the fund pays a year 年度限额以上
    NOT_SHARED = "not_shared"  # drugs bought without an e-prescription 未凭电子处方


class Portion(NamedTuple):
    """One step of the trace: of `left` not yet dealt with, `amount` went this way; exact fen.

    `rule` names the parameter behind it, `BY_BILL` where the bill itself says so. The fund pays
    `ratio` of the amount, the patient the rest.
    """

    stage: Stage
    rule: str
    left: Fraction
    amount: Fraction
    ratio: Ratio = NOTHING

    @property
    def fund(self) -> Fraction:
        """Give the fund's exact part, in fen."""
        return self.amount * Fraction(*self.ratio)


BY_BILL = "bill"


class Share(NamedTuple):
    """Who bears what of a bill, in fen. Lines add up to the total; `after` is the year then."""

    lines: tuple[ClaimLine, ...]
    portions: tuple[Portion, ...]
    in_scope_fen: int
    deductible_fen: int
    fund_fen: int
    own_fen: int
    after: YearToDate


class _Scope(NamedTuple):
    """The bill up to what is in scope: who bears what first, in fen."""

    first_fen: int
    in_scope_fen: int
    portions: tuple[Portion, ...]


class _Parts(NamedTuple):
    """Who is asked for how much: each stage with its fen."""

    account_fen: int
    deductible_fen: int
    shared_fen: int
    first_fen: int


class _Shared(NamedTuple):
    """The shared stage: the fund's part, what counts for the ratios, and the exact portions."""

    fund_fen: int
    counted_fen: int
    portions: tuple[Portion, ...]


def price(
    bill: Bill,
    person: Insured,
    *,
    rules: BenefitRules,
    so_far: YearToDate = YearToDate(),  # noqa: B008 - frozen
    current_fen: int = 0,
    away: Away = AT_HOME,
) -> Share | Refusal:
    """Give the fund's part, the own share and the claim lines of a bill.

    `current_fen` is this year's money in the patient's account. It pays first where the area says
    so; the line of that stage then asks for exactly as much, and the stages after it stand in lines
    of their own, so that settling takes each segment where it belongs.
    """
    if not bill.is_well_formed:
        return refuse(Code.BILL_MALFORMED, total_fen=bill.total_fen)
    terms = rules.terms(person, bill.care, level=bill.level)
    if not terms.steps:
        return refuse(
            Code.NO_BENEFIT_RULE,
            rule=_TARIFF,
            insurance=person.insurance,
            care=bill.care,
            level=bill.level,
        )
    scope = _scope(bill, rules, away)
    account_fen = min(current_fen, scope.in_scope_fen) if bill.care in rules.account_first else 0
    left_fen = scope.in_scope_fen - account_fen
    deductible_fen = min(left_fen, deductible_left(terms, so_far))
    parts = _Parts(account_fen, deductible_fen, left_fen - deductible_fen, scope.first_fen)
    if bill.place is Place.PHARMACY and not (bill.e_prescription and rules.e_prescription):
        alone = _portion(Stage.NOT_SHARED, _E, of=parts.shared_fen, fen=parts.shared_fen)
        shared = _Shared(0, 0, (alone,))
    else:
        at_fen = so_far.in_scope_fen + deductible_fen
        shared = _share(parts.shared_fen, terms, so_far, at_fen=at_fen, away=away)
    return _added_up(bill, scope, parts, shared=shared, so_far=so_far)


def _added_up(
    bill: Bill, scope: _Scope, parts: _Parts, *, shared: _Shared, so_far: YearToDate
) -> Share:
    """Put the stages together and see that they add up."""
    in_scope, left = scope.in_scope_fen, scope.in_scope_fen - parts.account_fen
    portions = (
        *scope.portions,
        _portion(Stage.ACCOUNT, _ACCOUNT, of=in_scope, fen=parts.account_fen),
        _portion(Stage.DEDUCTIBLE, _TARIFF, of=left, fen=parts.deductible_fen),
        *shared.portions,
    )
    share = Share(
        lines=_lines(bill, parts, shared),
        portions=tuple(portion for portion in portions if portion.amount),
        in_scope_fen=in_scope,
        deductible_fen=parts.deductible_fen,
        fund_fen=shared.fund_fen,
        own_fen=bill.total_fen - shared.fund_fen,
        after=YearToDate(
            deductible_fen=so_far.deductible_fen + parts.deductible_fen,
            in_scope_fen=so_far.in_scope_fen + parts.deductible_fen + shared.counted_fen,
            fund_fen=so_far.fund_fen + shared.fund_fen,
            all_fund_fen=so_far.all_fund_fen + shared.fund_fen,
            stays=so_far.stays + 1,
        ),
    )
    assert sum(line.total_fen for line in share.lines) == bill.total_fen, share
    assert sum(line.fund_fen for line in share.lines) == share.fund_fen, share
    assert 0 <= share.fund_fen <= parts.shared_fen, share
    return share


_TARIFF, _ACCOUNT, _E = "benefit.tariff", "benefit.account_first", "benefit.e_prescription"


def deductible_left(terms: Terms, so_far: YearToDate) -> int:
    """Give what is still to be borne before the fund pays, in fen."""
    if terms.per_stay:
        return terms.later_deductible_fen if so_far.stays else terms.deductible_fen
    return max(0, terms.deductible_fen - so_far.deductible_fen)


def half_up(exact: Fraction) -> int:
    """Round a part of at least 0 to whole fen, half a fen upwards."""
    return (exact + Fraction(1, 2)).__floor__()


def _scope(bill: Bill, rules: BenefitRules, away: Away) -> _Scope:
    """Take off what the patient bears before any rule of sharing."""
    firsts = [
        half_up(b.amount_fen * Fraction(*(b.first or rules.class_b_first))) for b in bill.class_b
    ]
    left_fen = bill.total_fen
    portions = []
    for stage, rule, fen in (
        (Stage.OUTSIDE, BY_BILL, bill.outside_fen),
        (Stage.OVER_LIMIT, BY_BILL, bill.over_limit_fen),
        (Stage.CLASS_B, "benefit.class_b_first", sum(firsts)),
    ):
        portions.append(_portion(stage, rule, of=left_fen, fen=fen))
        left_fen -= fen
    unfiled_fen = half_up(left_fen * Fraction(*away.first_pay))
    portions.append(_portion(Stage.UNFILED, away.rules[1], of=left_fen, fen=unfiled_fen))
    first_fen = bill.over_limit_fen + sum(firsts) + unfiled_fen
    return _Scope(first_fen, left_fen - unfiled_fen, tuple(portions))


def _share(
    shared_fen: int, terms: Terms, so_far: YearToDate, *, at_fen: int, away: Away
) -> _Shared:
    """Share what is above the deductible, band by band; nothing is rounded before the sum."""
    ceiling = Fraction(max(0, terms.ceiling_fen - so_far.all_fund_fen))
    left, paid, portions = Fraction(shared_fen), Fraction(0), []
    for width, ratio in _bands(shared_fen, terms, at_fen=at_fen):
        cut = _less(ratio, away.cut)
        below = width if not cut.num else min(width, (ceiling - paid) * Fraction(cut.den, cut.num))
        portions.append(Portion(Stage.RATIO, _TARIFF, left, below, cut))
        paid += below * Fraction(*cut)
        left -= below
        if below < width:
            above = _less(terms.above, away.cut)
            portions.append(Portion(Stage.ABOVE_CEILING, _TARIFF, left, left, above))
            paid += left * Fraction(*above)
            break
    fund_fen = half_up(paid)
    limit_fen = max(0, terms.limit_fen - so_far.fund_fen)
    if fund_fen > limit_fen:
        over = _portion(Stage.ABOVE_LIMIT, _TARIFF, of=fund_fen, fen=fund_fen - limit_fen)
        return _Shared(limit_fen, shared_fen, (*portions, over))
    return _Shared(fund_fen, shared_fen, tuple(portions))


def _bands(shared_fen: int, terms: Terms, *, at_fen: int) -> Iterator[tuple[Fraction, Ratio]]:
    """Give the width of each band that the shared amount reaches into, with its ratio."""
    end_fen = at_fen + shared_fen
    ends = [step.from_fen for step in terms.steps[1:]]
    for step, next_fen in zip(terms.steps, [*ends, max(end_fen, MAX_FEN)], strict=True):
        width_fen = min(end_fen, next_fen) - max(at_fen, step.from_fen)
        if width_fen > 0:
            yield Fraction(width_fen), step.ratio


def _less(ratio: Ratio, cut: Ratio) -> Ratio:
    """Take percentage points off a ratio, down to nothing."""
    left = max(Fraction(0), Fraction(*ratio) - Fraction(*cut))
    return Ratio(left.numerator, left.denominator)


def _lines(bill: Bill, parts: _Parts, shared: _Shared) -> tuple[ClaimLine, ...]:
    """Give one claim line for each stage that asks for money, in the order of payment."""
    category = Category.DRUG if bill.place is Place.PHARMACY else bill.care
    asked = (
        (parts.account_fen, 0, False),
        (parts.deductible_fen, 0, False),
        (parts.shared_fen, shared.fund_fen, False),
        (parts.first_fen, 0, False),
        (bill.outside_fen, 0, True),
    )
    due = (part for part in asked if part[0])
    return tuple(
        ClaimLine(no, category, total_fen, fund_fen, outside)
        for no, (total_fen, fund_fen, outside) in enumerate(due, start=1)
    )


def _portion(stage: Stage, rule: str, *, of: int, fen: int) -> Portion:
    return Portion(stage, rule, Fraction(of), Fraction(fen))
