"""What a replay can find wrong, and where it stood when it did: numbers for compiled code."""

from __future__ import annotations

from typing import NamedTuple

from domain.text import Text

# In the order in which a bill is looked at.
MALFORMED = 0
BOOKED = 1
CLAIM_ORDER = 2
BILL = 3
OUTCOME = 4
AMOUNTS = 5
OWN_SHARE = 6
FUND = 7
PAYER = 8
BALANCE = 9
BELOW_ZERO = 10
NOT_SETTLED = 11
MIRROR = 12
BEYOND_PAID = 13
GIVEN_BACK = 14
CREDIT = 15
ROLL = 16
USE = 17
RULE = 18
ASKED = 19


class Kind(NamedTuple):
    """One thing that must hold: the check that it belongs to, and what is wrong where it fails."""

    check: str
    says: Text


KINDS = (
    Kind("order", Text("内容越界，无法重放", "out of range, cannot be replayed")),
    Kind("order", Text("记账日回退", "the day of booking falls back")),
    Kind("order", Text("结算单号未递增", "claim numbers do not rise")),
    Kind("order", Text("同一费用单各行不一致", "rows of one bill disagree")),
    Kind("bills", Text("拒付的费用单仍有支付", "a refused bill pays something")),
    Kind("bills", Text("金额为负或方向不对", "an amount has the wrong sign")),
    Kind("bills", Text("支付合计不等于个人负担", "legs and cash are not the own share")),
    Kind("bills", Text("基金支付与申报不符", "the fund's part is not as asked")),
    Kind("payers", Text("付款账户与该费用单无关", "a payer has nothing to do with the bill")),
    Kind("balances", Text("余额不符", "the balance differs")),
    Kind("balances", Text("余额为负", "the balance is below zero")),
    Kind("mirrors", Text("撤销了未结算的费用单", "cancels what was not settled")),
    Kind("mirrors", Text("退款未按原路退回", "money does not go back the way it came")),
    Kind("mirrors", Text("退款超过尚付金额", "gives back more than stays paid")),
    Kind("mirrors", Text("退款合计与申请不符", "what is given back is not what was asked")),
    Kind("credits", Text("入账不符", "a credit is wrong")),
    Kind("rolls", Text("年度结转金额不符", "the money that a rollover moved differs")),
    Kind("use", Text("已用额度为负", "use counted is below zero")),
    Kind("rules", Text("所引规则不符", "names another rule set than holds")),
    Kind("order", Text("费用行含有不可能的值", "a row asks what no claim can ask")),
)

UNFIT = (MALFORMED, BOOKED, CLAIM_ORDER, BILL, ASKED)
"""Rows that no file of claims can have; the kernel, which trusts its rows, is not given them."""

# Columns of a row of faults, one row a kind.
COUNT, ROW, LEG, EXPECTED, FOUND = 0, 1, 2, 3, 4
WIDTH = 5


class Fault(NamedTuple):
    """One fault: where it stands in its batch (leg -1: no leg is meant), what was expected."""

    kind: int
    row: int
    leg: int
    expected: int
    found: int
