"""The API's reference is a page for everybody, as those of the portal are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from local.system import System
from tests.e2e.portal import a_visitor
from tests.e2e.test_portal_for_everybody import judged


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with nothing deployed: the page needs none of it."""
    with System(tmp_path_factory.mktemp("page")) as running:
        running.start()
        yield running


def test_the_reference_page_is_accessible_and_links_each_call_to_its_types(
    browser: Browser, served: System
) -> None:
    with a_visitor(browser, served.origin, "en") as reader:
        response = reader.page.goto(f"{served.origin}/reference/")
        assert response is not None
        assert "require-trusted-types-for 'script'" in response.headers["content-security-policy"]
        assert judged(reader) == []
        reader.page.get_by_role("link", name="Send a report", exact=True).click()
        call = reader.page.locator("#send_report")
        expect(call).to_be_in_viewport()
        expect(call).to_contain_text("Idempotency-Key")
        call.get_by_role("link", name="Report", exact=True).click()
        expect(reader.page.locator("#type-Report")).to_be_in_viewport()
