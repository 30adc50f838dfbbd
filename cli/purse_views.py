"""What the tables say of money set aside: it is there, it is the owner's, and for whom it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.money import format_yuan
from domain.purses import Purse, beneficiary_of
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.person import Person
    from projections.purses import OpenPurse

Named = tuple[str, str, Purse]
"""Owner, name and state of a purse."""


def purses_of(persons: Sequence[Person]) -> list[Named]:
    """Give the open purses of persons."""
    return [
        (person.id, name, purse)
        for person in persons
        if person.account is not None
        for name, purse in sorted(person.account.set_aside.items())
    ]


def stored(purses: Sequence[OpenPurse]) -> list[Named]:
    """Give the same as the read model has it."""
    return [(it.person, it.purse, Purse(it.pool, it.amount, it.quota_fen)) for it in purses]


def notes(purses: Sequence[Named]) -> list[Text]:
    """Say of each purse why its money cannot be spent by its owner."""
    return [_note(*purse) for purse in purses]


def _note(owner: str, name: str, purse: Purse) -> Text:
    left, beneficiary = format_yuan(purse.amount.total_fen), beneficiary_of(name)
    if purse.quota_fen is None or beneficiary is None:
        return Text(
            f"{owner} 另有 {left} 元已划拨到共济组 {purse.pool}：仍属本人，但仅供该组使用人。",
            f"{owner} has {left} more, set aside for pool {purse.pool}: it is still the owner's, "
            "but only the beneficiaries of the pool may use it.",
        )
    whole, used = format_yuan(purse.quota_fen), format_yuan(purse.used_fen)
    return Text(
        f"{owner} 另有 {left} 元已冻结为 {beneficiary} 的共济额度（额度 {whole}，已用 {used}）："
        "仍属本人，但本人不能使用。",
        f"{owner} has {left} more, frozen as the quota of {beneficiary} ({whole}, of which {used} "
        "used): it is still the owner's, who cannot spend it.",
    )


def data(purses: Sequence[Named]) -> list[dict[str, Any]]:
    """Give the same as data."""
    return [
        {
            "person": owner,
            "purse": name,
            "pool": purse.pool,
            "beneficiary": beneficiary_of(name),
            "current_fen": purse.amount.current_fen,
            "prior_fen": purse.amount.prior_fen,
            "quota_fen": purse.quota_fen,
            "used_fen": None if purse.quota_fen is None else purse.used_fen,
        }
        for owner, name, purse in purses
    ]
