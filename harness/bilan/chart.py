"""The three months as a chart: reports by week and group, one bar for each week.

It is drawn without script, follows the reader's light or dark colours, and describes itself in
words. The colours are those of Okabe and Ito, which colour-blind people can distinguish.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

CHART_GROUP_COLOURS: Final = {
    "fraud": ("fraud", "#0072b2"),
    "sextortion": ("sextortion", "#d55e00"),
    "insult_defamation": ("insult and defamation", "#009e73"),
    "threats_violence": ("violence and threats", "#cc79a7"),
    "other": ("other", "#8c8c8c"),
    "terrorism": ("terrorism and extremism", "#e69f00"),
}
"""Name and colour of each group, from the bottom of a bar to its top."""
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 380, 48, 12, 44, 96
CHART_STYLE: Final = (
    "text{fill:#1f2328}.paper{fill:#fff}.line{stroke:#d0d7de}.bar{stroke:#fff}"
    "@media(prefers-color-scheme:dark){"
    "text{fill:#e6edf3}.paper{fill:#0d1117}.line{stroke:#3d444d}.bar{stroke:#0d1117}}"
)


def svg(days: dict[str, dict[str, int]]) -> str:
    """The chart, from the figures of each day."""
    names = sorted(days)
    weeks = [names[start : start + 7] for start in range(0, len(names), 7)]
    sums = [
        {group: sum(days[day][group] for day in week) for group in CHART_GROUP_COLOURS}
        for week in weeks
    ]
    step, scale = _scale(max(sum(week.values()) for week in sums))
    width, floor = (WIDTH - LEFT - RIGHT) / len(weeks), HEIGHT - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="12">',
        f'<title id="title">{_title(names)}</title>',
        f'<desc id="desc">{_said(days)}</desc>',
        f"<style>{CHART_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="600">{_title(names)}</text>',
    ]
    for value in range(0, int((floor - TOP) / scale) + 1, step):
        y = floor - value * scale
        parts.append(
            f'<path class="line" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
        )
    for number, (week, counts) in enumerate(zip(weeks, sums, strict=True)):
        x, y = LEFT + number * width, float(floor)
        for group, (name, colour) in CHART_GROUP_COLOURS.items():
            height = counts[group] * scale
            y -= height
            if height:
                parts.append(
                    f'<rect class="bar" x="{x + 4:.1f}" y="{y:.1f}" width="{width - 8:.1f}" '
                    f'height="{height:.1f}" fill="{colour}">'
                    f"<title>{week[0]}: {name} {counts[group]}</title></rect>"
                )
        parts.append(
            f'<text x="{x + width / 2:.1f}" y="{floor + 17}" text-anchor="middle">'
            f"{week[0][5:]}</text>"
        )
    parts.append(
        f'<text x="{LEFT}" y="{floor + 36}">weeks from the day named; '
        f"the last bar holds {len(weeks[-1])} of 7 days</text>"
    )
    for number, (name, colour) in enumerate(CHART_GROUP_COLOURS.values()):
        x, y = LEFT + number % 3 * 230, floor + 54 + number // 3 * 20
        parts.append(
            f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colour}"/>'
            f'<text x="{x + 18}" y="{y + 10}">{name}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _title(names: list[str]) -> str:
    return f"Synthetic reports by week and group, {names[0]} to {names[-1]}"


def _said(days: dict[str, dict[str, int]]) -> str:
    """The chart in words: the months, and the groups over all of them."""
    months: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    for day, counts in days.items():
        months[day[:7]] += sum(counts.values())
        groups.update(counts)
    by_month = ", ".join(f"{month}: {number}" for month, number in sorted(months.items()))
    by_group = ", ".join(
        f"{CHART_GROUP_COLOURS[group][0]} {number}" for group, number in groups.items()
    )
    return f"Stacked bars, one a week. Reports by month: {by_month}. In all: {by_group}."


def _scale(highest: int) -> tuple[int, float]:
    """Reports between two lines, and the height of one report."""
    step = next(each for each in (5, 10, 20, 50, 100, 200, 500) if highest / each <= 8)
    return step, (HEIGHT - BOTTOM - TOP) / (step * -(-highest // step))
