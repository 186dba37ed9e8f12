"""A headless Chromium, and what a person sees in it."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

_PATIENCE = 60  # seconds
_QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1500,2000",
)


class Page:
    """A browser window on the UI. Texts are as they are on the screen."""

    def __init__(self, driver: Chrome, address: str) -> None:
        self._driver = driver
        self._address = address

    def open(self, path: str, *texts: str) -> str:
        """Go to the path and wait for the texts; the whole text of the page."""
        self._driver.get(self._address + path)
        return self.wait_for(*texts)

    def wait_for(self, *texts: str) -> str:
        """Wait until the page shows all the texts; the whole text of the page."""
        end = time.monotonic() + _PATIENCE
        while missing := [text for text in texts if text not in self.text]:
            assert time.monotonic() < end, f"no {missing} on the page:\n{self.text}"
            time.sleep(0.1)
        return self.text

    @property
    def text(self) -> str:
        """What the page shows."""
        try:
            return self._driver.find_element(By.TAG_NAME, "body").text
        except WebDriverException:  # the page was drawn anew while it was read
            return ""

    def click(self, text: str) -> None:
        """Click what says exactly the text; the last, where several do."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._showing(text)[-1].click()
                return
            except (IndexError, WebDriverException):
                assert time.monotonic() < end, f"nothing to click says {text}:\n{self.text}"
                time.sleep(0.1)

    def link(self, text: str) -> str:
        """Where the link that contains the text leads."""
        [link] = self._driver.find_elements(By.PARTIAL_LINK_TEXT, text)
        return str(link.get_attribute("href"))

    def _showing(self, text: str) -> list[Any]:
        found = self._driver.find_elements(By.XPATH, f"//*[normalize-space(text())='{text}']")
        return [element for element in found if element.is_displayed()]

    def hosts(self) -> set[str]:
        """The hosts asked for anything since this was last called."""
        asked: set[str] = set()
        for entry in self._driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                parameters = message["params"]
                address = urlsplit(parameters.get("url") or parameters["request"]["url"])
                if address.scheme in ("http", "https", "ws", "wss"):
                    asked.add(str(address.hostname))
        return asked

    def errors(self) -> list[str]:
        """What the browser's console reported as an error since this was last called."""
        entries = self._driver.get_log("browser")
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]


@contextmanager
def open_browser(chromedriver: str, address: str) -> Generator[Page]:
    """A browser with a profile of its own."""
    options = ChromeOptions()
    if chromium := shutil.which("chromium"):
        options.binary_location = chromium
    with TemporaryDirectory(prefix="ledgerlake-browser-", ignore_cleanup_errors=True) as profile:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        for argument in (*_QUIET, *sandbox, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        driver = Chrome(options, Service(chromedriver))
        try:
            yield Page(driver, address)
        finally:
            driver.quit()


def find_chromedriver() -> str:
    """Its path. Without it the test is skipped; in continuous integration it fails."""
    path = shutil.which("chromedriver")
    if path is None and os.environ.get("CI"):
        pytest.fail("chromedriver is missing: apt-get install chromium chromium-driver")
    if path is None:
        pytest.skip("chromedriver is missing; on Debian: apt-get install chromium chromium-driver")
    return path
