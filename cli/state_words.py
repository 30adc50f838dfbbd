"""A state in a few words: what a person's accounts hold, who is in a pool, where a claim stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.words import WORDS, word
from domain.money import format_yuan
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from domain.text import Lang

FIGURES: dict[str, Text] = {
    "available_fen": Text("可用", "available"),
    "held_fen": Text("冻结", "held"),
    "set_aside_fen": Text("划拨", "set aside"),
    "wallet_fen": Text("钱包", "wallet"),
    "wallet_held_fen": Text("钱包冻结", "held in the wallet"),
    "wallet_pending_fen": Text("转出待接收", "sent, not accepted"),
    "total_fen": Text("总额", "total"),
    "fund_fen": Text("基金", "fund"),
    "own_account_fen": Text("本人账户", "own account"),
    "mutual_aid_fen": Text("共济", "mutual aid"),
    "cash_fen": Text("现金", "cash"),
    "members": Text("成员", "members"),
    "relations": Text("关系", "relations"),
    "authorizations": Text("授权", "authorizations"),
    "seals": Text("封存次数", "seals"),
    "region": Text("统筹区", "pooling area"),
    "insurance": Text("险种", "insurance"),
    "work": Text("在职/退休", "work"),
    "coverage": Text("参保状态", "coverage"),
    "card": Text("医保凭证", "card"),
    "account": Text("个人账户", "personal account"),
    "relation": Text("关系", "relation"),
    "standing": Text("状态", "standing"),
    "filing_no": Text("备案号", "filing number"),
    "active_from": Text("生效日", "active from"),
    "ended_by": Text("终止原因", "ended by"),
    "first_day": Text("授权自", "authorized from"),
    "last_day": Text("授权至", "authorized to"),
    "places": Text("场所", "places"),
    "categories": Text("费用", "categories"),
    "per_use_fen": Text("单次限额", "per use"),
    "per_day_fen": Text("单日限额", "per day"),
    "per_year_fen": Text("年度限额", "per year"),
    "joint_year_fen": Text("合计年度限额", "jointly, per year"),
    "retained_fen": Text("保留", "retained"),
    "drawn": Text("扣款次序", "order of deduction"),
    "patient": Text("就诊人", "patient"),
    "status": Text("状态", "status"),
    "settlement": Text("结算号", "settlement"),
    "settled_on": Text("结算日", "settled on"),
    "step": Text("环节", "step"),
    "amount_fen": Text("所涉金额", "in question"),
    "object_by": Text("申诉截至", "objections until"),
    "handling": Text("处理结果", "decided"),
    "recover_fen": Text("应追回", "to recover"),
}
"""The names of figures, see `projections.summaries`."""

_WORDS = {
    "insurance": "Insurance",
    "work": "Work",
    "coverage": "Coverage",
    "card": "Card",
    "account": "AccountState",
    "relation": "Relation",
    "standing": "Standing",
    "ended_by": "EndReason",
    "status": "Status",
    "step": "ReviewStep",
    "handling": "Handling",
    "places": "Place",
    "categories": "Category",
}
"""The vocabulary of each figure that is a code."""

_MONEY = ("held_fen", "set_aside_fen", "wallet_fen", "wallet_held_fen", "wallet_pending_fen")
_PAID = ("fund_fen", "own_account_fen", "wallet_fen", "mutual_aid_fen", "cash_fen")
_IN_POOL = ("members", "relations", "authorizations")


def name_of(figure: str) -> Text:
    """Give the name of a figure; an unknown one is named as it is."""
    return FIGURES.get(figure) or Text(figure, figure)


def value_of(figure: str, value: object) -> Text:
    """Say a figure: amounts in yuan, codes in words, nothing as a dash."""
    if value is None or value == "":
        return Text("—", "—")
    if figure.endswith("_fen") and isinstance(value, int):
        return _both(format_yuan(value))
    if figure in _WORDS:
        return Text(_coded(figure, value, "zh"), _coded(figure, value, "en"))
    return _both(str(value))


def _coded(figure: str, value: object, lang: Lang) -> str:
    """Say a code, or several of them as the read models keep them: separated by spaces."""
    said = [word(_WORDS[figure], code, lang) for code in str(value).split(" ")]
    return ("、" if lang == "zh" else ", ").join(said)


def in_few_words(figures: Mapping[str, Any]) -> Text:
    """Say what a state comes to; of sums of money those that are not zero."""
    said = list(_said(figures))
    return Text("，".join(it.zh for it in said), ", ".join(it.en for it in said))


def _said(figures: Mapping[str, Any]) -> Iterator[Text]:
    if "coverage" in figures:
        yield from _of_person(figures)
    elif "members" in figures:
        for name in _IN_POOL:
            yield Text(f"{name_of(name).zh} {figures[name]}", f"{figures[name]} {name_of(name).en}")
    elif "settlement" in figures:
        yield WORDS["Status"][figures["status"]]
        yield from _amounts(figures, _PAID)
    elif "step" in figures:
        yield from (_named(name, value) for name, value in figures.items() if value)
    else:
        for name, value in figures.items():
            yield _named(name, value)


def _of_person(figures: Mapping[str, Any]) -> Iterator[Text]:
    if figures["coverage"] != "active":
        yield value_of("coverage", figures["coverage"])
    if "available_fen" in figures:
        yield _named("available_fen", figures["available_fen"])
    else:
        yield Text("无个人账户", "no personal account")
    yield from _amounts(figures, _MONEY)
    if figures["account"] == "closed":
        yield Text("账户已清退", "account closed")


def _amounts(figures: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Text]:
    return (_named(name, figures[name]) for name in names if figures.get(name))


def _named(figure: str, value: object) -> Text:
    name, said = name_of(figure), value_of(figure, value)
    return Text(f"{name.zh} {said.zh}", f"{name.en} {said.en}")


def _both(said: str) -> Text:
    return Text(said, said)
