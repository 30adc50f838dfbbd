"""The journal as Beancount 3 reads it (language reference: beancount.github.io/docs)."""

from __future__ import annotations

from datetime import timedelta

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
    lines = [f"; {remark}\n" for remark in head.remarks]
    lines += ['option "operating_currency" "CNY"\n']
    if head.first is not None:
        lines += [f'{head.first} commodity CNY\n  name: "人民币 renminbi"\n']
    return "".join([*lines, "\n"])


def _account(account: Account) -> str:
    tags: Tags = {"name_zh": account.says.zh, "name_en": account.says.en}
    if account.person is not None:
        tags["person"] = account.person
    return f"{account.first} open {account.name} CNY\n{_metadata(tags)}"


def _entry(entry: Entry) -> str:
    link = f" ^{_link(entry.claim)}" if entry.claim else ""
    return (
        f"\n{entry.day} * {_quoted(entry.kind)} {_quoted(entry.says)}{link}\n"
        f"{_metadata(entry.tags)}{postings(entry.amounts, indent=2)}"
    )


def _assertion(assertion: Assertion) -> str:
    """Assert at the beginning of the next day; a tolerance of zero, where a fen would pass."""
    day = assertion.day + timedelta(days=1)
    return "\n" + "".join(
        f"{day} balance {account}  {yuan(fen)} ~ 0.00 CNY\n" for account, fen in assertion.amounts
    )


def _metadata(tags: Tags) -> str:
    return "".join(
        f"  {key}: {value if isinstance(value, int) else _quoted(value)}\n"
        for key, value in tags.items()
    )


def _quoted(text: str) -> str:
    """Write a string; a line of it stays one line."""
    safe = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'


def _link(claim: str) -> str:
    """Link what belongs to a claim. Ids have no slash, so that it can stand for their colon."""
    return f"claim/{claim.replace(':', '/')}"


BEANCOUNT = Dialect(_head, _account, _entry, _assertion)
"""How Beancount writes."""
