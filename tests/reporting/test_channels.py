"""Reports are sent to a webhook and by e-mail; a channel that fails says so, and no secret."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from resources.settings import Settings
from tests.reporting.example_report import report
from warehouse_assets.reporting.channels import send
from warehouse_assets.reporting.report_files import ReportFiles, write_files

SECRET = "hook-secret-5b1f"


@pytest.fixture
def files(tmp_path: Path) -> ReportFiles:
    return write_files(report(), tmp_path, ZoneInfo("Asia/Shanghai"))


@contextmanager
def webhook(status: int = 200) -> Generator[tuple[str, list[dict[str, object]]]]:
    """A webhook of this machine: its address, and what it was told."""
    told: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status, f"bad {self.path}")
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{server.server_port}/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{SECRET}", told
    finally:
        server.shutdown()
        server.server_close()


class MailHandler(socketserver.StreamRequestHandler):
    """A mail server that takes what it gets."""

    def handle(self) -> None:
        self._say("220 here")
        for line in iter(self.rfile.readline, b""):
            command = line.decode().strip().upper()
            if command.startswith("DATA"):
                self._say("354 go on")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += self.rfile.readline()
                self.server.mails.append(text.decode())  # type: ignore[attr-defined]
            self._say("221 bye" if command == "QUIT" else "250 well")
            if command == "QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server() -> Generator[tuple[int, list[str]]]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailHandler)
    server.mails = mails = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], mails
    finally:
        server.shutdown()
        server.server_close()


def test_without_channels_nothing_is_sent(files: ReportFiles) -> None:
    assert send(report(), files, Settings()) == []
    # As a variable that is set to nothing.
    empty = Settings(report_webhook=SecretStr(""), report_email_to="")
    assert send(report(), files, empty) == []


def test_mail_to_nobody_is_a_problem_and_stops_no_other_channel(files: ReportFiles) -> None:
    with webhook() as (address, told):
        settings = Settings(report_email_to=" , ", report_webhook=SecretStr(address))
        found = {each.channel: each.problem for each in send(report(), files, settings)}
    assert found == {"webhook": None, "e-mail": "LEDGERLAKE_REPORT_EMAIL_TO names nobody"}
    assert len(told) == 1


def test_a_webhook_is_told_the_figures(files: ReportFiles) -> None:
    with webhook() as (address, told):
        [delivery] = send(report(), files, Settings(report_webhook=SecretStr(address)))
    assert delivery.problem is None
    [body] = told
    assert "rec_payment_bill: 3 open items, 12.37 CNY, 1 of them overdue" in str(body["text"])
    assert "rec_wallet: no results of the day" in str(body["text"])
    assert body["workbook"] == files.workbook.name


@pytest.mark.parametrize("status", [302, 500])
def test_a_webhook_that_fails_is_a_problem_without_the_secret(
    files: ReportFiles, status: int
) -> None:
    with webhook(status) as (address, told):
        [delivery] = send(report(), files, Settings(report_webhook=SecretStr(address)))
    assert len(told) == 1, "told once, and nobody else"
    assert delivery.problem is not None
    assert str(status) in delivery.problem
    assert SECRET not in delivery.problem
    assert files.page.exists()


@pytest.mark.parametrize(
    "address",
    [
        f"http://example.org/{SECRET}",
        f"file:///{SECRET}",
        f"https://127.0.0.1:9/{SECRET}",
        f"https://127.0.0.1:{SECRET}/a",
        f"https://127.0.0.1 /{SECRET}",
        f"https://[{SECRET}/",
        f"https://{SECRET}\u2100.org/",
    ],
)
def test_an_address_that_will_not_do(files: ReportFiles, address: str) -> None:
    [delivery] = send(report(), files, Settings(report_webhook=SecretStr(address)))
    assert delivery.problem is not None
    assert SECRET not in delivery.problem


def test_a_server_that_speaks_no_http_is_a_problem(files: ReportFiles) -> None:
    class Babbles(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(b"S3 " + SECRET.encode() + b"\r\n\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Babbles) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/{SECRET}"
        [delivery] = send(report(), files, Settings(report_webhook=SecretStr(address)))
    assert delivery.problem == "BadStatusLine"


def test_the_mail_has_both_files(files: ReportFiles) -> None:
    with mail_server() as (port, mails):
        settings = Settings(
            report_email_to="finance@example.org, audit@example.org",
            report_smtp_host="127.0.0.1",
            report_smtp_port=port,
            report_smtp_tls=False,
        )
        [delivery] = send(report(), files, settings)
    assert delivery == type(delivery)("e-mail", None)
    [mail] = mails
    for part in ("Subject: Reconciliations of 2026-03-03", "To: finance@example.org, audit@",
                 files.page.name, files.workbook.name):  # fmt: skip
        assert part in mail


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "LEDGERLAKE_REPORT_SMTP_HOST is not set"),
        ({"report_smtp_host": "mail.example.org", "report_smtp_tls": False,
          "report_smtp_password": SecretStr(SECRET)}, ""),
    ],
)  # fmt: skip
def test_mail_that_cannot_be_sent_is_a_problem(
    files: ReportFiles, options: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smtplib.SMTP.connect", lambda *_, **__: (220, b""))
    settings = Settings(report_email_to="finance@example.org").model_copy(update=options)
    [delivery] = send(report(), files, settings)
    assert delivery.problem is not None
    assert said in delivery.problem
    assert SECRET not in delivery.problem
