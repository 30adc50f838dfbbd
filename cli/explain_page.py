"""The page that explains a decision: for people one account after the other, for programs data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.explain_data import as_table, own_account_fen
from cli.explanation import order_rules, steps, till_rule
from cli.refusal_words import in_words
from cli.render import TOTAL, console, footer, shanghai, show
from cli.sources import area, cite, status_of
from cli.words import WORDS, word
from domain.allocation import from_wallet
from domain.money import format_yuan
from domain.refusals import Refusal
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table as RichTable

    from cli.deciding import Decided
    from cli.explanation import Basis, Step
    from cli.settings import Settings
    from domain.text import Lang

WIDTH = 100


def show_decision(settings: Settings, decided: Decided) -> None:
    """Explain a decision, recorded or quoted."""
    if settings.for_people:
        _show_page(settings, decided)
    else:
        show(settings, as_table(decided))


def _show_page(settings: Settings, decided: Decided) -> None:
    lang = settings.lang
    out = console(settings)
    width = min(out.width, WIDTH)
    out.print(_title(decided, lang), style="bold")
    for line in _head(decided, lang):
        out.print(line, style="dim")
    out.print()
    out.print(_claim(decided, lang), width=width)
    out.print()
    out.print(_CANDIDATES.say(lang), style="bold")
    for basis in order_rules(decided)[:2]:
        for line in _briefly(basis, lang):
            out.print(line, style="dim", width=width)
    out.print()
    out.print(_accounts(decided, lang, width=width), width=width)
    out.print()
    if decided.offer_minutes is not None:
        out.print(_OFFERED.say(lang, minutes=decided.offer_minutes), style="bold", width=width)
        for line in _briefly(till_rule(decided), lang):
            out.print(line, style="dim", width=width)
        out.print()
    out.print(_PAYMENTS.say(lang), style="bold")
    out.print(_payments(decided, lang), width=width)
    out.print(_sum(decided, lang))
    if decided.claim is not None:
        out.print(_proof(decided).say(lang), style="" if decided.is_proven else "bold red")
    out.print(footer(settings, as_table(decided)), style="dim")


_CANDIDATES = Text("候选账户，按扣款顺序", "Candidate accounts, in order of deduction")
_PAYMENTS = Text("付款", "Payments")
_OFFERED = Text(
    "第一次只提示、不付款；{minutes} 分钟内再次刷卡后，按下列方式付款",
    "The first tap pays nothing; a second one within {minutes} minutes pays as follows",
)


def _title(decided: Decided, lang: Lang) -> str:
    claim = decided.claim
    if claim is None:
        title = Text(
            "预结算 · 费用单 {claim}（不写入）", "Quote for claim {claim} (nothing is written)"
        )
        return title.say(lang, claim=decided.request.claim)
    status = WORDS["Status"][claim.status]
    title = (
        Text("结算 {settlement} · 费用单 {claim}", "Settlement {settlement} of claim {claim}")
        if claim.settlement and claim.attempt == decided.attempt
        else Text("费用单 {claim}，第 {attempt} 次", "Claim {claim}, attempt {attempt}")
    )
    now = Text("（现为{status}）", " (now {status})").say(lang, status=status.say(lang))
    facts = {"claim": decided.request.claim, "settlement": claim.settlement}
    return title.say(lang, **facts, attempt=decided.attempt) + now


def _head(decided: Decided, lang: Lang) -> Iterator[str]:
    request, allocation = decided.request, decided.allocation
    place = word("Place", request.institution.place, lang)
    credential = word("Credential", request.credential, lang)
    first = Text(
        "就诊人 {patient} · 就诊日 {day} · 机构 {institution}（{place}，{area}）· {credential}",
        "patient {patient} · day of service {day} · institution {institution} ({place}, {area}) "
        "· credential: {credential}",
    )
    yield first.say(
        lang,
        patient=request.patient,
        day=request.service_date,
        institution=request.institution.id,
        place=place,
        area=request.institution.region,
        credential=credential,
    )
    second = Text(
        "判定于 {then} · {region} · 规则集 {rule_set}",
        "decided {then} · {region} · rule set {rule_set}",
    )
    yield second.say(
        lang,
        then=shanghai(decided.decided_at),
        region=area(allocation.region).say(lang),
        rule_set=allocation.rule_set,
    )


def _grid(*justified: str) -> RichTable:
    from rich.table import Table as RichTable

    grid = RichTable(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for each in justified:
        title, side = each[1:], "right" if each[0] == ">" else "left"
        grid.add_column(title, justify="right" if side == "right" else "left", overflow="fold")
    return grid


def _claim(decided: Decided, lang: Lang) -> RichTable:
    """Lay the claim's lines out: total, fund's part, own share."""
    titles = Text("<费用|>总额|>基金支付|>个人负担", "<claim|>total|>pooled fund|>own share")
    grid = _grid(*titles.say(lang).split("|"))
    for line in decided.request.lines:
        said = f"{line.no}  {word('Category', line.category, lang)}"
        if line.outside_catalogue:
            said += Text("（目录外）", " (outside the catalogue)").say(lang)
        grid.add_row(said, *map(format_yuan, (line.total_fen, line.fund_fen, line.own_fen)))
    return grid


def _accounts(decided: Decided, lang: Lang, *, width: int) -> RichTable:
    """Lay the candidates out: number, account with everything said about it, and what it gave."""
    from rich.console import Group
    from rich.table import Table as RichTable
    from rich.text import Text as Styled

    grid = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, 2, 1, 0), width=width)
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    for number, step in enumerate(steps(decided), start=1):
        head = Styled.assemble((step.trial.account, "bold"), f"  {step.who.say(lang)}")
        basis = RichTable.grid(padding=(0, 2, 0, 0))
        basis.add_column(no_wrap=True, style="dim")
        basis.add_column(overflow="fold", style="dim")
        for label, said in _basis_lines(step, lang):
            basis.add_row(label, said)
        gave = Styled(format_yuan(step.trial.gave_fen), "bold" if step.trial.gave_fen else "dim")
        grid.add_row(str(number), Group(head, Styled(_reason(step, lang)), basis), gave)
    total = format_yuan(decided.allocation.accounts_fen)
    grid.add_row("", Styled(TOTAL.say(lang), "bold"), Styled(total, "bold"))
    return grid


def _reason(step: Step, lang: Lang) -> str:
    """Say why, with the amount of a limit, and what was available."""
    stop = Text("。", ". ").say(lang)
    parts = [step.reason.say(lang)]
    if step.trial.bound_fen is not None:
        bound = Text("此限额下最多 {0} 元", "at most {0} yuan under this limit")
        parts.append(bound.say(lang).format(format_yuan(step.trial.bound_fen)))
    said = Text("：", ": ").say(lang).join(parts)
    said = said[0].upper() + said[1:]
    available = step.available.say(lang)
    if available:
        said += stop + available[0].upper() + available[1:]
    return said + stop.rstrip()


def _briefly(basis: Basis, lang: Lang) -> Iterator[str]:
    """Say a rule in one line and its first source in another."""
    said = Text("{label}：{value}（{parameter}）", "{label}: {value} ({parameter})").say(
        lang, label=basis.label.say(lang), value=basis.value.say(lang), parameter=basis.parameter
    )
    citation = basis.citation
    if citation is None:
        yield said
        return
    yield f"{said[0].upper()}{said[1:]} · {status_of(citation).say(lang)}"
    for source in citation.sources[:1]:
        yield f"    {cite(source).say(lang)}"


def _basis_lines(step: Step, lang: Lang) -> Iterator[tuple[str, str]]:
    """Say the rule with its value, then the documents it rests on, then what contradicts it.

    Each line has a label and what stands beside it.
    """
    basis = step.basis
    if basis is None:
        records = Text(
            "账本记录：{who} 的前 {n} 个事件", "the records: the first {n} events of {who}"
        )
        yield _SOURCE.say(lang), records.say(lang, who=step.trial.account, n=step.trial.version)
        return
    rule = Text("{label} = {value}（{parameter}）", "{label} = {value} ({parameter})")
    facts = {"label": basis.label.say(lang), "value": basis.value.say(lang)}
    yield _RULE.say(lang), rule.say(lang, **facts, parameter=basis.parameter)
    citation = basis.citation
    if citation is None:
        granted = Text("共济人的授权", "the grantor's own authorization")
        yield _SOURCE.say(lang), granted.say(lang)
        return
    holds = Text("{area}，自 {since} 起，{status}", "in {area} since {since}, {status}")
    area_said, status = area(citation.region).say(lang), status_of(citation).say(lang)
    yield _HOLDS.say(lang), holds.say(lang, area=area_said, since=citation.since, status=status)
    for source in citation.sources:
        yield _SOURCE.say(lang), cite(source).say(lang)
    for label, text in ((_SAYS, citation.says), (_WHY, citation.why)):
        if text.say(lang):
            yield label.say(lang), text.say(lang)
    for source in citation.contradicted_by:
        yield _AGAINST.say(lang), cite(source).say(lang)


_RULE = Text("规则", "rule")
_HOLDS = Text("效力", "holds")
_SOURCE = Text("依据", "source")
_SAYS = Text("内容", "says")
_WHY = Text("理由", "why")
_AGAINST = Text("异议", "against")


def _payments(decided: Decided, lang: Lang) -> RichTable:
    """Lay the legs out by account, segment and line; the fund and cash too."""
    titles = Text("<付款方|<分段|>费用行|>金额", "<paid by|<segment|>line|>amount")
    grid = _grid(*titles.say(lang).split("|"))
    fund, cash = Text("统筹基金", "pooled fund"), Text("个人现金", "cash")
    for line in decided.request.lines:
        if line.fund_fen:
            grid.add_row(fund.say(lang), "", str(line.no), format_yuan(line.fund_fen))
    for leg in decided.allocation.legs:
        segment = word("Segment", leg.segment, lang)
        grid.add_row(leg.account, segment, str(leg.line), format_yuan(leg.amount_fen))
    for number, fen in decided.allocation.cash_fen:
        if fen:
            grid.add_row(cash.say(lang), "", str(number), format_yuan(fen))
    return grid


def _sum(decided: Decided, lang: Lang) -> str:
    """Prove the split: fund + own account + mutual aid + cash = total."""
    fund, accounts = decided.request.fund_fen, decided.allocation.accounts_fen
    own, cash = own_account_fen(decided), decided.allocation.total_cash_fen
    wallet = from_wallet(decided.allocation.legs)
    total = fund + decided.request.own_fen
    assert fund + accounts + cash == total, "money in = money out"
    says = Text(
        "合计：基金 {0} + 本人账户 {1} + 共济 {2} + 现金 {3} = 总额 {4}",
        "Sum: fund {0} + own account {1} + mutual aid {2} + cash {3} = total {4}",
    )
    with_wallet = Text(
        "合计：基金 {0} + 本人账户 {1} + 钱包 {5} + 共济 {2} + 现金 {3} = 总额 {4}",
        "Sum: fund {0} + own account {1} + wallet {5} + mutual aid {2} + cash {3} = total {4}",
    )
    parts = map(format_yuan, (fund, own, accounts - own - wallet, cash, total, wallet))
    return (with_wallet if wallet else says).say(lang).format(*parts)


def _proof(decided: Decided) -> Text:
    """Say whether deciding again gave the same."""
    if decided.is_proven:
        return Text(
            "复核：按当时的记录与规则重新判定，结果与所记一致。",
            "Proof: decided again from the records and rules of then, the same comes out.",
        )
    if isinstance(decided.again, Refusal):
        said = in_words(decided.again)
        return Text(
            f"复核：重新判定被拒绝（{said.zh}），与所记不一致。",
            f"Proof FAILED: decided again, it is refused ({said.en}).",
        )
    return Text(
        "复核：重新判定的结果与所记不一致。",
        "Proof FAILED: decided again, something else comes out.",
    )
