"""`gongji audit evidence`: what an auditor takes away and checks without us."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from cli.errors import CONFLICT, FOUND, Failure, Trouble, failure
from cli.log_key import own_key, signed_by
from cli.params import DAY, argument, option
from cli.progress import progress
from cli.render import Column, Table, show
from cli.session import now, reading, rule_book
from cli.texts import Command
from domain.ids import ClaimId, PersonId
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from interchange.evidence.package import Package
    from interchange.evidence.scopes import Scope
    from interchange.evidence.signing import NotExtended, Sealed
    from ledger.store import Store

_RECORD = [
    Column("file", Text("文件", "file")),
    Column("scope_says", Text("范围", "scope"), in_data=False),
    Column("scope", Text("范围", "scope"), "data", for_people=False),
    Column("origin", Text("日志", "log")),
    Column("size", Text("大小（条目）", "size (entries)"), "int"),
    Column("root", Text("树根", "root")),
    Column("entries", Text("所载条目", "entries carried"), "int"),
    Column("events", Text("公开事件", "events shown"), "int"),
    Column("withheld", Text("未公开的行", "lines withheld"), "int"),
    Column("bytes", Text("字节数", "bytes"), "int"),
    Column("sha256", Text("SHA-256", "SHA-256")),
]
_ONE_SCOPE = Text(
    "--person、--claim 与 --from/--to 只能用其一",
    "only one of --person, --claim and --from/--to can be given",
)
_BOTH_DAYS = Text("--from 与 --to 须同时给出", "--from and --to are given together")
_ORDER = Text("--from {first} 晚于 --to {last}", "--from {first} is later than --to {last}")
_EXISTS = Text("文件已存在", "the file exists")
_OVERWRITE = Text(
    "换一个文件名，或加 --force 覆盖", "choose another name, or --force to replace it"
)
_NOTHING = Text(
    "账本中没有属于此范围的条目：{scope}", "the log has no entry of this scope: {scope}"
)
_FORKED = Text(
    "日志并非由所留存的检查点延伸而来：大小 {kept} 时树根为 {kept_root}，现为 {root}",
    "the log does not extend the checkpoint that was kept: at size {kept} its root was "
    "{kept_root} and is {root} now",
)
_SHRUNK = Text(
    "日志变短：检查点大小 {kept}，现有 {size} 个条目",
    "the log has become shorter: the checkpoint has {kept} entries, the log {size}",
)
_KEEP_BOTH = Text(
    "保留该检查点：它证明日志被改写过；并用 gongji check 查明账本",
    "keep the checkpoint, which proves that the log was rewritten, and look at the store with: "
    "gongji check",
)
_WRITING = Text("写入证据包", "writing the package")
_VERIFY = Text(
    "核验：gongji-verify {path} --key 审计人员自己的.vkey",
    "to verify it: gongji-verify {path} --key THE-AUDITORS-OWN.vkey",
)


class _Asked(NamedTuple):
    """What was asked for."""

    out: Path
    person: str | None
    claim: str | None
    first: date | None
    last: date | None
    since: Path | None
    force: bool


@click.command(
    "evidence",
    cls=Command,
    about=Text(
        "写出证据包：事件原文、签名的检查点与证明，供审计人员用 gongji-verify 独立核验。\n\n"
        "默认整本账；--person 只含一个账户，他人的行仅留哈希；--claim 只含一张费用单；"
        "--from 与 --to 只含一段日期（按记录时刻，上海）。为日志当前大小签名，不向账本写入内容。"
        "docs/evidence.md 说明成员、范围与未证明的事项。",
        "Write an evidence package: events as stored, a signed checkpoint and proofs, for an "
        "auditor to check alone with gongji-verify.\n\n"
        "By default the whole log; --person for one account, where other people's lines leave "
        "their hash only; --claim for one claim; --from and --to for what was recorded on some "
        "days (Shanghai). It signs the present size of the log and writes nothing to the store. "
        "Members, scopes and what is not proven: docs/evidence.md.",
    ),
    examples=(
        "gongji audit evidence all.gongji-evidence.zip",
        "gongji audit evidence p1.gongji-evidence.zip --person p1",
        "gongji audit evidence march.gongji-evidence.zip --from 2026-03-01 --to 2026-03-31",
    ),
)
@argument(
    "out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    about=Text("写入的文件", "File to write."),
)
@option("--person", metavar="PERSON", about=Text("只含此人的账户", "One person's account."))
@option("--claim", metavar="CLAIM", about=Text("只含此费用单", "One claim."))
@option(
    "--from",
    "first",
    type=DAY,
    metavar="DATE",
    about=Text("自此日起记录的", "Recorded from this day on."),
)
@option(
    "--to", "last", type=DAY, metavar="DATE", about=Text("至此日止（含）", "Up to this day, too.")
)
@option(
    "--since",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    about=Text(
        "另处留存的检查点：并证明日志由其延伸而来",
        "A checkpoint that was kept elsewhere: prove that the log extends it, too.",
    ),
)
@option("--force", is_flag=True, about=Text("覆盖已有文件", "Replace the file if it exists."))
@click.pass_obj
def evidence(settings: Settings, /, **options: object) -> None:
    """Write a package."""
    asked = _Asked(**options)  # type: ignore[arg-type]  # click gives what the options declare
    scope = _scope(settings, asked)
    if asked.out.exists() and not asked.force:
        code, says = "file_exists", _EXISTS.say(settings.lang)
        raise failure(code, says, where=str(asked.out), remedy=_OVERWRITE.say(settings.lang))
    if not asked.out.parent.is_dir():
        raise FileNotFoundError(None, None, str(asked.out.parent))
    with reading(settings) as store:
        sealed = _sealed(settings, store, asked.since)
        written = _write(settings, store, asked.out, scope=scope, sealed=sealed)
    show(settings, _table(asked.out, scope, sealed, written=written))


def _scope(settings: Settings, asked: _Asked) -> Scope:
    """Read what the package is to be about."""
    from interchange.evidence.scopes import Account, Everything, OneClaim, Period

    lang, code = settings.lang, "scope"
    days = (asked.first, asked.last)
    if sum(map(bool, (asked.person, asked.claim, any(days)))) > 1:
        raise failure(code, _ONE_SCOPE.say(lang))
    if asked.person:
        return Account(PersonId(asked.person))
    if asked.claim:
        return OneClaim(ClaimId(asked.claim))
    if not any(days):
        return Everything()
    if asked.first is None or asked.last is None:
        raise failure(code, _BOTH_DAYS.say(lang))
    if asked.first > asked.last:
        raise failure(code, _ORDER.say(lang, first=asked.first, last=asked.last))
    return Period(asked.first, asked.last)


def _sealed(settings: Settings, store: Store, since: Path | None) -> Sealed:
    """Sign the log at its present size, held against a checkpoint that somebody kept.

    Raises:
        Failure: the checkpoint is none of this log, or the log does not extend it.
    """
    key = own_key(settings)
    kept = signed_by(settings, key.verifier, path=since)[0] if since else None
    from interchange.evidence.signing import NotExtended, seal

    try:
        return seal(store, key, kept=kept)
    except NotExtended as fork:
        raise _forked(settings, fork, str(since)) from None


def _forked(settings: Settings, fork: NotExtended, where: str) -> Failure:
    """Name both sides: a signed checkpoint that the log does not extend proves that it changed."""
    says = _SHRUNK if fork.present.size < fork.kept.size else _FORKED
    said = says.say(
        settings.lang,
        size=fork.present.size,
        kept=fork.kept.size,
        root=b64encode(fork.present.root).decode(),
        kept_root=b64encode(fork.kept.root).decode(),
    )
    trouble = Trouble("fork", said, where=where, remedy=_KEEP_BOTH.say(settings.lang))
    return Failure(trouble, exit_code=CONFLICT)


def _write(settings: Settings, store: Store, out: Path, *, scope: Scope, sealed: Sealed) -> Package:
    """Write the file.

    Raises:
        Failure: nothing belongs to the scope; there is no file.
    """
    from interchange.evidence.package import Made, NothingInScope, write
    from interchange.evidence.readme import name_of

    with progress(settings, _WRITING) as tell:
        made = Made(_program(), now(settings), rule_book(), tell)
        try:
            return write(out, store, scope=scope, sealed=sealed, made=made)
        except NothingInScope:
            said = name_of(scope).say(settings.lang)
            says = _NOTHING.say(settings.lang, scope=said)
            trouble = Trouble("nothing_in_scope", says, remedy="gongji events list")
            raise Failure(trouble, exit_code=FOUND) from None


def _program() -> str:
    """Name this program with its version; without, if it runs without having been installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"gongji {version('gongji')}"
    except PackageNotFoundError:
        return "gongji"


def _table(out: Path, scope: Scope, sealed: Sealed, *, written: Package) -> Table:
    from interchange.evidence.readme import name_of

    counts = {name: written.manifest[name] for name in ("entries", "events", "withheld")}
    row = {
        "file": str(out),
        "scope_says": name_of(scope),
        "scope": scope.described(),
        "origin": sealed.checkpoint.origin,
        "size": sealed.size,
        "root": b64encode(sealed.checkpoint.root).decode(),
        **counts,
        "bytes": written.size,
        "sha256": written.sha256,
    }
    verify = Text(_VERIFY.say("zh", path=out), _VERIFY.say("en", path=out))
    return Table("evidence", _RECORD, [row], record=True, position=sealed.position, notes=[verify])
