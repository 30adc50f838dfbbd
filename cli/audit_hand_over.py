"""`gongji audit hand-over` and `exposure`: who holds which checkpoint, and what none covers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.errors import FOUND, failure
from cli.log_key import own_key, signed_by
from cli.params import How, argument, option, writes
from cli.render import Column, Table, show
from cli.session import carry_out, now, reading
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from cli.settings import Settings
    from projections.exposure import HandOver


@click.command(
    "hand-over",
    cls=Command,
    about=Text(
        "登记已把检查点交给谁。先核对签名，并证明现在的历史是它的延续。"
        "证据自检查点离开本单位时起算：见 gongji audit exposure。",
        "Record to whom a checkpoint was given. Its signature is verified first, and that the "
        "present history extends it. Evidence begins when a checkpoint leaves the house: see "
        "gongji audit exposure.",
    ),
    examples=("gongji audit hand-over march.txt --to bureau-7",),
)
@argument(
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    about=Text("检查点", "The checkpoint."),
)
@option(
    "--to",
    "receiver",
    required=True,
    metavar="ID",
    about=Text("接收方编号", "Id of the receiver, not a person's name."),
)
@writes
@click.pass_obj
def hand_over(settings: Settings, *, file: Path, receiver: str, how: How) -> None:
    """Record a hand-over."""
    from ledger.commands import HandOver
    from ledger.log.checkpoints import Extension, compare

    given, _ = signed_by(settings, own_key(settings).verifier, path=file)
    with reading(settings) as store:
        extension = compare(store.recorder.log(), given)
    if extension in {Extension.FORK, Extension.SHRUNK}:
        code = "not_extended"
        says = Text("现在的历史不是它的延续", "the present history does not extend it")
        remedy = f"gongji audit checkpoint --kept {file}"
        raise failure(code, says.say(settings.lang), where=str(file), remedy=remedy)
    command = HandOver(
        receiver=receiver,
        origin=given.origin,
        entries=given.size,
        root=given.root.hex(),
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


_EXPOSURE = [
    Column("receiver", Text("接收方", "receiver")),
    Column("entries", Text("检查点笔数", "entries covered"), "int"),
    Column("position", Text("至位置", "up to position"), "int"),
    Column("handed_over_at", Text("交出时刻", "handed over at"), "instant"),
    Column("hours", Text("距今小时", "hours ago"), "int"),
    Column("open_entries", Text("其后笔数", "entries since"), "int"),
    Column("open_events", Text("其后事件", "events since"), "int"),
]
_NEVER = Text(
    "从未交出检查点：持有密钥者可改写全部 {entries:,} 笔而不被外人发现。\n"
    "签署并交出：gongji audit checkpoint --out FILE，再 gongji audit hand-over FILE --to ID",
    "No checkpoint was ever handed over: whoever has the key can rewrite all {entries:,} entries "
    "and no outsider would see it.\nSign one and hand it over: gongji audit checkpoint --out FILE, "
    "then gongji audit hand-over FILE --to ID",
)
_WINDOW = Text(
    "敞口：{entries:,} 笔、{events:,} 条事件尚无已交出的检查点覆盖",
    "exposed: {entries:,} entries, {events:,} events that no checkpoint handed over covers",
)


@click.command(
    "exposure",
    cls=Command,
    about=Text(
        "敞口：最近一次交出检查点之后记了多少。这一段若被持有密钥者改写，外人无从发现。"
        "从未交出时退出码为 1。",
        "The window of exposure: how much was recorded after the last checkpoint that was handed "
        "over. Whoever has the key could rewrite it unseen. Exit code 1 if none was.",
    ),
    examples=("gongji audit exposure", "gongji audit exposure -O json"),
)
@click.pass_context
def exposure(ctx: click.Context) -> None:
    """Show who holds which checkpoint, and what none covers."""
    from projections.exposure import hand_overs

    settings: Settings = ctx.obj
    with reading(settings) as store:
        found, end = hand_overs(store), store.recorder.end
    present = now(settings)
    entries = found[0].open_entries if found else end.entries
    events = found[0].open_events if found else end.events
    window = {"entries": entries, "events": events}
    table = Table(
        "exposure",
        _EXPOSURE,
        [_row(each, present) for each in found],
        position=end.events,
        facts=[_filled(_WINDOW, window)],
        more={"open": window},
        empty=_filled(_NEVER, window),
    )
    show(settings, table)
    ctx.exit(0 if found or not end.entries else FOUND)


def _row(given: HandOver, present: datetime) -> dict[str, object]:
    since = present - given.handed_over_at
    return given._asdict() | {"hours": int(since.total_seconds()) // 3600}


def _filled(says: Text, facts: dict[str, int]) -> Text:
    return Text(says.say("zh", **facts), says.say("en", **facts))
