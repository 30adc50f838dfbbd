"""The chart of accounts of the journal, in both languages. docs/chart-of-accounts.md explains it.

The books are those of the office that runs the personal accounts: what is in a personal account
is owed to its owner. The numbers are ours; no published chart is claimed.
"""

from __future__ import annotations

from enum import StrEnum

from domain.codes import CreditKind, Payee
from domain.text import Text


class Code(StrEnum):
    """Every account of the journal by its number."""

    MONTHLY = "1201"
    YEARLY_ADVANCE = "1202"
    INTEREST = "1203"
    TRANSFER_IN = "1204"
    TAKEN_BACK = "1205"
    CLEARING = "1901"
    ESTATES = "1902"
    TRANSFERS = "1903"
    AVAILABLE = "2101"
    HELD = "2102"
    SET_ASIDE = "2103"
    WALLET_AVAILABLE = "2111"
    WALLET_HELD = "2112"
    WALLET_PENDING = "2113"
    INSTITUTIONS = "2201"
    HEIRS = "2301"
    POOLED_FUND = "2302"
    OWNERS = "2303"
    PATIENTS = "2304"
    FUND_PAYMENTS = "5101"
    CASH = "9101"
    CASH_CHARGES = "9201"


CHART: dict[Code, Text] = {
    Code.MONTHLY: Text("应收月度划入", "monthly credits receivable"),
    Code.YEARLY_ADVANCE: Text("应收年度预划", "credits for a year in advance receivable"),
    Code.INTEREST: Text("应收利息", "interest receivable"),
    Code.TRANSFER_IN: Text("应收转移接续转入", "transfers from other areas receivable"),
    Code.TAKEN_BACK: Text("收回多划款", "credits taken back"),
    Code.CLEARING: Text("费用单清算", "clearing of claims"),
    Code.ESTATES: Text("继承清算", "clearing of estates"),
    Code.TRANSFERS: Text("亲属转账清算", "clearing of transfers between relatives"),
    Code.AVAILABLE: Text("个人账户·可用", "personal account · available"),
    Code.HELD: Text("个人账户·冻结", "personal account · held"),
    Code.WALLET_AVAILABLE: Text("医保钱包·可用", "wallet · available"),
    Code.WALLET_HELD: Text("医保钱包·冻结", "wallet · held"),
    Code.WALLET_PENDING: Text("医保钱包·待接收", "wallet · sent and not yet accepted"),
    Code.SET_ASIDE: Text("个人账户·划拨", "personal account · set aside"),
    Code.INSTITUTIONS: Text("应付定点机构", "payable to institutions"),
    Code.HEIRS: Text("应付继承人", "payable to heirs"),
    Code.POOLED_FUND: Text("应转统筹基金", "payable to the pooled fund"),
    Code.OWNERS: Text("应付账户本人", "payable to owners of closed accounts"),
    Code.PATIENTS: Text("应付就诊人退费", "refunds payable to patients in cash"),
    Code.FUND_PAYMENTS: Text("统筹基金支出", "pooled fund payments"),
    Code.CASH: Text("备查：个人现金支出", "memorandum: cash paid by patients"),
    Code.CASH_CHARGES: Text("备查：以现金结清的费用", "memorandum: charges settled in cash"),
}
"""Every account's name."""

PERSONAL = (Code.AVAILABLE, Code.HELD, Code.SET_ASIDE)
"""What is owed to the owners of personal accounts."""

IN_WALLETS = (Code.WALLET_AVAILABLE, Code.WALLET_HELD, Code.WALLET_PENDING)
"""What is owed to the owners of wallets; what is pending is still the sender's."""

CREDITS: dict[CreditKind, Code] = {
    CreditKind.MONTHLY: Code.MONTHLY,
    CreditKind.YEARLY_ADVANCE: Code.YEARLY_ADVANCE,
    CreditKind.INTEREST: Code.INTEREST,
    CreditKind.TRANSFER_IN: Code.TRANSFER_IN,
    CreditKind.INHERITANCE: Code.ESTATES,
}
"""Where the money of a credit comes from."""

PAYEES: dict[Payee, Code] = {
    Payee.HEIR_ACCOUNT: Code.ESTATES,
    Payee.HEIR_CASH: Code.HEIRS,
    Payee.POOLED_FUND: Code.POOLED_FUND,
    Payee.OWNER_CASH: Code.OWNERS,
}
"""Where the rest of a closed account goes."""
