"""The browser stories: a real server on this machine, a real Chromium."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine."""
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


@dataclass
class Story:
    """A browser window and the pictures it leaves behind."""

    page: Any
    base: str
    problems: list[str]

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def sign_in(self, email: str, password: str) -> None:
        self.go("/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state()


def open_story(server: str, width: int) -> Iterator[Story]:
    """A window of this width; fails on script errors and on anything the content policy blocked."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium found, and in CI a missing part is a failure")
        pytest.skip("no Chromium found on this machine: the browser stories did not run")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(Path(CHROMIUM)), args=FLAGS)
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-CA")
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda m: problems.append(m.text) if m.type == "error" and "40" not in m.text[-60:] else None
        )
        yield Story(page, server, problems)
        assert not problems, problems
        browser.close()


@pytest.fixture
def desk_story(server: str) -> Iterator[Story]:
    """At a desk: 1280 pixels wide."""
    yield from open_story(server, 1280)


@pytest.fixture
def phone_story(server: str) -> Iterator[Story]:
    """On a phone: 390 pixels wide."""
    yield from open_story(server, 390)
