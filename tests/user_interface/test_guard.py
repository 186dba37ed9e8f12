"""No foreign page changes anything through the UI: real requests to Dagster's own webserver."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from warehouse_assets.user_interface.development import with_guard

PUBLIC = "ui.example.com"
FOREIGN = "http://evil.example"
MUTATION = 'mutation { terminateRun(runId: "no") { __typename } }'
NAMED = 'mutation Named { terminateRun(runId: "no") { __typename } }'
QUERY = "{ version }"
_PATIENCE = 120


@dataclass(frozen=True)
class Server:
    """The webserver on loopback."""

    port: int

    @property
    def own(self) -> str:
        """The origin of its own pages."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, str]:
        """Status and text; `_` in a header's name stands for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def graphql(self, query: str, **headers: str) -> tuple[int, str]:
        """Asked as the UI asks."""
        body = json.dumps({"query": query})
        return self.ask("POST", "/graphql", body, **{"Content_Type": "application/json"} | headers)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Iterator[Server]:
    """With a public name, and no tables."""
    home = tmp_path_factory.mktemp("dagster")
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "warehouse_assets.user_interface"),
            *("--port", str(port), "--empty-workspace"),
        ],
        cwd=project_root,
        env={**os.environ, "DAGSTER_HOME": str(home), "LEDGERLAKE_UI_HOSTS": f"x.example,{PUBLIC}"},
        start_new_session=True,
    )
    server, end = Server(port), time.monotonic() + _PATIENCE
    try:
        while True:
            assert process.poll() is None and time.monotonic() < end
            try:
                if server.ask("GET", "/server_info")[0] == 200:
                    break
            except OSError:
                time.sleep(0.2)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_ui_and_programs_work_as_before(server: Server) -> None:
    for origin in ({}, {"Origin": server.own}):
        assert '"version"' in server.graphql(QUERY, **origin)[1]
        status, said = server.graphql(MUTATION, **origin)
        assert (status, "terminateRun" in said) == (200, True)
    status, page = server.ask("GET", "/", Accept="text/html")
    assert (status, "<html" in page.lower()) == (200, True)
    assert server.ask("GET", f"/graphql?query={quote(QUERY)}")[0] == 200
    assert server.ask("GET", "/runs", Referer=FOREIGN, Sec_Fetch_Site="cross-site")[0] == 200
    for host in (f"localhost:{server.port}", "localhost:9999", "[::1]:1", PUBLIC):
        assert server.graphql(MUTATION, Host=host, Origin=f"http://{host}")[0] == 200
    # A proxy may say where it found the UI, and not where people found the proxy.
    assert server.graphql(MUTATION, Origin=f"https://{PUBLIC}")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": FOREIGN},
        {"Origin": "null"},
        {"Origin": "http://localhost:8888"},
        {"Origin": "https://127.0.0.1.evil.example"},
        {"Origin": f"https://{PUBLIC}.evil.example"},
        {"Origin": f"https://{PUBLIC}:8443"},
        {"Referer": f"{FOREIGN}/page"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_mutation_of_another_origin_is_refused(server: Server, headers: dict[str, str]) -> None:
    status, said = server.graphql(MUTATION, **headers)
    assert (status, "another origin" in said) == (403, True)


@pytest.mark.parametrize("path", ["/graphql", "/report_asset_materialization/a", "/anything"])
def test_every_way_to_change_something_is_guarded(server: Server, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert server.ask(method, path, "{}", Origin=FOREIGN)[0] == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "localhost@evil", ""]
)
def test_a_name_that_a_foreign_server_lets_point_here_is_refused(server: Server, host: str) -> None:
    for status in (
        server.graphql(MUTATION, Host=host)[0],
        server.graphql(MUTATION, Host=host, Origin=f"http://{host}")[0],
        server.ask("GET", "/", Host=host)[0],
        server.ask("GET", "/graphql", Host=host)[0],
    ):
        assert status in (400, 403)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "query",
    [
        MUTATION,
        NAMED,
        'query Q { version } mutation M { terminateRun(runId: "n") { __typename } }',
        "subscription { capturedLogs(logKey: []) { stdout } }",
        "mutation {",
    ],
)
def test_an_address_changes_nothing(server: Server, method: str, query: str) -> None:
    for before in ("", "query=%7Bversion%7D&", "operationName=M&"):
        path = f"/graphql?{before}query={quote(query)}"
        assert server.ask(method, path)[0] in (400, 405)
        assert server.ask(method, path, Accept="text/html")[0] in (400, 405)


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        # A page may send this without asking; Dagster would take it for JSON.
        "text/plain; application/json",
        None,
    ],
)
def test_a_form_changes_nothing(server: Server, kind: str | None) -> None:
    headers = {"Content_Type": kind} if kind else {}
    body = json.dumps({"query": MUTATION})
    for path in ("/graphql", f"/graphql?query={quote(MUTATION)}", f"/graphql/?query={QUERY}"):
        assert server.ask("POST", quote(path, "/?=&%"), body, **headers)[0] in (405, 415)


def test_a_websocket_of_another_origin_is_refused(server: Server) -> None:
    address = f"ws://127.0.0.1:{server.port}/graphql"
    for origin in (None, server.own, f"https://{PUBLIC}"):
        headers = {"Origin": origin} if origin else {}
        with connect(address, subprotocols=["graphql-ws"], additional_headers=headers) as socket_:
            socket_.send('{"type": "connection_init"}')
            assert json.loads(socket_.recv(timeout=30))["type"] == "connection_ack"
    for headers in (
        {"Origin": FOREIGN},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(address, subprotocols=["graphql-ws"], additional_headers=headers),
        ):
            pass
        assert refused.value.response.status_code == 403


def test_no_foreign_page_frames_the_ui(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/")
    assert connection.getresponse().headers["X-Frame-Options"] == "SAMEORIGIN"
    connection.close()


def test_dagster_dev_starts_no_webserver_without_the_guard() -> None:
    webserver = with_guard(["python", "-m", "dagster_webserver", "--port", "1"])
    assert webserver == ["python", "-m", "warehouse_assets.user_interface", "--port", "1"]
    daemon = ["python", "-m", "dagster._daemon", "run"]
    assert with_guard(daemon) == daemon
    with pytest.raises(RuntimeError, match="not known to be safe"):
        with_guard(["python", "-m", "another_webserver"])
