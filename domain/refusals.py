"""Expected "no" answers: one flat list in one declared order, each with its remedy.

The order of the list is the order of checking: where several refusals would fit, the first one
in the list is given, so that one input has one answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.locale.books import BOOKS
from domain.locale.claims import CLAIMS
from domain.locale.filings import FILINGS
from domain.locale.findings import FINDINGS
from domain.locale.sealing import SEALING
from domain.locale.transfers import TRANSFERS
from domain.money import format_yuan
from domain.text import Explanation, Lang, Text
from domain.time import shanghai_time


class Code(StrEnum):
    """Every refusal there is, in order of checking. `number` is what error lines print."""

    # The message, and what it is about.
    KEY_CONFLICT = "key_conflict"
    MALFORMED_KEY = "malformed_key"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_POOL = "unknown_pool"
    UNKNOWN_CLAIM = "unknown_claim"
    UNKNOWN_TRANSFER = "unknown_transfer"
    UNKNOWN_FINDING = "unknown_finding"
    UNKNOWN_MESSAGE = "unknown_message"
    MESSAGE_VOIDED = "message_voided"
    NO_RULE = "no_rule"
    # The form of what is asked.
    MALFORMED_ID = "malformed_id"
    IDENTITY_NUMBER = "identity_number"
    ALREADY_EXISTS = "already_exists"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    NOT_OF_AN_ACCOUNT = "not_of_an_account"
    INVALID_PERIOD = "invalid_period"
    LINES_MALFORMED = "lines_malformed"
    BILL_MALFORMED = "bill_malformed"
    NO_BENEFIT_RULE = "no_benefit_rule"
    FINDING_MALFORMED = "finding_malformed"
    UNKNOWN_POSITION = "unknown_position"
    # Insured persons and their accounts.
    COVERAGE_CHANGE_IMPOSSIBLE = "coverage_change_impossible"
    CARD_CHANGE_IMPOSSIBLE = "card_change_impossible"
    NO_ACCOUNT = "no_account"
    ACCOUNT_CLOSED = "account_closed"
    ALREADY_CREDITED = "already_credited"
    YEAR_ALREADY_ROLLED = "year_already_rolled"
    SWITCH_UNCHANGED = "switch_unchanged"
    DETAIL_NOT_KEPT = "detail_not_kept"
    HOLDS_OPEN = "holds_open"
    PAYEE_IMPOSSIBLE = "payee_impossible"
    INSUFFICIENT = "insufficient"
    # Care outside the home area.
    UNKNOWN_FILING = "unknown_filing"
    FILING_NOT_IN_FORCE = "filing_not_in_force"
    FILING_LOCKED = "filing_locked"
    FILING_KIND_IMPOSSIBLE = "filing_kind_impossible"
    FILING_NOT_NEEDED = "filing_not_needed"
    FILING_TOO_LATE = "filing_too_late"
    FILING_EXISTS = "filing_exists"
    # Families.
    SELF_BINDING = "self_binding"
    ALREADY_BOUND = "already_bound"
    RELATION_NOT_ALLOWED = "relation_not_allowed"
    COVERAGE_NOT_ACTIVE = "coverage_not_active"
    INSURANCE_NOT_ALLOWED = "insurance_not_allowed"
    ROLES_EXCLUSIVE = "roles_exclusive"
    TOO_MANY_BENEFICIARIES = "too_many_beneficiaries"
    TOO_MANY_OF_RELATION = "too_many_of_relation"
    TOO_MANY_GRANTORS = "too_many_grantors"
    TOO_MANY_POOLS = "too_many_pools"
    NOT_BOUND = "not_bound"
    NOT_ENTITLED_TO_UNBIND = "not_entitled_to_unbind"
    NOT_UNDER_REVIEW = "not_under_review"
    UNDER_REVIEW = "under_review"
    PERIOD_REQUIRED = "period_required"
    NOT_AUTHORIZED = "not_authorized"
    ORDER_FIXED = "order_fixed"
    ORDER_INCOMPLETE = "order_incomplete"
    # Money that passes to relatives.
    GIVING_NOT_IN_FORCE = "giving_not_in_force"
    WALLET_NOT_IN_FORCE = "wallet_not_in_force"
    NO_WALLET = "no_wallet"
    SELF_TRANSFER = "self_transfer"
    RELATION_NOT_STATED = "relation_not_stated"
    TRANSFER_RELATION = "transfer_relation"
    RELATION_NOT_ACTIVE = "relation_not_active"
    TRANSFER_TOO_FAR = "transfer_too_far"
    ONWARD_NOT_ALLOWED = "onward_not_allowed"
    WALLET_CLOSED_NOW = "wallet_closed_now"
    TRANSFER_PENDING = "transfer_pending"
    TOO_MANY_TRANSFERS = "too_many_transfers"
    ABOVE_TRANSFER_CAP = "above_transfer_cap"
    ABOVE_DAY_CAP = "above_day_cap"
    TRANSFER_TOO_LARGE = "transfer_too_large"
    TRANSFER_ACCEPTED = "transfer_accepted"
    TRANSFER_RETURNED = "transfer_returned"
    ACCEPTED_TOO_LATE = "accepted_too_late"
    NOT_THE_RECIPIENT = "not_the_recipient"
    TRANSFER_NOT_DUE = "transfer_not_due"
    NOT_A_GRANTOR = "not_a_grantor"
    FUNDING_DIFFERS = "funding_differs"
    QUOTA_NOT_OPEN = "quota_not_open"
    ORDER_NOT_DESIGNATED = "order_not_designated"
    SET_ASIDE_FLOOR = "set_aside_floor"
    SET_ASIDES_USED_UP = "set_asides_used_up"
    QUOTA_BELOW_USED = "quota_below_used"
    # Whether a claim may use personal accounts at all.
    CLAIM_EXISTS = "claim_exists"
    INSTITUTION_NOT_DESIGNATED = "institution_not_designated"
    INSTITUTION_NOT_CONNECTED = "institution_not_connected"
    CREDENTIAL_MISSING = "credential_missing"
    CREDENTIAL_NOT_PATIENTS = "credential_not_patients"
    CARD_NOT_ACTIVE = "card_not_active"
    COVERAGE_NOT_IN_FORCE = "coverage_not_in_force"
    NOT_FILED = "not_filed"
    # The life of a claim.
    HOLD_END_PAST = "hold_end_past"
    NOT_HELD = "not_held"
    HOLD_EXPIRED = "hold_expired"
    HOLD_NOT_DUE = "hold_not_due"
    CAPTURE_EXCEEDS_HOLD = "capture_exceeds_hold"
    NOT_SETTLED = "not_settled"
    ALREADY_CANCELLED = "already_cancelled"
    CANCEL_ACROSS_MONTHS = "cancel_across_months"
    CANCEL_ACROSS_YEARS = "cancel_across_years"
    CANCEL_EXCEEDS_PAID = "cancel_exceeds_paid"
    NOT_REVERSIBLE = "not_reversible"
    # The ledger itself.
    ALREADY_SEALED = "already_sealed"
    # The review of a finding.
    FINDING_DECIDED = "finding_decided"
    STEP_OUT_OF_ORDER = "step_out_of_order"
    SAME_REVIEWER = "same_reviewer"
    OBJECTION_TOO_LATE = "objection_too_late"
    OBJECTION_OPEN = "objection_open"
    RECOVERY_IMPOSSIBLE = "recovery_impossible"

    @property
    def number(self) -> str:
        """Give the short number that error lines show, such as E207; it never changes."""
        return f"E{EXPLANATIONS[self].number}"


EXPLANATIONS: dict[Code, Explanation] = {
    Code(code): Explanation(number, Text(zh, en), Text(zh_remedy, en_remedy))
    for code, (number, zh, en, zh_remedy, en_remedy) in (
        BOOKS | CLAIMS | FILINGS | FINDINGS | TRANSFERS | SEALING
    ).items()
}
"""Every code with its sentences."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected "no". `facts` fill the sentence; `rule` names the parameter that decided."""

    code: Code
    facts: Mapping[str, str | int] = field(default_factory=dict)
    rule: str | None = None

    def says(self, lang: Lang) -> str:
        """Give the reason as a sentence."""
        return EXPLANATIONS[self.code].says.say(lang, **self._spoken())

    def remedy(self, lang: Lang) -> str:
        """Give what the reader can do."""
        return EXPLANATIONS[self.code].remedy.say(lang, **self._spoken())

    def _spoken(self) -> dict[str, str | int]:
        """Give the facts as people read them: yuan for fen, Shanghai time for instants."""
        return {
            name: format_yuan(value)
            if name.endswith("_fen") and isinstance(value, int)
            else shanghai_time(value)
            if name.endswith("_at") and isinstance(value, str)
            else value
            for name, value in self.facts.items()
        }


def refuse(code: Code, *, rule: str | None = None, **facts: str | int) -> Refusal:
    """Make a refusal from its code and the facts that its sentence names."""
    return Refusal(code, facts, rule)
