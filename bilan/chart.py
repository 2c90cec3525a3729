"""The three months as a picture: reports by week and group, one bar for each week."""

from __future__ import annotations

from typing import Final

GROUPS: Final = {
    "fraud": ("fraud", "#1f6f8b"),
    "sextortion": ("sextortion", "#99586f"),
    "insult_defamation": ("insult and defamation", "#c9a227"),
    "threats_violence": ("violence and threats", "#6a8d4d"),
    "other": ("other", "#8a8a8a"),
    "terrorism": ("terrorism and extremism", "#b5482a"),
}
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 760, 340, 48, 60, 24


def svg(days: dict[str, dict[str, int]]) -> str:
    """The chart, from the figures of each day."""
    names = sorted(days)
    weeks = [names[start : start + 7] for start in range(0, len(names), 7)]
    sums = [
        {group: sum(days[day][group] or 0 for day in week) for group in GROUPS} for week in weeks
    ]
    highest = max(sum(week.values()) for week in sums)
    step = next(each for each in (20, 50, 100, 200, 500, 1000) if highest / each <= 8)
    scale = (HEIGHT - BOTTOM - TOP) / (step * -(-highest // step))
    width = (WIDTH - LEFT - 12) / len(weeks)
    floor = HEIGHT - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="11">',
        "<title>Synthetic reports by week and group, June to August 2024</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for value in range(0, highest + step, step):
        y = floor - value * scale
        parts.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - 12}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
        )
    for number, (week, counts) in enumerate(zip(weeks, sums, strict=True)):
        x, y = LEFT + number * width, float(floor)
        for group, (name, colour) in GROUPS.items():
            height = counts[group] * scale
            y -= height
            parts.append(
                f'<rect x="{x + 3:.1f}" y="{y:.1f}" width="{width - 6:.1f}" height="{height:.1f}" '
                f'fill="{colour}"><title>{week[0]}: {name} {counts[group]}</title></rect>'
            )
        parts.append(
            f'<text x="{x + width / 2:.1f}" y="{floor + 15}" text-anchor="middle">'
            f"{week[0][5:]}</text>"
        )
    for number, (name, colour) in enumerate(GROUPS.values()):
        x = LEFT + number * 116
        parts.append(
            f'<rect x="{x}" y="{HEIGHT - 26}" width="10" height="10" fill="{colour}"/>'
            f'<text x="{x + 14}" y="{HEIGHT - 17}" font-size="10">{name}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
