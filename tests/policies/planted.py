"""Mistakes to plant in the policy files: which check must find it, where, and what it says."""

from __future__ import annotations

SHANXI = "140000_shanxi.yaml"
SHANGHAI = "310000_shanghai.yaml"
NANTONG = "320600_nantong.yaml"
MINIMUM = (
    "    - {from: 2022-07-01, value: 100000, cites: [sx.rule.minimum], status: observed, "
    "from_basis: stated}\n"
)
MINIMUM_CLAIM = (
    "{param: pool.retained_minimum, value: 100000, says_from: 2022-07-01, source: sx-rule,"
)
MINIMUM_SAYS = "{zh: 共济人账户须留存1000元, en: 1000 yuan stay in the grantor's account}"
EXCEPTION = (
    "{zh: 广东2023年的做法是地方例外, en: Guangdong's practice of 2023 was a local exception}"
)
NETS_FROM = "{zh: 自该日起可组建家庭共济网, en: family nets can be formed from this day}"
NO_MINIMUM = "{zh: 未查到全国性最低留存, en: no national minimum was found}"

IN_FILES = [
    # The shape of the files.
    ("shape", SHANXI, "checked_on: 2026-11-21", "checkedon: 2026-11-21", "missing key checked_on"),
    ("shape", SHANXI, "checked_on: 2026-11-21", "checkedon: 2026-11-21", "unknown key checkedon"),
    ("shape", SHANXI, "starts: {day", "starts: {daytime: 1, day", "unknown key starts.daytime"),
    ("shape", SHANXI, "gongji-policy/1", "gongji-policy/2", "should be 'gongji-policy/1'"),
    ("shape", SHANXI, 'code: "140000"', "code: 140000", "should be text; quote numbers"),
    ("shape", SHANXI, 'code: "140000"', 'code: "14"', "region.code: String should match"),
    ("yaml", SHANXI, "value: 100000, cites", "value: 1e5, cites", "is a float"),
    ("shape", SHANXI, "starts: {day: 2022-07-01", "starts: {day: 2022-02-30", "should be a day"),
    ("shape", SHANXI, "starts: {day: 2022-07-01", "starts: {day: 20220701", "should be a day"),
    ("shape", SHANXI, "sources: [sx-rule]", "sources: []", "starts.sources must not be empty"),
    ("shape", SHANXI, "sources: [sx-rule]", "sources: sx-rule", "should be a list"),
    ("shape", SHANXI, "zh: 山西省", 'zh: ""', "region.name.zh must not be empty"),
    ("shape", SHANXI, MINIMUM, "    []\n", "must not be empty"),
    ("shape", SHANXI, MINIMUM, "    - 5\n", "should be a mapping"),
    ("shape", SHANXI, MINIMUM, MINIMUM.replace("observed", "certain"), "should be 'in_force'"),
    ("shape", "sources.yaml", "  zzwb-2021:\n    {", "  zzwb-2021:\n    {x: 1, ", "unknown key"),
    ("shape", "registry.yaml", "schema: gongji-registry/1", "schema: other", "gongji-registry/1"),
    # Both languages, wherever people read a sentence.
    (
        "shape",
        SHANXI,
        MINIMUM_SAYS,
        "{zh: 共济人账户须留存1000元}",
        "missing key claims.sx.rule.minimum.says.en",
    ),
    (
        "shape",
        SHANXI,
        MINIMUM_SAYS,
        "{en: 1000 yuan stay}",
        "missing key claims.sx.rule.minimum.says.zh",
    ),
    ("shape", SHANXI, MINIMUM_SAYS, '{zh: "", en: 1000 yuan stay}', "says.zh must not be empty"),
    ("shape", SHANXI, MINIMUM_SAYS, "{zh: 留存, en: kept, fr: garde}", "minimum.says.fr; fix or"),
    ("shape", SHANXI, MINIMUM_SAYS, "1000 yuan stay", "sx.rule.minimum.says should be a mapping"),
    (
        "shape",
        "cn.yaml",
        NO_MINIMUM,
        "{zh: 未查到全国性最低留存}",
        "missing key values.pool.retained_minimum.0.why.en",
    ),
    ("shape", "cn.yaml", NO_MINIMUM, "{en: none found}", "retained_minimum.0.why.zh; add it"),
    ("shape", "cn.yaml", NO_MINIMUM, "none found", "retained_minimum.0.why should be a mapping"),
    ("shape", "cn.yaml", EXCEPTION, "{en: local}", "grantor_credential.0.resolution.why.zh; add"),
    ("shape", "cn.yaml", EXCEPTION, "{zh: 例外}", "grantor_credential.0.resolution.why.en; add"),
    ("shape", SHANGHAI, NETS_FROM, "{zh: 自该日起}", "missing key starts.why.en"),
    ("shape", SHANGHAI, NETS_FROM, "{en: from this day}", "missing key starts.why.zh"),
    ("shape", SHANGHAI, NETS_FROM, "from this day", "starts.why should be a mapping"),
    # Names.
    (
        "name_unknown",
        SHANXI,
        "sources: [sx-rule]",
        "sources: [nowhere]",
        "unknown source 'nowhere'",
    ),
    (
        "name_unknown",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace("sx-rule", "sx"),
        "unknown source 'sx'",
    ),
    (
        "name_unknown",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace("ned_min", "d"),
        "unknown parameter",
    ),
    (
        "name_unknown",
        SHANXI,
        "  pool.retained_minimum:\n",
        "  pool.kept:\n",
        "unknown parameter 'pool.kept'",
    ),
    ("name_unknown", SHANXI, "[sx.rule.minimum]", "[sx.none]", "unknown claim 'sx.none'"),
    (
        "claim_elsewhere",
        SHANXI,
        "[sx.rule.minimum]",
        "[sx.rule.grantors]",
        "is about pool.max_grantors",
    ),
    ("name_unknown", SHANXI, 'parent: "CN"', 'parent: "999999"', "unknown parent '999999'"),
    ("name_unknown", SHANXI, 'parent: "CN"', 'parent: "140000"', "unknown parent '140000'"),
    (
        "file_name",
        SHANXI,
        'code: "140000"',
        'code: "140100"',
        "should begin with the region's code",
    ),
    ("name_twice", SHANXI, 'code: "140000"', 'code: "310000"', "region '310000' stands twice"),
    (
        "name_twice",
        SHANXI,
        "  sx.rule.minimum:",
        "  bj.tab.year:",
        "claim 'bj.tab.year' stands twice",
    ),
    ("claim_elsewhere", SHANXI, "[sx.rule.minimum]", "[hb.lifo.order]", "is about pool.order"),
    (
        "citation_differs",
        NANTONG,
        "cites: [nt.pools], status: unverified",
        "cites: [cn.xh-0109.pools], status: unverified",
        "says something else",
    ),
    # Values.
    ("value_type", SHANXI, "value: 100000, cites", "value: plenty, cites", "is not of type money"),
    ("value_type", SHANXI, "value: 100000, cites", "value: true, cites", "is not of type money"),
    ("value_type", SHANXI, "value: 100000, cites", "value: -1, cites", "should lie between 0"),
    ("value_type", SHANXI, "value: false, cites", "value: no, cites", "is not of type bool"),
    (
        "value_type",
        SHANXI,
        "value: must_be_empty, cites",
        "value: empty, cites",
        "unknown value 'empty'",
    ),
    (
        "value_type",
        SHANXI,
        "value: [spouse, parent, child], cites",
        "value: [spouse, parent, friend], cites",
        "unknown value 'friend'",
    ),
    (
        "value_type",
        SHANXI,
        "value: [spouse, parent, child], cites",
        "value: [spouse, parent, parent], cites",
        "a member named twice",
    ),
    (
        "value_type",
        NANTONG,
        "value: 1, cites: [nt.pools], status: unverified",
        "value: 0, cites: [nt.pools], status: unverified",
        "between 1 and",
    ),
    (
        "value_type",
        NANTONG,
        "value: 1, cites: [nt.pools], status: unverified",
        "value: x, cites: [nt.pools], status: unverified",
        "of type count",
    ),
    # Claims.
    (
        "value_type",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace(" value: 100000,", ""),
        "a claim states",
    ),
    (
        "value_type",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace("value: 100000", "includes: [spouse]"),
        "a claim states",
    ),
    (
        "claim_day",
        SHANXI,
        MINIMUM_CLAIM,
        MINIMUM_CLAIM.replace(" says_from: 2022-07-01,", ""),
        "a claim needs its day",
    ),
    # The registry.
    ("registry", "registry.yaml", "  pool.reorder:", "  purse.reorder:", "unknown subject"),
    (
        "registry",
        "registry.yaml",
        "vocabulary: OwnFirst",
        "vocabulary: Kin",
        "unknown vocabulary 'Kin'",
    ),
    (
        "registry",
        "registry.yaml",
        "vocabulary: OwnFirst, unit: one of, selected_by: service, departs: override",
        "vocabulary: OwnFirst, unit: one of, selected_by: service, departs: narrow_only",
        "no narrower or wider",
    ),
]
