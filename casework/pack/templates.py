"""Templates of a pack: questions and messages to reporters, in the reporters' languages.

`templates.json` may be absent. People of the desk choose a template and may change its words before
they send them: a template itself is sent by no machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from casework.pack.entries import Names, PackEntry, PackError, read_pack_entry

FILE: Final = "templates.json"
MAX_TEMPLATES_PER_KIND: Final = 9
"""Templates of one kind: each is chosen by a digit."""
MAX_TEMPLATE_LENGTH: Final = 2_000
"""Characters, as many as a question may have."""


class MessageTemplate(PackEntry):
    """Words to a reporter."""

    id: str
    names: Names
    """What it is about, in a few words: staff choose by it."""
    texts: Names


class MessageTemplates(PackEntry):
    """The templates of a pack."""

    questions: tuple[MessageTemplate, ...] = ()
    messages: tuple[MessageTemplate, ...] = ()


@cache
def read_templates(folder: Path) -> MessageTemplates:
    """The templates of a pack; raises PackError when the file cannot be read."""
    return (
        read_pack_entry(folder, FILE, MessageTemplates)
        if (folder / FILE).is_file()
        else MessageTemplates()
    )


def findings(folder: Path, languages: Collection[str]) -> Iterator[str]:
    """What is wrong with the templates of a pack, whose reporters use these languages."""
    try:
        found = read_templates(folder)
    except PackError as error:
        yield from error.findings
        return
    for kind, those in (("questions", found.questions), ("messages", found.messages)):
        if len(those) > MAX_TEMPLATES_PER_KIND:
            yield f"{FILE}: {kind}: there are more than {MAX_TEMPLATES_PER_KIND}"
        ids = [each.id for each in those]
        for each in those:
            if ids.count(each.id) > 1:
                yield f"{FILE}: {kind}: {each.id}: the id appears twice"
            for said in (each.names, each.texts):
                lacking = sorted(set(languages) - set(said))
                if lacking:
                    yield f"{FILE}: {kind}: {each.id}: no text in {', '.join(lacking)}"
            if any(len(text) > MAX_TEMPLATE_LENGTH for text in each.texts.values()):
                yield f"{FILE}: {kind}: {each.id}: longer than {MAX_TEMPLATE_LENGTH} characters"
