"""Serve one requests file: `python -m experiments.worker REQUESTS REPLIES`, from the run's folder.

`--foreground REQUESTS` carries the first request out in this process instead, with its output on
the terminal; `--pdb` opens the debugger where the release raises. Exit status 0 for any outcome of
its cells; 3 if TensorFlow cannot be imported; any other status is a bug of the suite.
"""

import argparse
import json
import sys

from experiments.worker import cell, serve


def main():
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m experiments.worker")
    parser.add_argument("requests", help="JSON lines, one request each")
    parser.add_argument("replies", nargs="?", help="JSON lines, appended to as cells end")
    parser.add_argument("--foreground", action="store_true", help="answer the first here and now")
    parser.add_argument("--pdb", action="store_true", help="stop where the release raises")
    arguments = parser.parse_args()
    with open(arguments.requests) as stream:
        requests = [json.loads(line) for line in stream]
    if arguments.foreground:
        from experiments.worker import foreground

        return foreground.run(requests[0], arguments.pdb)
    return serve.serve(requests, arguments.replies, cell.run)


if __name__ == "__main__":
    sys.exit(main())
