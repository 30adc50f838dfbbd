"""`gongji policy`: what the rules are, where they come from, and what contradicts them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import FOUND, failure, refused
from cli.params import DAY, argument, option
from cli.policy_names import ANY_REGION, KEY, ON, REGION, SOURCE, parameter_named, region_named
from cli.risk import adjust, risk
from cli.session import today
from cli.texts import group
from domain.text import Text

if TYPE_CHECKING:
    from datetime import date
    from enum import StrEnum

    from cli.policy_show import Asked
    from cli.settings import Settings
    from domain.ids import RegionCode

policy = group(
    "policy",
    about=Text(
        "规则库：某地某日的规则、可靠程度、依据与矛盾说法；沿革、差别、来源与核对。",
        "The rules: what holds where and when, how sure that is, what it rests on and what "
        "contradicts it; their history, sources and checks.",
    ),
    examples=(
        "gongji policy show pool.places --region 上海 --on 2023-08-01 --has pharmacy",
        "gongji policy history pool.relations --region 310000",
        "gongji policy contradictions --region shanghai",
    ),
)

_DAYS = option(
    "--days",
    type=click.IntRange(min=0),
    default=180,
    metavar="NUMBER",
    about=Text("多少天未核对，默认 180", "Not checked for so many days; default 180."),
)


@policy.command(
    "list",
    about=Text(
        "各地区（或各参数）的取值、说法数目，以及某日取值的可靠程度。",
        "Regions (or parameters) with their values and claims, and how sure the values of a day "
        "are.",
    ),
    examples=("gongji policy list", "gongji policy list --parameters --on 2024-01-01"),
)
@option("--parameters", is_flag=True, about=Text("按参数列出", "List parameters instead."))
@ON
@click.pass_obj
def list_all(settings: Settings, *, parameters: bool, on: date | None) -> None:
    """List regions or parameters."""
    from cli.policy_lists import list_parameters, list_regions

    (list_parameters if parameters else list_regions)(settings, on or today(settings))


@policy.command(
    "search",
    about=Text(
        "查找参数、地区、说法与来源；几个词须都出现，中英文均可。",
        "Find parameters, regions, claims and sources in which all the words stand, in Chinese "
        "or English.",
    ),
    examples=("gongji policy search 药店", "gongji policy search near relatives"),
)
@argument("words", nargs=-1, metavar="TEXT", required=True, about=Text("文字", "Words."))
@click.pass_obj
def search(settings: Settings, *, words: tuple[str, ...]) -> None:
    """Search the rules."""
    from cli.policy_lists import show_hits

    show_hits(settings, " ".join(words))


@policy.command(
    "show",
    about=Text(
        "一条规则在某地某日的取值：先给答案，再列可靠程度、依据、矛盾说法与取舍。\n\n"
        "--has 问某个成员是否在内，如药店可否使用。",
        "One rule in a region on a day: first the answer, then how sure it is, what it rests on, "
        "what contradicts it, and how that was resolved.\n\n"
        "--has asks for a member: may it be used at a pharmacy?",
    ),
    examples=(
        "gongji policy show pool.places --region 上海 --on 2023-08-01 --has pharmacy",
        "gongji policy show 可共济的亲属 --region shanghai",
    ),
)
@KEY
@REGION
@ON
@option("--has", metavar="MEMBER", about=Text("是否含此成员", "Is this among the value?"))
@click.pass_obj
def show_one(
    settings: Settings, *, key: str, region: str, on: date | None, has: str | None
) -> None:
    """Answer one question."""
    from cli.policy_show import show_answer

    parameter, code = parameter_named(settings.lang, key), region_named(settings.lang, region)
    member = _member(settings, parameter, has) if has is not None else None
    asked = _asked(settings, parameter, code, day=on or today(settings), member=member)
    show_answer(settings, asked)


@policy.command(
    "history",
    about=Text(
        "一条规则在某地的全部取值：起止、可靠程度、由何处规定、依据与理由；被本地规定取代的上级取值列在最后。",
        "All values of a rule in a region through time: from, until, how sure, decided by whom, "
        "why. What parents decided and the region overrules stands last.",
    ),
    examples=("gongji policy history pool.relations --region 上海",),
)
@KEY
@REGION
@click.pass_obj
def history(settings: Settings, *, key: str, region: str) -> None:
    """Show a rule through time."""
    from cli.policy_lists import show_history

    parameter, code = parameter_named(settings.lang, key), region_named(settings.lang, region)
    show_history(settings, parameter, code)


@policy.command(
    "diff",
    about=Text(
        "两日之间规则的差别。不写地区时列出各地自己规定的差别；写明地区时也列出继承的。",
        "What differs between two days. Without a region: what regions themselves decide "
        "otherwise; with one, also what it inherits.",
    ),
    examples=("gongji policy diff 2024-01-01 2026-01-09 --region 北京",),
)
@argument("before", type=DAY, metavar="DATE", about=Text("前一日", "The earlier day."))
@argument("after", type=DAY, metavar="DATE", about=Text("后一日", "The later day."))
@ANY_REGION
@click.pass_obj
def diff(settings: Settings, *, before: date, after: date, region: str | None) -> None:
    """Compare two days."""
    from cli.policy_lists import show_differences

    code = region_named(settings.lang, region) if region else None
    show_differences(settings, (before, after), region=code)


@policy.command(
    "sources",
    about=Text(
        "全部来源及其等级；写明来源时，列出依据它的说法和取值。",
        "All documents with their grades; of one document, the claims and values that rest on it.",
    ),
    examples=("gongji policy sources", "gongji policy sources sh-2022 -O json"),
)
@SOURCE
@click.pass_obj
def sources(settings: Settings, *, key: str | None) -> None:
    """List documents, or what rests on one."""
    from cli.policy_sources import list_sources, show_source

    if key is None:
        list_sources(settings)
    else:
        show_source(settings, key)


@policy.command(
    "stale",
    about=Text(
        "多日未核对的来源与取值，最久的在前。有发现时退出码为 1。",
        "Sources and values that were not checked for long, the longest first. Exit code 1 if "
        "there are any.",
    ),
    examples=("gongji policy stale --days 90 --on 2027-01-01",),
)
@_DAYS
@ON
@click.pass_context
def stale(ctx: click.Context, *, days: int, on: date | None) -> None:
    """List what must be looked at again."""
    from cli.policy_sources import show_stale

    settings: Settings = ctx.obj
    found = show_stale(settings, on or today(settings), days=days)
    ctx.exit(FOUND if found else 0)


@policy.command(
    "contradictions",
    about=Text(
        "每个有争议的取值：两方说法及其来源、等级，取舍与理由；以及未列为矛盾的不同说法。",
        "Every contested value: the claims on both sides with source and grade, how that was "
        "resolved and why; and claims that say otherwise without being named.",
    ),
    examples=("gongji policy contradictions", "gongji policy contradictions --region 上海"),
)
@ANY_REGION
@click.pass_obj
def contradictions(settings: Settings, *, region: str | None) -> None:
    """List contradictions."""
    from cli.policy_conflicts import show_conflicts

    show_conflicts(settings, region_named(settings.lang, region) if region else None)


@policy.command(
    "lint",
    about=Text(
        "逐项检查规则文件，列出每项检查的发现。\n\n"
        "错误会使文件不能使用，退出码为 1；提醒不影响使用，退出码为 0。",
        "Check the policy files, check by check.\n\n"
        "Errors keep files from being used: exit code 1. Warnings do not: exit code 0.",
    ),
    examples=("gongji policy lint", "gongji policy lint --folder my-policies -O json"),
)
@option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="PATH",
    about=Text("规则文件目录，默认自带的", "Folder of policy files; default the shipped ones."),
)
@_DAYS
@ON
@click.pass_context
def lint(ctx: click.Context, *, folder: Path | None, days: int, on: date | None) -> None:
    """Run every check."""
    from cli.policy_lint import show_lint
    from policies.lint import Care

    settings: Settings = ctx.obj
    failed = show_lint(settings, folder, Care(on or today(settings), days))
    ctx.exit(FOUND if failed else 0)


policy.add_command(risk)
policy.add_command(adjust)


# ------------------------------------------------------------------------------- one question


def _asked(
    settings: Settings,
    parameter: str,
    code: RegionCode,
    *,
    day: date,
    member: StrEnum | None,
) -> Asked:
    from cli.policy_show import Asked
    from domain.refusals import Code, refuse
    from policies.library import unnamed
    from policies.loader import shelf
    from policies.timeline import segments

    library = shelf().chain(code)
    region = library.regions[code]
    if day < region.starts:
        refusal = refuse(Code.NO_RULE, region=code, day=day.isoformat())
        raise refused(refusal, settings.lang)
    spans = segments(library, region, parameter=parameter)
    segment = next(each for each in spans if each.holds_on(day))
    decision = segment.decision
    looked_at = {code, decision.region} if decision else set()
    alone = tuple(
        claim
        for each in sorted(looked_at)
        for against, claim in unnamed(library, library.regions[each])
        if against is decision
    )
    node = library.parameters[parameter]
    return Asked(parameter, node, region, day, segment, alone, member)


def _member(settings: Settings, parameter: str, asked: str) -> StrEnum:
    """Find the member of a set by its code or its word in either language."""
    from cli.words import vocabulary
    from policies.loader import shelf
    from policies.vocabulary import VOCABULARIES

    node = shelf().frame.parameters[parameter]
    lang = settings.lang
    if node.type != "set":
        kind, says = "not_a_set", _NO_SET.say(lang, parameter=parameter)
        raise failure(kind, says, remedy=_ASK_WITHOUT.say(lang, parameter=parameter))
    words = vocabulary(node.vocabulary)
    for code in VOCABULARIES[node.vocabulary]:
        if asked.casefold() in {code.value, *(word.casefold() for word in words[code.value])}:
            return code
    listed = ("、" if lang == "zh" else ", ").join(
        f"{code}（{word.zh}）" if lang == "zh" else code for code, word in words.items()
    )
    kind, says = "unknown_member", _NO_MEMBER.say(lang, parameter=parameter, asked=asked)
    raise failure(kind, says, remedy=_ONE_OF.say(lang, listed=listed))


_NO_SET = Text("{parameter} 的取值不是集合。", "The value of {parameter} is not a set.")
_ASK_WITHOUT = Text(
    "去掉 --has：gongji policy show {parameter}",
    "leave --has out: gongji policy show {parameter}",
)
_NO_MEMBER = Text("{parameter} 没有“{asked}”这一项。", "{parameter} knows no {asked!r}.")
_ONE_OF = Text("可用：{listed}", "one of: {listed}")
