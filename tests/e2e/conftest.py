"""One running system for all end-to-end tests: the deployed template, with IAM enforced."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from casework.aws.steps import executions
from casework.aws.table import items
from casework.aws.table.case_table import CaseTable
from local.system import LocalSystem, StartOptions
from local.template_cache import assembled_templates
from tests.e2e.clerk import Clerk
from tests.e2e.people import People
from tests.e2e.portal import a_browser
from tests.shared import once
from tools.site.build import BUILT, build

HERE = Path(__file__).parent
FIRST = (
    "test_many_lives",
    "test_nothing_is_lost",
    "test_portal_for_everybody",
    "test_the_api_keeps_its_word",
    "test_desk",
    "test_desk_of_a_unit",
    "test_make_run",
    "test_faults",
    "test_cdk_deploys_it",
)
"""The modules that take longest: begun first, so that no worker is left alone with one of them."""


FAIL_AT_ONCE = ("test_portal_traces",)
"""The modules whose pages are looked at for what they leave behind: once is too often."""


LONGEST = 900
"""Seconds a test here may take with all it stands on, before it is given up: nothing that it awaits
is given up later. See `PATIENCE`."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the modules; the tests of each stay as they are. Give each its time.

    Where RETRIES allows for a second try, it is for tests that drive a browser alone: a test about
    what is kept, lost or exposed fails at once. See docs/decisions/0059.
    """
    for item in items:
        in_a_browser = "browser" in getattr(item, "fixturenames", ())
        if not in_a_browser or item.path.stem in FAIL_AT_ONCE:
            item.add_marker(pytest.mark.flaky(reruns=0))
        if HERE in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONGEST))
    items.sort(key=lambda item: FIRST.index(stem) if (stem := item.path.stem) in FIRST else 99)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let one worker have all tests of a module, or of a folder whose modules share a system."""
    alone = item.path.stem if item.path.parent == HERE else item.path.parent.name
    item.add_marker(pytest.mark.xdist_group(alone))


@pytest.fixture(scope="session", autouse=True)
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages, as `make run` serves them."""
    once(tmp_path_factory, "portal", lambda _: build())
    return BUILT


@pytest.fixture(scope="session")
def assembly() -> Path:
    """The synthesised local stage."""
    return assembled_templates()


@pytest.fixture(scope="session")
def system(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """A system of its own on free ports; every call of every function is checked by IAM."""
    folder = tmp_path_factory.mktemp("system")
    with LocalSystem.fresh(
        folder, assembly, StartOptions(enforce_iam=True, wait_scale=0.02)
    ) as running:
        yield running


@pytest.fixture(scope="session")
def people(system: LocalSystem) -> Iterator[People]:
    """Citizens, analysts and officers of that system."""
    with People(system) as known:
        yield known


@pytest.fixture
def clerk(people: People, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """A clerk in the place of a function of that system."""
    client = cache(people.system.aws.client)
    for module in (items, executions):
        monkeypatch.setattr(module, "aws_client", client)
    return Clerk(CaseTable(people.table), people.system.outputs["WorkflowArn"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; each visitor has a profile of their own.

    Its driver keeps a loop of asyncio running in the thread of the tests. A test that runs another
    loop does so in a thread of its own.
    """
    with sync_playwright() as playwright:
        opened = a_browser(playwright)
        yield opened
        opened.close()
