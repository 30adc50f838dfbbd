"""`gongji store`: make a store, look at it, bring its read models up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.params import argument, option
from cli.progress import progress
from cli.render import Column, Table, show, talk
from cli.session import reading
from cli.texts import group
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from ledger.store import Store

store = group(
    "store",
    about=Text(
        "账本：一个目录，内有全部事件及由其算出的读模型。",
        "The store: a directory with all events, and the read models made from them.",
    ),
    examples=("gongji store init", "gongji store status -O json"),
)

_UNKNOWN = "unknown_projection"
_REBUILT = Text(
    "投影 {name}：已重建至位置 {position:,}", "{name}: rebuilt up to position {position:,}"
)


@store.command(
    "init",
    about=Text(
        "新建空账本。已有的账本不会被覆盖。",
        "Make an empty store. An existing one is never overwritten.",
    ),
    examples=("gongji store init", "gongji --store /path/to/books store init"),
)
@click.pass_obj
def init(settings: Settings) -> None:
    """Make an empty store."""
    from ledger import store as stores

    stores.init(settings.store)
    columns = [Column("path", Text("账本", "store")), _LAST]
    row = {"path": str(settings.store), "last_position": 0}
    show(settings, Table("store", columns, [row], record=True, position=0))


_LAST = Column("last_position", Text("末位置", "last position"), "int")
_STATUS = [
    Column("name", Text("名称", "name")),
    Column("says", Text("内容", "holds")),
    _LAST,
    Column("behind", Text("落后", "behind"), "int"),
]


@store.command(
    "status",
    about=Text(
        "账本有多少事件，各读模型记到了哪里，日志的名称与树根。",
        "How many events the store has, how far each read model has come, "
        "and the name and root of the log.",
    ),
    examples=("gongji store status",),
)
@click.pass_obj
def status(settings: Settings) -> None:
    """Say how far everything has come; nothing is brought up to date."""
    from projections import runner

    with reading(settings) as opened:
        last = opened.recorder.last_position
        rows: list[dict[str, object]] = [
            {
                "name": "events",
                "says": Text("事件", "events"),
                "last_position": last,
                "behind": 0,
            }
        ]
        reached = _reached(settings)
        for name, projection in runner.PROJECTIONS.items():
            at = reached.get(name, 0)
            row = {"name": name, "says": projection.says, "last_position": at, "behind": last - at}
            rows.append(row)
        log = _log(settings, opened)
    title = Text("账本 {path}", "store {path}").say(settings.lang, path=settings.store)
    origin = log["origin"]
    notes = [
        Text(f"日志：{origin}", f"log: {origin}") if origin else _NO_KEY,
        Text(
            f"树根：{log['root']}，共 {log['size']:,} 笔",
            f"root: {log['root']}, {log['size']:,} entries",
        ),
    ]
    table = Table(
        "store-status", _STATUS, rows, title=title, position=last, notes=notes, more={"log": log}
    )
    show(settings, table)


_NO_KEY = Text("日志尚无密钥（gongji audit key）", "the log has no key yet (gongji audit key)")


def _log(settings: Settings, opened: Store) -> dict[str, object]:
    """Give the log's name, if it has a key, its size and its root."""
    from ledger.log.notes import public_key_in, to_base64

    log = opened.recorder.log()
    key = public_key_in(settings.store)
    origin = key.name if key else None
    return {"origin": origin, "size": log.size, "root": to_base64(log.root())}


def _reached(settings: Settings) -> dict[str, int]:
    """Give the position of each read model; a store that has none yet is left without."""
    from projections import runner

    if not (settings.store / runner.VIEWS).exists():
        return {}
    engine = runner.open_views(settings.store)
    try:
        return runner.positions(engine)
    finally:
        engine.dispose()


@store.command(
    "project",
    about=Text(
        "更新读模型；可只更新所列的，也可全部丢弃重建。\n\n"
        "查询命令会自行更新，平时不必运行本命令。",
        "Bring read models up to date: all, or those named; or make them again from nothing.\n\n"
        "Reading commands do this by themselves.",
    ),
    examples=("gongji store project", "gongji store project --rebuild balances"),
)
@argument("names", nargs=-1, required=False, metavar="NAME", about=Text("读模型", "Read models."))
@option(
    "--rebuild", is_flag=True, about=Text("丢弃后从头重建", "Drop them and start from nothing.")
)
@click.pass_obj
def project(settings: Settings, names: tuple[str, ...], rebuild: bool) -> None:
    """Bring read models up to date."""
    from projections import runner

    chosen = list(names) or list(runner.PROJECTIONS)
    for name in chosen:
        if name not in runner.PROJECTIONS:
            known = ", ".join(runner.PROJECTIONS)
            says = Text("没有读模型“{name}”。", "There is no read model {name!r}.")
            raise failure(_UNKNOWN, says.say(settings.lang, name=name), remedy=known)
    with reading(settings) as opened:
        engine = runner.open_views(settings.store)
        try:
            with progress(settings, Text("更新读模型", "bringing read models up to date")) as tell:
                if rebuild:
                    for name in chosen:
                        position = runner.rebuild(opened, engine, name, progress=tell)
                        talk(settings, _REBUILT, name=name, position=position)
                else:
                    position = runner.run(opened, engine, names=chosen, progress=tell)
            reached = runner.positions(engine)
        finally:
            engine.dispose()
    rows = [
        {
            "name": name,
            "says": runner.PROJECTIONS[name].says,
            "last_position": reached[name],
            "behind": position - reached[name],
        }
        for name in chosen
    ]
    show(settings, Table("store-status", _STATUS, rows, position=position))
