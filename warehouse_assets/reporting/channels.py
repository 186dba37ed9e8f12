"""Tells people that a report was made: a webhook, e-mail. What fails is said; the report stays."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from resources.errors import said_by
from warehouse_assets.reporting.day_report import DayReport, unit

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.reporting.report_files import ReportFiles

_SECONDS = 30
_IMPLICIT_TLS_PORT = 465
_HTML = ("text", "html")
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Delivery:
    """How one channel fared; `problem` None: the report was taken. It has no secret in it."""

    channel: str
    problem: str | None


class _NotSetUp(ValueError):
    """A channel is not set as it has to be; the text has nothing of the setting in it."""


def send(report: DayReport, files: ReportFiles, settings: Settings) -> list[Delivery]:
    """Send the report to every channel that is set; one that fails stops no other."""
    channels: dict[str, Callable[[DayReport, ReportFiles, Settings], None]] = {}
    if settings.report_webhook:
        channels["webhook"] = _post
    if settings.report_email_to:
        channels["e-mail"] = _mail
    return [
        Delivery(name, _problem(deliver, report, files, settings))
        for name, deliver in channels.items()
    ]


def summary_text(report: DayReport) -> str:
    """The report in a few lines of text."""
    lines = [f"Reconciliations of {report.day} ({report.date_standing.standing})"]
    for each in report.rules:
        if not each.has_results:
            lines.append(f"{each.rule}: no results of the day")
        for totals in each.totals:
            if totals.open:
                amount = f"{totals.open_amount:,f} {unit(totals.currency)}".rstrip()
                overdue = f", {totals.overdue:,} of them overdue" if totals.overdue else ""
                lines.append(f"{each.rule}: {totals.open:,} open items, {amount}{overdue}")
    if len(lines) == 1:
        lines.append("Nothing is open.")
    return "\n".join(lines)


def _problem(
    deliver: Callable[[DayReport, ReportFiles, Settings], None],
    report: DayReport,
    files: ReportFiles,
    settings: Settings,
) -> str | None:
    try:
        deliver(report, files, settings)
    except (OSError, HTTPException, smtplib.SMTPException, ValueError) as error:
        return _without_secrets(_said(error), settings)
    return None


def _said(error: Exception) -> str:
    """What went wrong. Not in the words of the server, or of who takes an address to pieces.

    Either may repeat a part of the secret, which nobody could tell from the rest.
    """
    match error:
        case urllib.error.HTTPError():
            return f"it answered {error.code}"
        case smtplib.SMTPResponseException():
            return f"{type(error).__name__}: it answered {error.smtp_code}"
        case _NotSetUp():
            return str(error)
        case smtplib.SMTPException() | HTTPException() | ValueError():
            return type(error).__name__
        case _:
            return f"{type(error).__name__}: {said_by(error)}"


def _post(report: DayReport, files: ReportFiles, settings: Settings) -> None:
    """Tell the webhook in JSON: `text`, as chat programs take it, and the figures of each rule."""
    assert settings.report_webhook is not None
    address = settings.report_webhook.get_secret_value()
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise _NotSetUp("the address of a webhook begins with https://")
    body = {
        "text": summary_text(report),
        "day": str(report.day),
        "standing": str(report.date_standing.standing),
        "page": files.page.name,
        "workbook": files.workbook.name,
        "rules": [
            {
                "rule": each.rule,
                "has_results": each.has_results,
                "totals": [
                    {
                        "currency": totals.currency,
                        "matched": totals.matched,
                        "open": totals.open,
                        "overdue": totals.overdue,
                        "open_amount": str(totals.open_amount),
                    }
                    for totals in each.totals
                ],
            }
            for each in report.rules
        ],
    }
    request = urllib.request.Request(
        address,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "ledgerlake"},
        method="POST",
    )
    # Redirects are not followed: the report goes nowhere but to the address that is set.
    opener = urllib.request.build_opener(_NoRedirect())
    with opener.open(request, timeout=_SECONDS):
        pass


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """None: an answer that points elsewhere is an error."""


def _mail(report: DayReport, files: ReportFiles, settings: Settings) -> None:
    """Mail the page and the workbook."""
    to = [each.strip() for each in (settings.report_email_to or "").split(",") if each.strip()]
    if not to:
        raise _NotSetUp("LEDGERLAKE_REPORT_EMAIL_TO names nobody")
    if not settings.report_smtp_host:
        raise _NotSetUp("LEDGERLAKE_REPORT_SMTP_HOST is not set")
    message = EmailMessage()
    message["Subject"] = summary_text(report).partition("\n")[0]
    message["From"] = settings.report_email_from or to[0]
    message["To"] = ", ".join(to)
    message.set_content(summary_text(report))
    for path, (main, sub) in ((files.page, _HTML), (files.workbook, _XLSX)):
        message.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=path.name)
    with _server(settings) as server:
        if settings.report_smtp_user and settings.report_smtp_password:
            server.login(
                settings.report_smtp_user, settings.report_smtp_password.get_secret_value()
            )
        server.send_message(message)


def _server(settings: Settings) -> smtplib.SMTP:
    host, port = str(settings.report_smtp_host), settings.report_smtp_port
    context = ssl.create_default_context()
    if settings.report_smtp_tls and port == _IMPLICIT_TLS_PORT:
        return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=_SECONDS)
    if settings.report_smtp_tls:
        server.starttls(context=context)
    elif settings.report_smtp_password and host not in _LOCAL:
        server.close()
        raise _NotSetUp("a password goes to another host over TLS only")
    return server


def _without_secrets(text: str, settings: Settings) -> str:
    for secret in (settings.report_webhook, settings.report_smtp_password):
        if secret is not None and secret.get_secret_value():
            text = text.replace(secret.get_secret_value(), "***")
    return text
