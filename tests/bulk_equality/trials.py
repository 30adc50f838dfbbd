"""Why an account gave what it gave: the kernel's numbers in the words of the single settlement."""

from __future__ import annotations

from collections.abc import Sequence

from domain import judging, waterfall
from domain.claim import ClaimRequest, Trial
from domain.codes import Funding
from domain.funding import means
from domain.ids import RegionCode
from domain.reasons import Reason
from domain.refusals import Refusal
from domain.rules import RuleBook, RuleSet
from domain.verdicts import LIMITS, barrier_of
from domain.wallet import WALLET
from simulation.bulk.kernel.desk import OWN_ACCOUNT, OWN_WALLET
from tests.bulk_equality.decisions import Pot
from tests.bulk_equality.names import Names

Said = tuple[int, int, int, Reason, str | None, int | None]
"""Of one account: relation, pot, what it gave, why, by which rule, and the amount that decided."""

Numbers = tuple[int, int, int, int, int, int, int]
"""A row of `Tried` without the first field."""


def singly(trials: Sequence[Trial], names: Names) -> list[Said]:
    """Give what the single settlement said of each account, in order."""
    said = []
    for trial in trials:
        if trial.purse == WALLET:
            edge = OWN_WALLET
        elif trial.pool is None:
            edge = OWN_ACCOUNT
        else:
            edge = names.edge[trial.account, trials[0].account]
        pot = names.pot.get(Pot(trial.account, trial.purse), -1)
        said.append((edge, pot, trial.gave_fen, trial.reason, trial.rule, trial.bound_fen))
    return said


def in_bulk(
    tried: Sequence[Numbers], request: ClaimRequest, *, names: Names, book: RuleBook
) -> list[Said]:
    """Give what the kernel said of each account, in order."""
    said = []
    for edge, pot, barred, why, limit, cap, gave in tried:
        reason: tuple[Reason, str | None, int | None]
        if why in {waterfall.CAPPED, waterfall.CAP_ZERO}:
            reason = (*LIMITS[limit], cap)
        else:
            of_rule = _Relation(edge, request, names, book)
            reason = (*of_rule.words(why, barred), None)
        said.append((edge, pot, gave, *reason))
    return said


class _Relation:
    """How the accounts of one relation are spoken of."""

    def __init__(self, edge: int, request: ClaimRequest, names: Names, book: RuleBook) -> None:
        self.edge = edge
        self.by_wallet, self.funding = False, Funding.CALL
        if edge >= 0:
            day = request.service_date
            home, theirs = names.home_of_grantor(edge), names.home[request.patient]
            rules = _rules(book, home, request) or _rules(book, theirs, request)
            assert rules is not None, (home, theirs, day)
            self.funding, self.by_wallet = means(rules, home=home, theirs=theirs)

    def words(self, why: int, barred: int) -> tuple[Reason, str | None]:
        if why == waterfall.BARRED:
            return self._barred(barred)
        if why == waterfall.EMPTY and self.funding in {Funding.POOL, Funding.QUOTA}:
            return Reason.NOTHING_SET_ASIDE, self._model
        return _PLAIN[why]

    @property
    def _model(self) -> str:
        return "wallet.model" if self.by_wallet else "pool.funding"

    def _barred(self, barred: int) -> tuple[Reason, str | None]:
        if barred == judging.MUST_BE_SENT:
            return Reason.MUST_BE_SENT, self._model
        quota = self.by_wallet and self.funding is Funding.QUOTA
        if (self.edge == OWN_WALLET or quota) and barred != judging.OUTSIDE_CATALOGUE:
            subject = "wallet"
        else:
            subject = "pool" if self.edge >= 0 else "own"
        barrier = barrier_of(barred, subject=subject)
        return barrier.reason, barrier.rule


def _rules(book: RuleBook, region: RegionCode, request: ClaimRequest) -> RuleSet | None:
    found = book.resolve(region, request.service_date)
    return None if isinstance(found, Refusal) else found


_PLAIN: dict[int, tuple[Reason, str | None]] = {
    waterfall.NOTHING_LEFT: (Reason.NOTHING_LEFT_TO_PAY, "pool.order"),
    waterfall.PAID_THE_REST: (Reason.PAID_THE_REST, None),
    waterfall.EMPTIED: (Reason.GAVE_ALL_IT_HAD, None),
    waterfall.EMPTY: (Reason.EMPTY, "pool.segments"),
    waterfall.OTHER_PAID: (Reason.OTHER_GRANTOR_PAID, "pool.fall_through"),
    waterfall.OWN_LEFT: (Reason.OWN_NOT_USED_UP, "pool.own_first"),
}
