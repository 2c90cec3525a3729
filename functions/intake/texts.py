"""The words for reporters, from `web/portal/messages/`.

`python -m tools.site` writes `portal.json` from the files in `web/portal/messages/`; a stale copy
fails `make check`. It holds only the texts that this folder uses.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("portal.json")
LANGUAGE_NAMES_FILE: Final = FILE.with_name("names.json")


@dataclass(frozen=True)
class PortalLanguage:
    """A language of the portal."""

    code: str
    """BCP 47."""
    name: str
    """In the language itself."""
    direction: str
    """`ltr` or `rtl`."""


@dataclass(frozen=True)
class PortalTexts:
    """The texts of one language."""

    language: PortalLanguage
    entries: Mapping[str, str]
    moments: Sequence[str] = ()
    """For each month, a moment as people write it: `{day} janvier {year} à {time}`."""
    months: Sequence[str] = ()
    """The names of the months, as the country writes them."""
    seconds: Sequence[str] = ()
    """For each number from 0 up, so many seconds: `1 seconde`."""
    problems: Sequence[str] = ()
    """For each number from 0 up, that there are so many: `Il y a 2 problèmes`."""
    steps: Sequence[str] = ()
    """The next steps after a report was sent, with the times of the jurisdiction."""
    readings: Mapping[str, str] = field(default_factory=dict)
    """The second step for a report whose urgency is told by more than its words, by its name."""
    clocks: Sequence[tuple[int, int]] = ((0, 0),)
    """Since when (seconds since 1970) the country's clocks are how many minutes ahead of UTC."""

    def __getitem__(self, key: str) -> str:
        return self.entries[key]

    def moment(self, at: str) -> str:
        """A moment as people write it, by the jurisdiction's clocks, which the text names: a
        reporter may be abroad, and a country may change its clocks in a month of the year."""
        said = datetime.fromisoformat(at)
        known = bisect_right(self.clocks, said.timestamp(), key=itemgetter(0))
        _, ahead = self.clocks[max(0, known - 1)]
        moment = said.astimezone(timezone(timedelta(minutes=ahead)))
        return self.moments[moment.month - 1].format(
            day=moment.day, year=moment.year, time=f"{moment:%H:%M} UTC{moment.isoformat()[-6:]}"
        )

    def fill(self, key: str, **values: str) -> str:
        """The text with its braces filled in. Values are never read for braces themselves."""
        return self.entries[key].format_map(values)


@dataclass(frozen=True)
class Portal:
    """Everything rendered pages are made from."""

    languages: tuple[PortalLanguage, ...]
    """In the order to offer them."""
    style: str
    """Address of the style sheet."""
    icon: str
    """Address of the icon."""
    texts: Mapping[str, PortalTexts]
    ticks: Mapping[str, str]
    """What a reporter ticked → the name of the reading it leads to."""
    categories: Mapping[str, str]
    """The same by category."""
    operator: str = ""
    """The authority that runs the service; empty in a demonstration."""

    def texts_in(self, language: str) -> PortalTexts:
        """The texts of a language, or of the first one for a language that has none."""
        return self.texts[language if language in self.texts else self.languages[0].code]


def portal_from_document(document: Mapping[str, Any]) -> Portal:
    """The portal in a document of the form of `portal.json`."""
    languages = {
        code: PortalLanguage(code, each["name"], each["direction"])
        for code, each in document["languages"].items()
    }
    clocks = tuple((since, ahead) for since, ahead in document["clocks"])
    return Portal(
        tuple(languages.values()),
        document["style"],
        document["icon"],
        {
            code: PortalTexts(
                language,
                each["texts"],
                each["moments"],
                each["months"],
                each["seconds"],
                each["problems"],
                each["steps"],
                each["readings"],
                clocks,
            )
            for (code, language), each in zip(
                languages.items(), document["languages"].values(), strict=True
            )
        },
        document["claimed"]["ticks"],
        document["claimed"]["categories"],
    )


@cache
def load_portal() -> Portal:
    """The portal as it was built."""
    return portal_from_document(json.loads(FILE.read_text(encoding="utf-8")))


@cache
def localised_code_names(language: str, what: str) -> tuple[tuple[str, str], ...]:
    """Code and name of `countries` or `currencies`, in the order of the language's alphabet.

    `names.json` is written beside the texts, from CLDR; read on its own, as only forms need it.
    """
    every = json.loads(LANGUAGE_NAMES_FILE.read_text(encoding="utf-8"))
    return tuple((code, name) for code, name in every[language][what])
