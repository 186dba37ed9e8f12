"""The stand-in as a process: `python -m tests.starrocks_stand_in --port 9030`.

It serves the lake that the LEDGERLAKE_* variables name. When it listens it prints one line of JSON
with its addresses and user; the password is the STAND_IN_PASSWORD of the environment. It ends with
SIGTERM, SIGINT, or with the process that holds its standard input.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from resources.settings import load_settings
from tests.starrocks_stand_in.stand_in import StandIn


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="starrocks_stand_in", description=__doc__)
    parser.add_argument("--port", type=int, action="append", help="one for each front end")
    parser.add_argument("--version", default="4.0.9", help="what it says it is")
    parser.add_argument("--record", type=Path, help="file that statements are written to")
    parser.add_argument("--faults", type=Path, help="file that faults are read from")
    parser.add_argument("--run-seconds", type=float, default=0.01, help="of a view's task run")
    parser.add_argument(
        "--bare", action="store_true", help="with the administrator only, before any setup"
    )
    arguments = parser.parse_args()
    ports: list[int] = arguments.port or [0]
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    threading.Thread(target=_wait_for_parent, args=(ended,), daemon=True).start()
    with StandIn.start(
        load_settings(),
        version=arguments.version,
        front_ends=len(ports),
        prepared=not arguments.bare,
        run_seconds=arguments.run_seconds,
        ports=ports,
        password=os.environ.get("STAND_IN_PASSWORD"),
        record=arguments.record,
        faults=arguments.faults,
    ) as stand_in:
        ready = {"front_ends": stand_in.front_ends, "user": stand_in.user}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        ended.wait()


def _wait_for_parent(ended: threading.Event) -> None:
    """A test that is killed leaves no server behind."""
    if not sys.stdin.isatty():
        while sys.stdin.read(1):
            pass
        ended.set()


if __name__ == "__main__":
    main()
