"""A claim from a file, from standard input, or from a line of options.

The file is JSON or YAML with the keys of `domain.claim.ClaimRequest`; amounts are whole fen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.errors import Failure, Trouble
from cli.params import AREA, DAY, YUAN, argument, choice_of, option
from cli.session import today
from domain.codes import Category, Credential, Place
from domain.text import Text

if TYPE_CHECKING:
    from datetime import date

    from pydantic_core import ErrorDetails

    from cli.settings import Settings
    from domain.claim import ClaimRequest
    from domain.record import Record
    from domain.text import Lang
    from policies.strict_yaml import YamlMapping

_Written = TypeVar("_Written", bound="Record")

EXAMPLE = """\
claim: C1
patient: p2
institution: {id: H1, place: hospital, region: "420100"}
service_date: 2026-03-01
lines:
  - {no: 1, category: outpatient, total_fen: 100000, fund_fen: 60000}
"""
"""A claim as a file, for help pages."""


@dataclass(frozen=True)
class Given:
    """What the line said of a claim: a file, or the facts of a claim of one cost line."""

    file: str | None
    facts: dict[str, Any]


def takes_claim(function: Callable[..., None]) -> Callable[..., None]:
    """Add FILE and the options that may stand instead; the command gets them as `given`."""

    @wraps(function)
    def call(*args: object, file: str | None, **rest: Any) -> None:  # noqa: ANN401 - click's own
        facts = {name: rest.pop(name) for name in _NAMES}
        function(*args, given=Given(file, facts), **rest)

    for add in reversed(_OPTIONS):
        call = add(call)
    return argument(
        "file",
        required=False,
        metavar="FILE",
        about=Text("JSON 或 YAML 文件；- 为标准输入", "JSON or YAML file; - for standard input."),
    )(call)


_OPTIONS = [
    option("--claim", metavar="CLAIM", about=Text("费用单号", "Id of the claim.")),
    option("--patient", metavar="PERSON", about=Text("就诊人", "Who received care.")),
    option(
        "--institution", metavar="INSTITUTION", about=Text("机构编号", "Id of the institution.")
    ),
    option("--place", type=choice_of(Place), about=Text("场所", "Kind of institution.")),
    option(
        "--region", type=AREA, metavar="REGION", about=Text("机构所在统筹区", "Its pooling area.")
    ),
    option(
        "--date",
        type=DAY,
        metavar="DATE",
        about=Text("就诊日，默认今天（上海）", "Day of service; default today in Shanghai."),
    ),
    option("--total", type=YUAN, metavar="YUAN", about=Text("总额，元", "Total, yuan.")),
    option(
        "--fund",
        type=YUAN,
        metavar="YUAN",
        about=Text("基金支付，元，默认 0", "Part of the pooled fund, yuan; default 0."),
    ),
    option("--category", type=choice_of(Category), about=Text("费用类别", "Category of the cost.")),
    option(
        "--outside-catalogue",
        is_flag=True,
        about=Text("目录外费用", "The cost is outside the catalogue."),
    ),
    option(
        "--credential",
        type=choice_of(Credential),
        about=Text("出示谁的凭证，默认本人", "Whose credential was shown; default the patient's."),
    ),
    option(
        "--emergency",
        is_flag=True,
        about=Text("急诊抢救：异地未备案也可直接结算", "An emergency, which needs no filing away."),
    ),
    option(
        "--no-accounts",
        is_flag=True,
        about=Text("收费处不用个人账户", "The till does not use personal accounts."),
    ),
    option(
        "--aid-requested",
        is_flag=True,
        about=Text("已向收费处说明使用家庭共济", "The till was told to use relatives' accounts."),
    ),
]
_NAMES = (
    *("claim", "patient", "institution", "place", "region", "date", "total", "fund", "category"),
    *("outside_catalogue", "credential", "emergency", "no_accounts", "aid_requested"),
)
_NEEDED = ("claim", "patient", "institution", "place", "region", "total", "category")


def request_of(settings: Settings, given: Given) -> ClaimRequest:
    """Give the claim that a line names.

    Raises:
        Failure: the file does not hold a claim, with file and line of everything wrong.
        UsageError: neither a file nor a whole claim, or both.
    """
    said = [name for name, value in given.facts.items() if value not in (None, False)]
    if given.file is not None:
        if said:
            raise click.UsageError(_EITHER.say(settings.lang, option=_spelt(said[0])))
        from domain.claim import ClaimRequest

        return from_file(settings.lang, given.file, ClaimRequest)
    missing = [_spelt(name) for name in _NEEDED if given.facts[name] is None]
    if missing:
        raise click.UsageError(_INCOMPLETE.say(settings.lang, missing=" ".join(missing)))
    return _from_line(given.facts, default_day=today(settings))


_EITHER = Text("FILE 与 {option} 不能同时给出。", "Give FILE or {option}, not both.")
_INCOMPLETE = Text(
    "请给出费用单文件，或补全选项：{missing}",
    "Give the file of a claim, or these options: {missing}",
)


def _spelt(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _from_line(facts: dict[str, Any], *, default_day: date) -> ClaimRequest:
    from domain.claim import ClaimLine, ClaimRequest, Institution

    return ClaimRequest(
        claim=facts["claim"],
        patient=facts["patient"],
        institution=Institution(
            id=facts["institution"], place=Place(facts["place"]), region=facts["region"]
        ),
        service_date=facts["date"] or default_day,
        credential=Credential(facts["credential"] or Credential.OWN),
        use_accounts=not facts["no_accounts"],
        emergency=facts["emergency"],
        aid_requested=facts["aid_requested"],
        lines=(
            ClaimLine(
                no=1,
                category=Category(facts["category"]),
                total_fen=facts["total"],
                fund_fen=facts["fund"] or 0,
                outside_catalogue=facts["outside_catalogue"],
            ),
        ),
    )


def from_file(
    lang: Lang, file: str, kind: type[_Written], *, code: str = "claim_malformed"
) -> _Written:
    """Read a record that somebody wrote; `-` is standard input.

    `code` names what is wrong where it cannot be read: one of `_REMEDIES`.

    Raises:
        Failure: with file and line of everything wrong.
    """
    from pydantic import ValidationError

    from cli.forms import read_form
    from policies.strict_yaml import parse, read

    shown = "<stdin>" if file == "-" else file
    raw = parse(sys.stdin.read(), path=shown) if file == "-" else read(Path(file))
    try:
        return read_form(kind, raw)
    except ValidationError as error:
        remedy = _REMEDIES[code].say(lang)
        troubles = (
            replace(_trouble(shown, raw, each, lang=lang), code=code, remedy=remedy)
            for each in error.errors()
        )
        raise Failure(*troubles) from error


def _trouble(file: str, raw: YamlMapping, wrong: ErrorDetails, *, lang: Lang) -> Trouble:
    where = ".".join(str(step) for step in wrong["loc"])
    says = _SAYS.get(wrong["type"], _OTHER)
    facts = {"where": where, "reason": wrong["msg"], "got": wrong["input"]}
    facts["expected"] = wrong.get("ctx", {}).get("expected", "")
    return Trouble("", says.say(lang, **facts), where=f"{file}:{_line_of(raw, wrong['loc'])}")


def _line_of(raw: YamlMapping, path: tuple[str | int, ...]) -> int:
    """Give the line of what is wrong, or of the nearest thing above it."""
    node: Any = raw
    line = raw.line
    for step in path:
        known = step in node if isinstance(node, dict) else isinstance(node, list)
        if not known:
            break
        line, node = node.line_of(step), node[step]
    return line


_REMEDIES = {
    "claim_malformed": Text(
        "格式见 gongji claim quote --help 与 gongji claim price --help",
        "The form stands in gongji claim quote --help and gongji claim price --help",
    ),
    "details_malformed": Text(
        "格式见 gongji person describe --help", "The form stands in gongji person describe --help"
    ),
}
_OTHER = Text("{where}：值不合要求（{got}）", "{where}: {reason}")
_SAYS = {
    "extra_forbidden": Text("未知的键 {where}", "unknown key {where}"),
    "missing": Text("缺少键 {where}", "missing key {where}"),
    "enum": Text("{where}：没有“{got}”，可选 {expected}", "{where}: no {got!r}; one of {expected}"),
    "int_parsing": Text("{where} 应是整数分", "{where} should be whole fen"),
    "int_type": Text("{where} 应是整数", "{where} should be a whole number"),
    "bool_parsing": Text("{where} 应是 true 或 false", "{where} should be true or false"),
    "date_from_datetime_parsing": Text(
        "{where} 应是日期，如 2026-03-01", "{where} should be a day such as 2026-03-01"
    ),
    "string_type": Text("{where} 应是文字；数字请加引号", "{where} should be text; quote numbers"),
    "tuple_type": Text("{where} 应是列表", "{where} should be a list"),
    "model_type": Text("{where} 应是键值映射", "{where} should be a mapping"),
}
