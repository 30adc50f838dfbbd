"""`gongji completion`: scripts that let a shell complete commands, options and codes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

import click
from click.shell_completion import ShellComplete, add_completion_class, get_completion_class

from cli.params import argument
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VARIABLE = "_GONGJI_COMPLETE"

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $position)
    $env:%(complete_var)s = "powershell_complete"
    $env:GONGJI_COMPLETE_LINE = $ast.ToString().PadRight($position).Substring(0, $position)
    $env:GONGJI_COMPLETE_WORD = $word
    %(prog_name)s | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        $kind = "ParameterValue"
        [System.Management.Automation.CompletionResult]::new($value, $value, $kind, $help)
    }
    Remove-Item Env:%(complete_var)s, Env:GONGJI_COMPLETE_LINE, Env:GONGJI_COMPLETE_WORD
}
"""


class PowerShell(ShellComplete):
    """Completion for PowerShell, which click does not bring."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """Give the words before the one that is being typed, and that one."""
        word = os.environ.get("GONGJI_COMPLETE_WORD", "")
        words = os.environ.get("GONGJI_COMPLETE_LINE", "").split()[1:]
        if word and words and words[-1] == word:
            words.pop()
        return words, word

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Give one line: value, tab, help."""
        return f"{item.value}\t{item.help or ''}"


add_completion_class(PowerShell)


@click.command(
    "completion",
    cls=Command,
    about=Text(
        "输出命令补全脚本。",
        "Print the completion script of a shell.",
    ),
    examples=(
        'eval "$(gongji completion bash)"        # ~/.bashrc',
        'eval "$(gongji completion zsh)"         # ~/.zshrc',
        "gongji completion fish | source         # ~/.config/fish/config.fish",
        "gongji completion powershell | Out-String | Invoke-Expression",
    ),
)
@argument(
    "shell",
    type=click.Choice(["bash", "zsh", "fish", "powershell"]),
    about=Text("外壳：bash、zsh、fish 或 powershell", "bash, zsh, fish or powershell."),
)
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> None:
    """Print a script."""
    found = get_completion_class(shell)
    assert found is not None, shell
    root = ctx.find_root()
    source = found.source_template % found(root.command, {}, "gongji", VARIABLE).source_vars()
    click.echo(source)
