"""Write the parts of pages that come from code, between `<!-- drawn: NAME -->` and `<!-- end -->`.

python -m tools.generate_docs           write them
python -m tools.generate_docs --check   fail when one is stale
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from casework.aws.table import desk_keys, keys, picture_keys
from casework.aws.table.key_template import templates_of
from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.case import replay
from tools import on_call, quotas
from tools.architecture import LAYERS, QUESTIONS

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
CASEWORK: Final = Path(__file__).resolve().parents[1] / "casework"
DOCUMENTED_WORKFLOW_FILE: Final = DOCS.parent / "functions" / "triage" / "workflow.asl.json"
DESK_SOURCES: Final = DOCS.parent / "web" / "desk"
FOUND: Final = DOCS.parent / "tools" / "found.json"
FINDERS: Final = ("verify-history", "night", "dossier", "public log")
_KEY: Final = re.compile(r'\{ act: "(\w+)", sign: "([^"]+)"')
_ONLY: Final = re.compile(r"const [A-Z_]+: readonly Act\[\] = \[([^\]]+)\];")
"""The keys that the help shows at a review alone, and those that it shows in a unit alone."""
_PART: Final = re.compile(r"(<!-- drawn: (\w+) -->)(?:(?!<!-- ).)*(<!-- end -->)", re.DOTALL)

ITEM_KINDS_IN_WORDS: Final[Mapping[str, str]] = {
    "CASE": "a case",
    "REPORT": "a report",
    "TOMBSTONE": "an erased report",
    "ADDITION": "an addition",
    "FILE": "a kept file",
    "UPLOAD": "a file that is not kept",
    "PICTURE": "what a picture of a report looks like",
    "KNOWN": "what lists answered of a file or picture",
    "SLOT": "the file of an upload",
    "ALLOWED": "the bytes that came in an hour",
    "ARRIVED": "the list of the reports of a case",
    "EVENT": "an entry",
    "ALONE": "the deadline of a report without a case",
    "MARK": "a mark of a day",
    "ENTRY": "the entry of a night",
    "BOUND": "what a night binds of a report",
    "QUESTION": "a question to a reporter",
    "MESSAGE": "a message to reporters, and its copy beside each",
    "TELLING": "what reporters are told",
    "IDENTITY": "a request for an identity",
    "CUSTODY": "its line in the list of custodians",
    "PARTICULARS": "the details of an entry",
    "INDEX": "the name by which an entry is found",
    "DUE": "a deadline",
    "WAIT": "the token of a wait",
    "NUMBER": "the case of a number that people say",
    "ALERT": "recent danger in a case",
    "HEARD": "recent notifications of a unit or desk",
    "STANDING": "what stands with each unit",
    "HOLDS": "what people work on alone",
    "CAMPAIGNS": "the campaigns",
    "CAMPAIGN": "the list of the cases of a campaign",
    "DECIDED": "what people decided on a day",
    "SAMPLES": "closed reviews that a second person reads again",
    "ASKINGS": "who asked for a file that two people open",
    "HANDOVER": "what shifts of the duty desk left",
    "ROSTER": "who is on duty",
    "STAFF": "a person of the staff",
    "DESK": "what a person of the staff keeps",
    "IDENTIFIER": "the case of an identifier",
    "ALIKE": "a report of a group of reports alike",
    "GROUP": "a group of reports alike",
    "CONTACT": "the identifier of a contact",
    "COPIES": "a verdict that is carried to copies",
    "CLUE": "the cases of a clue",
    "COUNTED": "the mark of a report or case",
    "STATISTICS": "the counters of a month",
    "SHEETS": "the sheets of a month",
    "PUBLISHED": "a published month",
    "RECOUNTS": "the event of a recount",
    "UNITS": "the units that the last sweep knew",
    "SWEPT": "where the next sweep goes on",
    "LOOKED": "where the next look goes on",
    "DAY": "the cases of a day",
}
"""Each kind of item in words."""


def free() -> Iterator[str]:
    """The attributes of each kind of item that no history binds, and why."""
    yield "| item | attribute | why it is free |"
    yield "|---|---|---|"
    for kind, attributes in UNBOUND_ATTRIBUTES.items():
        for names, reason in _by_reason(attributes):
            said = "all of it" if names == ["*"] else ", ".join(f"`{name}`" for name in names)
            yield f"| {ITEM_KINDS_IN_WORDS[kind]} | {said} | {reason} |"


def _by_reason(attributes: Mapping[str, str]) -> Iterator[tuple[list[str], str]]:
    """Neighbouring attributes with the same reason, together."""
    names: list[str] = []
    known = ""
    for name, reason in attributes.items():
        if names and reason not in ("the same", known):
            yield names, known
            names = []
        known = known if reason == "the same" else reason
        names.append(name)
    yield names, known


OBJECT_KINDS_IN_WORDS: Final[Mapping[str, str]] = {
    "SEAL": "the seal of a day",
    "HEADS": "the heads that it signs",
    "TREE": "the top of the tree of the reports of a day",
    "LEAVES": "a part of that tree",
    "CHECKPOINT": "the checkpoint of the log",
    "SIGNED": "its copy by size",
    "CLAIM": "the claim of its size",
    "LOG_ENTRIES": "the entries of the log",
    "TILE": "the hashes of the log",
    "PLACE": "the place of a day in the log",
    "PUBLIC_KEY": "a published key",
}
"""Each kind of object in the bucket of seals in words."""


def edit_finder_lines() -> Iterator[str]:
    """Who finds an edit of each attribute, as `tests/integration/test_who_finds_what.py` measured
    it."""
    yield f"| item | attribute | {' | '.join(FINDERS)} |"
    yield f"|---|---|{'---|' * len(FINDERS)}"
    words = {**ITEM_KINDS_IN_WORDS, **OBJECT_KINDS_IN_WORDS}
    measured = json.loads(FOUND.read_text(encoding="utf-8"))
    for kind in sorted(measured, key=lambda each: each in OBJECT_KINDS_IN_WORDS):
        by_finders: dict[tuple[str, ...], list[str]] = {}
        for name, finders in measured[kind].items():
            by_finders.setdefault(tuple(finders), []).append(name)
        for finders, names in by_finders.items():
            said = ", ".join(name if " " in name else f"`{name}`" for name in names)
            cells = " | ".join("yes" if each in finders else "–" for each in FINDERS)
            yield f"| {words[kind]} | {said} | {cells} |"


def derived_field_lines() -> Iterator[str]:
    """Fields of a case that follow from the positions of its entries."""
    yield ", ".join(f"`{name}`" for name in sorted(replay.DERIVED_FIELDS))


def decisions() -> Iterator[str]:
    """Every decision by its number and title."""
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        yield f"- [{path.name[:4]}]({path.name}) {title}"


def floors() -> Iterator[str]:
    """The rooms of `casework/`, each with what is in it; the highest floor first."""
    yield "| floor | room | what is in it |"
    yield "|---|---|---|"
    for number, rooms in reversed(list(enumerate(LAYERS))):
        for room in rooms:
            place = CASEWORK.joinpath(*room.split("."))
            file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
            said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            first = " ".join(said.partition("\n\n")[0].split())
            yield f"| {number} | `{file.relative_to(CASEWORK.parent).as_posix()}` | {first} |"


def questions() -> Iterator[str]:
    """Where the code answers what newcomers ask."""
    yield "| question | file |"
    yield "|---|---|"
    for answer in QUESTIONS:
        yield f"| {answer.question} | `{answer.file}` |"


def workflow() -> Iterator[str]:
    """The states of the workflow and the ways between them."""
    states = json.loads(DOCUMENTED_WORKFLOW_FILE.read_text(encoding="utf-8"))
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"  [*] --> {states['StartAt']}"
    for name, state in states["States"].items():
        for rule in state.get("Catch", ()):
            because = ", ".join(error.removeprefix("States.") for error in rule["ErrorEquals"])
            said = "retries exhausted" if because == "ALL" else because
            yield f"  {name} --> {rule['Next']}: {said}"
        yield f"  {name} --> {state.get('Next', '[*]')}"
    yield "```"


def keyboard_keys() -> Iterator[str]:
    """The keys of the desk, as its help tells them in English."""
    said = tomllib.loads((DESK_SOURCES / "messages" / "en.toml").read_text(encoding="utf-8"))[
        "texts"
    ]
    of_units = {
        "confirm": said["key_take"],
        "reject": said["key_decline"],
        "danger": said["key_has"],
        "unsure": said["key_called"],
        "glance": said["act_inform"],
        "samples": said["act_freeze"],
        "calm": said["key_admit"],
    }
    help_ = (DESK_SOURCES / "help.tsx").read_text(encoding="utf-8")
    at_review, of_a_unit = (set(re.findall(r'"(\w+)"', each)) for each in _ONLY.findall(help_))
    yield "| key | at a review | in a unit |"
    yield "|---|---|---|"
    for act, sign in _KEY.findall((DESK_SOURCES / "keys.ts").read_text(encoding="utf-8")):
        meaning = said[f"key_{act}"]
        here = "" if act in of_a_unit else meaning
        there = "" if act in at_review else of_units.get(act, meaning)
        yield f"| `{sign}` | {here} | {there} |"
    yield f"| `1` … `9` `0` | {said['key_digits']} | {said['key_line']} |"
    yield f"| `Ctrl K` | {said['key_acts']} | {said['key_acts']} |"
    yield f"| `Ctrl Enter` | {said['key_send']} | {said['key_send']} |"


def table_keys() -> Iterator[str]:
    """The questions that the table answers, each with its key, or its place in an index."""
    for module in (keys, desk_keys, picture_keys):
        yield f"**`{module.__name__.rpartition('.')[2]}.py`**"
        yield from ("", "| question | answered by |", "|---|---|")
        yield from (each.row for each in templates_of(module))
        yield ""


PAGE_PARTS: Final[Mapping[str, Callable[[], Iterable[str]]]] = {
    "floors": floors,
    "questions": questions,
    "workflow": workflow,
    "free": free,
    "derived": derived_field_lines,
    "found": edit_finder_lines,
    "decisions": decisions,
    "alarms": on_call.index,
    "on_call": on_call.sections,
    "quotas": quotas.quota_table,
    "increases": quotas.increases,
    "desk_keys": keyboard_keys,
    "keys": table_keys,
}
PAGES: Final = (
    DOCS / "architecture.md",
    DOCS / "security.md",
    DOCS / "table.md",
    DOCS / "decisions" / "README.md",
    DOCS / "desk" / "README.md",
    on_call.ON_CALL_PAGE,
    quotas.QUOTAS_PAGE,
)


def render_page_parts(page: str) -> str:
    """The page with its parts as the code is now; raises KeyError for an unknown part."""
    return _PART.sub(lambda found: "\n".join([found[1], *PAGE_PARTS[found[2]](), found[3]]), page)


def main() -> int:
    """Write the parts, or say which page is stale."""
    stale = 0
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        if render_page_parts(page) == page:
            continue
        if "--check" in sys.argv:
            print(f"docs/{path.relative_to(DOCS)} is stale: run `make docs`", file=sys.stderr)
            stale = 1
        else:
            path.write_text(render_page_parts(page), encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())
