"""The icons of the desk: those of lucide-static that its `icons.txt` names, each as one path.

They are written as a script, `build/web/icons.ts`, so that a page loads those that it draws and no
others, and so that the compiler knows their names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from tools.site.messages import ROOT
from tools.site.site_errors import SiteNotBuilt

ICON_NAMES_FILE: Final = ROOT / "web" / "desk" / "ui" / "icons.txt"
ICON_SHAPES_FILE: Final = ROOT / "node_modules" / "lucide-static" / "icon-nodes.json"
ICON_SCRIPT_FILE: Final = ROOT / "build" / "web" / "icons.ts"

Attributes: TypeAlias = Mapping[str, str]


def icon_names() -> list[str]:
    """The names that pages may draw."""
    return ICON_NAMES_FILE.read_text(encoding="utf-8").split()


def write_icon_script() -> None:
    """Write the script, where it changed. Raises SiteNotBuilt for a name that lucide lacks."""
    shapes = json.loads(ICON_SHAPES_FILE.read_text(encoding="utf-8"))
    lacking = [name for name in icon_names() if name not in shapes]
    if lacking:
        raise SiteNotBuilt(f"{ICON_NAMES_FILE.name}: lucide has no {', '.join(lacking)}")
    rows = (
        f"  {json.dumps(name)}: {json.dumps(icon_path(shapes[name]))},\n" for name in icon_names()
    )
    text = (
        "// Made by tools/site/desk_icons.py from lucide-static (ISC), (c) Lucide Contributors.\n"
        f"export const ICONS = {{\n{''.join(rows)}}} as const;\n"
        "export type IconName = keyof typeof ICONS;\n"
    )
    ICON_SCRIPT_FILE.parent.mkdir(parents=True, exist_ok=True)
    if not ICON_SCRIPT_FILE.is_file() or ICON_SCRIPT_FILE.read_text(encoding="utf-8") != text:
        ICON_SCRIPT_FILE.write_text(text, encoding="utf-8")


def icon_path(shapes: list[tuple[str, Attributes]]) -> str:
    """The shapes of an icon as the data of one SVG path. Raises SiteNotBuilt for a shape that is
    none of lucide's."""
    return "".join(_shape_path(kind, attributes) for kind, attributes in shapes)


def _shape_path(kind: str, attributes: Attributes) -> str:
    drawn = _PATHS.get(kind)
    if drawn is None:
        raise SiteNotBuilt(f"icons: a {kind} has no path")
    return drawn(attributes)


def _ellipse(attributes: Attributes) -> str:
    x, y = float(attributes["cx"]), float(attributes["cy"])
    rx, ry = (float(attributes.get(each, attributes.get("r", 0))) for each in ("rx", "ry"))
    half = f"a{rx:g} {ry:g} 0 1 0"
    return f"M{x - rx:g} {y:g}{half} {2 * rx:g} 0{half} {-2 * rx:g} 0"


def _rectangle(attributes: Attributes) -> str:
    x, y, wide, high = (float(attributes.get(each, 0)) for each in ("x", "y", "width", "height"))
    r = float(attributes.get("rx", attributes.get("ry", 0)))
    arc = f"a{r:g} {r:g} 0 0 1"
    return (
        f"M{x + r:g} {y:g}h{wide - 2 * r:g}{arc} {r:g} {r:g}v{high - 2 * r:g}{arc} {-r:g} {r:g}"
        f"h{2 * r - wide:g}{arc} {-r:g} {-r:g}v{2 * r - high:g}{arc} {r:g} {-r:g}z"
    )


def _line(attributes: Attributes) -> str:
    return "M{x1} {y1}L{x2} {y2}".format(**attributes)


_PATHS: Final[Mapping[str, Callable[[Attributes], str]]] = {
    # Behind another shape a small m would begin where that one ends.
    "path": lambda attributes: f"M0 0{d}" if (d := attributes["d"]).startswith("m") else d,
    "circle": _ellipse,
    "ellipse": _ellipse,
    "rect": _rectangle,
    "line": _line,
    "polyline": lambda attributes: f"M{attributes['points']}",
    "polygon": lambda attributes: f"M{attributes['points']}z",
}
