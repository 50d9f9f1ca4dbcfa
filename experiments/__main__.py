"""The command line: `python -m experiments COMMAND [OVERRIDES…]`, as the nox sessions call it.

Exit status: 0 when everything planned was recorded, whatever Keras did; 1 when the harness failed
somewhere; 2 when the configuration or the command line is at fault and nothing was run; 130 when it
was interrupted, by the keyboard or by SIGTERM.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from rich.console import Console

from experiments import commands
from experiments.config.faults import ConfigFaultsError, Fault

INTERRUPTED = 130
RUNS = ("matrix", "save", "load", "record", "cell")
CAMPAIGNS = ("timings", "corruption")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(prog="python -m experiments", description=__doc__)
    choices = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in RUNS:
        command = choices.add_parser(name, help=getattr(commands, name).__doc__)
        command.add_argument(
            "--dry-run", action="store_true", help="say what would run, run nothing"
        )
        command.add_argument("--environment", default="", help="work in this environment alone")
        if name == "cell":
            command.add_argument("--pdb", action="store_true", help="stop where Keras raises")
    for name in CAMPAIGNS:
        command = choices.add_parser(name, help=getattr(commands, name).__doc__)
        command.add_argument(
            "--dry-run", action="store_true", help="say what would run, run nothing"
        )
    choices.add_parser("gather", help=commands.gather.__doc__)
    choices.add_parser("publish-timings", help=commands.publish_timings.__doc__)
    choices.add_parser("publish-corruption", help=commands.publish_corruption.__doc__)
    choices.add_parser("publish", help=commands.publish.__doc__)
    choices.add_parser("verify", help=commands.verify.__doc__)
    choices.add_parser("archive", help=commands.archive.__doc__)
    choices.add_parser("judge", help=commands.judge.__doc__)
    choices.add_parser("lock", help=commands.lock.__doc__)
    choices.add_parser("doctor", help=commands.doctor.__doc__)
    choices.add_parser("chaos", help=commands.chaos.__doc__)
    choices.add_parser("bench", help=commands.bench.__doc__)
    return top


def main(words: Sequence[str]) -> int:
    """Carry out one command; return its exit status."""
    console = Console(file=sys.stdout)
    known, rest = parser().parse_known_args(words)
    try:
        unknown = [word for word in rest if word.startswith("-")]
        if unknown:
            fix = (
                "The options are --dry-run and --environment NAME; all else is KEY=VALUE or an id."
            )
            raise ConfigFaultsError(Fault(word, "unknown option", fix) for word in unknown)
        return commands.run(known, rest, console)
    except KeyboardInterrupt:
        console.print("Interrupted. What was recorded is kept; the same command goes on from here.")
        return INTERRUPTED
    except OSError as error:
        Console(stderr=True).print(
            f"Stopped: {error}. What was recorded is kept; the same command goes on from there.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        return commands.HARNESS_FAILED
    except ConfigFaultsError as error:
        count = len(error.faults)
        Console(stderr=True).print(
            f"{count} fault{'s' * (count > 1)}; nothing was run.\n\n{error}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        return 2


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Be told to end as by the keyboard: what is at work is ended, what was recorded is kept."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # the first is ignored in the background
        signal.signal(number, _interrupt)
    sys.exit(main(sys.argv[1:]))
