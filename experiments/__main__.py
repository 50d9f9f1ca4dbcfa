"""The command line: `python -m experiments COMMAND [WORDS…]`, as the nox sessions call it.

Exit status: 0 when everything planned was recorded, whatever Keras did; 1 when the harness failed
somewhere; 2 when the configuration or the command line is at fault and nothing was run; 130 when
the keyboard or SIGTERM interrupted it.
"""

from __future__ import annotations

import argparse
import pkgutil
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from rich.console import Console

from experiments import tools
from experiments.commands import COMMANDS, Call, Command
from experiments.config.faults import ConfigFaultsError, Fault, nearest

HARNESS_FAILED, CONFIG_FAULT, INTERRUPTED = 1, 2, 130
HELP = ("-h", "--help")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the first word, which names the command."""
    top = argparse.ArgumentParser(prog="python -m experiments", description=__doc__)
    choices = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        choices.add_parser(command.name, help=command.help, add_help=False)
    return top


def call_parser(command: Command, call: Call) -> argparse.ArgumentParser:
    """Return the parser of the options of one call."""
    which = [f"[{'|'.join(command.which)}]"] if command.which else []
    words = [f"[{call.words} …]"] if call.words else []
    options = [f"[{option.name} {option.metavar}".strip() + "]" for option in call.options]
    options_parser = argparse.ArgumentParser(
        prog=f"python -m experiments {command.name}",
        usage=" ".join([f"nox -s {command.name} --", *which, *options, *words]),
        description=command.help,
        epilog="\n".join(f"  {name:<12}{each.help}" for name, each in command.which.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for option in call.options:
        if option.metavar:
            options_parser.add_argument(
                option.name, help=option.help, metavar=option.metavar, default=""
            )
        else:
            options_parser.add_argument(option.name, help=option.help, action="store_true")
    return options_parser


def carry_out(command: Command, words: Sequence[str], console: Console) -> int:
    """Call the function or program that the words name; return its exit status."""
    try:
        call, words = command.chosen(words)
    except KeyError as unknown:
        word = str(unknown.args[0])
        problem = f"is nothing that {command.name} knows"
        raise ConfigFaultsError([Fault(word, problem, nearest(word, command.which))]) from None
    if call.is_program:
        if command.which and words[:1] and words[0] in HELP:
            call_parser(command, call).print_help()
            return 0
        return tools.run([sys.executable, "-m", call.target, *words])
    options, words = call_parser(command, call).parse_known_args(words)
    faults = [_unknown_option(call, word) for word in words if word.startswith("-")]
    if not call.words:
        problem = f"{command.name} takes no arguments"
        faults += [Fault(word, problem, "Leave it out.") for word in words if word[0] != "-"]
    if faults:
        raise ConfigFaultsError(faults)
    status: int = pkgutil.resolve_name(call.target)(words, console, **vars(options))
    return status


def _unknown_option(call: Call, word: str) -> Fault:
    options = " and ".join(f"{option.name} {option.metavar}".strip() for option in call.options)
    fix = f"The options are {options}" if options else "There are no options"
    return Fault(word, "unknown option", f"{fix}; all else is {call.words or 'nothing'}.")


def main(words: Sequence[str]) -> int:
    """Carry out one command; return its exit status."""
    console = Console(file=sys.stdout)
    command = COMMANDS[parser().parse_args(words[:1]).command]
    try:
        return carry_out(command, words[1:], console)
    except KeyboardInterrupt:
        console.print("Interrupted. What was recorded is kept; the same command goes on from here.")
        return INTERRUPTED
    except OSError as error:
        complain(f"Stopped: {error}. What was recorded is kept; the same command goes on from it.")
        return HARNESS_FAILED
    except ConfigFaultsError as error:
        count = len(error.faults)
        complain(f"{count} fault{'s' * (count > 1)}; nothing was run.\n\n{error}")
        return CONFIG_FAULT


def complain(text: str) -> None:
    """Print a text to standard error as it is."""
    Console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Treat a signal as an interruption by the keyboard, so that workers end and replies stay."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # the first is ignored in the background
        signal.signal(number, interrupt)
    sys.exit(main(sys.argv[1:]))
