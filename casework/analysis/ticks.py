"""How urgent a report is by the reporter's ticks and category alone, whatever its words say.

The table of priorities (`casework.analysis.priority_rules`) tells it: only firm lines that ask for
no word. A receipt names the time until people read the report by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from casework.analysis.priority_rules import AssessmentRules, PriorityRow, PriorityRule
from casework.case.value_objects import Priority

TICK_NAMES: Final = ("danger_now", "minor", "vulnerable", "money_recent")
"""The ticks and facts that can make a report urgent by themselves, as concepts `said.*`."""


def priority_by_tick(rules: AssessmentRules) -> dict[str, Priority]:
    """Tick → the least priority of each report with it; without those that make none urgent."""
    reached = {}
    for tick in TICK_NAMES:
        tick_rule = (f"said.{tick}",)
        flags = {
            flag
            for flag, lines in rules.flags.items()
            if any(
                line.all == tick_rule and _is_plain(line) and not line.category for line in lines
            )
        }
        reached[tick] = _most_urgent(
            line
            for line in rules.priorities
            if _is_plain(line)
            and not line.category
            and (
                line.all == tick_rule if line.flag is None else line.flag in flags and not line.all
            )
        )
    return {tick: priority for tick, priority in reached.items() if priority}


def priority_by_category(rules: AssessmentRules) -> Mapping[str, tuple[Priority, bool]]:
    """Category → the least priority of a report with it, and whether words can make it less urgent:
    that the facts are over, say."""
    found: dict[str, tuple[Priority, bool]] = {}
    for line in rules.priorities:
        if line.flag or line.all or line.any or not _is_firm(line):
            continue
        for one in (each for name in line.category for each in rules.groups.get(name, (name,))):
            said = (line.priority, bool(line.none))
            if one not in found or _order(said) < _order(found[one]):
                found[one] = said
    return {one: said for one, said in found.items() if _is_urgent(said[0])}


def _order(said: tuple[Priority, bool]) -> tuple[int, bool]:
    return said[0].rank, said[1]


def _most_urgent(lines: Iterable[PriorityRow]) -> Priority | None:
    """The most urgent priority of firm lines, if it is urgent at all."""
    firm = [line.priority for line in lines if _is_firm(line)]
    most = min(firm, key=lambda each: each.rank, default=Priority.STANDARD)
    return most if _is_urgent(most) else None


def _is_firm(line: PriorityRow) -> bool:
    """Whether the line counts always: it is no line of doubt, and asks for no certainty."""
    return not line.doubt and not line.confidence and line.told_below == float("inf")


def _is_plain(rule: PriorityRule) -> bool:
    """Whether no word can keep the rule from holding."""
    return not rule.none and not rule.any


def _is_urgent(priority: Priority) -> bool:
    return priority.rank < Priority.STANDARD.rank
