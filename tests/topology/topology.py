"""The production topology as plain processes, set up by the files of docker/."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from resources.settings import Settings
from tests.servers.postgres import PostgresDatabase
from tests.starrocks_stand_in.process import environment_of
from tests.topology.graphql import Graphql
from tests.topology.processes import Service
from tests.topology.sockets import answers, free_port

_LEDGERLAKE = "from warehouse_assets.command_line.main import app; app()"
_SETUP = [sys.executable, "-c", _LEDGERLAKE, "starrocks", "setup"]
_DAGSTER = [sys.executable, "-m", "dagster"]
_DAEMON = [sys.executable, "-m", "dagster._daemon"]
# What production waits for, seconds; a test has less time. Within the grace the daemon has to load
# the code location again: it tries once to run again what has failed.
_PATIENCE = {"poll_interval_seconds": 1, "grace_seconds": 20}
_WEBSERVER = [sys.executable, "-m", "user_interface"]


@dataclass
class Topology:
    """Code location, webserver and daemon over one lake, which `settings` describes."""

    settings: Settings
    environment: dict[str, str]
    setup: Service
    code: Service
    webserver: Service
    daemon: Service
    graphql: Graphql

    def start(self) -> None:
        """Start all, as the conditions in compose.yaml have it; wait until it can be used."""
        self.setup.start()
        self.start_code()
        self.daemon.start()
        self.webserver.start()
        self.setup.wait_for_success()
        self.webserver.wait_until(self._is_loaded, "serving the tables")

    def start_code(self) -> None:
        """Start the code location; wait until it listens. The others find it again by itself."""
        self.code.start()
        port = int(self.environment["DAGSTER_CODE_PORT"])
        self.code.wait_until(lambda: answers(port), "listening")

    def wait_for(self, found: Callable[[], str | None], what: str) -> str:
        """Wait until the daemon has got so far; what was found."""
        last: list[str] = []

        def look() -> bool:
            last[:] = [each for each in [found()] if each]
            return bool(last)

        self.daemon.wait_until(look, what)
        return last[0]

    def _is_loaded(self) -> bool:
        try:
            return self.graphql.knows_tables()
        except (URLError, ConnectionError):
            return False

    def kill(self) -> None:
        """End all."""
        for service in (self.daemon, self.webserver, self.code, self.setup):
            service.kill()


@contextmanager
def topology(
    lake: Settings, database: PostgresDatabase, folder: Path, project_root: Path
) -> Generator[Topology]:
    """Not started yet; what was started is killed at the end.

    Args:
        lake: Settings of the lake, with StarRocks.
        database: An empty database for Dagster.
        folder: Where logs are kept.
        project_root: The checkout.
    """
    docker = project_root / "docker"
    home = folder / "dagster"
    home.mkdir(parents=True)
    configuration = (docker / "dagster.yaml").read_text(encoding="utf-8")
    for setting, patience in _PATIENCE.items():
        assert f"{setting}: 30\n" in configuration
        configuration = configuration.replace(f"{setting}: 30", f"{setting}: {patience}")
    (home / "dagster.yaml").write_text(configuration, encoding="utf-8")
    ports = {"code": free_port(), "webserver": free_port()}
    dagster = {
        **{name: text for name, text in os.environ.items() if not name.startswith("LEDGERLAKE_")},
        "PYTHONPATH": str(docker),
        "DAGSTER_HOME": str(home),
        "DAGSTER_LOGS": str(folder / "logs"),
        "DAGSTER_POSTGRES_HOST": database.host,
        "DAGSTER_POSTGRES_PORT": str(database.port),
        "DAGSTER_POSTGRES_DATABASE": database.database,
        "DAGSTER_POSTGRES_USER": database.user,
        "DAGSTER_POSTGRES_PASSWORD": database.password,
        "DAGSTER_EVENT_LOG_CONSUMER_DAEMON_INTERVAL_SECONDS": "1",
        "DAGSTER_CODE_HOST": "127.0.0.1",
        "DAGSTER_CODE_PORT": str(ports["code"]),
    }
    # As in the image: the guard's folder, and nothing else of the project.
    shutil.copytree(project_root / "warehouse_assets" / "user_interface", folder / "user_interface")
    guarded = {**dagster, "PYTHONPATH": f"{docker}:{folder}"}
    code = {**environment_of(lake), **dagster, "PYTHONPATH": f"{docker}:{project_root}"}

    def service(name: str, environment: dict[str, str], *command: str | Path) -> Service:
        return Service(name, command, environment, folder, folder / f"{name}.log")

    loopback = ("--host", "127.0.0.1")
    workspace = ("--workspace", docker / "workspace.yaml")
    grpc = ("api", "grpc", *loopback, "--port", str(ports["code"]), "--module-name", "definitions")
    serve = (*loopback, "--port", str(ports["webserver"]))
    started = Topology(
        lake,
        code,
        service("setup", code, *_SETUP),
        service("code", code, *_DAGSTER, *grpc),
        service("webserver", guarded, *_WEBSERVER, *serve, *workspace),
        service("daemon", dagster, *_DAEMON, "run", *workspace),
        Graphql(f"http://127.0.0.1:{ports['webserver']}"),
    )
    try:
        yield started
    finally:
        started.kill()
