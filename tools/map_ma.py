"""Write `web/portal/map/ma.json`: the outlines of the regions, simplified, as SVG paths.

    python -m tools.map_ma

The source is the npm package morocco-map (TopoJSON, from OpenStreetMap, ODbL 1.0). The output is a
database derived from it under the same licence: see NOTICE.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
REGIONS_SOURCE: Final = ROOT / "node_modules" / "morocco-map" / "data" / "regions.json"
TERRITORIES_FILE: Final = ROOT / "jurisdictions" / "ma" / "territories.json"
MAP_FILE: Final = ROOT / "web" / "portal" / "map" / "ma.json"
WIDTH: Final = 500
TOLERANCE: Final = 0.9
"""The tolerance in units of the drawing: invisible on a telephone."""

MapPoint = tuple[float, float]


def main() -> None:
    """Read, project, simplify, write."""
    topology = json.loads(REGIONS_SOURCE.read_text(encoding="utf-8"))
    arcs = [_unpacked(arc, topology["transform"]) for arc in topology["arcs"]]
    projected = [[_mercator(point) for point in arc] for arc in arcs]
    left = min(x for arc in projected for x, _ in arc)
    top = min(y for arc in projected for _, y in arc)
    scale = WIDTH / (max(x for arc in projected for x, _ in arc) - left)
    drawn = [
        _simplified([((x - left) * scale, (y - top) * scale) for x, y in arc]) for arc in projected
    ]
    height = math.ceil(max(y for arc in drawn for _, y in arc))
    codes = _codes()
    outlines = {
        codes[_folded(shape["properties"]["name:en"])]: _path(shape, drawn)
        for shape in topology["objects"]["regions"]["geometries"]
    }
    document = {
        "licence": "ODbL-1.0",
        "source": "morocco-map 1.3.0, from OpenStreetMap data, © OpenStreetMap contributors",
        "changes": "projected, simplified, keyed by the official code of the region",
        "width": WIDTH,
        "height": height,
        "outlines": dict(sorted(outlines.items())),
    }
    MAP_FILE.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _unpacked(arc: list[list[int]], transform: dict[str, Any]) -> list[MapPoint]:
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step in arc:
        x, y = x + step[0], y + step[1]
        points.append((x * kx + dx, y * ky + dy))
    return points


def _mercator(point: MapPoint) -> MapPoint:
    longitude, latitude = map(math.radians, point)
    return longitude, -math.log(math.tan(math.pi / 4 + latitude / 2))


def _simplified(points: list[MapPoint]) -> list[MapPoint]:
    """Douglas-Peucker. Neighbours share arcs, so no gap opens between them."""
    kept = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, where = 0.0, 0
        for place in range(first + 1, last):
            away = _distance(points[place], points[first], points[last])
            if away > far:
                far, where = away, place
        if far > TOLERANCE:
            kept.add(where)
            waiting += [(first, where), (where, last)]
    return [points[place] for place in sorted(kept)]


def _distance(point: MapPoint, start: MapPoint, end: MapPoint) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    if not length:
        return math.hypot(point[0] - start[0], point[1] - start[1])
    return abs(dx * (start[1] - point[1]) - dy * (start[0] - point[0])) / length


def _path(shape: dict[str, Any], arcs: list[list[MapPoint]]) -> str:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    rings = [_ring(ring, arcs) for polygon in polygons for ring in polygon]
    return "".join(_drawn(ring) for ring in rings if _area(ring) > 4)


def _ring(indices: list[int], arcs: list[list[MapPoint]]) -> list[MapPoint]:
    points: list[MapPoint] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def _area(ring: list[MapPoint]) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairs)) / 2


def _drawn(ring: list[MapPoint]) -> str:
    """The ring in whole units, each point as the step from the one before."""
    points = [(round(x), round(y)) for x, y in ring[:-1]]
    steps = [(x - before, y - above) for (before, above), (x, y) in pairwise(points)]
    line = " ".join(f"{dx} {dy}" for dx, dy in steps if dx or dy)
    return f"M{points[0][0]} {points[0][1]}l{line}z".replace(" -", "-")


def _codes() -> dict[str, str]:
    rows = json.loads(TERRITORIES_FILE.read_text(encoding="utf-8"))["territories"]
    return {_folded(row[6]): row[0] for row in rows if row[1] == "region"}


def _folded(name: str) -> str:
    """A name without accents, articles and notes, to match two spellings of it."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)|^L'", "", name))
    return re.sub(r"[^a-z]", "", plain.lower())


if __name__ == "__main__":
    main()
