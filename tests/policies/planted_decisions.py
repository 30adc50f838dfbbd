"""Mistakes to plant in what is decided, and things that somebody should look at again."""

from __future__ import annotations

from tests.policies.planted import MINIMUM, MINIMUM_CLAIM, NANTONG, SHANGHAI, SHANXI

YANGZHOU = "321000_yangzhou.yaml"
D_SH = "{title: 上海家庭共济网说明（健康内容网站）, issuer: jiusongjiankang.com, grade: "
GRANTORS_RESOLVED = (
    "      contradicted_by: [sh.d-sh.grantors]\n      from_basis: first-seen\n"
    "      resolution:\n        rule: grade\n"
    "        why: {zh: 有日期的指南（C）优先于无日期的网页（D）, "
    "en: a dated guide (C) against an undated page (D)}\n"
    "        decided_on: 2026-11-21\n"
)
OTHERWISE_THAN_INHERITED = (
    "  sx.rule.checked:\n    {param: pool.review, value: true, says_from: 2025-01-01,\n"
    "     source: sx-rule, says: {zh: 须经审核, en: a clerk looks}}\n"
)
IDLE_CLAIM = (
    "  sh.2022.idle:\n    {param: pool.review, value: false, says_from: 2022-07-01,\n"
    "     source: sh-2022, says: {zh: 又说一遍, en: said again}}\n"
)
IDLE_SOURCE = (
    "  idle:\n    {title: 无用, issuer: 无, grade: D, published: not known,\n"
    "     basis: not known, checked_on: 2026-11-21, address: none kept}\n"
)

IN_DECISIONS = [
    # Intervals.
    (
        "interval_empty",
        SHANXI,
        MINIMUM,
        MINIMUM.replace("01, v", "01, to: 2022-07-01, v"),
        "not after `from`",
    ),
    (
        "interval_overlap",
        SHANXI,
        MINIMUM,
        MINIMUM + MINIMUM.replace("2022", "2023"),
        "overlaps the one above",
    ),
    (
        "interval_order",
        SHANXI,
        MINIMUM,
        MINIMUM.replace("2022-07-01, v", "2024-01-01, v")
        + MINIMUM.replace("01, v", "01, to: 2023-01-01, v"),
        "starts before the one above",
    ),
    (
        "day_without_value",
        "cn.yaml",
        "  pool.retained_minimum:\n    - {from: 2021-04-09, value",
        "  pool.retained_minimum:\n    - {from: 2021-04-09, to: 2022-01-01, value",
        "pool.retained_minimum has no value from 2022-01-01",
    ),
    (
        "interval_gap",
        "110000_beijing.yaml",
        "{from: 2025-01-22, value: unlimited, cites: [bj.ord.grantors]",
        "{from: 2025-01-23, value: unlimited, cites: [bj.ord.grantors]",
        "there is a hole before it",
    ),
    # Where days come from.
    (
        "first_day_unfounded",
        SHANXI,
        "starts: {day: 2022-07-01",
        "starts: {day: 2022-07-02",
        "nothing gives the region's first day",
    ),
    (
        "start_unfounded",
        SHANXI,
        MINIMUM,
        MINIMUM.replace("from: 2022-07-01", "from: 2022-07-02"),
        "pool.retained_minimum: nothing gives its first day",
    ),
    (
        "end_unfounded",
        "cn.yaml",
        "dated_by: [cn.zy-0523.model, cn.xh-0109b.model], from_basis",
        "dated_by: [cn.zy-0523.model], from_basis",
        "wallet.fee: nothing gives its last day",
    ),
    (
        "dated_by_idle",
        SHANXI,
        MINIMUM,
        MINIMUM.replace("status", "dated_by: [cn.2024.places], status"),
        "the day of claim 'cn.2024.places' in `dated_by`, 2024-08-07, is neither",
    ),
    ("name_unknown", SHANXI, MINIMUM, MINIMUM.replace("st", "dated_by: [x], st", 1), "claim 'x'"),
    (
        "stated_by_nothing",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace("says_from: 2022-07-01", "observed: 2022-07-01"),
        "no text names its first day",
    ),
    (
        "claim_day_differs",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace("says_from: 2022-07-01", "observed: 2020-01-01"),
        "claim 'sx.rule.minimum' was seen on 2020-01-01, its source is of",
    ),
    (
        "claim_day_differs",
        "sources.yaml",
        "taken_as: 2024-08-07, ",
        "",
        "claim 'cn.2024.places' was seen on 2024-08-07, its source is of 2024-07",
    ),
    (
        "claim_day_differs",
        "110000_beijing.yaml",
        "observed: 2025-01-22, source: bj-ord,\n     says: {zh: 一名患者可由多名亲属支付",
        "observed: 2025-01-23, source: bj-ord,\n     says: {zh: 一名患者可由多名亲属支付",
        "its source is of 2025-01-22",
    ),
    # Citations.
    (
        "assumed_though_vouched",
        SHANXI,
        MINIMUM,
        MINIMUM.replace("observed", "assumed"),
        "so it is no assumption",
    ),
    (
        "presumed_idle",
        SHANXI,
        "presumed: [move, death, divorce]",
        "presumed: [end, move, death, divorce]",
        "pool.ended_by: end is no member, or a text names it",
    ),
    (
        "why_missing",
        SHANXI,
        "value: [hospital, clinic, pharmacy], cites: [sx.2022.places]",
        "value: [hospital, clinic, pharmacy, office], presumed: [office], cites: [sx.2022.places]",
        "`presumed` needs a `why`",
    ),
    (
        "claim_key_differs",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace("sx-rule", "sx-2022"),
        "claim 'sx.rule.minimum' is from 'sx-2022', but sx.rule.… from another document",
    ),
    (
        "grade_not_better",
        "sources.yaml",
        f"  d-sh:\n    {D_SH}D",
        f"  d-sh:\n    {D_SH}A",
        "are no better than the others (A)",
    ),
    ("citation_missing", SHANXI, "cites: [sx.rule.minimum]", "cites: []", "cites nothing"),
    ("why_missing", SHANXI, MINIMUM, MINIMUM.replace("observed", "unverified"), "need a `why`"),
    (
        "why_missing",
        SHANXI,
        MINIMUM,
        "    - {from: 2022-07-01, value: 0, status: assumed, from_basis: stated}\n",
        "need a `why`",
    ),
    (
        "citation_differs",
        SHANXI,
        "value: 100000, cites",
        "value: 100001, cites",
        "says something else",
    ),
    (
        "official_text_missing",
        SHANXI,
        MINIMUM,
        MINIMUM.replace("observed", "in_force"),
        "needs a source of grade A",
    ),
    (
        "grade_d_only",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace("sx-rule", "w0"),
        "rests on sources of grade D only",
    ),
    (
        "grade_d_only",
        SHANGHAI,
        "    source: sh-cap25\n",
        "    source: w0\n",
        "none may rest on a source of grade D",
    ),
    ("value_type", SHANGHAI, "ceiling_fen: 65000000", "ceiling_fen: -1", "a clause is wrong"),
    ("citation_differs", YANGZHOU, "      value: cited\n", "      value: []\n", "says something"),
    ("value_type", YANGZHOU, "      value: cited\n", "      value: said\n", "not of type tariff"),
    (
        "text_later",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace("says_from: 2022-07-01", "observed: 2022-07-02"),
        "the oldest text is later",
    ),
    (
        "member_unvouched",
        SHANXI,
        "value: [hospital, clinic, pharmacy], cites: [sx.2022.places]",
        "value: [hospital, clinic, pharmacy, office], cites: [sx.2022.places]",
        "no cited claim vouches for office",
    ),
    (
        "claim_foreign",
        SHANXI,
        "cites: [sx.2022.categories, cn.2024.categories]",
        "cites: [sx.2022.categories, nt.categories]",
        "belongs to 320600",
    ),
    # Contradictions.
    (
        "contested_by_nothing",
        SHANGHAI,
        "contradicted_by: [sh.w0.area]\n",
        "contradicted_by: []\n",
        "`contested` must name",
    ),
    (
        "contested_not_said",
        SHANGHAI,
        "      status: contested\n      contradicted_by: [sh.w0.area]\n",
        "      status: assumed\n      why: {zh: 查, en: x}\n      contradicted_by: [sh.w0.area]\n",
        "contradicted, so it must be `contested`",
    ),
    (
        "yaml",
        SHANGHAI,
        "        why: {zh: 有日期的指南（C）",
        "      why: {zh: 有日期的指南（C）",
        "not valid YAML",
    ),
    (
        "contradiction_agrees",
        SHANGHAI,
        "{param: pool.area, value: nation, observed",
        "{param: pool.area, value: same, observed",
        "does not contradict this value",
    ),
    (
        "contested_unresolved",
        SHANGHAI,
        GRANTORS_RESOLVED,
        GRANTORS_RESOLVED[: GRANTORS_RESOLVED.index("      resolution")],
        "pool.max_grantors: `contested` needs a `resolution`",
    ),
    (
        "contradiction_unnamed",
        SHANGHAI,
        "contradicted_by: [sh.w0.relations, sh.tb-0920.relations]",
        "contradicted_by: [sh.w0.relations]",
        "claim 'sh.tb-0920.relations' (2025-09-20: spouse, parents and children) says otherwise",
    ),
    (
        "inherited_doubted",
        SHANXI,
        "claims:\n",
        f"claims:\n{OTHERWISE_THAN_INHERITED}",
        "claim 'sx.rule.checked' (2025-01-01: a clerk looks) says otherwise",
    ),
    (
        "parent_text_unnamed",
        SHANGHAI,
        "contradicted_by: [sh.w0.area, cn.xh-1126.area]",
        "contradicted_by: [sh.w0.area]",
        "claim 'cn.xh-1126.area' (2024-11-26: every province",
    ),
    # Departures from the parent.
    (
        "departure",
        NANTONG,
        "value: [end, move, death, divorce], cites: [nt.ended]",
        "value: [end, move], cites: [nt.ended]",
        "may only be wider",
    ),
    (
        "departure",
        "cn.yaml",
        "{from: 2024-08-07, value: [employee, employee_pool_only, resident],",
        "{from: 2024-08-07, value: [employee, resident],",
        "may only be narrower",
    ),
    # Warnings: the files can be used, but somebody should look.
    (
        "source_unchecked",
        "sources.yaml",
        "published: 2021-04-09, basis: page date, checked_on: 2026-11-21,",
        "published: 2021-04-09, basis: page date, checked_on: 2026-06-03,",
        "source 'zzwb-2021' was last checked on 2026-06-03, 181 days ago",
    ),
    (
        "value_unchecked",
        SHANXI,
        MINIMUM,
        MINIMUM.replace("from_basis", "checked_on: 2026-06-03, from_basis"),
        "pool.retained_minimum: was last checked on 2026-06-03, 181 days ago",
    ),
    (
        "claim_idle",
        SHANGHAI,
        "claims:\n",
        f"claims:\n{IDLE_CLAIM}",
        "claim 'sh.2022.idle' is neither cited nor named as a contradiction",
    ),
    (
        "source_idle",
        "sources.yaml",
        "sources:\n",
        f"sources:\n{IDLE_SOURCE}",
        "nothing rests on source 'idle'",
    ),
]
