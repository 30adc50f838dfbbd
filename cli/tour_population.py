"""What the tour shows of the bulk engine: a population settled, verified, one bill explained."""

from __future__ import annotations

from cli.extras import missing, remedy
from cli.tour_steps import Heading, Run, Say, Step
from domain.text import Text

PERSONS = 100_000
PATIENT, BILL = "P000068142", "B16971"
"""A child in Wuhan for whom both parents pay: the account drawn on first reaches its limit for a
day. The seed makes both; where people are made otherwise, docs/bulk.md shows how to find a bill."""

_HEADING = Heading(Text("十万人的一天", "A hundred thousand people"))

POPULATION: tuple[Step, ...] = (
    _HEADING,
    Say(
        Text(
            "同样的规则，由批量引擎执行。先按种子造出十万人和一天的费用，旁列官方统计作对照。",
            "The same rules, by the bulk engine. First people are made up from a seed, with a day "
            "of bills, and held beside official figures.",
        )
    ),
    Run(f"simulate population --persons {PERSONS} --seed 1 --claims {PERSONS} --out people"),
    Say(
        Text(
            "全部结算，写成日志。首次须为本机编译规则；中断后再次运行，即从中断处继续。",
            "All of it is settled into a log. The first time the rules are compiled for this "
            "machine. After an interruption the same command goes on where it stopped.",
        )
    ),
    Run("simulate bulk people/claims.parquet --state people --out run"),
    Say(
        Text(
            "稽核：先核对文件、链值、合计和每一笔余额；是否守住限额，须逐行重新裁定才知道。",
            "The audit: files, chain, sums and every balance first. Whether limits were obeyed "
            "shows only when every row is decided again.",
        )
    ),
    Run("simulate verify run --state people", brief=True),
    Run("simulate verify run --state people --redecide"),
    Say(
        Text(
            "日志只记结果，不记原因。取出一个家庭，逐笔重新办理，其中任何一张都可以解释。",
            "The log says what was decided, not why. One family of it becomes a store of its own, "
            "every bill decided again singly, and then any of them can be explained.",
        )
    ),
    Run(f"simulate load run --state people --family {BILL} --store household"),
    Run(f"claim explain {BILL} --store household"),
)
"""The part of the tour that needs the extra [bulk]."""


def population() -> tuple[Step, ...]:
    """Give that part; where the extra is not installed, what it would show and what to install."""
    if not missing("bulk"):
        return POPULATION
    says = Text(*(f"{ours}{how}" for ours, how in zip(_LEFT_OUT, remedy("bulk"), strict=True)))
    return _HEADING, Say(says)


_LEFT_OUT = Text(
    "批量引擎未安装，此处从略：造出十万人，结算一天的费用，核验日志，解释其中一笔。\n",
    "Left out, since the bulk engine is not installed: people are made up, a day of their bills is "
    "settled, the log is verified, and one of the bills is explained.\nTo see it, ",
)
