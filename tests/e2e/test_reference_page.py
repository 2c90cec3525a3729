"""The reference page renders the OpenAPI document in a browser, under its strict policy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from local.system import System

# Chromium's sandbox needs an ordinary user; continuous integration runs as root.
ARGUMENTS = ["--no-sandbox"] if os.geteuid() == 0 else []


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with nothing deployed: the page needs none of it."""
    with System(tmp_path_factory.mktemp("page")) as running:
        running.start()
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of the system's own Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        yield browser.new_page()
        browser.close()


def test_the_reference_lists_the_calls_and_breaks_no_rule(served: System, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(served.origin + "/reference/")
    expect(page.get_by_text("/v1/reports", exact=True).first).to_be_visible()
    page.get_by_text("/v1/reports", exact=True).first.click()
    expect(page.get_by_text("Idempotency-Key").first).to_be_visible()
    page.screenshot(path=served.folder / "reference.png")
    assert complaints == []
