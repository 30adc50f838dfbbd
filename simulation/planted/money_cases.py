"""Where money goes, and when: a misuse and its near miss each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simulation.planted.visits import HOSPITAL, PHARMACY

if TYPE_CHECKING:
    from simulation.planted.street import Street


def does_not_add_up(street: Street, name: str, *, wrong: bool) -> None:
    """A payment leaves a fen more than it should, or what it should."""
    grantor, user = street.family(name)
    street.next_month()
    street.left[grantor] += int(wrong)
    street.settle(f"{name}-c", user, by={grantor: 12000})


def refund_elsewhere(street: Street, name: str, *, wrong: bool) -> None:
    """A cancellation pays into another relative's account, or back into the one that paid."""
    grantor, user = street.family(name)
    street.bind(other := street.enroll(f"{name}-other", 1000), user)
    street.next_month()
    settlement = street.settle(f"{name}-c", user, by={grantor: 12000})
    street.morning()
    street.undo(settlement, {other: 12000} if wrong else None)


def frozen_overspent(street: Street, name: str, *, wrong: bool) -> None:
    """A hold of a day is captured an hour after its end, or an hour before it."""
    grantor, user = street.family(name)
    street.next_month()
    street.hold(f"{name}-c", user, by={grantor: 12000}, hours=24)
    street.wait(hours=25 if wrong else 23)
    street.capture(f"{name}-c", {grantor: 9000}, back={grantor: 3000})


def emptied(street: Street, name: str, *, wrong: bool) -> None:
    """An account of 2,000 yuan is emptied six days after the money came, or eight days."""
    grantor, user = street.family(name, 0)
    street.next_month()
    street.credit(grantor, 200_000)
    street.wait(days=6 if wrong else 8)
    street.settle(f"{name}-c1", user, by={grantor: 120_050})
    street.wait(hours=2)
    street.settle(f"{name}-c2", user, by={grantor: 79_050})


def year_end_rush(street: Street, name: str, *, wrong: bool) -> None:
    """After three months of 400 yuan, December brings 1,200 yuan, or a fen less."""
    grantor, user = street.family(name)
    while street.today.month != _SEPTEMBER:
        street.next_month()
    for number in range(3):
        street.settle(f"{name}-c{number}", user, by={grantor: 400_01 if number else 399_98})
        street.next_month()
    street.settle(f"{name}-c3", user, by={grantor: 120_000 - int(not wrong)})


def settled_twice(street: Street, name: str, *, wrong: bool) -> None:
    """Two settlements of one day of the same amount, or of amounts a fen apart."""
    grantor, user = street.family(name)
    street.next_month()
    street.settle(f"{name}-c1", user, by={grantor: 12050})
    street.wait(hours=2)
    street.settle(f"{name}-c2", user, by={grantor: 12050 if wrong else 12051})


def settled_again(street: Street, name: str, *, wrong: bool) -> None:
    """Undone within two minutes and settled again: another relative pays, or the same one."""
    grantor, user = street.family(name)
    street.bind(other := street.enroll(f"{name}-other", 500_000), user)
    street.next_month()
    settlement = street.settle(f"{name}-c1", user, by={grantor: 12050})
    street.wait(minutes=2)
    street.undo(settlement)
    street.wait(minutes=2)
    street.settle(f"{name}-c2", user, by={other if wrong else grantor: 12050})


def reversal_storm(street: Street, name: str, *, wrong: bool) -> None:
    """Five of eight settlements of a day are undone in the evening, or four of them."""
    families = [street.family(f"{name}-{number}") for number in range(8)]
    street.next_month()
    at = HOSPITAL._replace(institution=f"{name}-h")
    settled = []
    for number, (grantor, user) in enumerate(families):
        settled.append(street.settle(f"{name}-c{number}", user, by={grantor: 5050 + number}, at=at))
        street.wait(minutes=20)
    street.wait(hours=3)
    for settlement in settled[: 5 if wrong else 4]:
        street.undo(settlement)
        street.wait(minutes=1)


def bound_and_unbound(street: Street, name: str, *, wrong: bool) -> None:
    """In a month three relations are opened and ended, or the last of them is kept."""
    grantor = street.enroll(f"{name}-grantor", 1000)
    for number in range(3):
        user = street.enroll(f"{name}-{number}")
        street.bind(grantor, user)
        street.wait(days=2)
        if wrong or number in {0, 1}:
            street.unbind(grantor, user)
        street.wait(days=2)


def bound_for_one_draw(street: Street, name: str, *, wrong: bool) -> None:
    """Bound, and two hours later 1,500 yuan drawn; unbound after six days, or after eight."""
    grantor, user = street.family(name)
    street.wait(hours=2)
    street.settle(f"{name}-c", user, by={grantor: 150_050})
    street.wait(days=6 if wrong else 8)
    street.unbind(grantor, user)


def far_places(street: Street, name: str, *, wrong: bool) -> None:
    """Two hours after care in Shanghai, care in Wuhan, or in another part of Shanghai."""
    grantor, user = street.family(name)
    street.next_month()
    street.settle(f"{name}-c1", user, by={grantor: 5050})
    street.wait(hours=2)
    there = HOSPITAL._replace(institution="elsewhere", area="420100" if wrong else "310015")
    street.settle(f"{name}-c2", user, by={grantor: 6050}, at=there)


def at_night(street: Street, name: str, *, wrong: bool) -> None:
    """At a pharmacy three uses between four and five in the morning, or the last after five."""
    families = [street.family(f"{name}-{number}") for number in range(3)]
    street.next_month()
    street.wait(hours=19)  # four in the morning
    at = PHARMACY._replace(institution=f"{name}-shop")
    for number, (grantor, user) in enumerate(families):
        street.settle(f"{name}-c{number}", user, by={grantor: 5050 + number}, at=at)
        street.wait(minutes=20 if wrong or number == 0 else 41)


def recorded_late(street: Street, name: str, *, wrong: bool) -> None:
    """Recorded 91 days after the day of care, or 90 days."""
    grantor, user = street.family(name)
    street.wait(days=200)
    day = street.today - timedelta(days=91 if wrong else 90)
    street.settle(f"{name}-c", user, by={grantor: 12050}, at=HOSPITAL._replace(day=day))


def back_in_time(street: Street, name: str, *, wrong: bool) -> None:
    """A settlement recorded an hour before what stands before it, or at the same instant."""
    grantor, user = street.family(name)
    street.next_month()
    street.settle(f"{name}-c1", user, by={grantor: 12050})
    street.wait(hours=-1 if wrong else 0)
    street.settle(f"{name}-c2", user, by={grantor: 5050})
    street.wait(hours=2)


_SEPTEMBER = 9
