"""The rooms of `casework/` and of the desk by floor: a room imports only from floors below its own.

`docs/architecture.md` draws the first table. A contract test checks the imports against both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FLOORS: Final[tuple[tuple[str, ...], ...]] = (
    ("errors",),
    ("text",),
    ("case", "credentials", "identifiers", "known"),
    ("pack", "aws.services"),
    ("report", "figures"),
    ("moves", "reading"),
    ("decisions", "linking"),
    ("views", "check_pack", "aws.table"),
    ("aws.http", "aws.steps"),
)
"""The lowest floor first."""

DESK: Final[tuple[tuple[str, ...], ...]] = (
    ("deployment", "shown"),
    ("entry",),
    ("cases", "oversight"),
    ("handler",),
)
"""The floors of `functions/desk`, likewise."""


@dataclass(frozen=True)
class Answer:
    """The file that answers a question of a newcomer."""

    question: str
    file: str
    words: tuple[str, ...]
    """Words in the first line of the file that give the answer."""


QUESTIONS: Final = (
    Answer("Who may see a case?", "casework/decisions/permissions.py", ("who may see",)),
    Answer("What may a person do with a case now?", "casework/decisions/open_moves.py", ("open",)),
    Answer("Who calls?", "casework/aws/http/authentication.py", ("who calls",)),
    Answer("Which version is decided on?", "casework/aws/http/target.py", ("version",)),
    Answer("What was done on the duty desk?", "functions/desk/cases/care.py", ("duty desk",)),
    Answer("Which moves of a case are legal?", "casework/case/lifecycle.py", ("law", "move")),
    Answer("When is a case late?", "casework/moves/deadlines.py", ("late",)),
    Answer("What makes two reports one case?", "casework/linking/linking.py", ("report", "case")),
    Answer("Which cases look alike?", "casework/linking/resemblance.py", ("same facts",)),
    Answer("How is a telephone read?", "casework/identifiers/phones.py", ("telephones",)),
    Answer("How is a bank account read?", "casework/identifiers/accounts.py", ("bank accounts",)),
    Answer("What is counted?", "casework/figures/counted.py", ("what is counted",)),
    Answer("What is published?", "casework/figures/publication.py", ("public",)),
    Answer("Which unit is competent?", "casework/pack/competence.py", ("which unit",)),
    Answer("Which place does a text name?", "casework/pack/places.py", ("territory", "text")),
    Answer("How urgent is a report?", "casework/reading/rules.py", ("priority",)),
    Answer("Which language is a text in?", "casework/reading/language.py", ("language", "text")),
    Answer("What is a reporter told?", "casework/report/way.py", ("reporter", "told")),
    Answer("What opens the gate?", "casework/decisions/gate.py", ("opens the gate",)),
    Answer("Who learns an identity?", "casework/decisions/identity.py", ("who may learn",)),
    Answer("How is money held back?", "casework/case/freezing.py", ("money held back",)),
    Answer("Which reports did a person admit?", "casework/case/admission.py", ("belonging",)),
    Answer("How long is a case kept?", "casework/decisions/retention.py", ("how long", "kept")),
    Answer("Who can open a contact?", "casework/aws/services/sealing.py", ("contact", "sealed")),
    Answer("What can a history prove?", "casework/case/history.py", ("never changed",)),
    Answer("What keys has the table?", "casework/aws/table/keys.py", ("all keys",)),
    Answer("How is a refusal answered?", "casework/aws/http/problems.py", ("refusal", "answered")),
    Answer("Who is told of a case?", "casework/aws/services/announcements.py", ("who is told",)),
    Answer("Which limits has an upload?", "casework/report/evidence.py", ("how much",)),
    Answer("What finds a file that is stuck?", "functions/evidence/repair.py", ("files", "stuck")),
    Answer("How is a report erased?", "casework/aws/table/erasure.py", ("erasing reports",)),
    Answer("What repairs a crash?", "functions/triage/reconcile.py", ("crash",)),
    Answer("Who hears of an alarm?", "infra/signals.py", ("alarm",)),
)
"""Questions of newcomers, and the files that answer them."""
