"""Small building blocks for tests: rule sets whose every value can be varied, claims, outcomes.

`rules()` allows everything without limits; every test states what it varies. Days are in 2026,
the default one is `DAY`, and `noon(day)` is an instant on it. `tests/world.py` puts people and
families together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from domain.claim import Allocation, ClaimLine, ClaimRequest, Institution
from domain.codes import (
    Area,
    Category,
    EndReason,
    FilingKind,
    Funding,
    Insurance,
    ManualDeadline,
    Order,
    OwnFirst,
    Place,
    RefundAfterEnd,
    RefundSegment,
    Relation,
    Side,
    Till,
    WalletModel,
)
from domain.facts import Change, Outcome
from domain.ids import ClaimId, InstitutionId, PersonId, RegionCode, RuleSetId
from domain.money import Ratio
from domain.pool import Authorization
from domain.record import Record
from domain.refusals import Code, Refusal
from domain.rules import (
    UNLIMITED,
    UNLIMITED_COUNT,
    AccountRules,
    ClaimRules,
    FilingRules,
    OwnRules,
    PoolRules,
    RuleSet,
    SegmentOrder,
    WalletRules,
)
from domain.tariff import BenefitRules

HERE = RegionCode("310000")
SAME_PROVINCE = RegionCode("310100")
ELSEWHERE = RegionCode("420100")

START = date(2026, 1, 1)
DAY = date(2026, 3, 2)
ANY_USE = Authorization(first_day=START)


def noon(day: date) -> datetime:
    """Give the instant of noon in Shanghai on a day."""
    return datetime.combine(day, time(4), UTC)


NOON = noon(DAY)
NEXT_NOON = noon(DAY + timedelta(days=1))


def days(number: int) -> timedelta:
    """Give a span of days."""
    return timedelta(days=number)


# ----------------------------------------------------------------------------------------- rules

_OPEN = RuleSet(
    id=RuleSetId("rs1:open"),
    dossier="ds1:open",
    region=HERE,
    chain=(HERE,),
    since=START,
    account=AccountRules(year_start_month=1),
    own=OwnRules(
        segments=SegmentOrder.CURRENT_FIRST,
        places=frozenset(Place),
        categories=frozenset(Category),
        outside_catalogue=True,
        out_of_area=True,
    ),
    pool=PoolRules(
        relations=frozenset(Relation),
        beneficiary_insurance=frozenset(Insurance),
        max_beneficiaries=UNLIMITED_COUNT,
        max_grantors=UNLIMITED_COUNT,
        max_pools=UNLIMITED_COUNT,
        exclusive_roles=False,
        review=False,
        activation_days=0,
        period_required=False,
        segments=SegmentOrder.CURRENT_FIRST,
        retained_minimum=0,
        per_use_cap=UNLIMITED,
        per_day_cap=UNLIMITED,
        per_year_cap=UNLIMITED,
        joint_year_cap=UNLIMITED,
        own_first=OwnFirst.BEFORE_AID,
        order=Order.FILING,
        reorder=True,
        fall_through=True,
        places=frozenset(Place),
        resident_places=frozenset(Place),
        categories=frozenset(Category),
        outside_catalogue=True,
        with_fund=True,
        area=Area.NATION,
        ended_by=frozenset(EndReason),
        funding=Funding.CALL,
        set_aside_floor=0,
        set_asides_per_month=UNLIMITED_COUNT,
        rest_returns=True,
        max_spouses=UNLIMITED_COUNT,
        max_parents=UNLIMITED_COUNT,
        max_children=UNLIMITED_COUNT,
        grantor_covered=True,
        balance_at_least=0,
        direct_area=Area.NATION,
        unbind_by=Side.EITHER,
    ),
    claim=ClaimRules(
        proxy=True,
        grantor_credential=True,
        cancel_across_months=True,
        cancel_across_years=RefundSegment.AS_OF_NOW,
        till=Till.AUTOMATIC,
        offer_minutes=5,
        refund_after_end=RefundAfterEnd.GRANTOR,
    ),
    wallet=WalletRules(
        model=WalletModel.CLOSED,
        relations=frozenset(Relation),
        per_transfer_cap=UNLIMITED,
        per_day_cap=UNLIMITED,
        transfers_per_day=UNLIMITED_COUNT,
        opens_hour=0,
        closes_hour=24,
        returns_hour=6,
        one_pending=False,
        acceptance=True,
        onward=True,
        till=Till.AUTOMATIC,
        places=frozenset(Place),
        categories=frozenset(Category),
        ended_by=frozenset(EndReason),
    ),
    filing=FilingRules(
        kinds=frozenset(FilingKind),
        temporary_months=6,
        change_lock_months=0,
        within_province=False,
        emergency_as_filed=True,
        late_until_discharge=True,
        home_too=True,
        referral_cut=Ratio(0, 1),
        other_cut=Ratio(0, 1),
        unfiled_first_pay=Ratio(0, 1),
        manual_rule=ManualDeadline.NONE,
        manual_months=UNLIMITED_COUNT,
        manual_day=1231,
    ),
    benefit=BenefitRules(
        tariff=(),
        class_b_first=Ratio(0, 1),
        account_first=frozenset(),
        e_prescription=True,
    ),
)


def rules(changes: Mapping[str, object] | None = None, *, region: str = HERE) -> RuleSet:
    """Give a rule set that allows everything, except for `changes` by registry name."""
    changes = changes or {}
    content = _OPEN.model_dump()
    for name, value in changes.items():
        group, parameter = name.split(".")
        assert parameter in content[group], name
        content[group][parameter] = value
    said = ",".join(f"{name}={_written(changes[name])}" for name in sorted(changes))
    content |= {"id": f"rs1:{region}:{said}", "region": region, "chain": (region,)}
    return RuleSet.model_validate(content)


def _written(value: object) -> str:
    return "+".join(sorted(value)) if isinstance(value, frozenset) else str(value)


# ---------------------------------------------------------------------------------------- claims


def line(no: int, own_fen: int, **changes: Any) -> ClaimLine:  # noqa: ANN401  # any field
    """Give a claim line with an own share; `fund_fen` comes on top."""
    fund_fen = changes.pop("fund_fen", 0)
    fields = {"category": Category.OUTPATIENT, **changes}
    return ClaimLine(no=no, total_fen=own_fen + fund_fen, fund_fen=fund_fen, **fields)


def institution(**changes: Any) -> Institution:  # noqa: ANN401  # any field
    """Give a designated and connected hospital in `HERE`."""
    fields = {"id": InstitutionId("H1"), "place": Place.HOSPITAL, "region": HERE, **changes}
    return Institution(**fields)


def request(
    claim: str,
    patient: str,
    *,
    own_fen: int = 0,
    lines: Sequence[ClaimLine] = (),
    day: date = DAY,
    **changes: Any,  # noqa: ANN401  # any field
) -> ClaimRequest:
    """Give a claim of one outpatient line with this own share, or of the lines given."""
    fields = {"institution": institution(), **changes}
    return ClaimRequest(
        claim=ClaimId(claim),
        patient=PersonId(patient),
        service_date=day,
        lines=tuple(lines) or (line(1, own_fen),),
        **fields,
    )


# -------------------------------------------------------------------------------------- outcomes


def done(outcome: Outcome) -> tuple[Change, ...]:
    """Insist that a decision was not refused, and give its changes."""
    assert not isinstance(outcome, Refusal), outcome.says("en")
    return outcome


def refused(outcome: Outcome | Allocation, code: Code) -> Refusal:
    """Insist on a refusal that can say, in both languages, why and what to do."""
    assert isinstance(outcome, Refusal), outcome
    assert outcome.code is code, outcome
    assert all(isinstance(fact, str | int) for fact in outcome.facts.values()), outcome
    assert outcome.rule is None or _OPEN.value(outcome.rule) is not None
    for language in ("zh", "en"):
        for sentence in (outcome.says(language), outcome.remedy(language)):
            assert sentence
            assert "{" not in sentence
    return outcome


def topics(outcome: Outcome) -> list[str]:
    """Give the topics of a decision's facts in order."""
    return [fact.TOPIC for _, fact in done(outcome)]


def as_data(value: object) -> Any:  # noqa: ANN401  # whatever JSON has
    """Give a record, or anything made of records, as plain JSON values with every field named."""
    match value:
        case Record():
            return {name: as_data(getattr(value, name)) for name in value.__struct_fields__}
        case dict():
            return {str(key): as_data(each) for key, each in value.items()}
        case frozenset():
            return sorted(value)
        case list() | tuple():
            return [as_data(each) for each in value]
        case _:
            return msgspec.to_builtins(value)
