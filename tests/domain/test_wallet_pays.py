"""The patient's wallet at the till: after the own account, before relatives, and back again."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from domain.claim import Leg
from domain.codes import Category, Insurance, OwnFirst, Place, Segment, Till, WalletModel
from domain.ids import PersonId
from domain.reasons import Reason
from domain.refusals import Refusal
from domain.undoing import Undo
from tests.auditor import audit
from tests.builders import done, institution, line, request, rules, topics
from tests.world import World

OPEN = {"wallet.model": WalletModel.TRANSFER}


def family(changes: Mapping[str, object] | None = None, *, own_fen: int = 100) -> World:
    """Give a father with 300 in the wallet, and a daughter with 1000 who may pay for him."""
    world = World(rules(OPEN | dict(changes or {})))
    if own_fen:
        world.enroll("father", current_fen=own_fen)
    else:
        world.enroll("father", insurance=Insurance.RESIDENT)
    world.enroll("daughter", current_fen=1300)
    for person in ("father", "daughter"):
        done(world.open_wallet(person))
    done(world.send("daughter", "father", 300))
    done(world.accept("father", "daughter", "T-daughter-1"))
    world.bind("daughter", "father")
    return world


def in_wallet(world: World) -> tuple[int, int]:
    wallet = world["father"].wallet
    assert wallet is not None
    return wallet.available_fen, wallet.held_fen


def tried(world: World, **asked: object) -> list[tuple[str, str, int, str, str | None]]:
    """Quote a claim of 700 and give account, purse, amount, reason and rule of each trial."""
    fields = {"own_fen": 700} | asked
    allocation = world.quote(request("c", "father", **fields))  # type: ignore[arg-type]  # any field
    assert not isinstance(allocation, Refusal)
    return [(t.account, t.purse, t.gave_fen, t.reason, t.rule) for t in allocation.trials]


def test_the_wallet_pays_after_the_own_account_and_before_relatives() -> None:
    world = family()
    assert tried(world) == [
        ("father", "", 100, Reason.GAVE_ALL_IT_HAD, None),
        ("father", "wallet", 300, Reason.GAVE_ALL_IT_HAD, None),
        ("daughter", "", 300, Reason.PAID_THE_REST, None),
    ]
    outcome = world.settle(request("c", "father", own_fen=700))
    assert topics(outcome) == [
        "claim.settled",
        "account.debited",
        "account.debited",
        "wallet.debited",
    ]
    assert (world.left("father"), in_wallet(world), world.left("daughter")) == (
        (0, 0),
        (0, 0),
        (700, 0),
    )
    audit(world)


def test_an_empty_or_missing_wallet_is_not_asked() -> None:
    world = family()
    done(world.settle(request("c", "father", own_fen=400)))
    world.claims.clear()
    assert [trial[1] for trial in tried(world)] == ["", ""]


def test_somebody_without_an_account_pays_from_the_wallet() -> None:
    world = family(own_fen=0)
    assert tried(world)[:2] == [
        ("father", "", 0, Reason.NO_ACCOUNT, None),
        ("father", "wallet", 300, Reason.GAVE_ALL_IT_HAD, None),
    ]
    done(world.settle(request("c", "father", own_fen=200)))
    done(world.cancel("c"))
    assert in_wallet(world) == (300, 0)
    audit(world)


@pytest.mark.parametrize("till", [Till.ON_REQUEST, Till.TWO_TAPS])
def test_where_the_till_must_ask_the_wallet_waits_for_it(till: Till) -> None:
    world = family({"wallet.till": till})
    barred = ("father", "wallet", 0, Reason.WALLET_NOT_REQUESTED, "wallet.till")
    assert tried(world)[1] == barred
    assert tried(world, aid_requested=True)[1][2] == 300
    assert tried(world, use_accounts=False)[1][3] is Reason.TILL_DECLINED


def test_the_wallet_has_places_and_categories_of_its_own() -> None:
    world = family(
        {
            "wallet.places": frozenset({Place.PHARMACY}),
            "wallet.categories": frozenset({Category.DRUG}),
            "own.outside_catalogue": False,
            "own.categories": frozenset(),
        }
    )
    barred = ("father", "wallet", 0, Reason.PLACE_NOT_ALLOWED, "wallet.places")
    assert tried(world)[1] == barred
    pharmacy = institution(place=Place.PHARMACY)
    assert tried(world, institution=pharmacy)[1][3:] == (
        Reason.CATEGORY_NOT_ALLOWED,
        "wallet.categories",
    )
    drug = [line(1, 700, category=Category.DRUG)]
    assert tried(world, institution=pharmacy, lines=drug)[1][2] == 300
    outside = [line(1, 700, category=Category.DRUG, outside_catalogue=True)]
    assert tried(world, institution=pharmacy, lines=outside)[1][3:] == (
        Reason.OUTSIDE_CATALOGUE,
        "own.outside_catalogue",
    )


def test_a_wallet_that_may_not_pay_does_not_keep_relatives_from_paying() -> None:
    must: dict[str, object] = {"pool.own_first": OwnFirst.MUST_BE_EMPTY}
    asked = family(must | {"wallet.till": Till.ON_REQUEST})
    assert tried(asked)[2][2:4] == (600, Reason.PAID_THE_REST)
    lines = {"wallet.categories": frozenset({Category.DRUG})}
    left_over = family(must | lines)
    assert tried(left_over)[2][2:4] == (0, Reason.OWN_NOT_USED_UP)


# -------------------------------------------------------------------------- holding, giving back


def test_a_hold_of_the_wallet_is_captured_in_part_and_the_rest_released() -> None:
    world = family()
    outcome = world.hold(request("c", "father", own_fen=700))
    assert topics(outcome)[-1] == "wallet.held"
    assert in_wallet(world) == (0, 300)
    captured = world.capture("c", {1: 250})
    assert topics(captured)[-1] == "wallet.captured"
    assert in_wallet(world) == (150, 0)
    father = PersonId("father")
    assert done(captured)[0].fact.legs == (  # type: ignore[attr-defined]  # `ClaimCaptured`
        Leg(father, Segment.CURRENT, 1, 100),
        Leg(father, Segment.WALLET, 1, 150),
    )
    audit(world)


def test_a_hold_of_the_wallet_that_pays_nothing_is_released() -> None:
    world = family()
    done(world.hold(request("c", "father", own_fen=700)))
    assert topics(world.capture("c", {1: 60}))[-1] == "wallet.released"
    assert in_wallet(world) == (300, 0)
    done(world.hold(request("d", "father", own_fen=700)))
    assert topics(world.release("d"))[-1] == "wallet.released"
    done(world.hold(request("e", "father", own_fen=700)))
    assert topics(world.expire("e"))[-1] == "wallet.released"
    assert in_wallet(world) == (300, 0)
    audit(world)


def test_what_the_wallet_paid_goes_back_to_the_wallet() -> None:
    world = family()
    done(world.settle(request("c", "father", own_fen=450)))
    assert in_wallet(world) == (0, 0)
    part = world.cancel("c", Undo({1: 250}, {}))
    assert topics(part) == ["claim.cancelled", "account.restored", "wallet.restored"]
    assert in_wallet(world) == (200, 0)
    done(world.reverse("c"))
    assert (in_wallet(world), world.left("father"), world.left("daughter")) == (
        (300, 0),
        (100, 0),
        (1000, 0),
    )
    audit(world)
