"""Templates of a pack: questions and messages to reporters, in the reporters' languages.

`templates.json` may be absent. People of the desk choose a template and may change its words before
they send them: a template itself is sent by no machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from casework.pack.entries import Names, PackEntry, PackError, read_one

FILE: Final = "templates.json"
MOST: Final = 9
"""Templates of one kind: each is chosen by a digit."""
LONGEST: Final = 2_000
"""Characters, as many as a question may have."""


class Template(PackEntry):
    """Words to a reporter."""

    id: str
    names: Names
    """What it is about, in a few words: staff choose by it."""
    texts: Names


class Templates(PackEntry):
    """The templates of a pack."""

    questions: tuple[Template, ...] = ()
    messages: tuple[Template, ...] = ()


@cache
def templates(folder: Path) -> Templates:
    """The templates of a pack; raises PackError when the file cannot be read."""
    return read_one(folder, FILE, Templates) if (folder / FILE).is_file() else Templates()


def findings(folder: Path, languages: Collection[str]) -> Iterator[str]:
    """What is wrong with the templates of a pack, whose reporters use these languages."""
    try:
        found = templates(folder)
    except PackError as error:
        yield from error.findings
        return
    for kind, those in (("questions", found.questions), ("messages", found.messages)):
        if len(those) > MOST:
            yield f"{FILE}: {kind}: there are more than {MOST}"
        ids = [each.id for each in those]
        for each in those:
            if ids.count(each.id) > 1:
                yield f"{FILE}: {kind}: {each.id}: the id appears twice"
            for said in (each.names, each.texts):
                lacking = sorted(set(languages) - set(said))
                if lacking:
                    yield f"{FILE}: {kind}: {each.id}: no text in {', '.join(lacking)}"
            if any(len(text) > LONGEST for text in each.texts.values()):
                yield f"{FILE}: {kind}: {each.id}: longer than {LONGEST} characters"
