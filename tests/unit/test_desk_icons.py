"""The icons of the desk: each a path of lucide's shapes, and none that no page draws."""

from __future__ import annotations

import pytest

from tools.site import desk_icons
from tools.site.messages import ROOT
from tools.site.site_errors import SiteNotBuilt

DESK_SOURCES = tuple((ROOT / "web" / "desk").rglob("*.ts*"))


@pytest.mark.parametrize(
    ("kind", "attributes", "path"),
    [
        ("path", {"d": "M20 6 9 17l-5-5"}, "M20 6 9 17l-5-5"),
        ("path", {"d": "m6 6 12 12"}, "M0 0m6 6 12 12"),
        ("circle", {"cx": "12", "cy": "12", "r": "3"}, "M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"),
        ("line", {"x1": "10", "x2": "14", "y1": "2", "y2": "3"}, "M10 2L14 3"),
        (
            "rect",
            {"x": "2", "y": "6", "width": "20", "height": "12", "rx": "2"},
            "M4 6h16a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2z",
        ),
        ("polyline", {"points": "1 2 3 4"}, "M1 2 3 4"),
        ("polygon", {"points": "1 2 3 4"}, "M1 2 3 4z"),
    ],
)
def test_a_shape_is_drawn_by_one_path(kind: str, attributes: dict[str, str], path: str) -> None:
    assert desk_icons.icon_path([(kind, attributes)]) == path


def test_shapes_of_an_icon_follow_one_another() -> None:
    line = {"x1": "1", "x2": "2", "y1": "3", "y2": "4"}
    assert desk_icons.icon_path([("line", line), ("line", line)]) == "M1 3L2 4M1 3L2 4"


def test_a_shape_without_a_path_is_refused() -> None:
    with pytest.raises(SiteNotBuilt, match="text"):
        desk_icons.icon_path([("text", {})])


def test_names_are_sorted_and_each_is_there_once() -> None:
    names = desk_icons.icon_names()
    assert names == sorted(set(names))


def test_each_icon_is_drawn_by_a_source_of_the_desk() -> None:
    written = "".join(file.read_text(encoding="utf-8") for file in DESK_SOURCES)
    unused = [name for name in desk_icons.icon_names() if f'"{name}"' not in written]
    assert unused == []
