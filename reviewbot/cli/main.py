"""The `reviewbot` command: one group, one module for each command."""

from __future__ import annotations

import click

from reviewbot import __version__
from reviewbot.cli.program import Program
from reviewbot.cli.settings import defaults_for, settings_option

__all__ = ["main"]

# Each command is a name of the module that it stands with, and the first sentence of its help. It is loaded when it is
# asked for: a scan with its index takes less time than loading all the others would, and so does the list of them.
COMMANDS = {
    "review": ("review", "Review a patch series and write a report"),
    "fetch": ("fetch", "Get the mails of a series and write them in order: cover letter, patches, then the replies"),
    "scan": ("scan", "Audit a whole kernel tree, or only the PATHs below it, without a patch"),
    "contract": ("contract", ("Print what a kernel tree teaches about each FUNCTION: what it gives back, how its "
                              "callers treat that, what undoes it, and what it demands of a caller")),
    "resolve": ("resolve", ("Print which definition of each SYMBOL every architecture and configuration of a kernel "
                            "tree gets")),
    "model": ("model", "Read the embedded architecture model, ask it, or hold it against a kernel tree"),
    "reply": ("reply", "Write the answers to a series as drafts of mail, one for each patch with something to ask"),
    "suppress": ("suppressed", ("Do not tell finding ID again, in this series, its later versions, or elsewhere: for "
                                "a reason")),
    "serve": ("serve", "Browse the finished reviews of a folder in a web browser, on this machine only"),
    "index": ("index", ("Build or refresh the index of a kernel tree, so that the next scan or review of it need not "
                        "read it anew")),
    "completion": ("completion", ("Print the script that makes SHELL complete commands, options and formats, or "
                                  "install it")),
    "why": ("why", "Say what a row, a finding or a cell of a finished review rests on"),
    "rules": ("rules", "List the rules, one a line: what each finds and at which level"),
    "explain": ("rules", "Explain one RULE: its reason, how to fix what it finds, a bad and a good example"),
}


@click.group(cls=Program, commands_in=COMMANDS,
             context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@settings_option
@click.version_option(__version__, "-V", "--version", prog_name="reviewbot")
@click.pass_context
def main(context: click.Context) -> None:
    """Review Linux kernel patch series that touch kernel memory mappings."""
    if context.invoked_subcommand == "review":
        command = context.command
        assert isinstance(command, click.Group)
        review = command.get_command(context, "review")
        assert review is not None
        context.default_map = {"review": defaults_for(review, context)}
