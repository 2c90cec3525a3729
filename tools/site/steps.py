"""The next steps after a report, with the times of the jurisdiction."""

from __future__ import annotations

from collections.abc import Mapping

from casework.pack.jurisdiction import Deadlines, Jurisdiction
from tools.site.intl import PluralRules
from tools.site.messages import Messages

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def next_steps(messages: Messages, rules: PluralRules, pack: Jurisdiction) -> tuple[str, ...]:
    """The same on the home page, on the page of the receipt and in the API's answer."""
    deadlines: Mapping[str, Deadlines] = pack.deadlines

    def within(priority: str) -> str:
        return _span(deadlines[priority].review_seconds[0], messages, rules)

    t = messages.texts
    reading = t.fill("home.next_2", urgent=within("immediate"), standard=within("standard"))
    return (t["home.next_1"], reading, t["home.next_3"], t["home.next_4"])


def _span(seconds: int, messages: Messages, rules: PluralRules) -> str:
    """A time in the largest whole unit."""
    if seconds % DAY == 0:
        return rules.fill(messages, "days", seconds // DAY)  # plural("days")
    if seconds % HOUR == 0:
        return rules.fill(messages, "hours", seconds // HOUR)  # plural("hours")
    return rules.fill(messages, "minutes", seconds // MINUTE)  # plural("minutes")
