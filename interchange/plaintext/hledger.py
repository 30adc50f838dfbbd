"""The journal as hledger reads it, strict checks included (manual: hledger.org/hledger.html)."""

from __future__ import annotations

import re

from interchange.plaintext.dialect import (
    Account,
    Assertion,
    Dialect,
    Entry,
    Head,
    Tags,
    postings,
    yuan,
)


def _head(head: Head) -> str:
    remarks = "".join(f"; {remark}\n" for remark in head.remarks)
    return f"{remarks}commodity 1000.00 CNY\n\n"


def _account(account: Account) -> str:
    tags: Tags = {"name_zh": account.says.zh, "name_en": account.says.en}
    if account.person is not None:
        tags["person"] = account.person
    return f"account {account.name}{_comment(tags)}\n"


def _entry(entry: Entry) -> str:
    return (
        f"\n{entry.day} * {_said(entry.kind)} | {_said(entry.says)}{_comment(entry.tags)}\n"
        f"{postings(entry.amounts, indent=4)}"
    )


def _assertion(assertion: Assertion) -> str:
    """Move nothing and assert what stands there afterwards."""
    lines = "".join(
        f"    {account}  0.00 CNY = {yuan(fen)} CNY\n" for account, fen in assertion.amounts
    )
    return f"\n{assertion.day} * assertion | {_said(assertion.says)}\n{lines}"


def _comment(tags: Tags) -> str:
    return "  ; " + ", ".join(f"{key}:{_value(str(value))}" for key, value in tags.items())


def _said(text: str) -> str:
    """Write a description: what would end or part it is written in full width."""
    return " ".join(text.split()).replace(";", "；").replace("|", "｜")  # noqa: RUF001  # on purpose


def _value(text: str) -> str:
    """Write the value of a tag: what would end it, or be read as a date, as in an address."""
    one_line = " ".join(text.split())
    return re.sub(r"[%,\[\]]", lambda found: f"%{ord(found[0]):02X}", one_line)


HLEDGER = Dialect(_head, _account, _entry, _assertion)
"""How hledger writes."""
