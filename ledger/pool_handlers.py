"""Handlers of the commands about family pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import binding, setting_aside, unbinding
from domain.parties import Parties
from ledger import commands
from ledger.view import Result

if TYPE_CHECKING:
    from domain.ids import PersonId, PoolId
    from domain.person import Person
    from domain.pool import Pool
    from ledger.view import View


def _parties(view: View, pool: PoolId, grantor: PersonId, beneficiary: PersonId) -> Parties:
    """Gather both sides, and every pool that either belongs to."""
    one, other = view.person(grantor), view.person(beneficiary)
    known = one.pools | other.pools | {pool}
    return Parties(one, other, tuple(view.pool(pool) for pool in sorted(known)))


def open_pool(command: commands.OpenPool, view: View) -> Result:
    """Open a family pool."""
    outcome = binding.open_pool(
        view.find_pool(command.pool),
        pool=command.pool,
        opener=view.person(command.opener),
        on=view.day(command.on),
    )
    view.do(outcome)
    return _of_pool(command.pool)


def bind(command: commands.Bind, view: View) -> Result:
    """Bind a grantor and a beneficiary."""
    parties = _parties(view, command.pool, command.grantor, command.beneficiary)
    pool = view.pool(command.pool)
    on = view.day(command.on)
    outcome = binding.bind(
        pool,
        parties,
        relation=command.relation,
        evidence=command.evidence,
        rules=view.rules(pool.region, on),
        on=on,
    )
    view.do(outcome)
    return _of_pool(pool.id)


def review(command: commands.Review, view: View) -> Result:
    """Approve or reject a relation."""
    parties = _parties(view, command.pool, command.grantor, command.beneficiary)
    pool = view.pool(command.pool)
    on = view.day(command.on)
    rules = view.rules(pool.region, on)
    view.do(binding.review(pool, parties, approved=command.approved, rules=rules, on=on))
    return _of_pool(pool.id)


def authorize_use(command: commands.AuthorizeUse, view: View) -> Result:
    """Let a beneficiary use a grantor's account."""
    parties = _parties(view, command.pool, command.grantor, command.beneficiary)
    pool = view.pool(command.pool)
    on = view.day(command.on)
    outcome = binding.authorize(
        pool,
        parties,
        authorization=command.authorization,
        rules=view.rules(pool.region, on),
        on=on,
    )
    view.do(outcome)
    return _of_pool(pool.id)


def withdraw_use(command: commands.WithdrawUse, view: View) -> Result:
    """Withdraw an authorization."""
    parties = _parties(view, command.pool, command.grantor, command.beneficiary)
    pool = view.pool(command.pool)
    outcome = binding.withdraw(pool, parties, on=view.day(command.on))
    view.do(outcome)
    return _of_pool(pool.id)


def unbind(command: commands.Unbind, view: View) -> Result:
    """End a relation."""
    parties = _parties(view, command.pool, command.grantor, command.beneficiary)
    pool = view.pool(command.pool)
    on = view.day(command.on)
    outcome = unbinding.unbind(
        pool, parties, asked_by=command.asked_by, rules=view.rules(pool.region, on), on=on
    )
    view.do(outcome)
    return _of_pool(pool.id)


def set_order(command: commands.SetOrder, view: View) -> Result:
    """Put a beneficiary's grantors in another order."""
    pool = view.pool(command.pool)
    on = view.day(command.on)
    outcome = binding.set_order(
        pool,
        beneficiary=command.beneficiary,
        grantors=command.grantors,
        rules=view.rules(pool.region, on),
        on=on,
    )
    view.do(outcome)
    return _of_pool(pool.id)


def set_aside(command: commands.SetAside, view: View) -> Result:
    """Set a grantor's money aside for the family."""
    grantor, pool = view.person(command.grantor), view.pool(command.pool)
    on = view.day(command.on)
    rules = view.rules(grantor.region_on(on), on)
    view.expire_due([command.grantor])
    outcome = setting_aside.set_aside(
        pool,
        view.person(command.grantor),
        amount_fen=command.amount_fen,
        members=_members(view, pool),
        rules=rules,
        on=on,
    )
    view.do(outcome)
    return _of_pool(pool.id)


def set_quota(command: commands.SetQuota, view: View) -> Result:
    """Freeze a quota for one beneficiary, or change it."""
    grantor, _ = view.person(command.grantor), view.person(command.beneficiary)
    pool = view.pool(command.pool)
    on = view.day(command.on)
    rules = view.rules(grantor.region_on(on), on)
    view.expire_due([command.grantor])
    parties = _parties(view, command.pool, command.grantor, command.beneficiary)
    outcome = setting_aside.set_quota(
        pool, parties, quota_fen=command.quota_fen, rules=rules, on=on
    )
    view.do(outcome)
    return _of_pool(pool.id)


def report_divorce(command: commands.ReportDivorce, view: View) -> Result:
    """End what rests on a marriage."""
    pool = view.pool(command.pool)
    on = view.day(command.on)
    outcome = unbinding.report_divorce(
        pool,
        command.spouses,
        members=_members(view, pool),
        rules=view.rules(pool.region, on),
        on=on,
    )
    view.do(outcome)
    return _of_pool(pool.id)


def _members(view: View, pool: Pool) -> dict[PersonId, Person]:
    """Gather everybody who has an open relation in a pool."""
    sides = [side for b in pool.open_bindings() for side in (b.grantor, b.beneficiary)]
    return {side: view.person(side) for side in sides}


def _of_pool(pool: str) -> Result:
    return Result(f"pool/{pool}", {"pool": pool})
