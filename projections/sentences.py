"""One sentence for every kind of fact, in both languages, for people who read the audit trail.

The templates stand in `projections.sentence_templates`. Amounts are printed in yuan, codes in
words; what is composed of several fields stands in `_composed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from string import Formatter

from domain.account import (
    AccountCaptured,
    AccountClosed,
    AccountDebited,
    AccountHeld,
    AccountOutOfAreaSwitched,
    AccountPaidOut,
    AccountReleased,
    AccountRestored,
)
from domain.amounts import Amounts
from domain.claim import (
    ClaimCancelled,
    ClaimCaptured,
    ClaimReversed,
    Decisive,
)
from domain.details import DetailsCommitted, DetailsErased, DetailsRevealed
from domain.facts import Fact
from domain.filed import FilingChanged, FilingRecorded
from domain.finding import FindingRaised, FindingSecondReviewed
from domain.gifts import AccountGiven
from domain.locale.words import word
from domain.money import format_yuan
from domain.pool import RelationBound, RelationEnded, RelationReviewed, UseAuthorized
from domain.purses import AccountSetAside, AccountSetAsideReturned, beneficiary_of
from domain.rules import UNLIMITED
from domain.text import Text
from domain.time import SHANGHAI
from projections.sentence_templates import SENTENCES

_PLACES: dict[str, frozenset[str]] = {
    topic: frozenset(name for _, name, _, _ in Formatter().parse(text.zh) if name) - {"owner"}
    for topic, text in SENTENCES.items()
}
"""What each sentence names beside the owner; both languages name the same."""


def sentence(fact: Fact, owner: str) -> Text:
    """Say what a fact of the stream `owner` means."""
    values = _composed(fact)
    for name in _PLACES[fact.TOPIC] - values.keys():
        values[name] = _said(name, getattr(fact, name))
    template = SENTENCES[fact.TOPIC]
    return Text(
        template.zh.format(owner=owner, **{name: text.zh for name, text in values.items()}),
        template.en.format(owner=owner, **{name: text.en for name, text in values.items()}),
    )


def _said(name: str, value: object) -> Text:
    """Print one field in both languages."""
    match value:
        case StrEnum():
            return word(value)
        case Amounts():
            return _both(format_yuan(value.total_fen))
        case int() if name.endswith("_fen"):
            return _both(format_yuan(value))
        case datetime():
            return _both(f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
        case tuple():
            return _both(", ".join(map(str, value)))
        case _:
            return _both(str(value))


def _composed(fact: Fact) -> dict[str, Text]:
    """Give what a sentence says that is not one field of its fact."""
    return (
        _of_claim(fact)
        or _of_account(fact)
        or _of_family(fact)
        or _of_filing(fact)
        or _of_details(fact)
        or _of_finding(fact)
    )


def _of_claim(fact: Fact) -> dict[str, Text]:
    match fact:
        case _ if isinstance(fact, Decisive):
            request, allocation = fact.request, fact.allocation
            return {
                "patient": _both(request.patient),
                "total": _yuan(request.own_fen + request.fund_fen),
                "fund": _yuan(request.fund_fen),
                "accounts": _yuan(allocation.accounts_fen),
                "cash": _yuan(allocation.total_cash_fen),
            }
        case ClaimCaptured():
            return _parts(fact)
        case ClaimCancelled():
            extent = Text("全部", "wholly") if fact.whole else Text("部分", "in part")
            return {**_parts(fact), "extent": extent, "fund": _by_line(fact.fund_fen)}
        case ClaimReversed():
            return {**_parts(fact), "fund": _by_line(fact.fund_fen)}
        case _:
            return {}


def _of_account(fact: Fact) -> dict[str, Text]:
    match fact:
        case AccountDebited() | AccountHeld():
            return {"purse": _OUT_OF_PURSE if fact.purse else _both("")}
        case AccountCaptured() | AccountReleased() | AccountRestored():
            return {"purse": _INTO_PURSE if fact.purse else _both("")}
        case AccountSetAside() | AccountSetAsideReturned():
            return {"whom": _whom(fact), "whole": _quota(fact)}
        case AccountClosed() | AccountPaidOut():
            payee, heir = word(fact.payee), fact.heir or ""
            return {"receiver": Text(f"{payee.zh} {heir}".strip(), f"{payee.en} {heir}".strip())}
        case AccountGiven():
            zh, en = (f"（转账 {fact.transfer}）", f" (transfer {fact.transfer})")
            return {"transfer_named": Text(zh, en) if fact.transfer else _both("")}
        case AccountOutOfAreaSwitched():
            return {"switched": Text("开通", "on") if fact.on else Text("关闭", "off")}
        case _:
            return {}


def _of_family(fact: Fact) -> dict[str, Text]:
    match fact:
        case RelationBound():
            return {
                "review": Text("，待审核", ", under review") if fact.under_review else _both("")
            }
        case RelationReviewed():
            passed, failed = Text("通过", "approved"), Text("未通过", "rejected")
            return {"outcome": passed if fact.approved else failed}
        case UseAuthorized():
            return {"period": _period(fact), "limits": _limits(fact), "uses": _uses(fact)}
        case RelationEnded():
            by = fact.asked_by
            return {"asked": Text(f"（{by} 提出）", f", asked by {by}") if by else _both("")}
        case _:
            return {}


def _of_filing(fact: Fact) -> dict[str, Text]:
    match fact:
        case FilingRecorded():
            last, until = fact.last_day, fact.locked_until
            term = Text(f"至 {last}", f" to {last}") if last else _both("")
            return {"term": Text(term.zh + _lock(until).zh, term.en + _lock(until).en)}
        case FilingChanged():
            return {"lock": _lock(fact.locked_until)}
        case _:
            return {}


def _of_details(fact: Fact) -> dict[str, Text]:
    match fact:
        case DetailsCommitted():
            return {"details": _listed(fact.commitments)}
        case DetailsErased() | DetailsRevealed():
            return {"details": _listed(fact.details)}
        case _:
            return {}


def _of_finding(fact: Fact) -> dict[str, Text]:
    match fact:
        case FindingRaised():
            case, few = fact.case, fact.case.positions[:_FEW]
            more = len(case.positions) - len(few)
            listed = ", ".join(map(str, few))
            return {
                "rule": _both(f"{case.rule}@{case.version}"),
                "level": word(case.level),
                "says": case.says,
                "subject": _both(case.subject),
                "amount": _yuan(case.amount_fen),
                "positions": Text(f"{listed} 等 {more + len(few)} 条", f"{listed} and {more} more")
                if more
                else _both(listed),
            }
        case FindingSecondReviewed():
            last = fact.object_by
            zh, en = f"，申诉期至 {last}", f", objections until {last}"
            return {"term": Text(zh, en) if last else _both("")}
        case _:
            return {}


def _listed(codes: Iterable[StrEnum]) -> Text:
    words = [word(code) for code in codes]
    return Text("、".join(each.zh for each in words), ", ".join(each.en for each in words))


_FEW = 5  # positions named in a sentence


def _lock(until: date | None) -> Text:
    """Say until when a filing cannot be changed."""
    if until is None:
        return _both("")
    return Text(f"，{until} 前不能变更", f", not to be changed before {until}")


_OUT_OF_PURSE = Text("从划拨款中", " out of money set aside")
_INTO_PURSE = Text("（回到划拨款）", " (to money set aside)")


def _whom(fact: AccountSetAside | AccountSetAsideReturned) -> Text:
    beneficiary = beneficiary_of(fact.purse)
    if beneficiary is None:
        return Text(f"共济组 {fact.pool} ", f"pool {fact.pool}")
    return Text(f" {beneficiary} ", beneficiary)


def _quota(fact: AccountSetAside | AccountSetAsideReturned) -> Text:
    """Say how much a quota is as a whole."""
    if fact.quota_fen is None:
        return _both("")
    yuan = format_yuan(fact.quota_fen)
    return Text(f"（额度 {yuan} 元）", f" (a quota of {yuan})")


def _parts(fact: ClaimCaptured | ClaimCancelled | ClaimReversed) -> dict[str, Text]:
    return {
        "accounts": _yuan(sum(leg.amount_fen for leg in fact.legs)),
        "cash": _by_line(fact.cash_fen),
    }


def _period(fact: UseAuthorized) -> Text:
    first, last = fact.authorization.first_day, fact.authorization.last_day
    if last is None:
        return Text(f"自 {first} 起", f"from {first}")
    return Text(f"{first} 至 {last}", f"{first} to {last}")


def _limits(fact: UseAuthorized) -> Text:
    """Name the limits that a grantor set; the area's own limits hold beside them."""
    allowed = fact.authorization
    limits = [
        (Text("单次", "per use"), allowed.per_use_fen, UNLIMITED),
        (Text("单日", "per day"), allowed.per_day_fen, UNLIMITED),
        (Text("年度", "per year"), allowed.per_year_fen, UNLIMITED),
        (Text("合计", "jointly"), allowed.joint_year_fen, None),
        (Text("保留", "retaining"), allowed.retained_fen, 0),
    ]
    said = [(name, format_yuan(fen)) for name, fen, none in limits if fen not in {none, None}]
    if not said:
        return Text("不另设限额", "without limits")
    return Text(
        "、".join(f"{name.zh} {yuan} 元" for name, yuan in said),
        ", ".join(f"{yuan} yuan {name.en}" for name, yuan in said),
    )


def _uses(fact: UseAuthorized) -> Text:
    """Name the places and categories that a grantor restricts the use to; nothing where to none."""
    allowed = fact.authorization
    said = [
        [word(code) for code in type(next(iter(codes))) if code in codes]
        for codes in (allowed.places, allowed.categories)
        if codes
    ]
    return Text(
        "".join(f"，限{'、'.join(it.zh for it in codes)}" for codes in said),
        "".join(f", for {' or '.join(it.en for it in codes)} only" for codes in said),
    )


def _by_line(amounts: Sequence[tuple[int, int]]) -> Text:
    return _yuan(sum(fen for _, fen in amounts))


def _yuan(fen: int) -> Text:
    return _both(format_yuan(fen))


def _both(said: str) -> Text:
    return Text(said, said)
