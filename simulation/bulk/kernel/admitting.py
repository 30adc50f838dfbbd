"""Whether a bill may be settled with personal accounts at all, as `domain.eligibility` asks it."""

from __future__ import annotations

from domain.judging import COVERED
from simulation.bulk.arrays import (
    CARD,
    CARD_NOT_ACTIVE,
    CREDENTIAL,
    CREDENTIAL_MISSING,
    DONE,
    EMERGENCY,
    GRANTORS_NOT_ALLOWED,
    NO_RULE,
    NOT_CONNECTED,
    NOT_CONNECTED_REFUSED,
    NOT_COVERED,
    NOT_DESIGNATED,
    NOT_DESIGNATED_REFUSED,
    NOT_FILED,
    NOT_FILED_EMERGENCY,
    PROXY_NOT_ALLOWED,
)
from simulation.bulk.kernel import terms
from simulation.bulk.kernel.desk import Run
from simulation.bulk.kernel.persons import coverage_on, is_filed
from simulation.bulk.kernel.terms import distance, said

_TWO_BITS = 3
_PROXY, _GRANTORS, _NONE = 1, 2, 3  # numbers of domain.codes.Credential


def admit(run: Run, row: int, rule: int, fund: int) -> int:
    """Give why a bill is refused, or `DONE`. `fund` is the pooled fund's part of all its lines."""
    rows, state = run.rows, run.state
    flags, patient, day = rows.flags[row], rows.patient[row], rows.day[row]
    if rule < 0:
        return NO_RULE
    if flags & NOT_DESIGNATED:
        return NOT_DESIGNATED_REFUSED
    if flags & NOT_CONNECTED:
        return NOT_CONNECTED_REFUSED
    shown = _check_credential(run, (flags >> CREDENTIAL) & _TWO_BITS, rule)
    if shown != DONE:
        return shown
    if (state.flags[patient] >> CARD) & _TWO_BITS:
        return CARD_NOT_ACTIVE
    if coverage_on(state, patient, day) != COVERED:
        return NOT_COVERED
    return _check_filed(run, row, rule, fund)


def _check_credential(run: Run, shown: int, rule: int) -> int:
    if shown == _NONE:
        return CREDENTIAL_MISSING
    if shown == _PROXY and said(run.rules, rule, terms.PROXY) == 0:
        return PROXY_NOT_ALLOWED
    if shown == _GRANTORS and said(run.rules, rule, terms.GRANTOR_CREDENTIAL) == 0:
        return GRANTORS_NOT_ALLOWED
    return DONE


def _check_filed(run: Run, row: int, rule: int, fund: int) -> int:
    """Ask whether care away from home that the fund pays for was filed (`domain.filing`)."""
    rows, rules = run.rows, run.rules
    emergency = rows.flags[row] & EMERGENCY
    if fund == 0 or (emergency and said(rules, rule, terms.EMERGENCY_AS_FILED)):
        return DONE
    patient, where = rows.patient[row], rows.where[row]
    far = distance(rules, run.state.home[patient], where)
    if far == 0 or (far == 1 and said(rules, rule, terms.WITHIN_PROVINCE) == 0):
        return DONE
    if is_filed(run.state, patient, rows.day[row], where, rules.province[where]):
        return DONE
    if said(rules, rule, terms.UNFILED_ALLOWED):
        return DONE
    return NOT_FILED_EMERGENCY if emergency else NOT_FILED
