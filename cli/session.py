"""What a command works with: the clock, the actor, an application or the read models.

Together with the tour this is the only place that reads the clock. Stores are opened when a
command asks for them and closed when it is done.
"""

from __future__ import annotations

import getpass
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cli.errors import refused
from cli.progress import progress
from cli.render import talk
from domain.ids import MessageId
from domain.refusals import Refusal
from domain.text import Text
from domain.time import parse_instant, service_date_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from sqlalchemy import Engine

    from cli.errors import Failure
    from cli.settings import Settings
    from domain.ids import RegionCode
    from domain.rules import RuleBook
    from ledger.application import Application
    from ledger.commands import Command
    from ledger.store import Store

_KEY = Text("报文号 {key}（重发请加 --key {key}）", "message id {key} (to repeat: --key {key})")
_AGAIN = Text("此前已办理，返回原答复。", "Done before; this is the first answer again.")
_UP_TO_DATE = Text("更新读模型", "bringing the read models up to date")


def now(settings: Settings) -> datetime:
    """Give the present instant; tests and the tour fix it with `--at` or GONGJI_NOW."""
    if settings.at is not None:
        return settings.at
    fixed = os.environ.get("GONGJI_NOW")
    return parse_instant(fixed) if fixed else datetime.now(UTC)


def today(settings: Settings) -> date:
    """Give the present day in Shanghai."""
    return service_date_of(now(settings))


def actor(settings: Settings) -> str:
    """Give who acts: `--actor`, else GONGJI_ACTOR, else the login name."""
    if settings.actor:
        return settings.actor
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "cli"


def rule_book() -> RuleBook:
    """Give the rules that come with the program."""
    from policies.loader import load

    return load()


def shipped(path: str, folder: str) -> Path:
    """Give the path of a file, or of one that comes with the program where only that exists.

    `folder` is `scenarios` or `overlays`.
    """
    import simulation

    own = Path(simulation.__file__).parent / folder / path
    return own if own.is_file() and not Path(path).exists() else Path(path)


@contextmanager
def writing(settings: Settings) -> Iterator[Application]:
    """Open the store for writing and serve it.

    Raises:
        StoreError: missing, held by another writer, newer or damaged.
    """
    from ledger.application import Application
    from ledger.store import open_writer

    with open_writer(settings.store) as store, Application(store, rule_book()) as application:
        yield application


@contextmanager
def reading(settings: Settings, *, examining: bool = False) -> Iterator[Store]:
    """Open the store for reading, also while somebody else writes.

    A history whose end is missing is opened only for `examining`: it would say less than it was.
    """
    from ledger.store import open_reader

    with open_reader(settings.store) as store:
        if not examining:
            store.recorder.check_end()
        yield store


@dataclass(frozen=True)
class Views:
    """The read models, up to date: their engine, the position reached, and the store behind."""

    engine: Engine
    position: int
    store: Store


@contextmanager
def views(settings: Settings, names: Collection[str] | None = None) -> Iterator[Views]:
    """Bring the named read models (all, if none is named) up to date and serve them."""
    from projections import runner

    with reading(settings) as store:
        engine = runner.open_views(settings.store)
        try:
            with progress(settings, _UP_TO_DATE) as tell:
                position = runner.run(
                    store, engine, names=names or runner.PROJECTIONS, progress=tell
                )
            yield Views(engine, position, store)
        finally:
            engine.dispose()


@contextmanager
def views_then(settings: Settings, names: Collection[str]) -> Iterator[Views]:
    """Serve the named read models as they stood at `--as-known-at`, made in memory; else of now."""
    if settings.as_known_at is None:
        with views(settings, names) as current:
            yield current
        return
    from projections.moments import position_at

    with reading(settings) as store:
        position = position_at(store, settings.as_known_at)
        engine = in_memory(store, upto=position, names=names)
        try:
            yield Views(engine, position, store)
        finally:
            engine.dispose()


def in_memory(store: Store, *, upto: int, names: Collection[str] | None = None) -> Engine:
    """Make the named read models (all, if none is named) in memory, up to a position."""
    from sqlalchemy import create_engine

    from projections import runner

    engine = create_engine("sqlite://")
    runner.run(store, engine, upto=upto, names=names or runner.PROJECTIONS)
    return engine


@dataclass(frozen=True)
class Answer:
    """What a command was answered: the receipt's facts, with its key and position."""

    key: MessageId
    facts: dict[str, Any]
    position: int
    replayed: bool


def carry_out(settings: Settings, command: Command, *, key: str | None) -> Answer:
    """Carry one command out on the store, or end with the refusal and the rule's source."""
    message = MessageId(key or str(uuid4()))  # a new request needs a new name
    if key is None:
        talk(settings, _KEY, key=message)
    with writing(settings) as application:
        at = now(settings)
        reply = application.execute(command, key=message, at=at, actor=actor(settings))
        if isinstance(reply, Refusal):
            raise _refused(settings, application, reply, command)
    if reply.replayed:
        talk(settings, _AGAIN)
    return Answer(message, json.loads(reply.answer), reply.position, reply.replayed)


def _refused(
    settings: Settings, application: Application, refusal: Refusal, command: Command
) -> Failure:
    ruled = _ruled_by(application, command, service_date_of(now(settings)))
    why = basis_of(settings, application.book, refusal.rule, ruled) if ruled else ""
    return refused(refusal, settings.lang, why=why)


def basis_of(
    settings: Settings, book: RuleBook, parameter: str | None, ruled: tuple[RegionCode, date]
) -> str:
    """Say why a rule has its value in a region on a day; nothing where there is no such rule."""
    from cli.sources import basis

    rules = book.resolve(*ruled)
    if parameter is None or isinstance(rules, Refusal) or parameter not in rules.citations:
        return ""
    return basis(rules.citations[parameter], settings.lang)


def _ruled_by(
    application: Application, command: Command, present: date
) -> tuple[RegionCode, date] | None:
    """Find whose rules of which day a command falls under."""
    from domain.ids import claim_of
    from ledger import commands

    match command:
        case commands.Settle(request=request) | commands.AuthorizeClaim(request=request):
            patient = application.person(request.patient)
            return (patient.region, request.service_date) if patient else None
        case commands.Cancel():
            claim = application.claim(claim_of(command.settlement))
            return (claim.allocation.region, present) if claim else None
        case _:
            pool = getattr(command, "pool", None)
            who = getattr(command, "sender", None) or getattr(command, "person", None)
            found = application.pool(pool) if pool else application.person(who) if who else None
            return (found.region, command.on or present) if found else None
