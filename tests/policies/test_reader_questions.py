"""What a reader of the rules asks of cities and provinces, answered by hand from the texts.

Each answer is resolved as the library does it, through the city's parents: value, how sure it is,
the region that decides, and the documents for and against it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from domain.codes import Area, Category, Order, Place, Relation, Till, WalletModel
from domain.ids import RegionCode
from domain.money import Ratio
from domain.rules import SegmentOrder
from policies.library import Library
from policies.loader import load_library


class Question(NamedTuple):
    """A question with its answer: `has` asks for a member of a set."""

    asks: str
    region: str
    parameter: str
    day: str
    answer: object
    status: str
    decides: str
    cites: set[str]
    against: set[str]
    has: object = None


NOTICE = {"xh-0109a"}
YES, NO = True, False

QUESTIONS = [
    Question(
        "may a resident pay the pharmacy in Wuhan from a son's account", "420100",
        "pool.resident_places", "2025-06-01", NO, "observed", "420100",
        {"wh-2023", "wh-2025"}, set(), Place.PHARMACY,
    ),
    Question(
        "does a second pool pay in Wenzhou when the first is short", "330300",
        "pool.fall_through", "2023-06-01", NO, "observed", "330300", {"wz"}, set(),
    ),
    Question(
        "is this year's money shared in Hangzhou before the rule on transfers", "330100",
        "pool.segments", "2023-06-01", SegmentOrder.PRIOR_ONLY, "observed", "330000",
        {"hz-2022"}, set(),
    ),
    Question(
        "how much stays in an account in Putian", "350300", "pool.set_aside_floor",
        "2023-01-01", 2000_00, "observed", "350300", {"fj-2022", "pt-2022"}, set(),
    ),
    Question(
        "how many grantors has a beneficiary in Jiangxi before the notice of 2026", "360000",
        "pool.max_grantors", "2026-01-08", 1, "in_force", "360000", {"jx-2023"}, set(),
    ),
    Question(
        "and after it", "360000", "pool.max_grantors", "2026-01-09", 1, "contested", "360000",
        {"jx-2023"}, NOTICE,
    ),
    Question(
        "may an owner in Tai'an be bound after the notice of 2026", "370900",
        "pool.exclusive_roles", "2026-02-01", YES, "contested", "370900", {"ta"}, NOTICE,
    ),
    Question(
        "what happens in Tai'an when the own account is short", "370900", "claim.till",
        "2024-01-01", Till.TWO_TAPS, "unverified", "370000", {"sd-tap"}, set(),
    ),
    Question(
        "are parents-in-law bound in Tai'an as in Jinan", "370900", "pool.relations",
        "2024-06-01", NO, "contested", "370000", {"sd-tap"}, {"sd-cities"},
        Relation.SPOUSE_PARENT,
    ),
    Question(
        "whom does a patient in Xi'an draw on first", "610100", "pool.order", "2025-06-01",
        Order.USER_SET, "observed", "610000", {"sn-rule"}, set(),
    ),
    Question(
        "may the care premium be paid in Xi'an before the notice of 2026", "610100",
        "pool.categories", "2026-01-08", NO, "in_force", "CN",
        {"en-art5", "gb2024-38", "cctv-0807"}, set(), Category.CARE_PREMIUM,
    ),
    Question(
        "how much does a wallet send in a day in Shaanxi", "610000", "wallet.per_day_cap",
        "2025-11-04", 2000_00, "contested", "610000", {"sn-1104"}, {"qn", "hn-0919", "yt-0918"},
    ),
    Question(
        "and in Gansu", "620000", "wallet.per_day_cap", "2025-11-04", 6000_00, "contested", "CN",
        {"qn", "hn-0919", "yt-0918"}, {"sn-1104"},
    ),
    Question(
        "is money sent or frozen in Gansu the day before the notice", "620000", "wallet.model",
        "2026-01-08", WalletModel.TRANSFER, "in_force", "620000", {"qn"}, set(),
    ),
    Question(
        "when do transfers close", "CN", "wallet.closes_hour", "2025-10-01", 22, "in_force",
        "CN", {"qn", "hn-0919", "yt-0918"}, set(),
    ),
    Question(
        "is the wallet open in Suzhou in autumn 2025", "320500", "wallet.open", "2025-09-22",
        YES, "observed", "320000", {"cctv-0922"}, set(),
    ),
    Question(
        "and in Tibet in May", "540000", "wallet.open", "2025-05-08", YES, "observed", "540000",
        {"zy-0523"}, set(),
    ),
    Question(
        "but in Shenzhen", "440300", "wallet.open", "2025-09-22", NO, "observed", "440000",
        {"cctv-0922"}, set(),
    ),
    Question(
        "may many be linked by one provider in Chongqing", "500000", "pool.max_beneficiaries",
        "2026-02-01", 1, "contested", "500000", {"cq-2022"}, {"d-local", "xh-0109a"},
    ),
    Question(
        "how far is Chongqing's account good within the province", "500000", "pool.area",
        "2024-11-26", Area.SAME, "contested", "500000", {"cq-2022"}, {"xh-1126"},
    ),
    Question(
        "what does a patient of Xiamen bear first without a filing", "350200",
        "filing.unfiled_first_pay", "2025-03-01", Ratio(1, 10), "observed", "350200", {"xm-bot"},
        set(),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asks)
def test_question_is_answered_as_by_hand(library: Library, question: Question) -> None:
    day = date.fromisoformat(question.day)
    found = library.decided(RegionCode(question.region), question.parameter, on=day)
    assert found is not None
    if question.has is None:
        assert found.value == question.answer
    else:
        assert isinstance(found.value, frozenset)
        assert (question.has in found.value) is question.answer
    assert (found.status, found.region) == (question.status, question.decides)
    assert {claim.source.key for claim in found.cites} == question.cites
    assert {claim.source.key for claim in found.contradicted_by} == question.against
