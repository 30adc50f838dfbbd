"""The words of sampling as codes. What they mean stands in docs/sampling.md."""

from __future__ import annotations

from enum import StrEnum


class Over(StrEnum):
    """What is sampled 抽样单元."""

    SETTLEMENTS = "settlements"
    LINES = "lines"  # of personal accounts
    EVENTS = "events"


class Money(StrEnum):
    """Which part of a settlement counts, as far as it stays paid 所计金额."""

    ACCOUNTS = "accounts"  # own account, wallet and relatives together
    MUTUAL_AID = "mutual_aid"
    FUND = "fund"
    CASH = "cash"
    TOTAL = "total"


class Method(StrEnum):
    """How items are selected 抽样方法."""

    SIMPLE = "simple"
    SYSTEMATIC = "systematic"
    STRATIFIED = "stratified"
    MONEY_UNIT = "money_unit"


class By(StrEnum):
    """What strata are made of 分层依据."""

    AMOUNT = "amount"
    INSTITUTION = "institution"
    REGION = "region"
    PLACE = "place"


class Allotment(StrEnum):
    """How a sample is divided among strata 样本分配."""

    PROPORTIONAL = "proportional"  # by number of items
    NEYMAN = "neyman"  # by number of items and spread of their amounts


class Estimator(StrEnum):
    """How errors of a sample are carried over to its frame 推断方法."""

    STRINGER = "stringer"
    DIFFERENCE = "difference"
    RATIO = "ratio"


class Conclusion(StrEnum):
    """What a sample shows of the tolerable error 抽样结论."""

    ACCEPTABLE = "acceptable"  # the upper limit lies within it
    NOT_SHOWN = "not_shown"  # the likely error does, the upper limit does not
    EXCEEDED = "exceeded"  # the likely error lies above it
    INCONCLUSIVE = "inconclusive"  # no limit follows from this sample
