"""CLDR's data on languages, as browsers have it in `Intl`; read from node at build."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tools.site.messages import Messages

_RULES: Final = (
    "const r={};for(const l of process.argv.slice(1)){const p=new Intl.PluralRules(l);"
    "r[l]={forms:p.resolvedOptions().pluralCategories,"
    "selected:Array.from({length:1000},(_,n)=>p.select(n))}}"
    "process.stdout.write(JSON.stringify(r))"
)
_DIGITS: Final = (
    "const told=l=>new Intl.NumberFormat(l).resolvedOptions(),world=l=>l.split('-')[0]+'-001';"
    "process.stdout.write(JSON.stringify(process.argv.slice(1).map(l=>"
    "([l,world(l)].find(k=>told(k).locale===k)??l)+'-u-nu-'+told(l).numberingSystem)))"
)
_MOMENTS: Final = (
    "const r={},f={day:'{day}',year:'{year}',hour:'{time}',minute:''};"
    "for(const l of process.argv.slice(1)){const d=new Intl.DateTimeFormat(l,{dateStyle:'long',"
    "timeStyle:'short',hourCycle:'h23',timeZone:'UTC'});"
    "r[l]=Array.from({length:12},(_,m)=>d.formatToParts(Date.UTC(2026,m,15,13,7)).map((p,i,a)=>"
    "f[p.type]??(a[i-1]?.type==='hour'?'':p.value)).join(''))}"
    "process.stdout.write(JSON.stringify(r))"
)
_MONTHS: Final = (
    "const r={};for(const l of process.argv.slice(1)){"
    "const d=new Intl.DateTimeFormat(l,{month:'long',timeZone:'UTC'});"
    "r[l]=Array.from({length:12},(_,m)=>d.format(Date.UTC(2026,m)))}"
    "process.stdout.write(JSON.stringify(r))"
)
_NAMES: Final = (
    "const [l,type,...codes]=process.argv.slice(1),n=new Intl.DisplayNames(l,{type});"
    "process.stdout.write(JSON.stringify(codes.map(c=>[c,n.of(c)])"
    ".sort((a,b)=>a[1].localeCompare(b[1],l))))"
)


@dataclass(frozen=True)
class PluralRules:
    """CLDR's plural rules, as the browser has them; read from node once."""

    forms: Mapping[str, tuple[str, ...]]
    """The plural forms of each language, for whole numbers and others."""
    selected: Mapping[str, tuple[str, ...]]
    """The form of each number from 0 up."""

    def fill(self, messages: Messages, key: str, number: int) -> str:
        """The text of this plural for a number this table reaches."""
        form = self.selected[messages.language.code][number]
        return messages.plurals[key][form].replace("{n}", str(number))


def plural_rules(languages: Iterable[str], node: Path | str = "node") -> PluralRules:
    """The rules of these languages; raises CalledProcessError without a usable node."""
    rules = _asked(_RULES, node, *languages)
    return PluralRules(
        {code: tuple(each["forms"]) for code, each in rules.items()},
        {code: tuple(each["selected"]) for code, each in rules.items()},
    )


def locales(languages: Iterable[str], country: str, node: Path | str = "node") -> dict[str, str]:
    """Language → its locale for a country (ISO 3166-1), which gives the country's digits.

    A browser may know the language and not its form in the country; the digits are then still the
    country's. Where CLDR does not know the form of the country either, the international one (001)
    is used: for English, the day before the month.
    """
    codes = list(languages)
    found = _asked(_DIGITS, node, *(f"{code}-{country}" for code in codes))
    return dict(zip(codes, found, strict=True))


def moments(written: Iterable[str], node: Path | str = "node") -> dict[str, list[str]]:
    """Locale → for each month, a day and a time in it with {day}, {year} and {time} to fill in."""
    found: dict[str, list[str]] = _asked(_MOMENTS, node, *written)
    return found


def month_names_by_locale(
    written: Iterable[str], node: Path | str = "node"
) -> dict[str, list[str]]:
    """Locale → the names of the months, as they stand alone."""
    found: dict[str, list[str]] = _asked(_MONTHS, node, *written)
    return found


def display_names(
    language: str, kind: str, codes: Iterable[str], node: Path | str = "node"
) -> list[tuple[str, str]]:
    """Code and name of each, in the alphabetic order of the language.

    `kind` is `region` (ISO 3166-1) or `currency` (ISO 4217).
    """
    return [(code, name) for code, name in _asked(_NAMES, node, language, kind, *codes)]


def _asked(script: str, node: Path | str, *arguments: str) -> Any:
    return json.loads(_told(script, node, *arguments))


@cache  # node is the same for each site that a process builds
def _told(script: str, node: Path | str, *arguments: str) -> str:
    return subprocess.run(
        [str(node), "-e", script, *arguments], check=True, capture_output=True, text=True
    ).stdout
