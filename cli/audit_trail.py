"""`gongji audit trail`: every event that touches a person, a family pool or a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.events import ENTRY, entry_row
from cli.params import argument
from cli.render import Table, show
from cli.session import views
from cli.subjects import read_subject
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings


@click.command(
    "trail",
    cls=Command,
    times=("as_of", "as_known_at"),
    about=Text(
        "一名参保人、一个共济组、一张费用单或一个疑点的全部事件，按记录先后。"
        "参保人的线索含以其为患者的费用单。",
        "Every event that touches an insured person, a family pool, a claim or a finding, in order "
        "of recording. A person's trail has the claims of which the person is the patient.",
    ),
    examples=("gongji audit trail person:p1", "gongji audit trail claim:c1 -O csv"),
)
@argument(
    "subject",
    metavar="person:ID|pool:ID|claim:ID|finding:ID",
    about=Text("查谁的线索", "Whose trail."),
)
@click.pass_obj
def trail(settings: Settings, subject: str) -> None:
    """Show the trail of one subject."""
    from projections.audit_trail import trail as trail_of

    about = read_subject(settings, subject)
    with views(settings, ["audit_trail"]) as current:
        found = trail_of(
            current.store,
            current.engine,
            subject=about,
            as_of=settings.as_of,
            as_known_at=settings.as_known_at,
        )
    table = Table(
        "trail",
        ENTRY,
        [entry_row(entry) for entry in found],
        title=subject,
        position=current.position,
        as_of=settings.as_of,
        as_known_at=settings.as_known_at,
        facts=[Text(f"{len(found):,} 条", f"{len(found):,} events")],
        empty=Text("没有与其有关的事件。", "No event touches it."),
    )
    show(settings, table)
