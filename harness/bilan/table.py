"""The published table beside the computed one."""

from __future__ import annotations

from typing import Any, Final

from rich.table import Table

from harness.bilan.composition import Composition

COMPARED: Final = frozenset({"reports", "groups", "flags", "disclosure", "origin", "suspects"})
"""The tables of which nothing is withheld in a replay."""


def rows(bilan: dict[str, Any]) -> dict[tuple[str, str], int | None]:
    """The counts of a bilan by table and row."""
    return {(row["table"], row["row"]): row.get("count") for row in bilan["figures"]}


def lines(plan: Composition, public: dict[str, Any], full: dict[str, Any]) -> list[dict[str, Any]]:
    """One line for each published figure: published, as the public reads it, as staff read it."""
    seen, known = rows(public), rows(full)
    shares = {(row["table"], row["row"]): row.get("share") for row in public["figures"]}
    return [
        {
            "table": key[0],
            "row": key[1],
            "published": number,
            "public": seen.get(key),
            "full": known.get(key),
            "published_share": plan.shares.get(key),
            "share": shares.get(key),
        }
        for key, number in plan.table.items()
    ]


def statistics_differences(found: list[dict[str, Any]]) -> list[str]:
    """Differences from the published table; a share may differ by its rounding."""
    wrong = []
    for line in found:
        name = f"{line['table']} {line['row']}"
        wrong += [
            f"{name}: published {line['published']}, {reader} {line[reader]}"
            for reader in ("public", "full")
            if line[reader] != line["published"]
        ]
        if line["published_share"] is not None and (
            line["share"] is None or abs(line["share"] - line["published_share"]) > 0.005
        ):
            wrong.append(f"{name}: published {line['published_share']:.0%}, is {line['share']}")
    return wrong


def unlike(public: dict[str, Any], full: dict[str, Any]) -> list[str]:
    """Every figure of the tables compared that the public reads otherwise than staff: what is not
    in the published table, too, such as reports that nobody has classified."""
    seen, known = rows(public), rows(full)
    return [
        f"{table} {row}: the public reads {number}, staff {known.get((table, row))}"
        for (table, row), number in seen.items()
        if table in COMPARED and number != known.get((table, row))
    ]


def render_statistics_table(found: list[dict[str, Any]]) -> Table:
    """The lines as a table for people."""
    table = Table("figure", box=None, pad_edge=False)
    for heading in ("published", "public", "staff", "share"):
        table.add_column(heading, justify="right")
    for line in found:
        same = line["published"] == line["public"] == line["full"]
        share = "" if line["share"] is None else f"{line['share']:.1%}"
        numbers = [str(line[name]) for name in ("published", "public", "full")]
        style = None if same else "red"
        table.add_row(f"{line['table']}: {line['row']}", *numbers, share, style=style)
    return table
