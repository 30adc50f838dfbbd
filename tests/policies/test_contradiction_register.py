"""Fifteen questions on which published texts disagree: both sides are kept, and one is decided.

Thirteen are decided for an area: the value is contested, cites one side, names the other and says
why. In the other two, areas differ without contradicting each other: each has its own cited value.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from domain.ids import RegionCode
from policies.library import Claim, Decision, Library
from policies.loader import load_library

DAY = "2026-06-01"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


class Contested(NamedTuple):
    """A row of the register on one day: claims by key with their sources, for and against."""

    number: int
    question: str
    region: str
    parameter: str
    day: str
    followed: dict[str, str]
    opposed: dict[str, str]


class Differing(NamedTuple):
    """A row in which areas differ: value and source by area, and claims too weak to decide."""

    number: int
    question: str
    parameter: str
    areas: dict[str, tuple[object, str]]
    only_said: dict[str, str]


TRANSFERS = {"cn.qn.model": "qn", "cn.sn-1104.model": "sn-1104"}
QUOTAS = {"cn.xh-0109b.model": "xh-0109b"}
THREE_KINDS = {"sh.w0.relations": "w0", "sh.tb-0920.relations": "tb-0920"}
EIGHT_KINDS = {"sh.w1.relations": "w1", "cn.wx-1227.relations": "wx-1227"}
SIBLINGS_OUT = {"cn.d-sib.wallet-relations": "d-sib"}
CASH = {"sh.seg.own-pocket": "sh-seg"}
PRIOR_MONEY = {"sh.cd.own-pocket": "sh-cd"}

CONTESTED = [
    Contested(
        1, "may family money pay at Shanghai's pharmacies", "310000", "pool.places", "2025-06-01",
        {"sh.2022.places": "sh-2022", "sh.0627.places": "sh-0627", "sh.w1.places": "w1"},
        {"sh.w0.places": "w0"},
    ),
    Contested(
        2, "how many provinces had the wallet in April 2025",
        "CN", "wallet.provinces", "2025-04-30",
        {"cn.fs-2025.provinces": "fs-2025"},
        {"cn.w2.provinces": "w2", "cn.w4.provinces": "w4"},
    ),
    Contested(
        2, "and on 8 May 2025", "CN", "wallet.provinces", "2025-05-08",
        {"cn.zy-0523.provinces": "zy-0523"},
        {"cn.w2.provinces": "w2", "cn.w4.provinces": "w4"},
    ),
    Contested(
        3, "who is family in Shanghai", "310000", "pool.relations", "2025-06-01",
        EIGHT_KINDS, THREE_KINDS,
    ),
    Contested(
        6, "may siblings use the wallet", "CN", "wallet.relations", "2025-10-01",
        {"cn.hn-0919.wallet-relations": "hn-0919"}, SIBLINGS_OUT,
    ),
    Contested(
        6, "and a quota", "CN", "wallet.relations", DAY,
        {"cn.xh-0109.wallet-relations": "xh-0109a"}, SIBLINGS_OUT,
    ),
    Contested(
        7, "how much a wallet sends in a day", "CN", "wallet.per_day_cap", "2025-10-01",
        {"cn.qn.per-day": "qn", "cn.hn-0919.per-day": "hn-0919", "cn.yt-0918.per-day": "yt-0918"},
        {"cn.sn-1104.per-day": "sn-1104"},
    ),
    Contested(
        8, "does the wallet move money, in 2025", "CN", "wallet.model", "2025-10-01",
        TRANSFERS, QUOTAS,
    ),
    Contested(8, "and in 2026", "CN", "wallet.model", DAY, QUOTAS, TRANSFERS),
    Contested(
        9, "are parents-in-law near relatives", "CN", "pool.relations", DAY,
        {"cn.jrx.relations": "jrx"},
        {"cn.jn-2024.relations": "jn-2024", "cn.gc-2022.relations": "gc-2022",
         "cn.sd-cities.relations": "sd-cities"},
    ),
    Contested(
        10, "does a suspended grantor pay", "CN", "pool.grantor_covered", DAY,
        {"cn.jx-2023.covered": "jx-2023"}, {"cn.d-xa.covered": "d-xa"},
    ),
    Contested(
        11, "whose credential is shown", "CN", "claim.grantor_credential", DAY,
        {"cn.rp-0110.credential": "rp-0110", "cn.heb-xa.credential": "heb-xa"},
        {"cn.gd-2023b.credential": "gd-2023b"},
    ),
    Contested(
        12, "how long a temporary filing holds", "CN", "filing.temporary_months", DAY,
        {"cn.yd-jh.months": "yd-jh", "cn.yd-ty.months": "yd-ty"},
        {"cn.w3.months": "w3", "cn.yd-hk.months": "yd-hk"},
    ),
    Contested(
        13, "what the own account needs away from home", "CN", "own.away_by_aid", DAY,
        {"cn.bj-off.away": "bj-off"}, {"cn.w3.away": "w3"},
    ),
    Contested(
        14, "what pays Shanghai's own-pocket stage, in 2023", "310000", "own.prior_before_cash",
        "2023-06-01", CASH, PRIOR_MONEY,
    ),
    Contested(
        14, "and from 2025", "310000", "own.prior_before_cash", "2025-01-01", PRIOR_MONEY, CASH,
    ),
    Contested(
        15, "is there a yearly cap in Zhejiang", "330000", "pool.per_year_cap", DAY,
        {"zj.hz-2022.year-cap": "hz-2022"}, {"zj.w2.year-cap": "w2"},
    ),
]  # fmt: skip

DIFFERING = [
    Differing(
        4, "in which order grantors pay", "pool.order",
        {"420000": ("last_bound", "hb-lifo"), "110000": ("filing", "bj-ord"),
         "610000": ("user_set", "sn-rule")},
        {"hs.d.order": "d-hs", "ha.d-hn.order": "d-hn"},
    ),
    Differing(
        5, "does the next account pay what one cannot", "pool.fall_through",
        {"110000": (True, "bj-ord"), "610000": (True, "sn-rule"), "310000": (True, "w1"),
         "140000": (False, "sx-rule"), "330200": (False, "nb"), "330300": (False, "wz")},
        {},
    ),
]  # fmt: skip


def named(row: Contested | Differing) -> str:
    return f"{row.number} {row.question}"


def decided(library: Library, region: str, parameter: str, day: str) -> Decision:
    found = library.decided(RegionCode(region), parameter, on=date.fromisoformat(day))
    assert found is not None, (region, parameter, day)
    return found


def claims(library: Library, expected: dict[str, str]) -> list[Claim]:
    """Give claims by key, each with the source that it must have."""
    found = [library.claims[key] for key in expected]
    assert {claim.key: claim.source.key for claim in found} == expected
    assert all(all(claim.says) for claim in found)
    return found


def test_every_row_of_the_register_is_here() -> None:
    decided_rows = {row.number for row in CONTESTED}
    differing_rows = {row.number for row in DIFFERING}
    assert sorted(decided_rows | differing_rows) == list(range(1, 16))
    assert not decided_rows & differing_rows


@pytest.mark.parametrize("row", CONTESTED, ids=named)
def test_one_side_is_followed_and_the_other_is_named(library: Library, row: Contested) -> None:
    decision = decided(library, row.region, row.parameter, row.day)
    assert decision.status == "contested"
    assert decision.resolution is not None
    assert all(decision.resolution.why.text)
    followed, opposed = claims(library, row.followed), claims(library, row.opposed)
    assert set(decision.cites) >= set(followed)
    assert set(decision.contradicted_by) >= set(opposed)
    for claim in followed:
        assert claim.states.agrees(decision.value), claim
    for claim in opposed:
        assert not claim.states.agrees(decision.value), claim


@pytest.mark.parametrize("row", DIFFERING, ids=named)
def test_areas_differ_and_each_cites_its_own_text(library: Library, row: Differing) -> None:
    found = {area: decided(library, area, row.parameter, DAY) for area in row.areas}
    assert {area: decision.value for area, decision in found.items()} == {
        area: value for area, (value, _) in row.areas.items()
    }
    assert len({decision.value for decision in found.values()}) > 1
    for area, (_, source) in row.areas.items():
        assert found[area].region == area, "its own text, not a parent's"
        assert source in {claim.source.key for claim in found[area].cites}
    for claim in claims(library, row.only_said):
        assert claim.source.grade == "D"
        assert claim not in decided(library, claim.region, row.parameter, DAY).cites


def test_regions_with_their_own_answer_stand_beside_the_nation(library: Library) -> None:
    """Rows 9 to 13: what the nation follows or not, single areas decide for themselves."""
    in_laws = decided(library, "370100", "pool.relations", DAY)
    assert isinstance(in_laws.value, frozenset)
    assert "spouse_parent" in in_laws.value
    assert decided(library, "360000", "pool.grantor_covered", DAY).region == "360000"
    assert library.claims["xa.d-xa.covered"].states.agrees(value=False)
    assert decided(library, "440000", "claim.grantor_credential", "2024-01-01").value is True
    months = {area: decided(library, area, "filing.temporary_months", DAY) for area in HOLDS}
    assert {area: decision.value for area, decision in months.items()} == HOLDS
    away = decided(library, "110000", "own.out_of_area", DAY)
    assert (away.value, [claim.source.key for claim in away.cites]) == (False, ["bj-off"])


HOLDS = {"CN": 6, "460100": 12, "140100": 6}  # months: the nation, Haikou, Taiyuan


def test_the_cap_of_one_page_stands_nowhere_else(library: Library) -> None:
    """Row 15."""
    yearly = [
        claim.key
        for claim in library.claims.values()
        if claim.parameter in {"pool.per_year_cap", "pool.joint_year_cap"}
        and claim.states.whole == 500_000
    ]
    assert yearly == ["zj.w2.year-cap"]
