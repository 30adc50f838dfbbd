"""Commands and groups that speak both languages, with sub-groups that are imported when needed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from gettext import bindtextdomain, textdomain
from gettext import gettext as _
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

import click

from cli.global_options import global_options, help_option
from cli.pages import PageContext
from cli.params import lang_of
from cli.settings import Settings
from domain.text import Lang, Text

CATALOGUE = "gongji"
LOCALE = Path(__file__).parent / "locale"

_OPTIONS = Text("[选项]", "[OPTIONS]")
_SUBCOMMAND = Text("命令 [参数]...", "COMMAND [ARGS]...")
_EXAMPLES = Text("示例", "Examples")
_ARGUMENTS = Text("参数", "Arguments")
_SENTENCE = re.compile(r"[。；：\n]|[.;:](?=\s)")  # what ends the first sentence
_GLOBAL_HINT = Text(
    "全局选项（--store、--lang、-O 等）见 gongji --help，写在命令前后均可。",
    "Global options (--store, --lang, -O …) stand in gongji --help; put them before or after.",
)
_NO_TIME = Text("此命令不接受 {option}。", "This command does not take {option}.")


class Lazy(NamedTuple):
    """A command that is imported when it is called: `module:attribute`, and its short help."""

    where: str
    about: Text

    def load(self) -> click.Command:
        """Import it."""
        module, _colon, attribute = self.where.partition(":")
        return cast("click.Command", getattr(import_module(module), attribute))


@contextmanager
def speaking(lang: Lang) -> Iterator[None]:
    """Let click's own sentences come in a language; click asks gettext, gettext LANGUAGE."""
    before = os.environ.get("LANGUAGE")
    domain = textdomain()
    bindtextdomain(CATALOGUE, str(LOCALE))
    textdomain(CATALOGUE)
    os.environ["LANGUAGE"] = "zh_CN" if lang == "zh" else "en"
    try:
        yield
    finally:
        textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


class _Page(click.Command):
    """What commands and groups share: help in both languages, examples, the global options."""

    context_class = PageContext

    def __init__(
        self,
        name: str | None,
        *,
        about: Text,
        examples: Sequence[str],
        **attrs: Any,  # noqa: ANN401 - click's own
    ) -> None:
        """Take click's parameters, `about` (the help) and `examples` (lines to copy)."""
        self.about = about
        self.examples = examples
        self._shared: Sequence[click.Parameter] = global_options(shown=False)
        self._help = help_option()
        attrs["context_settings"] = {
            "help_option_names": ["-h", "--help"],
            **(attrs.get("context_settings") or {}),
        }
        super().__init__(name, **attrs)

    def get_help_option(self, ctx: click.Context) -> click.Option:
        """Give the option that shows this page."""
        del ctx
        return self._help

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give the page's own parameters, then the global ones, then help."""
        *own, last = super().get_params(ctx)
        return [*own, *self._shared, last]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Give the usage line after the name."""
        self.options_metavar = _OPTIONS.say(lang_of(ctx))
        return super().collect_usage_pieces(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Give the first sentence of the help, without what explains it further."""
        del limit
        return _SENTENCE.split(self.about.say(lang_of()), maxsplit=1)[0].rstrip("。.")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help and the examples."""
        write_about(self.about, self.examples, formatter, lang_of(ctx))

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each argument is; click does so only where it knows the texts itself."""
        found = [each for each in self.get_params(ctx) if isinstance(each, click.Argument)]
        if found:
            with formatter.section(_ARGUMENTS.say(lang_of(ctx))):
                formatter.write_dl([each.get_help_record(ctx) for each in found])


class Command(_Page):
    """A command with `about` (its help) and `examples` (lines to copy), and the global options."""

    def __init__(
        self,
        name: str | None = None,
        *,
        about: Text,
        examples: Sequence[str] = (),
        times: Sequence[str] = (),
        **attrs: Any,  # noqa: ANN401 - click's own
    ) -> None:
        """Take click's parameters, `about` and `examples`.

        `times` says which of `as_of` and `as_known_at` the command answers; the other is refused,
        so that nobody takes the present for the past.
        """
        self.times = times
        super().__init__(name, about=about, examples=examples, **attrs)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Run the command, unless it was asked about a time that it cannot answer for."""
        refuse_times(ctx, taken=self.times)
        return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say where the global options stand."""
        formatter.write_paragraph()
        formatter.write_text(_GLOBAL_HINT.say(lang_of(ctx)))


def refuse_times(ctx: click.Context, *, taken: Sequence[str] = ()) -> None:
    """Refuse to be asked about a time that a command does not take."""
    settings = ctx.find_object(Settings)
    for name in ("as_of", "as_known_at"):
        if name not in taken and getattr(settings, name, None) is not None:
            given = f"--{name.replace('_', '-')}"
            raise click.UsageError(_NO_TIME.say(lang_of(ctx), option=given), ctx)


class Group(_Page, click.Group):
    """A group of commands: some defined on it, some `Lazy`."""

    command_class = Command

    def __init__(
        self,
        name: str | None = None,
        *,
        about: Text,
        examples: Sequence[str] = (),
        lazy: dict[str, Lazy] | None = None,
        **attrs: Any,  # noqa: ANN401 - click's own
    ) -> None:
        """Take click's parameters, `about`, `examples`, and the commands to import when needed."""
        self.lazy = lazy or {}
        super().__init__(name, about=about, examples=examples, **attrs)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Give the usage line after the name."""
        self.subcommand_metavar = _SUBCOMMAND.say(lang_of(ctx))
        return super().collect_usage_pieces(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order in which they were written down."""
        del ctx
        return [*self.lazy, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command, imported now if it is lazy."""
        found = self.lazy.get(cmd_name)
        return found.load() if found else super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the line names; suggest close ones where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as unknown:
            close = get_close_matches(args[0], self.list_commands(ctx))
            raise click.NoSuchCommand(args[0], possibilities=close, ctx=ctx) from unknown

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        rows = [(name, self._short(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)

    def _short(self, ctx: click.Context, name: str) -> str:
        if name in self.lazy:
            return self.lazy[name].about.say(lang_of(ctx))
        command = self.get_command(ctx, name)
        assert command is not None
        return command.get_short_help_str()


def group(name: str, *, about: Text, examples: Sequence[str] = ()) -> Group:
    """Make a group of commands; add commands with `@it.command(name, about=…, examples=…)`."""
    return Group(name, about=about, examples=examples)


def write_about(
    about: Text, examples: Sequence[str], formatter: click.HelpFormatter, lang: Lang
) -> None:
    """Write a help text by paragraphs, then examples as they are typed."""
    for paragraph in about.say(lang).split("\n\n"):
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(paragraph)
    if examples:
        with formatter.section(_EXAMPLES.say(lang)):
            for example in examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")
