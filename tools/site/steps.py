"""The next steps after a report, with the times of the jurisdiction."""

from __future__ import annotations

from collections.abc import Mapping

from casework.analysis import ticks
from casework.analysis.priority_rules import read_rules
from casework.case.value_objects import Priority
from casework.pack.jurisdiction import Deadlines, Jurisdiction
from tools.site.intl import PluralRules
from tools.site.messages import Messages

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def next_step_texts(messages: Messages, rules: PluralRules, pack: Jurisdiction) -> tuple[str, ...]:
    """The same on the home page, on the page of the receipt and in the API's answer; where what the
    reporter ticked and chose tells how urgent a report is, `readings` has the second one."""
    t, within = messages.texts, _spans(messages, rules, pack)
    reading = t.fill(
        "home.next_2",
        immediate=within[Priority.IMMEDIATE],
        urgent=within[Priority.URGENT],
        standard=within[Priority.STANDARD],
    )
    return (t["home.next_1"], reading, t["home.next_3"], t["home.next_4"])


def readings(messages: Messages, rules: PluralRules, pack: Jurisdiction) -> dict[str, str]:
    """When a report is read, by how urgent it is: for a priority, and for one that words can
    lessen (`lasting`)."""
    t, within = messages.texts, _spans(messages, rules, pack)
    said = {}
    for each in (Priority.IMMEDIATE, Priority.URGENT):
        time, standard = within[each], within[Priority.STANDARD]
        said[each.value] = t.fill("home.reading", time=time)
        said[_lasting(each)] = t.fill("home.reading_lasting", time=time, standard=standard)
    return said


def step_readings(pack: Jurisdiction) -> dict[str, dict[str, str]]:
    """Ticks and categories → the name of their reading."""
    rules = read_rules(pack.folder)
    return {
        "ticks": {tick: each.value for tick, each in ticks.priority_by_tick(rules).items()},
        "categories": {
            category: _lasting(priority) if lasting else priority.value
            for category, (priority, lasting) in ticks.priority_by_category(rules).items()
        },
    }


def _lasting(priority: Priority) -> str:
    return f"{priority.value}_lasting"


def _spans(messages: Messages, rules: PluralRules, pack: Jurisdiction) -> dict[str, str]:
    """Priority → the time until people have read a report."""
    deadlines: Mapping[str, Deadlines] = pack.deadlines
    return {
        priority: _span(each.review_seconds[0], messages, rules)
        for priority, each in deadlines.items()
    }


def _span(seconds: int, messages: Messages, rules: PluralRules) -> str:
    """A time in the largest whole unit."""
    if seconds % DAY == 0:
        return rules.fill(messages, "days", seconds // DAY)  # plural("days")
    if seconds % HOUR == 0:
        return rules.fill(messages, "hours", seconds // HOUR)  # plural("hours")
    return rules.fill(messages, "minutes", seconds // MINUTE)  # plural("minutes")
