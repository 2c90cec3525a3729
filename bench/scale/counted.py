"""What each move uses, as the meter counted it: `costs.json` must say the same.

Units are means over the labelled reports, rounded up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from math import ceil
from typing import Final

from bench.account import kind_of
from bench.golden import Travelled
from bench.meter import Write
from bench.scale.data import HERE
from bench.targets import Figure

LITTLE: Final = 0.001
"""Of a unit: what a sum of fractions may be beside the truth."""


def moves(travelled: Travelled) -> dict[str, dict[str, int]]:
    """Units by move and resource."""
    accepted = [each.writes for each in travelled.accepted]
    joined = [each.writes for each in travelled.joined]
    opened = [each.opening for each in travelled.opened]
    waits = [[write] for each in travelled.opened for write in each.writes if _is(write, "WAIT")]
    every = {
        "accept": {"table writes": _items(accepted), "index by_flow": _flows(accepted)},
        "join": _linked(joined),
        "open": {**_linked(opened), "REVIEW": _mean(opened, _places("CASE"))},
        "wait": {"table writes": _items(waits)},
    }
    return {move: {name: n for name, n in uses.items() if n} for move, uses in every.items()}


def figure(travelled: Travelled) -> Figure:
    """How many moves `costs.json` says otherwise; they are told."""
    found = moves(travelled)
    said = json.loads((HERE / "costs.json").read_text("utf-8"))["moves"]
    for move, uses in found.items():
        if said[move] != uses:
            print(f"bench/scale/costs.json, {move}: {json.dumps(uses)} is counted")
    return Figure("scale_costs_stale", sum(said[move] != uses for move, uses in found.items()))


def _linked(of: Sequence[Sequence[Write]]) -> dict[str, int]:
    return {
        "table writes": _items(of),
        "index by_flow": _flows(of),
        "index by_queue": _mean(of, lambda write: write.index_units - write.flow_units),
        "DUE": _mean(of, lambda write: write.item_units if write.key[0].startswith("DUE#") else 0),
        "ARRIVED": _mean(of, lambda write: write.item_units if _is(write, "ARRIVED") else 0),
        "GLANCE": _mean(of, _places("REPORT")),
    }


def _items(of: Sequence[Sequence[Write]]) -> int:
    return _mean(of, lambda write: write.item_units)


def _flows(of: Sequence[Sequence[Write]]) -> int:
    return _mean(of, lambda write: write.flow_units)


def _places(kind: str) -> Callable[[Write], int]:
    def places(write: Write) -> int:
        return write.index_units - write.flow_units if _is(write, kind) else 0

    return places


def _is(write: Write, kind: str) -> bool:
    return kind_of(write) == kind


def _mean(of: Sequence[Sequence[Write]], units: Callable[[Write], int]) -> int:
    return ceil(sum(units(write) for each in of for write in each) / len(of) - LITTLE)
