"""Many at once: a misuse and its near miss each, which is one person fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.planted.visits import HOSPITAL, PHARMACY

if TYPE_CHECKING:
    from simulation.planted.street import Street
    from simulation.planted.visits import Visit


def _rush(street: Street, name: str, number: int, *, at: Visit, minutes: int) -> None:
    """Let so many families come to one place, one every few minutes."""
    families = [street.family(f"{name}-{each}") for each in range(number)]
    street.next_month()
    for each, (grantor, user) in enumerate(families):
        street.settle(f"{name}-c{each}", user, by={grantor: 5050 + each}, at=at)
        street.wait(minutes=minutes)


def many_holders(street: Street, name: str, *, wrong: bool) -> None:
    """Within eight minutes five holders' accounts pay at a pharmacy, or four."""
    shop = PHARMACY._replace(institution=f"{name}-shop")
    _rush(street, name, 5 if wrong else 4, at=shop, minutes=2)


def many_beneficiaries(street: Street, name: str, *, wrong: bool) -> None:
    """Within ten minutes eight of a holder's relatives buy at a pharmacy, or seven."""
    grantors = [street.enroll(f"{name}-grantor{each}", 500_000) for each in range(2)]
    users = [street.enroll(f"{name}-user{each}") for each in range(8 if wrong else 7)]
    for each, user in enumerate(users):
        street.bind(grantors[each % 2], user)
    street.next_month()
    shop = PHARMACY._replace(institution=f"{name}-shop")
    for each, user in enumerate(users):
        street.settle(f"{name}-c{each}", user, by={grantors[each % 2]: 5050 + each}, at=shop)
        street.wait(minutes=1)


def many_cards(street: Street, name: str, *, wrong: bool) -> None:
    """One operator has twenty holders' accounts pay within twenty minutes, or nineteen."""
    desk = HOSPITAL._replace(institution=f"{name}-h", actor=f"{name}-operator")
    _rush(street, name, 20 if wrong else 19, at=desk, minutes=1)


def one_beneficiary(street: Street, name: str, *, wrong: bool) -> None:
    """In a month one beneficiary draws on four holders, or on three."""
    user = street.enroll(f"{name}-user")
    grantors = [street.enroll(f"{name}-grantor{each}", 500_000) for each in range(4)]
    for grantor in grantors:
        street.bind(grantor, user)
    street.next_month()
    for each, grantor in enumerate(grantors):
        payer = grantor if wrong or each else grantors[1]
        street.settle(f"{name}-c{each}", user, by={payer: 5050 + each})
        street.wait(days=2)


def one_holder(street: Street, name: str, *, wrong: bool) -> None:
    """In a month one holder pays for six beneficiaries, or for five."""
    grantor = street.enroll(f"{name}-grantor", 500_000)
    users = [street.enroll(f"{name}-user{each}") for each in range(6)]
    for user in users:
        street.bind(grantor, user)
    street.next_month()
    for each, user in enumerate(users):
        patient = user if wrong or each else users[1]
        street.settle(f"{name}-c{each}", patient, by={grantor: 5050 + each})
        street.wait(days=2)


def shared_customers(street: Street, name: str, *, wrong: bool) -> None:
    """Ten holders are used at both of two pharmacies, or nine of them and one at the first only."""
    families = [street.family(f"{name}-{each}") for each in range(10)]
    street.next_month()
    for shop in ("one", "two"):
        for each, (grantor, user) in enumerate(families):
            where = "one" if each == 0 and not wrong else shop
            at = PHARMACY._replace(institution=f"{name}-{where}")
            street.settle(f"{name}-{shop}-c{each}", user, by={grantor: 5050 + each}, at=at)
            street.wait(hours=7)


def unusual_share(street: Street, name: str, *, wrong: bool) -> None:
    """At peers own accounts pay; at one clinic relatives pay nearly all, or about a third."""
    area = "420100" if wrong else "420200"
    users = []
    for each in range(20):
        grantor, user = street.family(f"{name}-{each}")
        street.credit(user, 500_000)
        users.append((grantor, user))
    street.next_month()
    for shop in range(5):
        at = HOSPITAL._replace(institution=f"{name}-{shop}", area=area)
        for each, (grantor, user) in enumerate(users):
            aided = shop == 0 and (wrong or each % 3 == 0)
            street.settle(
                f"{name}-{shop}-c{each}", user, by={grantor if aided else user: 5050}, at=at
            )
            street.wait(hours=1)
        street.morning()
