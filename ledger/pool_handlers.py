"""Handlers of the commands about family pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import binding
from domain.binding import Parties
from ledger import commands
from ledger.view import Result

if TYPE_CHECKING:
    from domain.ids import PersonId, PoolId
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
    view.do(binding.review(pool, parties, approved=command.approved, on=on))
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
    outcome = binding.unbind(
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


def report_divorce(command: commands.ReportDivorce, view: View) -> Result:
    """End what rests on a marriage."""
    pool = view.pool(command.pool)
    on = view.day(command.on)
    members = {b.grantor for b in pool.open_bindings()} | {
        b.beneficiary for b in pool.open_bindings()
    }
    outcome = binding.report_divorce(
        pool,
        command.spouses,
        members={member: view.person(member) for member in members},
        rules=view.rules(pool.region, on),
        on=on,
    )
    view.do(outcome)
    return _of_pool(pool.id)


def _of_pool(pool: str) -> Result:
    return Result(f"pool/{pool}", {"pool": pool})
