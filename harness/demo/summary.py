"""The figures of a demonstration as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

SUMMARY_LINES = (
    ("reports accepted", "reports_accepted"),
    ("cases opened", "cases_opened"),
    ("reports joined to an existing case", "reports_joined"),
    ("acknowledged by a unit", "acknowledged"),
    ("ended with a reason", "ended_with_a_reason"),
    ("declined", "declined"),
    ("rerouted", "rerouted"),
    ("decided by two people", "decided_by_two"),
    ("reporters asked", "asked"),
    ("answers", "answered"),
    ("awaited the prosecutor's authorisation", "gated"),
    ("instructions of the prosecutor", "instructions"),
    ("suspects identified", "suspects_identified"),
    ("suspects presented to justice", "suspects_presented"),
    ("suspects wanted nationally", "suspects_wanted"),
    ("suspects arrested", "suspects_arrested"),
    ("suspects still sought", "suspects_still_sought"),
    ("broken histories", "broken_histories"),
    ("lost", "lost"),
    ("duplicated", "duplicated"),
)


def figures(console: Console, found: dict[str, Any]) -> None:
    """Print the closing tables."""
    table = Table("figure", "value", title="Demonstration with synthetic reports")
    for name, key in SUMMARY_LINES:
        table.add_row(name, str(found[key]))
    for reason, number in found["ended_as"].items():
        table.add_row(f"ended: {reason.replace('_', ' ')}", str(number))
    for priority, number in found["by_priority"].items():
        table.add_row(f"cases of priority {priority}", str(number))
    for status, number in found["seen_by_reporters"].items():
        table.add_row(f"reports whose sender reads: {status.replace('_', ' ')}", str(number))
    console.print(table)
    units = Table("unit", "referrals")
    for unit, number in found["referred_per_unit"].items():
        units.add_row(unit, str(number))
    console.print(units)
    for finding in found["findings"]:
        console.print(f"[red]{finding}[/red]")


def day(console: Console, left: Mapping[str, Sequence[str]]) -> None:
    """Print the cases that wait for the people of the desk, by scene."""
    table = Table("scene", "cases", title="A working day at the desk, synthetic")
    for scene, cases in left.items():
        table.add_row(scene, "\n".join(cases))
    console.print(table)
