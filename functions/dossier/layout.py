"""Tells a case in blocks, in one language: what a printed dossier says, and in which order.

The first page tells the facts first: the case, the prosecutor's decisions by their numbers, how it
ended. Then it says what was withheld, what is proven and what is not, and which statements of law
nobody has confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from casework.case.export_package import PackageDraft, Withheld
from casework.case.history import CORRECTS_FIELD
from casework.case.lifecycle import Move
from casework.case.value_objects import REPORTER_AUTHOR, SYSTEM_AUTHOR
from casework.moves.notes import COLLEAGUE_MOVES
from casework.text.identity_numbers import redact_numbers
from functions.dossier.labels import DossierLabels
from functions.dossier.text_runs import (
    DocumentFonts,
    Piece,
    break_long_runs,
    join_runs,
    layout_paragraphs,
    split_runs,
)

Block = dict[str, Any]
TableCell = Any
EntryData = Mapping[str, Any]
"""A part of the dossier, as its schema says."""

_CALM: Final = "#eef4fb"
_WARNING: Final = "#fdf3e1"
SEPARATOR_TEXT: Final = " · "
_NO_MEMBER: Final = {SYSTEM_AUTHOR: "system", REPORTER_AUTHOR: "a_reporter"}
"""Authors of entries who are no people of the service."""


class DossierLayout:
    """One dossier in one language."""

    def __init__(self, draft: PackageDraft, names: DossierLabels, fonts: DocumentFonts) -> None:
        self._numbers = () if draft.order else draft.dossier.get("identity_numbers", ())
        self.draft = draft
        self.dossier = redact_numbers(
            draft.dossier, self._numbers, names.dossier_text("covered_number")
        )
        self.names, self.fonts = names, fonts
        self._exhibits: dict[tuple[str, int], int] = {
            (each["report"], each["n"]): each["exhibit"]
            for each in draft.exhibits
            if not each.get("gone")
        }
        self._bound = {each["commitment"]: (each["report"], each["n"]) for each in draft.files}

    def document(self) -> dict[str, Any]:
        """The document, as the template reads it."""
        made_at = self._here(self.dossier["made_at"])
        title = self.names.dossier_text("title")
        return {
            "lang": self.names.language,
            "title": f"{title} {self.dossier['id']}",
            "day": [made_at.year, made_at.month, made_at.day],
            "foot": [
                ["t", self.names.dossier_text("page_of") + " "],
                ["m", self.dossier["id"]],
                ["t", SEPARATOR_TEXT],
                ["m", self.dossier["head"][:32]],
            ],
            # What is covered on the pages is not handed on inside them.
            "attached": None if self._numbers else self.names.dossier_text("attached"),
            "blocks": list(self._blocks()),
        }

    def _blocks(self) -> Iterator[Block]:
        yield self._heading(1, "title")
        yield _pairs([*self._first(), *self._summary(), *self._ordered(), *self._closed()])
        yield from self._said_first()
        yield self._heading(2, "reports")
        for report in self.dossier["reports"]:
            yield from self._report(report)
        yield from self._custody()
        yield from self._identifiers()
        yield from self._ledgers()
        yield self._heading(2, "history")
        yield self._history()
        yield self._heading(2, "verify")
        yield {"kind": "line", "text": self._own("verify_how")}
        yield _pairs([(self._own("head"), [["m", *break_long_runs(self.dossier["head"])]])])

    # ---- the first page ----------------------------------------------------------------------

    def _first(self) -> Iterator[tuple[list[Piece], TableCell]]:
        yield self._own("case"), [["m", self.dossier["id"]]]
        if self.dossier["number"]:
            yield self._own("number"), [["m", self.dossier["number"]]]
        yield self._own("made_at"), self._time(self.dossier["made_at"])
        competence = self.dossier["competence"]
        yield self._own("unit"), self._plain(self.names.unit(competence["unit"]))
        if competence["prosecutor"]:
            court = self.names.court(competence["court"])
            office = self.names.office(competence["prosecutor"])
            yield (
                self._own("office"),
                self._plain(SEPARATOR_TEXT.join(filter(None, (office, court)))),
            )

    def _in_the_log(self) -> Iterator[list[Piece]]:
        """By which day the public log holds the history, and up to which entry."""
        if (sealed := self.draft.sealed) is not None:
            day, last = str(sealed["statement"]["day"]), int(sealed["leaf"]["events"])
            yield self._own("proven_log", day=day, n=last)

    def _said_first(self) -> Iterator[Block]:
        left_out = [
            self._own(f"withheld_{kind}", n=self.draft.withheld[kind])
            for kind in Withheld
            if self.draft.withheld.get(kind)
        ]
        left_out += map(self._shown_on, self._orders(self.draft.order))
        yield self._box("withheld", _CALM, left_out or [self._own("withheld_none")])
        words, nights = len(self.draft.openings), len(self.draft.days)
        yield self._box(
            "proven",
            _CALM,
            [
                self._own("proven_chain", n=len(self.draft.chain)),
                self._own("proven_words", n=words),
                self._own("proven_nights", n=nights) if nights else self._own("proven_nights_none"),
                *self._in_the_log(),
                self._own("proven_signature"),
            ],
        )
        unlogged = () if self.draft.sealed else ("unlogged",)
        unproven = ("truth", "today", *unlogged, "names", "pdf", "machine")
        yield self._box("unproven", _WARNING, [self._own(f"unproven_{each}") for each in unproven])
        yield self._box("legal", _WARNING, [self._own_law()])

    def _orders(self, entry: int | None) -> list[EntryData]:
        return [each for each in self.dossier["instructions"] if each["entry"] == entry]

    def _shown_on(self, order: EntryData) -> list[Piece]:
        """That identity numbers are printed, and on which decision of the prosecutor."""
        reference = [
            ["t", " "],
            ["m", *break_long_runs(self.fonts.drawable_text(order["reference"]))],
        ]
        number = self.names.dossier_text("entry_n", n=order["entry"])
        day = [["t", SEPARATOR_TEXT], ["m", order["decided_on"]]]
        return [
            *self._own("shown_on_order"),
            *reference,
            *day,
            *self._line(SEPARATOR_TEXT + number),
        ]

    def _own_law(self) -> list[Piece]:
        pack, unconfirmed = self.names.pack, list[str]()
        category = pack.categories.get(self.dossier["category"] or "")
        refs = [each.ref for each in category.legal_basis if not each.confirmed] if category else []
        if refs:
            unconfirmed.append(
                self.names.dossier_text(
                    "legal_basis", refs=self.names.laws(self.dossier["category"], refs)
                )
            )
        grounds = {each.id: each.confirmed for each in pack.grounds.grounds}
        if not grounds.get(self.dossier["competence"]["ground"], True):
            unconfirmed.append(self.names.dossier_text("legal_ground"))
        offices = {each.id: each.confirmed for each in pack.facts.prosecutors.values()}
        if not offices.get(self.dossier["competence"]["prosecutor"] or "", True):
            unconfirmed.append(self.names.dossier_text("legal_office"))
        said = {"pack": self.dossier["pack_version"]}
        if unconfirmed:
            return self._own("legal_unconfirmed", what="; ".join(unconfirmed), **said)
        return self._own("legal_all", **said)

    # ---- the case ----------------------------------------------------------------------------

    def _summary(self) -> Iterator[tuple[list[Piece], TableCell]]:
        dossier, names = self.dossier, self.names
        yield self._own("status"), self._plain(names.desk("status", dossier["status"]))
        yield self._own("priority"), self._plain(names.desk("priority", dossier["priority"]))
        yield self._own("category"), self._plain(names.category(dossier["category"]))
        if dossier["legal_basis"]:
            laws = self.names.laws(dossier["category"], dossier["legal_basis"])
            yield self._own("law"), self._plain(laws)
        place = (
            names.territory(dossier["territory"])
            or dossier["country"]
            or names.dossier_text("none")
        )
        yield self._own("place"), self._plain(place)
        yield self._own("opened_at"), self._time(dossier["opened_at"])
        if dossier["imminent"]:
            yield self._own("danger"), self._own("yes")

    def _ordered(self) -> Iterator[tuple[list[Piece], TableCell]]:
        """The decisions of the prosecutor that hold, each with its number."""
        for each in self.dossier["instructions"]:
            if not each["annulled"]:
                kind = self.names.desk("instruction", each["instruction"])
                code = [["m", each["reference"]], ["t", SEPARATOR_TEXT], ["m", each["decided_on"]]]
                yield self._own("order"), [*code, *self._plain(SEPARATOR_TEXT + kind)]

    def _closed(self) -> Iterator[tuple[list[Piece], TableCell]]:
        dossier = self.dossier
        if dossier["closed"]:
            at = self._time(dossier["closed_at"]) if dossier["closed_at"] else []
            reason = self._plain(SEPARATOR_TEXT + self.names.desk("closed", dossier["closed"]))
            yield self._own("closed_as"), [*at, *reason]

    def _report(self, report: EntryData) -> Iterator[Block]:
        yield self._titled(3, "report", report["reference"])
        disclosure = self.names.desk("disclosure", report["disclosure"])
        yield _pairs(
            [
                (self._own("accepted_at"), self._time(report["accepted_at"])),
                (self._own("language"), [["m", report["language"]]]),
                (self._own("disclosure"), self._plain(disclosure)),
                *self._facts(report["facts"]),
            ]
        )
        yield self._label("said")
        if report["unreadable"]:
            yield {"kind": "line", "text": self._own("unreadable")}
        yield self._words(report["narrative"])
        if report["facts_as_kept"]:
            yield self._words(report["facts_as_kept"])
        corrections = [each for each in report["added"] if each["corrects"]]
        for addition in corrections:
            yield from self._addition(addition)
        for question in report["questions"]:
            yield self._label("asked", self._time(question["asked_at"]))
            yield self._words(question["text"])
        for addition in report["added"]:
            if addition not in corrections:
                yield from self._addition(addition)
        if report["files"]:
            yield self._label("files")
            heads = ("exhibit", "file", "size", "file_state")
            rows = [self._file(report["reference"], each) for each in report["files"]]
            yield self._table((2, 6, 2, 5), heads, rows)

    def _facts(self, facts: Mapping[str, Any]) -> Iterator[tuple[list[Piece], TableCell]]:
        for name, value in facts.items():
            if value in (None, [], False) and (name, value) != ("still_online", False):
                continue  # not said
            yield self._plain(self.names.fact(name)), self._fact(name, value)

    def _fact(self, name: str, value: Any) -> TableCell:
        match name, value:
            case "role", str():
                return self._plain(self.names.desk("reporter", value))
            case "category", str():
                return self._plain(self.names.category(value))
            case "territory", {"code": str(code)}:
                return self._plain(self.names.territory(code))
            case "pictures", list():
                how = {"rtl": self.names.language == "ar", "pieces": self._own("pictures_how")}
                hashes = [
                    {"rtl": False, "pieces": [["m", *break_long_runs(each)]]} for each in value
                ]
                return {"said": [how, *hashes]}
            case _, bool():
                return self._own("yes" if value else "no")
            case _, list():
                return {"said": [each for one in value for each in self._rows(one)]}
            case _, dict():
                return {"said": self._rows(value)}
        return {"said": layout_paragraphs(self.fonts, str(value))}

    def _rows(self, value: Any) -> list[dict[str, object]]:
        """The values of a row of a report, each on its line; kinds and means by their names."""
        named = value if isinstance(value, dict) else {"": value}
        texts = (
            self.names.desk(name, str(each)) if name in ("kind", "means") else str(each)
            for name, each in named.items()
            if each is not None
        )
        return [each for text in texts for each in layout_paragraphs(self.fonts, text)]

    def _addition(self, addition: EntryData) -> Iterator[Block]:
        kind = self.names.desk("added", addition["kind"])
        corrected = self.names.desk("corrected", addition["corrects"])
        kinds = "".join(SEPARATOR_TEXT + each for each in (kind, corrected) if each)
        yield self._label("added", self._time(addition["added_at"]) + self._plain(kinds))
        yield self._words(addition["text"])
        facts = {name: addition[name] for name in ("locations", "money_lost") if addition[name]}
        if facts:
            yield _pairs(list(self._facts(facts)))

    def _exhibit(self, file: tuple[str, int]) -> str:
        """The number by which the whole case names a file; it has none until it is kept."""
        number = self._exhibits.get(file)
        return self.names.dossier_text("no_exhibit") if number is None else str(number)

    def _custody(self) -> Iterator[Block]:
        """Each exhibit by its number, and who had it when."""
        if not self.draft.exhibits:
            return
        yield self._heading(2, "exhibits")
        yield {"kind": "line", "text": self._own("exhibits_how")}
        files = {
            (report["reference"], each["n"]): each
            for report in self.dossier["reports"]
            for each in report["files"]
        }
        for exhibit in self.draft.exhibits:
            yield self._titled(3, "exhibit", str(exhibit["exhibit"]))
            if exhibit.get("gone"):
                yield {"kind": "line", "text": self._own("exhibit_gone")}
                continue
            at = exhibit["report"], exhibit["n"]
            file = files[at]
            yield _pairs(
                [
                    (self._own("file"), {"said": layout_paragraphs(self.fonts, file["name"])}),
                    (self._own("named_by"), [["m", at[0]]]),
                    (self._own("size"), [["m", str(file["size"])]]),
                    (self._own("digest"), [["m", *break_long_runs(file["sha256"] or "")]]),
                ]
            )
        yield self._label("custody")
        yield self._table((2, 5, 5, 6), ("exhibit", "at", "what", "who"), self._kept_by())

    def _kept_by(self) -> list[Sequence[TableCell]]:
        """What happened to the exhibits, in order of time."""
        steps = list[tuple[str, int, str, str]]()
        for each in self.draft.exhibits:
            if not each.get("gone"):
                steps.append(
                    (
                        each["arrived"],
                        each["exhibit"],
                        self.names.dossier_text("came"),
                        SYSTEM_AUTHOR,
                    )
                )
        for event in self.dossier["history"]:
            file = self._bound.get(str(event["data"].get("bound")))
            if event["move"] == Move.FILE_OPENED and file in self._exhibits:
                move = self.names.desk("move", event["move"])
                said = f"{move} ({self.names.dossier_text('entry_n', n=event['number'])})"
                steps.append((event["at"], self._exhibits[file], said, event["by"]))
        return [
            [[["m", str(number)]], self._time(at), self._plain(what), self._plain(self._by(by))]
            for at, number, what, by in sorted(steps)
        ]

    def _file(self, reference: str, file: EntryData) -> list[TableCell]:
        scan = self.names.desk("file_scan", file["scan"])
        kind = self.names.desk("file_type", file["type"])
        state = self.names.desk("file", file["state"])
        return [
            self._line(self._exhibit((reference, file["n"]))),
            {"said": layout_paragraphs(self.fonts, file["name"])},
            [["m", "" if file["size"] is None else str(file["size"])]],
            self._plain(SEPARATOR_TEXT.join(filter(None, (state, kind, scan)))),
        ]

    def _identifiers(self) -> Iterator[Block]:
        if not self.dossier["identifiers"]:
            return
        yield self._heading(2, "identifiers")
        rows: list[Sequence[TableCell]] = [
            [
                self._plain(self.names.desk("kind", each["kind"])),
                [["m", *break_long_runs(self.fonts.drawable_text(each["value"]))]],
                join_runs(([["m", one]] for one in each["reports"]), " "),
            ]
            for each in self.dossier["identifiers"]
        ]
        yield self._table((2, 5, 5), ("kind", "value", "named_by"), rows)

    def _ledgers(self) -> Iterator[Block]:
        lists = {
            "instructions": list(self._instructions()),
            "suspects": list(self._suspects()),
            "freezes": list(self._freezes()),
        }
        for name, items in lists.items():
            if items:
                yield self._heading(2, name)
                yield {"kind": "list", "items": items}
            if name == "instructions":
                yield from self._wordings()
        if self.dossier["messages"]:
            yield self._heading(2, "messages")
            for message in self.dossier["messages"]:
                who = self._plain(SEPARATOR_TEXT + self._by(message["by"]))
                yield {"kind": "line", "text": self._time(message["at"]) + who}
                yield self._words(message["text"])

    def _instructions(self) -> Iterator[list[Piece]]:
        for each in self.dossier["instructions"]:
            parts = (
                self.names.desk("instruction", each["instruction"]),
                self.names.office(each["prosecutor"]),
                self.names.court(each["court"]),
                each["reference"],
                self.names.desk("given", each["given"]),
                self.names.dossier_text("annulled") if each["annulled"] else "",
            )
            line = self._line(SEPARATOR_TEXT.join(filter(None, parts)))
            yield [
                ["m", each["decided_on"]],
                ["t", SEPARATOR_TEXT],
                *line,
                *self._paper(each["document"]),
            ]

    def _wordings(self) -> Iterator[Block]:
        """What each decision says, and its conditions, in the words of the office."""
        for each in self.dossier["instructions"]:
            decision = [["m", each["decided_on"]], ["t", " "], *self._line(each["reference"])]
            for name in ("wording", "conditions"):
                if each.get(name):
                    yield self._label(name, decision)
                    yield self._words(each[name])

    def _paper(self, document: EntryData | None) -> list[Piece]:
        """The paper that was shown to the unit, by its name and digest."""
        if document is None:
            return []
        named = self._line(
            SEPARATOR_TEXT + (document["name"] or self.names.dossier_text("document"))
        )
        return [
            *named,
            ["t", SEPARATOR_TEXT + "SHA-256 "],
            ["m", *break_long_runs(document["sha256"])],
        ]

    def _suspects(self) -> Iterator[list[Piece]]:
        for suspect in self.dossier["outcomes"]:
            corrections = {
                each["corrects"]: each for each in suspect["entries"] if each["corrects"]
            }
            standing = self.names.desk("suspect", suspect["standing"])
            named = self.names.dossier_text("a_suspect", n=suspect["number"])
            yield self._plain(SEPARATOR_TEXT.join((named, standing)))
            for entry in suspect["entries"]:
                happened = self.names.desk("suspect", entry["happening"])
                what = happened or self.names.dossier_text("corrects", n=entry["corrects"])
                day = [["m", entry["on"]]] if entry["on"] else self._time(entry["at"])
                number = self.names.dossier_text("entry_n", n=entry["entry"])
                yield [
                    *day,
                    *self._line(SEPARATOR_TEXT + SEPARATOR_TEXT.join((named, what, number))),
                ]
                if not entry["holds"]:
                    yield self._line(self._corrected(corrections.get(entry["entry"])))

    def _corrected(self, by: EntryData | None) -> str:
        """That an entry holds no more, beside it: by which one, and why."""
        parts = [self.names.dossier_text("not_holding")]
        if by is not None:
            parts += [
                self.names.dossier_text("corrected_by", n=by["entry"]),
                self.names.desk("correcting", by["because"]),
            ]
        return SEPARATOR_TEXT.join(filter(None, parts))

    def _freezes(self) -> Iterator[list[Piece]]:
        for freeze in self.dossier["freezes"]:
            bond = self.names.desk("bond", freeze["bond"])
            yield [["m", str(freeze["number"])], *self._plain(f"{SEPARATOR_TEXT}{bond}")]
            for entry in freeze["entries"]:
                step = self.names.desk("freezing", entry["step"])
                about = entry["particulars"] or {}
                named = (about.get(each) for each in ("amount", "currency", "institution"))
                said = SEPARATOR_TEXT.join([step, " ".join(str(each) for each in named if each)])
                yield [*self._time(entry["at"]), ["t", SEPARATOR_TEXT], *self._line(said)]

    def _history(self) -> Block:
        shown = {each["number"]: each for each in self.dossier["history"]}
        rows = [self._entry(shown.get(link["number"]), link) for link in self.draft.chain]
        return self._table((2, 7, 11, 8), ("entry", "at", "what", "who"), rows)

    def _entry(self, event: EntryData | None, link: Mapping[str, Any]) -> Sequence[TableCell]:
        number = [["m", str(link["number"])]]
        if event is None:
            return [number, [["t", ""]], self._own("withheld_entry"), [["t", ""]]]
        move = self.names.desk("move", event["move"])
        what: TableCell = self._plain(SEPARATOR_TEXT.join((move, *self._about(event["data"]))))
        if event["words"] and event["move"] not in COLLEAGUE_MOVES:
            heading = {"rtl": self.names.language == "ar", "pieces": what}
            what = {"said": [heading, *layout_paragraphs(self.fonts, event["words"])]}
        return [number, self._time(event["at"]), what, self._plain(self._by(event["by"]))]

    def _about(self, data: Mapping[str, Any]) -> Iterator[str]:
        """What an entry is of, where its move alone says too little: a file that came, an order."""
        if "file" in data:
            bound = self._bound.get(str(data.get("bound")))
            yield self._filed(bound or (str(data.get("report")), data["file"]))
        if "suspect" in data:
            yield self.names.dossier_text("a_suspect", n=data["suspect"])
            if "happening" in data:
                yield self.names.desk("suspect", data["happening"])
            if "on" in data:
                yield str(data["on"])
        if CORRECTS_FIELD in data:
            yield self.names.dossier_text("corrects", n=data[CORRECTS_FIELD])
        if "court" in data and "reference" in data:
            yield from (self.names.court(data["court"]), str(data["reference"]))
        if "until" in data:
            yield self.names.dossier_text("until", day=data["until"])

    def _filed(self, file: tuple[str, int]) -> str:
        number = self._exhibits.get(file)
        if number is None:
            return self.names.dossier_text("a_file", n=file[1])
        return f"{self.names.dossier_text('exhibit')} {number}"

    # ---- pieces ------------------------------------------------------------------------------

    def _by(self, subject: str) -> str:
        if subject in _NO_MEMBER:
            return self.names.dossier_text(_NO_MEMBER[subject])
        name = self.draft.people.get(subject) or self.names.dossier_text("a_person")
        return SEPARATOR_TEXT.join([name, *self._seat(self.draft.seats.get(subject, {}))])

    def _seat(self, seat: Mapping[str, str]) -> Iterator[str]:
        """The unit of a person, or the office and its court; the role of one who has neither."""
        if "unit" in seat:
            yield self.names.unit(seat["unit"])
        elif "office" in seat:
            yield self.names.office(seat["office"])
            yield self.names.court(seat.get("court"))
        elif "role" in seat:
            yield self.names.desk("role", seat["role"])

    def _own(self, key: str, **said: object) -> list[Piece]:
        return self._line(self.names.dossier_text(key, **said))

    def _plain(self, text: str) -> list[Piece]:
        return [["t", self.fonts.drawable_text(text)]]

    def _line(self, text: str) -> list[Piece]:
        return split_runs(self.fonts, text)

    def _words(self, text: str) -> Block:
        return {"kind": "words", "words": layout_paragraphs(self.fonts, text)}

    def _heading(self, level: int, key: str) -> Block:
        return {"kind": "heading", "level": level, "text": self._own(key)}

    def _titled(self, level: int, key: str, code: str) -> Block:
        text = [*self._own(key), ["t", " "], ["m", code]]
        return {"kind": "heading", "level": level, "text": text}

    def _label(self, key: str, more: Sequence[Piece] = ()) -> Block:
        return {"kind": "label", "text": [["b", self.names.dossier_text(key)], ["t", " "], *more]}

    def _box(self, key: str, fill: str, items: list[list[Piece]]) -> Block:
        return {"kind": "box", "fill": fill, "title": self._own(key), "items": items}

    def _time(self, at: str) -> list[Piece]:
        """A time by the country's clocks, and how far they are from UTC: the record tells the same
        moment in UTC. One that is kept to the minute has no seconds."""
        here = self._here(at)
        clock = "%H:%M:%S" if here.second or here.microsecond else "%H:%M"
        return [["m", f"{here:%Y-%m-%d {clock}} {here.isoformat()[-6:]}"]]

    def _here(self, at: str) -> datetime:
        return datetime.fromisoformat(at).astimezone(self.names.pack.facts.zone)

    def _table(
        self, columns: Sequence[int], heads: Sequence[str], rows: Sequence[Sequence[TableCell]]
    ) -> Block:
        return {
            "kind": "table",
            "columns": list(columns),
            "heads": [self._own(each) for each in heads],
            "rows": [list(row) for row in rows],
        }


def _pairs(
    rows: Iterator[tuple[list[Piece], TableCell]] | Sequence[tuple[list[Piece], TableCell]],
) -> Block:
    return {"kind": "pairs", "rows": [list(row) for row in rows]}
