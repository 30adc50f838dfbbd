"""`gongji claim`: quote, settle, hold and undo claims, and say why each account paid or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.claim_file import EXAMPLE, request_of, takes_claim
from cli.params import INSTANT, YUAN, argument, option, writes
from cli.session import carry_out
from cli.texts import group
from domain.ids import ClaimId, MessageId, PersonId, SettlementId
from domain.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from cli.claim_file import Given
    from cli.params import How
    from cli.settings import Settings

claim = group(
    "claim",
    about=Text(
        "费用单：预结算、结算、预授权冻结、撤销、冲正，并说明每个账户为何付或不付。",
        "Claims: quote, settle, hold, cancel, reverse; and why each account paid or did not.",
    ),
    examples=(
        "gongji claim quote claim.yaml",
        "gongji claim settle claim.yaml --key K1",
        "gongji claim explain S-C1-1",
    ),
)

_FORM = Text(
    f"费用单文件为 JSON 或 YAML，金额为整数分：\n\n{EXAMPLE}\n"
    "只有一行费用时，也可用下列选项给出，金额为元。",
    f"A claim is a JSON or YAML file, with amounts in whole fen:\n\n{EXAMPLE}\n"
    "A claim of a single line may be given by the options below, with amounts in yuan.",
)
_LINE = (
    "--claim C1 --patient p2 --institution H1 --place hospital --region 420100 "
    "--category outpatient --total 1000 --fund 600"
)
_CLAIM = argument("which", metavar="CLAIM", about=Text("费用单号", "Id of the claim."))


def _with_form(first: Text) -> Text:
    return Text(f"{first.zh}\n\n{_FORM.zh}", f"{first.en}\n\n{_FORM.en}")


_BILL = """\
claim: C1
patient: p2
region: "310000"
institution: {id: H1, place: hospital, region: "310000"}
service_date: 2025-09-10
person: {insurance: employee, work: in_service, age: 40}
bill: {total_fen: 300000, care: outpatient, level: tertiary}
current_fen: 120000
"""


@claim.command(
    "price",
    about=Text(
        "计价：按参保地当日待遇规定，把账单分成基金支付与个人负担，逐段写明规则与出处。"
        f"不写入账本。账单文件为 JSON 或 YAML，金额为整数分：\n\n{_BILL}\n"
        "另可写 so_far（本年度已用）、filing（异地备案类型）、emergency，账单可写 outside_fen、"
        "over_limit_fen、class_b、"
        "e_prescription，参保人可写 retired_in。",
        "Split a bill into the pooled fund's part and the own share by the rules of the patient's "
        "area on that day, each step with rule and source. Nothing is recorded. A bill is a JSON "
        f"or YAML file, with amounts in whole fen:\n\n{_BILL}\n"
        "It may also say so_far (what was used up this year), filing (what was filed for care away "
        "from home) and emergency, in the bill outside_fen, "
        "over_limit_fen, class_b and e_prescription, and of the person retired_in.",
    ),
    examples=(
        "gongji claim price bill.yaml",
        "gongji claim price bill.yaml --write claim.json",
    ),
)
@argument(
    "file",
    metavar="FILE",
    about=Text("账单文件；- 为标准输入", "File of a bill; - for standard input."),
)
@option(
    "--write",
    metavar="PATH",
    about=Text(
        "把费用单写入此文件，供 claim settle 使用", "Write the claim here, for claim settle."
    ),
)
@click.pass_obj
def price(settings: Settings, *, file: str, write: str | None) -> None:
    """Price a bill."""
    from cli.bill import show_price

    show_price(settings, file, write=write)


@claim.command(
    "quote",
    about=_with_form(
        Text(
            "预结算：会由谁支付多少、为什么。不写入任何内容。",
            "Say who would pay how much, and why. Nothing is written.",
        )
    ),
    examples=("gongji claim quote claim.yaml", f"gongji claim quote {_LINE}"),
)
@takes_claim
@click.pass_obj
def quote(settings: Settings, *, given: Given) -> None:
    """Quote a claim."""
    from cli.deciding import quoted
    from cli.explain_page import show_decision

    show_decision(settings, quoted(settings, request_of(settings, given)))


@claim.command(
    "settle",
    about=Text(
        "结算：判定并支付。文件格式见 claim quote。同一报文号重发得到同一答复。",
        "Decide and pay. The file is that of claim quote. "
        "The same message id gets the same answer.",
    ),
    examples=("gongji claim settle claim.yaml --key K1", f"gongji claim settle {_LINE}"),
)
@takes_claim
@writes
@click.pass_obj
def settle(settings: Settings, *, given: Given, how: How) -> None:
    """Settle a claim."""
    from ledger.commands import Settle

    command = Settle(request=request_of(settings, given), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@claim.command(
    "authorize",
    about=Text(
        "预授权：按预结算结果冻结，到 --until 为止。文件格式见 claim quote。",
        "Hold what would be paid, until an instant. The file is that of claim quote.",
    ),
    examples=("gongji claim authorize claim.yaml --until 2026-03-01T12:00:00+08:00",),
)
@takes_claim
@option(
    "--until",
    type=INSTANT,
    required=True,
    metavar="INSTANT",
    about=Text("冻结到何时", "When the hold ends."),
)
@writes
@click.pass_obj
def authorize(settings: Settings, *, given: Given, until: datetime, how: How) -> None:
    """Hold what a claim would be paid."""
    from ledger.commands import AuthorizeClaim

    command = AuthorizeClaim(request=request_of(settings, given), expires_at=until, **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


_OWN = option(
    "--own",
    multiple=True,
    metavar="LINE=YUAN",
    about=Text(
        "某行个人负担，如 1=40.00；可重复", "Own share of a line, as 1=40.00; repeat for several."
    ),
)


@claim.command(
    "capture",
    about=Text(
        "扣用冻结款。--own 给出较小的最终个人负担，余下解冻。",
        "Settle a held claim. --own gives a smaller final own share; the rest is released.",
    ),
    examples=("gongji claim capture C1", "gongji claim capture C1 --own 1=380.00"),
)
@_CLAIM
@_OWN
@writes
@click.pass_obj
def capture(settings: Settings, *, which: str, own: tuple[str, ...], how: How) -> None:
    """Settle a held claim."""
    from ledger.commands import Capture

    command = Capture(claim=ClaimId(which), own_fen=_by_line("--own", own), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


def _by_line(name: str, given: tuple[str, ...]) -> dict[int, int] | None:
    """Read LINE=YUAN pairs into fen by line number; None where nothing was given."""
    ctx = click.get_current_context()
    found: dict[int, int] = {}
    for pair in given:
        line, equals, yuan = pair.partition("=")
        if not (equals and line.isdecimal()) or int(line) in found:
            raise click.BadParameter(pair, ctx, param_hint=name)
        found[int(line)] = YUAN.convert(yuan, None, ctx)
    return found or None


@claim.command(
    "release",
    about=Text("解冻，不支付。", "Give a hold back without payment."),
    examples=("gongji claim release C1",),
)
@_CLAIM
@writes
@click.pass_obj
def release(settings: Settings, *, which: str, how: How) -> None:
    """Give a hold back."""
    from ledger.commands import Release

    command = Release(claim=ClaimId(which), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@claim.command(
    "expire",
    about=Text("登记已到期的冻结，款项恢复可用。", "Give back a hold that has run out."),
    examples=("gongji claim expire C1",),
)
@_CLAIM
@writes
@click.pass_obj
def expire(settings: Settings, *, which: str, how: How) -> None:
    """Give back a hold that has run out."""
    from ledger.commands import Expire

    command = Expire(claim=ClaimId(which), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@claim.command(
    "cancel",
    about=Text(
        "结算撤销：按结算号全部或部分退回，退回原账户原分段，限额一并恢复。",
        "Cancel a settlement, wholly or in part: money goes back where it came from.",
    ),
    examples=(
        "gongji claim cancel S-C1-1 --note 退药",
        "gongji claim cancel S-C1-1 --own 1=12.50 --fund 1=20.00",
    ),
)
@argument("which", metavar="SETTLEMENT", about=Text("结算号", "Id of the settlement."))
@_OWN
@option(
    "--fund",
    multiple=True,
    metavar="LINE=YUAN",
    about=Text("某行基金支付部分", "Part of the pooled fund of a line."),
)
@writes
@click.pass_obj
def cancel(
    settings: Settings, *, which: str, own: tuple[str, ...], fund: tuple[str, ...], how: How
) -> None:
    """Cancel a settlement."""
    from ledger.commands import Cancel

    command = Cancel(
        settlement=SettlementId(which),
        own_fen=_by_line("--own", own),
        fund_fen=_by_line("--fund", fund),
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@claim.command(
    "reverse",
    about=Text(
        "冲正：按报文号撤回一次结果未知的请求；从未到达的，作废该报文（须给 --patient）。",
        "Undo a message of unknown outcome. One that never arrived is made void; "
        "--patient is needed then.",
    ),
    examples=("gongji claim reverse K1 --patient p2",),
)
@argument("which", metavar="MESSAGE", about=Text("要冲正的报文号", "Id of the message."))
@option("--patient", metavar="PERSON", about=Text("就诊人", "Who received care."))
@writes
@click.pass_obj
def reverse(settings: Settings, *, which: str, patient: str | None, how: How) -> None:
    """Undo a message."""
    from ledger.commands import Reverse

    command = Reverse(
        message=MessageId(which), patient=PersonId(patient) if patient else None, **how.fields
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@claim.command(
    "show",
    times=("as_known_at",),
    about=Text("一张费用单的现状与经过。", "One claim: where it stands and how it got there."),
    examples=("gongji claim show C1",),
)
@_CLAIM
@click.pass_obj
def show_one(settings: Settings, *, which: str) -> None:
    """Show one claim."""
    from cli.claim_views import show_claim

    show_claim(settings, ClaimId(which))


def _statuses() -> click.Choice[str]:
    from cli.words import vocabulary

    return click.Choice([*vocabulary("Status")])


@claim.command(
    "list",
    times=("as_known_at",),
    about=Text(
        "费用单列表，按就诊日；现状，或按当时所知。",
        "Claims by day of service, now or as known at a moment.",
    ),
    examples=(
        "gongji claim list --patient p2 --status settled -O csv",
        "gongji claim list --as-known-at 2026-03-31",
    ),
)
@option("--patient", metavar="PERSON", about=Text("就诊人", "Who received care."))
@option("--status", type=_statuses(), metavar="CODE", about=Text("状态", "Status."))
@click.pass_obj
def list_claims(settings: Settings, *, patient: str | None, status: str | None) -> None:
    """List claims."""
    from cli.claim_views import show_claims

    show_claims(settings, patient=patient, status=status)


@claim.command(
    "explain",
    times=("as_known_at",),
    about=Text(
        "逐个账户说明：付了多少，为什么，依据哪条规则、哪份文件；并按当时的规则重新判定，看是否一致。"
        "--as-known-at 只看当时已记录的判定与状态。",
        "Account by account: what it paid, why, by which rule and which document; and decide "
        "again under the rules of then, to see whether the same comes out. With --as-known-at "
        "only decisions and states that had been recorded by then.",
    ),
    examples=(
        "gongji claim explain S-C1-1",
        "gongji claim explain C1 -O json",
        "gongji claim explain C1 --as-known-at 120",
    ),
)
@argument(
    "which",
    metavar="SETTLEMENT|CLAIM",
    about=Text("结算号或费用单号", "Id of a settlement or of a claim."),
)
@click.pass_obj
def explain(settings: Settings, *, which: str) -> None:
    """Explain a decision."""
    from cli.deciding import recorded
    from cli.explain_page import show_decision

    show_decision(settings, recorded(settings, which))
