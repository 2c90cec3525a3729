"""The texts for reporters, on the portal, from the API and in notices: one file for each language.

The files are checked against each other and against the code.

Each of these is a line of `MessagesWrong`: a key that the code uses and a file lacks, an unused
key, a missing plural form, or braces that differ between languages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from functions.intake.texts import PortalLanguage, PortalTexts

ROOT: Final = Path(__file__).resolve().parents[2]
PORTAL_MESSAGES_FOLDER: Final = ROOT / "web" / "portal" / "messages"
PORTAL_MESSAGE_SOURCES: Final = (
    *(ROOT / "web" / "portal").rglob("*.ts*"),
    *(
        ROOT / "tools" / "site" / f"{name}.py"
        for name in ("about_pages", "maker", "pages", "static_pages", "verify_page")
    ),
    ROOT / "tools" / "site" / "steps.py",
    *(ROOT / "functions" / "intake").glob("*.py"),
    ROOT / "functions" / "notify" / "notice_text.py",
)
PORTAL_LANGUAGE_ORDER: Final = ("ar", "fr", "en", "es")
"""The order of the languages; further files follow by name."""
PLURAL: Final = "plural"
_BRACES: Final = re.compile(r"\{(\w*)\}")


class MessagesWrong(Exception):
    """The files cannot be used; each finding is one line."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Messages:
    """One file."""

    texts: PortalTexts
    plurals: Mapping[str, Mapping[str, str]]
    """Key → CLDR form → text."""

    @property
    def language(self) -> PortalLanguage:
        return self.texts.language


def load_portal_messages(folder: Path = PORTAL_MESSAGES_FOLDER) -> dict[str, Messages]:
    """Every language by its code, in the order of display, without checks."""
    found = {file.stem: _read(file) for file in sorted(folder.glob("*.toml"))}
    return {
        code: found[code]
        for code in (*PORTAL_LANGUAGE_ORDER, *(set(found) - set(PORTAL_LANGUAGE_ORDER)))
        if code in found
    }


def _read(file: Path) -> Messages:
    sections: dict[str, dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))
    plurals = sections.pop(PLURAL, {})
    entries = {
        f"{section}.{key}": text for section, keys in sections.items() for key, text in keys.items()
    }
    language = PortalLanguage(
        file.stem, entries.pop("site.language", ""), entries.pop("site.direction", "")
    )
    return Messages(PortalTexts(language, entries), plurals)


def require_valid_messages(
    messages: Mapping[str, Messages],
    forms: Mapping[str, Iterable[str]],
    sources: Iterable[Path] = PORTAL_MESSAGE_SOURCES,
    *,
    lacking: Iterable[str] = (),
) -> Mapping[str, Messages]:
    """The same messages; raises MessagesWrong.

    `forms` are the plural forms of each language. `lacking` are the missing texts elsewhere, so
    that the author of a new language sees all of them at once.
    """
    findings = [
        *_differing(messages),
        *_unformed(messages, forms),
        *_against_code(messages, UsedKeys.by(sources)),
        *lacking,
    ]
    if findings:
        raise MessagesWrong(findings)
    return messages


def _differing(messages: Mapping[str, Messages]) -> Iterator[str]:
    every = {key for each in messages.values() for key in each.texts.entries}
    for code, each in messages.items():
        if not each.language.name or each.language.direction not in {"ltr", "rtl"}:
            yield f"{code}.toml: site.language or site.direction is missing"
        for key in sorted(every - set(each.texts.entries)):
            yield f"{code}.toml: {key} is missing"
    for key in sorted(every):
        braces = {
            code: sorted(set(_BRACES.findall(each.texts.entries[key])))
            for code, each in messages.items()
            if key in each.texts.entries
        }
        if len({tuple(each) for each in braces.values()}) > 1:
            yield f"{key}: the braces differ: {braces}"


def _unformed(
    messages: Mapping[str, Messages], forms: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    every = {key for each in messages.values() for key in each.plurals}
    for code, each in messages.items():
        for key in sorted(every):
            there = set(each.plurals.get(key, {}))
            for form in sorted(set(forms[code]) - there):
                yield f"{code}.toml: plural.{key} has no form {form}"
            for form in sorted(there - set(forms[code])):
                yield f"{code}.toml: plural.{key}: {code} has no form {form}"


@dataclass(frozen=True)
class UsedKeys:
    """The keys that code names, whole or by their section."""

    keys: frozenset[str]
    sections: frozenset[str]
    """Sections whose key is made at run time: `role.${role}`."""
    plurals: frozenset[str]

    @classmethod
    def by(cls, files: Iterable[Path]) -> UsedKeys:
        keys, sections, plurals = set(), set(), set()
        for file in files:
            text = file.read_text(encoding="utf-8")
            keys |= set(re.findall(r"""["'`]([a-z]+\.[a-z0-9_]+)["'`]""", text))
            sections |= set(re.findall(r"""["'`]([a-z]+)\.\$?\{""", text))
            plurals |= set(re.findall(r"""plural\(\s*"([a-z]+)\"""", text))
        return cls(frozenset(keys), frozenset(sections), frozenset(plurals))

    def uses(self, key: str) -> bool:
        """Whether the code can use this text."""
        return key in self.keys or key.partition(".")[0] in self.sections


NO_USED_KEYS: Final = UsedKeys(frozenset(), frozenset(), frozenset())


def _against_code(messages: Mapping[str, Messages], used: UsedKeys) -> Iterator[str]:
    entries = {key for each in messages.values() for key in each.texts.entries}
    plurals = {key for each in messages.values() for key in each.plurals}
    known = {key.partition(".")[0] for key in entries}
    for key in sorted(used.keys):
        if key.partition(".")[0] in known and key not in entries and not _is_a_file(key):
            yield f"{key} is used and in no file"
    for key in sorted(used.plurals - plurals):
        yield f"plural.{key} is used and in no file"
    for key in sorted(entries):
        if not used.uses(key):
            yield f"{key} is not used"
    for key in sorted(plurals - used.plurals):
        yield f"plural.{key} is not used"


def _is_a_file(key: str) -> bool:
    return key.endswith((".py", ".json", ".css", ".tsx", ".ts", ".toml", ".svg"))
