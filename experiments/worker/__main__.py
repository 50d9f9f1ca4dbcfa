"""Serve one requests file: `python -m experiments.worker REQUESTS REPLIES`, from the run's folder.

Exit status 0 whatever the cells did; 3 if TensorFlow cannot be imported; anything else is our bug.
"""

import argparse
import json
import sys

from experiments.worker import cell, serve


def main():
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m experiments.worker", description=__doc__)
    parser.add_argument("requests", help="JSON lines, one request each")
    parser.add_argument("replies", help="JSON lines, appended to as cells end")
    arguments = parser.parse_args()
    with open(arguments.requests) as stream:
        requests = [json.loads(line) for line in stream]
    return serve.serve(requests, arguments.replies, cell.run)


if __name__ == "__main__":
    sys.exit(main())
