"""A reporter on a small phone, and how much a way in asks of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import expect

from tests.e2e.portal import Visitor

SMALL: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
}
FIRST = "main :is(input:not([type=hidden]), select, textarea, .ways button)"
LARGE = 44
"""Pixels of what a finger meets."""
SMALLER = """least => [...document.querySelectorAll(
        'a, button, select, summary, textarea, input:not([type=radio], [type=checkbox]), .option')]
    .filter(each => each.checkVisibility() && !each.closest('.skip, .hidden-text'))
    .filter(each => each.parentElement.tagName !== 'P' || each.className)
    .map(each => [each, each.getBoundingClientRect()])
    .filter(([, {height, width}]) => height && (height < least - .5 || width < least - .5))
    .map(([each, {height, width}]) =>
        `${each.outerHTML.slice(0, 90)}: ${Math.round(width)} x ${Math.round(height)}`)"""
"""What is pressed and is smaller. Links within a sentence may be: they are as high as its lines."""


@dataclass
class Walk:
    """A reporter who taps, and what that comes to."""

    visitor: Visitor
    taps: int = 0
    screens: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def opens(self, way: str) -> None:
        """Choose a way in on the first page."""
        self.visitor.goes_to("")
        self.screens.append("home")
        self.visitor.page.get_by_role("link", name=self.visitor.t(way), exact=True).tap()
        self.taps += 1

    def sees(self, heading: str) -> None:
        """Arrive at a page of the form, whose first field must be in sight."""
        visitor = self.visitor
        visitor.sees(heading)
        self.screens.append(heading)
        first = visitor.page.locator(FIRST).first
        if heading != "report.check":
            box = first.bounding_box()
            assert box is not None
            if box["y"] + min(box["height"], LARGE) > SMALL["viewport"]["height"]:
                self.faults.append(f"{heading}: its first field begins at {box['y']:.0f} px")
        small: list[str] = visitor.page.evaluate(SMALLER, LARGE)
        self.faults += [f"{heading}: {each}" for each in small]

    def ticks(self, id_: str) -> None:
        # On what stands beside the box: the whole row is pressed.
        self.visitor.page.locator(f".option:has(> #{id_})").tap(position={"x": 200, "y": 8})
        expect(self.visitor.page.locator(f"#{id_}")).to_be_checked()
        self.taps += 1

    def types(self, id_: str, text: str) -> None:
        self.visitor.page.locator(f"#{id_}").tap()
        self.visitor.page.keyboard.insert_text(text)
        self.taps += 1

    def picks(self, id_: str, value: str) -> None:
        self.visitor.page.locator(f"#{id_}").select_option(value)
        self.taps += 2  # the list, and the entry

    def goes_on(self) -> None:
        # Beside where it was last: two taps on one spot are a double tap, which skips no page.
        button = self.visitor.page.locator("main form .actions .button").last
        button.tap(position={"x": 10 + 60 * (self.taps % 2), "y": 10})
        self.taps += 1
