"""Plain sentences about what happens in a scenario, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum

from pydantic import BaseModel

from domain.claim import Status
from domain.codes import Insurance
from domain.locale.words import WORDS
from domain.money import format_yuan
from domain.reasons import REASONS
from domain.text import Lang, Text
from domain.wallet import WALLET
from simulation.arithmetic import show
from simulation.scenario_commands import Opening
from simulation.scenario_outcome import AMOUNTS, Outcome, Payment
from simulation.scenario_report import Happening
from simulation.scenario_steps import ScenarioNode, StepNode
from simulation.scenario_values import Moment


def of_opening(scenario: ScenarioNode, part: Opening) -> Happening:
    """Say who stands at the start, with what, and who may pay for whom."""
    group, name, *place = part.path
    line = scenario.line_of(*part.path)
    if group == "people":
        person = scenario.people[str(name)]
        facts = {"who": _label(scenario, str(name)), **_facts(scenario, person)}
        facts |= _facts(scenario, person.balance)
        has_account = person.insurance is Insurance.EMPLOYEE
        return Happening(
            line, _say(_WITH_ACCOUNT if has_account else _WITHOUT, str(part.day), facts)
        )
    if not place:
        return Happening(line, _say(_FAMILY, str(part.day), {"it": _same(str(name))}))
    relation = scenario.families[str(name)][int(place[0])]
    facts = {"family": _same(str(name)), **_facts(scenario, relation)}
    return Happening(line, _say(SENTENCES["bind"], str(part.day), facts))


def of_step(scenario: ScenarioNode, place: int, *, day: date, outcome: Outcome) -> Happening:
    """Say what was done in a step and what came of it."""
    step = scenario.steps[place]
    when = f"{day} {_clock(step.on.clock)}" if step.on and step.on.clock else str(day)
    says = _say(SENTENCES[step.verb], when, _step_facts(scenario, step))
    for part in _came_of_it(outcome, gives_back=step.verb in {"cancel", "reverse"}):
        says = Text(f"{says.zh}{part.zh}", f"{says.en}{part.en}")
    return Happening(scenario.line_of("steps", place), says, tuple(_details(scenario, outcome)))


def _came_of_it(outcome: Outcome, *, gives_back: bool) -> list[Text]:
    parts = []
    if (refusal := outcome.refusal) is not None:
        number = refusal.code.number
        parts.append(
            Text(
                f"：拒绝 {number}，{refusal.says('zh')}",
                f": refused {number}, {refusal.says('en')}",
            )
        )
    if outcome.status is Status.OFFERED:
        parts.append(_OFFERED)
    elif outcome.payment is not None:
        parts.append(_STILL_PAID if gives_back else Text("：", ": "))
        parts.append(_payment(outcome.payment))
    if outcome.value is not None:
        parts.append(_same(f" = {show(outcome.value)}"))
    if outcome.last_day:
        parts.append(Text(f"：{outcome.last_day}", f": {outcome.last_day}"))
    if outcome.replayed:
        parts.append(Text("（返回原答复）", " (the first answer again)"))
    return parts


def _payment(payment: Payment) -> Text:
    shown = {
        name: format_yuan(getattr(payment, f"{name}_fen"))
        for name in AMOUNTS
        if name != "wallet" or payment.wallet_fen
    }
    return Text(
        "，".join(f"{AMOUNTS[name].zh} {yuan}" for name, yuan in shown.items()),
        ", ".join(f"{AMOUNTS[name].en} {yuan}" for name, yuan in shown.items()),
    )


def _details(scenario: ScenarioNode, outcome: Outcome) -> list[Text]:
    """Say for each account that was tried what it gave and why."""
    details = []
    for trial in outcome.trials:
        who, why = _label(scenario, trial.account), REASONS[trial.reason]
        if trial.purse == WALLET:
            who = Text(f"{who.zh}的钱包", f"wallet of {who.en}")
        yuan = format_yuan(trial.gave_fen)
        details.append(Text(f"{who.zh} {yuan}：{why.zh}", f"{who.en} {yuan}: {why.en}"))
    return details


def _step_facts(scenario: ScenarioNode, step: StepNode) -> dict[str, Text]:
    node = getattr(step, step.verb) if step.verb else ""
    if isinstance(node, BaseModel):
        return _facts(scenario, node)
    return {
        "it": _same(step.written("compute")) if step.compute is not None else _shown(scenario, node)
    }


def _facts(scenario: ScenarioNode, node: BaseModel) -> dict[str, Text]:
    """Give the fields of a node as words; amounts lose the unit from their names."""
    facts = {}
    for name, value in node:
        is_money = name.endswith("_fen") and isinstance(value, int)
        shown = _same(format_yuan(value)) if is_money else _shown(scenario, value)
        facts[name.removesuffix("_fen")] = shown
    return facts


def _shown(scenario: ScenarioNode, value: object) -> Text:
    if isinstance(value, Moment):
        return _same(f"{value.day} {_clock(value.clock)}" if value.clock else str(value.day))
    if isinstance(value, tuple):
        parts = [_shown(scenario, part) for part in value]
        return Text(" → ".join(part.zh for part in parts), " → ".join(part.en for part in parts))
    if isinstance(value, StrEnum):
        return WORDS.get(type(value), {}).get(value) or _same(value)
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, str):
        return _label(scenario, value)
    return _same(str(value))


def _clock(clock: time) -> str:
    """Say a time of day, with its seconds where they matter."""
    return clock.isoformat("seconds" if clock.second else "minutes")


def _label(scenario: ScenarioNode, name: str) -> Text:
    """Give a person's name in Chinese where there is one; other names stay as they are."""
    person = scenario.people.get(name)
    return Text(f"{person.name}（{name}）" if person and person.name else name, name)


def _say(sentence: Text, when: str, facts: Mapping[str, Text]) -> Text:
    def in_one(lang: Lang) -> str:
        return f"{when}  " + sentence.say(lang, **{k: text.say(lang) for k, text in facts.items()})

    return Text(in_one("zh"), in_one("en"))


def _same(text: str) -> Text:
    return Text(text, text)


_YES, _NO = Text("是", "yes"), Text("否", "no")
_OFFERED = Text(
    "：未付款，待再次刷卡；届时可付：", ": not paid, a second tap is awaited; it could pay:"
)
_WITH_ACCOUNT = Text(
    "{who} 参保（{insurance}），个人账户当年 {current}、历年 {prior}",
    "{who} is insured ({insurance}); account: current {current}, prior {prior}",
)
_WITHOUT = Text("{who} 参保（{insurance}）", "{who} is insured ({insurance})")
_STILL_PAID = Text("，之后仍付：", "; still paid after it: ")
_FAMILY = Text("建立共济组 {it}", "family {it} is opened")
SENTENCES = {
    "": Text("查看账目", "a look at the books"),
    "enroll": Text("{it} 参保", "{it} is enrolled"),
    "suspend": Text("{person} 暂停参保", "the insurance of {person} is suspended"),
    "resume": Text("{person} 恢复参保", "the insurance of {person} is resumed"),
    "end": Text("{person} 终止参保", "the insurance of {person} ends"),
    "die": Text("{person} 身故", "{person} dies"),
    "move": Text("{person} 转往统筹区 {to}", "{person} moves to pooling area {to}"),
    "retire": Text("{person} 退休", "{person} retires"),
    "card": Text("{person} 的医保凭证：{status}", "the card of {person}: {status}"),
    "file": Text(
        "{person} 备案到 {place} 就医（{kind}）", "{person} files care in {place} ({kind})"
    ),
    "refile": Text(
        "{person} 的第 {filing} 号备案变更为 {place}",
        "filing {filing} of {person} is changed to {place}",
    ),
    "unfile": Text("{person} 的第 {filing} 号备案终止", "filing {filing} of {person} is ended"),
    "deadline": Text(
        "{person} {service} 就医的手工报销期限",
        "until when {person} can hand in a bill of {service}",
    ),
    "credit": Text(
        "{person} 入账 {amount}（{segment}）", "{person} is credited {amount} ({segment})"
    ),
    "take_back": Text(
        "{person} 退回入账 {amount}", "a credit of {amount} is taken back from {person}"
    ),
    "roll": Text("{person} 年度结转", "the account year of {person} is rolled over"),
    "out_of_area": Text(
        "{person} 的异地支付开关：{allowed}",
        "use of {person}'s account outside the home area: {allowed}",
    ),
    "close": Text("{person} 账户清退：{payee}", "the account of {person} is closed: {payee}"),
    "open": Text("{opener} 建立共济组 {family}", "{opener} opens family {family}"),
    "bind": Text(
        "{family}：绑定 {grantor} → {beneficiary}（{relation}）",
        "{family}: {grantor} and {beneficiary} ({relation}) are bound",
    ),
    "review": Text(
        "{family}：审核 {grantor} → {beneficiary}",
        "{family}: {grantor} → {beneficiary} is reviewed",
    ),
    "authorize": Text(
        "{family}：{grantor} 授权 {beneficiary}", "{family}: {grantor} authorizes {beneficiary}"
    ),
    "withdraw": Text(
        "{family}：{grantor} 撤销对 {beneficiary} 的授权",
        "{family}: {grantor} withdraws the authorization of {beneficiary}",
    ),
    "order": Text(
        "{family}：{beneficiary} 的扣款顺序设为 {grantors}",
        "{family}: the order for {beneficiary} is set to {grantors}",
    ),
    "set_aside": Text(
        "{family}：{grantor} 划拨 {amount}", "{family}: {grantor} sets {amount} aside"
    ),
    "quota": Text(
        "{family}：{grantor} 给 {beneficiary} 的共济额度设为 {amount}",
        "{family}: the quota of {grantor} for {beneficiary} is set to {amount}",
    ),
    "unbind": Text(
        "{family}：解绑 {grantor} → {beneficiary}",
        "{family}: {grantor} and {beneficiary} are unbound",
    ),
    "give": Text(
        "{family}：{grantor} 划给 {beneficiary} {amount}",
        "{family}: {grantor} gives {beneficiary} {amount}",
    ),
    "open_wallet": Text("{it} 开通医保钱包", "{it} opens a wallet"),
    "send": Text("{sender} 转给 {recipient} {amount}", "{sender} sends {recipient} {amount}"),
    "accept": Text("{person} 接收转账 {transfer}", "{person} accepts transfer {transfer}"),
    "come_back": Text("转账 {it} 逾时退回", "transfer {it} comes back"),
    "divorce": Text("{family}：{spouses} 离婚", "{family}: {spouses} divorce"),
    "price": Text("计价 {it}", "price {it}"),
    "quote": Text("预结算 {it}", "quote {it}"),
    "settle": Text("结算 {it}", "settle {it}"),
    "hold": Text("冻结 {claim}，至 {until}", "hold {claim} until {until}"),
    "capture": Text("扣用冻结款 {claim}", "capture {claim}"),
    "release": Text("解冻 {it}", "release {it}"),
    "expire": Text("{it} 的冻结到期", "the hold of {it} expires"),
    "cancel": Text("结算撤销 {claim}", "cancel {claim}"),
    "reverse": Text("冲正报文 {message}", "reverse message {message}"),
    "compute": Text("计算 {it}", "compute {it}"),
}
"""What each step says, by its verb; the places are filled with the fields of its node."""
