"""Dagster's webserver and daemon as `make dev` starts them, on a free port."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

_PATIENCE = 300  # seconds; a start on two busy cores took 40, on overloaded ones 120
_RUN_PATIENCE = 900  # the whole warehouse; beside other tests on two cores it took 150
_GRACE = 10
_LEDGERLAKE = "from warehouse_assets.command_line.main import app; app()"
_LAUNCH = """
mutation ($selector: JobOrPipelineSelector!, $partition: String!) {
  launchRun(executionParams: {
    selector: $selector, runConfigData: {},
    executionMetadata: {tags: [{key: "dagster/partition", value: $partition}]}
  }) {
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
_STATUS = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"


@dataclass(frozen=True)
class Webserver:
    """A webserver that answers at `address`."""

    address: str

    def query(self, text: str, **variables: object) -> dict[str, Any]:
        """Ask its GraphQL; the answer's data."""
        body = json.dumps({"query": text, "variables": variables}).encode()
        request = Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=_PATIENCE) as response:
            answer = json.load(response)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def launch(self, job: str, partition: str) -> str:
        """Launch the job for a partition, as the launch button does; the run's id."""
        selector = {
            "repositoryLocationName": "ledgerlake",
            "repositoryName": "__repository__",
            "jobName": job,
        }
        launched = self.query(_LAUNCH, selector=selector, partition=partition)["launchRun"]
        assert "run" in launched, launched
        return launched["run"]["runId"]

    def wait_for_run(self, run: str) -> str:
        """The run's status once it is over."""
        end = time.monotonic() + _RUN_PATIENCE
        while (status := self.query(_STATUS, run=run)["runOrError"]["status"]) not in (
            "SUCCESS",
            "FAILURE",
            "CANCELED",
        ):
            assert time.monotonic() < end, f"the run is still {status}"
            time.sleep(0.2)
        return status


@contextmanager
def serve(environment: Mapping[str, str], project_root: Path) -> Generator[Webserver]:
    """Run `ledgerlake ui` for as long as the context is open."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", _LEDGERLAKE, "ui", "--port", str(port)],
        cwd=project_root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that all it starts ends with it
        preexec_fn=_heed_interrupts,
    )
    try:
        webserver = Webserver(f"http://127.0.0.1:{port}")
        _wait_until_up(webserver, process)
        yield webserver
    finally:
        _stop(process)


def _heed_interrupts() -> None:
    # Under a shell that runs in the background, SIGINT is ignored, and Dagster then ignores
    # SIGTERM too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_until_up(webserver: Webserver, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, f"the webserver ended with code {process.returncode}"
        try:
            webserver.query("query { version }")
            return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("the webserver does not answer")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for order in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, order)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
