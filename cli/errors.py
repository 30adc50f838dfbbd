"""What is said when something is wrong: what, where, why with the source, and what to do.

Exit codes: 0 done · 1 ran and found something, or was refused · 2 cannot run · 3 conflict ·
4 store damaged or newer · 130 interrupted. A traceback is shown with `--debug` only.
"""

from __future__ import annotations

import tempfile
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from cli.render import to_json
from domain.refusals import Code
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from cli.settings import Settings
    from domain.refusals import Refusal
    from domain.text import Lang

FOUND = 1
CANNOT_RUN = 2
CONFLICT = 3
DAMAGED = 4
INTERRUPTED = 130

_BUG = Text(
    "程序内部错误（{kind}），账本未受影响。", "A bug in gongji ({kind}); the store is not affected."
)
_BUG_REMEDY = Text(
    "请把此文件随问题一并报告：{path}", "Please report it together with this file: {path}"
)
_INTERRUPTED = Text(
    "已中断。已确认的记录都在账本中，未确认的可用同一报文号重发。",
    "Interrupted. Whatever was acknowledged is recorded; repeat the rest with the same key.",
)


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong. `code` is lasting; `number` is what `gongji help` explains."""

    code: str
    says: str
    number: str = ""
    where: str = ""
    why: str = ""
    remedy: str = ""
    rule: str = ""


class Failure(Exception):  # noqa: N818 - it ends the command, and its troubles say why
    """Ends a command with troubles to show and an exit code."""

    def __init__(self, *troubles: Trouble, exit_code: int = CANNOT_RUN) -> None:
        """Carry what is to be shown."""
        self.troubles = troubles
        self.exit_code = exit_code
        super().__init__("; ".join(trouble.says for trouble in troubles))


def failure(code: str, says: str, *, where: str = "", remedy: str = "") -> Failure:
    """Make the failure of a command that cannot run."""
    return Failure(Trouble(code, says, where=where, remedy=remedy))


def refused(refusal: Refusal, lang: Lang, *, why: str = "", where: str = "") -> Failure:
    """Make the failure of a command that was refused; `why` is the source of the rule behind it."""
    from cli.refusal_words import in_words, remedy

    trouble = Trouble(
        refusal.code.value,
        in_words(refusal).say(lang),
        number=refusal.code.number,
        where=where,
        why=why,
        remedy=remedy(refusal, lang),
        rule=refusal.rule or "",
    )
    return Failure(trouble, exit_code=CONFLICT if refusal.code is Code.KEY_CONFLICT else FOUND)


def handle(error: BaseException, settings: Settings) -> int:
    """Show what went wrong and give the exit code."""
    if settings.debug:
        traceback.print_exception(error)
    known = _understand(error, settings.lang) or _bug(error, settings)
    _show(settings, known.troubles)
    return known.exit_code


def _understand(error: BaseException, lang: Lang) -> Failure | None:
    """Give what is to be said about an expected error; None is a bug."""
    from ledger.errors import StoreError

    match error:
        case Failure():
            return error
        case click.exceptions.Abort() | KeyboardInterrupt():
            said = Trouble("interrupted", _INTERRUPTED.say(lang))
            return Failure(said, exit_code=INTERRUPTED)
        case click.UsageError():
            return Failure(_usage(error), exit_code=CANNOT_RUN)
        case click.ClickException():
            return failure("usage", error.format_message())
        case StoreError():
            name = _snake(type(error).__name__)
            said = Trouble(name, error.says(lang), remedy=error.remedy(lang))
            return Failure(said, exit_code=error.exit_code)
        case OSError():
            return _of_system(error, lang)
        case _:
            return _of_libraries(error, lang)


def _of_system(error: OSError, lang: Lang) -> Failure:
    """Say in the reader's language what happens often; the rest in the words of the system."""
    often = next((text for kind, text in _SYSTEM.items() if isinstance(error, kind)), None)
    said = often.say(lang) if often else error.strerror or str(error)
    remedy = _OTHER_NAME.say(lang) if isinstance(error, FileExistsError) else ""
    return failure("os_error", said, where=str(error.filename or ""), remedy=remedy)


_OTHER_NAME = Text(
    "换一个名称；已有的不会被覆盖", "choose another name; what exists is not overwritten"
)
_SYSTEM: dict[type[OSError], Text] = {
    FileNotFoundError: Text("没有这个文件或目录", "No such file or directory"),
    IsADirectoryError: Text("这是目录，不是文件", "Is a directory"),
    NotADirectoryError: Text("这是文件，不是目录", "Not a directory"),
    FileExistsError: Text("文件已存在", "File exists"),
    PermissionError: Text("没有读写权限", "Permission denied"),
}


def _of_libraries(error: BaseException, lang: Lang) -> Failure | None:
    """Give what is to be said about files of rules, read models and values out of form.

    By now everything that could raise these is imported; nothing slow is loaded in vain.
    """
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    from policies.documents import PolicyProblems
    from policies.strict_yaml import YamlProblem

    match error:
        case YamlProblem():
            place = f"{error.path}:{error.line}"
            return Failure(Trouble("yaml", error.message.say(lang), where=place))
        case PolicyProblems():
            return Failure(*(Trouble("policy", problem.says(lang)) for problem in error.problems))
        case ValidationError():
            return Failure(*(_value(wrong, lang) for wrong in error.errors()))
        case SQLAlchemyError():
            said = _READ_MODEL.say(lang, detail=str(error).partition("\n")[0])
            return failure("read_model", said, remedy=_READ_MODEL_REMEDY.say(lang))
        case _:
            return None


def _value(wrong: ErrorDetails, lang: Lang) -> Trouble:
    where = ".".join(str(step) for step in wrong["loc"])
    says = Text("{where} 的值不合要求：{got}", "the value of {where} will not do: {got}")
    return Trouble("value", says.say(lang, where=where, got=wrong["input"]), why=wrong["msg"])


_READ_MODEL = Text("读模型无法使用：{detail}", "The read models cannot be used: {detail}")
_READ_MODEL_REMEDY = Text(
    "检查目录可写；或删去账本目录中的 views.sqlite，查询时会重新生成",
    "see that the folder can be written to; or delete views.sqlite in the store's folder, "
    "it is made again by the next question",
)


def _usage(error: click.UsageError) -> Trouble:
    hint = ""
    if error.ctx is not None:
        hint = f"{error.ctx.command_path} --help"
    return Trouble("usage", error.format_message(), remedy=hint)


def _bug(error: BaseException, settings: Settings) -> Failure:
    """Write the traceback to a file and name it."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="gongji-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        report.writelines(traceback.format_exception(error))
    says = _BUG.say(settings.lang, kind=type(error).__name__)
    return failure("bug", says, remedy=_BUG_REMEDY.say(settings.lang, path=report.name))


def _show(settings: Settings, troubles: Sequence[Trouble]) -> None:
    if settings.output in {"json", "jsonl"}:
        problems = [_as_data(trouble) for trouble in troubles]
        indent = 2 if settings.output == "json" else None
        empty = {"schema": "gongji/problems/1", "rows": [], "totals": {}, "problems": problems}
        click.echo(to_json(empty, indent=indent))
        return
    for trouble in troubles:
        click.echo(layout(trouble, settings.lang), err=True)


def _as_data(trouble: Trouble) -> dict[str, str]:
    fields = ("code", "number", "says", "where", "why", "remedy", "rule")
    return {field: value for field in fields if (value := getattr(trouble, field))}


def layout(trouble: Trouble, lang: Lang) -> str:
    """Lay one trouble out: what, where; why; what to do; where to read more."""
    zh = lang == "zh"
    head = " ".join(part for part in ("错误" if zh else "Error", trouble.number) if part)
    where = f"  [{trouble.where}]" if trouble.where else ""
    lines = [f"{head}{'：' if zh else ': '}{trouble.says}{where}"]
    if trouble.rule or trouble.why:
        reason = "：".join(part for part in (trouble.rule, trouble.why) if part)
        lines.append(f"依据：{reason}" if zh else f"Basis: {reason.replace('：', ': ', 1)}")
    if trouble.remedy:
        lines.append(f"可以：{trouble.remedy}" if zh else f"You can: {trouble.remedy}")
    if trouble.number:
        page = f"gongji help {trouble.number}"
        lines.append(f"详见：{page}" if zh else f"See: {page}")
    return "\n".join(lines)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
