"""The root of the command line. Groups are imported when they are called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cli.global_options import global_options, version_option
from cli.settings import Settings, choose_language, choose_output
from cli.texts import Group, Lazy, speaking
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUPS: dict[str, Lazy] = {
    "tour": Lazy(
        "cli.tour:tour", Text("一分钟导览（临时账本）", "A guided run on a throw-away store")
    ),
    "store": Lazy(
        "cli.store:store", Text("账本：新建、状态、读模型", "The store and its read models")
    ),
    "person": Lazy("cli.person:person", Text("参保人", "Insured persons")),
    "filing": Lazy("cli.filing:filing", Text("异地就医备案", "Filings for care away from home")),
    "account": Lazy("cli.account:account", Text("个人账户", "Personal accounts")),
    "family": Lazy("cli.family:family", Text("家庭共济组", "Family pools")),
    "wallet": Lazy("cli.wallet:wallet", Text("医保钱包：亲属转账", "Wallets of relatives")),
    "claim": Lazy(
        "cli.claim:claim", Text("费用单：预结算、结算、撤销", "Claims: quote, settle, undo")
    ),
    "clearing": Lazy(
        "cli.clearing:clearing", Text("统筹区之间按月清算", "Monthly clearing between areas")
    ),
    "events": Lazy(
        "cli.events:events", Text("事件：列表、追溯、重放", "Events: list, trace, replay")
    ),
    "check": Lazy("cli.check:check", Text("核验账本", "Prove that the books are right")),
    "audit": Lazy("cli.audit:audit", Text("审计：线索、证据", "Audit: trails, evidence")),
    "policy": Lazy(
        "cli.policy:policy",
        Text("规则库：查规则、来源、矛盾", "The rules, their sources, contradictions"),
    ),
    "simulate": Lazy("cli.simulate:simulate", Text("情景模拟", "Scenarios and simulations")),
    "bench": Lazy("cli.bench:bench", Text("标准负载与吞吐", "The canonical workload")),
    "help": Lazy("cli.help:help_command", Text("帮助页：错误、词汇", "Pages: errors, glossary")),
    "completion": Lazy("cli.completion:completion", Text("命令补全脚本", "Shell completion")),
}
"""Every command at the top, in the order of the help page."""


class Root(Group):
    """The program: chooses the language before click starts, and turns errors into exit codes."""

    def __init__(self) -> None:
        """Name the program and its commands."""
        super().__init__(
            "gongji",
            about=Text(
                "职工医保个人账户家庭共济的事件账本与模拟器。",
                "An event-sourced ledger and simulator of the family mutual aid of personal "
                "accounts in China's employee medical insurance.",
            ),
            examples=("gongji tour", "gongji account balance -O json"),
            lazy=GROUPS,
        )
        self._shared = [*global_options(shown=True), version_option()]

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]  # noqa: ANN401 - click's own; we always exit
        """Run a command line and exit."""
        from cli.errors import handle

        argv = list(sys.argv[1:] if args is None else args)
        settings = Settings(lang=choose_language(argv, os.environ))
        extra.update(obj=settings, standalone_mode=False)
        extra.setdefault("prog_name", "gongji")
        if "_GONGJI_COMPLETE" in os.environ:
            import_module("cli.completion")  # which knows one more shell than click
        with speaking(settings.lang):
            try:
                code = super().main(argv, **extra)
            except click.exceptions.NoArgsIsHelpError as asked:
                click.echo(asked.format_message())
                code = 0
            except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - every error is told
                if isinstance(error, click.UsageError):
                    settings.output = choose_output(argv)
                code = handle(error, settings)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Run the command; a reader that went away (`| head`) ends it quietly."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open to the end
            return 0


root = Root()


def main() -> NoReturn:
    """Run gongji."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8")
    root.main()
