"""Which words each part of the page of staff carries: those that its sources use.

The words that the page begins with are one file for each language. A part that is loaded at need
has a file of its own with what it uses beside them. What the part `BEHIND` uses is not repeated in
the files of parts that load it, too. The lists of names that it uses, such as those of units and
courts, are one file, because many parts use them; another list comes with the part that uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tools.site.messages import MessagesWrong
from tools.site.scripts import BEHIND, STAFF, StaffScripts

EXCLUDED_NAME_LISTS: Final = (
    *("units", "courts", "prosecutors", "grounds", "services"),
    *("matters", "matters_help"),
    *("parties", "currencies"),
)
"""Lists of names that the page itself does not use."""
_KIND: Final = r"(?:<[^(]*>)?"
_SECTIONS: Final = (
    r"`([a-z_]+)_\$\{",
    rf'\b(?:said|options){_KIND}\(\s*"([a-z_]+)"',
    rf'\bchoice{_KIND}\(\s*"\w+",\s*"([a-z_]+)"',
)
"""Where a key is made at run time of the name of its section and a code."""
_CALLS: Final = rf'\b(?:said|options){_KIND}\(\s*[^"\s][^)]*\)|`\$\{{\w+\}}_\$\{{'
"""Where the section is no literal."""
_DEFINED: Final = {
    "words.ts": {"said(section: string, id: string)", "`${section}_${"},
    "fields.ts": {"said(section, id)", "options(section, ids)"},
}
"""But for the functions themselves."""


@dataclass(frozen=True)
class UsedWords:
    """The words that sources name."""

    literals: frozenset[str]
    sections: frozenset[str]
    names: frozenset[str]
    """Of `EXCLUDED_NAME_LISTS`."""

    @classmethod
    def by(cls, sources: Iterable[Path]) -> UsedWords:
        """What these sources name; a text that is written and is a key counts as used."""
        used = [_used_in(file.read_text(encoding="utf-8")) for file in sources]
        return cls(
            frozenset[str]().union(*(each.literals for each in used)),
            frozenset[str]().union(*(each.sections for each in used)),
            frozenset[str]().union(*(each.names for each in used)),
        )

    def of(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that are used."""
        return {each for each in keys if each in self.literals or self._made(each)}

    def _made(self, key: str) -> bool:
        return any(key.startswith(f"{section}_") for section in self.sections)


@cache  # many parts hold the same source
def _used_in(text: str) -> UsedWords:
    return UsedWords(
        frozenset(re.findall(r'"([\w-]+)"', text)),
        frozenset(each for one in _SECTIONS for each in re.findall(one, text)),
        frozenset(re.findall(r"\bwords\.(\w+)", text)) & frozenset(EXCLUDED_NAME_LISTS),
    )


@dataclass(frozen=True)
class CarriedWords:
    """The keys of the texts that each file of words has."""

    page: frozenset[str]
    parts: Mapping[str, frozenset[str]]
    names: frozenset[str]
    """The lists of `EXCLUDED_NAME_LISTS` that are one file."""
    with_names: frozenset[str]
    """Parts that use one of these."""
    own_names: Mapping[str, frozenset[str]]
    """The other lists of `EXCLUDED_NAME_LISTS` that a part uses."""
    with_a_case: frozenset[str]
    """Parts whose words are whole only with those of `BEHIND`."""

    def there(self, part: str) -> set[str]:
        """Every key that is there once this part is; before any part is, for ""."""
        behind = self.parts[BEHIND] if part in self.with_a_case else ()
        return {*self.page, *self.parts.get(part, ()), *behind}


def deal_out_words(scripts: StaffScripts, keys: Iterable[str]) -> CarriedWords:
    """Deal the keys out. Raises MessagesWrong with keys that no part uses, and where the page
    itself uses names."""
    every = set(keys)
    begins = UsedWords.by(scripts.begins)
    used = {part: UsedWords.by(scripts.parts[part]) for part in part_names()}
    page = begins.of(every)
    behind = used[BEHIND].of(every) - page
    parts, with_a_case = {}, set()
    for part, each in used.items():
        parts[part] = each.of(every) - page
        if scripts.comes_with_a_case(part):
            parts[part] -= behind
            with_a_case.add(part)
    names = used[BEHIND].names
    unused = every - page - behind - set[str]().union(*parts.values())
    wrong = [f"web/desk/messages: {key} is not used" for key in sorted(unused)]
    wrong += [
        f"web/desk: the page itself uses words.{each}; a part has to show it"
        for each in sorted(begins.names)
    ]
    if wrong:
        raise MessagesWrong(wrong)
    return CarriedWords(
        frozenset(page),
        {part: frozenset(each) for part, each in parts.items()},
        names,
        frozenset(part for part, each in used.items() if each.names & names),
        {part: each.names - names for part, each in used.items()},
        frozenset(with_a_case),
    )


def part_names(folder: Path = STAFF) -> list[str]:
    """The parts that sources load at need. Raises MessagesWrong where one would be loaded without
    its words, or where a section is no literal and `UsedWords` cannot find it."""
    wrong, found = [], set[str]()
    for file in sorted(folder.rglob("*.ts*")):
        text = file.read_text(encoding="utf-8")
        loaded = re.findall(r'\blater\("([a-z-]+)", \(\) => import\("\./([a-z-]+)"\)', text)
        found |= {name for _, name in loaded}
        if text.count("import(") != len(loaded) or any(one != other for one, other in loaded):
            wrong.append(f'web/desk/{file.name}: load parts by later("x", () => import("./x") …)')
        unknown = set(re.findall(_CALLS, text)) - _DEFINED.get(file.name, set())
        wrong += [f"web/desk/{file.name}: name the section as a text: {each}" for each in unknown]
    if wrong:
        raise MessagesWrong(wrong)
    return sorted(found)


def missing_word_lines(
    scripts: StaffScripts, keys: Iterable[str], asked: Mapping[Path, Iterable[str]]
) -> Iterator[str]:
    """A line for each text that a source can ask for and that does not come with a part of it.
    `asked` is what the types of the sources allow, which knows nothing of what `UsedWords`
    finds."""
    dealt = deal_out_words(scripts, keys)
    every = {"": scripts.begins, **scripts.parts}
    for part, sources in every.items():
        there = dealt.there(part)
        for file in sorted(sources):
            for key in sorted(set(asked[file]) - there):
                yield f"web/desk/{file.name}: {key} does not come with {part or 'the page'}"
