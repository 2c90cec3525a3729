"""`make competence Q="fraud, Salé"`: which unit and which prosecutor's office, and why."""

from __future__ import annotations

import re
import sys

from casework.pack.competence import Competence, propose_competence
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.text.codes import COUNTRY_CODES


def explain(pack: Jurisdiction, question: str) -> list[str]:
    """A decision in lines.

    The question is a category, by its id or its name in any language, a place, and where abroad a
    country code.
    """
    parts = [part.strip() for part in re.split("[,;،؛]", question) if part.strip()]
    called = {
        name.casefold(): each.id
        for each in pack.categories.values()
        for name in (each.id, *each.names.values())
    }
    categories = [part for part in parts if part.casefold() in called]
    category = called[categories[0].casefold()] if categories else None
    country = next((part for part in parts if part in COUNTRY_CODES), None)
    places = ", ".join(part for part in parts if part not in (*categories, country))
    place = pack.place(places) if places else None
    code = place.code if place else None
    percent = place.percent if place else 0
    found = propose_competence(pack, category, code, country is not None, percent)
    return [
        f"category     {_category(pack, category)}",
        f"place        {_place(pack, code) if code else places or '-'}"
        + (f", {percent} % sure" if code else " (no such place found)" if places else ""),
        *([f"abroad       {country}"] if country else []),
        f"unit         {pack.units[found.unit].name('fr')} ({found.unit})",
        f"prosecutor   {found.prosecutor or 'settled by the national desk'}",
        f"court        {_court(pack, found.court)}",
        f"rule         {found.rule}, ground {found.ground}, pack {found.pack_version}",
        f"confidence   {found.confidence}{_doubts(found)}",
        *(
            f"or           {each.unit}, {_court(pack, each.court)}: {each.reason}"
            for each in found.alternatives[:8]
        ),
    ]


def _category(pack: Jurisdiction, category: str | None) -> str:
    if category is None:
        return f"not known; one of {', '.join(pack.categories)}"
    return f"{category} ({pack.categories[category].offence_class})"


def _place(pack: Jurisdiction, code: str) -> str:
    names = [f"{each.name('fr')} ({each.level})" for each in pack.upward(code)]
    return f"{code} {', '.join(names)}"


def _court(pack: Jurisdiction, court: str | None) -> str:
    return f"{pack.courts[court].names['fr']} ({court})" if court else "-"


def _doubts(found: Competence) -> str:
    return f": {', '.join(found.doubts)}" if found.doubts else ""


def main() -> None:
    """Answer the question on the command line."""
    print("\n".join(explain(open_pack("ma"), " ".join(sys.argv[1:]))))


if __name__ == "__main__":
    main()
