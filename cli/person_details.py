"""`gongji person describe|details|erase`: personal details, kept apart and erasable."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.errors import Failure, failure
from cli.params import How, argument, choice_of, option, writes
from cli.render import Column, Table, show
from cli.session import carry_out
from cli.states import known_state
from cli.texts import Command
from domain.codes import Detail
from domain.ids import PersonId
from domain.person import person_stream
from domain.refusals import Code
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.settings import Settings
    from ledger.personal import Opening, Personal

_PERSON = argument("who", metavar="PERSON", about=Text("参保人编号", "Id of the person."))
_WHICH = option(
    "--detail",
    "which",
    multiple=True,
    type=choice_of(Detail),
    about=Text("只涉及此项，可重复；默认全部", "Only this one, repeatable; default all."),
)
_DETAILS = ", ".join(Detail)


@click.command(
    "describe",
    cls=Command,
    about=Text(
        f"登记个人信息（{_DETAILS}）。文件为 YAML 或 JSON，- 为标准输入。"
        "事件中只有加盐的承诺值；原值另存，可随时删除而不影响证明。",
        f"Take in personal details ({_DETAILS}) from a YAML or JSON file, or - for standard "
        "input. Events have salted commitments alone; the values are kept apart and can be erased "
        "without breaking a proof.",
    ),
    examples=("gongji person describe p1 p1.yaml", "gongji person describe p1 -"),
)
@_PERSON
@argument("file", metavar="FILE", about=Text("文件", "The file."))
@writes
@click.pass_obj
def describe(settings: Settings, *, who: str, file: str, how: How) -> None:
    """Take details in: the values first, so that no commitment is without one."""
    from ledger.commands import CommitDetails
    from ledger.personal import Opening, Personal

    person, personal = PersonId(who), Personal(settings.store)
    openings = [
        Opening(person, detail, secrets.token_bytes(16), value)
        for detail, value in _read(settings, file).items()
    ]
    commitments = {each.detail: each.commitment for each in openings}
    command = CommitDetails(person=person, commitments=commitments, **how.fields)
    with personal.alone():
        personal.put(openings)
        try:
            answer = carry_out(settings, command, key=how.key)
        except Failure:
            personal.drop(commitments.values())
            raise
        _tidy(settings, person, personal)
    show_answer(settings, answer)


_SHOWN = [
    Column("detail", Text("项目", "detail"), "code", "Detail"),
    Column("value", Text("内容", "value")),
    Column("commitment", Text("承诺值", "commitment")),
    Column("salt", Text("盐", "salt"), for_people=False),
]


@click.command(
    "details",
    cls=Command,
    about=Text(
        "一人的个人信息，默认遮盖。--reveal 全部出示：须写明给谁（--to）和事由（--note），"
        "并记为一条事件。",
        "A person's details, masked. --reveal shows them in full: to whom (--to) and why (--note) "
        "must be said, and is recorded as an event.",
    ),
    examples=(
        "gongji person details p1",
        "gongji person details p1 --reveal --to bureau-7 --note case-12 -O json",
    ),
)
@_PERSON
@_WHICH
@option("--reveal", is_flag=True, about=Text("全部出示", "Show them in full."))
@option("--to", "receiver", metavar="ID", about=Text("给谁看", "Who is shown them."))
@writes
@click.pass_obj
def details(
    settings: Settings,
    *,
    who: str,
    which: tuple[Detail, ...],
    reveal: bool,
    receiver: str | None,
    how: How,
) -> None:
    """Show details, masked or in full."""
    from ledger.commands import RevealDetails
    from ledger.personal import Personal

    person = PersonId(who)
    kept = _kept_of(settings, person, Personal(settings.store))
    found = [each for each in kept if not which or each.detail in which]
    if reveal:
        if not receiver or not how.note:
            code = "reveal_unexplained"
            says = Text("须写明给谁（--to）和事由（--note）", "say to whom (--to) and why (--note)")
            raise failure(code, says.say(settings.lang), remedy="--to ID --note TEXT")
        command = RevealDetails(person=person, receiver=receiver, details=which, **how.fields)
        answer = carry_out(settings, command, key=how.key)
        if answer.replayed:  # nothing new was recorded
            code = "reveal_repeated"
            says = Text("此报文已出示过；再次出示须另行登记", "it was shown under this message id")
            raise failure(code, says.say(settings.lang), remedy="--key ID")
    rows = [_row(each, reveal=reveal) for each in found]
    show(settings, Table("person-details", _SHOWN, rows, title=who))


@click.command(
    "erase",
    cls=Command,
    about=Text(
        "删除个人信息：销毁原值与盐，事件不变，证明照常有效。",
        "Erase personal details: values and salts are destroyed; events stay as they are, and so "
        "do all proofs.",
    ),
    examples=("gongji person erase p1 --note request-2026-31",),
)
@_PERSON
@_WHICH
@writes
@click.pass_obj
def erase(settings: Settings, *, who: str, which: tuple[Detail, ...], how: How) -> None:
    """Erase details: the event first, so that what is gone was told to go."""
    from ledger.commands import EraseDetails
    from ledger.personal import Personal

    person, personal = PersonId(who), Personal(settings.store)
    command = EraseDetails(person=person, details=which, **how.fields)
    with personal.alone():
        try:
            answer = carry_out(settings, command, key=how.key)
        finally:  # also where nothing stands any more, but the end of an earlier one is missing
            _tidy(settings, person, personal)
    show_answer(settings, answer)


def _read(settings: Settings, file: str) -> Mapping[Detail, str]:
    """Read the details of one person."""
    from cli.claim_file import from_file
    from ledger.personal import Described

    said = from_file(settings.lang, file, Described, code="details_malformed")
    found = {detail: getattr(said, detail) for detail in Detail if getattr(said, detail)}
    if not found:
        code, says = "details_malformed", Text("文件中没有内容", "the file says nothing")
        raise failure(code, says.say(settings.lang), remedy=_DETAILS)
    return found


def _kept_of(settings: Settings, person: PersonId, personal: Personal) -> list[Opening]:
    """Give what is kept of somebody, by the commitments that stand."""
    state = known_state(settings, person_stream(person), otherwise=Code.UNKNOWN_PERSON)
    standing = set(state.value.details.values())
    return [each for each in personal.openings(person) if each.commitment in standing]


def _tidy(settings: Settings, person: PersonId, personal: Personal) -> None:
    """Destroy what is replaced, erased, or left over from a command that did not end."""
    standing = {each.commitment for each in _kept_of(settings, person, personal)}
    kept = {each.commitment for each in personal.openings(person)}
    personal.drop(kept - standing)


def _row(opening: Opening, *, reveal: bool) -> dict[str, object]:
    value = opening.value if reveal else _masked(opening.value)
    salt = opening.salt.hex() if reveal else None
    return {
        "detail": opening.detail,
        "value": value,
        "commitment": opening.commitment,
        "salt": salt,
    }


def _masked(value: str) -> str:
    """Show the first character and how long the rest is."""
    return value[:1] + "*" * (len(value) - 1)
