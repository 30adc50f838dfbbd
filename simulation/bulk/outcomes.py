"""The words for the kernel's numbers: refusals with the rules behind them."""

from __future__ import annotations

from collections.abc import Mapping

from domain.refusals import Code
from domain.text import Text
from simulation.bulk import arrays

REFUSALS: Mapping[int, tuple[Code, str | None]] = {
    arrays.NO_RULE: (Code.NO_RULE, None),
    arrays.NOT_DESIGNATED_REFUSED: (Code.INSTITUTION_NOT_DESIGNATED, None),
    arrays.NOT_CONNECTED_REFUSED: (Code.INSTITUTION_NOT_CONNECTED, None),
    arrays.CREDENTIAL_MISSING: (Code.CREDENTIAL_MISSING, None),
    arrays.PROXY_NOT_ALLOWED: (Code.CREDENTIAL_NOT_PATIENTS, "claim.proxy"),
    arrays.GRANTORS_NOT_ALLOWED: (Code.CREDENTIAL_NOT_PATIENTS, "claim.grantor_credential"),
    arrays.CARD_NOT_ACTIVE: (Code.CARD_NOT_ACTIVE, None),
    arrays.NOT_COVERED: (Code.COVERAGE_NOT_IN_FORCE, None),
    arrays.NOT_FILED: (Code.NOT_FILED, "filing.unfiled_first_pay"),
    arrays.NOT_FILED_EMERGENCY: (Code.NOT_FILED, "filing.emergency_as_filed"),
    arrays.UNKNOWN_CLAIM: (Code.UNKNOWN_CLAIM, None),
    arrays.ALREADY_CANCELLED: (Code.ALREADY_CANCELLED, None),
    arrays.ACROSS_MONTHS: (Code.CANCEL_ACROSS_MONTHS, "claim.cancel_across_months"),
    arrays.ACROSS_YEARS: (Code.CANCEL_ACROSS_YEARS, "claim.cancel_across_years"),
    arrays.EXCEEDS_PAID: (Code.CANCEL_EXCEEDS_PAID, None),
    arrays.NO_ACCOUNT: (Code.NO_ACCOUNT, None),
    arrays.ACCOUNT_CLOSED: (Code.ACCOUNT_CLOSED, None),
    arrays.ALREADY_ROLLED: (Code.YEAR_ALREADY_ROLLED, None),
}
"""Each refusal that the single settlement knows, with the parameter that says so."""

SINGLY: Mapping[int, Text] = {
    arrays.BEYOND_RANGE: Text(
        "余额将超过批量引擎每段 21,474,836.47 元的上限，请逐笔办理",
        "a balance would exceed the bulk engine's 21,474,836.47 yuan; settle it singly",
    ),
    arrays.CLOSED_SINCE: Text(
        "付款账户已注销，退款须转给清退对象，请逐笔办理",
        "an account that paid has been closed and would pass the refund on; cancel it singly",
    ),
}
"""What only the single settlement does; nothing was changed."""
