"""The ``lims`` command. Subcommands are imported when they are called, so that ``lims --help`` starts at once."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from lims.errors import LimsError

#: name -> (module and function, one line of help)
COMMANDS = {
    "version": ("lims.commands.basics:version", "Print the version."),
    "init": ("lims.commands.basics:init", "Create an empty installation and print the setup token."),
    "up": ("lims.commands.serving:up", "Migrate, load the demonstration at the first start, serve with a worker."),
    "serve": ("lims.commands.serving:serve", "Serve the web application."),
    "worker": ("lims.commands.serving:worker", "Do the long jobs."),
    "demo": ("lims.commands.basics:demo", "Load the demonstration into an empty LIMS_HOME."),
    "db": ("lims.commands.database:db", "Upgrade, back up, restore and verify the database."),
    "user": ("lims.commands.people:user", "Add people."),
    "token": ("lims.commands.people:token", "Make API tokens."),
    "instruments": ("lims.commands.instruments:instruments", "List parsers and read instrument files."),
    "samples": ("lims.commands.samples:samples", "Write templates of samples and import filled ones."),
    "round": ("lims.commands.rounds:round_", "List rounds and write their reports."),
    "validation": ("lims.commands.validation:validation", "List validation studies and write their reports."),
    "report": ("lims.commands.reports:report", "Verify that a report is untouched."),
    "statistics": ("lims.commands.statistics:statistics", "Verify the statistics against reference cases."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_where, line) in COMMANDS.items()])


@click.command(cls=LazyGroup)
def lims() -> None:
    """Laboratory information of customs and disease control: samples, instrument files, comparison rounds."""


def main() -> Any:
    """Run the command; an error of ours is one sentence and exit code 1, never a trace."""
    try:
        code = lims.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except LimsError as error:
        from lims.words import say

        click.echo(say(error, _language()), err=True)
        sys.exit(1)


def _language() -> str:
    import os

    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh_CN" if spoken.startswith("zh") else "en"
