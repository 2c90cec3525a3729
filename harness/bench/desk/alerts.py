"""Danger in a new report: how soon the duty desk shows it, and whether it sounds by then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from casework.case.lifecycle import Move
from casework.text.reference import case_id_from_reference
from harness.bench.desk.room import Room
from harness.bench.targets import Figure
from tests.e2e.desk import at_the_desk
from tests.e2e.people import a_report

ALERTS: Final = 5
COUNTED_SOUNDS: Final = """() => {
    window.sounds = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...given) {
        window.sounds += 1;
        return start.apply(this, given);
    };
}"""


def figures(room: Room) -> Iterator[Figure]:
    """The figures of this file."""
    room.console.print(f"Alerting the duty desk {ALERTS} times …")
    seconds, unheard = [], 0
    with at_the_desk(room.browser, room.origin, "fr") as analyst:
        page = analyst.page
        page.evaluate(COUNTED_SOUNDS)
        page.get_by_role("link", name=analyst.texts["room_duty"], exact=True).click()
        page.get_by_role("checkbox", name=analyst.texts["sound_on"]).check()
        for _ in range(ALERTS):
            heard = page.evaluate("window.sounds")
            accepted = room.people.submit(a_report(danger_now=True))
            case_id = case_id_from_reference(accepted["reference"])
            page.locator(f'main.duty [data-case="{case_id}"]').first.wait_for()
            seen = datetime.now(UTC)
            unheard += page.evaluate("window.sounds") <= heard
            history = room.people.case(case_id).json()["history"]
            committed = next(each["at"] for each in history if each["move"] == Move.ASSESS)
            seconds.append((seen - datetime.fromisoformat(committed)).total_seconds())
    yield Figure("alert_seconds_most", max(seconds))
    yield Figure("alert_unheard", unheard)
