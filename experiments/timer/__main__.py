"""Take turns: `python -m experiments.timer REPLIES`, a request a line on standard input.

The process sleeps between turns until the next request. Its exit status is that of the worker.
"""

import argparse
import json
import sys

from experiments.timer import turn
from experiments.worker import serve


def main():
    """Read the command line and serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m experiments.timer")
    parser.add_argument("replies", help="JSON lines, appended to as turns end")
    arguments = parser.parse_args()
    requests = (json.loads(line) for line in iter(sys.stdin.readline, ""))
    return serve.serve(requests, arguments.replies, turn.run)


if __name__ == "__main__":
    sys.exit(main())
