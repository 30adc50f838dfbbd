"""Who may pay for whom, and up to which limit: a misuse and its near miss each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.codes import Category, Coverage, Place, Relation
from domain.pool import Authorization
from domain.reasons import Reason
from simulation.planted.visits import HOSPITAL, PHARMACY, trial

if TYPE_CHECKING:
    from simulation.planted.street import Street
    from simulation.planted.visits import Family


def _limited(street: Street, name: str, **limits: int) -> Family:
    permit = Authorization(first_day=street.today, **limits)  # type: ignore[arg-type]  # fen all
    family = street.family(name, permit=permit)
    street.next_month()
    return family


def without_authorization(street: Street, name: str, *, wrong: bool) -> None:
    """The relation ended before the payment, or only after it."""
    grantor, user = street.family(name)
    street.next_month()
    if wrong:
        street.unbind(grantor, user)
    street.settle(f"{name}-c", user, by={grantor: 12000})
    if not wrong:
        street.unbind(grantor, user)


def relation_outside(street: Street, name: str, *, wrong: bool) -> None:
    """While spouse, parents and children were allowed: a sibling, or a child."""
    grantor, user = street.enroll(f"{name}-grantor", 500_000), street.enroll(f"{name}-user")
    street.bind(grantor, user, relation=Relation.SIBLING if wrong else Relation.CHILD)
    street.wait(days=3)
    street.settle(f"{name}-c", user, by={grantor: 12000})


def outside_scope(street: Street, name: str, *, wrong: bool) -> None:
    """Authorized for hospitals: used at a pharmacy, or at a hospital."""
    permit = Authorization(first_day=street.today, places=frozenset({Place.HOSPITAL}))
    grantor, user = street.family(name, permit=permit)
    street.next_month()
    at = PHARMACY if wrong else HOSPITAL._replace(category=Category.DRUG)
    street.settle(f"{name}-c", user, by={grantor: 12000}, at=at)


def limit_exceeded(street: Street, name: str, *, wrong: bool) -> None:
    """A limit per day of 200 yuan: two uses that exceed it by a fen, or that come to it."""
    grantor, user = _limited(street, name, per_day_fen=20000)
    street.settle(f"{name}-c1", user, by={grantor: 12000})
    street.wait(hours=1)
    street.settle(f"{name}-c2", user, by={grantor: 8001 if wrong else 8000})


def after_death(street: Street, name: str, *, wrong: bool) -> None:
    """The grantor's death is on record: use on the day after it, or on the day itself."""
    grantor, user = street.family(name)
    street.next_month()
    street.cover(grantor, Coverage.DECEASED)
    if wrong:
        street.morning()
    street.settle(f"{name}-c", user, by={grantor: 12000})


def death_known_later(street: Street, name: str, *, wrong: bool) -> None:
    """A death recorded after the use: it was the day before the use, or the day itself."""
    grantor, user = street.family(name)
    street.next_month()
    died = street.today
    if wrong:
        street.morning()
    street.settle(f"{name}-c", user, by={grantor: 12000})
    street.wait(hours=1)
    street.cover(grantor, Coverage.DECEASED, on=died)


def after_the_end_of_insurance(street: Street, name: str, *, wrong: bool) -> None:
    """The patient's insurance ends: from the day of the use on, or from the day after it."""
    grantor, user = street.family(name)
    street.next_month()
    ends = street.today if wrong else street.today + timedelta(days=1)
    street.cover(user, Coverage.ENDED, on=ends)
    street.settle(f"{name}-c", user, by={grantor: 12000})


def wrong_order(street: Street, name: str, *, wrong: bool) -> None:
    """The own account comes first and said that nothing was left to pay, or that it was empty."""
    grantor, user = street.family(name)
    street.next_month()
    reason = Reason.NOTHING_LEFT_TO_PAY if wrong else Reason.EMPTY
    trials = [
        trial(user, 0, reason=reason, own=True),
        trial(grantor, 12000, reason=Reason.PAID_THE_REST),
    ]
    street.settle(f"{name}-c", user, by={grantor: 12000}, trials=trials)


def split_bills(street: Street, name: str, *, wrong: bool) -> None:
    """A limit per use of 100 yuan: three bills just under it, or the third a small one."""
    grantor, user = _limited(street, name, per_use_fen=10000)
    for number, fen in enumerate((9500, 9600, 9400 if wrong else 3000)):
        street.settle(f"{name}-c{number}", user, by={grantor: fen})
        street.wait(minutes=20)


def limit_hugged(street: Street, name: str, *, wrong: bool) -> None:
    """A limit per use of 100 yuan: bills of 99.50 on four days of a month, or on three."""
    grantor, user = _limited(street, name, per_use_fen=10000)
    for number in range(4):
        street.settle(f"{name}-c{number}", user, by={grantor: 9950 if wrong or number else 5050})
        street.morning()


def round_amounts(street: Street, name: str, *, wrong: bool) -> None:
    """At a provider five bills of round hundreds, or one of them a fen more."""
    families = [street.family(f"{name}-{number}") for number in range(5)]
    street.next_month()
    at = HOSPITAL._replace(institution=f"{name}-h")
    for number, (grantor, user) in enumerate(families, 1):
        fen = number * 10000 + (0 if wrong or number > 1 else 1)
        street.settle(f"{name}-c{number}", user, by={grantor: fen}, at=at)
        street.wait(hours=1)
